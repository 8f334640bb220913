//! Counting children: by what is required, or by where each of them is.

use super::cube::{CubeSpec, Scene};
use super::frame::{Frame, Seated};
use super::grid::{DIMENSIONS, Grid};
use super::latent::Latent;
use super::measure::{Basis, Measure, Unit};
use super::roster::Listed;
use crate::children::{INDEPENDENT, Lane, NO_SEAT, SEAT_ROWS, WAITING, seat_row};
use crate::domain::{AGES, Grain};
use crate::provision::Role;

/// Where each child goes, and what it counts for.
#[derive(Debug, Clone)]
pub(super) struct ChildCounter {
    measure: Measure,
    area_part: Vec<u32>,
    age_part: Vec<Option<u32>>,
    counts: Counts,
    latent: Option<Latent>,
    kinds: usize,
    /// Cells, and the room beyond them where children fall who do not count: cheaper than a branch a child.
    room: usize,
}

#[derive(Debug, Clone)]
enum Counts {
    /// A whole age at once: neither area nor kind matters.
    Ages,
    /// By kind alone.
    Kinds(Vec<u32>),
    /// By seat and kind, everybody.
    Seats(Vec<u32>, Weight),
    /// By seat and kind, those on lists of the roster.
    Listed(Vec<u32>, Weight, [bool; SEAT_ROWS]),
}

/// What a child counts for.
#[derive(Debug, Clone)]
enum Weight {
    One,
    /// One, and so much more for a child seated above number.
    AboveNumber(i32),
    /// By row of seats and kind.
    Kind(Vec<i32>),
    /// By row of seats and area.
    Area(Vec<i32>),
}

impl Measure {
    /// Whether it counts children, or what follows each of them.
    pub(super) fn counts_children(self) -> bool {
        !matches!(self, Self::CellShortfall(..) | Self::MinimumShortfall(..) | Self::Places(_))
    }

    /// Whether it asks for the setting that is required, not the one where the child is.
    fn by_requirement(self) -> bool {
        matches!(self, Self::Demand(..) | Self::Waiting(_))
    }

    /// The lists of the roster that hold everybody it counts; none if they do not.
    fn lists(self) -> Option<[bool; SEAT_ROWS]> {
        match self {
            Self::Plans | Self::NewPlans | Self::Demand(..) | Self::Cost { .. } => None,
            Self::Waiting(_) => Some([true, false, false]),
            Self::Independent(_) => Some([false, true, false]),
            Self::LocalShortfall(_) => Some([true, true, false]),
            _ => Some([false, false, true]),
        }
    }

    /// Whether a child of a role with the seat of a row counts.
    fn counts(self, role: Role, row: usize) -> bool {
        match self {
            Self::Plans | Self::NewPlans | Self::Cost { .. } => true,
            Self::Demand(_, basis) => role != Role::None || basis != Basis::Observed,
            Self::Waiting(_) => row == seat_row(WAITING),
            Self::Independent(_) => row == seat_row(INDEPENDENT),
            Self::LocalShortfall(_) => row != seat_row(NO_SEAT),
            _ => row >= SEAT_ROWS,
        }
    }
}

/// Whether a child of a role can have the seat of a row, in a world with sites.
fn possible(seated: &Seated, row: usize) -> bool {
    match seated.role {
        Role::None => row == seat_row(NO_SEAT),
        Role::Independent => row == seat_row(INDEPENDENT),
        Role::Seeks => row != seat_row(NO_SEAT),
    }
}

impl ChildCounter {
    /// The grid that a specification needs: levels that nobody can be counted in are not held.
    pub fn grid(measure: Measure, spec: &CubeSpec, frame: &Frame) -> Grid {
        let mut reached: [Vec<bool>; DIMENSIONS] =
            std::array::from_fn(|d| vec![d < 3; frame.dimensions[d].leaves.len()]);
        // A cell that children of one case can be in is held for all cases that are compared.
        for frame in frame.all() {
            for (row, kind) in
                (0..frame.seat_rows()).flat_map(|row| (0..frame.kinds()).map(move |kind| (row, kind)))
            {
                let seated = frame.seated(row, kind);
                let can_be = frame.provision().is_none() || possible(&seated, row);
                if can_be && measure.counts(seated.role, row) {
                    let setting = if measure.by_requirement() { seated.required } else { seated.place };
                    reached[3][setting] = true;
                    reached[4][frame.site_leaf[row]] = true;
                }
            }
        }
        Grid::new(&frame.dimensions, spec.grains, |d, leaf| {
            let lets = spec.mask[d].as_ref().is_none_or(|mask| mask[leaf]);
            lets && reached[d][leaf] && (d != 1 || measure.ages().contains(leaf))
        })
    }

