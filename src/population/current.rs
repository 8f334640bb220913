//! Whether official totals still fit what was estimated since.

use super::history::{ByAge, Control};
use super::walk::CURRENT;
use crate::domain::AgeRange;

/// Ages compared: pre-school, primary, secondary. Older ages turn on students.
const BANDS: [(u8, u8); 3] = [(0, 3), (4, 10), (11, 15)];

/// Whether the totals agree with `residents` in each of [`BANDS`]; ages without a number are left out.
///
/// A total counts in the band that holds all its ages; where there is none there is nothing to disagree with.
pub(super) fn level(residents: &ByAge, totals: &[(AgeRange, f64)]) -> bool {
    BANDS.iter().all(|&(from, to)| {
        let (mut ours, mut theirs) = (0.0, 0.0);
        for (ages, total) in totals.iter().filter(|(ages, _)| from <= ages.from && ages.to <= to) {
            let sum: f64 = residents[ages.ages()].iter().sum();
            if !sum.is_nan() {
                ours += sum;
                theirs += total;
            }
        }
        (theirs - ours).abs() <= CURRENT * ours
    })
}

/// Whether the official projection agrees with the last estimate, at ages 0 to 3.
///
/// The youngest ages show a stale projection first: they rest on its births. Without a year in common it is
/// not current, since nothing vouches for it.
pub(super) fn projection(control: &Control, estimate: Option<(&i32, &ByAge)>) -> bool {
    let Some((&year, estimate)) = estimate else { return false };
    let Some(projected) = control.projected(year) else { return false };
    let (ours, theirs): (f64, f64) = (estimate[..4].iter().sum(), projected[..4].iter().sum());
    (theirs - ours).abs() <= CURRENT * ours
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AGES;

    fn rows(year: i32, factor: impl Fn(u8) -> f64) -> Vec<(i32, AgeRange, u32)> {
        (0..=25).map(|age| (year, AgeRange { from: age, to: age }, (1000.0 * factor(age)) as u32)).collect()
    }

    #[test]
    fn a_projection_too_high_at_the_youngest_ages_is_not_current() {
        let estimate = [1000.0; AGES];
        let at = |factor: f64| {
            Control::default().with_projection(&rows(2024, |age| if age < 4 { factor } else { 1.2 }))
        };
        assert!(projection(&at(1.029), Some((&2024, &estimate))));
        assert!(!projection(&at(1.1), Some((&2024, &estimate))));
        assert!(!projection(&at(1.0), Some((&2023, &estimate))));
    }

    #[test]
    fn totals_agree_band_by_band_and_no_totals_always_do() {
        let control = Control::from_rows(&rows(2025, |age| if age > 10 { 0.96 } else { 1.0 }));
        assert!(!level(&[1000.0; AGES], control.of(2025)));
        assert!(level(&[980.0; AGES], control.of(2025)));
        assert!(level(&[980.0; AGES], control.of(2026)));
    }

    #[test]
    fn an_age_nobody_knows_is_not_compared() {
        let control = Control::from_rows(&rows(2025, |age| if age == 0 { 2.0 } else { 1.0 }));
        let mut residents = [1000.0; AGES];
        residents[0] = f64::NAN;
        assert!(level(&residents, control.of(2025)));
    }
}
