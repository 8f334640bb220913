//! Plans of an age band spread over its single ages.

use super::Ground;
use super::blocks::Block;
use crate::domain::{AGES, AgeRange};

/// Least rate of an age, as a share of its band's: no age of a band is without plans.
const LEAST: f64 = 0.05;

/// How likely a resident of each age is to have a plan, as fitting starts: England's rate at the age times own rate
/// against England's, on straight lines through the middles of neighbouring bands, so that it does not jump where a band
/// ends. Band totals are kept by the fit. 1 everywhere if single ages are given; England's rates without any ages.
///
/// Spread evenly, too few ten-year-olds would have a plan and too many five-year-olds, and a year later too few would
/// have grown into secondary age.
pub(super) fn profile(blocks: &[Block], ground: &Ground, exact: bool) -> [f64; AGES] {
    let all: Vec<Vec<(AgeRange, f64)>> =
        blocks.iter().map(Block::bands).filter(|bands| !bands.is_empty()).collect();
    if blocks.iter().any(Block::is_single) {
        return [1.0; AGES];
    }
    let england = super::settings::rates(exact).map(|rate| rate.max(f64::MIN_POSITIVE));
    let Some(bands) = all.first().filter(|bands| bands.len() > 1) else { return england };
    let areas = ground.residents.len() / AGES;
    let residents = |age: usize| (0..areas).map(|area| ground.residents[area * AGES + age]).sum::<f64>();
    let point = |(range, plans): &(AgeRange, f64)| {
        let expected: f64 = range.ages().map(|age| england[age] * residents(age).max(1.0)).sum();
        (f64::midpoint(f64::from(range.from), f64::from(range.to)), plans / expected)
    };
    let points: Vec<(f64, f64)> = bands.iter().map(point).collect();
    std::array::from_fn(|age| {
        let at = age as f64;
        // The line of the two bands around the age, or of the two nearest at either end.
        let next =
            points.iter().position(|(middle, _)| *middle > at).unwrap_or(points.len()).clamp(1, points.len() - 1);
        let ((x0, y0), (x1, y1)) = (points[next - 1], points[next]);
        let ratio = y0 + (y1 - y0) * (at - x0) / (x1 - x0);
        let own = bands.iter().position(|(range, _)| range.contains(age)).map_or(0.0, |band| points[band].1);
        (england[age] * ratio.max(LEAST * own)).max(f64::MIN_POSITIVE)
    })
}
