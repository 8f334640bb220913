//! Resident children, the exposure of new plans: by age and area, moved on a year at a time.

mod births;
mod current;
mod forward;
#[cfg(test)]
mod forward_tests;
mod history;
mod notes;
mod raking;
mod ratios;
mod walk;

pub use forward::{Projected, project_residents};
pub use history::{Control, History};

use crate::children::Children;
use crate::domain::AGES;
use crate::random::{BinomialTables, DrawKey, Keys, PoissonTable, Process, Sequence, Size, exp_all, key};

/// How residents move from one January to the next.
#[derive(Debug, Clone)]
pub enum Movement {
    /// The base year's population stands.
    Still,
    /// Births, arrivals and leavers are drawn child by child.
    Flows(Flows),
    /// A path of expected residents with random walks around it.
    Path(Path),
}

/// Residents of the base year and how they move.
#[derive(Debug, Clone)]
pub struct Population {
    /// Residents in the base year, by age and area.
    pub base: Vec<f64>,
    /// How they move.
    pub movement: Movement,
    /// Whether children who have a plan are taken off the exposure.
    pub without_plans: bool,
    /// Residents beyond those, in the order in which scenarios add them.
    pub additions: Vec<Addition>,
    /// Residents who stay as many, at each age and in each area, as they are in some January.
    pub held: Option<HeldResidents>,
}

/// Residents who stay as many as in a January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldResidents {
    /// Years from the base year to that January.
    pub after: usize,
    /// Whether those born by then are held.
    pub born: bool,
    /// Whether those born later are held.
    pub births: bool,
}

/// Why residents come whom a scenario adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// New homes.
    Housing,
    /// They move in.
    Migration,
}

/// Residents that a scenario adds: so many times a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// Why they come.
    pub what: Added,
    /// Key of the change.
    pub key: u64,
    /// Times the pattern; drawn once per draw.
    pub size: Size,
    /// Residents by age and area, one vector a year from the year after the base year; the last one stands.
    pub years: Vec<Vec<f64>>,
}

impl Population {
    /// Every number that decides how residents move, in full: for telling two populations apart.
    pub fn facts(&self) -> String {
        let movement = match &self.movement {
            Movement::Still => String::new(),
            Movement::Flows(flows) => format!("{:?}{:?}", flows.leave, flows.arrive),
            Movement::Path(path) => format!("{path:?}"),
        };
        let additions = if self.additions.is_empty() { String::new() } else { format!("{:?}", self.additions) };
        let held = self.held.map_or(String::new(), |held| format!("{held:?}"));
        format!("{:?}{movement}{}{additions}{held}", self.base, self.without_plans)
    }
}

/// Yearly flows by age and area (ages after ageing on).
#[derive(Debug, Clone)]
pub struct Flows {
    leave: Vec<f64>,
    arrive: Vec<f64>,
    leave_table: Vec<u32>,
    arrive_table: Vec<u32>,
    leave_tables: Vec<BinomialTables>,
    arrive_tables: Vec<PoissonTable>,
}

/// Position of each value among the distinct values, and the distinct values.
fn distinct(values: &[f64]) -> (Vec<u32>, Vec<f64>) {
    let mut known: Vec<f64> = values.to_vec();
    known.sort_by(f64::total_cmp);
    known.dedup();
    let position = |v: &f64| known.binary_search_by(|k| k.total_cmp(v)).unwrap_or(0) as u32;
    (values.iter().map(position).collect(), known)
}

impl Flows {
    /// Flows by age and area: the share who leave before this age, and the mean who arrive (born, at age 0).
    pub fn new(leave: Vec<f64>, arrive: Vec<f64>) -> Self {
        let (leave_table, leave_values) = distinct(&leave);
        let (arrive_table, arrive_values) = distinct(&arrive);
        Self {
            leave_tables: leave_values.into_iter().map(BinomialTables::new).collect(),
            arrive_tables: arrive_values.into_iter().map(PoissonTable::new).collect(),
            leave,
            arrive,
            leave_table,
            arrive_table,
        }
    }
}

/// Expected residents by year after the base year, and the random walks of their logarithm.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Residents by age and area, one vector a year from the year after the base year.
    pub years: Vec<Vec<f64>>,
    /// Yearly standard deviation of the authority's walk.
    pub authority_sd: f64,
    /// Yearly standard deviation of each area's walk.
    pub area_sd: f64,
    /// Yearly standard deviation of the walk of births.
    pub births_sd: f64,
}

/// The residents of one draw as it runs.
#[derive(Debug, Clone, Default)]
pub struct Residents {
    /// Residents, by age and area.
    pub now: Vec<f64>,
    /// Exposure of new plans, by age and area.
    pub exposure: Vec<f64>,
    /// Expected residents without those added.
    expected: Vec<f64>,
    /// Size of each addition in this draw.
    sizes: Vec<f64>,
    counts: Vec<u32>,
    previous: Vec<u32>,
    walks: Vec<Walk>,
    births: Vec<f64>,
    /// Factor of each area on who was born by the base year, then on each age born later.
    factors: Vec<f64>,
    /// Residents of the January that they are held at, those added left out.
    held: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Walk {
    sequence: Sequence,
    at: f64,
}

impl Walk {
    fn step(&mut self, sd: f64) -> f64 {
        if sd > 0.0 {
            self.at += sd * self.sequence.normal();
        }
        self.at
    }
}

impl Residents {
    /// Back to the base year, for a new draw.
    pub fn start(&mut self, population: &Population, keys: &Keys, draw: Option<DrawKey>) {
        self.now.clone_from(&population.base);
        self.expected.clone_from(&population.base);
        self.held.clone_from(&population.base);
        self.sizes.clear();
        self.sizes.extend(population.additions.iter().map(|added| added.size.of_draw(draw, added.key)));
        self.walks.clear();
        self.births.clear();
        match (&population.movement, draw) {
            (Movement::Flows(_), Some(_)) => {
                self.counts.clear();
                self.counts.extend(population.base.iter().map(|&p| p as u32));
            }
            (Movement::Path(_), Some(draw)) => {
                let stream = draw.stream(Process::PopulationWalk, 0);
                let ours = [key("walk", "authority"), key("walk", "births")];
                let entities = ours.iter().chain(&keys.areas);
                let walk = |&entity: &u64| Walk { sequence: Sequence::new(stream, entity), at: 0.0 };
                self.walks.extend(entities.map(walk));
            }
            _ => {}
        }
    }

