//! How long one draw takes, and what its parts cost.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use sufficiency::engine::Simulation;

mod allocation;
mod leeds_sized;
#[path = "../../tests/core/models.rs"]
mod models;

/// Question: what does one draw of ten years of a small generated model cost, without counting?
fn one_draw(c: &mut Criterion) {
    let case = models::case(3);
    let mut simulation = Simulation::new(&case);
    let mut draw = 0;
    c.bench_function("one draw, ten years, small model", |b| {
        b.iter(|| {
            draw += 1;
            simulation.start(1, draw, 10);
            for _ in 0..10 {
                black_box(simulation.year());
            }
            assert!(simulation.children.total() > 0);
        });
    });
}

criterion_group!(benches, one_draw, allocation::allocation);
criterion_main!(benches);
