//! Moves between settings as own data show them: counted, or inferred from two Januaries.

use super::first::new_by_age_and_setting;
use super::past::{BY_AGE_SETTING, Count, MOVES, Past, share_out};
use super::priors::{MOVE_CLASSES, move_class};
use super::settings::{SettingMap, scale};
use crate::data::Flow;
use crate::domain::AGES;
use crate::error::Result;

/// Children by class of age, setting before and setting after, those who stayed included.
pub type Moves = Vec<Vec<Vec<f64>>>;

/// What own moves rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveData {
    /// Moves were given, as counted.
    Given,
    /// Moves were given, but inferred from margins before (their source says so).
    GivenInferred,
    /// Inferred from stock by age and setting in two Januaries.
    Inferred,
    /// There are none: England's stand in.
    None,
}

/// Passes of fitting a cohort's moves to its margins: they are smooth and agree, so it settles within a few.
const PASSES: usize = 60;
/// Least plans of a margin's cell, so that nothing is divided by 0.
const LEAST: f64 = 0.1;
/// New plans may explain this much of a stock at most: what is left came from the January before.
const LEAST_SHARE: f64 = 0.02;

/// Own moves by class, from the base year and as many Januaries before it as are known.
pub fn own_moves(
    past: &Past,
    map: &SettingMap,
    ends: &[f64; AGES],
    prior: &[Vec<Vec<f64>>],
) -> Result<(Moves, MoveData)> {
    let size = map.len();
    let mut moves = vec![vec![vec![0.0; size]; size]; MOVE_CLASSES];
    let mut data = MoveData::None;
    let from_tables = given_status(past);
    for year in past.base_year() - 2..=past.base_year() {
        let (before, after) = (past.plans(year - 1, BY_AGE_SETTING), past.plans(year, BY_AGE_SETTING));
        let crossed = !before.is_empty() && !after.is_empty() && past.holds(year) && past.holds(year - 1);
        let given = past.flow(year, Flow::Moved, MOVES);
        if given.is_empty() && (!crossed || data == from_tables) {
            continue;
        }
        let (before, after) = (by_age(&before, size), by_age(&after, size));
        let new = new_by_age_and_setting(past, map, year)?;
        if given.is_empty() {
            data = MoveData::Inferred;
            infer(&mut moves, &before, &less(&after, &new), map, ends, prior);
        } else {
            if data == MoveData::Inferred {
                moves.iter_mut().flatten().flatten().for_each(|cell| *cell = 0.0);
            }
            data = from_tables;
            let arrived = by_age(&past.flow(year, Flow::TransferIn, BY_AGE_SETTING), size);
            count(&mut moves, &given, &less(&less(&after, &new), &arrived), map);
        }
    }
    Ok((moves, data))
}

/// Whether given moves were counted: a source that calls them synthetic or derived says they were not.
fn given_status(past: &Past) -> MoveData {
    let sources = &past.inputs.authority.sources;
    let mut of_moves = sources.iter().filter(|source| source.table == "flows" && source.part.contains("moved"));
    let inferred = of_moves.any(|source| source.status == "synthetic" || source.status == "derived");
    if inferred { MoveData::GivenInferred } else { MoveData::Given }
}

/// Counts by age and setting; a band is spread evenly.
fn by_age(counts: &[Count], size: usize) -> Vec<Vec<f64>> {
    let mut table = vec![vec![0.0; size]; AGES];
    for count in counts {
        if let Some(setting) = count.setting {
            share_out(count.ages, &[1.0; AGES], |age, share| table[age][setting] += count.plans * share);
        }
    }
    table
}

fn less(table: &[Vec<f64>], taken: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let row = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a - b).collect();
    table.iter().zip(taken).map(row).collect()
}

/// The class of transitions that an age is in.
pub fn class_of(age: usize) -> usize {
    (0..MOVE_CLASSES).find(|&class| move_class(class).contains(age)).unwrap_or(MOVE_CLASSES - 1)
}

