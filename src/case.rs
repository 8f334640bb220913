//! A case: base children, parameters and population, checked as a whole and ready to run.

use crate::children::Children;
use crate::data::SupportRow;
use crate::domain::{AGES, BaseRow, Codes, Dimension, Need, NeedGroup, Phase, Setting};
use crate::error::{Problem, Result, all_or};
use crate::plans::{Cells, ParameterRows, Parameters, Rates, Trend, TrendInCase};
use crate::population::{Movement, Population, Residents};
use crate::provision::{Provision, ProvisionRows, Role};
use crate::random::{Keys, fold};
use std::sync::Arc;

/// The codes of a world and what they mean.
#[derive(Debug, Clone)]
pub struct World {
    /// Home areas.
    pub areas: Codes,
    /// Primary needs.
    pub needs: Codes,
    /// Settings.
    pub settings: Codes,
    /// Planning areas in declared order, and the one of each area; both empty if there are none.
    pub planning_areas: (Vec<String>, Vec<usize>),
    /// Need groups in declared order, and the one of each need; both empty if there are none.
    pub need_groups: (Vec<String>, Vec<usize>),
    /// Whether each setting counts as specialist demand.
    pub specialist: Vec<bool>,
    /// Whether places at each setting are commissioned by authorities.
    pub commissioned: Vec<bool>,
}

impl World {
    /// A world of bare codes, without groups; a setting known by default keeps its meaning.
    pub fn bare(areas: Codes, needs: Codes, settings: Codes) -> Self {
        let known = Setting::defaults();
        let flags = |flag: fn(&Setting) -> bool| {
            settings.iter().map(|code| known.iter().any(|s| s.code == code && flag(s))).collect()
        };
        let (specialist, commissioned) = (flags(|s| s.specialist), flags(|s| s.commissioned));
        Self {
            areas,
            needs,
            settings,
            planning_areas: (vec![], vec![]),
            need_groups: (vec![], vec![]),
            specialist,
            commissioned,
        }
    }

    /// What a child required at each setting does about a place.
    pub fn roles(&self) -> Vec<Role> {
        let role = |(&specialist, &commissioned): (&bool, &bool)| Role::of(specialist, commissioned);
        self.specialist.iter().zip(&self.commissioned).map(role).collect()
    }

    /// Groups the needs as `needs` says, in the order of the groups; needs it does not know have group unknown.
    pub fn group_needs(&mut self, needs: &[Need]) {
        let group = |code: &str| needs.iter().find(|n| n.code == code).map_or(NeedGroup::Unknown, |n| n.group);
        let of: Vec<NeedGroup> = self.needs.iter().map(group).collect();
        let present: Vec<NeedGroup> = NeedGroup::ALL.into_iter().filter(|g| of.contains(g)).collect();
        let position = |g: &NeedGroup| present.iter().position(|p| p == g).unwrap_or(0);
        self.need_groups =
            (present.iter().map(|g| g.code().to_string()).collect(), of.iter().map(position).collect());
    }

    /// Area, age, need and setting as dimensions, in this order.
    pub fn dimensions(&self) -> [Dimension; 4] {
        let of_codes = |leaf, group, codes: &Codes, groups: &(Vec<String>, Vec<usize>)| Dimension {
            leaf,
            group,
            leaves: codes.iter().map(str::to_string).collect(),
            groups: groups.0.clone(),
            group_of: if groups.1.is_empty() { vec![0; codes.len()] } else { groups.1.clone() },
            declared: codes.declared().to_vec(),
        };
        let none = (vec![], vec![]);
        [
            of_codes("area", "planning_area", &self.areas, &self.planning_areas),
            Dimension {
                leaf: "age",
                group: "phase",
                leaves: (0..AGES).map(|age| age.to_string()).collect(),
                groups: Phase::ALL.iter().map(|phase| phase.code().to_string()).collect(),
                group_of: (0..AGES).map(|age| Phase::of_age(age) as usize).collect(),
                declared: (0..AGES).collect(),
            },
            of_codes("need", "need_group", &self.needs, &self.need_groups),
            of_codes("setting", "", &self.settings, &none),
        ]
    }
}

