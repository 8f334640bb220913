//! New plans a resident child by age and need, and arrivals with a plan.

use super::bands::BandFactors;
use super::past::{BY_AGE, BY_AGE_NEED, BY_NEED, Count, Past, share_out, spread};
use super::priors;
use super::settings::{normalise, scale};
use crate::data::Flow;
use crate::domain::{AGES, AgeRange, YOUNGER};
use crate::error::Result;
use crate::plans::{Law, ScalarRow};

/// Worth of England's age profile, in new plans. Elicited: one authority's year of new plans is a few hundred.
const AGE_SIZE: f64 = 150.0;
/// Worth of the base table's needs, in new plans. Elicited: an authority's needs change slowly.
const NEED_SIZE: f64 = 100.0;
/// Worth of England's pattern of needs by age, in new plans, against own counts of age by need. Elicited.
const CROSSED_SIZE: f64 = 400.0;
/// Ages whose needs stand for those of new plans where these are not known.
const SCHOOL_START: AgeRange = AgeRange { from: 4, to: 8 };
/// Years of new plans learnt from.
const RECENT: i32 = 3;

/// Rows of new plans and what they rest on.
#[derive(Debug, Clone)]
pub struct FittedIncidence {
    /// Rows of `new_plans`.
    pub rows: Vec<ScalarRow>,
    /// Expected new plans by age and need at base-year residents.
    pub expected: Vec<Vec<f64>>,
    /// Years whose ages were used.
    pub age_years: Vec<i32>,
    /// Years whose needs were used.
    pub need_years: Vec<i32>,
}

/// How ages of new plans are counted in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AgeBase {
    /// As the stock is.
    Census,
    /// Exact age in January.
    Exact,
    /// A year younger than the stock.
    YearBehind,
}

/// Fits new plans to residents of the base year (authority, by age).
pub fn fit_incidence(past: &Past, residents: &[f64; AGES], factors: &BandFactors) -> Result<FittedIncidence> {
    let needs = &past.inputs.authority.need_codes;
    let mut seed = vec![vec![0.0; needs.len()]; AGES];
    let mut by_age = [0.0; AGES];
    let mut rates = vec![vec![0.0; needs.len() + 1]; AGES];
    for row in priors::incidence()? {
        rates[row.age][needs.position(&row.need).unwrap_or(needs.len())] += row.rate / 1000.0;
    }
    for (age, row) in seed.iter_mut().enumerate() {
        let expected = |need: usize| past.at_age(age, |age| rates[age][need]) * residents[age];
        by_age[age] = (0..=needs.len()).map(expected).sum();
        row.iter_mut().enumerate().for_each(|(need, cell)| *cell = expected(need));
    }
    let years: Vec<i32> = (past.base_year() - RECENT + 1..=past.base_year()).rev().collect();
    let Target { shares: ages, worth, years: age_years } = age_target(past, &by_age, &years, factors);
    let (need_mix, need_years) = need_target(past, &years);
    for (age, row) in seed.iter_mut().enumerate() {
        let known: f64 = row.iter().sum();
        let missing: f64 = (0..needs.len()).filter(|&n| row[n] <= 0.0).map(|n| need_mix[n]).sum();
        // Needs that England does not publish follow the age profile of all.
        (0..needs.len()).filter(|_| missing > 0.0).for_each(|need| {
            if row[need] <= 0.0 {
                row[need] = (known + 1e-9) * need_mix[need];
            }
        });
        if known <= 0.0 && ages[age] > 0.0 {
            row.clone_from(&need_mix);
        }
    }
    meet(&mut seed, &ages, &need_mix);
    let (crossed, used) = crossed_counts(past, &years, needs.len());
    for (row, counts) in seed.iter_mut().zip(&crossed) {
        row.iter_mut().zip(counts).for_each(|(cell, count)| *cell = CROSSED_SIZE * *cell + count);
    }
    // Counts of age by need are among those of the margins too: they say how the two go together, not how many.
    meet(&mut seed, &ages, &need_mix);
    // The shares are one Dirichlet: prior and plans by age, each plan once. Of several needs less may be known than of ages.
    let worth = if needs.len() > 1 { worth.min(CROSSED_SIZE + used) } else { worth };
    let level = level(past, &by_age);
    let mut fitted = FittedIncidence { rows: vec![], expected: seed.clone(), age_years, need_years };
    for (age, shares) in seed.iter().enumerate() {
        for (need, share) in shares.iter().enumerate() {
            fitted.expected[age][need] = level * share;
            let rate = if residents[age] > 0.0 { level * share / residents[age] } else { 0.0 };
            fitted.rows.push(row(age, need, worth * share, rate, fitted.rows.len()));
        }
    }
    Ok(fitted)
}

