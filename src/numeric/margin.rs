//! Margins of a dense table: sums over some dimensions, by single levels or groups of levels.

/// Sums of a table over groups of levels of some of its dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Name for messages, such as `age x setting`.
    pub name: String,
    /// For each dimension the group of each level, numbered from 0; `None`: summed over.
    pub groups: Vec<Option<Vec<u32>>>,
    /// The sums, row-major over the groups of the kept dimensions.
    pub counts: Vec<f64>,
}

/// Two margins that give different sums for the same cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Position of one margin.
    pub first: usize,
    /// Position of the other.
    pub second: usize,
    /// Where, as levels of each dimension (`None`: all of them); the first three.
    pub places: Vec<Vec<Option<Vec<usize>>>>,
}

/// Most places listed for one pair of margins.
pub const PLACES: usize = 3;

/// Largest relative difference between a sum and its margin, counts below 1 taken as 1.
pub const TOLERANCE: f64 = 1e-9;

/// How far a sum is from its count, relative to counts of 1 and more.
pub fn relative_error(sum: f64, count: f64) -> f64 {
    (sum - count).abs() / count.abs().max(1.0)
}

impl Margin {
    /// Number of groups of each dimension, 1 where it is summed over.
    pub fn shape(&self) -> Vec<usize> {
        self.groups.iter().map(|groups| groups.as_ref().map_or(1, |of| number_of(of))).collect()
    }

    /// Number of sums that the groups make.
    pub fn size(&self) -> usize {
        self.shape().iter().product()
    }

    /// Sum of all counts.
    pub fn total(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// For each cell of a dense row-major table, the sum it counts in.
    pub fn members(&self, sizes: &[usize]) -> Vec<u32> {
        let mut members = vec![0u32];
        for ((groups, &size), &width) in self.groups.iter().zip(sizes).zip(&self.shape()) {
            let group = |level: usize| groups.as_ref().map_or(0, |of| of[level]);
            members = members
                .iter()
                .flat_map(|&m| (0..size).map(move |level| m * width as u32 + group(level)))
                .collect();
        }
        members
    }

    /// The levels of each dimension behind one sum.
    pub fn place(&self, sum: usize) -> Vec<Option<Vec<usize>>> {
        let mut rest = sum;
        let mut place: Vec<Option<Vec<usize>>> = vec![None; self.groups.len()];
        for (d, width) in self.shape().into_iter().enumerate().rev() {
            if let Some(of) = &self.groups[d] {
                place[d] = Some((0..of.len()).filter(|&level| of[level] as usize == rest % width).collect());
            }
            rest /= width;
        }
        place
    }

    /// The finest margin that can be computed both from this one and from `other`, with this one's counts.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        let groups: Vec<_> = self
            .groups
            .iter()
            .zip(&other.groups)
            .map(|pair| match pair {
                (Some(a), Some(b)) => Some(common_groups(a, b)),
                _ => None,
            })
            .collect();
        let mut shared = Self { name: format!("{} and {}", self.name, other.name), groups, counts: vec![] };
        shared.counts = vec![0.0; shared.size()];
        for (sum, &count) in self.counts.iter().enumerate() {
            let place = self.place(sum);
            let at = shared.groups.iter().zip(shared.shape()).zip(&place).fold(0, |at, ((of, width), levels)| {
                let group = match (of, levels) {
                    (Some(of), Some(levels)) => levels.first().map_or(0, |&level| of[level] as usize),
                    _ => 0,
                };
                at * width + group
            });
            shared.counts[at] += count;
        }
        shared
    }
}

/// Pairs of margins whose shared sums differ.
pub fn disagreements(margins: &[Margin]) -> Vec<Disagreement> {
    let mut found = vec![];
    for (first, a) in margins.iter().enumerate() {
        for (second, b) in margins.iter().enumerate().skip(first + 1) {
            let (ours, theirs) = (a.shared_with(b), b.shared_with(a));
            let places: Vec<_> = (0..ours.counts.len())
                .filter(|&i| relative_error(ours.counts[i], theirs.counts[i]) > TOLERANCE)
                .map(|i| ours.place(i))
                .take(PLACES)
                .collect();
            if !places.is_empty() {
                found.push(Disagreement { first, second, places });
            }
        }
    }
    found
}

/// Number of groups in a partition.
fn number_of(of: &[u32]) -> usize {
    of.iter().max().map_or(1, |&last| last as usize + 1)
}

/// The finest partition that both `a` and `b` refine: levels that share a group of either are together.
fn common_groups(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut of: Vec<u32> = a.to_vec();
    loop {
        // Within each group of `b`, every part takes the smallest number; repeat until nothing changes.
        let mut smallest = vec![u32::MAX; number_of(b)];
        for (&part, &group) in of.iter().zip(b) {
            smallest[group as usize] = smallest[group as usize].min(part);
        }
        let mut becomes: Vec<u32> = (0..number_of(&of) as u32).collect();
        for (&part, &group) in of.iter().zip(b) {
            becomes[part as usize] = becomes[part as usize].min(smallest[group as usize]);
        }
        let next: Vec<u32> = of.iter().map(|&part| becomes[part as usize]).collect();
        if next == of {
            break;
        }
        of = next;
    }
    let mut numbers: Vec<u32> = of.clone();
    numbers.sort_unstable();
    numbers.dedup();
    of.iter().map(|part| numbers.binary_search(part).unwrap_or(0) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn margin(groups: Vec<Option<Vec<u32>>>, counts: &[f64]) -> Margin {
        Margin { name: "m".into(), groups, counts: counts.to_vec() }
    }

    #[test]
    fn every_cell_counts_in_the_sum_of_its_groups() {
        let bands = margin(vec![Some(vec![0, 0, 1]), None], &[1.0, 2.0]);
        assert_eq!(bands.members(&[3, 2]), [0, 0, 0, 0, 1, 1]);
        assert_eq!(bands.place(0), vec![Some(vec![0, 1]), None]);
        let both = margin(vec![Some(vec![0, 1]), Some(vec![0, 1, 2])], &[0.0; 6]);
        assert_eq!(both.members(&[2, 3]), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn bands_that_overlap_share_only_what_both_can_add_up() {
        assert_eq!(common_groups(&[0, 0, 1, 1, 2], &[0, 1, 1, 2, 3]), [0, 0, 0, 0, 1]);
        assert_eq!(common_groups(&[0, 1, 2], &[0, 0, 1]), [0, 0, 1]);
        assert_eq!(common_groups(&[2, 1, 0], &[0, 1, 2]), [2, 1, 0]);
    }

    #[test]
    fn a_pair_that_differs_is_named_with_the_place() {
        let age_by_setting = margin(vec![Some(vec![0, 1]), Some(vec![0, 1])], &[1.0, 2.0, 3.0, 4.0]);
        let age = margin(vec![Some(vec![0, 1]), None], &[3.0, 8.0]);
        let found = disagreements(&[age_by_setting.clone(), age]);
        assert_eq!(found, [Disagreement { first: 0, second: 1, places: vec![vec![Some(vec![1]), None]] }]);
        let setting = margin(vec![None, Some(vec![0, 1])], &[4.0, 6.0]);
        assert!(disagreements(&[age_by_setting, setting]).is_empty());
    }
}
