//! What counts of several years say of a chance that lasts: beta-binomial, each year with a chance of its own.
//!
//! An authority's chance p lies around England's m; a year's chance around p, for records are late or cleared out together
//! and policy changes. So a year of n plans says as much as n / (1 + (n - 1) r) plans that are independent (Kish 1965),
//! r = m (1 - m) x the yearly variance, and the posterior stays a Beta. How far that holds, simulation says
//! (`tests/statistics/calibration.rs`).

use crate::plans::Law;

/// How far chances lie apart: variances of log odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Between authorities, for good.
    pub lasting: f64,
    /// Between years of one authority.
    pub yearly: f64,
}

/// That of ceasing. The panel's accounts of age group 20 to 25 (who left against England's chances, and against England in
/// the same year), Januaries 2019 to 2022, 100 authorities: two years' ratios have covariance 0.19, 0.15, 0.17 one to three
/// years apart, one year's a variance of 0.43 beyond chance. At 16 to 19 it is the same or more, but new plans and turning
/// 16 blur the account; recorded totals say 0.2 to 0.3 and 0.5 to 0.8. More Januaries would change it.
///
/// Measured of ratios, taken for log odds: the same for small chances. Where three in ten leave, log odds would lie twice as
/// far apart for good and in a year alike: what own records are worth is as measured, the spread of rows is
/// narrow there (0.29 of a chance and not 0.41), and the effects on age groups, learnt from outcomes, are on top of it.
pub const CEASING: Spread = Spread { lasting: 0.17, yearly: 0.27 };
/// That of leaving for another authority: recorded totals of the same years, covariances 0.13, 0.09, 0.07, variance 0.20.
pub const TRANSFERS_OUT: Spread = Spread { lasting: 0.09, yearly: 0.11 };

/// Plans that a chance was asked of in a year, and of how many it came true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Plans.
    pub plans: f64,
    /// Those that left; below 0 where an account does not close.
    pub left: f64,
}

/// The chance of an authority without a past is held within these.
const BOUNDS: (f64, f64) = (1e-4, 0.97);
/// Own counts move a chance by this many times at most: beyond it, records are at fault.
const MOST: f64 = 4.0;

impl Spread {
    /// A year's chance, where the lasting one is `chance` and England's `england`.
    pub fn of_a_year(self, england: f64, chance: f64) -> Law {
        beta(chance, size(england, self.yearly))
    }

    /// The chance after the years seen; without any, England's and how far authorities lie apart.
    pub fn learnt(self, england: f64, years: &[Seen]) -> Law {
        let mean = england.clamp(BOUNDS.0, BOUNDS.1);
        let correlation = 1.0 / (1.0 + size(mean, self.yearly));
        let mut worth = size(mean, self.lasting);
        let mut left = mean * worth;
        for seen in years.iter().filter(|seen| seen.plans > 0.0) {
            let weight = 1.0 / (1.0 + (seen.plans - 1.0).max(0.0) * correlation);
            left += weight * seen.left.min(seen.plans);
            worth += weight * seen.plans;
        }
        let chance = (left / worth).clamp(mean / MOST, mean * MOST);
        beta(chance.clamp(BOUNDS.0, BOUNDS.1), worth)
    }
}

/// What a Beta of this mean and variance of log odds is worth: p (1 - p) / (worth + 1) = (p (1 - p))^2 x variance.
fn size(mean: f64, variance: f64) -> f64 {
    1.0 / (mean * (1.0 - mean) * variance) - 1.0
}

fn beta(mean: f64, size: f64) -> Law {
    Law::Beta { alpha: mean * size, beta: (1.0 - mean) * size }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(law: Law) -> (f64, f64) {
        let Law::Beta { alpha, beta } = law else { panic!("{law:?}") };
        (alpha / (alpha + beta), alpha + beta)
    }

    /// England's 0.2: m (1 - m) = 0.16, so the prior is worth 1 / (0.16 x 0.25) - 1 = 24 plans, r = 0.16 x 0.5 = 0.08. 101
    /// plans of a year are worth 101 / 9; 41 of them left.
    #[test]
    fn a_year_is_worth_what_its_own_chance_leaves_of_it() {
        let spread = Spread { lasting: 0.25, yearly: 0.5 };
        let (mean, worth) = parts(spread.learnt(0.2, &[Seen { plans: 101.0, left: 41.0 }]));
        assert!((worth - (24.0 + 101.0 / 9.0)).abs() < 1e-9, "{worth}");
        assert!((mean - (4.8 + 41.0 / 9.0) / worth).abs() < 1e-12, "{mean}");
        let (mean, worth) = parts(spread.of_a_year(0.2, 0.3));
        assert!((mean - 0.3).abs() < 1e-12 && (worth - 11.5).abs() < 1e-9);
    }

    #[test]
    fn no_year_however_large_is_worth_more_than_its_chance_allows_and_faults_are_bounded() {
        let many = Seen { plans: 1e9, left: 5e8 };
        let (mean, worth) = parts(CEASING.learnt(0.1, &[many]));
        let limit = size(0.1, CEASING.lasting) + 1.0 / (0.09 * CEASING.yearly);
        assert!(worth < limit + 1e-6 && mean < 0.4);
        let fault = Seen { plans: 1e3, left: -1e6 };
        assert!((parts(CEASING.learnt(0.1, &[fault])).0 - 0.025).abs() < 1e-12);
        assert_eq!(CEASING.learnt(0.1, &[]), CEASING.learnt(0.1, &[Seen { plans: 0.0, left: 0.0 }]));
    }
}
