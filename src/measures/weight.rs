//! What a child counts for, and in which cell of its age and area.

use super::frame::Frame;
use super::measure::{Measure, Near, Unit};
use super::nearest::Nearest;
use crate::children::SEAT_ROWS;

/// Where children lie by seat and kind: a table of kinds for each of waiting, independent, none and all sites together,
/// and what a site adds. Tables by seat and kind of twenty cubes would not fit the nearest cache.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub by_kind: Vec<u32>,
    /// Where the table of a row of seats begins, and what its site adds.
    pub by_row: Vec<(u32, u32)>,
    pub kinds: usize,
}

impl Parts {
    /// The part of a row and kind.
    #[inline(always)]
    pub fn of(&self, row: usize, kind: usize) -> u32 {
        let (table, site) = self.by_row[row];
        self.by_kind[table as usize + kind] + site
    }

    /// The kinds of one of the tables; none where there are no sites.
    pub fn of_kinds(&self, table: usize) -> &[u32] {
        self.by_kind.get(table * self.kinds..(table + 1) * self.kinds).unwrap_or_default()
    }
}

/// What a child counts for.
#[derive(Debug, Clone)]
pub(super) enum Weight {
    One,
    /// One, and so much more for a child seated above number.
    AboveNumber(i32),
    /// By kind, in a table that sites of one setting share; where that of each row of seats begins.
    Kind(Vec<usize>, Vec<i32>),
    /// By row of seats and area.
    Area(Vec<i32>),
    /// One if the place is the nearest suitable one.
    Nearest(Box<Nearest>),
}

impl Weight {
    /// What a child counts for in a measure.
    pub fn of(measure: Measure, frame: &Frame) -> Self {
        let rows = frame.seat_rows();
        let areas = frame.case.world.areas.len();
        let pairs = || (0..rows).flat_map(|row| (0..areas).map(move |area| (row, area)));
        let by_site = |of: &dyn Fn(f64) -> i32, unit: Unit| {
            Self::Area(pairs().map(|(row, area)| frame.way(row, area, unit).map_or(0, of)).collect())
        };
        match measure {
            Measure::LocalShortfall(_) => Self::AboveNumber(1),
            Measure::WithinPlaces(_) => Self::AboveNumber(-1),
            Measure::Travel(_, unit) => by_site(&|way| libm::round(10.0 * way) as i32, unit),
            Measure::Near(_, Near::Nearest) => Self::Nearest(Box::new(Nearest::new(frame))),
            Measure::Near(_, Near::PlanningArea) => {
                Self::Area(pairs().map(|(row, area)| i32::from(frame.in_planning_area(row, area))).collect())
            }
            Measure::Beyond(_, unit, limit) => by_site(&|way| i32::from(10.0 * way > f64::from(limit)), unit),
            Measure::Cost { .. } => {
                let setting = |row: usize| frame.seated(row, 0).place;
                let like =
                    |row: usize| (SEAT_ROWS..row).find(|&site| setting(site) == setting(row)).unwrap_or(row);
                let tables: Vec<usize> = (0..rows).filter(|&row| like(row) == row).collect();
                let begin = |row| tables.iter().position(|&table| table == like(row)).unwrap_or(0) * frame.kinds();
                let cells = tables.iter().flat_map(|&row| (0..frame.kinds()).map(move |kind| (row, kind)));
                let weights = cells.map(|(row, kind)| frame.cost_of_child(row, kind)).collect();
                Self::Kind((0..rows).map(begin).collect(), weights)
            }
            _ => Self::One,
        }
    }
}