/// What a case is built from: plain rows, which a scenario may change and a file may hold.
#[derive(Debug, Clone)]
pub struct CaseRows {
    /// Codes and their meaning.
    pub world: World,
    /// January census that the base children were counted at.
    pub base_year: i32,
    /// Base children, canonical positions.
    pub base: Vec<BaseRow>,
    /// Parameters.
    pub parameters: ParameterRows,
    /// Residents.
    pub population: Population,
    /// Latitude and longitude of each area, degrees, where known.
    pub points: Vec<Option<(f64, f64)>>,
    /// Sites and their places, if there are any.
    pub provision: Option<ProvisionRows>,
    /// Yearly costs.
    pub costs: Vec<CostRow>,
    /// Shares of children, by where they are, who require a specialist place though no plan says so.
    pub psi: Vec<PsiRow>,
    /// Children supported without a plan, whom a scenario may give one.
    pub support: Vec<SupportRow>,
}

/// Costs a year of one setting and need, in thousand pounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostRow {
    /// Setting.
    pub setting: usize,
    /// Need; all needs if none.
    pub need: Option<usize>,
    /// Paid for a place that a child fills.
    pub place_filled: f64,
    /// Paid for a place that nobody fills.
    pub place_empty: f64,
    /// Follows the child.
    pub top_up: f64,
    /// Transport of the child.
    pub transport: f64,
}

/// Share of the children of a setting, or of a setting and need, who require a specialist place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PsiRow {
    /// Setting where they are.
    pub setting: usize,
    /// Need; all needs if none.
    pub need: Option<usize>,
    /// Central share.
    pub psi: f64,
}

/// Everything a run needs.
#[derive(Debug, Clone)]
pub struct Case {
    /// The rows it was built from.
    pub rows: Arc<CaseRows>,
    /// Codes and their meaning.
    pub world: World,
    /// Keys of the codes.
    pub keys: Keys,
    /// January census that the base children were counted at.
    pub base_year: i32,
    /// Base children.
    pub base: Children,
    /// Parameter tables.
    pub parameters: Parameters,
    /// Residents.
    pub population: Population,
    /// Cells of new plans.
    pub cells: Cells,
    /// Path of total plans that new plans are scaled to meet.
    pub trend: Option<TrendInCase>,
    /// Sites and their places; without it there is demand but nobody is placed.
    pub provision: Option<Provision>,
    /// Hash of everything above: two cases with one fingerprint give one result.
    pub fingerprint: u64,
}

/// Tag of children in the base table.
const BASE: u64 = 1;

impl Case {
    /// Builds a case; every problem of the rows is reported at once.
    pub fn new(rows: CaseRows) -> Result<Self> {
        let CaseRows { world, base_year, parameters, population, provision, .. } = &rows;
        let keys = Keys::of(&world.areas, &world.needs, &world.settings);
        let mut problems = Vec::new();
        let compiled = Parameters::new(parameters, &keys, &mut problems);
        let mut fingerprint = fingerprint(&keys, &rows);
        let mut base = stand(&keys, *base_year, &rows.base);
        let trend = parameters
            .trend
            .as_ref()
            .filter(|_| problems.is_empty())
            .map(|trend| set_trend(trend.clone(), world, &keys, &base, &compiled, population, *base_year));
        let provision = provision.as_ref().map(|sites| {
            let provision = Provision::new(sites, *base_year, &keys, &world.roles(), &mut base, &mut problems);
            fingerprint = hash(&format!("{fingerprint}{:?}{}", world.roles(), provision.facts()));
            provision
        });
        let case = Self {
            base,
            trend,
            provision,
            cells: Cells::new(&keys),
            world: world.clone(),
            base_year: *base_year,
            parameters: compiled,
            population: population.clone(),
            keys,
            fingerprint,
            rows: Arc::new(rows),
        };
        all_or(problems, case)
    }

    /// The same case with sites: the base year's children are seated, and every year ends with an allocation.
    pub fn with_provision(&self, provision: ProvisionRows) -> Result<Self> {
        Self::new(CaseRows { provision: Some(provision), ..(*self.rows).clone() })
    }

