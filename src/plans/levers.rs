//! Levers: dated changes of rates that a scenario adds to a case.

use super::tables::Sizes;
use crate::domain::{AGES, AgeRange};
use crate::random::{DrawKey, Process, Size, threshold, u53};

/// A rate that a lever can scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// New plans a resident child.
    NewPlans,
    /// Chance that a plan ceases.
    Ceasing,
    /// Chance of leaving for another authority.
    TransfersOut,
    /// New plans that an authority can issue.
    Capacity,
}

/// What a lever does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lever {
    /// A rate times a factor; a chance never passes 1.
    Scale(Rate, Size),
    /// So many more new plans in all, in equal parts over the years of the lever, spread as that year's are.
    MoreNewPlans(Size),
    /// A share of the children who would be given one required setting are given another; who stays is not touched.
    Redirect {
        /// Setting they would be given.
        from: usize,
        /// Setting they are given.
        to: usize,
        /// Share of them.
        share: Size,
        /// With a new plan; at a review at ages 4, 11, 16; at any review.
        at: [bool; 3],
    },
}

/// A regime that comes in some draws and not in others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regime {
    /// Key of its name: all that hangs on one regime comes together.
    pub key: u64,
    /// Share of draws in which it comes.
    pub weight: f64,
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
    /// Areas; all if empty. Only new plans can be told apart by area.
    pub areas: Vec<usize>,
    /// The regime it hangs on, if any.
    pub regime: Option<Regime>,
    /// Only children who are four in this January census or a later one.
    pub cohorts_from: Option<i32>,
    /// First January census changed.
    pub from: i32,
    /// January at which it is fully in force.
    pub full: i32,
    /// Last January changed.
    pub until: i32,
    /// Last January that it follows its dates: after it a one-off stops, and anything else stays as it is then.
    pub held: Option<i32>,
}

/// The age at which a cohort is named: Reception.
const RECEPTION: i32 = 4;

impl LeverRow {
    /// Whether it concerns children of an age and need in a January.
    pub(super) fn concerns(&self, year: i32, age: usize, need: usize) -> bool {
        let year = self.held.map_or(year, |last| year.min(last));
        self.ages.contains(age)
            && (self.needs.is_empty() || self.needs.contains(&need))
            && self.cohorts_from.is_none_or(|first| year - age as i32 + RECEPTION >= first)
    }

    /// How far it is in force in a draw: straight from the year before `from` to `full`, not at all where its regime
    /// does not come. Without a draw, so far on average.
    pub(super) fn force(&self, draw: Option<DrawKey>, year: i32) -> f64 {
        let year = match self.held {
            Some(last) if year > last && matches!(self.lever, Lever::MoreNewPlans(_)) => return 0.0,
            held => held.map_or(year, |last| year.min(last)),
        };
        let dated = match year {
            _ if year < self.from || year > self.until => return 0.0,
            _ if year >= self.full => 1.0,
            _ => f64::from(year - self.from + 1) / f64::from(self.full - self.from + 1),
        };
        match (self.regime, draw) {
            (None, _) => dated,
            (Some(regime), None) => dated * regime.weight,
            (Some(regime), Some(draw)) => {
                let word = u53(draw.stream(Process::Regime, 0).word(regime.key));
                if word < threshold(regime.weight) { dated } else { 0.0 }
            }
        }
    }

    /// The factor of a lever that scales a rate, where it is in force.
    pub(super) fn factor(&self, rate: Rate, draw: Option<DrawKey>, year: i32) -> Option<f64> {
        let Lever::Scale(mine, size) = self.lever else { return None };
        let force = self.force(draw, year);
        (mine == rate && force > 0.0).then(|| 1.0 + force * (size.of_draw(draw, self.key) - 1.0))
    }

    /// Changes the rates of new plans of a year, by age and need. `exposed`, of the same shape, is the expected
    /// residents at risk that so many more plans are set against. Levers of some areas only act elsewhere.
    pub(super) fn act(
        &self,
        draw: Option<DrawKey>,
        year: i32,
        sizes: Sizes,
        exposed: Option<&[f64]>,
        rates: &mut [f64],
    ) {
        let factor = match self.lever {
            Lever::Scale(Rate::NewPlans, _) if self.areas.is_empty() => self.factor(Rate::NewPlans, draw, year),
            Lever::MoreNewPlans(size) if self.force(draw, year) > 0.0 => {
                let a_year = size.of_draw(draw, self.key) / f64::from(self.until - self.from + 1);
                let expected: f64 = exposed.into_iter().flatten().zip(&*rates).map(|(e, r)| e * r).sum();
                (expected > 0.0).then_some(1.0 + a_year / expected)
            }
            _ => None,
        };
        let Some(factor) = factor else { return };
        for age in 0..AGES {
            for need in (0..sizes.needs).filter(|&need| self.concerns(year, age, need)) {
                rates[age * sizes.needs + need] *= factor;
            }
        }
    }
}
