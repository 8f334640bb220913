//! Small worlds with sites, for the tests of allocation.

use crate::models::{Dice, case};
use sufficiency::Case;
use sufficiency::children::{Children, INDEPENDENT, NO_SEAT, WAITING};
use sufficiency::domain::{AgeRange, Codes};
use sufficiency::provision::{
    CountedAs, Fill, IndependentShare, Opening, OverflowRows, PlacesRow, Provision, ProvisionRows, Role, SiteRow,
};
use sufficiency::random::Keys;

pub const BASE_YEAR: i32 = 2025;

pub fn places(year: i32, places: u32) -> PlacesRow {
    PlacesRow { year, counted_as: CountedAs::Commissioned, places, held_for_others: 0 }
}

/// A site for all ages with these places in every year.
pub fn site(code: &str, needs: &[usize], travel: &[f64], n: u32) -> SiteRow {
    SiteRow {
        code: code.into(),
        part: String::new(),
        setting: 0,
        needs: needs.to_vec(),
        ages: AgeRange::ALL,
        tolerance: 0.0,
        in_authority: true,
        area: None,
        travel: travel.to_vec(),
        km: vec![],
        minutes: vec![],
        places: vec![places(2020, n)],
        openings: vec![],
    }
}

pub fn keys(areas: usize, needs: usize, settings: usize) -> Keys {
    let codes = |kind, n: usize| Codes::new(kind, &(0..n).map(|i| format!("{i:02}")).collect::<Vec<_>>()).unwrap();
    Keys::of(&codes("area", areas), &codes("need", needs), &codes("setting", settings))
}

/// Settings of the small worlds: two with places of our own, one independent, one that is not specialist.
pub const ROLES: [Role; 4] = [Role::Seeks, Role::Seeks, Role::Independent, Role::None];

/// A small world in which children already sit, wait or are new; everything about it by dice.
pub struct Small {
    pub rows: ProvisionRows,
    pub keys: Keys,
    pub children: Children,
}

pub fn provision(rows: &ProvisionRows, keys: &Keys, roles: &[Role]) -> (Provision, Children) {
    let (mut problems, mut children) = (vec![], Children::none(keys.areas.len()));
    let provision = Provision::new(rows, BASE_YEAR, keys, roles, &mut children, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    (provision, children)
}

/// A world of so many children at most, its state that of the start of an allocation.
pub fn small(seed: u64, most: usize) -> Small {
    let mut dice = Dice::new(seed);
    let (areas, needs) = (1 + dice.below(3), 1 + dice.below(3));
    let keys = keys(areas, needs, ROLES.len());
    let n_sites = 1 + dice.below(4);
    let sites: Vec<SiteRow> = (0..n_sites).map(|i| random_site(&mut dice, i, areas, needs)).collect();
    let everybody = IndependentShare { phase: None, need: None, share: 0.5 };
    let overflow = OverflowRows { independent: vec![everybody], return_at_phase_transfer: 0.5 };
    let rows = ProvisionRows { sites, overflow, ..ProvisionRows::default() };
    let (_, mut children) = provision(&rows, &keys, &ROLES);
    for id in 0..=dice.below(most) {
        let age = [4, 5, 6, 11, 12][dice.below(5)];
        // Mostly children who need a place of ours.
        let setting = [0, 1, 0, 1, 0, 1, 2, 3][dice.below(8)];
        let lane = children.lane_mut(age);
        lane.push(id as u64 + 1000 * seed, dice.below(areas), dice.below(needs) * ROLES.len() + setting);
        let i = lane.len() - 1;
        let here = 1 + dice.below(n_sites) as u16;
        let seat = [NO_SEAT, NO_SEAT, WAITING, WAITING, INDEPENDENT, here][dice.below(6)];
        // One in five was reviewed: its seat was given for another setting.
        lane.sit(i, seat, if dice.unit() < 0.2 { 3 - setting } else { setting } as u8);
        lane.waited[i] = if seat == WAITING { dice.below(3) as u8 } else { 0 };
    }
    Small { rows, keys, children }
}

fn random_site(dice: &mut Dice, i: usize, areas: usize, needs: usize) -> SiteRow {
    let all: Vec<usize> = (0..needs).filter(|_| dice.unit() < 0.7).collect();
    let from = dice.below(6) as u8;
    SiteRow {
        // Codes in reverse, so that given order is not canonical order.
        code: format!("site {}", 9 - i),
        setting: dice.below(2),
        ages: AgeRange::new(from, from + 4 + dice.below(12) as u8).unwrap(),
        tolerance: [0.0, 0.5][dice.below(2)],
        in_authority: dice.unit() < 0.7,
        // Few different values, so that ties are common.
        travel: (0..areas).map(|_| dice.below(3) as f64).collect(),
        km: vec![],
        minutes: vec![],
        ..site("", if all.is_empty() { &[0] } else { &all }, &[], 1 + dice.below(3) as u32)
    }
}

/// A generated model with sites of which some open, shrink, close, or have parts.
pub fn case_with_sites(seed: u64) -> Case {
    let case = roles(case(seed), seed);
    let rows = generated_sites(&case, seed);
    case.with_provision(rows).unwrap()
}

/// Gives the settings of a generated model roles in turn, the first one with places of our own.
pub fn roles(case: Case, seed: u64) -> Case {
    let mut rows = (*case.rows).clone();
    let settings = rows.world.settings.len();
    let commissioned = |i: usize| i == 0 || (i + seed as usize).is_multiple_of(2);
    rows.world.specialist = (0..settings).map(|i| i != 1).collect();
    rows.world.commissioned = (0..settings).map(commissioned).collect();
    Case::new(rows).unwrap()
}

pub fn generated_sites(case: &Case, seed: u64) -> ProvisionRows {
    let mut dice = Dice::new(seed + 1_000_000);
    let (areas, needs) = (case.world.areas.len(), case.world.needs.len());
    let seeks: Vec<usize> =
        (0..case.world.settings.len()).filter(|&s| case.world.roles()[s] == Role::Seeks).collect();
    let mut sites = Vec::new();
    for i in 0..2 + dice.below(5) {
        let mut row = random_site(&mut dice, i, areas, needs);
        row.setting = seeks[dice.below(seeks.len())];
        row.places = vec![places(2020, 1 + dice.below(30) as u32)];
        row.places[0].held_for_others = dice.below(3) as u32;
        match dice.below(5) {
            0 => row.places.push(places(2027, 0)),
            1 => row.places.push(places(2027, 1)),
            2 => {
                row.openings.push(Opening {
                    year: 2026,
                    month: [1, 9][dice.below(2)],
                    places: 10,
                    fill: [Fill::EntryYears, Fill::Shares(vec![0.3, 1.0])][dice.below(2)].clone(),
                    delay: vec![(0, 0.5), (1, 0.3), (2, 0.2)],
                });
                if dice.unit() < 0.5 {
                    row.places.clear();
                }
            }
            3 => {
                let (lower, upper) = (AgeRange::new(0, 10).unwrap(), AgeRange::new(11, 25).unwrap());
                sites.push(SiteRow { part: "upper".into(), ages: upper, ..row.clone() });
                row.ages = lower;
            }
            _ => {}
        }
        sites.push(row);
    }
    ProvisionRows { sites, ..ProvisionRows::default() }
}
