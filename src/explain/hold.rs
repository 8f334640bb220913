//! The case in which some factors stay as they are in a January.
//!
//! What has a level (residents, rates, shares, places) stays at its level of that January, in each draw its own. What
//! comes from outside on top (homes, children from elsewhere, backlogs, conversions) stops. Luck that passes (yearly
//! shocks) stays away. The trend's path of total plans is not reckoned anew: only its multipliers are held.

use super::factor::Factor;
use crate::case::{Case, CaseRows};
use crate::domain::AgeRange;
use crate::error::Result;
use crate::plans::{Lever, LeverRow, ParameterRows, Rate};
use crate::population::{Added, HeldResidents, Movement};
use crate::provision::{Fill, Opening};
use crate::random::Size;

/// The same case until January `from`; after it `factors` stay as they are then. `to` is the last January asked for.
///
/// `Error::Input` as [`Case::new`], which can only come from a case that was wrong before.
pub fn hold(case: &Case, (from, to): (i32, i32), factors: &[Factor]) -> Result<Case> {
    if factors.is_empty() {
        return Ok(case.clone());
    }
    let mut rows = (*case.rows).clone();
    for &factor in factors {
        match factor {
            Factor::Population | Factor::Births => {
                let mut held = residents(&rows, from);
                held.born |= factor == Factor::Population;
                held.births |= factor == Factor::Births;
                rows.population.held = Some(held);
            }
            Factor::Migration => {
                stop_added(&mut rows, Added::Migration, from);
                stop_migration(&mut rows.parameters, from);
            }
            Factor::Housing => stop_added(&mut rows, Added::Housing, from),
            Factor::Incidence => incidence(&mut rows, from, to),
            Factor::Mix => {
                if let Some(trend) = &mut rows.parameters.trend {
                    trend.held.mix = Some(ahead(rows.base_year, from));
                }
            }
            Factor::Retention => {}
            Factor::Throughput => {
                if let Some(trend) = &mut rows.parameters.trend {
                    trend.pull.truncate(ahead(rows.base_year, from));
                }
            }
            Factor::Places => {
                if let Some(provision) = &mut rows.provision {
                    provision.held = Some(from);
                }
            }
        }
        let mine = |row: &&mut LeverRow| factor_of(row) == Some(factor);
        rows.parameters.levers.iter_mut().filter(mine).for_each(|row| row.held = Some(from));
    }
    Case::new(rows)
}

/// Factors that may change anything in the case between two Januaries; without the others nothing differs.
pub fn present(case: &Case, (from, to): (i32, i32)) -> Vec<Factor> {
    let CaseRows { parameters, population, provision, base_year, .. } = &*case.rows;
    let ParameterRows { trend, levers, levels, .. } = parameters;
    let moves = !matches!(population.movement, Movement::Still);
    let years = ahead(*base_year, from);
    let added = |what| population.additions.iter().any(|a| a.what == what && a.years.len() > years);
    let dated = |factor| levers.iter().any(|row| factor_of(row) == Some(factor) && changes(row, from, to));
    let there = |factor: &Factor| match factor {
        Factor::Population | Factor::Births => moves,
        Factor::Migration => {
            parameters.transfers_in.is_some()
                || parameters.transfers_out.is_some()
                || parameters.migrations.iter().any(|m| m.years.1 > from && m.years.0 <= to)
                || added(Added::Migration)
        }
        Factor::Housing => added(Added::Housing),
        Factor::Incidence => {
            let levels = levels.iter().flatten().any(|&(year, ..)| year >= from && year <= to);
            let converted = parameters.conversions.iter().any(|c| c.from + c.years as i32 - 1 > from);
            trend.is_some() || parameters.shocks.is_some() || levels || converted || dated(*factor)
        }
        Factor::Mix => trend.as_ref().is_some_and(|trend| trend.group_sd > 0.0) || dated(*factor),
        Factor::Retention => dated(*factor),
        Factor::Throughput => {
            trend.as_ref().is_some_and(|t| t.pull.iter().skip(years).any(|&p| p != 0.0)) || dated(*factor)
        }
        Factor::Places => provision.iter().flat_map(|rows| &rows.sites).any(|site| {
            let opens = |opening: &Opening| opening.first_census() <= to && last_change(opening, site.ages) > from;
            site.places.iter().any(|row| row.year > from && row.year <= to) || site.openings.iter().any(opens)
        }),
    };
    Factor::ALL.into_iter().filter(there).collect()
}

