//! The sites a child would take, best first.

use super::site::{Role, Site};
use crate::domain::AGES;
use std::collections::BTreeMap;

/// Sites in order of preference for each area, required setting, need and age.
///
/// Ages and kinds with the same eligible sites share their lists, one for each area.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preferences {
    /// List of each kind and age.
    class_of: Vec<u16>,
    /// Where the lists of a class begin, and how long each is.
    class: Vec<(u32, u32)>,
    sites: Vec<u16>,
    /// The sites of each class in no order, a bit each.
    sets: Vec<u64>,
    width: usize,
}

impl Preferences {
    /// Sorts the eligible sites by tier (the required setting's own sites, then the authority's others), travel, and site.
    pub fn new(sites: &[Site], areas: usize, needs: usize, roles: &[Role]) -> Self {
        let mut lists = Self { width: sites.len().div_ceil(64), ..Self::default() };
        let mut seen: BTreeMap<Vec<(u8, u16)>, u16> = BTreeMap::new();
        for kind in 0..needs * roles.len() {
            let (need, setting) = (kind / roles.len(), kind % roles.len());
            for age in 0..AGES {
                let eligible = eligible(sites, need, setting, age, roles[setting]);
                let next = seen.len() as u16;
                let class = *seen.entry(eligible).or_insert_with_key(|eligible| {
                    lists.add(eligible, sites, areas);
                    next
                });
                lists.class_of.push(class);
            }
        }
        lists
    }

    fn add(&mut self, eligible: &[(u8, u16)], sites: &[Site], areas: usize) {
        self.class.push((self.sites.len() as u32, eligible.len() as u32));
        let start = self.sets.len();
        self.sets.resize(start + self.width, 0);
        for site in eligible.iter().map(|&(_, site)| usize::from(site)) {
            self.sets[start + site / 64] |= 1 << (site % 64);
        }
        let travel = |site: u16, area: usize| sites[usize::from(site)].travel.get(area).copied().unwrap_or(0.0);
        for area in 0..areas {
            let mut list = eligible.to_vec();
            list.sort_by(|a, b| {
                a.0.cmp(&b.0).then(travel(a.1, area).total_cmp(&travel(b.1, area))).then(a.1.cmp(&b.1))
            });
            self.sites.extend(list.iter().map(|&(_, site)| site));
        }
    }

    /// The list of children of a kind (need x setting) and age.
    #[inline]
    pub(super) fn class(&self, kind: usize, age: usize) -> u16 {
        self.class_of[kind * AGES + age]
    }

    /// Site positions for children of an area, kind (need x setting) and age, best first.
    pub fn of(&self, area: usize, kind: usize, age: usize) -> &[u16] {
        self.of_class(area, self.class(kind, age))
    }

    /// Site positions for children of an area and class, best first.
    #[inline]
    pub(super) fn of_class(&self, area: usize, class: u16) -> &[u16] {
        let (from, length) = self.class[usize::from(class)];
        &self.sites[from as usize + area * length as usize..][..length as usize]
    }

    /// Whether any of them is among the sites of `open`, a bit each; they are the same for all areas.
    #[inline]
    pub(super) fn any(&self, class: u16, open: &[u64]) -> bool {
        let sets = &self.sets[usize::from(class) * self.width..][..self.width];
        sets.iter().zip(open).any(|(set, open)| set & open != 0)
    }
}

/// Tier and position of every site that admits these children.
fn eligible(sites: &[Site], need: usize, setting: usize, age: usize, role: Role) -> Vec<(u8, u16)> {
    let tier = |site: &Site| match (site.setting == setting, site.in_authority) {
        (true, _) => Some(0),
        (false, true) => Some(1),
        (false, false) => None,
    };
    sites
        .iter()
        .enumerate()
        .filter(|(_, site)| role == Role::Seeks && site.admits(need, age))
        .filter_map(|(position, site)| Some((tier(site)?, position as u16)))
        .collect()
}
