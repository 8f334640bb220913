//! Another pattern of where children live: for asking whether a choice of places hangs on it.

use crate::case::{Case, CaseRows};
use crate::domain::{AGES, AgeRange, BaseRow};
use crate::error::Result;
use crate::numeric::largest_remainder;
use crate::plans::{Law, ScalarRow};
use crate::random::{DrawKey, Keys, Process, Sequence, fold, key};

/// The same totals by age, need and setting over areas drawn anew: in proportion to residents times a lognormal factor of
/// each area, `spread` its log standard deviation; relative risks are multiplied by the same factors.
///
/// `Error::Input` as [`Case::new`].
pub fn other_pattern(case: &Case, pattern: u64, spread: f64) -> Result<Case> {
    let mut rows = (*case.rows).clone();
    let factors = factors(&case.keys, pattern, spread);
    let areas = factors.len();
    let mut totals: Vec<((usize, usize, usize), u32)> = vec![];
    let mut sorted = rows.base.clone();
    sorted.sort_by_key(|row| (row.age, row.need, row.setting));
    for row in &sorted {
        let cell = (row.age, row.need, row.setting);
        match totals.last_mut().filter(|(last, _)| *last == cell) {
            Some((_, plans)) => *plans += row.plans,
            None => totals.push((cell, row.plans)),
        }
    }
    rows.base.clear();
    let mut owed = vec![0.0; AGES * areas];
    for ((age, need, setting), plans) in totals {
        let residents = &case.rows.population.base[age * areas..][..areas];
        let weights: Vec<f64> = residents.iter().zip(&factors).map(|(n, factor)| n * factor).collect();
        let whole: f64 = weights.iter().sum();
        let share = |weight: &f64| if whole > 0.0 { weight / whole } else { 1.0 / areas as f64 };
        // What rounding owes an area of an age is carried to the next need: cells of a child or two would otherwise all
        // go to the largest areas.
        let owed = &mut owed[age * areas..][..areas];
        let due = |(weight, owed): (&f64, &f64)| (f64::from(plans) * share(weight) + owed).max(0.0);
        let wanted: Vec<f64> = weights.iter().zip(owed.iter()).map(due).collect();
        let given = largest_remainder(&wanted, plans);
        for (area, &n) in given.iter().enumerate() {
            owed[area] += f64::from(plans) * share(&weights[area]) - f64::from(n);
            if n > 0 {
                rows.base.push(BaseRow { area, age, need, setting, plans: n });
            }
        }
    }
    multiply_risks(&mut rows, &factors);
    Case::new(rows)
}

fn factors(keys: &Keys, pattern: u64, spread: f64) -> Vec<f64> {
    let stream = DrawKey::new(fold(key("pattern", "areas"), pattern), 0).stream(Process::Parameter, 0);
    keys.areas.iter().map(|&area| libm::exp(spread * Sequence::new(stream, area).normal())).collect()
}

/// One row of every area may not cover several areas any longer: it is taken apart.
fn multiply_risks(rows: &mut CaseRows, factors: &[f64]) {
    let everywhere =
        |law| ScalarRow { ages: AgeRange::ALL, area: None, need: None, setting: None, law, source: 1 };
    let given = rows.parameters.area_multipliers.take().unwrap_or_else(|| vec![everywhere(Law::Point(1.0))]);
    let times = |law, factor: f64| match law {
        Law::Point(value) => Law::Point(value * factor),
        Law::Gamma { shape, mean } => Law::Gamma { shape, mean: mean * factor },
        beta @ Law::Beta { .. } => beta,
    };
    let apart = |row: ScalarRow| {
        let here: Vec<usize> = row.area.map_or((0..factors.len()).collect(), |area| vec![area]);
        here.into_iter().map(move |area| ScalarRow {
            area: Some(area),
            law: times(row.law, factors[area]),
            ..row.clone()
        })
    };
    rows.parameters.area_multipliers = Some(given.into_iter().flat_map(apart).collect());
}
