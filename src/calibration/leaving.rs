//! Chances that a plan ceases and that a child leaves with it for another authority, by age only.
//!
//! Not by setting: the path of total plans is turned into new plans with the chances of ages, so chances that differed
//! by setting would drift away from the path as children move between settings.

use super::bands::{BANDS, BandFactors, CEASING as FROM_BAND, fit_bands};
use super::chances::{CEASING, Seen, Spread, TRANSFERS_OUT};
use super::england::England;
use super::left::{Source, Year, ceased, stock_turning, taken_along, years_to_use};
use super::past::Past;
use super::priors::{CLASSES, Leaving, leaving};
use crate::domain::{AGES, AgeRange};
use crate::error::Result;
use crate::plans::{Law, ScalarRow};

/// Rows of ceasing and leaving, and what they rest on.
#[derive(Debug, Clone)]
pub struct FittedLeaving {
    /// Rows of `ceasing`.
    pub ceasing: Vec<ScalarRow>,
    /// Rows of `transfers_out`.
    pub transfers_out: Vec<ScalarRow>,
    /// Chance that a plan ends in any way, by age after ageing on.
    pub ends: [f64; AGES],
    /// Expected transfers out of the first year.
    pub expected_out: f64,
    /// What ceasing was learnt from.
    pub source: Source,
    /// Years left out as clear-outs.
    pub events: Vec<i32>,
    /// Expected to cease at 16 to 19 and from 20 on, against England's chances.
    pub factors: [f64; 2],
    /// What pairs of Januaries say of whole age groups.
    pub bands: BandFactors,
}

/// Fits ceasing and transfers out.
pub fn fit_leaving(past: &Past, nation: &England) -> Result<FittedLeaving> {
    let by_census_age = leaving()?;
    let of = |value: fn(&Leaving) -> f64| -> [f64; AGES] {
        std::array::from_fn(|age| past.at_age(age, |age| value(&by_census_age[age])))
    };
    let (england, england_out) = (of(|row| row.ceasing), of(|row| row.transfer_out));
    let (years, events) = years_to_use(past);
    let bands = fit_bands(past, nation, &england);
    let (source, gone) = ceased(past, &years, &bands, &england);
    let out = taken_along(past, &years, &england, &england_out);
    let usual = usual(&england, &bands, &source);
    let stock = stock_turning(past, past.base_year());
    let (mut ceasing, mut transfers_out) = (vec![], vec![]);
    let (mut ends, mut expected_out) = ([0.0; AGES], 0.0);
    for ages in CLASSES {
        let cease = learnt(CEASING, ages, mean(ages, &stock, &usual), &gone);
        let leave = learnt(TRANSFERS_OUT, ages, mean(ages, &stock, &england_out), &out);
        ages.ages().for_each(|age| ends[age] = 1.0 - (1.0 - cease.mean()) * (1.0 - leave.mean()));
        expected_out += leave.mean() * ages.ages().map(|age| stock[age]).sum::<f64>();
        for (rows, law) in [(&mut ceasing, cease), (&mut transfers_out, leave)] {
            let source = rows.len() + 1;
            rows.push(ScalarRow { ages, area: None, need: None, setting: None, law, source });
        }
    }
    let factors = [BANDS[FROM_BAND], BANDS[FROM_BAND + 1]].map(|ages| factor(ages, &stock, &ceasing, &england));
    Ok(FittedLeaving { ceasing, transfers_out, ends, expected_out, source, events, factors, bands })
}

/// England's chances, at 16 and over as its own Januaries have them. Own records by age are set against the chances as they
/// are shipped: those are of England's last pair of Januaries by age.
fn usual(england: &[f64; AGES], bands: &BandFactors, source: &Source) -> [f64; AGES] {
    let mut usual = *england;
    if !matches!(source, Source::Records(_)) {
        for (ages, factor) in BANDS.into_iter().zip(bands.england) {
            ages.ages().for_each(|age| usual[age] *= factor);
        }
    }
    usual
}

/// Expected to cease of an age group, against England's chances.
fn factor(ages: AgeRange, stock: &[f64; AGES], rows: &[ScalarRow], england: &[f64; AGES]) -> f64 {
    let own = |age: usize| rows.iter().find(|row| row.ages.contains(age)).map_or(0.0, |row| row.law.mean());
    mean(ages, stock, &std::array::from_fn(own)) / mean(ages, stock, england)
}

/// The chance of a class of ages after the years seen.
fn learnt(spread: Spread, ages: AgeRange, england: f64, years: &[Year]) -> Law {
    let of = |by_age: &[f64; AGES]| ages.ages().map(|age| by_age[age]).sum();
    let seen: Vec<Seen> =
        years.iter().map(|year| Seen { plans: of(&year.turning), left: of(&year.left) }).collect();
    spread.learnt(england, &seen)
}

/// Mean over the ages of a class, weighted by those who turn each age.
fn mean(ages: AgeRange, stock: &[f64; AGES], value: &[f64; AGES]) -> f64 {
    let weight = |age: usize| stock[age] + 1e-9;
    let sum: f64 = ages.ages().map(|age| weight(age) * value[age]).sum();
    sum / ages.ages().map(weight).sum::<f64>()
}
