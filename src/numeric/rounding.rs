//! Controlled rounding: whole numbers beside a fitted table that keep its margins, the same every time.
//!
//! One or two margins: exact, by cancelling cycles among fractional cells (Cox 1987, made deterministic).
//! More margins: cycles keep the two finest exactly, then a tabu search mends the others; whether it got
//! there is in [`Rounded::residual`]. Cells stay at floor or ceiling wherever that is enough.

use super::cycles::cancel_cycles;
use super::margin::Margin;
use super::repair::Repair;

/// A rounded table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rounded {
    /// Whole numbers, row-major.
    pub cells: Vec<u32>,
    /// Sum over all margins of the differences that are left; 0 when every margin is met exactly.
    pub residual: u64,
    /// Cells that are neither the floor nor the ceiling of what was given.
    pub moved_further: usize,
}

/// A cell this near to a whole number is that number: margins are met to 1e-9 only.
pub(super) const WHOLE: f64 = 1e-6;
/// Steps of the search among floors and ceilings, and among their neighbours: under a second each.
const STEPS: usize = 3_000_000;

/// Rounds `cells` (row-major, shape `sizes`, never negative) to whole numbers that meet the margins.
pub fn round_to_margins(cells: &[f64], sizes: &[usize], margins: &[Margin]) -> Rounded {
    let mut order: Vec<&Margin> = margins.iter().collect();
    order.sort_by_key(|margin| std::cmp::Reverse(margin.size()));
    let mut members: Vec<Vec<u32>> = order.iter().map(|margin| margin.members(sizes)).collect();
    let targets: Vec<Vec<i64>> =
        order.iter().map(|margin| margin.counts.iter().map(|count| count.round() as i64).collect()).collect();
    members.resize_with(members.len().max(2), || vec![0; cells.len()]);
    let values: Vec<i64> = cancel_cycles(cells, &members[0], &members[1]);
    members.truncate(margins.len());
    let mut repair = Repair::new(cells, values, members, targets);
    for slack in [0, 1] {
        if repair.residual() > 0 {
            repair.search(slack, STEPS);
        }
    }
    let (values, residual) = repair.best();
    let beyond = |(&value, &x): (&i64, &f64)| (value as f64 - x).abs() >= 1.0;
    let moved_further = values.iter().zip(cells).filter(|&pair| beyond(pair)).count();
    Rounded { cells: values.iter().map(|&value| value as u32).collect(), residual, moved_further }
}

/// Shares `total` out in proportion to `weights` as whole numbers by largest remainder, ties to the first.
///
/// Remainders are compared at nine decimals, so that the last bits of an arithmetic cannot decide a tie. All
/// zeros when the weights sum to 0.
pub fn largest_remainder(weights: &[f64], total: u32) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let nine = |x: f64| (x * 1e9).round() / 1e9;
    let exact: Vec<f64> = weights.iter().map(|weight| nine(weight / sum * f64::from(total))).collect();
    let mut shares: Vec<u32> = exact.iter().map(|x| x.floor() as u32).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder = |i: usize| nine(exact[i] - exact[i].floor());
    order.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b)));
    let missing = total.saturating_sub(shares.iter().sum::<u32>()) as usize;
    order.iter().cycle().take(missing).for_each(|&i| shares[i] += 1);
    shares
}
