//! Effects: factors drawn once per draw that many rows share, for what is not known about all of them together.
//!
//! Rows are drawn one by one, so errors of single ages and needs average out in an age group or a setting; what a whole
//! age group or setting does is less well known than that (`SPECIFICATION.md` section 5).

use super::trend::Trend;
use crate::domain::AgeRange;
use crate::random::{DrawKey, Process, Sequence, key};

/// What an effect scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scaled {
    /// Odds that a plan ceases.
    Ceasing,
    /// Rates of new plans; the trend keeps their total, so it is their share that moves.
    NewPlans,
    /// Weights of these settings, for new plans and at reviews.
    Into(Vec<usize>),
}

/// A lognormal factor with median 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// What names it in keys.
    pub name: String,
    /// What it scales.
    pub scaled: Scaled,
    /// Ages after ageing on; settings are scaled at all ages.
    pub ages: AgeRange,
    /// Standard deviation of its logarithm.
    pub sd: f64,
    /// Correlation of its logarithm with the drawn growth of all plans over `YEARS`.
    pub with_growth: f64,
}

/// Years of growth that effects go with.
const YEARS: usize = 3;
/// Draws of the path that its mean and spread are taken from.
const PILOT: u64 = 256;

impl Effect {
    /// The factor of a draw whose growth lies `growth` standard deviations above the mean; 1 without a draw.
    fn factor(&self, draw: Option<DrawKey>, growth: f64) -> f64 {
        draw.filter(|_| self.sd > 0.0).map_or(1.0, |draw| {
            let mut sequence = Sequence::new(draw.stream(Process::Trend, 0), key("effect", &self.name));
            let apart = libm::sqrt(1.0 - self.with_growth * self.with_growth) * sequence.normal();
            libm::exp(self.sd * (self.with_growth * growth + apart))
        })
    }
}

/// The effects of a model, beside the path that they go with.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    trend: Option<Trend>,
    mean: f64,
    sd: f64,
}

impl Effects {
    /// The effects of a trend; none without one.
    pub fn of(trend: Option<&Trend>) -> Self {
        let trend = trend.filter(|trend| !trend.effects.is_empty()).cloned();
        let Some(path) = &trend else { return Self::default() };
        let grown: Vec<f64> = (0..PILOT).map(|draw| grown(path, DrawKey::new(0, draw))).collect();
        let mean = grown.iter().sum::<f64>() / PILOT as f64;
        let variance = grown.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / PILOT as f64;
        Self { trend, mean, sd: libm::sqrt(variance).max(1e-9) }
    }

    /// All effects.
    pub fn all(&self) -> &[Effect] {
        self.trend.as_ref().map_or(&[], |trend| &trend.effects)
    }

    /// Each effect and its factor.
    pub fn drawn(&self, draw: Option<DrawKey>) -> Vec<(&Effect, f64)> {
        let path = self.trend.as_ref().zip(draw);
        let growth = path.map_or(0.0, |(trend, draw)| (grown(trend, draw) - self.mean) / self.sd);
        self.all().iter().map(|effect| (effect, effect.factor(draw, growth))).collect()
    }
}

/// Log growth of all plans over the first years of a draw.
fn grown(trend: &Trend, draw: DrawKey) -> f64 {
    trend.growth(Some(draw), YEARS).iter().map(|year| year.all).sum()
}

/// The product of the factors on one rate at an age.
pub fn at_age(effects: &[(&Effect, f64)], scaled: &Scaled, age: usize) -> f64 {
    let of = |(effect, _): &&(&Effect, f64)| effect.scaled == *scaled && effect.ages.contains(age);
    effects.iter().filter(of).map(|(_, factor)| factor).product()
}

/// A chance whose odds are scaled.
pub fn with_odds(chance: f64, factor: f64) -> f64 {
    if factor.to_bits() == 1.0_f64.to_bits() { chance } else { chance * factor / (1.0 - chance + chance * factor) }
}

/// Scales the weights of the settings that effects are on; `destinations` weights a row.
pub fn scale_settings(effects: &[(&Effect, f64)], weights: &mut [f64], destinations: usize) {
    for (effect, factor) in effects {
        let Scaled::Into(settings) = &effect.scaled else { continue };
        for row in weights.chunks_mut(destinations) {
            for &setting in settings {
                row[setting] *= factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_stay_chances_and_a_factor_of_one_changes_nothing() {
        assert_eq!(with_odds(0.3, 1.0).to_bits(), 0.3_f64.to_bits());
        assert!((with_odds(0.5, 3.0) - 0.75).abs() < 1e-15);
        assert!(with_odds(0.97, 50.0) < 1.0 && with_odds(0.0, 50.0) == 0.0);
    }

    #[test]
    fn one_factor_is_shared_by_its_ages_and_has_median_one_and_its_spread() {
        let effect = Effect {
            name: "a".into(),
            scaled: Scaled::Ceasing,
            ages: AgeRange { from: 16, to: 19 },
            sd: 0.4,
            with_growth: 0.0,
        };
        let logs: Vec<f64> =
            (0..4_000).map(|draw| libm::log(effect.factor(Some(DrawKey::new(1, draw)), 0.0))).collect();
        let mean = logs.iter().sum::<f64>() / 4_000.0;
        let sd = libm::sqrt(logs.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 4_000.0);
        // Four standard errors.
        assert!(mean.abs() < 4.0 * 0.4 / 63.2 && (sd / 0.4 - 1.0).abs() < 4.0 / 89.4);
        let drawn = [(&effect, 2.0)];
        assert!((at_age(&drawn, &Scaled::Ceasing, 18) - 2.0).abs() < 1e-15);
        assert!((at_age(&drawn, &Scaled::Ceasing, 20) - 1.0).abs() < 1e-15);
        assert!((at_age(&drawn, &Scaled::NewPlans, 18) - 1.0).abs() < 1e-15);
        assert!((effect.factor(None, 2.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn settings_are_scaled_in_every_row() {
        let effect = Effect {
            name: "s".into(),
            scaled: Scaled::Into(vec![1]),
            ages: AgeRange::ALL,
            sd: 0.1,
            with_growth: 0.0,
        };
        let mut weights = [1.0, 2.0, 3.0, 4.0];
        scale_settings(&[(&effect, 1.5)], &mut weights, 2);
        assert!(weights.iter().zip([1.0, 3.0, 3.0, 6.0]).all(|(a, b)| (a - b).abs() < 1e-15));
    }
}
