//! Changes of primary need.

use super::moves::{Moves, class_of};
use super::past::{BY_AGE_NEED, MOVES, Past, share_out, spread};
use super::priors::{self, MOVE_CLASSES, NeedShare, move_class};
use super::settings::{normalise, scale};
use crate::data::Flow;
use crate::domain::{AGES, AgeRange, NeedGroup};
use crate::error::Result;
use crate::plans::WeightRow;

/// Share of children whose need is recorded anew in a year, before and after school. Elicited: no publication follows
/// children from need to need.
const CHANGE: f64 = 0.01;
/// Worth of a row, in children. Elicited: England's shares rest on a supposition (needs by age as a year before).
const SIZE: f64 = 200.0;
/// A need with fewer plans than this in the base year has known shares: their error would not show.
const FEW: f64 = 20.0;

/// Years of changes learnt from.
const RECENT: i32 = 3;

/// Rows of changes of need, and the years of own records in them: at school ages England's, else to others as they are in
/// the base table, with own changes where `counted` moves name both needs. Nobody moves to a need that the authority does
/// not record. `ends` is the chance that a plan ends, by age after ageing on.
pub fn fit_need_changes(past: &Past, ends: &[f64; AGES], counted: bool) -> Result<(Vec<WeightRow>, Vec<i32>)> {
    let needs = &past.inputs.authority.needs;
    let table = priors::need_changes()?;
    let mut held = vec![0.0; needs.len()];
    past.inputs.base.iter().for_each(|row| held[row.need] += f64::from(row.plans));
    let recent = past.base_year() - RECENT + 1..=past.base_year();
    let mut own = vec![vec![vec![0.0; needs.len()]; needs.len()]; MOVE_CLASSES];
    let years: Vec<i32> =
        recent.filter(|&year| counted && add_own_changes(&mut own, past, year, ends).is_some()).collect();
    let mut rows = vec![];
    for (class, own) in own.iter().enumerate() {
        let ages = move_class(class);
        for need in 0..needs.len() {
            let shares = shares(past, &table, &held, ages, need);
            let random = held[need] >= FEW;
            let worth = if random { SIZE } else { 1.0 };
            let seen = if random { own[need].clone() } else { vec![0.0; needs.len()] };
            let alphas = shares.iter().zip(seen).map(|(share, seen)| worth * share + seen);
            let weights = alphas.enumerate().filter(|(_, alpha)| *alpha > 0.0).collect();
            let source = rows.len() + 1;
            rows.push(WeightRow { ages, need: Some(need), setting: None, weights, random, source });
        }
    }
    Ok((rows, years))
}

/// Adds a year's changes and those who kept their need; none where moves do not name needs.
fn add_own_changes(own: &mut Moves, past: &Past, year: i32, ends: &[f64; AGES]) -> Option<()> {
    let moved = || past.inputs.flows.iter().filter(|row| row.year == year && row.flow == Flow::Moved);
    let before = past.plans(year - 1, BY_AGE_NEED);
    // The margin is asked for the rules of which years may be learnt from.
    if past.flow(year, Flow::Moved, MOVES).is_empty() || before.is_empty() {
        return None;
    }
    let named: Vec<_> = moved().map(|row| Some((row, row.need?, row.to_need?))).collect::<Option<_>>()?;
    for need in 0..own[0].len() {
        let held: Vec<_> = before.iter().filter(|count| count.need == Some(need)).copied().collect();
        let held = spread(&held, &[1.0; AGES]);
        (1..AGES).for_each(|age| own[class_of(age)][need][need] += held[age - 1] * (1.0 - ends[age]));
    }
    for (row, need, to) in named.into_iter().filter(|(_, need, to)| need != to) {
        share_out(row.ages, &[1.0; AGES], |age, share| {
            let changed = f64::from(row.plans) * share;
            let of_class = &mut own[class_of(age)][need];
            of_class[to] += changed;
            of_class[need] = (of_class[need] - changed).max(0.0);
        });
    }
    Some(())
}

fn shares(past: &Past, table: &[NeedShare], held: &[f64], ages: AgeRange, need: usize) -> Vec<f64> {
    let needs = &past.inputs.authority.needs;
    let name = ages.to_string();
    let open = |to: usize| held[to] > 0.0 && needs[to].group != NeedGroup::Unknown;
    let mut shares = vec![0.0; needs.len()];
    for row in table.iter().filter(|row| row.age == name && row.need == needs[need].code) {
        if let Some(to) = past.inputs.authority.need_codes.position(&row.to_need) {
            shares[to] = if open(to) || to == need { row.share } else { 0.0 };
        }
    }
    if shares[need] <= 0.0 {
        shares = (0..needs.len()).map(|to| if open(to) && to != need { held[to] } else { 0.0 }).collect();
        normalise(&mut shares);
        scale(&mut shares, CHANGE);
        shares[need] = 1.0 - CHANGE;
    }
    normalise(&mut shares);
    shares
}
