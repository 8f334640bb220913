//! Inputs of one authority: raw tables, checks that report every problem at once, checked inputs.

mod authority;
mod base;
mod check;
mod inputs;
mod raw;
mod schema;
mod sheet;
pub mod slugs;

pub use inputs::{
    Area, Authority, ControlRow, Flag, Flow, FlowRow, Inputs, PlanRow, PopulationRow, RequestRow, Source, Supply,
    SupportRow, WaitingRow,
};
pub use raw::{RawColumn, RawInputs, RawTable};
pub use schema::{TABLES, TableRule};

/// A flag of the table of slugs.
fn new_flag(slug: &str, table: &str, years: Vec<i32>) -> Flag {
    let meaning = slugs::meaning(slug).unwrap_or_default();
    Flag { slug: slug.into(), table: table.into(), years, meaning: meaning.into() }
}
