//! Where, what kind and when to open places: options placed over frozen draws, and the search among them.
//!
//! Seats never change plans, so the children of each draw and year are worked out once and frozen; an option costs
//! only the allocation. It gives what the engine gives under the option's scenario, child for child.

mod frozen;
mod outcome;
mod pattern;
mod search;

pub use frozen::Frozen;
pub use outcome::{FIGURES, Outcome, place};
pub use pattern::other_pattern;
pub use search::{Candidate, Found, Limits, Step, search};
