//! What an option does over frozen draws.

use super::frozen::{Frozen, carry, pool};
use crate::case::{Case, CaseRows};
use crate::children::Children;
use crate::domain::Grain;
use crate::engine::{Control, SCHOOL_AGES};
use crate::error::{Error, Result};
use crate::measures::{Cube, CubeSpec, DIMENSIONS, Frame, Measure, Roster, Scene, Scratch, Unit};
use crate::provision::{Allocation, Provision, ProvisionRows};
use crate::random::DrawKey;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Figures of an outcome: children waiting, in independent schools, one-way travel of all children placed (km, or
/// minutes where only these are known), cost in thousand pounds. All are averages over the years that count.
pub const FIGURES: [&str; 4] = ["unmet", "independent", "travel", "cost"];

/// An option placed over all draws.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Figures of each draw.
    pub figures: Vec<[f64; FIGURES.len()]>,
    /// Codes of the sites asked for, one a part.
    pub sites: Vec<String>,
    /// Children on roll and places, by draw, then year after the base year, then site.
    pub rolls: Vec<Vec<Vec<(u32, u32)>>>,
}

/// The case with the children of the base year seated under an option's places. Only what counting and allocation read
/// is made anew: it is not a case to be run, and its fingerprint is that of the case without the option.
fn opened(case: &Case, rows: ProvisionRows) -> Result<Case> {
    let mut base = case.base.clone();
    let mut problems = vec![];
    let roles = case.world.roles();
    let provision = Provision::new(&rows, case.base_year, &case.keys, &roles, &mut base, &mut problems);
    if !problems.is_empty() {
        return Err(Error::Scenario(problems));
    }
    let changed = CaseRows { provision: Some(rows), ..(*case.rows).clone() };
    Ok(Case { base, provision: Some(provision), rows: changed.into(), ..case.clone() })
}

/// Places an option's `rows` over frozen draws; figures are averages over Januaries from `from` on. Rolls are kept of
/// the sites whose codes are in `sites`.
pub fn place(
    frozen: &Frozen,
    rows: ProvisionRows,
    from: i32,
    sites: &[String],
    workers: usize,
    control: &Control,
) -> Result<Outcome> {
    let case = opened(&frozen.case, rows)?;
    let kept: Vec<usize> = match &case.provision {
        Some(provision) => {
            (0..provision.sites.len()).filter(|&s| sites.contains(&provision.sites[s].code)).collect()
        }
        None => vec![],
    };
    let counter = Counter::new(&case);
    let one = |(draw, years): (DrawKey, &Vec<_>)| {
        if control.stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        Ok(counter.draw(draw, years, from, &kept))
    };
    let found: Vec<_> = pool(workers)?.install(|| frozen.each().map(one).collect::<Result<_>>())?;
    control.done.fetch_add(1, Ordering::Relaxed);
    let code = |&site: &usize| case.provision.as_ref().map_or(String::new(), |p| p.sites[site].code.clone());
    let (figures, rolls) = found.into_iter().unzip();
    Ok(Outcome { figures, rolls, sites: kept.iter().map(code).collect() })
}

/// Counts figures of a case with an option.
struct Counter<'a> {
    case: &'a Case,
    /// Waiting, independent, placed, mean travel, cost.
    cubes: Vec<Cube>,
}

type Rolls = Vec<Vec<(u32, u32)>>;

impl<'a> Counter<'a> {
    fn new(case: &'a Case) -> Self {
        let frame = Frame::new(&[case], 0);
        let sites = || case.provision.iter().flat_map(|provision| &provision.sites);
        let unit = if sites().all(|site| !site.km.is_empty()) { Unit::Km } else { Unit::Minutes };
        let measures = [
            Measure::Waiting(SCHOOL_AGES),
            Measure::Independent(SCHOOL_AGES),
            Measure::Placed(SCHOOL_AGES),
            Measure::Travel(SCHOOL_AGES, unit),
            Measure::Cost { empty_places: true },
        ];
        let cube = |measure| Cube::new(CubeSpec::new(measure, [Grain::All; DIMENSIONS]), &frame);
        Self { case, cubes: measures.into_iter().map(cube).collect() }
    }

    fn draw(
        &self,
        draw: DrawKey,
        years: &[Vec<super::frozen::FrozenLane>],
        from: i32,
        kept: &[usize],
    ) -> ([f64; FIGURES.len()], Rolls) {
        let mut figures = [0.0; FIGURES.len()];
        let mut rolls = vec![];
        let Some(provision) = &self.case.provision else { return (figures, rolls) };
        let (mut allocation, mut roster, mut scratch) =
            (Allocation::default(), Roster::default(), Scratch::default());
        let mut before = self.case.base.clone();
        let mut now = Children::none(self.case.world.areas.len());
        now.with_seats();
        allocation.start(provision, &before, draw, self.case.base_year);
        let mut counted = 0;
        for (step, frozen) in years.iter().enumerate() {
            carry(frozen, &before, step == 0, &mut now);
            let year = self.case.base_year + step as i32;
            if step > 0 {
                allocation.year(provision, &mut now, draw, year);
                rolls.push(kept.iter().map(|&s| (allocation.rooms[s].roll, allocation.rooms[s].places)).collect());
            }
            if year >= from {
                roster.fill(&now, &allocation);
                let scene =
                    Scene { children: &now, roster: &roster, groups: None, rooms: &allocation.rooms, draw };
                let mut value = |cube: &Cube| {
                    cube.count(&scene, &mut scratch);
                    let cell = cube.cell([0; DIMENSIONS]);
                    cell.map_or(0.0, |cell| f64::from(scratch.counts[cell]) * cube.spec.step())
                };
                let [waiting, independent, placed, travel, cost] =
                    std::array::from_fn(|at| value(&self.cubes[at]));
                for (sum, figure) in figures.iter_mut().zip([waiting, independent, placed * travel, cost]) {
                    *sum += figure;
                }
                counted += 1;
            }
            std::mem::swap(&mut before, &mut now);
        }
        (figures.map(|sum| sum / f64::from(counted.max(1))), rolls)
    }
}
