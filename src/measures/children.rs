//! Counting children: by what is required, or by where each of them is.

use super::cube::{CubeSpec, Scene};
use super::frame::{Frame, Seated};
use super::grid::{DIMENSIONS, Grid};
use super::groups::Group;
use super::latent::{Asked, Latent};
use super::measure::{Basis, Measure};
use super::roster::{Listed, PLACED, Roster};
use super::weight::{Parts, Weight};
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
    /// Whether children in groups are enough to know.
    grouped: bool,
    /// Number of cells; one more holds the children who do not count, which is cheaper than a branch a child.
    cells: usize,
}

#[derive(Debug, Clone)]
enum Counts {
    /// A whole age at once: neither area nor kind matters.
    Ages,
    /// The same for those on lists of the roster, and the second number for those above number.
    ListedAges(Parts, [bool; SEAT_ROWS], i32),
    /// By kind alone.
    Kinds(Vec<u32>),
    /// By seat and kind, everybody.
    Seats(Parts, Weight),
    /// By seat and kind, those on lists of the roster.
    Listed(Parts, Weight, [bool; SEAT_ROWS]),
}

impl Counts {
    /// What the seat and the kind of a child add to the position of its cell.
    fn part(&self, row: usize, kind: usize) -> u32 {
        match self {
            Self::Ages => 0,
            Self::Kinds(parts) => parts[kind],
            Self::Seats(parts, _) | Self::Listed(parts, ..) | Self::ListedAges(parts, ..) => parts.of(row, kind),
        }
    }

    /// Whether seat and kind say what a child counts for. By age alone no child need be looked at.
    fn knows_groups(&self) -> bool {
        match self {
            Self::Ages | Self::ListedAges(..) => false,
            Self::Kinds(_) => true,
            Self::Seats(_, weight) | Self::Listed(_, weight, _) => {
                !matches!(weight, Weight::Area(_) | Weight::Nearest(_))
            }
        }
    }
}

/// Whether the children with seats of a row are on one of some lists of the roster.
fn is_listed(lists: [bool; SEAT_ROWS], row: usize) -> bool {
    row != seat_row(NO_SEAT) && lists[row.min(PLACED)]
}

impl Measure {
    /// Whether it counts children, or what follows each of them.
    pub(super) fn counts_children(self) -> bool {
        !matches!(self, Self::CellShortfall(..) | Self::MinimumShortfall(..) | Self::Places(_) | Self::Utilisation)
    }

    /// Whether it asks for the setting that is required, not the one where the child is.
    fn by_requirement(self) -> bool {
        matches!(self, Self::Demand(..) | Self::Waiting(_))
    }

