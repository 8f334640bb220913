//! Named provision: sites, their places, and who sits where.

mod allocate;
mod base;
mod capacity;
mod fault;
mod overflow;
mod preference;
mod quiet;
mod room;
mod site;
mod ties;

pub use allocate::Allocation;
pub use base::{OccupiedRow, Seated};
pub use capacity::{Capacity, CountedAs, Fill, Opening, Places, PlacesRow};
pub use overflow::{IndependentShare, Overflow, OverflowRows};
pub use preference::Preferences;
pub use room::{Allocated, Room};
pub use site::{Needs, Role, Site, SiteRow};

use crate::children::Children;
use crate::domain::Bounds;
use crate::error::Problem;
use crate::random::Keys;

/// Ages at which a phase begins: Reception, Year 7, Year 12.
const PHASE_TRANSFER: [usize; 3] = [4, 11, 16];

/// Provision as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProvisionRows {
    /// Sites and parts of sites, in any order.
    pub sites: Vec<SiteRow>,
    /// Who sits where in the base year; without it children are seated by rule.
    pub occupied: Option<Vec<OccupiedRow>>,
    /// What happens to children who find no place.
    pub overflow: OverflowRows,
    /// Last January in which places open or close; they stand as they are then.
    pub held: Option<i32>,
}

/// What a kind (need x setting) means for places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KindRole {
    role: Role,
    need: u8,
    setting: u8,
    /// Role and need as one number.
    class: u8,
}

/// Sites in the order of their codes' bytes, checked and ready to be allocated.
#[derive(Debug, Clone, PartialEq)]
pub struct Provision {
    /// Sites; a site with parts stands once a part.
    pub sites: Vec<Site>,
    /// Whom they are for.
    pub preferences: Preferences,
    /// What happens to children who find no place.
    pub overflow: Overflow,
    /// How the base year's children came by their seats.
    pub seated: Seated,
    kinds: Vec<KindRole>,
    quiet: quiet::Quiet,
    /// All parts of the same site and setting, by site.
    parts: Vec<Vec<u16>>,
    facts: String,
}

impl Provision {
    /// Checks the rows, seats the children of the base year, and adds everything wrong to `problems`.
    pub fn new(
        rows: &ProvisionRows,
        base_year: i32,
        keys: &Keys,
        roles: &[Role],
        children: &mut Children,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let before = problems.len();
        let mut sorted: Vec<&SiteRow> = rows.sites.iter().collect();
        sorted.sort_by(|a, b| {
            a.code.as_bytes().cmp(b.code.as_bytes()).then(a.part.as_bytes().cmp(b.part.as_bytes()))
        });
        if let Some(pair) =
            sorted.windows(2).find(|pair| pair[0].code == pair[1].code && pair[0].part == pair[1].part)
        {
            problems.push(Problem::new("duplicate-key", "sites", format!("site {} stands twice", pair[0].code)));
        }
        if !Bounds::of("sites").admit(sorted.len() as f64) {
            problems.push(Problem::new("out-of-range", "sites", Bounds::of("sites").rule()));
            sorted.clear();
        }
        let mut sites: Vec<Site> =
            sorted.iter().map(|row| Site::new(row, base_year, keys, roles, problems)).collect();
        for site in &mut sites {
            site.capacity.hold(rows.held);
        }
        let (areas, needs, settings) = (keys.areas.len(), keys.needs.len(), roles.len());
        let kind = |kind: usize| KindRole {
            role: roles[kind % settings],
            need: (kind / settings) as u8,
            setting: (kind % settings) as u8,
            class: (roles[kind % settings] as usize * needs + kind / settings) as u8,
        };
        let kinds: Vec<KindRole> = (0..needs * settings).map(kind).collect();
        let same = |a: &Site, b: &Site| a.key == b.key && a.code == b.code && a.setting == b.setting;
        let positions = |site: &Site| -> Vec<u16> {
            (0..sites.len()).filter(|&at| same(site, &sites[at])).map(|at| at as u16).collect()
        };
        let mut provision = Self {
            parts: sites.iter().map(positions).collect(),
            quiet: quiet::Quiet::new(&sites, &kinds),
            preferences: Preferences::new(&sites, areas, needs, roles),
            sites,
            overflow: Overflow::new(&rows.overflow, needs, problems),
            seated: Seated::default(),
            kinds,
            facts: facts(&sorted, rows),
        };
        base::check(rows.occupied.as_deref(), &provision, needs, problems);
        children.with_seats();
        if problems.len() == before {
            provision.seated = base::seat(&provision, rows.occupied.as_deref(), base_year, children);
        }
        provision
    }

    /// Everything that results depend on, as text to hash; the order of rows is not part of it.
    pub fn facts(&self) -> &str {
        &self.facts
    }
}

fn facts(sorted: &[&SiteRow], rows: &ProvisionRows) -> String {
    let held = rows.held.map_or(String::new(), |last| format!("held{last}"));
    format!("{sorted:?}{:?}{:?}{held}", rows.occupied.as_deref().map(base::in_order), rows.overflow)
}
