//! The fewest children without a place under any assignment to sites that may admit them.

use super::children::ChildCounter;
use super::cube::{CubeSpec, Scene};
use super::frame::Frame;
use super::measure::{Basis, Measure};
use crate::children::{SEAT_ROWS, seat_row};
use crate::domain::{AGES, AgeRange, Grain};
use crate::numeric::Flow;

/// Classes of children who may use the same sites, and how each is counted.
///
/// Seats held by children of other ages are not free; every other place is, whoever sits there now. Eligible is by
/// need and age alone: a floor that no rule of admission can go below.
#[derive(Debug, Clone)]
pub(super) struct Minimum {
    ages: AgeRange,
    demand: ChildCounter,
    /// Cell of the count, and class, of each age and need.
    cells: Vec<(usize, usize)>,
    classes: usize,
    flow: Flow,
}

impl Minimum {
    pub fn new(ages: AgeRange, basis: Basis, frame: &Frame) -> Self {
        let grains = [Grain::All, Grain::Leaf, Grain::Leaf, Grain::All, Grain::All];
        let spec = CubeSpec::new(Measure::Demand(ages, basis), grains);
        let grid = ChildCounter::grid(spec.measure, &spec, frame);
        let sites: Vec<_> = frame.case.provision.iter().flat_map(|provision| &provision.sites).collect();
        let (mut classes, mut cells) = (Vec::new(), Vec::new());
        for age in (0..AGES).filter(|&age| ages.contains(age)) {
            for need in 0..frame.case.world.needs.len() {
                let open = |site: &usize| sites[*site].admits(need, age);
                let eligible: Vec<u16> = (0..sites.len()).filter(open).map(|site| site as u16).collect();
                let class = classes.iter().position(|known| *known == eligible).unwrap_or_else(|| {
                    classes.push(eligible);
                    classes.len() - 1
                });
                cells.push((grid.part(1, age) + grid.part(2, need), class));
            }
        }
        Self {
            ages,
            demand: ChildCounter::new(&grid, spec.measure, &spec, frame),
            cells,
            classes: classes.len(),
            flow: Flow::new(classes, sites.len()),
        }
    }

    /// The minimum of a census day.
    pub fn unmet(&self, scene: &Scene) -> i32 {
        let mut children = Vec::new();
        self.demand.count(scene, &mut children);
        let mut supplies = vec![0; self.classes];
        for &(cell, class) in &self.cells {
            supplies[class] += children.get(cell).map_or(0, |&n| n.max(0) as u32);
        }
        let mut room: Vec<u32> = scene.rooms.iter().map(|room| room.places).collect();
        for (_, lane) in scene.children.lanes().filter(|(age, _)| !self.ages.contains(*age)) {
            for &seat in &lane.seat {
                if let Some(site) = seat_row(seat).checked_sub(SEAT_ROWS) {
                    room[site] = room[site].saturating_sub(1);
                }
            }
        }
        self.flow.clone().unsent(&supplies, &room) as i32
    }
}
