//! Moves between required settings: England's shares, own moves, and each need's own mix of settings.

use super::moves::{MoveData, Moves, base_mix, class_of, own_moves};
use super::past::Past;
use super::priors::{self, MOVE_CLASSES, move_class};
use super::settings::{SettingMap, normalise, scale};
use crate::domain::AGES;
use crate::error::Result;
use crate::plans::WeightRow;

/// Worth of England's shares, in children a row. Elicited: authorities differ by about 0.1 (sd) where half move, as
/// at 16, and 0.25 / 0.1^2 is 25; an authority with hundreds in a row follows itself.
const PRIOR_SIZE: f64 = 25.0;
/// Worth of a child whose move was inferred from margins, against one counted (methods: one pair of years only).
const INFERRED: f64 = 0.5;
/// Of a published setting's stayers, the share who change between own settings inside it. Elicited.
const INSIDE: f64 = 0.03;
/// Plans of a need in the mean mix that pull its own mix of settings to that of all needs.
const MIX_SIZE: f64 = 10.0;
/// A need and setting with fewer plans than this in the base year has known shares: their error would not show.
const FEW: f64 = 20.0;
/// Moves that England's children make less often than this, and own children not at all, are left out of a row: each costs
/// a gamma a draw. Not those that own data made rare: without them the others would be too sure.
const LEAST_SHARE: f64 = 5e-4;
/// Own moves that count as such, in children: inferred ones are never quite 0.
const LEAST_MOVED: f64 = 0.5;
/// A setting keeps at least this share within a phase after needs are told apart.
const MOST_MOVES: f64 = 0.98;

/// Rows of transitions and what they rest on.
#[derive(Debug, Clone)]
pub struct FittedTransitions {
    /// Rows of `transitions`.
    pub rows: Vec<WeightRow>,
    /// Where own moves are from.
    pub data: MoveData,
}

/// Fits moves between settings.
pub fn fit_transitions(past: &Past, map: &SettingMap, ends: &[f64; AGES]) -> Result<FittedTransitions> {
    let (needs, settings) = (past.inputs.authority.need_codes.len(), map.len());
    let mix = base_mix(past, needs, settings);
    let prior = prior_shares(past, map, &mix)?;
    let (own, data) = own_moves(past, map, ends, &prior)?;
    let worth = if data == MoveData::Given { 1.0 } else { INFERRED };
    let mut held = vec![vec![0.0; settings]; needs];
    past.inputs.base.iter().for_each(|row| held[row.need][row.setting] += f64::from(row.plans));
    let all: Vec<f64> = over_needs(&held).into_iter().map(|plans| plans.max(1.0)).collect();
    let mut rows = vec![];
    for (class, mix) in mix.iter().enumerate() {
        let ages = move_class(class);
        for (setting, alphas) in posterior(&own, worth, &prior, class, map, mix).iter().enumerate() {
            let size: f64 = alphas.iter().sum();
            for (need, shares) in by_need(alphas, setting, mix, class, map).into_iter().enumerate() {
                let random = held[need][setting] >= FEW;
                let worth = if random { (size * held[need][setting] / all[setting]).max(2.0) } else { 1.0 };
                let told =
                    |to: usize| prior[class][setting][to] >= LEAST_SHARE || own[class][setting][to] >= LEAST_MOVED;
                let kept = shares.into_iter().enumerate().filter(|(to, share)| told(*to) && *share > 0.0);
                let weights = kept.map(|(to, share)| (to, share * worth)).collect();
                let (need, setting) = (Some(need), Some(setting));
                rows.push(WeightRow { ages, need, setting, weights, random, source: rows.len() + 1 });
            }
        }
    }
    Ok(FittedTransitions { rows, data })
}

/// England's share of each setting's children who go to each own setting, by class.
fn prior_shares(past: &Past, map: &SettingMap, mix: &[Vec<Vec<f64>>]) -> Result<Moves> {
    let size = map.len();
    let mut table = vec![vec![vec![0.0; size]; size]; MOVE_CLASSES];
    for row in priors::transitions()? {
        let class = (0..MOVE_CLASSES).find(|&class| move_class(class).to_string() == row.age).unwrap_or(0);
        let own = |code: &str| (0..size).filter(|&s| map.published[s] == code).collect::<Vec<_>>();
        for from in own(&row.setting) {
            for to in own(&row.to_setting) {
                table[class][from][to] = row.share;
            }
        }
    }
    let share_of = |class: usize, from: usize, to: usize| {
        let ages = move_class(class);
        let share = |age: usize| past.at_age(age, |age| table[class_of(age)][from][to]);
        ages.ages().map(share).sum::<f64>() / ages.ages().count() as f64
    };
    let mut moves = vec![vec![vec![0.0; size]; size]; MOVE_CLASSES];
    for (class, moves) in moves.iter_mut().enumerate() {
        let all = over_needs(&mix[class]);
        let split = map.split(&all);
        for (from, row) in moves.iter_mut().enumerate() {
            for (to, share) in row.iter_mut().enumerate() {
                let published = share_of(class, from, to);
                let inside = map.published[from] == map.published[to];
                *share = published * if inside { inside_share(from, to, &split) } else { split[to] };
            }
            close(row, from, class, map, &all);
        }
    }
    Ok(moves)
}

