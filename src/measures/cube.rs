//! A measure counted over area, age, need, setting and site, sums included.

use super::children::ChildCounter;
use super::frame::Frame;
use super::grid::{DIMENSIONS, Grid};
use super::groups::Groups;
use super::measure::Measure;
use super::places::PlaceCounter;
use super::roster::Roster;
use crate::children::Children;
use crate::domain::{AgeRange, Dimension, Grain};
use crate::provision::Room;
use crate::random::DrawKey;
use serde::{Deserialize, Serialize};

/// Leaves that count, in canonical order; `None` counts all.
pub type Mask = [Option<Vec<bool>>; DIMENSIONS];

/// What a cube counts: a measure, a grain for each dimension, and which leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CubeSpec {
    /// The measure.
    pub measure: Measure,
    /// Grain of area, age, need, setting, site.
    pub grains: [Grain; DIMENSIONS],
    /// Leaves that count.
    pub mask: Mask,
    /// If given, every figure is in thousandths of the figure at these grains of the same draw.
    pub within: Option<[Grain; DIMENSIONS]>,
}

impl CubeSpec {
    /// A measure at some grains, of everybody.
    pub fn new(measure: Measure, grains: [Grain; DIMENSIONS]) -> Self {
        Self { measure, grains, mask: Mask::default(), within: None }
    }

    /// Whether a cube of this specification holds every figure that `other` asks for.
    pub fn covers(&self, other: &Self) -> bool {
        self.measure == other.measure
            && self.mask == other.mask
            && self.within == other.within
            && self.grains.iter().zip(&other.grains).all(|(mine, theirs)| mine >= theirs)
    }

    /// Whether these dimensions have what it asks for: a specification read from a file may be anything.
    pub fn fits(&self, dimensions: &[Dimension; DIMENSIONS]) -> bool {
        let finest = self.measure.finest();
        let ages = self.measure.ages();
        let coarser = |within: &[Grain; DIMENSIONS]| within.iter().zip(&self.grains).all(|(a, b)| a <= b);
        AgeRange::new(ages.from, ages.to).is_some()
            && self.grains.iter().zip(&finest).all(|(grain, finest)| grain <= finest)
            && self.within.as_ref().is_none_or(coarser)
            && self.mask.iter().zip(dimensions).zip(&finest).all(|((mask, dimension), finest)| {
                mask.as_ref().is_none_or(|mask| mask.len() == dimension.leaves.len() && *finest != Grain::All)
            })
    }

    /// What one step of the counted integers is worth.
    pub fn step(&self) -> f64 {
        if self.within.is_some() { 0.001 } else { self.measure.step() }
    }
}

/// Everything there is to count on a census day of a draw.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Children with a plan.
    pub children: &'a Children,
    /// Those who need a specialist place; empty in a world without sites.
    pub roster: &'a Roster,
    /// Children in groups, if cubes are to be counted from them.
    pub groups: Option<&'a Groups>,
    /// Sites as they stand.
    pub rooms: &'a [Room],
    /// The draw.
    pub draw: DrawKey,
}

/// What fills the cells that are not sums of others.
#[derive(Debug, Clone)]
struct Counter {
    children: Option<ChildCounter>,
    places: Option<PlaceCounter>,
}

impl Counter {
    /// Children, places or, for costs of empty places, both.
    fn new(grid: &Grid, measure: Measure, spec: &CubeSpec, frame: &Frame) -> Self {
        let both = measure == Measure::Cost { empty_places: true };
        let children = measure.counts_children().then(|| ChildCounter::new(grid, measure, spec, frame));
        let places = (both || children.is_none()).then(|| PlaceCounter::new(grid, measure, frame));
        Self { children, places }
    }

    fn count(&self, scene: &Scene, size: usize, counts: &mut Vec<i32>) {
        if let Some(children) = &self.children {
            children.count(scene, counts);
        } else {
            counts.clear();
            counts.resize(size, 0);
        }
        if let Some(places) = &self.places {
            places.count(scene, counts);
        }
    }
}

/// What a cell is divided by, after sums.
#[derive(Debug, Clone)]
enum Over {
    /// A second count, cell by cell, times so much.
    Count(Box<Counter>, i64),
    /// Another cell of the same count, in thousandths.
    Cell(Vec<u32>),
    /// A constant: half up.
    Constant(i64),
}

/// A cube ready to count.
#[derive(Debug, Clone)]
pub struct Cube {
    /// What is counted.
    pub spec: CubeSpec,
    /// Number of cells, sums included.
    pub size: usize,
    grid: Grid,
    counter: Counter,
    over: Option<Over>,
}

