//! Changes of primary need.

use super::past::Past;
use super::priors::{self, MOVE_CLASSES, NeedShare, move_class};
use super::settings::{normalise, scale};
use crate::domain::{AgeRange, NeedGroup};
use crate::error::Result;
use crate::plans::WeightRow;

/// Share of children whose need is recorded anew in a year, before and after school. Elicited: no publication follows
/// children from need to need.
const CHANGE: f64 = 0.01;
/// Worth of a row, in children. Elicited: England's shares rest on a supposition (needs by age as a year before).
const SIZE: f64 = 200.0;
/// A need with fewer plans than this in the base year has known shares: their error would not show.
const FEW: f64 = 20.0;

/// Rows of changes of need: at school ages England's, else to others as they are in the base table. Nobody moves to a
/// need that the authority does not record.
pub fn fit_need_changes(past: &Past) -> Result<Vec<WeightRow>> {
    let needs = &past.inputs.authority.needs;
    let table = priors::need_changes()?;
    let mut held = vec![0.0; needs.len()];
    past.inputs.base.iter().for_each(|row| held[row.need] += f64::from(row.plans));
    let mut rows = vec![];
    for class in 0..MOVE_CLASSES {
        let ages = move_class(class);
        for need in 0..needs.len() {
            let shares = shares(past, &table, &held, ages, need);
            let random = held[need] >= FEW;
            let worth = if random { SIZE } else { 1.0 };
            let weights = shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0);
            let weights = weights.map(|(to, share)| (to, worth * share)).collect();
            let source = rows.len() + 1;
            rows.push(WeightRow { ages, need: Some(need), setting: None, weights, random, source });
        }
    }
    Ok(rows)
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