/// Of those who stay in a published setting, the share who are in own setting `to` after being in `from`.
fn inside_share(from: usize, to: usize, split: &[f64]) -> f64 {
    let stay = if from == to { 1.0 - INSIDE } else { 0.0 };
    stay + INSIDE * split[to]
}

/// Makes a row proper: only settings that the age allows; where none is left, all that others of the age are in.
fn close(row: &mut [f64], from: usize, class: usize, map: &SettingMap, all: &[f64]) {
    let ages = move_class(class);
    let allowed = |to: usize| map.open(to, ages) || (to == from && map.possible(to, ages));
    row.iter_mut().enumerate().filter(|(to, _)| !allowed(*to)).for_each(|(_, share)| *share = 0.0);
    if !map.real[from] || row.iter().sum::<f64>() < 1e-3 {
        (0..row.len()).for_each(|to| row[to] = if allowed(to) { all[to] } else { 0.0 });
        if row.iter().sum::<f64>() <= 0.0 {
            (0..row.len()).for_each(|to| row[to] = f64::from(u8::from(allowed(to))));
        }
    }
    normalise(row);
}

fn over_needs(mix: &[Vec<f64>]) -> Vec<f64> {
    (0..mix[0].len()).map(|setting| mix.iter().map(|need| need[setting]).sum()).collect()
}

/// Dirichlet alphas of every setting before, all needs together.
fn posterior(
    own: &Moves,
    worth: f64,
    prior: &Moves,
    class: usize,
    map: &SettingMap,
    mix: &[Vec<f64>],
) -> Vec<Vec<f64>> {
    let all = over_needs(mix);
    let ages = move_class(class);
    (0..map.len())
        .map(|from| {
            let mut row: Vec<f64> = (0..map.len())
                .map(|to| {
                    let counted =
                        if map.possible(to, ages) && map.real[from] { own[class][from][to] } else { 0.0 };
                    worth * counted + PRIOR_SIZE * prior[class][from][to]
                })
                .collect();
            let size: f64 = row.iter().sum();
            close(&mut row, from, class, map, &all);
            scale(&mut row, size);
            row
        })
        .collect()
}

/// A row's shares by need: who moves goes where children of that need are, and all needs together move as before.
fn by_need(alphas: &[f64], from: usize, mix: &[Vec<f64>], class: usize, map: &SettingMap) -> Vec<Vec<f64>> {
    let mut shares = alphas.to_vec();
    normalise(&mut shares);
    let all = over_needs(mix);
    let total: f64 = all.iter().sum();
    if total <= 0.0 || map.len() == 1 {
        return vec![shares; mix.len()];
    }
    // tilt[n][to]: need n's share of the setting against everybody's.
    let tilt: Vec<Vec<f64>> = mix
        .iter()
        .map(|need| {
            let held: f64 = need.iter().sum();
            let against = |to: usize| {
                let overall = all[to] / total;
                if overall > 0.0 { (need[to] / overall + MIX_SIZE) / (held + MIX_SIZE) } else { 1.0 }
            };
            (0..map.len()).map(against).collect()
        })
        .collect();
    let held: Vec<f64> = mix.iter().map(|need| need[from] + 1e-6).collect();
    let held_all: f64 = held.iter().sum();
    let even: Vec<f64> = (0..map.len())
        .map(|to| held_all / held.iter().zip(&tilt).map(|(held, tilt)| held * tilt[to]).sum::<f64>())
        .collect();
    tilt.iter()
        .map(|tilt| {
            let mut row: Vec<f64> = (0..map.len()).map(|to| shares[to] * tilt[to] * even[to]).collect();
            let moved: f64 = (0..map.len()).filter(|&to| to != from).map(|to| row[to]).sum();
            let most = if shares[from] > 0.0 { MOST_MOVES } else { 1.0 };
            let less = if moved > most { most / moved } else { 1.0 };
            scale(&mut row, less);
            row[from] = if shares[from] > 0.0 { 1.0 - moved * less } else { 0.0 };
            close(&mut row, from, class, map, &all);
            row
        })
        .collect()
}
