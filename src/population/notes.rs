//! What a reader must know before trusting projected residents.

use std::ops::RangeInclusive;

use crate::data::Flag;

fn flag(slug: &str, table: &str, years: Vec<i32>, meaning: &str) -> Flag {
    Flag { slug: slug.into(), table: table.into(), years, meaning: meaning.into() }
}

/// Years no area has estimates for.
pub(super) fn rolled(years: RangeInclusive<i32>) -> Flag {
    let meaning = "areas have no estimates for these years: the last ones were carried on by cohort";
    flag("population-rolled-forward", "population", years.collect(), meaning)
}

/// Totals that do not go on from the base year.
pub(super) fn control(base_year: i32, horizon: usize) -> Flag {
    let years = (base_year + 1..=base_year + horizon as i32).collect();
    let meaning = "official totals differ from the base year's residents by more than 3%: not used from then on";
    flag("control-not-current", "population_control", years, meaning)
}

/// A projection that estimates have since left behind.
pub(super) fn projection() -> Flag {
    let meaning = "the official projection differs from the last estimate by more than 3% at ages 0-3: not used";
    flag("projection-not-current", "population_control", Vec::new(), meaning)
}

/// Too few years to learn from.
pub(super) fn ratios() -> Flag {
    let meaning = "no two years running have residents: cohorts keep their number";
    flag("population-ratios-unknown", "population", Vec::new(), meaning)
}
