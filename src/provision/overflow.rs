//! What happens to children who find no place.

use crate::domain::{AGES, Bounds, Phase};
use crate::error::Problem;
use crate::random::threshold;

/// Share of some children without a place who go to an independent school; `None` means all.
#[derive(Debug, Clone, PartialEq)]
pub struct IndependentShare {
    /// Phase.
    pub phase: Option<Phase>,
    /// Need.
    pub need: Option<usize>,
    /// Share a year, from 0 to 1.
    pub share: f64,
}

/// The rungs below a place of our own, as given.
#[derive(Debug, Clone, PartialEq)]
pub struct OverflowRows {
    /// Chance a year that a child who finds no place goes to an independent school instead of waiting; of the rows that
    /// fit a child the last one counts.
    pub independent: Vec<IndependentShare>,
    /// Chance that a child in an independent school, though a place of ours is required, seeks one at phase transfer.
    pub return_at_phase_transfer: f64,
}

/// Chosen by the authors, not estimated: published figures do not say how long a child waits before an independent
/// place is bought. An authority's own figures, or a sweep, should replace it. It moves children between two parts
/// of the local shortfall and leaves their sum nearly alone.
const INDEPENDENT: f64 = 0.2;

impl Default for OverflowRows {
    fn default() -> Self {
        let everybody = IndependentShare { phase: None, need: None, share: INDEPENDENT };
        Self { independent: vec![everybody], return_at_phase_transfer: 1.0 }
    }
}

/// The rungs below a place of our own, compiled to compares.
#[derive(Debug, Clone, PartialEq)]
pub struct Overflow {
    /// By age and need.
    independent: Vec<u64>,
    /// Threshold of a return at phase transfer.
    pub(super) returns: u64,
    needs: usize,
}

impl Overflow {
    /// Lays the shares over ages and needs; what no row covers is 0.
    pub fn new(rows: &OverflowRows, needs: usize, problems: &mut Vec<Problem>) -> Self {
        let shares = rows.independent.iter().map(|row| row.share).chain([rows.return_at_phase_transfer]);
        for share in shares.filter(|&share| !Bounds::of("share").admit(share)) {
            let rule = Bounds::of("share").rule();
            problems.push(Problem::new("out-of-range", "overflow", format!("{rule}, got {share}")));
        }
        let share = |cell: usize| {
            let (age, need) = (cell / needs, cell % needs);
            let fits = |row: &&IndependentShare| {
                row.phase.is_none_or(|phase| phase == Phase::of_age(age)) && row.need.is_none_or(|n| n == need)
            };
            threshold(rows.independent.iter().rev().find(fits).map_or(0.0, |row| row.share))
        };
        Self {
            independent: (0..AGES * needs).map(share).collect(),
            returns: threshold(rows.return_at_phase_transfer),
            needs,
        }
    }

    /// Threshold of going to an independent school.
    pub(super) fn independent(&self, age: usize, need: usize) -> u64 {
        self.independent[age * self.needs + need]
    }
}
