//! What happened before the base year, read out of stacked margins.

use crate::data::{EventKind, Flow, Inputs, RequestRow};
use crate::domain::{AGES, AgeRange, at_exact_age};

/// A count of a margin: what is not named is summed over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Ages; all if not named.
    pub ages: AgeRange,
    /// Need.
    pub need: Option<usize>,
    /// Setting (before, for moves).
    pub setting: Option<usize>,
    /// Setting after a move.
    pub to: Option<usize>,
    /// Plans.
    pub plans: f64,
}

/// What a margin must name: ages, setting, need, setting after a move.
pub type Names = [bool; 4];

/// Nothing: the total.
pub const TOTAL: Names = [false; 4];
/// By age only.
pub const BY_AGE: Names = [true, false, false, false];
/// By age and setting.
pub const BY_AGE_SETTING: Names = [true, true, false, false];
/// By setting only.
pub const BY_SETTING: Names = [false, true, false, false];
/// By need only.
pub const BY_NEED: Names = [false, false, true, false];
/// By age and need.
pub const BY_AGE_NEED: Names = [true, false, true, false];
/// Crossed in full.
pub const CROSSED: Names = [true, true, true, false];
/// Moves by age and both settings.
pub const MOVES: Names = [true, true, false, true];

impl Count {
    fn pattern(&self, area: bool) -> [bool; 5] {
        // Age first: of two margins of one size the one by age decides a total.
        [self.ages != AgeRange::ALL, self.setting.is_some(), self.need.is_some(), self.to.is_some(), area]
    }
}

/// The margin with the fewest names beyond those wanted, each plan once; empty if none names them all.
fn margin(counts: &[(Count, bool)], names: Names) -> Vec<Count> {
    // The area is never asked for.
    let wanted = [names[0], names[1], names[2], names[3], false];
    let covers = |pattern: &[bool; 5]| pattern.iter().zip(wanted).all(|(has, wants)| *has || !wants);
    let size = |pattern: &[bool; 5]| pattern.iter().filter(|has| **has).count();
    let patterns = counts.iter().map(|(count, area)| count.pattern(*area)).filter(covers);
    let best = patterns.min_by_key(|pattern| (size(pattern), pattern.map(|has| !has)));
    let Some(best) = best else { return vec![] };
    let chosen: Vec<Count> = counts.iter().filter(|(c, area)| c.pattern(*area) == best).map(|(c, _)| *c).collect();
    let mut ranges: Vec<AgeRange> = chosen.iter().map(|count| count.ages).collect();
    ranges.sort_by_key(|ages| (ages.ages().count(), ages.from));
    ranges.dedup();
    let mut kept: Vec<AgeRange> = vec![];
    for range in ranges {
        if !kept.iter().any(|other| other.from <= range.to && range.from <= other.to) {
            kept.push(range);
        }
    }
    chosen.into_iter().filter(|count| kept.contains(&count.ages)).collect()
}

/// An authority's own years, between two Januaries.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The inputs.
    pub inputs: &'a Inputs,
    from: i32,
    /// Flows of the year to this January and before are of other rules.
    flows_after: i32,
    to: i32,
}

impl<'a> Past<'a> {
    /// Years `history` of the inputs, never later than the base year.
    pub fn new(inputs: &'a Inputs, history: Option<(i32, i32)>) -> Self {
        let base = inputs.authority.base_year;
        let (from, to) = history.unwrap_or((i32::MIN, base));
        let regimes = inputs.authority.events.iter().filter(|event| event.kind == EventKind::Regime);
        let since = regimes.map(|event| event.year).filter(|&year| year <= base).max().unwrap_or(i32::MIN);
        Self { inputs, from: from.max(since), flows_after: since, to: to.min(base) }
    }

    /// January of the base table.
    pub fn base_year(&self) -> i32 {
        self.inputs.authority.base_year
    }

    /// Whether a year may be learnt from.
    pub fn holds(&self, year: i32) -> bool {
        (self.from..=self.to).contains(&year)
    }

    /// Whether plans that should have ended earlier were ended together in the year to a January.
    pub fn clear_out(&self, year: i32) -> bool {
        self.inputs.authority.events.iter().any(|event| event.kind == EventKind::ClearOut && event.year == year)
    }

    /// The margin of plans in force that names these; empty if there is none.
    pub fn plans(&self, year: i32, names: Names) -> Vec<Count> {
        if year != self.base_year() && !self.holds(year) {
            return vec![];
        }
        if year == self.base_year() {
            let count = |row: &crate::domain::BaseRow| Count {
                ages: AgeRange { from: row.age as u8, to: row.age as u8 },
                need: Some(row.need),
                setting: Some(row.setting),
                to: None,
                plans: f64::from(row.plans),
            };
            return self.inputs.base.iter().map(count).collect();
        }
        let rows = self.inputs.plans.iter().filter(|row| row.year == year);
        let counts: Vec<(Count, bool)> = rows
            .map(|row| {
                let setting = row.required.or(row.setting);
                let plans = f64::from(row.plans);
                (Count { ages: row.ages, need: row.need, setting, to: None, plans }, row.area.is_some())
            })
            .collect();
        margin(&counts, names)
    }

    /// The margin of a flow that names these; empty if there is none.
    pub fn flow(&self, year: i32, flow: Flow, names: Names) -> Vec<Count> {
        if !self.holds(year) || year <= self.flows_after {
            return vec![];
        }
        let rows = self.inputs.flows.iter().filter(|row| row.year == year && row.flow == flow);
        let count = |row: &crate::data::FlowRow| Count {
            ages: row.ages,
            need: row.need,
            setting: row.setting,
            to: row.to_setting,
            plans: f64::from(row.plans),
        };
        margin(&rows.map(|row| (count(row), false)).collect::<Vec<_>>(), names)
    }

