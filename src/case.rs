//! A case: base children, parameters and population, checked as a whole and ready to run.

use crate::children::Children;
use crate::domain::{AGES, BaseRow, Codes, Dimension, Need, NeedGroup, Phase, Setting};
use crate::error::{Problem, Result, all_or};
use crate::plans::{Cells, ParameterRows, Parameters};
use crate::population::Population;
use crate::random::{Keys, fold};

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
}

impl World {
    /// A world of bare codes, without groups; a setting known by default keeps its meaning.
    pub fn bare(areas: Codes, needs: Codes, settings: Codes) -> Self {
        let known = Setting::defaults();
        let specialist =
            settings.iter().map(|code| known.iter().any(|s| s.code == code && s.specialist)).collect();
        Self {
            areas,
            needs,
            settings,
            planning_areas: (vec![], vec![]),
            need_groups: (vec![], vec![]),
            specialist,
        }
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

/// Everything a run needs.
#[derive(Debug, Clone)]
pub struct Case {
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
    /// Hash of everything above: two cases with one fingerprint give one result.
    pub fingerprint: u64,
}

/// Tag of children in the base table.
const BASE: u64 = 1;

impl Case {
    /// Builds a case; every problem of the rows is reported at once.
    pub fn new(
        world: World,
        base_year: i32,
        base: &[BaseRow],
        rows: &ParameterRows,
        population: Population,
    ) -> Result<Self> {
        let keys = Keys::of(&world.areas, &world.needs, &world.settings);
        let mut problems = Vec::new();
        let parameters = Parameters::new(rows, &keys, &mut problems);
        let fingerprint = fingerprint(&keys, base_year, base, rows, &population);
        let case = Self {
            base: seat(&keys, base_year, base),
            cells: Cells::new(&keys),
            world,
            base_year,
            parameters,
            population,
            keys,
            fingerprint,
        };
        all_or::<Case>(problems, case)
    }

    /// A problem if the residents' path does not reach `to`.
    pub fn reaches(&self, to: i32) -> Option<Problem> {
        let crate::population::Movement::Path(path) = &self.population.movement else { return None };
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
fn seat(keys: &Keys, base_year: i32, rows: &[BaseRow]) -> Children {
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

fn fingerprint(
    keys: &Keys,
    base_year: i32,
    base: &[BaseRow],
    rows: &ParameterRows,
    population: &Population,
) -> u64 {
    // Debug forms print every number in full, so they tell any two models apart.
    let mut order: Vec<String> = base.iter().map(|row| format!("{row:?}")).collect();
    order.sort_unstable();
    let text = format!("{keys:?}{base_year}{order:?}{rows:?}{population:?}");
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}
