//! One year of allocation against what it is said to be.

use crate::sites::{BASE_YEAR, ROLES, Small, keys, places, provision, site, small};
use std::collections::BTreeMap;
use sufficiency::children::{Children, INDEPENDENT, NO_SEAT, WAITING};
use sufficiency::domain::AgeRange;
use sufficiency::provision::{Allocation, OverflowRows, Provision, ProvisionRows, Role};
use sufficiency::random::{DrawKey, Process};

const YEAR: i32 = BASE_YEAR + 1;

/// Seat of every child after one year of allocation.
fn seats(provision: &Provision, before: &Children, draw: DrawKey) -> (BTreeMap<u64, u16>, Allocation) {
    let (mut children, mut allocation) = (before.clone(), Allocation::default());
    allocation.start(provision, before, draw, BASE_YEAR);
    allocation.year(provision, &mut children, draw, YEAR);
    let by_id = |(_, lane): (usize, &sufficiency::children::Lane)| {
        lane.id.iter().copied().zip(lane.seat.iter().copied()).collect::<Vec<_>>()
    };
    (children.lanes().flat_map(by_id).collect(), allocation)
}

/// A child who seeks a place, as this test sees it.
struct Seeker {
    id: u64,
    claim: (bool, i32, u64),
    /// Sites it would take, best first.
    list: Vec<usize>,
}

/// Who keeps a seat (site by identity) and who seeks, in priority order; from the rules, not from the engine.
fn claims(provision: &Provision, before: &Children, draw: DrawKey) -> (BTreeMap<u64, usize>, Vec<Seeker>) {
    let (tie, back) = (draw.stream(Process::TieBreak, YEAR), draw.slots(Process::Overflow, YEAR).stream(1));
    let (mut kept, mut seekers) = (BTreeMap::new(), vec![]);
    for (age, lane) in before.lanes() {
        for i in 0..lane.len() {
            let (need, setting) = (usize::from(lane.kind[i]) / 4, usize::from(lane.kind[i]) % 4);
            let (id, seat, same) = (lane.id[i], lane.seat[i], usize::from(lane.sought[i]) == setting);
            if ROLES[setting] != Role::Seeks {
                continue;
            }
            let transfer = [4, 11, 16].contains(&age);
            let at = usize::from(seat).wrapping_sub(1);
            if same && provision.sites.get(at).is_some_and(|site| site.admits(need, age)) {
                kept.insert(id, at);
                continue;
            }
            if same && seat == INDEPENDENT && !(transfer && back.word(id) < 1 << 63) {
                continue;
            }
            let tier = |s: usize| u8::from(provision.sites[s].setting != setting);
            let travel = |s: usize| provision.sites[s].travel[usize::from(lane.area[i])] as i64;
            let mut list: Vec<usize> = (0..provision.sites.len())
                .filter(|&s| {
                    provision.sites[s].admits(need, age) && (tier(s) == 0 || provision.sites[s].in_authority)
                })
                .collect();
            list.sort_by_key(|&s| (tier(s), travel(s), provision.sites[s].code.clone()));
            seekers.push(Seeker { id, claim: (!transfer, -i32::from(lane.waited[i]), tie.word(id)), list });
        }
    }
    seekers.sort_by_key(|seeker| seeker.claim);
    (kept, seekers)
}

/// Of all feasible assignments, the one whose ranks are best for the first seeker, then the second, and so on.
fn best(seekers: &[Seeker], free: &mut [i64], so_far: &mut Vec<usize>, found: &mut Option<Vec<usize>>) {
    let Some(seeker) = seekers.get(so_far.len()) else {
        if found.as_ref().is_none_or(|best| *so_far < *best) {
            *found = Some(so_far.clone());
        }
        return;
    };
    // Worst first, so that nothing is found merely by being first.
    for rank in (0..=seeker.list.len()).rev() {
        let at = seeker.list.get(rank).copied();
        if at.is_some_and(|s| free[s] <= 0) {
            continue;
        }
        if let Some(s) = at {
            free[s] -= 1;
        }
        so_far.push(rank);
        best(seekers, free, so_far, found);
        so_far.pop();
        if let Some(s) = at {
            free[s] += 1;
        }
    }
}