/// Adds given moves, and those who stayed: who is there now and neither moved in, nor is new, nor arrived.
fn count(moves: &mut Moves, given: &[Count], there: &[Vec<f64>], map: &SettingMap) {
    let mut stayed = there.to_vec();
    for row in given {
        let (Some(from), Some(to)) = (row.setting, row.to) else { continue };
        share_out(row.ages, &[1.0; AGES], |age, share| {
            stayed[age][to] -= row.plans * share;
            // To and from "not recorded" no child moves.
            if map.real[from] && map.real[to] {
                moves[class_of(age)][from][to] += row.plans * share;
            }
        });
    }
    for (age, settings) in stayed.iter().enumerate() {
        for (setting, &plans) in settings.iter().enumerate() {
            moves[class_of(age)][setting][setting] += plans.max(0.0);
        }
    }
}

/// Adds the moves nearest to the prior (Kullback-Leibler) that lead each cohort from one January to the next.
fn infer(
    moves: &mut Moves,
    before: &[Vec<f64>],
    there: &[Vec<f64>],
    map: &SettingMap,
    ends: &[f64; AGES],
    prior: &[Vec<Vec<f64>>],
) {
    let size = map.len();
    for age in 4..AGES - 1 {
        let class = class_of(age);
        let real = |setting: usize, plans: f64| if map.real[setting] { plans } else { 0.0 };
        let rows: Vec<f64> =
            (0..size).map(|s| real(s, before[age - 1][s] * (1.0 - ends[age])).max(LEAST)).collect();
        let stock: Vec<f64> = (0..size).map(|s| real(s, there[age][s].max(0.0))).collect();
        let floor = LEAST_SHARE * stock.iter().sum::<f64>() / size as f64;
        let mut columns: Vec<f64> = stock.iter().map(|plans| plans.max(floor).max(LEAST)).collect();
        let fit = rows.iter().sum::<f64>() / columns.iter().sum::<f64>();
        scale(&mut columns, fit);
        let mut table: Vec<Vec<f64>> =
            (0..size).map(|s| prior[class][s].iter().map(|share| (share + 1e-4) * rows[s]).collect()).collect();
        meet(&mut table, &rows, &columns);
        for (from, row) in table.iter().enumerate() {
            for (to, &plans) in row.iter().enumerate() {
                moves[class][from][to] += plans;
            }
        }
    }
}

/// Scales rows and columns in turn until both margins are met (Deming and Stephan 1940).
pub fn meet(table: &mut [Vec<f64>], rows: &[f64], columns: &[f64]) {
    for _ in 0..PASSES {
        for (row, wanted) in table.iter_mut().zip(rows) {
            let sum: f64 = row.iter().sum();
            scale(row, wanted / sum);
        }
        for (column, wanted) in columns.iter().enumerate() {
            let sum: f64 = table.iter().map(|row| row[column]).sum();
            for row in table.iter_mut() {
                row[column] *= wanted / sum;
            }
        }
    }
}

/// Base plans by class of age (those who stand in it), need and setting.
pub fn base_mix(past: &Past, needs: usize, settings: usize) -> Vec<Vec<Vec<f64>>> {
    let mut mix = vec![vec![vec![0.0; settings]; needs]; MOVE_CLASSES];
    for row in &past.inputs.base {
        // Ages 0 to 3 hold few: those who start school say where they go.
        for (class, table) in mix.iter_mut().enumerate() {
            let ages = move_class(class);
            let (from, to) = if class == 0 { (2, 4) } else { (usize::from(ages.from), usize::from(ages.to)) };
            if (from..=to).contains(&row.age) {
                table[row.need][row.setting] += f64::from(row.plans);
            }
        }
    }
    mix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_meet_both_margins_and_leave_impossible_ones_at_zero() {
        let (rows, columns) = ([60.0, 30.0, 10.0], [50.0, 40.0, 10.0]);
        let mut table = vec![vec![50.0, 9.0, 1.0], vec![1.0, 29.0, 0.0], vec![1.0, 1.0, 8.0]];
        meet(&mut table, &rows, &columns);
        for i in 0..3 {
            assert!((table[i].iter().sum::<f64>() - rows[i]).abs() < 1e-6);
            assert!((table.iter().map(|row| row[i]).sum::<f64>() - columns[i]).abs() < 1e-9);
        }
        assert!(table[1][2].abs() < 1e-300);
    }

    #[test]
    fn every_age_has_one_class_and_phase_transfers_stand_alone() {
        for age in 0..AGES {
            assert!(move_class(class_of(age)).contains(age));
        }
        for age in [4, 11, 16, 17, 18, 19] {
            assert_eq!(move_class(class_of(age)).ages().count(), 1);
        }
    }
}