/// Memory of a count, kept from one to the next.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// Cells, then the room beyond them where children fall who do not count.
    pub counts: Vec<i32>,
    over: Vec<i32>,
}

/// The cells of what is counted before anything is divided.
fn grid_of(spec: &CubeSpec, frame: &Frame) -> Grid {
    // A roll is a count of children placed, in thousandths of the places once it is divided.
    let numerator = match spec.measure {
        Measure::Utilisation => Measure::Placed(AgeRange::ALL),
        measure => measure,
    };
    if numerator.counts_children() {
        ChildCounter::grid(numerator, spec, frame)
    } else {
        PlaceCounter::grid(spec, frame)
    }
}

impl Cube {
    /// Number of cells that a cube would have: known before any memory is taken for them.
    pub fn cells(spec: &CubeSpec, frame: &Frame) -> usize {
        grid_of(spec, frame).size
    }

    /// Prepares a cube over a frame.
    pub fn new(spec: CubeSpec, frame: &Frame) -> Self {
        let grid = grid_of(&spec, frame);
        let counter = |measure| Counter::new(&grid, measure, &spec, frame);
        let over = match (spec.measure, spec.within) {
            (_, Some(within)) => Some(Over::Cell(grid.coarser(&frame.dimensions, spec.grains, within))),
            (Measure::Utilisation, _) => {
                Some(Over::Count(Box::new(counter(Measure::Places(AgeRange::ALL))), 1000))
            }
            (Measure::Travel(ages, _), _) => Some(Over::Count(Box::new(counter(Measure::Placed(ages))), 1)),
            (Measure::Near(ages, _), _) => Some(Over::Count(Box::new(counter(Measure::Placed(ages))), 1000)),
            // Costs are counted in hundreds of pounds and told in thousands.
            (Measure::Cost { .. }, _) => Some(Over::Constant(10)),
            _ => None,
        };
        Self { size: grid.size, counter: counter(spec.measure), grid, over, spec }
    }

    /// Counts a scene into `scratch.counts`, whose first `size` cells are then the cube.
    pub fn count(&self, scene: &Scene, scratch: &mut Scratch) {
        self.fill(&self.counter, scene, &mut scratch.counts);
        let counts = &mut scratch.counts;
        match &self.over {
            None => {}
            Some(Over::Constant(by)) => counts.iter_mut().for_each(|n| *n = divided(i64::from(*n), *by)),
            Some(Over::Cell(of)) => {
                scratch.over.clone_from(counts);
                for (n, &whole) in counts.iter_mut().zip(of) {
                    *n = divided(1000 * i64::from(*n), i64::from(scratch.over[whole as usize]));
                }
            }
            Some(Over::Count(counter, times)) => {
                self.fill(counter, scene, &mut scratch.over);
                for (n, &by) in counts.iter_mut().zip(&scratch.over) {
                    *n = divided(times * i64::from(*n), i64::from(by));
                }
            }
        }
    }

    /// What of it can be counted from children in groups.
    pub(super) fn grouped(&self) -> impl Iterator<Item = &ChildCounter> {
        let over = match &self.over {
            Some(Over::Count(counter, _)) => Some(&**counter),
            _ => None,
        };
        let counters = std::iter::once(&self.counter).chain(over);
        counters.filter_map(|counter| counter.children.as_ref()).filter(|children| children.is_grouped())
    }

    fn fill(&self, counter: &Counter, scene: &Scene, counts: &mut Vec<i32>) {
        counter.count(scene, self.size, counts);
        counts.truncate(self.size);
        self.grid.add_sums(counts);
    }

    /// Counts a dense cohort of expected children by age, area and kind, each in the setting that is required.
    pub fn count_expected(&self, cohort: &[f64]) -> Vec<f64> {
        let Some(children) = &self.counter.children else { return vec![0.0; self.size] };
        let mut counts = children.count_expected(cohort);
        counts.truncate(self.size);
        self.grid.add_sums(&mut counts);
        counts
    }

    /// The cell at one level of each dimension; `None` where nobody can be counted.
    pub fn cell(&self, levels: [usize; DIMENSIONS]) -> Option<usize> {
        self.grid.cell(levels)
    }
}

/// Rounded half up; 0 of nothing is 0.
fn divided(n: i64, by: i64) -> i32 {
    if by <= 0 { 0 } else { (2 * n + by).div_euclid(2 * by) as i32 }
}