fn ahead(base_year: i32, from: i32) -> usize {
    (from - base_year).max(0) as usize
}

/// The factor that a lever belongs to; none if it acts through what migration holds.
fn factor_of(row: &LeverRow) -> Option<Factor> {
    match row.lever {
        Lever::Scale(Rate::NewPlans, _) => Some(Factor::Incidence),
        Lever::Scale(Rate::Ceasing, _) => Some(Factor::Retention),
        Lever::Scale(Rate::TransfersOut, _) => None,
        Lever::MoreNewPlans(_) | Lever::Scale(Rate::Capacity, _) => Some(Factor::Throughput),
        Lever::Redirect { .. } => Some(Factor::Mix),
    }
}

/// Whether a lever is in force otherwise at some January after `from` than at it.
fn changes(row: &LeverRow, from: i32, to: i32) -> bool {
    let stands = row.full <= from && row.until >= to && row.cohorts_from.is_none();
    let stops = matches!(row.lever, Lever::MoreNewPlans(_)) && row.until > from;
    row.from <= to && row.until >= from && (!stands || stops)
}

fn residents(rows: &CaseRows, from: i32) -> HeldResidents {
    let after = ahead(rows.base_year, from);
    rows.population.held.unwrap_or(HeldResidents { after, born: false, births: false })
}

/// Nobody is added after `from`; as many stay, at each age, as were there by then.
fn stop_added(rows: &mut CaseRows, what: Added, from: i32) {
    let years = ahead(rows.base_year, from);
    rows.population.additions.iter_mut().filter(|a| a.what == what).for_each(|a| a.years.truncate(years));
}

fn stop_migration(parameters: &mut ParameterRows, from: i32) {
    parameters.migrations.iter_mut().for_each(|m| m.years.1 = m.years.1.min(from));
    parameters.stops.transfers_in = Some(from);
    if parameters.transfers_out.is_some() {
        parameters.levers.push(LeverRow {
            lever: Lever::Scale(Rate::TransfersOut, Size::Exactly(0.0)),
            key: 0,
            ages: AgeRange::ALL,
            needs: vec![],
            areas: vec![],
            regime: None,
            cohorts_from: None,
            from: from + 1,
            full: from + 1,
            until: i32::MAX,
            held: None,
        });
    }
}

fn incidence(rows: &mut CaseRows, from: i32, to: i32) {
    let years = ahead(rows.base_year, from);
    let parameters = &mut rows.parameters;
    if let Some(trend) = &mut parameters.trend {
        trend.held.level = Some(years);
    }
    parameters.stops.shocks = Some(from);
    if let Some(levels) = &mut parameters.levels {
        levels.retain(|&(year, ..)| year <= from);
        let now: Vec<_> = levels.iter().filter(|level| level.0 == from).copied().collect();
        levels
            .extend((from + 1..=to).flat_map(|year| now.iter().map(move |&(_, need, value)| (year, need, value))));
    }
    parameters.conversions.iter_mut().for_each(|c| c.until = Some(from));
}

/// Last January in which an opening changes the places of a site.
fn last_change(opening: &Opening, ages: AgeRange) -> i32 {
    let late = opening.delay.iter().map(|&(years, _)| i32::from(years)).max().unwrap_or(0);
    let stages = match &opening.fill {
        Fill::Shares(shares) => shares.len(),
        Fill::EntryYears => ages.ages().count(),
    };
    opening.first_census() + late + stages as i32 - 1
}