    /// All plans of a January.
    pub fn total(&self, year: i32) -> Option<f64> {
        total(&self.plans(year, TOTAL))
    }

    /// All of a flow.
    pub fn flow_total(&self, year: i32, flow: Flow) -> Option<f64> {
        total(&self.flow(year, flow, TOTAL))
    }

    /// Residents of the authority by single age; `None` if the year is not known.
    pub fn residents(&self, year: i32) -> Option<[f64; AGES]> {
        let areas = self.inputs.residents(year);
        let summed = areas.map(|cells| {
            let mut ages = [0.0; AGES];
            cells.iter().enumerate().for_each(|(cell, residents)| ages[cell % AGES] += residents);
            ages
        });
        summed.or_else(|| self.inputs.control(year))
    }

    /// Requests of the year before a January.
    pub fn requests(&self, year: i32) -> Option<&'a RequestRow> {
        self.inputs.requests.iter().find(|row| row.year == year && self.holds(year) && year > self.flows_after)
    }

    /// Whether the base year counts exact age in January: the published bands up to 2022 do, while single years, from
    /// 2024 on, are of the 31 August before.
    pub fn in_exact_ages(&self) -> bool {
        self.bands_only(self.base_year())
    }

    /// Whether a published January names ages in bands only, none of them single.
    pub fn bands_only(&self, year: i32) -> bool {
        let mut aged = self.inputs.plans.iter().filter(|row| row.year == year && row.ages != AgeRange::ALL);
        let any = aged.clone().next().is_some();
        any && self.inputs.raw.published && aged.all(|row| row.ages.from < row.ages.to)
    }

    /// Whether a January that may be learnt from is known by age.
    pub fn knows_ages(&self, year: i32) -> bool {
        !self.plans(year, BY_AGE).is_empty()
    }

    /// A figure by census age as those of an age of the base year have it.
    pub fn at_age(&self, age: usize, of: impl Fn(usize) -> f64) -> f64 {
        if self.in_exact_ages() { at_exact_age(age, of) } else { of(age) }
    }

    /// The first January with plans that may be learnt from.
    pub fn first_year(&self) -> Option<i32> {
        self.inputs.plans.iter().map(|row| row.year).filter(|&year| self.holds(year)).min()
    }
}

fn total(counts: &[Count]) -> Option<f64> {
    (!counts.is_empty()).then(|| counts.iter().map(|count| count.plans).sum())
}

/// Adds counts to single ages; a band is spread as `like` is.
pub fn spread(counts: &[Count], like: &[f64; AGES]) -> [f64; AGES] {
    let mut spread = [0.0; AGES];
    for count in counts {
        share_out(count.ages, like, |age, share| spread[age] += count.plans * share);
    }
    spread
}

/// Shares of the ages of a range in proportion to `like`; evenly if that is 0.
pub fn share_out(ages: AgeRange, like: &[f64; AGES], mut give: impl FnMut(usize, f64)) {
    let sum: f64 = ages.ages().map(|age| like[age]).sum();
    let width = ages.ages().count() as f64;
    ages.ages().for_each(|age| give(age, if sum > 0.0 { like[age] / sum } else { 1.0 / width }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(ages: (u8, u8), need: Option<usize>, setting: Option<usize>, plans: f64) -> (Count, bool) {
        let ages = AgeRange { from: ages.0, to: ages.1 };
        (Count { ages, need, setting, to: None, plans }, false)
    }

    #[test]
    fn a_total_is_that_of_the_total_row_else_of_ages_else_of_settings() {
        let by_setting = [count((0, 25), None, Some(0), 7.0), count((0, 25), None, Some(1), 4.0)];
        let by_age = [count((0, 10), None, None, 6.0), count((11, 25), None, None, 6.0)];
        let all = [count((0, 25), None, None, 13.0)];
        let sum = |rows: &[(Count, bool)]| total(&margin(rows, TOTAL));
        assert_eq!(sum(&by_setting), Some(11.0));
        assert_eq!(sum(&[&by_setting[..], &by_age[..]].concat()), Some(12.0));
        assert_eq!(sum(&[&by_setting[..], &by_age[..], &all[..]].concat()), Some(13.0));
        assert_eq!(sum(&[]), None);
    }

    #[test]
    fn overlapping_bands_count_once_and_a_margin_that_names_more_is_summed() {
        let rows = [
            count((5, 5), None, Some(0), 1.0),
            count((6, 6), None, Some(0), 2.0),
            count((5, 6), None, Some(0), 3.0),
            count((7, 9), None, Some(0), 4.0),
        ];
        let found = margin(&rows, BY_AGE);
        assert!((found.iter().map(|c| c.plans).sum::<f64>() - 7.0).abs() < 1e-12);
        assert!(margin(&rows, BY_NEED).is_empty());
    }

    #[test]
    fn a_band_is_spread_as_its_ages_are_elsewhere() {
        let mut like = [0.0; AGES];
        (like[5], like[6]) = (1.0, 3.0);
        let spread = spread(&[count((5, 6), None, None, 8.0).0, count((7, 8), None, None, 2.0).0], &like);
        assert_eq!(spread[5..9], [2.0, 6.0, 1.0, 1.0]);
    }
}
