//! Inputs of one authority: raw tables, checks that report every problem at once, checked inputs.

mod inputs;
mod raw;

pub use inputs::{
    Area, Authority, ControlRow, Flag, Flow, FlowRow, Inputs, PlanRow, PopulationRow, RequestRow, Source, Supply,
    SupportRow, WaitingRow,
};
pub use raw::{RawColumn, RawInputs, RawTable};