fn free(provision: &Provision, small: &Small, kept: &BTreeMap<u64, usize>) -> Vec<i64> {
    let room = |(s, site): (usize, &sufficiency::provision::Site)| {
        let row = small.rows.sites.iter().find(|row| row.code == site.code).unwrap();
        let limit = (f64::from(row.places[0].places) * (1.0 + row.tolerance)).floor() as i64;
        limit - kept.values().filter(|&&at| at == s).count() as i64
    };
    provision.sites.iter().enumerate().map(room).collect()
}

#[test]
fn is_the_best_of_all_assignments_in_priority_order_and_blocks_nobody() {
    let (mut contested, mut ties) = (0, 0);
    for seed in 0..10_000 {
        let small = small(seed, 7);
        let (provision, _) = provision(&small.rows, &small.keys, &ROLES);
        let draw = DrawKey::new(seed, 1);
        let (after, _) = seats(&provision, &small.children, draw);
        let (kept, seekers) = claims(&provision, &small.children, draw);
        let mut free = free(&provision, &small, &kept);
        for (id, &s) in &kept {
            assert_eq!(usize::from(after[id]), s + 1, "case {seed}: a kept place");
        }
        let mut found = None;
        best(&seekers, &mut free, &mut vec![], &mut found);
        let expected = found.unwrap();
        let rank = |seeker: &Seeker| {
            let at = usize::from(after[&seeker.id]).wrapping_sub(1);
            seeker.list.iter().position(|&s| s == at).unwrap_or(seeker.list.len())
        };
        let ranks: Vec<usize> = seekers.iter().map(rank).collect();
        assert_eq!(ranks, expected, "case {seed}");
        for (i, seeker) in seekers.iter().enumerate() {
            for &wanted in &seeker.list[..ranks[i]] {
                let here =
                    |(j, other): (usize, &Seeker)| (usize::from(after[&other.id]) == wanted + 1).then_some(j);
                let admitted: Vec<usize> = seekers.iter().enumerate().filter_map(here).collect();
                assert!(admitted.len() as i64 >= free[wanted], "case {seed}: a free place that somebody wanted");
                assert!(admitted.iter().all(|&j| j < i), "case {seed}: a place went to a lower claim");
            }
        }
        contested += usize::from(ranks.iter().any(|&r| r > 0));
        ties +=
            usize::from(seekers.windows(2).any(|w| w[0].claim.0 == w[1].claim.0 && w[0].claim.1 == w[1].claim.1));
    }
    assert!(
        contested > 2_000 && ties > 3_000,
        "the cases are not trivial: {contested} contested, {ties} with ties"
    );
}

#[test]
fn one_more_place_harms_nobody_within_the_year() {
    let mut helped = 0;
    for seed in 0..20_000 {
        let mut small = small(seed, 30);
        let (less, _) = provision(&small.rows, &small.keys, &ROLES);
        let draw = DrawKey::new(seed, 2);
        let (before, _) = seats(&less, &small.children, draw);
        let at = seed as usize % small.rows.sites.len();
        small.rows.sites[at].places[0].places += 1;
        let (more, _) = provision(&small.rows, &small.keys, &ROLES);
        let (after, _) = seats(&more, &small.children, draw);
        let (_, seekers) = claims(&less, &small.children, draw);
        let mut unmet = [0, 0];
        for seeker in &seekers {
            let rank = |seats: &BTreeMap<u64, u16>| {
                let at = usize::from(seats[&seeker.id]).wrapping_sub(1);
                seeker.list.iter().position(|&s| s == at).unwrap_or(seeker.list.len())
            };
            let ranks = [rank(&before), rank(&after)];
            assert!(ranks[1] <= ranks[0], "case {seed}: a child is worse off");
            helped += usize::from(ranks[1] < ranks[0]);
            unmet.iter_mut().zip(ranks).for_each(|(n, r)| *n += usize::from(r == seeker.list.len()));
        }
        assert!(unmet[1] <= unmet[0], "case {seed}: more unmet");
    }
    assert!(helped > 2_000, "{helped}");
}

