//! Will there be enough of the right specialist places, where and when, and how sure are we?
//!
//! Children with education, health and care plans are carried forward year by year over thousands of
//! Monte Carlo draws. The modules stand in floors: each imports only from the floors below it
//! (`tests/core/floors.rs` holds them to it).
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`error`] |
//! | 1 | [`domain`], [`numeric`] |
//! | 2 | [`random`], [`children`], [`data`] |
//! | 3 | [`population`], [`plans`], [`provision`] |
//! | 4 | [`case`] |
//! | 5 | [`measures`] |
//! | 6 | [`engine`], [`calibration`] |
//! | 7 | [`summary`], [`scenario`], [`disclosure`] |
//! | 8 | [`io`] |
//! | 9 | `python` (feature `python`) |

pub mod error;

pub mod domain;
pub mod numeric;

pub mod children;
pub mod data;
pub mod random;

pub mod plans;
pub mod population;
pub mod provision;

pub mod case;
pub mod measures;

pub mod engine;

pub mod calibration;
pub mod disclosure;
pub mod scenario;
pub mod summary;

pub mod io;

#[cfg(feature = "python")]
mod python;

pub use case::{Case, CaseRows};
pub use engine::{Control, Projection, project};
pub use error::{Error, Problem, Result};
