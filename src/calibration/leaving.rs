//! Chances that a plan ceases and that a child leaves with it for another authority, by age only.
//!
//! Not by setting: the path of total plans is turned into new plans with the chances of ages, so chances that differed
//! by setting would drift away from the path as children move between settings.

use super::bands::{BandFactors, TRANSFER, fit_bands};
use super::england::England;
use super::past::{BY_AGE, Past, spread};
use super::priors::{CLASSES, Leaving, leaving};
use crate::data::Flow;
use crate::domain::{AGES, AgeRange};
use crate::error::Result;
use crate::plans::{Law, ScalarRow};

/// Ages after ageing on from which plans cease in numbers: an authority's own factor applies from here.
const OLDER: usize = 17;
/// How much of an authority's own log factor is kept, by years of data: yearly records agree poorly (correlation 0.2).
const OWN_SHARE: [f64; 4] = [0.0, 0.2, 0.3, 0.4];
/// A year is a clear-out if more than this many times the median of the other recent years left.
const CLEAR_OUT: f64 = 2.0;
/// Recent years looked at.
const RECENT: i32 = 5;
/// Coefficient of variation of a chance between authorities: sd of log 0.7 in one year, of which a fifth lasts.
const BETWEEN: f64 = 0.3;

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
    /// Years learnt from.
    pub years: Vec<i32>,
    /// Years left out as clear-outs.
    pub events: Vec<i32>,
    /// Own factor on ceasing at 17 and over, from records of plans that ended.
    pub factor: f64,
    /// What pairs of Januaries say of whole age groups.
    pub bands: BandFactors,
}

/// Fits ceasing and transfers out.
pub fn fit_leaving(past: &Past, nation: &England) -> Result<FittedLeaving> {
    let by_census_age = leaving()?;
    let of = |age: usize, value: fn(&Leaving) -> f64| past.at_age(age, |age| value(&by_census_age[age]));
    let england: Vec<Leaving> = (0..AGES)
        .map(|age| Leaving {
            age,
            ceasing: of(age, |row| row.ceasing),
            transfer_out: of(age, |row| row.transfer_out),
        })
        .collect();
    let (years, events) = years_to_use(past);
    let ceasing: [f64; AGES] = std::array::from_fn(|age| england[age].ceasing);
    let bands = fit_bands(past, nation, &ceasing);
    let ceasing = own_factor(past, &years, Flow::Ceased, OLDER, |row| row.ceasing, &england);
    let out = own_factor(past, &years, Flow::TransferOut, 0, |row| row.transfer_out, &england);
    let stock = stock_turning(past, past.base_year());
    let mut fitted = FittedLeaving {
        ceasing: vec![],
        transfers_out: vec![],
        ends: [0.0; AGES],
        expected_out: 0.0,
        years,
        events,
        factor: ceasing,
        bands,
    };
    for ages in CLASSES {
        let chance = |value: fn(&Leaving) -> f64| mean(ages, &stock, |age| value(&england[age]));
        let older = usize::from(ages.from) >= OLDER;
        let recorded = if older { ceasing } else { 1.0 };
        let factor = bands.ceasing_at(usize::from(ages.from)).unwrap_or(recorded);
        let cease = (chance(|row| row.ceasing) * factor).min(0.97);
        let leave = (chance(|row| row.transfer_out) * out).min(0.5);
        ages.ages().for_each(|age| fitted.ends[age] = 1.0 - (1.0 - cease) * (1.0 - leave));
        fitted.expected_out += leave * ages.ages().map(|age| stock[age]).sum::<f64>();
        fitted.ceasing.push(row(ages, cease, fitted.ceasing.len()));
        fitted.transfers_out.push(row(ages, leave, fitted.transfers_out.len()));
    }
    Ok(fitted)
}

/// A Beta of this mean whose spread is that between authorities.
fn row(ages: AgeRange, mean: f64, source: usize) -> ScalarRow {
    let mean = mean.clamp(1e-4, 0.97);
    let size = ((1.0 - mean) / (mean * BETWEEN * BETWEEN) - 1.0).max(20.0);
    let law = Law::Beta { alpha: mean * size, beta: (1.0 - mean) * size };
    ScalarRow { ages, area: None, need: None, setting: None, law, source: source + 1 }
}

/// Mean over the ages of a class, weighted by those who turn each age.
fn mean(ages: AgeRange, stock: &[f64; AGES], value: impl Fn(usize) -> f64) -> f64 {
    let weight = |age: usize| stock[age] + 1e-9;
    let sum: f64 = ages.ages().map(|age| weight(age) * value(age)).sum();
    sum / ages.ages().map(weight).sum::<f64>()
}

/// Plans of a January by the age their holders turn next.
fn stock_turning(past: &Past, year: i32) -> [f64; AGES] {
    let like = spread(&past.plans(past.base_year(), BY_AGE), &[1.0; AGES]);
    let stock = spread(&past.plans(year, BY_AGE), &like);
    let mut turning = [0.0; AGES];
    turning[1..].copy_from_slice(&stock[..AGES - 1]);
    turning
}

/// Up to three recent years with records, clear-outs left out and named.
fn years_to_use(past: &Past) -> (Vec<i32>, Vec<i32>) {
    let recent: Vec<(i32, f64)> = (past.base_year() - RECENT + 1..=past.base_year())
        .filter(|&year| year > TRANSFER)
        .filter_map(|year| {
            let ceased = past.flow_total(year, Flow::Ceased)?;
            Some((year, ceased + past.flow_total(year, Flow::TransferOut).unwrap_or(0.0)))
        })
        .collect();
    let clear_out = |&(year, left): &(i32, f64)| {
        if past.clear_out(year) {
            return true;
        }
        let mut others: Vec<f64> = recent.iter().filter(|other| other.0 != year).map(|other| other.1).collect();
        others.sort_by(f64::total_cmp);
        let n = others.len();
        n >= 3 && left > CLEAR_OUT * (others[(n - 1) / 2] + others[n / 2]) / 2.0
    };
    let events: Vec<i32> = recent.iter().filter(|year| clear_out(year)).map(|year| year.0).collect();
    let mut years: Vec<i32> =
        recent.iter().map(|year| year.0).filter(|year| !events.contains(year)).rev().take(3).collect();
    years.reverse();
    (years, events)
}

/// Own records against those expected at England's chances, from age `from` on, most of the log shrunk away.
fn own_factor(
    past: &Past,
    years: &[i32],
    flow: Flow,
    from: usize,
    chance: fn(&Leaving) -> f64,
    england: &[Leaving],
) -> f64 {
    let (mut own, mut expected, mut used) = (0.0, 0.0, 0);
    for &year in years {
        let stock = stock_turning(past, year - 1);
        let by_age: [f64; AGES] = std::array::from_fn(|age| stock[age] * chance(&england[age]));
        let Some(all) = past.flow_total(year, flow) else { continue };
        if by_age.iter().sum::<f64>() <= 0.0 {
            continue;
        }
        let aged = past.flow(year, flow, BY_AGE);
        let recorded = if aged.is_empty() {
            all - by_age[..from].iter().sum::<f64>()
        } else {
            spread(&aged, &by_age)[from..].iter().sum()
        };
        own += recorded.max(0.0);
        expected += by_age[from..].iter().sum::<f64>();
        used += 1;
    }
    if used == 0 || own <= 0.0 {
        return 1.0;
    }
    libm::exp(OWN_SHARE[used.min(3)] * libm::log(own / expected))
}
