//! What happened to whole age groups between two Januaries, and what that says about ceasing and about who is new.
//!
//! Between Januaries t - 1 and t an age group of S plans is left with P (who turn an age of the group) less D (who left)
//! plus N (new plans): D = P + N - S. England's chances of ceasing expect C of P to leave. So D / C is the factor by which
//! those chances were off, and (N + C - D) / N that by which the group's new plans were, records that do not close
//! included. New plans are pooled with England's group of the same years here; who left is handed on (`leaving.rs`).

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
pub const CEASING: usize = 3;
/// Pairs of Januaries looked at, the last ones.
const PAIRS: usize = 2;
/// Worth of England's factor, in new plans. The panel's one-year errors (2018 to 2022) are least near here, and flat around
/// it.
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
#[derive(Debug, Clone, PartialEq)]
pub struct BandFactors {
    /// Factor of England's own groups on its chances of ceasing, by age group.
    pub england: [f64; 5],
    /// Who left own age groups in the years to Januaries since the transfer, the last first: none, no factor.
    pub pairs: Vec<Pair>,
    /// Factor on new plans, by age group.
    pub new_plans: [f64; 5],
}

/// The year to a January: who left, by age group from 16 on.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The January.
    pub year: i32,
    /// Who left, by age group; below 0 where records do not close.
    pub left: [f64; 5],
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
    let mut factors = BandFactors { england: [1.0; 5], pairs: vec![], new_plans: [1.0; 5] };
    let alike = |year: i32| past.bands_only(year) == past.in_exact_ages() && past.knows_ages(year);
    let base = past.base_year();
    let ends = || (base - 3..=base).rev().filter(|&year| alike(year) && alike(year - 1) && !past.clear_out(year));
    // Under five nearly every plan is new: there were hardly any statements to end.
    let all: Vec<i32> = ends().take(PAIRS).collect();
    let since: Vec<i32> = ends().filter(|&year| year > TRANSFER).take(PAIRS).collect();
    let like = spread(&past.plans(base, BY_AGE), &[1.0; AGES]);
    for (band, ages) in BANDS.into_iter().enumerate() {
        let years = if band == 0 { &all } else { &since };
        let nation = years.iter().find_map(|&year| england_account(england, year, ages, &like, ceasing));
        let held = |factor: f64| factor.clamp(1.0 / MOST, MOST);
        if band >= CEASING {
            factors.england[band] = nation.map_or(1.0, |all| held(all.left / all.expected.max(1e-9)));
            continue;
        }
        let own = years.iter().filter_map(|&year| own_account(past, year, ages, &like, ceasing));
        let (net, new) = own.fold((0.0, 0.0), |(net, new), one| (net + one.net_new(), new + one.new));
        let nation = nation.map_or(1.0, |all| held(all.net_new() / all.new.max(1e-9)));
        let worth = NEW_PLANS[band];
        factors.new_plans[band] = held((net + worth * nation) / (new + worth));
    }
    for year in since {
        let account = |band: usize| own_account(past, year, BANDS[band], &like, ceasing);
        if let Some((to_19, to_25)) = account(CEASING).zip(account(CEASING + 1)) {
            factors.pairs.push(Pair { year, left: [0.0, 0.0, 0.0, to_19.left, to_25.left] });
        }
    }
    factors
}

impl Account {
    /// New plans, records that do not close included.
    fn net_new(&self) -> f64 {
        self.new + self.expected - self.left
    }
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
