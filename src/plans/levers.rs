//! Levers: dated changes of new plans that a scenario adds to a case.

use super::tables::Sizes;
use crate::domain::{AGES, AgeRange};
use crate::random::{DrawKey, Process, Sequence};

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
}

/// The 90% quantile of a standard normal.
const Z90: f64 = 1.281_551_565_544_600_4;

impl Size {
    /// The size in a draw, or its median.
    fn of_draw(self, draw: Option<DrawKey>, key: u64) -> f64 {
        match self {
            Self::Exactly(value) => value,
            Self::Between { low, high } => {
                let (low, high) = (libm::log(low), libm::log(high));
                let z = draw.map_or(0.0, |draw| Sequence::new(draw.stream(Process::Lever, 0), key).normal());
                libm::exp(f64::midpoint(low, high) + z * (high - low) / (2.0 * Z90))
            }
        }
    }
}

/// What a lever does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lever {
    /// New plans times a factor.
    ScaleNewPlans(Size),
    /// So many more new plans in all, in equal parts over the years of the lever, spread as that year's are.
    MoreNewPlans(Size),
}

/// A lever, whom it concerns, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverRow {
    /// What it does.
    pub lever: Lever,
    /// Key of its size.
    pub key: u64,
    /// Ages after ageing on.
    pub ages: AgeRange,
    /// Needs; all if empty.
    pub needs: Vec<usize>,
    /// First January census changed.
    pub from: i32,
    /// January at which it is fully in force.
    pub full: i32,
    /// Last January changed.
    pub until: i32,
}

impl LeverRow {
    fn holds(&self, need: usize) -> bool {
        self.needs.is_empty() || self.needs.contains(&need)
    }

    /// How far it is in force: straight from the year before `from` to `full`.
    fn force(&self, year: i32) -> f64 {
        match year {
            _ if year < self.from || year > self.until => 0.0,
            _ if year >= self.full => 1.0,
            _ => f64::from(year - self.from + 1) / f64::from(self.full - self.from + 1),
        }
    }

    /// Changes the rates of a year, by age and need. `exposed`, of the same shape, is the expected residents at risk
    /// that so many more plans are set against.
    pub(super) fn act(
        &self,
        draw: Option<DrawKey>,
        year: i32,
        sizes: Sizes,
        exposed: Option<&[f64]>,
        rates: &mut [f64],
    ) {
        let force = self.force(year);
        if force == 0.0 {
            return;
        }
        let factor = match self.lever {
            Lever::ScaleNewPlans(size) => 1.0 + force * (size.of_draw(draw, self.key) - 1.0),
            Lever::MoreNewPlans(size) => {
                let a_year = size.of_draw(draw, self.key) / f64::from(self.until - self.from + 1);
                let expected: f64 = exposed.into_iter().flatten().zip(&*rates).map(|(e, r)| e * r).sum();
                if expected > 0.0 { 1.0 + a_year / expected } else { 1.0 }
            }
        };
        for age in (0..AGES).filter(|&age| self.ages.contains(age)) {
            for need in (0..sizes.needs).filter(|&need| self.holds(need)) {
                rates[age * sizes.needs + need] *= factor;
            }
        }
    }
}
