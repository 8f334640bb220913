//! Where children are born: each area's share of the authority's.

use std::collections::BTreeMap;

/// Years whose residents aged 0 are pooled.
///
/// Chosen: one year's share of a district errs by 8%, about what counts of its size vary by chance.
const POOLED: usize = 3;

/// Each area's share of the authority's residents aged 0, over the latest years together.
///
/// A general fertility path would divide by women aged 15-44, who are not among the inputs (ages 0 to 25, both
/// sexes): the shares stand for it. An area without births in those years has none later.
pub(super) fn shares(years: &BTreeMap<i32, Vec<f64>>, areas: usize) -> Vec<f64> {
    let mut births = vec![0.0; areas];
    for cells in years.values().rev().take(POOLED) {
        births.iter_mut().zip(cells).for_each(|(births, residents)| *births += residents);
    }
    let total: f64 = births.iter().sum();
    if total > 0.0 {
        for share in &mut births {
            *share /= total;
        }
    }
    births
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AGES;

    #[test]
    fn the_latest_three_years_set_the_shares() {
        let year = |first: f64, second: f64| {
            let mut cells = vec![7.0; AGES * 3];
            cells[..3].copy_from_slice(&[first, second, 0.0]);
            cells
        };
        let years = [
            (2019, year(900.0, 0.0)),
            (2020, year(10.0, 20.0)),
            (2022, year(10.0, 25.0)),
            (2023, year(5.0, 30.0)),
        ];
        assert_eq!(shares(&years.into(), 3), [0.25, 0.75, 0.0]);
    }

    #[test]
    fn without_births_there_are_no_shares() {
        assert_eq!(shares(&BTreeMap::from([(2020, vec![0.0; AGES])]), 1), [0.0]);
    }
}
