//! Inputs of one authority: raw tables, checks that report every problem at once, checked inputs.

mod authority;
mod base;
mod check;
mod inputs;
mod raw;
mod schema;
mod sheet;
pub mod slugs;
mod supply;

pub use check::{SupplyGround, check_supply};
pub use inputs::{
    Area, Authority, ControlRow, Event, EventKind, Flag, Flow, FlowRow, Inputs, PlanRow, PopulationRow,
    RequestRow, Source, SupportRow, WaitingRow,
};
pub use raw::{RawColumn, RawInputs, RawTable};
pub use schema::{TABLES, TableRule};
pub use supply::{Counted, Status, Supply, SupplyCost, SupplyPlaces, SupplySeat, SupplySite, SupplyTravel};

/// A flag of the table of slugs.
fn new_flag(slug: &str, table: &str, years: Vec<i32>) -> Flag {
    let meaning = slugs::meaning(slug).unwrap_or_default();
    Flag { slug: slug.into(), table: table.into(), years, meaning: meaning.into() }
}
