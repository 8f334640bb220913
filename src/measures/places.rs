//! Places, and demand set against them inside a draw.

use super::children::ChildCounter;
use super::cube::{CubeSpec, Scene};
use super::frame::Frame;
use super::grid::Grid;
use super::measure::Measure;
use super::minimum::Minimum;
use crate::children::SEAT_ROWS;
use crate::domain::{AGES, AgeRange, Grain, Phase};
use crate::provision::{Room, Site};

/// A fixed cell: phase x need group, authority-wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    phase: usize,
    group: usize,
}

/// How the places of each site are split over the cells it may serve: the same in all draws and scenarios.
#[derive(Debug, Clone)]
pub(super) struct Split {
    /// Cells and weights of each site.
    cells: Vec<Vec<(Cell, u64)>>,
    /// Whether some site's split was not declared by parts with ages and needs of one cell.
    pub assumed: bool,
}

/// Need group of each need; one group of all needs where there are none.
fn group_of(frame: &Frame, need: usize) -> usize {
    frame.dimensions[2].group_of[need]
}

impl Split {
    /// As declared where a part serves one cell; else in proportion to base-year children who require a specialist
    /// place, of the ages and needs that the site admits; evenly where there are none.
    pub fn new(frame: &Frame) -> Self {
        let mut split = Self { cells: vec![], assumed: false };
        for site in frame.case.provision.iter().flat_map(|provision| &provision.sites) {
            let mut cells: Vec<(Cell, u64)> = vec![];
            for age in site.ages.ages() {
                for need in (0..frame.case.world.needs.len()).filter(|&need| site.admits(need, age)) {
                    let cell = Cell { phase: Phase::of_age(age) as usize, group: group_of(frame, need) };
                    if !cells.iter().any(|(known, _)| *known == cell) {
                        cells.push((cell, 0));
                    }
                }
            }
            cells.sort_by_key(|(cell, _)| (cell.phase, cell.group));
            if cells.len() > 1 {
                split.assumed = true;
                weigh(frame, site, &mut cells);
            }
            split.cells.push(cells);
        }
        split
    }

    /// Places of a site over its cells: largest remainder, ties to the earlier cell.
    fn of(&self, site: usize, places: u32, mut give: impl FnMut(Cell, i32)) {
        let cells = &self.cells[site];
        let total: u64 = cells.iter().map(|(_, weight)| weight).sum();
        if let [(cell, _)] = cells[..] {
            return give(cell, places as i32);
        }
        let even = u64::from(total == 0);
        let total = if even == 1 { cells.len() as u64 } else { total };
        let mut left = u64::from(places);
        // A site serves a few phases of a few groups at most: shares are divided once, not once a comparison.
        let shares: Vec<(u64, u64)> = cells
            .iter()
            .map(|&(_, weight)| {
                let share = u64::from(places) * (weight + even);
                left -= share / total;
                (share / total, share % total)
            })
            .collect();
        for (i, (&(cell, _), &(whole, rest))) in cells.iter().zip(&shares).enumerate() {
            let before = |(j, &(_, other)): (usize, &(u64, u64))| other > rest || (other == rest && j < i);
            let rank = shares.iter().enumerate().filter(|&other| before(other)).count() as u64;
            give(cell, (whole + u64::from(rank < left)) as i32);
        }
    }
}

fn weigh(frame: &Frame, site: &Site, cells: &mut [(Cell, u64)]) {
    let (settings, specialist) = (frame.case.world.settings.len(), &frame.case.world.specialist);
    for age in site.ages.ages() {
        for &kind in &frame.case.base.lane(age).kind {
            let (need, setting) = (usize::from(kind) / settings, usize::from(kind) % settings);
            if specialist[setting] && site.admits(need, age) {
                let here = Cell { phase: Phase::of_age(age) as usize, group: group_of(frame, need) };
                cells.iter_mut().filter(|(cell, _)| *cell == here).for_each(|(_, weight)| *weight += 1);
            }
        }
    }
}

/// What is counted from places.
#[derive(Debug, Clone)]
enum Of {
    Places,
    /// Children of all ages who sit at a site: its roll, so nobody need be looked at.
    Rolls,
    /// Demand by phase and need group less places, where demand is more.
    Shortfall {
        demand: Box<ChildCounter>,
        /// Where the demand of each phase and group lies.
        phase_part: Vec<usize>,
        group_part: Vec<usize>,
    },
    Minimum(Box<Minimum>),
    /// Hundreds of pounds a year for each empty place, by site.
    Empty(Vec<i32>),
}

/// Counts places, or what is counted from them.
#[derive(Debug, Clone)]
pub(super) struct PlaceCounter {
    of: Of,
    split: Split,
    /// Phases whose places count.
    phases: Vec<bool>,
    phase_part: Vec<usize>,
    group_part: Vec<usize>,
    site_part: Vec<usize>,
    size: usize,
}

