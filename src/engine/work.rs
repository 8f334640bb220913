//! The work of a run, counted instead of timed.

use super::step::{Simulation, Work};
use crate::case::Case;
use std::ops::Range;

/// What draws of a case cost to a last January, in a pass of its own: exact integers, the same on every machine, so a
/// change that makes the engine do more is seen without a clock.
pub fn work(case: &Case, seed: u64, draws: Range<u64>, to: i32) -> Work {
    let years = (to - case.base_year).max(0) as usize;
    let mut simulation = Simulation::new(case);
    let mut whole = Work::default();
    for draw in draws {
        simulation.start(seed, draw, years);
        for _ in 0..years {
            let Work { child_years, words } = simulation.year().work;
            whole.child_years += child_years;
            whole.words += words;
        }
    }
    whole
}
