//! Which children need no looking at: their seat suits them, and the year changes nothing about it.

use super::site::{Role, Site};
use super::{KindRole, PHASE_TRANSFER};
use crate::children::{INDEPENDENT, NO_SEAT, SEAT_ROWS, WAITING};
use crate::domain::AGES;

/// Whatever the seat was given for.
const ALWAYS: u8 = 1;
/// If the seat was given for the required setting of now.
const IF_SAME: u8 = 2;

/// By age, seat and class of kinds, whether a child with that seat is left alone, should the site be open.
///
/// A class is a role and a need: a table by kind would be ten times as large, and not stay in the nearest cache.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Quiet {
    table: Vec<u8>,
    row: usize,
    classes: usize,
}

impl Quiet {
    pub(super) fn new(sites: &[Site], kinds: &[KindRole]) -> Self {
        let seats = [WAITING, INDEPENDENT, NO_SEAT].into_iter().chain(1..=sites.len() as u16);
        let classes = kinds.iter().map(|kind| usize::from(kind.class) + 1).max().unwrap_or(0);
        let of_class: Vec<Option<&KindRole>> =
            (0..classes).map(|class| kinds.iter().find(|kind| usize::from(kind.class) == class)).collect();
        let mut quiet = Self { table: vec![], row: (sites.len() + SEAT_ROWS) * classes, classes };
        for age in 0..AGES {
            for seat in seats.clone() {
                let alone = |kind: Option<&KindRole>| kind.map_or(0, |&kind| left_alone(sites, kind, seat, age));
                quiet.table.extend(of_class.iter().copied().map(alone));
            }
        }
        quiet
    }

    /// Seat by class at an age.
    #[inline]
    pub(super) fn at(&self, age: usize) -> &[u8] {
        &self.table[age * self.row..][..self.row]
    }

    /// Of one seat and class at an age.
    #[inline]
    pub(super) fn of(&self, age: usize, seat_row: usize, class: u8) -> u8 {
        self.at(age)[seat_row * self.classes + usize::from(class)]
    }

    /// Number of classes.
    #[inline]
    pub(super) fn classes(&self) -> usize {
        self.classes
    }
}

fn left_alone(sites: &[Site], kind: KindRole, seat: u16, age: usize) -> u8 {
    match (kind.role, seat) {
        (Role::None, NO_SEAT) => ALWAYS,
        (Role::Independent, INDEPENDENT) => IF_SAME,
        (Role::Seeks, INDEPENDENT) if !PHASE_TRANSFER.contains(&age) => IF_SAME,
        (Role::Seeks, NO_SEAT | WAITING | INDEPENDENT) | (Role::None | Role::Independent, _) => 0,
        (Role::Seeks, site) => {
            let stays = sites[usize::from(site) - 1].admits(usize::from(kind.need), age);
            if stays { IF_SAME } else { 0 }
        }
    }
}
