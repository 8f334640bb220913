//! Seats over the years of generated models.

use crate::models::case;
use crate::sites::{case_with_sites, generated_sites, roles};
use rayon::prelude::*;
use std::collections::BTreeMap;
use sufficiency::Case;
use sufficiency::children::{INDEPENDENT, NO_SEAT, WAITING};
use sufficiency::engine::Simulation;
use sufficiency::provision::{Fill, Opening, Role};
use sufficiency::random::fold;

const YEARS: usize = 6;

/// Seat and the setting it was given for, by identity.
fn seats(simulation: &Simulation) -> BTreeMap<u64, (u16, u8)> {
    let mut seats = BTreeMap::new();
    for (_, lane) in simulation.children.lanes() {
        assert!([lane.seat.len(), lane.waited.len(), lane.sought.len()].iter().all(|&n| n == lane.len()));
        for i in 0..lane.len() {
            assert!(seats.insert(lane.id[i], (lane.seat[i], lane.sought[i])).is_none(), "a child in two places");
        }
    }
    seats
}

/// Everything that must hold after each year.
fn check(case: &Case, simulation: &Simulation, before: &BTreeMap<u64, (u16, u8)>, what: &str) {
    let provision = case.provision.as_ref().unwrap();
    let (settings, roles) = (case.world.settings.len(), case.world.roles());
    let mut seated = vec![0; provision.sites.len()];
    let mut admitted = vec![0; provision.sites.len()];
    for (age, lane) in simulation.children.lanes() {
        for i in 0..lane.len() {
            let (need, setting) = (usize::from(lane.kind[i]) / settings, usize::from(lane.kind[i]) % settings);
            let (seat, was) = (lane.seat[i], before.get(&lane.id[i]).copied().unwrap_or_default());
            match roles[setting] {
                Role::None => assert_eq!(seat, NO_SEAT, "{what}"),
                Role::Independent => assert_eq!(seat, INDEPENDENT, "{what}"),
                Role::Seeks => assert_ne!(seat, NO_SEAT, "{what}: a child is lost"),
            }
            if lane.waited[i] > 0 {
                assert_eq!(seat, WAITING, "{what}: only those without a place wait");
            }
            // A kept place: same setting, open, admitting.
            let had = usize::from(was.0).wrapping_sub(1);
            if let Some(site) = provision.sites.get(had) {
                let may = simulation.allocation.rooms[had].open && site.admits(need, age);
                if may && usize::from(was.1) == setting && roles[setting] == Role::Seeks {
                    assert_eq!(seat, was.0, "{what}: a place is kept");
                }
            }
            let at = usize::from(seat).wrapping_sub(1);
            let Some(site) = provision.sites.get(at) else { continue };
            assert!(site.admits(need, age) && simulation.allocation.rooms[at].open, "{what}: eligibility");
            assert!(site.setting == setting || site.in_authority, "{what}: eligibility");
            seated[at] += 1;
            let stayed = provision.sites.get(had).is_some_and(|site| site.code == provision.sites[at].code);
            admitted[at] += u32::from(!stayed);
        }
    }
    for (at, room) in simulation.allocation.rooms.iter().enumerate() {
        assert_eq!(seated[at], room.roll, "{what}: the roll is the children");
        assert!(admitted[at] == 0 || room.roll <= room.limit, "{what}: admitted above tolerance");
        assert_eq!(room.over_number(), room.roll.saturating_sub(room.places));
    }
}

#[test]
fn nobody_is_lost_doubled_or_admitted_above_tolerance_in_300_models() {
    let (mut admitted, mut waiting, mut over) = (0, 0, 0);
    for seed in 0..300 {
        let case = case_with_sites(seed);
        let mut simulation = Simulation::new(&case);
        simulation.start(seed, 5, YEARS);
        let mut before = seats(&simulation);
        for year in 0..YEARS {
            let flow = simulation.year();
            check(&case, &simulation, &before, &format!("model {seed}, year {year}"));
            before = seats(&simulation);
            let now_waiting = before.values().filter(|(seat, _)| *seat == WAITING).count();
            assert_eq!(now_waiting, flow.allocated.waiting);
            admitted += flow.allocated.admitted;
            waiting += now_waiting;
            over += simulation.allocation.rooms.iter().map(|room| room.over_number() as usize).sum::<usize>();
        }
    }
    assert!(admitted > 1_000 && waiting > 1_000 && over > 100, "{admitted} {waiting} {over}");
}

/// A hash of every seat of a draw, year by year.
fn digest(simulation: &mut Simulation, draw: u64) -> u64 {
    simulation.start(9, draw, YEARS);
    let mut hash = 0;
    for _ in 0..YEARS {
        simulation.year();
        for (id, (seat, sought)) in seats(simulation) {
            hash = [id, u64::from(seat), u64::from(sought)].into_iter().fold(hash, fold);
        }
    }
    hash
}

fn digests(case: &Case, workers: usize) -> Vec<u64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
    let run = |simulation: &mut Simulation, draw| digest(simulation, draw);
    pool.install(|| (0..60_u64).into_par_iter().map_init(|| Simulation::new(case), run).collect())
}

#[test]
fn same_seats_at_any_thread_count() {
    for seed in 0..5 {
        let case = case_with_sites(seed);
        let one = digests(&case, 1);
        for workers in [2, 7] {
            assert_eq!(one, digests(&case, workers), "{workers} threads");
        }
        // Each draw alone, from fresh memory.
        let alone: Vec<u64> = (0..60).map(|draw| digest(&mut Simulation::new(&case), draw)).collect();
        assert_eq!(one, alone);
    }
}

#[test]
fn a_change_that_changes_nothing_changes_no_seat() {
    for seed in 0..20 {
        let plain = roles(case(seed), seed);
        let mut rows = generated_sites(&plain, seed);
        let one = digests(&plain.with_provision(rows.clone()).unwrap(), 1);
        // Rows in another order, an opening of no places, a figure that repeats the one before.
        rows.sites.reverse();
        for row in &mut rows.sites {
            let nothing = Opening { year: 2027, month: 9, places: 0, fill: Fill::EntryYears, delay: vec![] };
            if row.places.len() == 1 {
                row.places.push(sufficiency::provision::PlacesRow { year: 2029, ..row.places[0].clone() });
                row.openings.push(nothing);
            }
        }
        assert_eq!(one, digests(&plain.with_provision(rows).unwrap(), 1), "model {seed}");
    }
}

#[test]
fn places_change_no_plan() {
    for seed in 0..20 {
        let (with, without) = (case_with_sites(seed), case(seed));
        let (mut with, mut without) = (Simulation::new(&with), Simulation::new(&without));
        with.start(seed, 0, YEARS);
        without.start(seed, 0, YEARS);
        for _ in 0..YEARS {
            with.year();
            without.year();
            for (age, lane) in without.children.lanes() {
                assert_eq!((&lane.id, &lane.kind, &lane.area), {
                    let same = with.children.lane(age);
                    (&same.id, &same.kind, &same.area)
                });
                assert!(lane.seat.is_empty());
            }
        }
    }
}

#[test]
fn sites_are_part_of_a_fingerprint() {
    let plain = roles(case(1), 1);
    let rows = generated_sites(&plain, 1);
    let mut other = rows.clone();
    other.sites[0].places.push(crate::sites::places(2031, 77));
    let print =
        |rows: &sufficiency::provision::ProvisionRows| plain.with_provision(rows.clone()).unwrap().fingerprint;
    assert_eq!(print(&rows), print(&rows));
    assert_ne!(print(&rows), print(&other));
    assert_ne!(print(&rows), plain.fingerprint);
}