    /// A counter on a grid.
    pub fn new(grid: &Grid, measure: Measure, spec: &CubeSpec, frame: &Frame) -> Self {
        let (kinds, world) = (frame.kinds(), &frame.case.world);
        let asks = |d: usize| spec.grains[d] != Grain::All || spec.mask[d].is_some();
        let everybody = matches!(measure, Measure::Plans | Measure::NewPlans);
        let by_seat = frame.provision().is_some()
            && (asks(4)
                || (asks(3) && !measure.by_requirement())
                || !(everybody || matches!(measure, Measure::Demand(..))));
        let part = |row: usize, kind: usize| {
            let seated = frame.seated(row, kind);
            let setting = if measure.by_requirement() { seated.required } else { seated.place };
            // Without seats nobody is told apart by site.
            let site = if by_seat { grid.part(4, frame.site_leaf[row]) } else { 0 };
            let parts = [grid.part(2, seated.need), grid.part(3, setting), site];
            let part = if measure.counts(seated.role, row) { parts.iter().sum() } else { grid.size };
            part.min(grid.size) as u32
        };
        let counts = if by_seat {
            let rows = (0..frame.seat_rows()).flat_map(|row| (0..kinds).map(move |kind| (row, kind)));
            let parts = rows.map(|(row, kind)| part(row, kind)).collect();
            match measure.lists() {
                Some(lists) => Counts::Listed(parts, weight(measure, frame), lists),
                None => Counts::Seats(parts, weight(measure, frame)),
            }
        } else if everybody && [0, 2, 3, 4].into_iter().all(|d| !asks(d)) {
            Counts::Ages
        } else {
            Counts::Kinds((0..kinds).map(|kind| part(seat_row(NO_SEAT), kind)).collect())
        };
        let age = |age: usize| {
            let lets = spec.mask[1].as_ref().is_none_or(|mask| mask[age]);
            (lets && measure.ages().contains(age)).then(|| grid.part(1, age) as u32)
        };
        let area_part: Vec<u32> = (0..world.areas.len()).map(|area| grid.part(0, area) as u32).collect();
        let outside = |parts: &[u32]| parts.iter().any(|&part| part as usize >= grid.size);
        let some_outside = outside(&area_part)
            || match &counts {
                Counts::Ages => false,
                Counts::Kinds(parts) | Counts::Seats(parts, _) | Counts::Listed(parts, ..) => outside(parts),
            };
        Self {
            measure,
            area_part,
            age_part: (0..AGES).map(age).collect(),
            latent: Latent::of(measure, &frame.case.rows),
            kinds,
            room: if some_outside { 3 * grid.size } else { grid.size },
            counts,
        }
    }

    /// Counts the children of a scene into `counts`, which is cleared.
    #[inline(never)]
    pub fn count(&self, scene: &Scene, counts: &mut Vec<i32>) {
        counts.clear();
        counts.resize(self.room, 0);
        if let Counts::Listed(parts, weight, lists) = &self.counts {
            return self.count_listed(parts, weight, *lists, scene, counts);
        }
        let asked = self.latent.as_ref().map(|latent| latent.of_draw(scene.draw));
        for (age, lane) in scene.children.lanes() {
            let Some(base) = self.age_part[age] else { continue };
            match (&self.counts, &asked) {
                (Counts::Ages, _) => counts[base as usize] += self.measure.positions(lane).len() as i32,
                (Counts::Kinds(parts), None) => self.count_kinds(base, parts, lane, counts),
                (Counts::Seats(parts, weight), None) => self.count_seats(base, parts, weight, lane, counts),
                (Counts::Kinds(parts) | Counts::Seats(parts, _), Some(asked)) => {
                    for i in 0..lane.len() {
                        let kind = usize::from(lane.kind[i]);
                        let row =
                            lane.seat.get(i).filter(|_| parts.len() > self.kinds).map_or(0, |&s| seat_row(s));
                        if asked.counts(kind, age, lane.id[i]) {
                            let part = self.area_part[usize::from(lane.area[i])] + parts[row * self.kinds + kind];
                            counts[(base + part) as usize] += 1;
                        }
                    }
                }
                (Counts::Listed(..), _) => {}
            }
        }
    }