fn row(age: usize, need: usize, count: f64, mean: f64, source: usize) -> ScalarRow {
    let ages = AgeRange { from: age as u8, to: age as u8 };
    let law = Law::Gamma { shape: count.max(1.0), mean };
    ScalarRow { ages, area: None, need: Some(need), setting: None, law, source: source + 1 }
}

/// New plans of the last year, or what England's rates would give.
fn level(past: &Past, national: &[f64; AGES]) -> f64 {
    let own = past.flow_total(past.base_year(), Flow::New);
    let own = own.or_else(|| past.requests(past.base_year())?.issued.map(f64::from));
    own.filter(|&new| new > 0.0).unwrap_or_else(|| national.iter().sum())
}

/// Shares, their worth in new plans, years learnt from.
struct Target {
    shares: [f64; AGES],
    worth: f64,
    years: Vec<i32>,
}

/// Share of new plans by age: recent own years and England's profile.
fn age_target(past: &Past, national: &[f64; AGES], years: &[i32], factors: &BandFactors) -> Target {
    let all: f64 = national.iter().sum();
    let mut ages: [f64; AGES] = national.map(|new| AGE_SIZE * new / all);
    let mut used = vec![];
    for &year in years {
        let Some(counts) = new_by_age(past, year, national) else { continue };
        ages.iter_mut().zip(counts).for_each(|(age, count)| *age += count);
        used.push(year);
    }
    let worth = ages.iter().sum();
    for (ages_of, factor) in super::bands::BANDS.into_iter().zip(factors.new_plans) {
        ages_of.ages().for_each(|age| ages[age] *= factor);
    }
    let sum: f64 = ages.iter().sum();
    Target { shares: ages.map(|age| age / sum), worth, years: used }
}

/// New plans of a year by age as the stock counts it, a band spread as `like` is; none if they are not known by age.
pub fn new_by_age(past: &Past, year: i32, like: &[f64; AGES]) -> Option<[f64; AGES]> {
    let (counts, base) = aged(past, year);
    (!counts.is_empty()).then(|| rebased(&counts, base, like))
}

/// A year's new plans by age, on the best base there is.
fn aged(past: &Past, year: i32) -> (Vec<Count>, AgeBase) {
    let inputs = past.inputs;
    if inputs.raw.published {
        // The release by need and age is a year behind; the one by age alone is exact age (bands of old as returned).
        let by_need = past.flow(year, Flow::New, BY_AGE_NEED);
        if !by_need.is_empty() {
            return (by_need, AgeBase::YearBehind);
        }
        let base = if past.in_exact_ages() { AgeBase::Census } else { AgeBase::Exact };
        return (past.flow(year, Flow::New, BY_AGE), base);
    }
    let counts = past.flow(year, Flow::New, BY_AGE);
    // Own tables count as the stock does, unless the source of that year says otherwise.
    let said = inputs.authority.sources.iter().find(|source| {
        source.table == "flows" && source.part.contains("new") && source.part.contains(&year.to_string())
    });
    let exact = said.is_some_and(|said| said.source.contains("exact age") || said.age_base.contains("exact age"));
    (counts, if exact { AgeBase::Exact } else { AgeBase::Census })
}

fn rebased(counts: &[Count], base: AgeBase, like: &[f64; AGES]) -> [f64; AGES] {
    let ages = spread(counts, like);
    match base {
        AgeBase::Census => ages,
        AgeBase::Exact => std::array::from_fn(|age| {
            let older = ages.get(age + 1).copied().unwrap_or(0.0);
            ages[age] * (1.0 - YOUNGER) + older * YOUNGER
        }),
        AgeBase::YearBehind => std::array::from_fn(|age| if age > 0 { ages[age - 1] } else { 0.0 }),
    }
}

