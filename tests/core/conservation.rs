//! No child is ever dropped or invented.

use crate::models::case;
use std::collections::BTreeMap;
use sufficiency::domain::AGES;
use sufficiency::engine::Simulation;

/// Age of every child, by identity; a child in two places would be found twice.
fn ages(simulation: &Simulation) -> BTreeMap<u64, usize> {
    let mut found = BTreeMap::new();
    for (age, lane) in simulation.children.lanes() {
        for &id in &lane.id {
            assert!(found.insert(id, age).is_none(), "a child stands twice");
        }
        let mut by_area = vec![0; lane.by_area.len()];
        lane.area.iter().for_each(|&area| by_area[usize::from(area)] += 1);
        assert_eq!(by_area, lane.by_area, "counts by area are those of the children");
    }
    found
}

#[test]
fn every_child_stays_leaves_or_joins_in_every_year_of_500_models() {
    const YEARS: usize = 5;
    let mut cell_years = 0;
    for seed in 0..500 {
        let case = case(seed);
        let sizes = case.parameters.sizes;
        cell_years += YEARS * AGES * sizes.areas * sizes.needs * sizes.settings;
        let mut simulation = Simulation::new(&case);
        simulation.start(seed, 3, YEARS);
        let mut before = ages(&simulation);
        for year in 0..YEARS {
            let flow = simulation.year();
            let after = ages(&simulation);
            let stayed: Vec<_> = before.iter().filter(|(id, _)| after.contains_key(id)).collect();
            assert!(stayed.iter().all(|(id, age)| after[id] == **age + 1), "everybody who stays is a year older");
            let left = before.len() - stayed.len();
            let joined = after.len() - stayed.len();
            assert_eq!(
                left,
                flow.over_age + flow.left.ceased + flow.left.transferred,
                "model {seed}, year {year}"
            );
            assert_eq!(joined, flow.arrived + flow.new, "model {seed}, year {year}");
            let over_age = before.iter().filter(|(_, age)| **age == AGES - 1).count();
            assert_eq!(over_age, flow.over_age);
            before = after;
        }
    }
    assert!(cell_years >= 1_000_000, "{cell_years} cell-years");
}
