//! From a case and scenarios to the case they make.

use super::change::Change;
use super::check::Reader;
use super::read::Scenario;
use super::{levers, people, places};
use crate::case::{Case, CaseRows};
use crate::error::{Error, Problem, Result};

/// Applies the changes of all scenarios in the order given. One file with all the changes and two files with some each
/// make the same case; a scenario without changes makes the same case as none.
pub fn apply(case: &Case, scenarios: &[Scenario]) -> Result<Case> {
    Case::new(changed_rows(case, scenarios)?).map_err(|error| match error {
        Error::Input(problems) => Error::Scenario(problems),
        other => other,
    })
}

/// The rows of the case that all changes make.
pub fn changed_rows(case: &Case, scenarios: &[Scenario]) -> Result<CaseRows> {
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
        let key = levers::change_key(&change.text(), &rows);
        match change {
            Change::AddPlaces(change) => places::add(change, &mut rows, &mut reader),
            Change::RemovePlaces(change) => places::remove(change, &mut rows, &mut reader),
            Change::ScaleRate(change) => levers::scale(change, key, &mut rows, &mut reader),
            Change::ClearBacklog(change) => levers::clear_backlog(change, key, &mut rows, &mut reader),
            Change::Redirect(change) => levers::redirect(change, key, &mut rows, &mut reader),
            Change::Regime(change) => levers::regime(change, key, &mut rows, &mut reader),
            Change::Housing(change) => people::housing(change, key, &mut rows, &mut reader),
            Change::Migration(change) => people::migration(change, key, &mut rows, &mut reader),
            Change::ConvertSupport(change) => people::convert_support(change, key, &mut rows, &mut reader),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(Error::Scenario(problems)) }
}
