//! Whether children have the nearest suitable place.

use super::frame::Frame;
use crate::children::SEAT_ROWS;
use crate::provision::{Preferences, Room};

/// What sites children would take, and where each site stands in their lists.
///
/// The nearest suitable site is the first open one in the order in which children take places: of the required setting
/// if any is open, and of those the one with the shortest way. Full or not is not asked.
#[derive(Debug, Clone)]
pub(super) struct Nearest {
    preferences: Preferences,
    /// Code, as a leaf, setting, and way from each area, by site.
    sites: Vec<(usize, usize, Vec<f64>)>,
    /// Number of settings.
    settings: usize,
}

impl Nearest {
    /// The sites of a frame; nothing is near where there are none.
    pub fn new(frame: &Frame) -> Self {
        let sites = frame.provision().into_iter().flat_map(|provision| &provision.sites).enumerate();
        Self {
            preferences: frame.provision().map_or_else(Preferences::default, |found| found.preferences.clone()),
            sites: sites.map(|(i, s)| (frame.site_leaf[SEAT_ROWS + i], s.setting, s.travel.clone())).collect(),
            settings: frame.case.world.settings.len(),
        }
    }

    /// Whether a child of an area, kind and age who sits in a row of seats has it. A part of a site is that site, and
    /// sites as far as the nearest are as near.
    pub fn holds(&self, row: usize, area: usize, kind: usize, age: usize, rooms: &[Room]) -> bool {
        let list = self.preferences.of(area, kind, age).iter().map(|&site| usize::from(site));
        let mut open = list.filter(|&site| rooms[site].open).map(|site| &self.sites[site]);
        let own = |setting: usize| setting == kind % self.settings;
        let Some((first, setting, ways)) = open.next() else { return false };
        let as_near = |(_, other, way): &&(usize, usize, Vec<f64>)| {
            own(*other) == own(*setting) && way[area].total_cmp(&ways[area]).is_eq()
        };
        let mine = self.sites[row - SEAT_ROWS].0;
        *first == mine || open.take_while(as_near).any(|(leaf, ..)| *leaf == mine)
    }
}
