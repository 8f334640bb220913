//! Residents carried forward by area and single year of age.

use std::collections::BTreeMap;

use super::Path;
use super::births::shares;
use super::history::{ByAge, Control, History, authority};
use super::raking::rake;
use super::ratios::Ratios;
use super::walk::{AREA_SD, AUTHORITY_SD, BIRTHS_SD};
use super::{current, notes};
use crate::data::Flag;
use crate::domain::{AGES, AgeRange, MAX_AGE};
use crate::error::{Error, Problem, Result};

/// From this age on areas keep their share of each age: students come at 18 and go at 21, and do not age in place.
///
/// In Leeds' districts a year's cohorts erred by 21% of residents aged 18-25, held shares by 6%. The authority's
/// total does follow its cohorts, whose ratios hold the coming and going: 5.8% at five years on 105
/// authorities, against 7.3% for numbers held.
const FIRST_STUDENT_AGE: usize = 18;

/// Residents of the base year, their expected path, and what a reader must know of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// Residents of the base year, by age and area, raked to the control.
    pub base: Vec<f64>,
    /// Expected residents by year after the base year, by age and area, and their random walks.
    pub path: Path,
    /// `population-rolled-forward`, `population-ratios-unknown`, `control-not-current`, `projection-not-current`.
    pub flags: Vec<Flag>,
}

/// Everything that moves residents on.
struct Carrier<'a> {
    areas: usize,
    ratios: Ratios,
    births: Vec<f64>,
    control: &'a Control,
    /// Whether the official projection sets the authority's ratios.
    projection: bool,
}

/// Expected residents of `horizon` years after `base_year`, from estimates up to it.
///
/// Cohort change ratios of the authority and of its areas, births flat, raked to the control where it is current
/// (methods: Hamilton & Perry 1962; the projection's change, Tayman & Swanson 2017). A control may hold totals
/// after the base year: a back-test leaves out what was not known.
pub fn project_residents(
    history: &History,
    control: &Control,
    base_year: i32,
    horizon: usize,
) -> Result<Projected> {
    let mut flags = Vec::new();
    let mut years = history.raked_before(control, base_year)?;
    let level = add_base(&mut years, history, control, base_year)?;
    let totals = totals(&years, control, history.areas, if level { base_year } else { base_year - 1 });
    let mut carrier = Carrier::learn(history.areas, control, &totals, &years, &mut flags);
    let base = carrier.base(&mut years, base_year, &mut flags)?;
    carrier.births = shares(&years, history.areas);

    let kept = level && carrier.agrees(&base, base_year);
    if !kept {
        flags.push(notes::control(base_year, horizon));
    }
    let mut path = Path { years: Vec::new(), authority_sd: AUTHORITY_SD, area_sd: AREA_SD, births_sd: BIRTHS_SD };
    for year in (base_year + 1)..=(base_year + horizon as i32) {
        let now = path.years.last().unwrap_or(&base);
        let next = carrier.carry(now, year, kept)?;
        path.years.push(next);
    }
    Ok(Projected { base, path, flags })
}

/// Adds the base year where the areas have it, raked to the control if that agrees; whether it does.
fn add_base(
    years: &mut BTreeMap<i32, Vec<f64>>,
    history: &History,
    control: &Control,
    base_year: i32,
) -> Result<bool> {
    let Some(mut base) = history.years.get(&base_year).cloned() else { return Ok(true) };
    let agrees = current::level(&authority(&base, history.areas), control.of(base_year));
    if agrees {
        rake(&mut base, history.areas, control.of(base_year), base_year)?;
    }
    years.insert(base_year, base);
    Ok(agrees)
}

/// Totals of the authority by single year of age: official up to `last`, else the sum of its areas.
fn totals(years: &BTreeMap<i32, Vec<f64>>, control: &Control, areas: usize, last: i32) -> BTreeMap<i32, ByAge> {
    let summed = years.iter().map(|(&year, cells)| (year, authority(cells, areas)));
    let official = control.totals.range(..=last).filter_map(|(&year, _)| Some((year, control.by_age(year)?)));
    summed.chain(official).collect()
}

