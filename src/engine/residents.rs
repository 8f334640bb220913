//! Residents as they are expected, without the random walks of a draw.

use crate::case::Case;
use crate::population::Residents;

/// Expected residents by age and area, one vector a January from the base year to `to`.
pub fn expected_residents(case: &Case, to: i32) -> Vec<Vec<f64>> {
    let mut residents = Residents::default();
    residents.start(&case.population, &case.keys, None);
    let mut years = vec![residents.now.clone()];
    for step in 1..=(to - case.base_year).max(0) as usize {
        residents.advance(&case.population, &case.keys, None, case.base_year + step as i32, step);
        years.push(residents.now.clone());
    }
    years
}