    /// A problem if the residents' path does not reach `to`.
    pub fn reaches(&self, to: i32) -> Option<Problem> {
        let Movement::Path(path) = &self.population.movement else { return None };
        let last = self.base_year + path.years.len() as i32;
        (to > last).then(|| {
            Problem::new(
                "beyond-population",
                "argument to",
                format!("to is {to}, but residents are known only to {last}"),
            )
            .hint("give population to that year, or project to an earlier year")
        })
    }
}

/// Children one by one, identified by where they stand in the base table.
fn stand(keys: &Keys, base_year: i32, rows: &[BaseRow]) -> Children {
    let mut children = Children::none(keys.areas.len());
    for row in rows {
        let cell = fold(keys.cell(row.area, row.need), BASE);
        let born = fold(cell, i64::from(base_year - row.age as i32) as u64);
        let placed = fold(born, keys.settings[row.setting]);
        let lane = children.lane_mut(row.age);
        for k in 0..row.plans {
            lane.push(fold(placed, u64::from(k)), row.area, row.need * keys.settings.len() + row.setting);
        }
    }
    for age in 0..AGES {
        let lane = children.lane_mut(age);
        lane.first_new = lane.len();
    }
    children
}

fn fingerprint(keys: &Keys, rows: &CaseRows) -> u64 {
    let CaseRows { base_year, base, parameters, population, costs, psi, .. } = rows;
    // Debug forms print every number in full, so they tell any two models apart.
    let mut order: Vec<String> = base.iter().map(|row| format!("{row:?}")).collect();
    order.sort_unstable();
    let model = hash(&format!("{keys:?}{base_year}{order:?}{parameters:?}{}", population.facts()));
    if costs.is_empty() && psi.is_empty() { model } else { hash(&format!("{model}{costs:?}{psi:?}")) }
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

/// Years of residents prepared for a trend where the population has no path of its own.
const TREND_YEARS: usize = 40;

/// Sets a trend into a case: the base year's children and the expected residents of every year to come.
fn set_trend(
    trend: Trend,
    world: &World,
    keys: &Keys,
    base: &Children,
    parameters: &Parameters,
    population: &Population,
    base_year: i32,
) -> TrendInCase {
    let (needs, settings) = (keys.needs.len(), keys.settings.len());
    let mut rates = Rates::new(parameters);
    rates.draw(parameters, None);
    let years = match &population.movement {
        Movement::Path(path) => path.years.len(),
        _ => TREND_YEARS,
    };
    // Residents whom a scenario adds, or who are held back, are no part of the path that new plans meet: it would cancel them.
    let population = &Population { additions: vec![], held: None, ..population.clone() };
    let mut residents = Residents::default();
    residents.start(population, keys, None);
    let mut exposed = Vec::with_capacity(years);
    for step in 1..=years {
        residents.advance(population, keys, None, base_year + step as i32, step);
        let weighted = |cell: usize| {
            let here = &residents.now[cell / needs * keys.areas.len()..][..keys.areas.len()];
            let risks = &rates.area_multipliers[cell % needs * keys.areas.len()..];
            here.iter().zip(risks).map(|(residents, risk)| residents * risk).sum()
        };
        exposed.push((0..AGES * needs).map(weighted).collect());
    }
    let mut kinds = vec![0.0; AGES * needs * settings];
    for age in 1..AGES {
        // Those who turn `age` in the first year; where there are none, any kind is as likely.
        let shares = &mut kinds[age * needs * settings..][..needs * settings];
        let lane = base.lane(age - 1);
        lane.kind.iter().for_each(|&kind| shares[usize::from(kind)] += 1.0 / lane.len() as f64);
        if lane.is_empty() {
            shares.fill(1.0 / shares.len() as f64);
        }
    }
    let groups = &world.need_groups;
    let group_of = if groups.1.is_empty() { (0..needs).collect() } else { groups.1.clone() };
    let group_count = groups.0.len().max(if groups.1.is_empty() { needs } else { 0 });
    let mut set = TrendInCase {
        trend,
        base: base.lanes().map(|(_, lane)| lane.len() as f64).collect(),
        kinds,
        exposed,
        group_of: (group_of, group_count),
        base_year,
        stays: [vec![], vec![], vec![]],
        levers: parameters.capacity_levers(),
    };
    set.stays = set.usual_stays(&rates, parameters.sizes);
    set
}