impl<'a> Carrier<'a> {
    fn learn(
        areas: usize,
        control: &'a Control,
        totals: &BTreeMap<i32, ByAge>,
        years: &BTreeMap<i32, Vec<f64>>,
        flags: &mut Vec<Flag>,
    ) -> Self {
        let projection = current::projection(control, totals.last_key_value());
        if !projection && !control.projection.is_empty() {
            flags.push(notes::projection());
        }
        let ratios = Ratios::learn(totals, years, areas).unwrap_or_else(|| {
            flags.push(notes::ratios());
            Ratios::unchanged(areas)
        });
        Self { areas, ratios, births: shares(years, areas), control, projection }
    }

    /// Residents of the base year, carried on from the last year that has them.
    fn base(
        &self,
        years: &mut BTreeMap<i32, Vec<f64>>,
        base_year: i32,
        flags: &mut Vec<Flag>,
    ) -> Result<Vec<f64>> {
        let Some((&last, cells)) = years.last_key_value() else {
            let message = format!("no residents are given for January {base_year} or any before it");
            return Err(Error::Input(vec![Problem::new("population-missing", "population", message)]));
        };
        let mut now = cells.clone();
        for year in (last + 1)..=base_year {
            now = self.carry(&now, year, true)?;
            years.insert(year, now.clone());
        }
        if last < base_year {
            flags.push(notes::rolled((last + 1)..=base_year));
        }
        Ok(now)
    }

    /// Residents of `year` from those of the year before, raked to the control if it is to be met.
    fn carry(&self, now: &[f64], year: i32, controlled: bool) -> Result<Vec<f64>> {
        let totals = self.authority(&authority(now, self.areas), year);
        let mut next: Vec<f64> = (0..AGES).flat_map(|age| self.expected(now, age)).collect();
        let single = (0..=MAX_AGE).map(|age| AgeRange { from: age, to: age });
        let margins: Vec<(AgeRange, f64)> = single.zip(totals).collect();
        rake(&mut next, self.areas, &margins, year)?;
        if controlled {
            rake(&mut next, self.areas, self.control.of(year), year)?;
        }
        Ok(next)
    }

    /// The areas' expected residents of one age, before raking.
    fn expected(&self, now: &[f64], age: usize) -> Vec<f64> {
        let held = &now[age * self.areas..][..self.areas];
        if age == 0 {
            return self.births.clone();
        }
        if age >= FIRST_STUDENT_AGE && held.iter().any(|&residents| residents > 0.0) {
            return held.to_vec();
        }
        let cohort = &now[(age - 1) * self.areas..][..self.areas];
        let own = &self.ratios.own[age * self.areas..][..self.areas];
        cohort.iter().zip(own).map(|(residents, own)| residents * own).collect()
    }

    /// The authority's residents of `year` by age: births flat, cohorts by their ratios.
    fn authority(&self, before: &ByAge, year: i32) -> ByAge {
        let projected = |year| if self.projection { self.control.projected(year) } else { None };
        let (old, new) = (projected(year - 1), projected(year));
        std::array::from_fn(|age| {
            let from = age.saturating_sub(1);
            let growth = match (old, new) {
                (Some(old), Some(new)) if old[from] > 0.0 => new[age] / old[from],
                _ => self.ratios.authority[age],
            };
            before[from] * growth
        })
    }

    /// Whether the control's first year after the base year goes on from it.
    fn agrees(&self, base: &[f64], base_year: i32) -> bool {
        let mut own = self.authority(&authority(base, self.areas), base_year + 1);
        own[0] = f64::NAN; // nobody knows next year's births
        current::level(&own, self.control.of(base_year + 1))
    }
}
