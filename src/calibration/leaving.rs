//! Chances that a plan ceases and that a child leaves with it for another authority, by age only.
//!
//! Not by setting: the path of total plans is turned into new plans with the chances of ages, so chances that differed
//! by setting would drift away from the path as children move between settings.
//!
//! A class of ages learns from the finest there is: own records by age that agree with the Januaries; else, from 16 on,
//! what two Januaries say of an age group; else the total of own records. What is known of several ages together is dealt
//! out as England's chances expect it, so each class learns the group's factor.

use super::bands::{BANDS, BandFactors, CEASING as FROM_BAND, TRANSFER, fit_bands};
use super::chances::{CEASING, Seen, Spread, TRANSFERS_OUT};
use super::england::England;
use super::past::{BY_AGE, Past, spread};
use super::priors::{CLASSES, Leaving, leaving};
use crate::data::Flow;
use crate::domain::{AGES, AgeRange};
use crate::error::Result;
use crate::plans::ScalarRow;

/// Ages after ageing on from which plans cease in numbers: totals of plans that ceased say nothing of younger ones.
const OLDER: usize = 17;
/// A year is a clear-out if more than this many times the median of the other recent years left.
const CLEAR_OUT: f64 = 2.0;
/// Recent years looked at.
const RECENT: i32 = 5;
/// Share of an age group's plans by which records by age may miss what the Januaries say of it. Chosen: England's own miss
/// by 1.5%.
const CLOSES: f64 = 0.02;

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

/// What ceasing is learnt from, and in which years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Own records by age.
    Records(Vec<i32>),
    /// Age groups of two Januaries.
    Januaries(Vec<i32>),
    /// Totals of own records; England alone if there are none.
    Totals(Vec<i32>),
}

/// Plans by the age their holders turn, and those of them that left, in a year.
struct Year {
    turning: [f64; AGES],
    left: [f64; AGES],
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
    let (source, ceased) = ceased(past, &years, &bands, &england);
    let gone = |year: i32| recorded(past, year, Flow::Ceased, 0, &england);
    let out: Vec<Year> = years
        .iter()
        .filter_map(|&year| {
            let mut of = recorded(past, year, Flow::TransferOut, 0, &england_out)?;
            // Only those whose plan has not ceased can take it along.
            if let Some(gone) = gone(year) {
                of.turning.iter_mut().zip(gone.left).for_each(|(plans, gone)| *plans = (*plans - gone).max(0.0));
            }
            Some(of)
        })
        .collect();
    let usual: [f64; AGES] = std::array::from_fn(|age| match &source {
        Source::Records(_) => england[age],
        _ => {
            BANDS.iter().zip(bands.england).find(|(ages, _)| ages.contains(age)).map_or(1.0, |(_, of)| of)
                * england[age]
        }
    });
    let stock = stock_turning(past, past.base_year());
    let mut fitted = FittedLeaving {
        ceasing: vec![],
        transfers_out: vec![],
        ends: [0.0; AGES],
        expected_out: 0.0,
        source,
        events,
        factors: [1.0; 2],
        bands,
    };
    for ages in CLASSES {
        let cease = learnt(CEASING, ages, mean(ages, &stock, &usual), &ceased);
        let leave = learnt(TRANSFERS_OUT, ages, mean(ages, &stock, &england_out), &out);
        let chance = leave.mean();
        ages.ages().for_each(|age| fitted.ends[age] = 1.0 - (1.0 - cease.mean()) * (1.0 - chance));
        fitted.expected_out += chance * ages.ages().map(|age| stock[age]).sum::<f64>();
        let row =
            |law| ScalarRow { ages, area: None, need: None, setting: None, law, source: fitted.ceasing.len() + 1 };
        let rows = (row(cease), row(leave));
        fitted.ceasing.push(rows.0);
        fitted.transfers_out.push(rows.1);
    }
    fitted.factors = [FROM_BAND, FROM_BAND + 1].map(|band| {
        let of = |chance: &dyn Fn(usize) -> f64| {
            BANDS[band].ages().map(|age| (stock[age] + 1e-9) * chance(age)).sum::<f64>()
        };
        let own = |age: usize| {
            let row = fitted.ceasing.iter().find(|row| row.ages.contains(age));
            row.map_or(0.0, |row| row.law.mean())
        };
        of(&own) / of(&|age| england[age])
    });
    Ok(fitted)
}

