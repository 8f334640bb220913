//! Places by year, base seats, and what is refused.

use crate::sites::{BASE_YEAR, ROLES, keys, places, provision, site};
use sufficiency::children::{Children, INDEPENDENT, WAITING};
use sufficiency::domain::AgeRange;
use sufficiency::provision::{
    Capacity, CountedAs, Fill, OccupiedRow, Opening, PlacesRow, Provision, ProvisionRows, SiteRow,
};
use sufficiency::random::DrawKey;

fn opening(month: u8, fill: Fill) -> Opening {
    Opening { year: 2027, month, places: 60, fill, delay: vec![] }
}

fn capacity(places: Vec<PlacesRow>, openings: Vec<Opening>) -> Capacity {
    let rows = ProvisionRows {
        sites: vec![SiteRow { places, openings, ..site("Y", &[0], &[1.0], 1) }],
        ..ProvisionRows::default()
    };
    provision(&rows, &keys(1, 1, 4), &ROLES).0.sites[0].capacity.clone()
}

fn own(capacity: &Capacity, ages: AgeRange, years: std::ops::RangeInclusive<i32>) -> Vec<u32> {
    let delays = vec![0; capacity.openings().len()];
    years.map(|year| capacity.in_year(year, ages, &delays).own).collect()
}

#[test]
fn figures_carry_forward_the_lower_counts_and_held_places_go() {
    let physical = PlacesRow { year: 2026, counted_as: CountedAs::Physical, places: 8, held_for_others: 0 };
    let commissioned = PlacesRow { held_for_others: 3, ..places(2024, 10) };
    let capacity = capacity(vec![places(2028, 5), physical, commissioned], vec![]);
    assert_eq!(own(&capacity, AgeRange::ALL, 2023..=2029), [0, 7, 7, 5, 5, 5, 5]);
}

#[test]
fn september_counts_in_the_next_january_and_shares_round_down() {
    let shares = || Fill::Shares(vec![0.34, 0.67, 1.0]);
    let open = |month| own(&capacity(vec![], vec![opening(month, shares())]), AgeRange::ALL, 2026..=2031);
    assert_eq!(open(9), [0, 0, 20, 40, 60, 60]);
    assert_eq!(open(1), [0, 20, 40, 60, 60, 60]);
}

#[test]
fn a_new_school_grows_with_its_intakes() {
    let capacity = capacity(vec![], vec![opening(9, Fill::EntryYears)]);
    let ages = AgeRange::new(9, 14).unwrap();
    assert_eq!(own(&capacity, ages, 2027..=2032), [0, 20, 40, 50, 60, 60]);
    let first = capacity.in_year(2028, ages, &[0]);
    assert_eq!(first.ages, 1 << 9 | 1 << 11, "Year 5 and Year 7 may enter first");
    assert!(first.open && !capacity.in_year(2028, ages, &[1]).open);
}

#[test]
fn delays_have_their_shares_and_one_draw_has_one() {
    let late = Opening { delay: vec![(0, 0.6), (1, 0.3), (2, 0.1)], ..opening(9, Fill::EntryYears) };
    let capacity = capacity(vec![], vec![late]);
    let mut counts = [0; 3];
    for draw in 0..10_000 {
        let (mut delays, mut again) = (vec![], vec![]);
        capacity.delays(DrawKey::new(1, draw), 77, &mut delays);
        capacity.delays(DrawKey::new(1, draw), 77, &mut again);
        assert_eq!(delays, again);
        counts[usize::from(delays[0])] += 1;
    }
    // Five standard errors of a share from 10,000 draws are at most 0.025.
    for (count, share) in counts.iter().zip([0.6, 0.3, 0.1]) {
        assert!((f64::from(*count) / 1e4 - share).abs() < 0.025, "{counts:?}");
    }
}

fn slugs(sites: Vec<SiteRow>, occupied: Option<Vec<OccupiedRow>>) -> Vec<&'static str> {
    let rows = ProvisionRows { sites, occupied, ..ProvisionRows::default() };
    let (mut problems, mut children) = (vec![], Children::none(1));
    Provision::new(&rows, BASE_YEAR, &keys(1, 1, 4), &ROLES, &mut children, &mut problems);
    problems.iter().map(|problem| problem.slug).collect()
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let good = || site("Y", &[0], &[1.0], 1);
    assert!(slugs(vec![good()], None).is_empty());
    let wrong = SiteRow {
        setting: 3,
        needs: vec![],
        travel: vec![f64::NAN],
        tolerance: 2.0,
        places: vec![places(2020, 5), places(2027, 0), places(2029, 5)],
        openings: vec![Opening {
            year: 2020,
            month: 13,
            delay: vec![(0, 0.5)],
            ..opening(9, Fill::Shares(vec![0.5]))
        }],
        ..good()
    };
    let nobody = OccupiedRow { site: "Q".into(), age: 5, need: 0, plans: 1 };
    let found = slugs(vec![wrong, SiteRow { places: vec![], ..site("Z", &[0], &[1.0], 1) }], Some(vec![nobody]));
    let expected = [
        "site-admits-nobody",
        "site-setting",
        "bad-travel",
        "out-of-range",
        "places-after-closing",
        "bad-month",
        "opening-in-the-past",
        "bad-ramp",
        "bad-delay",
        "site-without-places",
        "unknown-site",
    ];
    assert_eq!(found, expected);
    assert_eq!(slugs(vec![good(), good()], None), ["duplicate-key"]);
    // A site may open after years of no places, and stay at 0 once closed.
    let later =
        SiteRow { places: vec![places(2020, 0), places(2027, 5), places(2030, 0), places(2031, 0)], ..good() };
    assert!(slugs(vec![later], None).is_empty());
}

/// Three children of 8 near, three far, one of them required independent; seats of the base year by area.
fn base_seats(occupied: Option<Vec<OccupiedRow>>) -> (Vec<(u16, u16)>, Provision) {
    let rows =
        ProvisionRows { sites: vec![site("Y", &[0], &[9.0, 1.0], 2)], occupied, ..ProvisionRows::default() };
    let (mut problems, mut children) = (vec![], Children::none(2));
    for (id, area, setting) in [(1, 0, 0), (2, 1, 0), (3, 0, 0), (4, 1, 0), (5, 1, 2), (6, 0, 1)] {
        children.lane_mut(8).push(id, area, setting);
    }
    let provision = Provision::new(&rows, BASE_YEAR, &keys(2, 1, 4), &ROLES, &mut children, &mut problems);
    assert!(problems.is_empty());
    let lane = children.lane(8);
    (lane.id.iter().map(|&id| id as u16).zip(lane.seat.iter().copied()).collect(), provision)
}

#[test]
fn the_base_year_is_seated_by_its_table_else_by_rule() {
    let row = |plans| Some(vec![OccupiedRow { site: "Y".into(), age: 8, need: 0, plans }]);
    let (seats, provision) = base_seats(row(3));
    assert_eq!(seats, [(1, 1), (2, 1), (3, WAITING), (4, 1), (5, INDEPENDENT), (6, WAITING)], "the nearest sit");
    assert!(!provision.seated.inferred && !provision.seated.beyond_plans);
    assert!(base_seats(row(9)).1.seated.beyond_plans);
    let (seats, provision) = base_seats(None);
    assert_eq!(seats, [(1, 1), (2, 1), (3, 1), (4, 1), (5, INDEPENDENT), (6, INDEPENDENT)], "above number");
    assert!(provision.seated.inferred);
}
