//! The kernels whose instructions are counted: `instructions KERNEL TIMES` runs one so many times.
//!
//! `check.py` beside this file runs it under valgrind, takes the difference between two numbers of times, so that
//! the setting up cancels, and compares it with `baseline.csv`. Without arguments every kernel runs once.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use leeds_sized::{leeds_sized, sites};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use sufficiency::calibration::fit;
use sufficiency::data::Inputs;
use sufficiency::engine::{Request, Simulation, default_margins};
use sufficiency::measures::Measure;
use sufficiency::summary::{Ask, By, table};
use sufficiency::{Case, Control, project};

#[path = "../core/leeds_sized.rs"]
mod leeds_sized;

type Kernel = (&'static str, fn(u64));

const KERNELS: [Kernel; 6] = [
    ("parameters", parameters),
    ("years", years),
    ("years_with_sites", years_with_sites),
    ("counting", counting),
    ("table", one_table),
    ("fit", fitting),
];
const YEARS: usize = 10;

fn with_sites() -> Case {
    let case = leeds_sized();
    case.with_provision(sites(&case)).unwrap()
}

/// Question: what does drawing and compiling the parameters of a draw cost?
fn parameters(times: u64) {
    let case = leeds_sized();
    let mut simulation = Simulation::new(&case);
    for draw in 0..times {
        simulation.start(1, draw, YEARS);
        black_box(&simulation);
    }
}

fn draws(case: &Case, times: u64) {
    let mut simulation = Simulation::new(case);
    for draw in 0..times {
        simulation.start(1, draw, YEARS);
        for _ in 0..YEARS {
            black_box(simulation.year());
        }
        assert!(simulation.children.total() > 0);
    }
}

/// Question: what does a draw of ten years cost, without sites and without counting?
fn years(times: u64) {
    draws(&leeds_sized(), times);
}

/// Question: what does the same draw cost with 25 sites?
fn years_with_sites(times: u64) {
    draws(&with_sites(), times);
}

fn request(draws: u64) -> Request {
    Request { to: 2035, draws: 0..draws, seed: 1, workers: 1, margins: default_margins(true), keep: false }
}

/// Question: what does a draw cost with everything counted that a projection counts by default?
fn counting(times: u64) {
    let run = project(Arc::new(with_sites()), request(32 + times), &Control::default()).unwrap();
    black_box(run.digest());
}

/// Question: what does a table of a declared margin cost, from histograms?
fn one_table(times: u64) {
    let run = project(Arc::new(with_sites()), request(1), &Control::default()).unwrap();
    let by = vec![By::Area, By::Need];
    let ask = Ask { measure: Measure::Plans, by, filter: vec![], totals: false, within: None };
    for _ in 0..times {
        black_box(table(&run, &ask, &Control::default()).unwrap());
    }
}

/// Question: what does fitting the bundled authority cost?
fn fitting(times: u64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/sufficiency");
    let files = sufficiency::io::read_folder(&root.join("sample/leeds")).unwrap();
    let inputs = Inputs::check_after(files.raw, files.problems).unwrap();
    let england = std::fs::read_to_string(root.join("national/england.csv")).unwrap();
    for _ in 0..times {
        black_box(fit(&inputs, &england, None).unwrap());
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = arguments.first().and_then(|name| KERNELS.iter().find(|(kernel, _)| kernel == name));
    match (asked, arguments.get(1).and_then(|times| times.parse().ok())) {
        (Some((_, run)), Some(times)) => run(times),
        _ => KERNELS.iter().for_each(|(_, run)| run(1)),
    }
}
