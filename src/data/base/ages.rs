//! Plans of an age band spread over its single ages.

use super::Ground;
use super::blocks::Block;
use crate::domain::{AGES, AgeRange};

/// Least rate of an age, as a share of its band's: no age of a band is without plans.
const LEAST: f64 = 0.05;

/// How likely a resident of each age is to have a plan, as fitting starts: straight lines through the rates of
/// neighbouring age bands at their middles, so that the rate does not jump where a band ends. Band totals are kept by
/// the fit. 1 everywhere if single ages are given, or no ages at all.
///
/// Spread evenly, too few ten-year-olds would have a plan and too many five-year-olds, and a year later too few would
/// have grown into secondary age.
pub(super) fn profile(blocks: &[Block], ground: &Ground) -> [f64; AGES] {
    let flat = [1.0; AGES];
    let single = |bands: &[(AgeRange, f64)]| bands.iter().all(|(range, _)| range.from == range.to);
    let all: Vec<Vec<(AgeRange, f64)>> =
        blocks.iter().map(Block::bands).filter(|bands| !bands.is_empty()).collect();
    let (Some(bands), false) = (all.first(), all.iter().any(|bands| single(bands))) else { return flat };
    let areas = ground.residents.len() / AGES;
    let residents = |range: &AgeRange| -> f64 {
        range.ages().map(|age| (0..areas).map(|area| ground.residents[area * AGES + age]).sum::<f64>()).sum()
    };
    let point = |(range, plans): &(AgeRange, f64)| {
        (f64::midpoint(f64::from(range.from), f64::from(range.to)), plans / residents(range).max(1.0))
    };
    let points: Vec<(f64, f64)> = bands.iter().map(point).collect();
    if points.len() < 2 {
        return flat;
    }
    std::array::from_fn(|age| {
        let at = age as f64;
        // The line of the two bands around the age, or of the two nearest at either end.
        let next =
            points.iter().position(|(middle, _)| *middle > at).unwrap_or(points.len()).clamp(1, points.len() - 1);
        let ((x0, y0), (x1, y1)) = (points[next - 1], points[next]);
        let rate = y0 + (y1 - y0) * (at - x0) / (x1 - x0);
        let own = bands.iter().position(|(range, _)| range.contains(age)).map_or(0.0, |band| points[band].1);
        rate.max(LEAST * own).max(f64::MIN_POSITIVE)
    })
}