/// The chance of a class of ages after the years seen.
fn learnt(spread: Spread, ages: AgeRange, england: f64, years: &[Year]) -> crate::plans::Law {
    let of = |by_age: &[f64; AGES]| ages.ages().map(|age| by_age[age]).sum();
    let seen: Vec<Seen> =
        years.iter().map(|year| Seen { plans: of(&year.turning), left: of(&year.left) }).collect();
    spread.learnt(england, &seen)
}

/// What to learn ceasing from: the finest there is.
fn ceased(past: &Past, years: &[i32], bands: &BandFactors, england: &[f64; AGES]) -> (Source, Vec<Year>) {
    let closing: Vec<i32> = years.iter().copied().filter(|&year| closes(past, year, bands, england)).collect();
    if !closing.is_empty() {
        let seen = closing.iter().filter_map(|&year| recorded(past, year, Flow::Ceased, 0, england));
        return (Source::Records(closing.clone()), seen.collect());
    }
    if !bands.pairs.is_empty() {
        let pair = |pair: &super::bands::Pair| {
            let turning = stock_turning(past, pair.year - 1);
            let mut left = [0.0; AGES];
            for band in FROM_BAND..BANDS.len() {
                let expected = |age: usize| turning[age] * england[age];
                let all: f64 = BANDS[band].ages().map(expected).sum();
                BANDS[band]
                    .ages()
                    .filter(|_| all > 0.0)
                    .for_each(|age| left[age] = pair.left[band] * expected(age) / all);
            }
            let known = |age: usize| BANDS[FROM_BAND..].iter().any(|ages| ages.contains(age));
            Year { turning: std::array::from_fn(|age| if known(age) { turning[age] } else { 0.0 }), left }
        };
        let years = bands.pairs.iter().map(|pair| pair.year).collect();
        return (Source::Januaries(years), bands.pairs.iter().map(pair).collect());
    }
    let known: Vec<(i32, Year)> = years
        .iter()
        .filter_map(|&year| Some((year, recorded(past, year, Flow::Ceased, OLDER, england)?)))
        .collect();
    let (years, seen) = known.into_iter().unzip();
    (Source::Totals(years), seen)
}

/// Whether a year's records are by age, in own tables, and say what the Januaries say of those of 16 and over, if they do.
fn closes(past: &Past, year: i32, bands: &BandFactors, england: &[f64; AGES]) -> bool {
    let aged = |flow: Flow| past.flow(year, flow, BY_AGE);
    if past.inputs.raw.published || aged(Flow::Ceased).is_empty() {
        return false;
    }
    let Some(of) = recorded(past, year, Flow::Ceased, 0, england) else { return false };
    let Some(pair) = bands.pairs.iter().find(|pair| pair.year == year) else { return true };
    let like = stock_turning(past, year - 1);
    let net: [f64; AGES] = {
        let [out, arrived] = [Flow::TransferOut, Flow::TransferIn].map(|flow| spread(&aged(flow), &like));
        std::array::from_fn(|age| of.left[age] + out[age] - arrived[age])
    };
    (FROM_BAND..BANDS.len()).all(|band| {
        let sum = |by_age: &[f64; AGES]| BANDS[band].ages().map(|age| by_age[age]).sum::<f64>();
        (sum(&net) - pair.left[band]).abs() <= CLOSES * sum(&of.turning)
    })
}

/// A year's records of a flow from age `from` on: by age if own tables have them so, else the total less what England's
/// chances expect of younger ages, dealt out as they expect it. None if nothing is recorded.
fn recorded(past: &Past, year: i32, flow: Flow, from: usize, england: &[f64; AGES]) -> Option<Year> {
    let all = past.flow_total(year, flow).filter(|&all| all > 0.0)?;
    let mut turning = stock_turning(past, year - 1);
    let expected: [f64; AGES] = std::array::from_fn(|age| turning[age] * england[age]);
    let younger: f64 = expected[..from].iter().sum();
    let older: f64 = expected[from..].iter().sum();
    if older <= 0.0 {
        return None;
    }
    let aged = past.flow(year, flow, BY_AGE);
    let mut left = if aged.is_empty() || past.inputs.raw.published {
        expected.map(|expected| expected * (all - younger).max(0.0) / older)
    } else {
        spread(&aged, &expected)
    };
    (left[..from].fill(0.0), turning[..from].fill(0.0));
    Some(Year { turning, left })
}

/// Mean over the ages of a class, weighted by those who turn each age.
fn mean(ages: AgeRange, stock: &[f64; AGES], value: &[f64; AGES]) -> f64 {
    let weight = |age: usize| stock[age] + 1e-9;
    let sum: f64 = ages.ages().map(|age| weight(age) * value[age]).sum();
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