    fn count_kinds(&self, base: u32, parts: &[u32], lane: &Lane, counts: &mut [i32]) {
        let positions = self.measure.positions(lane);
        for (&area, &kind) in lane.area[positions.clone()].iter().zip(&lane.kind[positions]) {
            let cell = base + self.area_part[usize::from(area)] + parts[usize::from(kind)];
            counts[cell as usize] += 1;
        }
    }

    fn count_seats(&self, base: u32, parts: &[u32], weight: &Weight, lane: &Lane, counts: &mut [i32]) {
        let positions = self.measure.positions(lane);
        let columns =
            lane.area[positions.clone()].iter().zip(&lane.kind[positions.clone()]).zip(&lane.seat[positions]);
        for ((&area, &kind), &seat) in columns {
            let at = seat_row(seat) * self.kinds + usize::from(kind);
            let cell = (base + self.area_part[usize::from(area)] + parts[at]) as usize;
            counts[cell] += match weight {
                Weight::Kind(weights) => weights[at],
                _ => 1,
            };
        }
    }

    fn count_listed(
        &self,
        parts: &[u32],
        weight: &Weight,
        lists: [bool; SEAT_ROWS],
        scene: &Scene,
        counts: &mut [i32],
    ) {
        let cell = |child: &Listed| {
            let part = parts[usize::from(child.row) * self.kinds + usize::from(child.kind)];
            let base = self.age_part[usize::from(child.age)]?;
            Some((base + self.area_part[usize::from(child.area)] + part) as usize)
        };
        for which in (0..SEAT_ROWS).filter(|&which| lists[which]) {
            for child in scene.roster.list(which) {
                let Some(cell) = cell(child) else { continue };
                counts[cell] += match weight {
                    Weight::Area(weights) => {
                        weights[usize::from(child.row) * self.area_part.len() + usize::from(child.area)]
                    }
                    _ => 1,
                };
            }
        }
        if let Weight::AboveNumber(more) = weight {
            scene.roster.above_number().iter().filter_map(cell).for_each(|cell| counts[cell] += more);
        }
    }

    /// Counts expected children by age, area and kind; each is where its plan says.
    pub fn count_expected(&self, cohort: &[f64]) -> Vec<f64> {
        let mut counts = vec![0.0; self.room];
        let areas = self.area_part.len();
        for (i, &children) in cohort.iter().enumerate() {
            let (age, area, kind) = (i / (areas * self.kinds), i / self.kinds % areas, i % self.kinds);
            let part = match &self.counts {
                Counts::Ages => 0,
                Counts::Kinds(parts) => parts[kind],
                Counts::Seats(parts, _) | Counts::Listed(parts, ..) => {
                    parts[seat_row(NO_SEAT) * self.kinds + kind]
                }
            };
            if let Some(base) = self.age_part[age] {
                let share = self.latent.as_ref().map_or(1.0, |latent| latent.mean(kind, age));
                counts[(base + self.area_part[area] + part) as usize] += children * share;
            }
        }
        counts
    }
}

fn weight(measure: Measure, frame: &Frame) -> Weight {
    let rows = frame.seat_rows();
    let by_site = |of: &dyn Fn(f64) -> i32, unit: Unit| {
        let areas = frame.case.world.areas.len();
        let cells = (0..rows).flat_map(|row| (0..areas).map(move |area| (row, area)));
        Weight::Area(cells.map(|(row, area)| frame.way(row, area, unit).map_or(0, of)).collect())
    };
    match measure {
        Measure::LocalShortfall(_) => Weight::AboveNumber(1),
        Measure::WithinPlaces(_) => Weight::AboveNumber(-1),
        Measure::Travel(_, unit) => by_site(&|way| libm::round(10.0 * way) as i32, unit),
        Measure::Beyond(_, unit, limit) => by_site(&|way| i32::from(10.0 * way > f64::from(limit)), unit),
        Measure::Cost { .. } => {
            let cells = (0..rows).flat_map(|row| (0..frame.kinds()).map(move |kind| (row, kind)));
            Weight::Kind(cells.map(|(row, kind)| frame.cost_of_child(row, kind)).collect())
        }
        _ => Weight::One,
    }
}