/// Share of new plans by need: recent own years, and the base table at the start of school.
fn need_target(past: &Past, years: &[i32]) -> (Vec<f64>, Vec<i32>) {
    let needs = past.inputs.authority.need_codes.len();
    let mut mix = vec![0.0; needs];
    for row in past.inputs.base.iter().filter(|row| SCHOOL_START.contains(row.age)) {
        mix[row.need] += f64::from(row.plans);
    }
    if mix.iter().sum::<f64>() <= 0.0 {
        past.inputs.base.iter().for_each(|row| mix[row.need] += f64::from(row.plans));
    }
    normalise(&mut mix);
    scale(&mut mix, NEED_SIZE);
    let mut used = vec![];
    for &year in years {
        let counts = past.flow(year, Flow::New, BY_NEED);
        for count in &counts {
            mix[count.need.unwrap_or(0)] += count.plans;
        }
        if !counts.is_empty() {
            used.push(year);
        }
    }
    normalise(&mut mix);
    (mix, used)
}

/// New plans by age and need, where own tables cross them, and how many there are.
fn crossed_counts(past: &Past, years: &[i32], needs: usize) -> (Vec<Vec<f64>>, f64) {
    let mut counts = vec![vec![0.0; needs]; AGES];
    let mut used = 0.0;
    for &year in years {
        let rows = past.flow(year, Flow::New, BY_AGE_NEED);
        let behind = u8::from(past.inputs.raw.published);
        for row in rows {
            let ages = AgeRange { from: (row.ages.from + behind).min(25), to: (row.ages.to + behind).min(25) };
            let need = row.need.unwrap_or(0);
            // A band's young ages are mostly its oldest: 0-2 stands for those who are 2.
            let ages = if ages.to <= 3 { AgeRange { from: ages.to, to: ages.to } } else { ages };
            share_out(ages, &[1.0; AGES], |age, share| counts[age][need] += row.plans * share);
            used += row.plans;
        }
    }
    (counts, used)
}

/// Scales a table to shares by age and by need (Deming and Stephan 1940).
fn meet(table: &mut [Vec<f64>], ages: &[f64; AGES], needs: &[f64]) {
    for _ in 0..40 {
        for (row, wanted) in table.iter_mut().zip(ages) {
            let sum: f64 = row.iter().sum();
            scale(row, if sum > 0.0 { wanted / sum } else { 0.0 });
        }
        for (need, wanted) in needs.iter().enumerate() {
            let sum: f64 = table.iter().map(|row| row[need]).sum();
            for row in table.iter_mut() {
                row[need] *= if sum > 0.0 { wanted / sum } else { 0.0 };
            }
        }
    }
}

/// Rows of arrivals with a plan: own records if there are any, else as many as leave (England's arrivals equal its
/// leavers); ages and needs as in the base table.
pub fn fit_transfers_in(past: &Past, expected_out: f64) -> (Vec<ScalarRow>, Vec<i32>) {
    let recent = past.base_year() - RECENT + 1..=past.base_year();
    let known: Vec<(i32, f64)> =
        recent.filter_map(|year| Some((year, past.flow_total(year, Flow::TransferIn)?))).collect();
    let arrivals = if known.is_empty() {
        expected_out
    } else {
        known.iter().map(|year| year.1).sum::<f64>() / known.len() as f64
    };
    let needs = past.inputs.authority.need_codes.len();
    let mut held = vec![vec![0.0; needs]; AGES];
    past.inputs.base.iter().for_each(|row| held[row.age][row.need] += f64::from(row.plans));
    let all: f64 = held.iter().flatten().sum::<f64>().max(1.0);
    let mut rows = vec![];
    for (age, of_age) in held.iter().enumerate() {
        for (need, plans) in of_age.iter().enumerate() {
            let mean = arrivals * plans / all;
            rows.push(row(age, need, mean * known.len().max(1) as f64, mean, rows.len()));
        }
    }
    (rows, known.into_iter().map(|year| year.0).collect())
}