    /// The lists of the roster that hold everybody it counts; none if they do not.
    fn lists(self) -> Option<[bool; SEAT_ROWS]> {
        match self {
            Self::Plans | Self::NewPlans | Self::Demand(_, Basis::Latent | Basis::Upper) | Self::Cost { .. } => {
                None
            }
            // Whoever needs a specialist place waits, is in an independent school, or sits at a site.
            Self::Demand(_, Basis::Observed) => Some([true; SEAT_ROWS]),
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
                || !(everybody || matches!(measure, Measure::Demand(..)))
                || measure.lists().is_some());
        // An expected child has no seat: where sites are not asked for, none is a site like any other.
        let site_part = |row: usize| if asks(4) { grid.part(4, frame.site_leaf[row]) } else { 0 };
        let part = |row: usize, kind: usize| {
            let seated = frame.seated(row, kind);
            if !measure.counts(seated.role, row) {
                return grid.size as u32;
            }
            let need = grid.part(2, seated.need);
            (need
                + match (measure.by_requirement(), row < SEAT_ROWS) {
                    (true, true) => grid.part(3, seated.required) + site_part(row),
                    (true, false) => grid.part(3, seated.required),
                    (false, true) => grid.part(3, seated.place) + site_part(row),
                    (false, false) => 0,
                }) as u32
        };
        let of_site = |row: usize| {
            let place = if measure.by_requirement() { 0 } else { grid.part(3, frame.seated(row, 0).place) };
            (place + site_part(row)) as u32
        };
        let counts = if by_seat {
            let tables = frame.seat_rows().min(SEAT_ROWS + 1);
            let parts = Parts {
                by_kind: (0..tables)
                    .flat_map(|row| (0..kinds).map(move |kind| (row, kind)))
                    .map(|(row, kind)| part(row, kind))
                    .collect(),
                by_row: (0..frame.seat_rows())
                    .map(|row| {
                        let table = row.min(SEAT_ROWS) * kinds;
                        (table as u32, if row < SEAT_ROWS { 0 } else { of_site(row) })
                    })
                    .collect(),
                kinds,
            };
            let ages_alone = [0, 2, 3, 4].into_iter().all(|d| !asks(d));
            match (measure.lists(), Weight::of(measure, frame)) {
                (Some(lists), Weight::One) if ages_alone => Counts::ListedAges(parts, lists, 0),
                (Some(lists), Weight::AboveNumber(more)) if ages_alone => Counts::ListedAges(parts, lists, more),
                (Some(lists), weight) => Counts::Listed(parts, weight, lists),
                (None, weight) => Counts::Seats(parts, weight),
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
        let latent = Latent::of(measure, &frame.case.rows);
        let coarse = !asks(0) && spec.grains[1] != Grain::Leaf && measure != Measure::NewPlans;
        let grouped = coarse && latent.is_none() && counts.knows_groups();
        let area_part: Vec<u32> = (0..world.areas.len()).map(|area| grid.part(0, area) as u32).collect();
        Self {
            measure,
            area_part,
            age_part: (0..AGES).map(age).collect(),
            latent,
            kinds,
            grouped,
            cells: grid.size,
            counts,
        }
    }

    /// Counts the children of a scene into `counts`, which is cleared.
    pub fn count(&self, scene: &Scene, counts: &mut Vec<i32>) {
        counts.clear();
        counts.resize(self.cells + 1, 0);
        if self.grouped
            && let Some(groups) = scene.groups
        {
            return self.count_groups(groups.filled(), scene.roster, counts);
        }
        match &self.counts {
            Counts::Listed(parts, weight, lists) => {
                return self.count_listed(parts, weight, *lists, scene, counts);
            }
            Counts::ListedAges(_, lists, more) => {
                return self.count_listed_ages(*lists, *more, scene.roster, counts);
            }
            _ => {}
        }
        let asked = self.latent.as_ref().map(|latent| latent.of_draw(scene.draw));
        for (age, lane) in scene.children.lanes() {
            let Some(base) = self.age_part[age] else { continue };
            let positions = self.measure.positions(lane);
            let homes =
                lane.area[positions.clone()].iter().copied().zip(lane.kind[positions.clone()].iter().copied());
            match (&self.counts, &asked) {
                (Counts::Ages, _) => counts[base as usize] += positions.len() as i32,
                (Counts::Kinds(parts), None) => add_kinds(counts, base, &self.area_part, parts, homes),
                (Counts::Seats(parts, weight), None) => {
                    let rows = lane.seat[positions].iter().map(|&seat| seat_row(seat));
                    if let Weight::Kind(begins, weights) = weight {
                        for ((area, kind), row) in homes.zip(rows) {
                            let cell = self.cell(base, usize::from(area), parts.of(row, usize::from(kind)));
                            counts[cell] += weights[begins[row] + usize::from(kind)];
                        }
                    } else {
                        add_seats(counts, base, &self.area_part, parts, homes.zip(rows));
                    }
                }
                (Counts::Kinds(parts), Some(asked)) => {
                    self.count_asked(base, asked, age, lane, counts, |_, kind| parts[kind]);
                }
                (Counts::Seats(parts, _), Some(asked)) => {
                    self.count_asked(base, asked, age, lane, counts, |i, kind| {
                        parts.of(seat_row(lane.seat[i]), kind)
                    });
                }
                (Counts::Listed(..) | Counts::ListedAges(..), _) => {}
            }
        }
    }

    /// Where a child counts.
    #[inline(always)]
    fn cell(&self, age_part: u32, area: usize, part: u32) -> usize {
        ((age_part + self.area_part[area] + part) as usize).min(self.cells)
    }

    /// Counts those who require a specialist place, known or not; `part` by position and kind.
    fn count_asked(
        &self,
        base: u32,
        asked: &Asked,
        age: usize,
        lane: &Lane,
        counts: &mut [i32],
        part: impl Fn(usize, usize) -> u32,
    ) {
        for (i, (&area, &kind)) in lane.area.iter().zip(&lane.kind).enumerate() {
            let kind = usize::from(kind);
            if asked.counts(kind, age, lane.id[i]) {
                counts[self.cell(base, usize::from(area), part(i, kind))] += 1;
            }
        }
    }

    fn count_listed(
        &self,
        parts: &Parts,
        weight: &Weight,
        lists: [bool; SEAT_ROWS],
        scene: &Scene,
        counts: &mut [i32],
    ) {
        for (age, base) in self.age_part.iter().enumerate() {
            let Some(base) = *base else { continue };
            for which in (0..SEAT_ROWS).filter(|&which| lists[which]) {
                let children = scene.roster.list(which).of_age(age);
                let homes = children.iter().map(|child| (child.area, child.kind));
                match weight {
                    Weight::Area(weights) => {
                        for child in children {
                            let (area, row) = (usize::from(child.area), usize::from(child.row));
                            let cell = self.cell(base, area, parts.of(row, usize::from(child.kind)));
                            counts[cell] += weights[row * self.area_part.len() + area];
                        }
                    }
                    Weight::Nearest(nearest) => {
                        for child in children {
                            let (area, kind) = (usize::from(child.area), usize::from(child.kind));
                            let row = usize::from(child.row);
                            let near = nearest.holds(row, area, kind, age, scene.rooms);
                            counts[self.cell(base, area, parts.of(row, kind))] += i32::from(near);
                        }
                    }
                    _ if which < PLACED => add_kinds(counts, base, &self.area_part, parts.of_kinds(which), homes),
                    _ => {
                        let rows = children.iter().map(|child| usize::from(child.row));
                        add_seats(counts, base, &self.area_part, parts, homes.zip(rows));
                    }
                }
            }
        }
        self.add_above_number(parts, weight, scene.roster, counts);
    }

    /// What children seated above number count for besides.
    fn add_above_number(&self, parts: &Parts, weight: &Weight, roster: &Roster, counts: &mut [i32]) {
        let Weight::AboveNumber(more) = weight else { return };
        for child in roster.above_number() {
            let part = parts.of(usize::from(child.row), usize::from(child.kind));
            if let Some(base) = self.age_part[usize::from(child.age)] {
                counts[self.cell(base, usize::from(child.area), part)] += more;
            }
        }
    }

    /// Counts children in groups: all of a group go into one cell.
    fn count_groups(&self, groups: &[Group], roster: &Roster, counts: &mut [i32]) {
        for &Group { age, row, kind, children } in groups {
            let weight = match &self.counts {
                Counts::Seats(_, Weight::Kind(begins, weights)) => weights[begins[row] + kind],
                Counts::Listed(_, _, lists) => i32::from(is_listed(*lists, row)),
                _ => 1,
            };
            if let Some(base) = self.age_part[age] {
                counts[self.cell(base, 0, self.counts.part(row, kind))] += children * weight;
            }
        }
        if let Counts::Listed(parts, weight, _) = &self.counts {
            self.add_above_number(parts, weight, roster, counts);
        }
    }

    /// Whether children in groups are enough to know.
    pub fn is_grouped(&self) -> bool {
        self.grouped
    }

    /// Whether children of two ages are counted in different cells.
    pub fn tells_apart(&self, age: usize, other: usize) -> bool {
        self.age_part[age] != self.age_part[other]
    }

    /// By age alone it is enough to know how long the lists are.
    fn count_listed_ages(&self, lists: [bool; SEAT_ROWS], more: i32, roster: &Roster, counts: &mut [i32]) {
        let parts = || self.age_part.iter().enumerate().filter_map(|(age, part)| Some((age, (*part)? as usize)));
        for which in (0..SEAT_ROWS).filter(|&which| lists[which]) {
            parts().for_each(|(age, part)| counts[part] += roster.list(which).of_age(age).len() as i32);
        }
        if more != 0 {
            let part = |child: &Listed| self.age_part[usize::from(child.age)];
            roster.above_number().iter().filter_map(part).for_each(|part| counts[part as usize] += more);
        }
    }

    /// Counts expected children by age, area and kind; each is where its plan says.
    pub fn count_expected(&self, cohort: &[f64]) -> Vec<f64> {
        let mut counts = vec![0.0; self.cells + 1];
        let areas = self.area_part.len();
        for (i, &children) in cohort.iter().enumerate() {
            let (age, area, kind) = (i / (areas * self.kinds), i / self.kinds % areas, i % self.kinds);
            let part = self.counts.part(seat_row(NO_SEAT), kind);
            if let Some(base) = self.age_part[age] {
                let share = self.latent.as_ref().map_or(1.0, |latent| latent.mean(kind, age));
                counts[self.cell(base, area, part)] += children * share;
            }
        }
        counts
    }
}

/// Adds one for each child, of whom area and kind are told, at the sum of the parts of its age, area and kind; who does
/// not count is beyond all cells, and goes into the last.
///
/// Compiled apart, on slices alone: inlined into [`ChildCounter::count`] its loop had too few registers (29 instructions a
/// child became 18).
#[inline(never)]
fn add_kinds(
    counts: &mut [i32],
    age: u32,
    areas: &[u32],
    kinds: &[u32],
    children: impl Iterator<Item = (u16, u16)>,
) {
    let Some(last) = counts.len().checked_sub(1) else { return };
    for (area, kind) in children {
        let cell = age + areas[usize::from(area)] + kinds[usize::from(kind)];
        counts[(cell as usize).min(last)] += 1;
    }
}

/// The same by seat and kind.
#[inline(never)]
fn add_seats(
    counts: &mut [i32],
    age: u32,
    areas: &[u32],
    parts: &Parts,
    children: impl Iterator<Item = ((u16, u16), usize)>,
) {
    let Some(last) = counts.len().checked_sub(1) else { return };
    let (by_row, by_kind) = (&parts.by_row[..], &parts.by_kind[..]);
    for ((area, kind), row) in children {
        let (table, site) = by_row[row];
        let cell = age + areas[usize::from(area)] + by_kind[table as usize + usize::from(kind)] + site;
        counts[(cell as usize).min(last)] += 1;
    }
}
