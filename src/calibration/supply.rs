//! Provision of a case from checked tables of supply.

use crate::case::{CostRow, World};
use crate::data::{Counted, Status, Supply, SupplyPlaces, SupplySite};
use crate::domain::{AGES, AgeRange, BaseRow};
use crate::error::{Problem, Result, all_or};
use crate::provision::{CountedAs, OccupiedRow, OverflowRows, PlacesRow, ProvisionRows, Role, SiteRow};

/// Latitude and longitude of a place, degrees.
pub type Point = (f64, f64);

/// Provision, and what to know about it.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplyRows {
    /// Sites, seats, overflow; none if no site's places are for children who seek one.
    pub provision: Option<ProvisionRows>,
    /// Costs.
    pub costs: Vec<CostRow>,
    /// Flags raised.
    pub flags: Vec<&'static str>,
    /// Sites left out, since their setting is not specialist or has no places that authorities commission.
    pub left_out: usize,
}

/// Roads are longer than the crow flies: the usual detour factor.
const DETOUR: f64 = 1.3;
/// Mean radius of the Earth, km.
const EARTH: f64 = 6371.0;

/// Lays tables of supply out as provision. `points` are the areas' centroids.
pub fn supply_rows(
    supply: &Supply,
    world: &World,
    points: &[Option<Point>],
    base: &[BaseRow],
) -> Result<SupplyRows> {
    let roles = world.roles();
    let mut rows = SupplyRows { provision: None, costs: costs(supply), flags: vec![], left_out: 0 };
    let mut problems = vec![];
    let mut sites = vec![];
    for (at, site) in supply.sites.iter().enumerate() {
        if roles[site.setting] != Role::Seeks {
            rows.left_out += 1;
            continue;
        }
        let unlocated = supply.travel.is_empty() && nothing_located(world, points);
        let (km, minutes) =
            if unlocated { (vec![], vec![]) } else { ways(supply, at, site, points, &mut problems) };
        sites.extend(parts(supply, at, &mut problems).into_iter().map(|(ages, needs, places)| SiteRow {
            code: site.code.clone(),
            part: if ages == site.ages && needs == site.needs { String::new() } else { part_name(ages, &needs) },
            setting: site.setting,
            needs,
            ages,
            tolerance: site.tolerance,
            in_authority: site.in_authority,
            area: site.in_authority.then(|| site.area.or(nearest_area(&km))).flatten(),
            travel: match (unlocated, minutes.is_empty()) {
                (true, _) => by_planning_area(site.area, world),
                (false, true) => km.clone(),
                (false, false) => minutes.clone(),
            },
            km: km.clone(),
            minutes: minutes.clone(),
            places,
            openings: vec![],
        }));
    }
    all_or(problems, ())?;
    let mut flag = |raised: bool, slug| rows.flags.extend(raised.then_some(slug));
    let no_table = supply.travel.is_empty() && !sites.is_empty();
    flag(no_table && !nothing_located(world, points), "travel-estimated");
    flag(no_table && nothing_located(world, points), "travel-unknown");
    flag(supply.places.iter().any(|row| row.counted == Counted::Roll), "roll-not-places");
    flag(supply.places.iter().any(|row| row.status == Status::Proposed), "proposed-left-out");
    flag(rows.left_out > 0, "sites-left-out");
    let seats = supply.occupied.as_ref().map(|seats| {
        let stays = |seat: &&crate::data::SupplySeat| roles[supply.sites[seat.site].setting] == Role::Seeks;
        let row = |seat: &crate::data::SupplySeat| OccupiedRow {
            site: supply.sites[seat.site].code.clone(),
            age: seat.age,
            need: seat.need,
            plans: seat.plans,
        };
        seats.iter().filter(stays).map(row).collect()
    });
    let nobody = |site: &SiteRow| {
        let here = |row: &BaseRow| site.ages.contains(row.age) && site.needs.contains(&row.need);
        !base.iter().any(|row| row.plans > 0 && roles[row.setting] == Role::Seeks && here(row))
    };
    flag(sites.iter().any(nobody), "places-for-nobody");
    if !sites.is_empty() {
        rows.provision =
            Some(ProvisionRows { sites, occupied: seats, overflow: OverflowRows::default(), held: None });
    }
    Ok(rows)
}