impl PlaceCounter {
    /// The grid that a specification needs.
    pub fn grid(spec: &CubeSpec, frame: &Frame) -> Grid {
        let sites = |frame: Frame| frame.case.provision.iter().flat_map(|p| &p.sites).map(|s| s.setting).collect();
        let settings: Vec<usize> = frame.all().flat_map(|frame| -> Vec<usize> { sites(frame) }).collect();
        let by_site = matches!(spec.measure, Measure::Places(_));
        Grid::new(&frame.dimensions, spec.grains, |d, leaf| {
            let lets = spec.mask[d].as_ref().is_none_or(|mask| mask[leaf]);
            lets && match d {
                1 => phases(spec.measure.ages())[Phase::of_age(leaf) as usize],
                3 => !by_site || settings.contains(&leaf),
                4 => !by_site || leaf >= SEAT_ROWS,
                _ => true,
            }
        })
    }

    /// A counter on a grid.
    pub fn new(grid: &Grid, measure: Measure, frame: &Frame) -> Self {
        let sites = frame.case.provision.iter().flat_map(|provision| &provision.sites);
        let site_part = |(site, given): (usize, &Site)| {
            grid.part(3, given.setting) + grid.part(4, frame.site_leaf[SEAT_ROWS + site])
        };
        let groups = frame.dimensions[2].groups.len().max(1);
        let first = |of: &[usize], group: usize| of.iter().position(|&g| g == group).unwrap_or(0);
        let part = |grid: &Grid, d: usize, group: usize| grid.part(d, first(&frame.dimensions[d].group_of, group));
        let of = match measure {
            Measure::CellShortfall(ages, basis) => {
                let grains = [Grain::All, Grain::Group, Grain::Group, Grain::All, Grain::All];
                let spec = CubeSpec::new(Measure::Demand(ages, basis), grains);
                let grid = ChildCounter::grid(spec.measure, &spec, frame);
                Of::Shortfall {
                    demand: Box::new(ChildCounter::new(&grid, spec.measure, &spec, frame)),
                    phase_part: (0..Phase::ALL.len()).map(|phase| part(&grid, 1, phase)).collect(),
                    group_part: (0..groups).map(|group| part(&grid, 2, group)).collect(),
                }
            }
            Measure::MinimumShortfall(ages, basis) => Of::Minimum(Box::new(Minimum::new(ages, basis, frame))),
            Measure::Cost { .. } => {
                Of::Empty(sites.clone().map(|site| frame.cost_of_empty_place(site.setting)).collect())
            }
            Measure::Utilisation => Of::Rolls,
            _ => Of::Places,
        };
        Self {
            of,
            split: Split::new(frame),
            phases: phases(measure.ages()).to_vec(),
            phase_part: (0..Phase::ALL.len()).map(|phase| part(grid, 1, phase)).collect(),
            group_part: (0..groups).map(|group| part(grid, 2, group)).collect(),
            site_part: sites.enumerate().map(site_part).collect(),
            size: grid.size,
        }
    }

    /// Adds to `counts`, which holds at least the cells of the grid.
    pub fn count(&self, scene: &Scene, counts: &mut [i32]) {
        match &self.of {
            Of::Places => self.places(scene.rooms, |site, cell, places| {
                let at = self.phase_part[cell.phase] + self.group_part[cell.group] + self.site_part[site];
                self.add(counts, at, places);
            }),
            Of::Rolls => {
                for (room, &at) in scene.rooms.iter().zip(&self.site_part) {
                    self.add(counts, at, room.roll as i32);
                }
            }
            Of::Shortfall { demand, phase_part, group_part } => {
                let mut children = Vec::new();
                demand.count(scene, &mut children);
                let needed = |phase: usize, group: usize| {
                    children.get(phase_part[phase] + group_part[group]).copied().unwrap_or(0)
                };
                self.shortfall(scene.rooms, needed, counts);
            }
            Of::Minimum(minimum) => counts[0] += minimum.unmet(scene),
            Of::Empty(costs) => {
                for ((room, &cost), &at) in scene.rooms.iter().zip(costs).zip(&self.site_part) {
                    self.add(counts, at, cost * room.places.saturating_sub(room.roll) as i32);
                }
            }
        }
    }

    fn add(&self, counts: &mut [i32], at: usize, n: i32) {
        if at < self.size {
            counts[at] += n;
        }
    }

    fn places(&self, rooms: &[Room], mut give: impl FnMut(usize, Cell, i32)) {
        for (site, room) in rooms.iter().enumerate() {
            self.split.of(site, room.places, |cell, places| {
                if self.phases[cell.phase] {
                    give(site, cell, places);
                }
            });
        }
    }

    fn shortfall(&self, rooms: &[Room], needed: impl Fn(usize, usize) -> i32, counts: &mut [i32]) {
        let groups = self.group_part.len();
        let mut places = vec![0; Phase::ALL.len() * groups];
        self.places(rooms, |_, cell, n| places[cell.phase * groups + cell.group] += n);
        for phase in (0..Phase::ALL.len()).filter(|&phase| self.phases[phase]) {
            for group in 0..groups {
                let short = (needed(phase, group) - places[phase * groups + group]).max(0);
                self.add(counts, self.phase_part[phase] + self.group_part[group], short);
            }
        }
    }
}

/// Phases that a range of ages covers.
fn phases(ages: AgeRange) -> [bool; Phase::ALL.len()] {
    let mut covered = [false; Phase::ALL.len()];
    (0..AGES).filter(|&age| ages.contains(age)).for_each(|age| covered[Phase::of_age(age) as usize] = true);
    covered
}