    /// Moves on to `year`, the `step`-th after the base year (from 1); without a draw, to its expectation.
    pub fn advance(
        &mut self,
        population: &Population,
        keys: &Keys,
        draw: Option<DrawKey>,
        year: i32,
        step: usize,
    ) {
        match (&population.movement, draw) {
            (Movement::Still, _) if self.sizes.is_empty() => {}
            (Movement::Still, _) => self.now.clone_from(&population.base),
            (Movement::Flows(flows), Some(draw)) => self.flow(flows, keys, draw, year),
            (Movement::Flows(flows), None) => self.flow_expected(flows, keys.areas.len()),
            (Movement::Path(path), Some(_)) => self.follow(path, keys.areas.len(), step),
            (Movement::Path(path), None) => self.now.clone_from(&path.years[step - 1]),
        }
        if let Some(held) = population.held {
            self.hold(held, keys.areas.len(), step);
        }
        for (added, &size) in population.additions.iter().zip(&self.sizes) {
            if let Some(pattern) = added.years.get(step - 1).or(added.years.last()) {
                self.now.iter_mut().zip(pattern).for_each(|(now, unit)| *now += size * unit);
            }
        }
    }

    /// As many at each age and area as in the January that they are held at; who is born later may be held or not.
    fn hold(&mut self, held: HeldResidents, areas: usize, step: usize) {
        if step <= held.after {
            if step == held.after {
                self.held.clone_from(&self.now);
            }
            return;
        }
        for (cell, now) in self.now.iter_mut().enumerate() {
            let born_later = cell / areas < step - held.after;
            if if born_later { held.births } else { held.born } {
                *now = self.held[cell];
            }
        }
    }

    fn flow(&mut self, flows: &Flows, keys: &Keys, draw: DrawKey, year: i32) {
        let areas = keys.areas.len();
        let (arrivals, leavers) = (draw.slots(Process::Arrivals, year), draw.slots(Process::Leavers, year));
        std::mem::swap(&mut self.counts, &mut self.previous);
        self.counts.resize(self.previous.len(), 0);
        for age in 0..AGES {
            for (area, &entity) in keys.areas.iter().enumerate() {
                let cell = age * areas + area;
                let mut residents =
                    flows.arrive_tables[flows.arrive_table[cell] as usize].count(arrivals, age, entity);
                if age > 0 {
                    let before = self.previous[cell - areas];
                    let leave = &flows.leave_tables[flows.leave_table[cell] as usize];
                    residents += before - leave.count(leavers, age, entity, before);
                }
                self.counts[cell] = residents;
                self.now[cell] = f64::from(residents);
            }
        }
    }

    fn flow_expected(&mut self, flows: &Flows, areas: usize) {
        for cell in (0..self.expected.len()).rev() {
            let stay = if cell < areas { 0.0 } else { self.expected[cell - areas] * (1.0 - flows.leave[cell]) };
            self.expected[cell] = stay + flows.arrive[cell];
        }
        self.now.clone_from(&self.expected);
    }

    fn follow(&mut self, path: &Path, areas: usize, step: usize) {
        let [authority, births, rest @ ..] = &mut self.walks[..] else { return };
        let authority = authority.step(path.authority_sd);
        self.births.push(births.step(path.births_sd));
        // A child of age g in the step-th year was born after the base year if g < step.
        let born = step.min(AGES);
        self.factors.clear();
        for walk in rest {
            let both = authority + walk.step(path.area_sd);
            self.factors.push(both);
            self.factors.extend(self.births[step - born..step].iter().rev().map(|births| both + births));
        }
        exp_all(&mut self.factors);
        let ages = self.now.chunks_mut(areas).zip(path.years[step - 1].chunks(areas));
        for (age, (now, expected)) in ages.enumerate() {
            let of_age = if age < born { age + 1 } else { 0 };
            let factors = self.factors.iter().skip(of_age).step_by(born + 1);
            now.iter_mut()
                .zip(expected)
                .zip(factors)
                .for_each(|((now, expected), factor)| *now = expected * factor);
        }
    }

    /// Works out the exposure of new plans from residents and the children who have a plan.
    pub fn expose(&mut self, population: &Population, children: &Children) {
        self.exposure.clone_from(&self.now);
        if population.without_plans {
            for (age, lane) in children.lanes() {
                let cells = &mut self.exposure[age * lane.by_area.len()..][..lane.by_area.len()];
                for (exposed, &plans) in cells.iter_mut().zip(&lane.by_area) {
                    *exposed = (*exposed - f64::from(plans)).max(0.0);
                }
            }
        }
    }
}