fn costs(supply: &Supply) -> Vec<CostRow> {
    let row = |row: &crate::data::SupplyCost| {
        let [place_filled, place_empty, top_up, transport] = row.pounds;
        CostRow { setting: row.setting, need: row.need, place_filled, place_empty, top_up, transport }
    };
    supply.costs.iter().map(row).collect()
}

/// A part of a site: ages, needs, and its figures of places.
type Part = (AgeRange, Vec<usize>, Vec<PlacesRow>);

/// The parts of a site. Rows of one set of ages and needs are one part; proposed places and rolls are left out.
fn parts(supply: &Supply, at: usize, problems: &mut Vec<Problem>) -> Vec<Part> {
    let counts =
        |row: &&SupplyPlaces| row.site == at && row.status != Status::Proposed && row.counted != Counted::Roll;
    let mut parts: Vec<Part> = vec![];
    for row in supply.places.iter().filter(counts) {
        let places = PlacesRow {
            year: row.year,
            counted_as: if row.counted == Counted::Physical {
                CountedAs::Physical
            } else {
                CountedAs::Commissioned
            },
            places: row.places,
            held_for_others: row.held,
        };
        match parts.iter_mut().find(|(ages, needs, _)| *ages == row.ages && *needs == row.needs) {
            Some((.., figures)) => figures.push(places),
            None => parts.push((row.ages, row.needs.clone(), vec![places])),
        }
    }
    let commissioned = |part: &Part| part.2.iter().any(|row| row.counted_as == CountedAs::Commissioned);
    if parts.iter().any(commissioned) && !parts.iter().all(commissioned) {
        let message =
            format!("site {} has a capacity for other ages or needs than its places", supply.sites[at].code);
        let hint = "give the capacity of each part, or the places of the whole site";
        problems.push(Problem::new("capacity-of-parts", "places", message).hint(hint));
    }
    parts
}

/// The name of a part.
pub fn part_name(ages: AgeRange, needs: &[usize]) -> String {
    // Zeros before a digit, so that parts stand in the order of their ages.
    let needs: Vec<String> = needs.iter().map(|need| format!("{need:02}")).collect();
    format!("{:02}-{:02}:{}", ages.from, ages.to, needs.join("+"))
}

/// Kilometres and minutes from each area; no minutes where no table gives them.
fn ways(
    supply: &Supply,
    at: usize,
    site: &SupplySite,
    points: &[Option<Point>],
    problems: &mut Vec<Problem>,
) -> (Vec<f64>, Vec<f64>) {
    if !supply.travel.is_empty() {
        let (mut km, mut minutes) = (vec![0.0; points.len()], vec![0.0; points.len()]);
        for row in supply.travel.iter().filter(|row| row.site == at) {
            (km[row.area], minutes[row.area]) = (row.km, row.minutes);
        }
        return (km, minutes);
    }
    let km = estimated_km(site.point.or(site.area.and_then(|area| points[area])), points);
    if km.is_none() {
        let message = format!("how far site {} is from each area is not known", site.code);
        let hint = "give latitude and longitude in areas and sites, or a table travel";
        problems.push(Problem::new("travel-missing", "sites", message).hint(hint));
    }
    (km.unwrap_or_else(|| vec![0.0; points.len()]), vec![])
}

/// Whether all that is known of where things are is which area is in which planning area.
pub fn nothing_located(world: &World, points: &[Option<Point>]) -> bool {
    points.len() > 1 && points.iter().all(Option::is_none) && !world.planning_areas.0.is_empty()
}

/// An order in place of ways that nobody knows: the area where a site stands, others of its planning area, all others.
pub fn by_planning_area(stands: Option<usize>, world: &World) -> Vec<f64> {
    let group = |area: usize| world.planning_areas.1.get(area);
    let rank = |area: usize| match stands {
        Some(at) if at == area => 0.0,
        Some(at) if group(at) == group(area) => 1.0,
        _ => 2.0,
    };
    (0..world.areas.len()).map(rank).collect()
}

/// The area that a site is taken to stand in if it says only where: the one with the shortest way.
pub fn nearest_area(km: &[f64]) -> Option<usize> {
    (0..km.len()).min_by(|&a, &b| km[a].total_cmp(&km[b]))
}

