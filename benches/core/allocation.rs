//! What a year of allocation costs, beside the year without it.

use super::leeds_sized::{BASE_YEAR, leeds_sized, sites};
use criterion::Criterion;
use std::hint::black_box;
use sufficiency::children::WAITING;
use sufficiency::engine::Simulation;
use sufficiency::provision::Allocation;
use sufficiency::random::DrawKey;

/// Question: what does a year's allocation add, with some 2,000 seated children and some hundred who seek a place?
pub fn allocation(c: &mut Criterion) {
    let plain = leeds_sized();
    let with = plain.with_provision(sites(&plain)).unwrap();
    let provision = with.provision.as_ref().unwrap();
    for (name, case) in [("ten years without sites", &plain), ("ten years with 25 sites", &with)] {
        let (mut simulation, mut draw) = (Simulation::new(case), 0);
        c.bench_function(name, |b| {
            b.iter(|| {
                draw += 1;
                simulation.start(1, draw, 10);
                for _ in 0..10 {
                    black_box(simulation.year());
                }
            });
        });
    }
    // The fifth year's allocation alone, from the state that the fourth one left.
    let mut simulation = Simulation::new(&with);
    simulation.start(1, 1, 10);
    for _ in 0..4 {
        simulation.year();
    }
    let (mut before, draw) = (simulation.children.clone(), DrawKey::new(1, 1));
    before.age_on();
    let mut allocation = Allocation::default();
    allocation.start(provision, &before, draw, BASE_YEAR);
    let (mut children, mut sought) = (before.clone(), 0);
    c.bench_function("copying the children, to be taken off", |b| b.iter(|| children.copy_from(&before)));
    c.bench_function("one year of allocation, and the copy", |b| {
        b.iter(|| {
            children.copy_from(&before);
            sought = allocation.year(provision, &mut children, draw, BASE_YEAR + 5).sought;
        });
    });
    let seats = || children.lanes().flat_map(|(_, lane)| &lane.seat);
    let seated = seats().filter(|&&seat| (1..WAITING).contains(&seat)).count();
    println!("{} children, {seated} seated, {sought} sought a place", children.total());
    assert!(seated > 1_500 && sought > 100);
}
