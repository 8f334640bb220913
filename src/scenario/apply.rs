//! From a case and scenarios to the case they make.

use super::change::{Change, ClearBacklog, Point, Redirect, ScaleRate};
use super::check::Reader;
use super::places;
use super::read::Scenario;
use crate::case::{Case, CaseRows};
use crate::domain::AgeRange;
use crate::error::{Error, Problem, Result};
use crate::plans::{Lever, LeverRow};
use crate::random::key;

/// Applies the changes of all scenarios in the order given. One file with all the changes and two files with some each
/// make the same case; a scenario without changes makes the same case as none.
pub fn apply(case: &Case, scenarios: &[Scenario]) -> Result<Case> {
    let mut rows = (*case.rows).clone();
    let mut problems: Vec<Problem> = vec![];
    for (change, lines) in scenarios.iter().flat_map(|scenario| &scenario.changes) {
        let mut reader = Reader { lines, problems: &mut problems, base_year: case.base_year };
        let (reason, owner) = change.reason_and_owner();
        for (field, text) in [("reason", reason), ("owner", owner)] {
            if text.trim().is_empty() {
                reader.fault(
                    field,
                    "missing-field",
                    format!("{field} is blank: every change says why and whose it is"),
                );
            }
        }
        match change {
            Change::AddPlaces(change) => places::add(change, &mut rows, &mut reader),
            Change::RemovePlaces(change) => places::remove(change, &mut rows, &mut reader),
            Change::ScaleRate(change) => scale(change, &mut rows, &mut reader),
            Change::ClearBacklog(change) => clear_backlog(change, &mut rows, &mut reader),
            Change::Redirect(change) => redirect(change, &mut rows, &mut reader),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Scenario(problems));
    }
    Case::new(rows).map_err(|error| match error {
        Error::Input(problems) => Error::Scenario(problems),
        other => other,
    })
}

/// The key of a lever's uncertain size: that of what it says and of how many levers say the same before it, so that
/// neither its file nor the other changes matter.
fn lever_key(said: &str, rows: &CaseRows) -> u64 {
    let mut n = 0;
    loop {
        let candidate = key("lever", &format!("{said}#{n}"));
        if !rows.parameters.levers.iter().any(|lever| lever.key == candidate) {
            return candidate;
        }
        n += 1;
    }
}

fn scale(change: &ScaleRate, rows: &mut CaseRows, reader: &mut Reader) {
    let (full, until) = reader.dates(change.from, change.full, change.to);
    let needs = reader.codes("needs", &change.needs, &rows.world.needs);
    let ages = change.ages.map_or(AgeRange::ALL, |(from, to)| reader.ages("ages", from, to));
    let size = reader.size("factor", change.factor);
    let key = lever_key(&format!("{change:?}"), rows);
    rows.parameters.levers.push(LeverRow {
        lever: Lever::ScaleNewPlans(size),
        key,
        ages,
        needs,
        from: change.from,
        full,
        until,
    });
}

fn redirect(change: &Redirect, rows: &mut CaseRows, reader: &mut Reader) {
    let (full, until) = reader.dates(change.from, change.full, change.to);
    let settings = &rows.world.settings;
    let from = reader.code("from_setting", &change.from_setting, settings);
    let to = reader.code("to_setting", &change.to_setting, settings);
    if change.from_setting == change.to_setting {
        reader.fault("to_setting", "same-setting", "to_setting must be another setting than from_setting");
    }
    let needs = reader.codes("needs", &change.needs, &rows.world.needs);
    let ages = change.ages.map_or(AgeRange::ALL, |(from, to)| reader.ages("ages", from, to));
    let share = reader.share("share", change.share);
    let key = lever_key(&format!("{change:?}"), rows);
    let all = change.at.is_empty();
    let at = [Point::NewPlan, Point::PhaseTransfer, Point::Review].map(|point| all || change.at.contains(&point));
    if let (Some(from), Some(to)) = (from, to) {
        let lever = Lever::Redirect { from, to, share, at };
        rows.parameters.levers.push(LeverRow { lever, key, ages, needs, from: change.from, full, until });
    }
}

fn clear_backlog(change: &ClearBacklog, rows: &mut CaseRows, reader: &mut Reader) {
    reader.census("from", change.from);
    if !(1..=40).contains(&change.years) {
        reader.fault("years", "out-of-range", "years must be from 1 to 40");
    }
    if rows.parameters.trend.is_none() {
        let message =
            "a backlog is cleared on top of a fitted path of new plans; this model has none: use scale_rate";
        reader.fault("kind", "no-trend", message);
    }
    let size = reader.size("plans", change.plans);
    let key = lever_key(&format!("{change:?}"), rows);
    rows.parameters.levers.push(LeverRow {
        lever: Lever::MoreNewPlans(size),
        key,
        ages: AgeRange::ALL,
        needs: vec![],
        from: change.from,
        full: change.from,
        until: change.from + change.years.clamp(1, 40) as i32 - 1,
    });
}