/// Road kilometres from homes in each area to a point: 1.3 times the root mean square of the distances from homes
/// spread over a disc round the centroid, whose radius is half the way to the nearest other centroid.
/// In a world of one area nothing is further than anything else.
pub fn estimated_km(to: Option<Point>, points: &[Option<Point>]) -> Option<Vec<f64>> {
    if points.len() == 1 {
        return Some(vec![0.0]);
    }
    let known: Option<Vec<Point>> = points.iter().copied().collect();
    let (to, known) = (to?, known?);
    let spread = |i: usize| {
        let others = (0..known.len()).filter(|&j| j != i).map(|j| great_circle(known[i], known[j]));
        others.fold(f64::INFINITY, f64::min) / 2.0
    };
    let km = |i: usize| {
        let (d, r) = (great_circle(known[i], to), spread(i));
        DETOUR * libm::sqrt(d * d + r * r / 2.0)
    };
    Some((0..known.len()).map(km).collect())
}

/// Kilometres between two points (haversine).
fn great_circle(a: Point, b: Point) -> f64 {
    let radians = |degrees: f64| degrees * std::f64::consts::PI / 180.0;
    let (north, east) = (radians(b.0 - a.0) / 2.0, radians(b.1 - a.1) / 2.0);
    let square = |x: f64| x * x;
    let parallels = libm::cos(radians(a.0)) * libm::cos(radians(b.0));
    let haversine = square(libm::sin(north)) + parallels * square(libm::sin(east));
    2.0 * EARTH * libm::asin(libm::sqrt(haversine.min(1.0)))
}

/// Children documented as waiting for a specialist place stand in the base table where they are; they become children
/// who require the specialist setting that most children of their need are in. Those in mainstream come first, then
/// the unplaced, then others in the order of settings. Returns whether all were found.
pub fn waiting_requires_a_place(
    base: &mut Vec<BaseRow>,
    waiting: &[crate::data::WaitingRow],
    world: &World,
    base_year: i32,
) -> bool {
    let roles = world.roles();
    let first = ["mainstream", "unplaced"].map(|code| world.settings.position(code));
    let mut order: Vec<usize> = first.into_iter().flatten().collect();
    order.extend((0..roles.len()).filter(|s| roles[*s] == Role::None && !first.contains(&Some(*s))));
    let required: Vec<Option<usize>> = (0..world.needs.len())
        .map(|need| {
            let plans = |setting: usize| -> u32 {
                base.iter().filter(|row| row.need == need && row.setting == setting).map(|row| row.plans).sum()
            };
            let ours = (0..roles.len()).filter(|&setting| roles[setting] == Role::Seeks);
            ours.max_by_key(|&setting| (plans(setting), std::cmp::Reverse(setting)))
        })
        .collect();
    let mut all = true;
    for row in waiting.iter().filter(|row| row.year == base_year) {
        let mut left = row.plans;
        for &setting in &order {
            let fits = |b: &BaseRow| {
                b.setting == setting
                    && row.ages.contains(b.age)
                    && SCHOOL.contains(&b.age)
                    && row.area.is_none_or(|area| area == b.area)
                    && row.need.is_none_or(|need| need == b.need)
            };
            let mut moved = vec![];
            for b in base.iter_mut().filter(|b| fits(b)) {
                let Some(to) = required[b.need] else { continue };
                let n = left.min(b.plans);
                (left, b.plans) = (left - n, b.plans - n);
                moved.push(BaseRow { setting: to, plans: n, ..*b });
            }
            for to in moved.into_iter().filter(|to| to.plans > 0) {
                let same = |b: &&mut BaseRow| {
                    (b.area, b.age, b.need, b.setting) == (to.area, to.age, to.need, to.setting)
                };
                match base.iter_mut().find(same) {
                    Some(b) => b.plans += to.plans,
                    None => base.push(to),
                }
            }
        }
        all &= left == 0;
    }
    base.retain(|row| row.plans > 0);
    all
}

/// Reception to Year 11.
const SCHOOL: std::ops::RangeInclusive<usize> = 4..=15;

const _: () = assert!(AGES > 15);
