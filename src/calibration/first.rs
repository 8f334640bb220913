//! Settings that new plans start in.

use super::moves::meet;
use super::past::{BY_AGE, BY_AGE_SETTING, BY_SETTING, CROSSED, Count, Past, share_out};
use super::priors;
use super::settings::{SettingMap, normalise, scale};
use crate::data::Flow;
use crate::domain::{AGES, AgeRange, NeedGroup};
use crate::error::Result;
use crate::plans::WeightRow;

/// Ages that share a row of first settings.
const CLASSES: [AgeRange; 5] = [
    AgeRange { from: 0, to: 3 },
    AgeRange { from: 4, to: 4 },
    AgeRange { from: 5, to: 10 },
    AgeRange { from: 11, to: 15 },
    AgeRange { from: 16, to: 25 },
];
/// Worth of England's shares, in new plans of a class. Elicited: first placements are local policy.
const PRIOR_SIZE: f64 = 50.0;
/// Worth of all needs together to one need, in new plans of a class. Elicited.
const ALL_NEEDS_SIZE: f64 = 30.0;
/// Least plans of a margin's cell, so that nothing is divided by 0.
const LEAST: f64 = 1e-3;
/// Years of new plans learnt from.
const RECENT: i32 = 3;
/// Alphas below this share of a row are left out.
const LEAST_SHARE: f64 = 5e-4;

/// Fits first settings; also the years learnt from.
pub fn fit_first_setting(past: &Past, map: &SettingMap) -> Result<(Vec<WeightRow>, Vec<i32>)> {
    let needs = &past.inputs.authority.needs;
    let table = priors::first_settings()?;
    let everywhere =
        |ages: AgeRange| shares_of(&table, ages, None, map, &map.split(&stock(past, ages, map.len())));
    let england: Vec<Vec<f64>> = CLASSES.into_iter().map(everywhere).collect();
    let (by_class, by_need, years) = own_counts(past, map, needs.len(), &england);
    let mut rows = vec![];
    for (class, ages) in CLASSES.into_iter().enumerate() {
        let split = map.split(&stock(past, ages, map.len()));
        let shares = |group: Option<NeedGroup>| shares_of(&table, ages, group, map, &split);
        let mut together = shares(None);
        let own = mixed(&by_class[class], map, &split);
        together.iter_mut().zip(&own).for_each(|(share, count)| *share = PRIOR_SIZE * *share + count);
        normalise(&mut together);
        let everybody = shares(None);
        for (need, known) in needs.iter().enumerate() {
            let group = shares(Some(known.group));
            let tilt = |s: usize| if everybody[s] > 0.0 { group[s] / everybody[s] } else { 1.0 };
            let mut row: Vec<f64> = (0..map.len()).map(|s| together[s] * tilt(s)).collect();
            close(&mut row, ages, map);
            let own = mixed(&by_need[class][need], map, &split);
            row.iter_mut().zip(own).for_each(|(share, count)| *share = ALL_NEEDS_SIZE * *share + count);
            let size: f64 = row.iter().sum();
            let kept = row.into_iter().enumerate().filter(|(_, alpha)| *alpha >= LEAST_SHARE * size);
            let (weights, source) = (kept.collect(), rows.len() + 1);
            rows.push(WeightRow { ages, need: Some(need), setting: None, weights, random: true, source });
        }
    }
    Ok((rows, years))
}

/// England's shares of a class in own settings, for a need group or for all.
fn shares_of(
    table: &[priors::FirstShare],
    ages: AgeRange,
    group: Option<NeedGroup>,
    map: &SettingMap,
    split: &[f64],
) -> Vec<f64> {
    let known = group.filter(|group| *group != NeedGroup::Unknown);
    let name = ages.to_string();
    let rows = || table.iter().filter(|row| row.age == name);
    let share = |setting: usize| {
        let of_group = |row: &&priors::FirstShare| known.is_none_or(|group| row.need_group == group.code());
        let of_setting = |row: &&priors::FirstShare| row.to_setting == map.published[setting];
        rows().filter(of_group).filter(of_setting).map(|row| row.share).sum::<f64>() * split[setting]
    };
    let mut shares: Vec<f64> = (0..map.len()).map(share).collect();
    close(&mut shares, ages, map);
    shares
}

fn close(shares: &mut [f64], ages: AgeRange, map: &SettingMap) {
    for (setting, share) in shares.iter_mut().enumerate() {
        if !map.open(setting, ages) {
            *share = 0.0;
        } else if *share <= 0.0 {
            *share = 1e-6;
        }
    }
    normalise(shares);
}

/// Counts in published settings dealt out to own ones; those not recorded are left out.
fn mixed(counts: &[f64], map: &SettingMap, split: &[f64]) -> Vec<f64> {
    (0..map.len())
        .map(|setting| {
            let all: f64 = map.together(setting).map(|other| counts[other]).sum();
            if map.used[setting] { all * split[setting] } else { 0.0 }
        })
        .collect()
}