/// Children without a place at X, Y or Z in each of six years.
///
/// Over years, with kept places, more places can leave more children without one (methods, section 10).
fn unmet(with_x: bool) -> Vec<usize> {
    // Needs say who accepts what: A takes X or Y, B only Y, C takes Y or Z.
    let (a, b, c) = (0, 1, 2);
    let mut sites = vec![site("Y", &[a, b, c], &[2.0], 1), site("Z", &[c], &[3.0], 1)];
    sites[1].places = vec![places(YEAR, 1)];
    if with_x {
        sites.push(site("X", &[a], &[1.0], 1));
    }
    let everybody_waits = OverflowRows { independent: vec![], return_at_phase_transfer: 1.0 };
    let rows = ProvisionRows { sites, overflow: everybody_waits, ..ProvisionRows::default() };
    let (provision, mut children) = provision(&rows, &keys(1, 3, 1), &[Role::Seeks]);
    let (draw, mut allocation) = (DrawKey::new(1, 1), Allocation::default());
    allocation.start(&provision, &children, draw, BASE_YEAR - 1);
    // Those of phase transfer ages go first: A in the first year, B in the second.
    children.lane_mut(11).push(1, 0, a);
    children.lane_mut(5).push(3, 0, c);
    (0..6)
        .map(|k| {
            if k > 0 {
                children.age_on();
            }
            if k == 1 {
                children.lane_mut(12).remove(0);
                children.lane_mut(4).push(2, 0, b);
            }
            allocation.year(&provision, &mut children, draw, BASE_YEAR + k).waiting
        })
        .collect()
}

#[test]
fn over_years_a_place_more_can_leave_more_children_without_one() {
    assert_eq!(unmet(false), [1, 0, 0, 0, 0, 0]);
    assert_eq!(unmet(true), [0, 1, 1, 1, 1, 1]);
}

#[test]
fn a_shrunk_site_keeps_everybody_and_a_closed_one_nobody() {
    for (left, stay) in [(1, 3), (0, 0)] {
        let mut only = site("Y", &[0], &[1.0], 3);
        only.places.push(places(YEAR, left));
        let rows = ProvisionRows { sites: vec![only], ..ProvisionRows::default() };
        let (provision, mut children) = provision(&rows, &keys(1, 1, 1), &[Role::Seeks]);
        for id in 0..4 {
            children.lane_mut(8).push(id, 0, 0);
        }
        for i in 0..3 {
            children.lane_mut(8).sit(i, 1, 0);
        }
        let (after, allocation) = seats(&provision, &children, DrawKey::new(1, 1));
        assert_eq!(after.values().filter(|&&seat| seat == 1).count(), stay);
        assert_eq!(allocation.rooms[0].over_number() as usize, stay.saturating_sub(left as usize));
        assert!(after.values().all(|&seat| seat != NO_SEAT));
    }
}

#[test]
fn those_who_wait_longest_go_first_after_phase_transfer() {
    let rows = ProvisionRows { sites: vec![site("Y", &[0], &[1.0], 2)], ..ProvisionRows::default() };
    for seed in 0..50 {
        let (provision, mut children) = provision(&rows, &keys(1, 1, 1), &[Role::Seeks]);
        for (id, age, waited) in [(1, 8, 0), (2, 8, 2), (3, 9, 1), (4, 11, 0)] {
            children.lane_mut(age).push(id, 0, 0);
            let lane = children.lane_mut(age);
            let i = lane.len() - 1;
            (lane.seat[i], lane.waited[i]) = (if waited > 0 { WAITING } else { NO_SEAT }, waited);
        }
        let (after, _) = seats(&provision, &children, DrawKey::new(seed, 0));
        assert_eq!([after[&4], after[&2]], [1, 1]);
        assert!(after[&1] > 1 && after[&3] > 1);
    }
}

#[test]
fn a_site_with_two_parts_goes_on_with_its_children() {
    let whole = site("Y", &[0], &[1.0], 1);
    let lower =
        sufficiency::provision::SiteRow { part: "lower".into(), ages: AgeRange::new(4, 10).unwrap(), ..whole };
    let mut upper = lower.clone();
    (upper.part, upper.ages) = ("upper".into(), AgeRange::new(11, 15).unwrap());
    let rows = ProvisionRows { sites: vec![upper, lower], ..ProvisionRows::default() };
    let (provision, mut children) = provision(&rows, &keys(1, 1, 1), &[Role::Seeks]);
    for (age, id, seat) in [(11, 1, 1), (12, 2, 2), (11, 3, NO_SEAT)] {
        children.lane_mut(age).push(id, 0, 0);
        let last = children.lane(age).len() - 1;
        children.lane_mut(age).sit(last, seat, 0);
    }
    let (after, allocation) = seats(&provision, &children, DrawKey::new(1, 1));
    assert_eq!([after[&1], after[&2]], [2, 2], "the child of 11 goes on to the upper part, above its number");
    assert_eq!(allocation.rooms[1].over_number(), 1);
    assert!(after[&3] >= WAITING);
}
