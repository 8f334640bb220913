//! Sizes that a draw takes once: known, or with an 80% interval.

use super::key::{DrawKey, Process};
use super::sequence::Sequence;

/// The size of a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    /// Known.
    Exactly(f64),
    /// Lognormal with an 80% interval, drawn once per draw.
    Between {
        /// 10% quantile.
        low: f64,
        /// 90% quantile.
        high: f64,
    },
    /// Logit-normal share with an 80% interval, drawn once per draw.
    Share {
        /// 10% quantile.
        low: f64,
        /// 90% quantile.
        high: f64,
    },
}

/// The 90% quantile of a standard normal.
const Z90: f64 = 1.281_551_565_544_600_4;

impl Size {
    /// The size in a draw, or its median.
    pub fn of_draw(self, draw: Option<DrawKey>, key: u64) -> f64 {
        let between = |low: f64, high: f64| {
            let z = draw.map_or(0.0, |draw| Sequence::new(draw.stream(Process::Lever, 0), key).normal());
            f64::midpoint(low, high) + z * (high - low) / (2.0 * Z90)
        };
        let logit = |share: f64| libm::log(share / (1.0 - share));
        match self {
            Self::Exactly(value) => value,
            Self::Between { low, high } => libm::exp(between(libm::log(low), libm::log(high))),
            Self::Share { low, high } => 1.0 / (1.0 + libm::exp(-between(logit(low), logit(high)))),
        }
    }
}
