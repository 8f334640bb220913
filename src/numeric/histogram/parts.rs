//! Histograms taken apart to be kept, put together again, and added up over ranges of draws.

use super::Histograms;

impl Histograms {
    /// Lowest value, offsets and counts: the whole, for hashing and saving.
    pub fn parts(&self) -> (&[i32], &[usize], &[u32]) {
        (&self.first, &self.offset, &self.counts)
    }

    /// Number of draws.
    pub fn draws(&self) -> u32 {
        self.zero[0]
    }

    /// The whole from its parts, if they are what [`Histograms::parts`] can give: each series trimmed to the values
    /// that occurred, and as many counts in each as there are draws.
    pub fn from_parts(draws: u32, first: Vec<i32>, offset: Vec<usize>, counts: Vec<u32>) -> Option<Self> {
        let ends = offset.first() == Some(&0) && offset.last() == Some(&counts.len());
        let fits = offset.len() == first.len() + 1 && offset.is_sorted();
        let whole = |s: usize| {
            let held = &counts[offset[s]..offset[s + 1]];
            let trimmed = held.first().is_some_and(|&n| n > 0) && held.last().is_some_and(|&n| n > 0);
            let values = i64::from(first[s]) + held.len() as i64 - 1 <= i64::from(i32::MAX);
            trimmed && values && held.iter().map(|&n| u64::from(n)).sum::<u64>() == u64::from(draws)
        };
        (ends && fits && (0..first.len()).all(whole)).then_some(Self { zero: [draws], first, offset, counts })
    }

    /// The histograms of all draws from those of several ranges, which count the same series; `None` if they do not.
    pub fn merged(ranges: &[&Self]) -> Option<Self> {
        let series = ranges.first()?.len();
        if ranges.iter().any(|range| range.len() != series) {
            return None;
        }
        let draws = ranges.iter().try_fold(0_u32, |sum, range| sum.checked_add(range.draws()))?;
        let mut whole = Self { zero: [draws], first: Vec::with_capacity(series), offset: vec![0], counts: vec![] };
        for s in 0..series {
            let parts = || ranges.iter().map(|range| range.get(Some(s)));
            let low = parts().map(|part| part.first).min()?;
            let high = parts().map(|part| i64::from(part.first) + part.counts.len() as i64).max()?;
            let start = whole.counts.len();
            whole.counts.resize(start + (high - i64::from(low)) as usize, 0);
            for part in parts() {
                let at = start + (i64::from(part.first) - i64::from(low)) as usize;
                whole.counts[at..].iter_mut().zip(part.counts).for_each(|(sum, n)| *sum += n);
            }
            whole.first.push(low);
            whole.offset.push(whole.counts.len());
        }
        Some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, Tally};
    use super::*;
    use crate::numeric::Block;

    fn counted(draws: &[Vec<i32>]) -> Histograms {
        let layout = Layout::of_ranges([Block::from(&draws[..1]).ranges()].into_iter());
        let mut tally = Tally::new(&layout);
        tally.add(&layout, &Block::from(draws));
        Histograms::of(&[tally], &layout, 0..draws[0].len())
    }

    #[test]
    fn ranges_add_up_to_the_whole_in_any_order() {
        let draws: Vec<Vec<i32>> = (0..40).map(|i| vec![i * i % 17, -(i % 3), 0, 900 * (i % 2)]).collect();
        let whole = counted(&draws);
        let (a, b, c) = (counted(&draws[..1]), counted(&draws[1..30]), counted(&draws[30..]));
        assert_eq!(Histograms::merged(&[&c, &a, &b]), Some(whole.clone()));
        assert_eq!(Histograms::merged(&[&a, &counted(&[vec![1, 2]])]), None);
    }

    #[test]
    fn parts_that_cannot_be_are_refused() {
        let whole = counted(&[vec![3, 0], vec![5, 0]]);
        let (first, offset, counts) = whole.parts();
        let again = |first: &[i32], offset: &[usize], counts: &[u32]| {
            Histograms::from_parts(2, first.to_vec(), offset.to_vec(), counts.to_vec())
        };
        assert_eq!(again(first, offset, counts), Some(whole.clone()));
        assert_eq!(again(&first[1..], offset, counts), None);
        assert_eq!(again(first, &[0, 9, 4], counts), None);
        assert_eq!(again(first, &[], counts), None);
        assert_eq!(again(first, offset, &[1, 0, 2, 2]), None);
        assert_eq!(again(&[i32::MAX, 0], offset, counts), None);
    }
}
