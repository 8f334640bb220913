//! Children in groups: what cubes that tell no areas apart count from.

use super::cube::Cube;
use crate::case::Case;
use crate::children::{Children, Lane, NO_SEAT, SEAT_ROWS, seat_row};
use crate::domain::AGES;

/// Fewest counters that are worth gathering children for, which takes as long as about two passes (our choice).
const LEAST: usize = 4;

/// The children of one band of ages and one kind, with seats of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// The youngest age of the band.
    pub age: usize,
    pub row: usize,
    pub kind: usize,
    pub children: i32,
}

/// The children of a census day in groups, some thousand for ten thousand children: the thirty cubes of a report need one
/// pass of all children, not one each (a sixth of its run).
#[derive(Debug, Clone)]
pub struct Groups {
    /// Band of each age: ages that no cube tells apart.
    band: [usize; AGES],
    /// The youngest age of each band.
    youngest: Vec<usize>,
    rows: usize,
    kinds: usize,
    /// Children by band, row of seats and kind.
    counts: Vec<i32>,
    /// Those with children.
    filled: Vec<Group>,
}

impl Groups {
    /// Groups for the cubes that can count from them; none if they are too few.
    pub fn new(case: &Case, cubes: &[Cube]) -> Option<Self> {
        let counters: Vec<_> = cubes.iter().flat_map(Cube::grouped).collect();
        if counters.len() < LEAST {
            return None;
        }
        let (mut band, mut youngest) = ([0; AGES], vec![]);
        for (age, band) in band.iter_mut().enumerate() {
            let alike = |&first: &usize| !counters.iter().any(|counter| counter.tells_apart(first, age));
            *band = youngest.iter().position(alike).unwrap_or(youngest.len());
            if *band == youngest.len() {
                youngest.push(age);
            }
        }
        let rows = SEAT_ROWS + case.provision.as_ref().map_or(0, |provision| provision.sites.len());
        let kinds = case.world.needs.len() * case.world.settings.len();
        Some(Self { band, youngest, rows, kinds, counts: vec![], filled: vec![] })
    }

    /// Gathers the children of a census day.
    pub fn gather(&mut self, children: &Children) {
        let size = self.rows * self.kinds;
        self.counts.clear();
        self.counts.resize(self.youngest.len() * size, 0);
        for (age, lane) in children.lanes() {
            add(&mut self.counts[self.band[age] * size..][..size], lane, self.kinds);
        }
        self.filled.clear();
        for (at, kinds) in self.counts.chunks_exact(self.kinds).enumerate() {
            // Most rows of a band are empty: all of one is looked at, many kinds at a time.
            if kinds.iter().fold(0, |any, &children| any | children) != 0 {
                let (age, row) = (self.youngest[at / self.rows], at % self.rows);
                let found = kinds.iter().enumerate().filter(|(_, children)| **children != 0);
                self.filled.extend(found.map(|(kind, &children)| Group { age, row, kind, children }));
            }
        }
    }

    /// Those with children.
    pub(super) fn filled(&self) -> &[Group] {
        &self.filled
    }
}

/// Adds the children of an age by row of seats and kind; without sites nobody has a seat.
#[inline(never)]
fn add(counts: &mut [i32], lane: &Lane, kinds: usize) {
    if lane.seat.is_empty() {
        lane.kind.iter().for_each(|&kind| counts[seat_row(NO_SEAT) * kinds + usize::from(kind)] += 1);
    } else {
        for (&kind, &seat) in lane.kind.iter().zip(&lane.seat) {
            counts[seat_row(seat) * kinds + usize::from(kind)] += 1;
        }
    }
}
