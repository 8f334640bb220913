//! Areas scaled to the authority's totals.

use crate::domain::AgeRange;
use crate::error::{Error, Problem, Result};

/// Scales the areas of each range of ages in proportion, so that they sum to its total.
///
/// One margin needs no iteration, and an empty cell stays empty. Totals whose ages overlap, or that ask for
/// residents where every area is empty, cannot be met: the error names each of them.
pub(super) fn rake(cells: &mut [f64], areas: usize, totals: &[(AgeRange, f64)], year: i32) -> Result<()> {
    let mut problems = Vec::new();
    for (position, &(ages, total)) in totals.iter().enumerate() {
        let overlaps = |other: &&(AgeRange, f64)| other.0.ages().any(|age| ages.contains(age));
        if let Some(other) = totals[..position].iter().find(overlaps) {
            problems.push(unclear(year, ages, other.0));
            continue;
        }
        let band = &mut cells[usize::from(ages.from) * areas..(usize::from(ages.to) + 1) * areas];
        let sum: f64 = band.iter().sum();
        if sum > 0.0 {
            for residents in band {
                *residents *= total / sum;
            }
        } else if total > 0.0 {
            problems.push(infeasible(year, ages));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Input(problems)) }
}

fn unclear(year: i32, ages: AgeRange, other: AgeRange) -> Problem {
    let message = format!("totals of ages {other} and {ages} overlap in January {year}");
    Problem::new("control-overlaps", "population_control", message).hint("give each age in one range of ages only")
}

fn infeasible(year: i32, ages: AgeRange) -> Problem {
    let message = format!("the total of age {ages} in January {year} cannot be met: no area has residents there");
    Problem::new("control-infeasible", "population_control", message)
        .hint("give the areas residents of that age, or take the total out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AGES;

    fn ages(text: &str) -> AgeRange {
        AgeRange::parse(text).unwrap()
    }

    #[test]
    fn totals_are_met_and_empty_cells_stay_empty() {
        let mut cells: Vec<f64> = (0..AGES * 3).map(|i| if i % 3 == 1 { 0.0 } else { i as f64 + 0.3 }).collect();
        rake(&mut cells, 3, &[(ages("0"), 100.0), (ages("1-4"), 77.0)], 2030).unwrap();
        assert!((cells[..3].iter().sum::<f64>() - 100.0).abs() < 1e-9);
        assert!((cells[3..15].iter().sum::<f64>() - 77.0).abs() < 1e-9);
        assert_eq!(cells[15..18], [15.3, 0.0, 17.3]);
        assert!(cells.iter().skip(1).step_by(3).all(|&residents| residents == 0.0));
    }

    #[test]
    fn a_total_without_residents_is_refused_with_its_year_and_age() {
        let mut cells = vec![0.0; AGES * 2];
        let error = rake(&mut cells, 2, &[(ages("3"), 5.0), (ages("5-7"), 1.0), (ages("9"), 0.0)], 2031);
        let text = error.unwrap_err().to_string();
        assert!(text.contains("age 3 in January 2031") && text.contains("age 5-7 in January 2031"), "{text}");
        assert!(!text.contains("age 9"), "{text}");
    }

    #[test]
    fn totals_that_overlap_are_refused() {
        let mut cells = vec![1.0; AGES];
        let error = rake(&mut cells, 1, &[(ages("0-5"), 5.0), (ages("4-7"), 1.0)], 2031).unwrap_err();
        assert_eq!(error.problems()[0].slug, "control-overlaps");
    }
}
