//! The year, the run over draws, and what comes out of it.

mod expected;
mod moves;
mod projection;
mod residents;
mod run;
mod shared;
mod step;
mod work;

pub use expected::expect;
pub use moves::{Move, expected_moves};
pub use projection::{CountedCube, Projection, Request, SCHOOL_AGES, compare, default_margins, project};
pub use residents::expected_residents;
pub use run::{Control, Counted, Counting, Run};
pub use shared::Sheet;
pub use step::{Flow, Simulation, Work};
pub use work::work;
