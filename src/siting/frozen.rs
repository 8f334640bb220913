//! Children who need a specialist place, by draw and year, worked out once.

use crate::case::{Case, CaseRows};
use crate::children::{Children, Lane};
use crate::domain::AGES;
use crate::engine::{Control, Simulation};
use crate::error::{Error, Result};
use crate::provision::Role;
use crate::random::DrawKey;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Position of a child who was not on the list of the year before.
const NEW: u32 = u32::MAX;

/// Those of one age on a census day.
#[derive(Debug, Clone, Default)]
pub(super) struct FrozenLane {
    id: Vec<u64>,
    area: Vec<u16>,
    kind: Vec<u16>,
    /// Position in the list of the year before, at one year younger; in the base year, among all base children.
    before: Vec<u32>,
}

/// All of them on a census day, by age.
type FrozenYear = Vec<FrozenLane>;

/// Draws whose children stand still: the base year first in each.
#[derive(Debug)]
pub struct Frozen {
    /// The case, without the places to be opened.
    pub case: Arc<Case>,
    /// Numbers of the draws.
    pub draws: Range<u64>,
    /// Last January.
    pub to: i32,
    seed: u64,
    years: Vec<Vec<FrozenYear>>,
}

impl Frozen {
    /// Runs the draws of a case without anybody being placed. `Error::Input` if the case has no sites.
    pub fn new(
        case: Arc<Case>,
        to: i32,
        draws: Range<u64>,
        seed: u64,
        workers: usize,
        control: &Control,
    ) -> Result<Self> {
        if case.provision.is_none() {
            let message = "places can be sited where there are sites and places already, and this fit has none";
            return Err(Error::argument("no-sites", "fitted", message));
        }
        if let Some(problem) = case.reaches(to) {
            return Err(Error::Input(vec![problem]));
        }
        let seatless = Case::new(CaseRows { provision: None, ..(*case.rows).clone() })?;
        let roles = case.world.roles();
        let one = |draw: u64| {
            if control.stop.load(Ordering::Relaxed) {
                return Err(Error::Stopped);
            }
            let found = one_draw(&seatless, &roles, seed, draw, (to - case.base_year).max(0) as usize);
            control.done.fetch_add(1, Ordering::Relaxed);
            Ok(found)
        };
        let years =
            pool(workers)?.install(|| draws.clone().into_par_iter().map(one).collect::<Result<Vec<_>>>())?;
        Ok(Self { case, draws, to, seed, years })
    }

    /// Draws with their keys and years.
    pub(super) fn each(&self) -> impl IndexedParallelIterator<Item = (DrawKey, &Vec<FrozenYear>)> {
        let first = self.draws.start;
        let seed = self.seed;
        self.years.par_iter().enumerate().map(move |(i, years)| (DrawKey::new(seed, first + i as u64), years))
    }
}

/// Threads of its own for a piece of work.
pub(super) fn pool(workers: usize) -> Result<rayon::ThreadPool> {
    let built = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
    built.map_err(|e| Error::Internal(format!("threads could not be started: {e}")))
}

fn one_draw(case: &Case, roles: &[Role], seed: u64, draw: u64, years: usize) -> Vec<FrozenYear> {
    let mut simulation = Simulation::new(case);
    simulation.start(seed, draw, years);
    let mut found = vec![base_year(&simulation.children, roles)];
    for _ in 0..years {
        simulation.year();
        let year = freeze(&simulation.children, roles, found.last().map_or(&[], Vec::as_slice));
        found.push(year);
    }
    found
}

/// Positions of the children of a lane who need a place.
fn needing<'a>(lane: &'a Lane, roles: &'a [Role]) -> impl Iterator<Item = usize> + 'a {
    (0..lane.len()).filter(|&i| roles[usize::from(lane.kind[i]) % roles.len()] != Role::None)
}

fn base_year(children: &Children, roles: &[Role]) -> FrozenYear {
    let of_lane = |(_, lane): (usize, &Lane)| listed(lane, needing(lane, roles).map(|i| (i, i as u32)));
    children.lanes().map(of_lane).collect()
}

fn listed(lane: &Lane, children: impl Iterator<Item = (usize, u32)>) -> FrozenLane {
    let mut found = FrozenLane::default();
    for (i, before) in children {
        found.id.push(lane.id[i]);
        found.area.push(lane.area[i]);
        found.kind.push(lane.kind[i]);
        found.before.push(before);
    }
    found
}

fn freeze(children: &Children, roles: &[Role], before: &[FrozenLane]) -> FrozenYear {
    let of_lane = |(age, lane): (usize, &Lane)| {
        let mut known: Vec<(u64, u32)> = match age.checked_sub(1).and_then(|younger| before.get(younger)) {
            Some(younger) => younger.id.iter().copied().zip(0..).collect(),
            None => vec![],
        };
        known.sort_unstable();
        let position = |id: u64| known.binary_search_by_key(&id, |&(id, _)| id).map_or(NEW, |at| known[at].1);
        listed(lane, needing(lane, roles).map(|i| (i, position(lane.id[i]))))
    };
    children.lanes().map(of_lane).collect()
}

/// Makes `now` the children of a year, each with the seat, wait and sought setting that it had the year before.
pub(super) fn carry(year: &FrozenYear, before: &Children, base: bool, now: &mut Children) {
    for (age, frozen) in year.iter().enumerate().take(AGES) {
        let lane = now.lane_mut(age);
        lane.id.clone_from(&frozen.id);
        lane.area.clone_from(&frozen.area);
        lane.kind.clone_from(&frozen.kind);
        lane.seat.clear();
        lane.waited.clear();
        lane.sought.clear();
        let from = if base { Some(age) } else { age.checked_sub(1) };
        let from = from.map(|age| before.lane(age));
        for &position in &frozen.before {
            let known = from.filter(|_| position != NEW).map(|lane| (lane, position as usize));
            lane.seat.push(known.map_or(0, |(lane, i)| lane.seat[i]));
            lane.waited.push(known.map_or(0, |(lane, i)| lane.waited[i]));
            lane.sought.push(known.map_or(0, |(lane, i)| lane.sought[i]));
        }
    }
}
