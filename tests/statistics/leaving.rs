//! What ceasing is learnt from: records by age where they agree with the Januaries, else the Januaries, else totals.

use super::world::{BASE_YEAR, FlowOf, World};
use sufficiency::calibration::Fit;

/// Children of each age and setting in a January.
const THERE: usize = 40;
const RECENT: [i32; 3] = [BASE_YEAR - 2, BASE_YEAR - 1, BASE_YEAR];

/// An authority without a past.
fn plain() -> World {
    let base = (0..26).flat_map(|age| (0..3).map(move |s| (BASE_YEAR, 0, age, s, THERE)));
    World { residents: vec![10_000.0], plans: base.collect(), flows: vec![] }
}

/// Three years in which `left` of 120 of each age from 16 on left and as many were new; `recorded` of those who left.
fn world(left: usize, recorded: usize) -> World {
    let mut world = plain();
    for year in RECENT {
        let before = (0..26).flat_map(|age| (0..3).map(move |s| (year - 1, 0, age, s, THERE)));
        world.plans.extend(before);
        for age in 16..26 {
            world.flows.push(FlowOf::plain(year, "ceased", age, recorded));
            world.flows.push(FlowOf::plain(year, "new", age, left));
        }
    }
    world
}

fn source(fit: &Fit) -> &str {
    &fit.summary.iter().find(|row| row.quantity == "ceasing").unwrap().source
}

fn chance(fit: &Fit, age: usize) -> f64 {
    let rows = &fit.case.rows.parameters.ceasing;
    rows.iter().find(|row| row.ages.contains(age)).unwrap().law.mean()
}

#[test]
fn records_by_age_are_learnt_from_where_the_januaries_say_the_same() {
    let fit = world(60, 60).fit();
    assert!(source(&fit).starts_with("own records by age of 2023, 2024, 2025"), "{}", source(&fit));
    // England: 0.038 at 17 and 0.2505 at 20; seen: a half.
    let england = plain().fit();
    assert!((chance(&england, 17) - 0.038).abs() < 1e-9 && (chance(&england, 20) - 0.2505).abs() < 1e-9);
    assert!(chance(&fit, 17) > 2.0 * chance(&england, 17));
    assert!(chance(&fit, 20) > 0.33 && chance(&fit, 20) < 0.5, "{}", chance(&fit, 20));
}

#[test]
fn records_that_miss_what_the_januaries_say_give_way_to_them() {
    // Half of those who left are missed in 2024 and 2025; 2023 is in no pair that is looked at, and not believed either.
    let fit = world(30, 15).fit();
    assert!(source(&fit).starts_with("age groups of January 2025 and before"), "{}", source(&fit));
}
