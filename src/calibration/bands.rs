//! What happened to whole age groups between two Januaries, and what that says about ceasing and about who is new.
//!
//! Between Januaries t - 1 and t an age group of S plans is left with P (who turn an age of the group) less D (who left)
//! plus N (new plans): D = P + N - S. England's chances of ceasing expect C of P to leave. So D / C is the factor by which
//! those chances were off, and (N + C - D) / N that by which the group's new plans were, records that do not close
//! included. Both are taken from own groups, pooled with England's groups of the same years.

use super::england::England;
use super::incidence::new_by_age;
use super::past::{BY_AGE, Past, spread};
use crate::domain::{AGES, AgeRange};

/// Age groups published every January.
pub const BANDS: [AgeRange; 5] = [
    AgeRange { from: 0, to: 4 },
    AgeRange { from: 5, to: 10 },
    AgeRange { from: 11, to: 15 },
    AgeRange { from: 16, to: 19 },
    AgeRange { from: 20, to: 25 },
];
/// From this age group on plans cease in numbers.
const CEASING: usize = 3;
/// Pairs of Januaries looked at, the last ones.
const PAIRS: usize = 2;
/// Worth of England's factor: expected leavers, and new plans. The panel's one-year errors (2018 to 2022) are least near
/// here, and flat around it.
const LEAVERS: f64 = 150.0;
const NEW_PLANS: [f64; 3] = [300.0, 1_000.0, 1_000.0];
/// The last January before which pairs and records of plans that ended say nothing of later years. Statements ended at 16
/// or 19; from September 2014 to March 2018 each was ended or turned into a plan, and young people over school age brought
/// plans that no record calls new. Of plans at 11 to 15 one to two in a hundred ended a year beyond what is usual (England:
/// 1.8, 2.2, 2.5, 1.5% in the years to 2015 to 2018, 0.5 and 0.0% after): taken for fewer new plans, that would be forecast
/// for good. The dates were law from 2014 on, so a fit at any later origin knows them.
pub const TRANSFER: i32 = 2018;
/// Factors are kept within this many times either way: beyond it, records are at fault.
const MOST: f64 = 4.0;

/// What the Januaries say; England's chances and own records as they stand where there are none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandFactors {
    /// Factor on the chance of ceasing, by age group.
    pub ceasing: [f64; 5],
    /// Factor on new plans, by age group.
    pub new_plans: [f64; 5],
    /// The Januaries that pairs ended in: none, no factor.
    pub pairs: [Option<i32>; PAIRS],
}

impl BandFactors {
    /// The factor on ceasing at an age, where pairs tell it.
    pub fn ceasing_at(&self, age: usize) -> Option<f64> {
        let band = BANDS.iter().position(|ages| ages.contains(age)).filter(|&band| band >= CEASING)?;
        self.pairs[0].map(|_| self.ceasing[band])
    }
}

/// Plans, expected leavers, who left, new plans.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    expected: f64,
    left: f64,
    new: f64,
}

/// Fits the factors; `ceasing` is England's chance by age after ageing on, in the base year's ages.
pub fn fit_bands(past: &Past, england: &England, ceasing: &[f64; AGES]) -> BandFactors {
    let mut factors = BandFactors { ceasing: [1.0; 5], new_plans: [1.0; 5], pairs: [None; PAIRS] };
    let alike = |year: i32| past.bands_only(year) == past.in_exact_ages() && past.knows_ages(year);
    let base = past.base_year();
    let ends = || (base - 3..=base).rev().filter(|&year| alike(year) && alike(year - 1) && !past.clear_out(year));
    // Under five nearly every plan is new: there were hardly any statements to end.
    let all: Vec<i32> = ends().take(PAIRS).collect();
    let since: Vec<i32> = ends().filter(|&year| year > TRANSFER).take(PAIRS).collect();
    let like = spread(&past.plans(base, BY_AGE), &[1.0; AGES]);
    for (band, ages) in BANDS.into_iter().enumerate() {
        let years = if band == 0 { &all } else { &since };
        let own = years.iter().filter_map(|&year| own_account(past, year, ages, &like, ceasing));
        let own = own.fold(Account::default(), |sum, one| Account {
            expected: sum.expected + one.expected,
            left: sum.left + one.left,
            new: sum.new + one.new,
        });
        let nation = years.iter().find_map(|&year| england_account(england, year, ages, &like, ceasing));
        if band >= CEASING {
            let nation = nation.map_or(1.0, |all| all.left / all.expected.max(1e-9)).clamp(1.0 / MOST, MOST);
            factors.ceasing[band] = (own.left + LEAVERS * nation) / (own.expected + LEAVERS);
        } else {
            let net = |of: Account| of.new + of.expected - of.left;
            let nation = nation.map_or(1.0, |all| net(all) / all.new.max(1e-9)).clamp(1.0 / MOST, MOST);
            let worth = NEW_PLANS[band];
            let factor = ((net(own) + worth * nation) / (own.new + worth)).clamp(1.0 / MOST, MOST);
            factors.new_plans[band] = factor;
        }
    }
    for factor in factors.ceasing.iter_mut().chain(&mut factors.new_plans) {
        *factor = factor.clamp(1.0 / MOST, MOST);
    }
    since.iter().zip(&mut factors.pairs).for_each(|(year, pair)| *pair = Some(*year));
    factors
}

/// One age group's account of the year to a January, from who stood where the January before.
fn account(before: &[f64; AGES], now: f64, new: f64, ages: AgeRange, ceasing: &[f64; AGES]) -> Account {
    let turning = |age: usize| if age > 0 { before[age - 1] } else { 0.0 };
    let all: f64 = ages.ages().map(turning).sum();
    let expected = ages.ages().map(|age| turning(age) * ceasing[age]).sum();
    Account { expected, left: all + new - now, new }
}

fn own_account(
    past: &Past,
    year: i32,
    ages: AgeRange,
    like: &[f64; AGES],
    ceasing: &[f64; AGES],
) -> Option<Account> {
    let before = spread(&past.plans(year - 1, BY_AGE), like);
    let now: f64 =
        spread(&past.plans(year, BY_AGE), like)[usize::from(ages.from)..=usize::from(ages.to)].iter().sum();
    let new = new_by_age(past, year, like)?;
    let new: f64 = ages.ages().map(|age| new[age]).sum();
    (before.iter().sum::<f64>() > 0.0).then(|| account(&before, now, new, ages, ceasing))
}

fn england_account(
    england: &England,
    year: i32,
    ages: AgeRange,
    like: &[f64; AGES],
    ceasing: &[f64; AGES],
) -> Option<Account> {
    let mut before = [0.0; AGES];
    for band in BANDS {
        let plans = england.of("plans", &band.to_string(), year - 1).unwrap_or(0.0);
        super::past::share_out(band, like, |age, share| before[age] += plans * share);
    }
    let of = |measure: &str| england.of(measure, &ages.to_string(), year);
    (before.iter().sum::<f64>() > 0.0)
        .then(|| Some(account(&before, of("plans")?, of("new_plans").unwrap_or(0.0), ages, ceasing)))
        .flatten()
}
