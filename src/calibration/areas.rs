//! Relative risk of areas: Gamma-Poisson partial pooling (Clayton and Kaldor 1987).

use crate::data::Inputs;
use crate::domain::{AGES, AgeRange};
use crate::plans::{Law, ScalarRow};

/// Ages that risk is learnt from: Reception to Year 11.
const SCHOOL: AgeRange = AgeRange { from: 4, to: 15 };
/// Concentrations of the risks that are weighed against each other: 1 / variance from 1 to 1,000.
const STEPS: usize = 25;

/// Rows of `area_multipliers`; `None` with a single area.
///
/// With O plans seen and E expected in an area, risk ~ Gamma(c, c) gives the posterior Gamma(O + c, E + c); c is
/// integrated over a grid, and the mixture's mean and variance matched by one Gamma.
pub fn fit_areas(inputs: &Inputs, residents: &[f64]) -> Option<Vec<ScalarRow>> {
    let areas = inputs.areas.len();
    if areas < 2 {
        return None;
    }
    let mut groups: Vec<_> = inputs.authority.needs.iter().map(|need| need.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut rows = vec![];
    for group in groups {
        let members: Vec<usize> =
            (0..inputs.authority.needs.len()).filter(|&n| inputs.authority.needs[n].group == group).collect();
        let (seen, expected) = seen_and_expected(inputs, &members, residents);
        for (area, law) in risks(&seen, &expected).into_iter().enumerate() {
            for &need in &members {
                let source = rows.len() + 1;
                let (area, need) = (Some(area), Some(need));
                rows.push(ScalarRow { ages: AgeRange::ALL, area, need, setting: None, law, source });
            }
        }
    }
    Some(rows)
}

/// Plans of these needs by area, and as many by residents of each age. `residents` are by age and area.
fn seen_and_expected(inputs: &Inputs, needs: &[usize], residents: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let areas = inputs.areas.len();
    let (mut seen, mut by_age) = (vec![0.0; areas], [0.0; AGES]);
    for row in inputs.base.iter().filter(|row| SCHOOL.contains(row.age) && needs.contains(&row.need)) {
        seen[row.area] += f64::from(row.plans);
        by_age[row.age] += f64::from(row.plans);
    }
    let mut expected = vec![0.0; areas];
    for age in SCHOOL.ages() {
        let here = &residents[age * areas..(age + 1) * areas];
        let all: f64 = here.iter().sum();
        if all > 0.0 {
            expected.iter_mut().zip(here).for_each(|(e, residents)| *e += by_age[age] * residents / all);
        }
    }
    (seen, expected)
}

/// The law of each area's risk, its mean over expected plans 1.
fn risks(seen: &[f64], expected: &[f64]) -> Vec<Law> {
    let grid: Vec<f64> = (0..STEPS).map(|i| libm::pow(10.0, 3.0 * i as f64 / (STEPS - 1) as f64)).collect();
    let log_likelihood = |c: f64| -> f64 {
        let one = |(&o, &e): (&f64, &f64)| {
            libm::lgamma(o + c) - libm::lgamma(c)
                + c * libm::log(c / (c + e))
                + o * libm::log((e + 1e-12) / (c + e))
        };
        seen.iter().zip(expected).filter(|(_, e)| **e > 0.0).map(one).sum()
    };
    let logs: Vec<f64> = grid.iter().map(|&c| log_likelihood(c)).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> = logs.iter().map(|log| libm::exp(log - top)).collect();
    super::settings::normalise(&mut weights);
    let moments: Vec<(f64, f64)> = seen
        .iter()
        .zip(expected)
        .map(|(o, e)| {
            let (mut mean, mut square) = (0.0, 0.0);
            for (c, weight) in grid.iter().zip(&weights) {
                let m = (o + c) / (e + c);
                mean += weight * m;
                square += weight * (m * m + m / (e + c));
            }
            (mean, square - mean * mean)
        })
        .collect();
    let all: f64 = expected.iter().sum();
    let level: f64 = moments.iter().zip(expected).map(|((mean, _), e)| mean * e).sum::<f64>() / all.max(1e-12);
    let level = if all > 0.0 { level } else { 1.0 };
    moments.into_iter().map(|(mean, var)| Law::Gamma { shape: mean * mean / var, mean: mean / level }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(law: &Law) -> f64 {
        law.mean()
    }

    #[test]
    fn a_small_area_is_drawn_to_the_mean_and_a_large_one_keeps_its_risk() {
        let seen = [300.0, 60.0, 3.0, 100.0, 140.0];
        let expected = [200.0, 100.0, 1.0, 102.0, 200.0];
        let laws = risks(&seen, &expected);
        assert!((mean(&laws[0]) / 1.5 - 1.0).abs() < 0.05, "{:?}", laws[0]);
        assert!(mean(&laws[2]) < 2.0, "{:?}", laws[2]);
        let level: f64 = laws.iter().zip(expected).map(|(law, e)| mean(law) * e).sum::<f64>() / 603.0;
        assert!((level - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_single_group_without_plans_has_risks_of_one() {
        for law in risks(&[0.0, 0.0], &[0.0, 0.0]) {
            assert!((mean(&law) - 1.0).abs() < 1e-12);
        }
    }
}
