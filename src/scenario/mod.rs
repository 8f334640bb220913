//! Scenarios: dated changes with reasons and owners, read from TOML, that map a case to a case.

mod apply;
mod change;
mod check;
mod levers;
mod people;
mod places;
mod read;

pub use apply::{apply, changed_rows};
pub use change::{AddPlaces, Change, ClearBacklog, Redirect, RemovePlaces, ScaleRate, Uncertain, schema};
pub use read::{Scenario, read};
