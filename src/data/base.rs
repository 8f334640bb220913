//! The base year's stacked margins made one coherent table of whole numbers.
//!
//! Steps: rows -> margins (`blocks`) -> official ones reconciled (`reconcile`) -> raked from residents (`ages`) ->
//! rounded once, under control -> spread over areas where no row names one (`areas`).

mod ages;
mod areas;
mod blocks;
mod reconcile;
mod settings;

use super::inputs::{Authority, Flag, PlanRow};
use super::new_flag;
use super::slugs;
use crate::domain::{AGES, BaseRow};
use crate::error::Problem;
use crate::numeric::{Infeasible, Margin, Rounded, rake, round_to_margins};
use blocks::{Block, Frame};

/// What the fit stands on.
pub(super) struct Ground<'a> {
    pub(super) authority: &'a Authority,
    /// Residents of the base year, shape (area, age).
    pub(super) residents: Vec<f64>,
    /// Whether margins are as published and need not agree.
    pub(super) published: bool,
}

/// The base table and what is to be flagged about it.
pub(super) struct Fitted {
    pub(super) rows: Vec<BaseRow>,
    pub(super) flags: Vec<Flag>,
}

/// Most cells of a table that is raked: 64 MB each for the table, its seed and its members.
const MOST_CELLS: usize = 8_000_000;
/// Fits the base table; the error names what disagrees, by code and never by count.
pub(super) fn fit(plans: &[PlanRow], ground: &Ground) -> Result<Fitted, Vec<Problem>> {
    let rows: Vec<&PlanRow> = plans.iter().filter(|row| row.year == ground.authority.base_year).collect();
    let blocks = blocks::of_rows(&rows);
    let frame = Frame::of(&blocks, ground)?;
    if let [block] = blocks.as_slice()
        && let Some(rows) = block.as_table(ground)
    {
        return Ok(Fitted { rows, flags: vec![] });
    }
    if frame.cells() > MOST_CELLS {
        let message = format!("base-year margins span {} cells, more than {MOST_CELLS}", frame.cells());
        let problem = Problem::new(slugs::TABLE_TOO_LARGE, "plans", message);
        return Err(vec![problem.hint("give the base year crossed in full, or with fewer areas")]);
    }
    let mut flags = frame.flags(&blocks, ground);
    let mut margins: Vec<Margin> = blocks.iter().map(|block| block.margin(&frame)).collect();
    if ground.published && reconcile::reconcile(&mut margins) {
        flags.push(new_flag(slugs::MARGINS_DIFFER, "plans", vec![ground.authority.base_year]));
    }
    // Published bands count exact age in January, single years that of the 31 August before.
    let exact = ground.published && !blocks.iter().any(Block::is_single);
    let rounded =
        fit_cells(&margins, &seed(&frame, &ages::profile(&blocks, ground, exact), ground, exact), &frame)
            .map_err(|reason| problems(&reason, &blocks, &frame, ground))?;
    if rounded.residual > 0 {
        flags.push(new_flag(slugs::ROUNDED_APPROXIMATELY, "plans", vec![ground.authority.base_year]));
    }
    let rows = frame.rows(&rounded.cells);
    Ok(Fitted { rows: if frame.has_areas() { rows } else { areas::spread(&rows, ground) }, flags })
}

fn fit_cells(margins: &[Margin], seed: &[f64], frame: &Frame) -> Result<Rounded, Infeasible> {
    let raked = rake(seed, &frame.sizes, margins)?;
    Ok(round_to_margins(&raked.cells, &frame.sizes, margins))
}

/// Where fitting starts: residents of the area and age times the likelihood of a plan at that age, everywhere a little,
/// settings at the ages they are at in England.
fn seed(frame: &Frame, profile: &[f64; AGES], ground: &Ground, exact: bool) -> Vec<f64> {
    let [areas, _, needs, settings] = frame.sizes;
    let mut seed = Vec::with_capacity(frame.cells());
    let named = (0..settings).filter_map(|setting| frame.setting(setting)).map(|s| &ground.authority.settings[s]);
    let odds: Vec<[f64; AGES]> = settings::odds(named, exact);
    for area in 0..areas {
        for (age, likely) in profile.iter().enumerate() {
            let of_area = |d: usize| ground.residents.get(d * AGES + age).copied().unwrap_or(0.0);
            let all = ground.authority.area_codes.len();
            let residents = if frame.has_areas() { of_area(area) } else { (0..all).map(of_area).sum() };
            for _ in 0..needs {
                for setting in 0..settings {
                    let odds = odds.get(setting).map_or(1.0, |odds| odds[age]);
                    seed.push((residents + 0.5) * likely * odds);
                }
            }
        }
    }
    seed
}

fn problems(reason: &Infeasible, blocks: &[Block], frame: &Frame, ground: &Ground) -> Vec<Problem> {
    let year = ground.authority.base_year;
    let name = |i: usize| blocks[i].name();
    match reason {
        Infeasible::Disagree(pairs) => pairs
            .iter()
            .map(|pair| {
                let places: Vec<String> = pair.places.iter().map(|place| frame.place(place, ground)).collect();
                let (first, second) = (name(pair.first), name(pair.second));
                let at = places.join("; ");
                let message = format!("{year} margins ({first}) and ({second}) count differently: {at}");
                let hint = "the base year of your own tables must agree: mend or leave out one of the two";
                Problem::new(slugs::MARGINS_DISAGREE, "plans", message).hint(hint)
            })
            .collect(),
        Infeasible::Impossible(sums) => sums
            .iter()
            .map(|(margin, place)| {
                let (name, at) = (name(*margin), frame.place(place, ground));
                let message = format!("{year} margin ({name}) has plans where another has none: {at}");
                Problem::new(slugs::MARGINS_INFEASIBLE, "plans", message)
                    .hint("a cell that a margin does not list counts as 0 there")
            })
            .collect(),
        Infeasible::Unmet(which) => {
            let names: Vec<String> = which.iter().map(|&i| format!("({})", name(i))).collect();
            let message = format!("no table of plans meets the {year} margins {} together", names.join(", "));
            let problem = Problem::new(slugs::MARGINS_INFEASIBLE, "plans", message);
            vec![problem.hint("no two contradict each other, but all together do: leave one out")]
        }
    }
}