fn stock(past: &Past, ages: AgeRange, settings: usize) -> Vec<f64> {
    let mut stock = vec![0.0; settings];
    let there = past.inputs.base.iter().filter(|row| ages.contains(row.age));
    there.for_each(|row| stock[row.setting] += f64::from(row.plans));
    stock
}

/// The class of first settings that an age is in.
fn class_of(age: usize) -> usize {
    CLASSES.iter().position(|ages| ages.contains(age)).unwrap_or(0)
}

/// Plans by class and setting that meet both margins, nearest to England's shares.
fn cross(aged: &[Count], placed: &[Count], england: &ByClass) -> ByClass {
    let mut rows = vec![LEAST; CLASSES.len()];
    for count in aged {
        share_out(count.ages, &[1.0; AGES], |age, share| rows[class_of(age)] += count.plans * share);
    }
    let mut columns = vec![LEAST; england[0].len()];
    for count in placed {
        columns[count.setting.unwrap_or(0)] += count.plans;
    }
    let fit = rows.iter().sum::<f64>() / columns.iter().sum::<f64>();
    scale(&mut columns, fit);
    let seed = |(shares, plans): (&Vec<f64>, &f64)| shares.iter().map(|share| (share + 1e-6) * plans).collect();
    let mut table: ByClass = england.iter().zip(&rows).map(seed).collect();
    meet(&mut table, &rows, &columns);
    table
}

type ByClass = Vec<Vec<f64>>;

/// A year's new plans by age and setting as published, else those by age with the settings that England's new plans, or
/// own ones by setting, start in; none where they are not known by age.
pub fn new_by_age_and_setting(past: &Past, map: &SettingMap, year: i32) -> Result<Vec<Vec<f64>>> {
    let mut new = vec![vec![0.0; map.len()]; AGES];
    let placed = past.flow(year, Flow::New, BY_AGE_SETTING);
    for row in &placed {
        let setting = row.setting.unwrap_or(0);
        share_out(row.ages, &[1.0; AGES], |age, share| new[age][setting] += row.plans * share);
    }
    if !placed.is_empty() {
        return Ok(new);
    }
    let aged = past.flow(year, Flow::New, BY_AGE);
    let table = priors::first_settings()?;
    let everywhere =
        |ages: AgeRange| shares_of(&table, ages, None, map, &map.split(&stock(past, ages, map.len())));
    let mut shares: ByClass = CLASSES.into_iter().map(everywhere).collect();
    let by_setting = past.flow(year, Flow::New, BY_SETTING);
    if !by_setting.is_empty() {
        shares = cross(&aged, &by_setting, &shares);
        for row in &mut shares {
            normalise(row);
        }
    }
    for row in aged {
        share_out(row.ages, &[1.0; AGES], |age, share| {
            let of_age = new[age].iter_mut().zip(&shares[class_of(age)]);
            of_age.for_each(|(cell, of_setting)| *cell += row.plans * share * of_setting);
        });
    }
    Ok(new)
}

/// Own new plans by class and setting, and by class, need and setting.
fn own_counts(
    past: &Past,
    map: &SettingMap,
    needs: usize,
    england: &ByClass,
) -> (ByClass, Vec<ByClass>, Vec<i32>) {
    let mut by_class = vec![vec![0.0; map.len()]; CLASSES.len()];
    let mut by_need = vec![vec![vec![0.0; map.len()]; needs]; CLASSES.len()];
    let mut years = vec![];
    for year in past.base_year() - RECENT + 1..=past.base_year() {
        let placed = past.flow(year, Flow::New, BY_AGE_SETTING);
        for row in &placed {
            let setting = row.setting.unwrap_or(0);
            share_out(row.ages, &[1.0; AGES], |age, share| {
                let class = class_of(age);
                if map.open(setting, CLASSES[class]) {
                    by_class[class][setting] += row.plans * share;
                }
            });
        }
        for row in past.flow(year, Flow::New, CROSSED) {
            let (need, setting) = (row.need.unwrap_or(0), row.setting.unwrap_or(0));
            share_out(row.ages, &[1.0; AGES], |age, share| {
                let class = class_of(age);
                if map.open(setting, CLASSES[class]) {
                    by_need[class][need][setting] += row.plans * share;
                }
            });
        }
        if !placed.is_empty() {
            years.push(year);
            continue;
        }
        let (aged, placed) = (past.flow(year, Flow::New, BY_AGE), past.flow(year, Flow::New, BY_SETTING));
        if !aged.is_empty() && !placed.is_empty() {
            let crossed = cross(&aged, &placed, england);
            by_class.iter_mut().flatten().zip(crossed.iter().flatten()).for_each(|(sum, plans)| *sum += plans);
            years.push(year);
        }
    }
    (by_class, by_need, years)
}
