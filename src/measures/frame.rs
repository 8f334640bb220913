//! What cubes are counted over: the dimensions of a case, and what a child's kind and seat mean.

use super::grid::DIMENSIONS;
use super::measure::Unit;
use crate::case::{Case, CostRow};
use crate::children::{INDEPENDENT, NO_SEAT, SEAT_ROWS, WAITING, seat_row};
use crate::domain::Dimension;
use crate::provision::{Provision, Role};

/// Leaves of the dimension of sites that are no sites: waiting, independent, no seat.
const NO_SITES: [&str; SEAT_ROWS] = ["(waiting)", "(independent)", "(none)"];
/// Labels of `in_authority`.
const IN_AUTHORITY: [&str; 2] = ["True", "False"];

/// A case as cubes see it.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The case.
    pub case: &'a Case,
    /// All cases that are compared, this one among them: they share their cells.
    cases: Vec<&'a Case>,
    /// Area, age, need, setting, site. The same for all cases that are compared.
    pub dimensions: [Dimension; DIMENSIONS],
    /// Leaf of each row of seats in the dimension of sites.
    pub(super) site_leaf: Vec<usize>,
    /// Where children are who wait, and who are in an independent school that is not what they require.
    elsewhere: [Option<usize>; 2],
}

/// A child's required setting and where the child is, by seat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seated {
    pub role: Role,
    pub need: usize,
    pub required: usize,
    /// Setting where the child is.
    pub place: usize,
}

/// Area, age, need, setting and site of all cases together; sites in the order in which they were first given.
pub fn dimensions(cases: &[&Case]) -> [Dimension; DIMENSIONS] {
    let mut codes: Vec<(String, bool)> = vec![];
    for case in cases {
        let given = case.rows.provision.iter().flat_map(|rows| &rows.sites);
        for site in given {
            if !codes.iter().any(|(code, _)| *code == site.code) {
                codes.push((site.code.clone(), site.in_authority));
            }
        }
    }
    let sites = codes.len();
    let leaves = NO_SITES.iter().map(|name| (*name).to_string()).chain(codes.iter().map(|(code, _)| code.clone()));
    // Nobody knows where an independent school is; it is taken to be elsewhere. Who has no seat is at home.
    let group_of = [0, 1, 0].into_iter().chain(codes.iter().map(|(_, inside)| usize::from(!inside)));
    let [area, age, need, setting] = cases[0].world.dimensions();
    let site = Dimension {
        leaf: "site",
        group: "in_authority",
        leaves: leaves.collect(),
        groups: IN_AUTHORITY.map(String::from).to_vec(),
        group_of: group_of.collect(),
        declared: (SEAT_ROWS..SEAT_ROWS + sites).collect(),
    };
    [area, age, need, setting, site]
}

impl<'a> Frame<'a> {
    /// One of the cases that are compared, over the dimensions of all.
    pub fn new(cases: &[&'a Case], which: usize) -> Self {
        let dimensions = dimensions(cases);
        let case = cases[which];
        let leaf = |code: &String| dimensions[4].leaves.iter().position(|leaf| leaf == code).unwrap_or(0);
        let sites = case.provision.iter().flat_map(|provision| &provision.sites).map(|site| leaf(&site.code));
        let site_leaf = (0..SEAT_ROWS).chain(sites).collect();
        let elsewhere = ["mainstream", "independent_special"].map(|code| case.world.settings.position(code));
        Self { case, cases: cases.to_vec(), dimensions, site_leaf, elsewhere }
    }

    /// The frames of all cases that are compared.
    pub(super) fn all(&self) -> impl Iterator<Item = Frame<'a>> {
        (0..self.cases.len()).map(|which| Frame::new(&self.cases, which))
    }

    /// The provision, if there is any.
    pub(super) fn provision(&self) -> Option<&'a Provision> {
        self.case.provision.as_ref()
    }

    /// Number of kinds: needs x settings.
    pub(super) fn kinds(&self) -> usize {
        self.case.world.needs.len() * self.case.world.settings.len()
    }

    /// What a seat means for a child of a kind.
    pub(super) fn seated(&self, row: usize, kind: usize) -> Seated {
        let world = &self.case.world;
        let (need, required) = (kind / world.settings.len(), kind % world.settings.len());
        let role = Role::of(world.specialist[required], world.commissioned[required]);
        let [waiting, independent] = self.elsewhere.map(|setting| setting.unwrap_or(required));
        let place = if row == seat_row(NO_SEAT) {
            required
        } else if row == seat_row(WAITING) {
            waiting
        } else if row == seat_row(INDEPENDENT) {
            if role == Role::Independent { required } else { independent }
        } else {
            self.provision().map_or(required, |provision| provision.sites[row - SEAT_ROWS].setting)
        };
        Seated { role, need, required, place }
    }

    /// Rows of seats: waiting, independent, none, then the sites.
    pub(super) fn seat_rows(&self) -> usize {
        self.site_leaf.len()
    }

    /// The way from an area to the site of a row of seats; none where there is no site, or no such figure.
    pub(super) fn way(&self, row: usize, area: usize, unit: Unit) -> Option<f64> {
        let site = &self.provision()?.sites[row.checked_sub(SEAT_ROWS)?];
        match unit {
            Unit::Km => site.km.get(area).copied(),
            Unit::Minutes => site.minutes.get(area).copied(),
        }
    }

    /// Whether the site of a row of seats is in the planning area of an area.
    pub(super) fn in_planning_area(&self, row: usize, area: usize) -> bool {
        let site = |provision: &'a Provision| Some(&provision.sites[row.checked_sub(SEAT_ROWS)?]);
        let group = |area: usize| self.dimensions[0].group_of.get(area);
        self.provision().and_then(site).and_then(|site| site.area).is_some_and(|at| group(at) == group(area))
    }

    /// Hundreds of pounds a year that follow a child of a kind with the seat of a row.
    pub(super) fn cost_of_child(&self, row: usize, kind: usize) -> i32 {
        let seated = self.seated(row, kind);
        self.cost(seated.place, Some(seated.need)).map_or(0, |c| hundreds(c.place_filled + c.top_up + c.transport))
    }

    /// Hundreds of pounds a year for a place that nobody fills.
    pub(super) fn cost_of_empty_place(&self, setting: usize) -> i32 {
        self.cost(setting, None).map_or(0, |c| hundreds(c.place_empty))
    }

    /// The row of costs of a setting and need; that of all needs where the need has none of its own.
    fn cost(&self, setting: usize, need: Option<usize>) -> Option<&CostRow> {
        let rows = self.case.rows.costs.iter().filter(|row| row.setting == setting);
        rows.filter(|row| row.need.is_none() || row.need == need).max_by_key(|row| row.need.is_some())
    }
}

fn hundreds(thousands: f64) -> i32 {
    libm::round(10.0 * thousands) as i32
}
