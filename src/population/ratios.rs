//! Cohort change ratios (Hamilton & Perry 1962): the residents of an age over those a year younger a year before.

use std::collections::BTreeMap;

use super::history::{ByAge, authority};
use super::walk::{AREA_SPREAD, MOVERS};
use crate::domain::AGES;

/// Most recent pairs of years the authority's ratios are learnt from.
///
/// Chosen: on 105 authorities 3, 5 and 10 pairs err alike at five years (ages 5-15: 2.8, 2.9, 3.1%), and
/// ten hold the ratios still from one year's figures to the next (`python/makers/population_error.py`).
const PAIRS: usize = 10;

/// Ratios into each age, and what each area has to itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ratios {
    /// The authority's ratio into each age; 1 at age 0, which is born.
    pub authority: ByAge,
    /// Each area's ratio over the authority's, by age and area.
    pub own: Vec<f64>,
}

impl Ratios {
    /// Ratios from totals of the authority and residents of the areas, by year; `None` without two years running.
    pub(super) fn learn(
        totals: &BTreeMap<i32, ByAge>,
        residents: &BTreeMap<i32, Vec<f64>>,
        areas: usize,
    ) -> Option<Self> {
        let pairs: Vec<(&ByAge, &ByAge)> = totals
            .iter()
            .filter_map(|(year, before)| Some((before, totals.get(&(year + 1))?)))
            .rev()
            .take(PAIRS)
            .collect();
        let authority = std::array::from_fn(|age| if age == 0 { 1.0 } else { geometric_mean(&pairs, age) });
        (!pairs.is_empty()).then(|| Self { authority, own: own(residents, areas) })
    }

    /// Every cohort keeps its number.
    pub(super) fn unchanged(areas: usize) -> Self {
        Self { authority: [1.0; AGES], own: vec![1.0; areas * AGES] }
    }
}

/// Geometric mean over pairs of years of the ratio into `age`; 1 where nobody was ever in it.
fn geometric_mean(pairs: &[(&ByAge, &ByAge)], age: usize) -> f64 {
    let logs: Vec<f64> = pairs
        .iter()
        .filter(|(before, after)| before[age - 1] > 0.0 && after[age] > 0.0)
        .map(|(before, after)| libm::log(after[age] / before[age - 1]))
        .collect();
    if logs.is_empty() { 1.0 } else { libm::exp(logs.iter().sum::<f64>() / logs.len() as f64) }
}

/// Each area's ratios over the authority's, from every pair of years, drawn towards 1.
fn own(residents: &BTreeMap<i32, Vec<f64>>, areas: usize) -> Vec<f64> {
    let (mut came, mut expected) = (vec![0.0; areas * AGES], vec![0.0; areas * AGES]);
    for (year, before) in residents {
        let Some(after) = residents.get(&(year + 1)) else { continue };
        let (old, new) = (authority(before, areas), authority(after, areas));
        for cell in areas..areas * AGES {
            let age = cell / areas;
            if old[age - 1] > 0.0 {
                came[cell] += after[cell];
                expected[cell] += before[cell - areas] * new[age] / old[age - 1];
            }
        }
    }
    came.iter().zip(&expected).map(|(&came, &expected)| shrunk(came, expected)).collect()
}

/// An area's ratio over the authority's: of `came` residents where the authority's ratios `expected` so many.
///
/// | letter | |
/// |---|---|
/// | m | movers in and out a year, per resident |
/// | s | standard deviation of areas' true ratios about the authority's |
///
/// The ratio came / expected has sampling variance m * expected / expected^2: those who stay are the same
/// children on both sides and add none. Its weight is s^2 / (s^2 + m / expected), so the ratio is drawn to 1
/// as by m / s^2 residents who followed the authority.
fn shrunk(came: f64, expected: f64) -> f64 {
    let prior = MOVERS / (AREA_SPREAD * AREA_SPREAD);
    (came + prior) / (expected + prior)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_area_keeps_its_ratio_and_a_small_one_takes_the_authoritys() {
        assert!((shrunk(1.05e9, 1e9) - 1.05).abs() < 1e-6);
        assert!((shrunk(12.0, 8.0) - 1.0).abs() < 0.002);
        assert!((shrunk(0.0, 0.0) - 1.0).abs() < 1e-15);
        assert!(shrunk(0.0, 1e12) > 0.0);
    }

    #[test]
    fn an_area_as_uncertain_as_areas_differ_goes_half_way() {
        let expected = MOVERS / (AREA_SPREAD * AREA_SPREAD);
        assert!((shrunk(1.04 * expected, expected) - 1.02).abs() < 1e-12);
    }

    #[test]
    fn ratios_are_geometric_means_of_the_latest_ten_pairs() {
        // Growth of 100 before the eleventh pair back, then 2 and 1/2 in turn.
        let level = |year: i32| match year {
            2009 => 0.01,
            _ if year % 2 == 0 => 1.0,
            _ => 2.0,
        };
        let totals = (2009..=2020).map(|year| (year, [level(year); AGES])).collect();
        let ratios = Ratios::learn(&totals, &BTreeMap::new(), 0).unwrap();
        assert!(ratios.authority.iter().all(|ratio| (ratio - 1.0).abs() < 1e-12));
    }

    #[test]
    fn years_apart_make_no_ratio() {
        let totals = BTreeMap::from([(2017, [5.0; AGES]), (2019, [6.0; AGES])]);
        assert_eq!(Ratios::learn(&totals, &BTreeMap::new(), 1), None);
    }

    #[test]
    fn an_age_nobody_was_in_keeps_its_number() {
        let mut empty = [5.0; AGES];
        empty[7] = 0.0;
        let totals = BTreeMap::from([(2018, empty), (2019, empty)]);
        let ratios = Ratios::learn(&totals, &BTreeMap::new(), 0).unwrap();
        assert!((ratios.authority[7] - 1.0).abs() < 1e-15 && (ratios.authority[8] - 1.0).abs() < 1e-15);
    }
}
