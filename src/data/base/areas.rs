//! Plans of the whole authority spread over its areas, by residents of each age.

use super::Ground;
use crate::domain::{AGES, BaseRow};
use crate::numeric::{Margin, largest_remainder, round_to_margins};

/// Spreads rows (area 0 stands for all) so that both the rows and every area's plans of an age are whole.
pub(super) fn spread(rows: &[BaseRow], ground: &Ground) -> Vec<BaseRow> {
    let areas = ground.authority.area_codes.len();
    let mut spread = vec![];
    for age in 0..AGES {
        let of_age: Vec<&BaseRow> = rows.iter().filter(|row| row.age == age).collect();
        let total: u32 = of_age.iter().map(|row| row.plans).sum();
        if total == 0 {
            continue;
        }
        let mut residents: Vec<f64> = (0..areas).map(|area| ground.residents[area * AGES + age]).collect();
        if residents.iter().sum::<f64>() <= 0.0 {
            residents = vec![1.0; areas];
        }
        let targets = largest_remainder(&residents, total);
        let exact: Vec<f64> = of_age
            .iter()
            .flat_map(|row| {
                targets.iter().map(|&target| f64::from(row.plans) * f64::from(target) / f64::from(total))
            })
            .collect();
        let each = |n: usize| Some((0..n as u32).collect::<Vec<_>>());
        let margin = |name: &str, groups, counts| Margin { name: name.into(), groups, counts };
        let by_row = of_age.iter().map(|row| f64::from(row.plans)).collect();
        let by_area = targets.iter().map(|&target| f64::from(target)).collect();
        let margins = [
            margin("row", vec![each(of_age.len()), None], by_row),
            margin("area", vec![None, each(areas)], by_area),
        ];
        let rounded = round_to_margins(&exact, &[of_age.len(), areas], &margins);
        for (cell, &plans) in rounded.cells.iter().enumerate().filter(|(_, plans)| **plans > 0) {
            spread.push(BaseRow { area: cell % areas, plans, ..*of_age[cell / areas] });
        }
    }
    spread.sort_by_key(|row| (row.area, row.age, row.need, row.setting));
    spread
}
