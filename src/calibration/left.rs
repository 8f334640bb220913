//! Who left in the years of the past, by the age they turned: what ceasing and leaving are learnt from.
//!
//! The finest there is: own records by age that agree with the Januaries; else, from 16 on, what two Januaries say of an age
//! group; else the total of own records. What is known of several ages together is dealt out as England's chances expect it,
//! so each class of ages learns the group's factor.

use super::bands::{BANDS, BandFactors, CEASING, Pair, TRANSFER};
use super::past::{BY_AGE, Past, spread};
use crate::data::Flow;
use crate::domain::AGES;

/// Ages after ageing on from which plans cease in numbers: totals of plans that ceased say nothing of younger ones.
const OLDER: usize = 17;
/// A year is a clear-out if more than this many times the median of the other recent years left.
const CLEAR_OUT: f64 = 2.0;
/// Recent years looked at.
const RECENT: i32 = 5;
/// Share of an age group's plans by which records by age may miss what the Januaries say of it. Our choice: England's own
/// plans, 2024, miss by 1.5%; where both are from one register they agree.
const CLOSES: f64 = 0.02;

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
pub struct Year {
    /// Plans.
    pub turning: [f64; AGES],
    /// Those that left; below 0 where an account does not close.
    pub left: [f64; AGES],
}

/// What to learn ceasing from: the finest there is.
pub fn ceased(past: &Past, years: &[i32], bands: &BandFactors, england: &[f64; AGES]) -> (Source, Vec<Year>) {
    let by_age = |&year: &i32| !past.inputs.raw.published && !past.flow(year, Flow::Ceased, BY_AGE).is_empty();
    let aged: Vec<(i32, Year)> = years
        .iter()
        .filter(|year| by_age(year))
        .filter_map(|&year| Some((year, recorded(past, year, Flow::Ceased, 0, england)?)))
        .collect();
    if !aged.is_empty() && bands.pairs.iter().all(|pair| agree(past, pair, &aged)) {
        let (years, seen) = aged.into_iter().unzip();
        return (Source::Records(years), seen);
    }
    if !bands.pairs.is_empty() {
        let years = bands.pairs.iter().map(|pair| pair.year).collect();
        return (Source::Januaries(years), bands.pairs.iter().map(|pair| between(past, pair, england)).collect());
    }
    let known: Vec<(i32, Year)> = years
        .iter()
        .filter_map(|&year| Some((year, recorded(past, year, Flow::Ceased, OLDER, england)?)))
        .collect();
    let (years, seen) = known.into_iter().unzip();
    (Source::Totals(years), seen)
}

/// Who left between two Januaries, from 16 on.
fn between(past: &Past, pair: &Pair, england: &[f64; AGES]) -> Year {
    let before = stock_turning(past, pair.year - 1);
    let mut year = Year { turning: [0.0; AGES], left: [0.0; AGES] };
    for (ages, left) in BANDS.into_iter().zip(pair.left).skip(CEASING) {
        let expected: f64 = ages.ages().map(|age| before[age] * england[age]).sum();
        for age in ages.ages().filter(|_| expected > 0.0) {
            year.turning[age] = before[age];
            year.left[age] = left * before[age] * england[age] / expected;
        }
    }
    year
}

/// Who left for another authority, of those whose plan has not ceased.
pub fn taken_along(past: &Past, years: &[i32], ceasing: &[f64; AGES], leaving: &[f64; AGES]) -> Vec<Year> {
    let of_year = |&year: &i32| {
        let mut out = recorded(past, year, Flow::TransferOut, 0, leaving)?;
        let ceased = recorded(past, year, Flow::Ceased, 0, ceasing).map_or([0.0; AGES], |of| of.left);
        out.turning.iter_mut().zip(ceased).for_each(|(plans, ceased)| *plans = (*plans - ceased).max(0.0));
        Some(out)
    };
    years.iter().filter_map(of_year).collect()
}

/// Whether a year's records by age say of those of 16 and over what two Januaries say, where there are records.
fn agree(past: &Past, pair: &Pair, aged: &[(i32, Year)]) -> bool {
    let Some((_, ceased)) = aged.iter().find(|(year, _)| *year == pair.year) else { return true };
    let [out, arrived] = [Flow::TransferOut, Flow::TransferIn]
        .map(|flow| spread(&past.flow(pair.year, flow, BY_AGE), &ceased.turning));
    BANDS.into_iter().zip(pair.left).skip(CEASING).all(|(ages, left)| {
        let net: f64 = ages.ages().map(|age| ceased.left[age] + out[age] - arrived[age]).sum();
        (net - left).abs() <= CLOSES * ages.ages().map(|age| ceased.turning[age]).sum::<f64>()
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
    left[..from].fill(0.0);
    turning[..from].fill(0.0);
    Some(Year { turning, left })
}

/// Plans of a January by the age their holders turn next.
pub fn stock_turning(past: &Past, year: i32) -> [f64; AGES] {
    let like = spread(&past.plans(past.base_year(), BY_AGE), &[1.0; AGES]);
    let stock = spread(&past.plans(year, BY_AGE), &like);
    let mut turning = [0.0; AGES];
    turning[1..].copy_from_slice(&stock[..AGES - 1]);
    turning
}

/// Up to three recent years with records, clear-outs left out and named.
pub fn years_to_use(past: &Past) -> (Vec<i32>, Vec<i32>) {
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
