//! A site: who it is for, and where it is.

use super::capacity::{Capacity, Opening, PlacesRow, whole};
use super::fault::Faults;
use crate::domain::{AgeRange, Bounds};
use crate::error::Problem;
use crate::random::{Keys, key};

/// What a child does about a place, by required setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Needs no specialist place.
    None,
    /// Seeks a place that an authority commissions.
    Seeks,
    /// Is placed in an independent or non-maintained school at once.
    Independent,
}

impl Role {
    /// The role that goes with a setting's two flags.
    pub fn of(specialist: bool, commissioned: bool) -> Self {
        match (specialist, commissioned) {
            (false, _) => Self::None,
            (true, true) => Self::Seeks,
            (true, false) => Self::Independent,
        }
    }
}

/// A site, or a part of one, as given; positions are canonical.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// Code of the site.
    pub code: String,
    /// Name of the part, where a site has parts with needs, ages and places of their own; else empty.
    pub part: String,
    /// Setting.
    pub setting: usize,
    /// Needs it admits.
    pub needs: Vec<usize>,
    /// Ages it admits.
    pub ages: AgeRange,
    /// Share of its places that may be filled beyond them.
    pub tolerance: f64,
    /// Whether it is in the authority. One outside serves only children who require its setting.
    pub in_authority: bool,
    /// Area where it stands; none outside the authority.
    pub area: Option<usize>,
    /// Travel from each area, in minutes or in km, one measure for all sites.
    pub travel: Vec<f64>,
    /// Kilometres from each area, one way; empty if they are not known.
    pub km: Vec<f64>,
    /// Minutes from each area, one way; empty if they are not known.
    pub minutes: Vec<f64>,
    /// Places by year.
    pub places: Vec<PlacesRow>,
    /// Places to come.
    pub openings: Vec<Opening>,
}

/// A set of needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs(pub(super) u64);

impl Needs {
    /// Whether the need is in the set.
    #[inline]
    pub fn contains(self, need: usize) -> bool {
        self.0 >> need & 1 == 1
    }
}

/// A site, or a part of one, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Code of the site.
    pub code: String,
    /// Name of the part, or empty.
    pub part: String,
    /// Setting.
    pub setting: usize,
    /// Needs it admits.
    pub needs: Needs,
    /// Ages it admits.
    pub ages: AgeRange,
    /// Whether it is in the authority.
    pub in_authority: bool,
    /// Area where it stands; none outside the authority.
    pub area: Option<usize>,
    /// Travel from each area, as preferences weigh it.
    pub travel: Vec<f64>,
    /// Kilometres from each area, or empty.
    pub km: Vec<f64>,
    /// Minutes from each area, or empty.
    pub minutes: Vec<f64>,
    /// Its places.
    pub capacity: Capacity,
    /// Key of its code.
    pub key: u64,
    tolerance: f64,
}

impl Site {
    pub(super) fn new(
        row: &SiteRow,
        base_year: i32,
        keys: &Keys,
        roles: &[Role],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut faults = Faults::of("sites", &row.code, problems);
        let known = row.needs.iter().filter(|&&need| need < keys.needs.len());
        let needs = Needs(known.fold(0, |set, &need| set | 1 << need));
        if needs.0 == 0 {
            faults.add("site-admits-nobody", "needs", "no need can enter");
        }
        if roles.get(row.setting) != Some(&Role::Seeks) {
            let message = "the setting of a site must be specialist, with places that authorities commission";
            faults.add("site-setting", "setting", message);
        }
        if row.travel.len() != keys.areas.len() || !row.travel.iter().all(|&t| Bounds::of("travel").admit(t)) {
            faults.add("bad-travel", "travel", "travel must be known from every area, 0 or more");
        }
        if !Bounds::of("tolerance").admit(row.tolerance) {
            faults.add(
                "out-of-range",
                "tolerance",
                format!("{}, got {}", Bounds::of("tolerance").rule(), row.tolerance),
            );
        }
        let mut faults = Faults::of("places", &row.code, problems);
        Self {
            capacity: Capacity::new(&row.places, &row.openings, base_year, &mut faults),
            code: row.code.clone(),
            part: row.part.clone(),
            setting: row.setting,
            needs,
            ages: row.ages,
            in_authority: row.in_authority,
            area: row.area,
            travel: row.travel.clone(),
            km: row.km.clone(),
            minutes: row.minutes.clone(),
            key: key("site", &row.code),
            tolerance: row.tolerance,
        }
    }

    /// Whether children of this need and age can be here.
    pub fn admits(&self, need: usize, age: usize) -> bool {
        self.needs.contains(need) && self.ages.contains(age)
    }

    /// The roll that nobody is admitted above.
    pub fn limit(&self, places: u32) -> u32 {
        whole(places, 1.0 + self.tolerance)
    }
}
