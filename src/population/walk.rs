//! How far residents have strayed from such projections: the scale of their random walks.
//!
//! Measured once by `python/makers/population_error.py` on the mid-year estimates of 105 upper-tier
//! authorities, 2009 to 2023 (Office for National Statistics, revised after the 2021 census; Open Government
//! Licence v3.0): every origin with at least five years of estimates, one to five years ahead. Root mean square error of
//! the logarithm, over authorities and origins:
//!
//! | years ahead | ages 1-4 | 5-10 | 11-15 | 5-15 | 16-17 | 18-25 | age 0, flat |
//! |---|---|---|---|---|---|---|---|
//! | 1 | 0.015 | 0.009 | 0.006 | 0.007 | 0.008 | 0.021 | 0.042 |
//! | 2 | 0.026 | 0.017 | 0.011 | 0.014 | 0.013 | 0.035 | 0.054 |
//! | 3 | 0.034 | 0.023 | 0.015 | 0.018 | 0.016 | 0.042 | 0.071 |
//! | 4 | 0.043 | 0.030 | 0.020 | 0.024 | 0.021 | 0.050 | 0.092 |
//! | 5 |       | 0.039 | 0.025 | 0.031 | 0.027 | 0.058 | 0.112 |
//!
//! Cohorts not yet born at the origin are left out of all but the last column. Revised estimates are smoother
//! than what a forecaster has in the year itself, so errors of the level at the origin come on top.

/// Yearly standard deviation of the walk of the whole authority's residents.
///
/// Error at ages 5-15 five years ahead over the root of five. It grows faster than a walk's (0.007 at one
/// year), so near years are a little wide and far ones right to five.
pub(super) const AUTHORITY_SD: f64 = 0.014;

/// Yearly standard deviation of the walk of births, on top of the authority's.
///
/// Error of a flat number aged 0 five years ahead over the root of five, 0.050, less the authority's walk.
/// The error counts the fall of those years (flat was 9% too high at five years) as not foreseen.
pub(super) const BIRTHS_SD: f64 = 0.048;

/// Yearly standard deviation of each area's walk.
///
/// Measured on one authority only: postcode districts of Leeds, ages 4-15, mid-2017 to 2020, authority ratios:
/// 0.022 a year over districts alike, 0.016 weighted by children. Between them is our choice; a second
/// authority would change it. Areas' shares of births stray further (0.07), which the walks do not carry.
pub(super) const AREA_SD: f64 = 0.02;

/// Movers in and out of an area in a year, per resident child, as sampling variance of its ratios.
///
/// Leeds mid-2019 to 2020, ages 1-17: squared strays over residents expected, 0.31 in 482 small areas (5-30
/// children a cell) and 0.27 in 41 postcode districts. Strays hold what the estimates themselves err by.
pub(super) const MOVERS: f64 = 0.31;

/// Standard deviation of areas' true yearly ratios about the authority's.
///
/// Root of the covariance of districts' strays in 2017-19 and in 2019-20: 0.012, 0.010, 0.011 at ages from
/// 1-3, 4-10, 11-15. One authority, three years: elicited beyond it.
pub(super) const AREA_SPREAD: f64 = 0.011;

/// The share by which totals may differ from estimates and still be current.
///
/// The 2018-based projection was 10% too high for Leeds at ages 0-3; a year's ratios err by 1.5% at ages 1-4.
pub(super) const CURRENT: f64 = 0.03;
