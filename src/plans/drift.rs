//! Models that stand beside the local trend: growth goes on from a start, and fades or not.
//!
//! A draw takes one of them with its weight, else the local trend (`SPECIFICATION.md` section 5). They are what a
//! leave-future-out score weighs against it: log-drift, demography alone, and half own and half national growth.

use super::trend::{Growth, LATE_DAMPING, LATE_YEAR};
use crate::random::Sequence;

/// One model beside the local trend. Growth is in log units a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Weight in the average; what these leave of 1 is the local trend's.
    pub weight: f64,
    /// Growth in the first year, residents apart.
    pub start: f64,
    /// What is left of it a year later.
    pub damping: f64,
    /// Growth of residents by year ahead; 0 beyond its end.
    pub residents: Vec<f64>,
    /// Yearly standard deviation.
    pub sd: f64,
}

/// A start is known as well as the mean of so many years of growth.
const YEARS: f64 = 3.0;

impl Drift {
    /// Log growth of the total by year ahead; without luck, the middle path.
    pub fn growth(&self, mut luck: Option<Sequence>, years: usize) -> Vec<Growth> {
        let mut normal = || luck.as_mut().map_or(0.0, Sequence::normal);
        let mut start = self.start + self.sd / libm::sqrt(YEARS) * normal();
        let of_year = |ahead: usize| {
            let lasting = start + self.residents.get(ahead).copied().unwrap_or(0.0);
            start *= if ahead + 1 >= LATE_YEAR { self.damping.min(LATE_DAMPING) } else { self.damping };
            Growth { all: lasting + self.sd * normal(), lasting }
        };
        (0..years).map(of_year).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{DrawKey, Process, key};

    fn drift() -> Drift {
        Drift { weight: 1.0, start: 0.10, damping: 0.5, residents: vec![0.01, 0.02], sd: 0.06 }
    }

    #[test]
    fn the_middle_path_fades_and_follows_residents() {
        let path: Vec<f64> = drift().growth(None, 4).iter().map(|year| year.all).collect();
        for (found, expected) in path.iter().zip([0.11, 0.07, 0.025, 0.0125]) {
            assert!((found - expected).abs() < 1e-15, "{path:?}");
        }
        // Undamped growth is damped from the sixth year on, as the nation's is.
        let steady = Drift { damping: 1.0, residents: vec![], ..drift() }.growth(None, 7);
        assert!((steady[4].all - 0.1).abs() < 1e-15 && (steady[6].all - 0.081).abs() < 1e-15);
    }

    /// Variance of three years' growth: 3 years' own chance, and the start's error over 3 years: s s (3 + 9 / 3).
    #[test]
    fn the_spread_is_that_of_a_mean_of_three_years_and_chance() {
        let drift = Drift { damping: 1.0, ..drift() };
        let n = 20_000;
        let grown: Vec<f64> = (0..n)
            .map(|draw| {
                let stream = DrawKey::new(1, draw).stream(Process::Trend, 0);
                drift
                    .growth(Some(Sequence::new(stream, key("trend", "drift"))), 3)
                    .iter()
                    .map(|year| year.all)
                    .sum()
            })
            .collect();
        let mean = grown.iter().sum::<f64>() / n as f64;
        let variance = grown.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / n as f64;
        // Four standard errors.
        assert!((mean - 0.33).abs() < 4.0 * 0.06 * libm::sqrt(6.0 / n as f64), "{mean}");
        assert!((variance / (6.0 * 0.06 * 0.06) - 1.0).abs() < 0.04, "{variance}");
    }
}
