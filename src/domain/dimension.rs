//! The dimensions a result can be broken down by, and the levels each of them has.

use serde::{Deserialize, Serialize};

/// How finely a dimension is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Only the total.
    All,
    /// Groups (planning area, phase, need group) and the total.
    Group,
    /// Leaves (area, age, need, setting), groups and the total.
    Leaf,
}

/// Area, age, need or setting, with the groups its leaves fall into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Name of a leaf, such as `area`.
    pub leaf: &'static str,
    /// Name of a group, such as `planning_area`.
    pub group: &'static str,
    /// Leaf codes in canonical order.
    pub leaves: Vec<String>,
    /// Group codes in declared order; may be empty.
    pub groups: Vec<String>,
    /// The group of each leaf, when there are groups.
    pub group_of: Vec<usize>,
    /// Canonical positions of the leaves in declared order.
    pub declared: Vec<usize>,
}

/// A dimension at one grain: leaves first, then the sums built from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    /// Number of levels, sums included.
    pub size: usize,
    /// The level that counts a leaf of the dimension.
    pub level_of: Vec<u32>,
    /// Each sum: its level, and the levels it adds up.
    pub sums: Vec<(usize, Vec<usize>)>,
}

impl Dimension {
    /// The levels at a grain, laid out as leaves, groups, total (whichever the grain has).
    pub fn levels(&self, grain: Grain) -> Levels {
        let (leaves, groups) = (self.leaves.len(), self.groups.len());
        match grain {
            Grain::All => Levels { size: 1, level_of: vec![0; leaves], sums: vec![] },
            Grain::Group => Levels {
                size: groups + 1,
                level_of: self.group_of.iter().map(|&g| g as u32).collect(),
                sums: vec![(groups, (0..groups).collect())],
            },
            Grain::Leaf => {
                let members = |g: usize| (0..leaves).filter(move |&l| self.group_of[l] == g).collect();
                let mut sums: Vec<(usize, Vec<usize>)> = (0..groups).map(|g| (leaves + g, members(g))).collect();
                // The total adds up groups where there are any: they are fewer.
                sums.push((
                    leaves + groups,
                    if groups > 0 { (leaves..leaves + groups).collect() } else { (0..leaves).collect() },
                ));
                Levels { size: leaves + groups + 1, level_of: (0..leaves as u32).collect(), sums }
            }
        }
    }

    /// Levels that show each group, in declared order, at a grain that has them.
    pub fn group_levels(&self, grain: Grain) -> Vec<usize> {
        let first = if grain == Grain::Leaf { self.leaves.len() } else { 0 };
        (first..first + self.groups.len()).collect()
    }

    /// The level of the total at a grain.
    pub fn total_level(&self, grain: Grain) -> usize {
        self.levels(grain).size - 1
    }
}

impl Levels {
    /// Only the levels that a leaf let through by `counts` can reach, and where each level went; a sum of one level alone
    /// is that level. A leaf that is not let through keeps the position [`u32::MAX`].
    #[must_use]
    pub fn only(&self, counts: impl Fn(usize) -> bool) -> (Self, Vec<Option<usize>>) {
        let mut reached = vec![false; self.size];
        (0..self.level_of.len())
            .filter(|&leaf| counts(leaf))
            .for_each(|l| reached[self.level_of[l] as usize] = true);
        reached[self.size - 1] = true;
        let mut moved: Vec<Option<usize>> = vec![None; self.size];
        let mut size = 0;
        let mut next = || {
            size += 1;
            Some(size - 1)
        };
        let mut sums = vec![];
        for level in 0..self.size {
            let sum = self.sums.iter().find(|(target, _)| *target == level);
            let parts: Vec<usize> =
                sum.iter().flat_map(|(_, parts)| parts).filter_map(|&part| moved[part]).collect();
            moved[level] = match parts[..] {
                [] if reached[level] => next(),
                [] => None,
                [one] => Some(one),
                _ => next(),
            };
            sums.extend(moved[level].filter(|_| parts.len() > 1).map(|level| (level, parts)));
        }
        let level_of = |leaf: usize| {
            let level = moved[self.level_of[leaf] as usize].filter(|_| counts(leaf));
            level.map_or(u32::MAX, |level| level as u32)
        };
        (Self { size, level_of: (0..self.level_of.len()).map(level_of).collect(), sums }, moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs() -> Dimension {
        Dimension {
            leaf: "need",
            group: "need_group",
            leaves: ["ASD", "MLD", "SLCN"].map(String::from).to_vec(),
            groups: ["learning", "communication"].map(String::from).to_vec(),
            group_of: vec![1, 0, 1],
            declared: vec![1, 0, 2],
        }
    }

    #[test]
    fn every_leaf_is_counted_once_in_its_group_and_once_in_the_total() {
        let needs = needs();
        let levels = needs.levels(Grain::Leaf);
        assert_eq!(levels.size, 6);
        assert_eq!(levels.sums, vec![(3, vec![1]), (4, vec![0, 2]), (5, vec![3, 4])]);
        assert_eq!(needs.levels(Grain::Group).level_of, vec![1, 0, 1]);
        assert_eq!(needs.total_level(Grain::All), 0);
    }

    #[test]
    fn a_sum_of_one_level_is_that_level() {
        let needs = needs();
        let (levels, moved) = needs.levels(Grain::Leaf).only(|_| true);
        assert_eq!(moved, [0, 1, 2, 1, 3, 4].map(Some));
        assert_eq!((levels.size, levels.sums), (5, vec![(3, vec![0, 2]), (4, vec![1, 3])]));
        let (levels, moved) = needs.levels(Grain::Leaf).only(|leaf| leaf == 2);
        assert_eq!(moved, [None, None, Some(0), None, Some(0), Some(0)]);
        assert_eq!((levels.size, levels.level_of, levels.sums), (1, vec![u32::MAX, u32::MAX, 0], vec![]));
        let (levels, moved) = needs.levels(Grain::Leaf).only(|_| false);
        assert_eq!((levels.size, moved[5]), (1, Some(0)));
    }
}
