//! Seats of the base year: as the authority's table says, else by rule.

use super::{Provision, Role};
use crate::children::{Children, INDEPENDENT, NO_SEAT, WAITING};
use crate::domain::AGES;
use crate::error::Problem;

/// Children of one age and need who sit at a site in the base year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccupiedRow {
    /// Code of the site.
    pub site: String,
    /// Age.
    pub age: usize,
    /// Need.
    pub need: usize,
    /// Children.
    pub plans: u32,
}

/// How the base year's children came by their seats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seated {
    /// Seated by rule, for want of a table: flag `seats-inferred`.
    pub inferred: bool,
    /// Some children of the table were not found among the plans: flag `occupied-beyond-plans`.
    pub beyond_plans: bool,
}

/// A child of the base year: where to find it, and how it is told from others whatever order rows came in.
type Standing = (usize, u16, u16, u64, usize);

/// Rows in canonical order.
pub(super) fn in_order(rows: &[OccupiedRow]) -> Vec<OccupiedRow> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| a.site.as_bytes().cmp(b.site.as_bytes()).then((a.age, a.need).cmp(&(b.age, b.need))));
    rows
}

/// Adds what is wrong with the table of occupied seats.
pub(super) fn check(
    rows: Option<&[OccupiedRow]>,
    provision: &Provision,
    needs: usize,
    problems: &mut Vec<Problem>,
) {
    for (i, row) in rows.unwrap_or(&[]).iter().enumerate() {
        if !provision.sites.iter().any(|site| site.code == row.site) {
            let message = format!("site {} is not in the table of sites", row.site);
            problems.push(Problem::new("unknown-site", "occupied", message).at(i + 1, "site"));
        }
        if row.age >= AGES || row.need >= needs {
            problems.push(Problem::new("out-of-range", "occupied", "age or need is unknown").at(i + 1, "age"));
        }
    }
    let sorted = in_order(rows.unwrap_or(&[]));
    let key = |row: &OccupiedRow| (row.site.clone(), row.age, row.need);
    if let Some(pair) = sorted.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])) {
        let message = format!("site {}: an age and need stands twice", pair[0].site);
        problems.push(Problem::new("duplicate-key", "occupied", message));
    }
}

/// Seats the children of the base year.
pub(super) fn seat(
    provision: &Provision,
    occupied: Option<&[OccupiedRow]>,
    base_year: i32,
    children: &mut Children,
) -> Seated {
    let mut beyond_plans = false;
    if let Some(rows) = occupied {
        for row in in_order(rows) {
            beyond_plans |= !by_row(provision, &row, children);
        }
    } else {
        by_rule(provision, base_year, children);
    }
    for age in 0..AGES {
        let lane = children.lane_mut(age);
        for i in 0..lane.len() {
            let kind = provision.kinds[usize::from(lane.kind[i])];
            match kind.role {
                Role::Independent => lane.sit(i, INDEPENDENT, kind.setting),
                Role::Seeks if lane.seat[i] == NO_SEAT => {
                    // The table says who sits here: others wait. The rule finds a seat wherever there is one for
                    // them: others are placed where we have no site.
                    let seat = if occupied.is_some() { WAITING } else { INDEPENDENT };
                    lane.sit(i, seat, kind.setting);
                }
                _ => {}
            }
        }
    }
    Seated { inferred: occupied.is_none(), beyond_plans }
}

/// Children of an age without a seat who are required at some commissioned setting, in canonical order.
fn standing(provision: &Provision, children: &Children, age: usize) -> Vec<Standing> {
    let lane = children.lane(age);
    let seeks =
        |i: &usize| lane.seat[*i] == NO_SEAT && provision.kinds[usize::from(lane.kind[*i])].role == Role::Seeks;
    let mut found: Vec<Standing> =
        (0..lane.len()).filter(seeks).map(|i| (age, lane.area[i], lane.kind[i], lane.id[i], i)).collect();
    found.sort_unstable();
    found
}

/// Seats the nearest children that one row of the table can mean; whether there were enough.
fn by_row(provision: &Provision, row: &OccupiedRow, children: &mut Children) -> bool {
    let parts = || (0..provision.sites.len()).filter(|&s| provision.sites[s].code == row.site);
    let Some(seat) = parts().find(|&s| provision.sites[s].admits(row.need, row.age)).or(parts().next()) else {
        return false;
    };
    let site = &provision.sites[seat];
    let mut near = standing(provision, children, row.age);
    near.retain(|child| usize::from(provision.kinds[usize::from(child.2)].need) == row.need);
    // Those required at the site's own setting first, then the nearest; the sort keeps canonical order among equals.
    let other = |kind: u16| usize::from(provision.kinds[usize::from(kind)].setting) != site.setting;
    let travel = |area: u16| site.travel[usize::from(area)];
    near.sort_by(|a, b| other(a.2).cmp(&other(b.2)).then(travel(a.1).total_cmp(&travel(b.1))));
    let lane = children.lane_mut(row.age);
    for &(_, _, kind, _, i) in near.iter().take(row.plans as usize) {
        lane.sit(i, seat as u16 + 1, provision.kinds[usize::from(kind)].setting);
    }
    near.len() >= row.plans as usize
}

/// Seats children at the first site of their setting with room; then, above number, at the first of their setting.
fn by_rule(provision: &Provision, base_year: i32, children: &mut Children) {
    let mut room: Vec<(bool, u32)> = provision
        .sites
        .iter()
        .map(|site| {
            let delays = vec![0; site.capacity.openings().len()];
            let places = site.capacity.in_year(base_year, site.ages, &delays);
            (places.open, site.limit(places.own))
        })
        .collect();
    for above_number in [false, true] {
        for (age, area, kind, _, i) in
            (0..AGES).flat_map(|age| standing(provision, children, age)).collect::<Vec<_>>()
        {
            let setting = provision.kinds[usize::from(kind)].setting;
            let list = provision.preferences.of(usize::from(area), usize::from(kind), age);
            let fits = |site: &&u16| {
                let (open, left) = room[usize::from(**site)];
                let own = provision.sites[usize::from(**site)].setting == usize::from(setting);
                own && open && (left > 0 || above_number)
            };
            if let Some(&site) = list.iter().find(fits) {
                let left = &mut room[usize::from(site)].1;
                *left = left.saturating_sub(1);
                children.lane_mut(age).sit(i, site + 1, setting);
            }
        }
    }
}
