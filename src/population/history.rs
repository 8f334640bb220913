//! What is known of residents: estimates by area, and official totals of the authority.

use std::collections::{BTreeMap, BTreeSet};

use super::raking::rake;
use crate::domain::{AGES, AgeRange};
use crate::error::Result;

/// Residents of the authority by single year of age.
pub(super) type ByAge = [f64; AGES];

/// Estimated residents by year, by age and area (position `age * areas + area`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    pub(super) areas: usize,
    pub(super) years: BTreeMap<i32, Vec<f64>>,
}

/// Official residents of the whole authority.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Control {
    pub(super) totals: BTreeMap<i32, Vec<(AgeRange, f64)>>,
    pub(super) projection: BTreeMap<i32, Vec<(AgeRange, f64)>>,
}

impl History {
    /// Residents from rows (year, area, ages, residents); a range of ages is spread evenly over its ages.
    ///
    /// A year counts only if every area that is ever named has a row in it.
    pub fn from_rows(areas: usize, rows: &[(i32, usize, AgeRange, u32)]) -> Self {
        let mut years: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
        let mut named: BTreeMap<i32, BTreeSet<usize>> = BTreeMap::new();
        for &(year, area, ages, residents) in rows {
            debug_assert!(area < areas, "area {area} is not one of {areas}");
            let cells = years.entry(year).or_insert_with(|| vec![0.0; areas * AGES]);
            let share = f64::from(residents) / ages.ages().count() as f64;
            ages.ages().for_each(|age| cells[age * areas + area] += share);
            named.entry(year).or_default().insert(area);
        }
        let ever: BTreeSet<usize> = named.values().flatten().copied().collect();
        years.retain(|year, _| named[year] == ever);
        Self { areas, years }
    }

    /// The years before `end`, each raked to the control where it has one.
    pub(super) fn raked_before(&self, control: &Control, end: i32) -> Result<BTreeMap<i32, Vec<f64>>> {
        let mut years: BTreeMap<i32, Vec<f64>> =
            self.years.range(..end).map(|(&year, cells)| (year, cells.clone())).collect();
        for (&year, cells) in &mut years {
            rake(cells, self.areas, control.of(year), year)?;
        }
        Ok(years)
    }
}

impl Control {
    /// Totals from rows (year, ages, residents): estimates, and totals carried on from them where there are any.
    pub fn from_rows(rows: &[(i32, AgeRange, u32)]) -> Self {
        Self { totals: by_year(rows), projection: BTreeMap::new() }
    }

    /// Adds an official projection by single year of age, which is used only if it is current.
    #[must_use]
    pub fn with_projection(mut self, rows: &[(i32, AgeRange, u32)]) -> Self {
        self.projection = by_year(rows);
        self
    }

    /// The totals of a year; empty when there are none.
    pub(super) fn of(&self, year: i32) -> &[(AgeRange, f64)] {
        self.totals.get(&year).map_or(&[], Vec::as_slice)
    }

    /// The totals of a year where they give every single year of age.
    pub(super) fn by_age(&self, year: i32) -> Option<ByAge> {
        single_years(self.of(year))
    }

    /// The projection of a year where it gives every single year of age.
    pub(super) fn projected(&self, year: i32) -> Option<ByAge> {
        single_years(self.projection.get(&year)?)
    }
}

/// Rows by year. A range that holds another row of its year is a margin of it and left out.
fn by_year(rows: &[(i32, AgeRange, u32)]) -> BTreeMap<i32, Vec<(AgeRange, f64)>> {
    let mut years: BTreeMap<i32, Vec<(AgeRange, f64)>> = BTreeMap::new();
    for &(year, ages, residents) in rows {
        years.entry(year).or_default().push((ages, f64::from(residents)));
    }
    for totals in years.values_mut() {
        let all = totals.clone();
        totals.retain(|(wide, _)| !all.iter().any(|(ages, _)| holds(*wide, *ages)));
    }
    years
}

/// Whether the range `wide` holds `ages` and more.
fn holds(wide: AgeRange, ages: AgeRange) -> bool {
    wide != ages && wide.from <= ages.from && ages.to <= wide.to
}

fn single_years(totals: &[(AgeRange, f64)]) -> Option<ByAge> {
    let mut by_age = [f64::NAN; AGES];
    for (ages, residents) in totals.iter().filter(|(ages, _)| ages.from == ages.to) {
        by_age[usize::from(ages.from)] = *residents;
    }
    by_age.iter().all(|residents| !residents.is_nan()).then_some(by_age)
}

/// Residents of the authority, all areas together.
pub(super) fn authority(cells: &[f64], areas: usize) -> ByAge {
    std::array::from_fn(|age| cells[age * areas..(age + 1) * areas].iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(text: &str) -> AgeRange {
        AgeRange::parse(text).unwrap()
    }

    #[test]
    fn a_year_without_one_of_the_areas_does_not_count() {
        let rows = [(2020, 0, AgeRange::ALL, 26), (2020, 1, AgeRange::ALL, 52), (2021, 0, AgeRange::ALL, 26)];
        let history = History::from_rows(3, &rows);
        assert_eq!(history.years.keys().copied().collect::<Vec<_>>(), [2020]);
        assert_eq!(history.years[&2020][..4], [1.0, 2.0, 0.0, 1.0]);
    }

    #[test]
    fn a_margin_of_narrower_rows_is_left_out() {
        let control = Control::from_rows(&[(2020, ages("0-3"), 40), (2020, ages("2"), 9), (2020, ages("4"), 11)]);
        assert_eq!(control.of(2020), [(ages("2"), 9.0), (ages("4"), 11.0)]);
        assert_eq!((control.by_age(2020), control.of(2021).len()), (None, 0));
    }
}
