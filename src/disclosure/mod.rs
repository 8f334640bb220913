//! Disclosure control: what of a set of tables, published together, may be shown to others.
//!
//! Cells that rest on few children are hidden, then enough others that no sum gives them away, what is shown is
//! rounded, and an attacker who knows every published figure and every sum between them is played: linear programs
//! give the least and the most that each hidden figure can be. Where that leaves less than one rounding base, more
//! is hidden, and the attacker plays again.

mod attack;
mod equations;
mod rounding;
mod suppress;

pub use rounding::rounded;

use crate::engine::Control;
use crate::error::{Error, Problem, Result};
use attack::Attack;
use equations::{Equation, equations};
use suppress::{Shields, cover, hide_small, next_to_hide};

/// Whether a cell is protected, and whether it may be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Of the whole authority: shown, and hidden only if nothing else protects a smaller cell.
    Open,
    /// Below the authority: hidden if it rests on few children, or to protect another.
    Guarded,
    /// Hidden whatever it rests on.
    Hidden,
    /// Shown in an earlier release: what is known cannot be hidden.
    Known,
    /// In no table, but a sum of cells that are: of the whole authority.
    Implied,
    /// In no table, but a sum of cells that are: below the authority, so protected if it is small.
    ImpliedGuarded,
}

/// One cell: a quantity counted over a box, the product of one set of labels a dimension.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What is counted, as a number.
    pub quantity: u32,
    /// For each dimension, which of [`Published::sets`].
    pub sides: Vec<u32>,
    /// Base-year children that the cell rests on.
    pub children: f64,
    /// Protected or not.
    pub state: State,
    /// Width of an interval that protects: the rounding base of the quantity.
    pub base: f64,
    /// Whether it counts children: whole numbers in the base year.
    pub whole: bool,
}

/// Cells of one table that lie side by side along one dimension.
#[derive(Debug, Clone)]
pub struct Family {
    /// The dimension along which they are disjoint.
    pub dimension: usize,
    /// Positions of the cells.
    pub cells: Vec<usize>,
}

/// A sum that holds whatever the dimensions say: demand is placed, waiting and independent.
#[derive(Debug, Clone)]
pub struct Link {
    /// Position of the sum.
    pub whole: usize,
    /// Positions of its parts.
    pub parts: Vec<usize>,
    /// Whether there are parts that no table shows.
    pub open: bool,
}

/// Figures that obey one set of sums: a year of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// Whole children, known to be so: the base year.
    pub whole: bool,
    /// Differences, which may be negative.
    pub signed: bool,
}

/// A figure of a cell in a world, as it would be printed.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Position of the world.
    pub world: usize,
    /// Position of the cell.
    pub cell: usize,
    /// The true figure, or the printed one if only that is known.
    pub value: f64,
    /// What it is rounded to when shown.
    pub step: f64,
    /// Printed already, in an earlier release.
    pub printed: bool,
    /// Whether the value is the printed one.
    pub rounded: bool,
}

/// Everything that is published together.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Sets of labels: for each, sorted positions of labels of its dimension.
    pub sets: Vec<Vec<u32>>,
    /// Every cell once.
    pub cells: Vec<Cell>,
    /// Which cells lie side by side.
    pub families: Vec<Family>,
    /// Sums between quantities.
    pub links: Vec<Link>,
    /// Years of scenarios.
    pub worlds: Vec<World>,
    /// Worlds whose figures are the sum of those of two others: second, first, difference.
    pub ties: Vec<[usize; 3]>,
    /// What is printed.
    pub figures: Vec<Figure>,
}

/// What may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosed {
    /// Which cells are hidden.
    pub hidden: Vec<bool>,
    /// The narrowest interval that is left of each hidden cell over all worlds, at least, in units of its base;
    /// infinite where nothing was published of it.
    pub width: Vec<f64>,
    /// How often the attacker played.
    pub rounds: usize,
}

/// Cells to hide so that no published figure, and no sum of them, gives away a cell resting on fewer than
/// `threshold` children; `control` counts the programs solved, and stops between two.
///
/// # Errors
/// If stopped, if figures contradict each other, or no suppression protects a cell, which only an earlier release can cause.
pub fn disclose(published: &Published, threshold: f64, control: &Control) -> Result<Disclosed> {
    check(published)?;
    let sums = equations(published);
    let mut cells = published.cells.clone();
    cells.extend(sums.rests.iter().cloned());
    let mut hidden = hide_small(&cells, threshold);
    let shields = Shields { cells: &cells, equations: &sums.equations, threshold };
    cover(&shields, &mut hidden);
    let mut attack = Attack::new(published, &cells, &sums.equations, threshold, control);
    for rounds in 1.. {
        let narrow = attack.play(&hidden)?;
        if narrow.is_empty() {
            let width = attack.widths(&hidden);
            hidden.truncate(published.cells.len());
            return Ok(Disclosed { hidden, width: width[..published.cells.len()].to_vec(), rounds });
        }
        let before = hidden.iter().filter(|&&h| h).count();
        for &cell in &narrow {
            if let Some(more) = next_to_hide(&shields, &hidden, cell) {
                hidden[more] = true;
            }
        }
        cover(&shields, &mut hidden);
        if hidden.iter().filter(|&&h| h).count() == before {
            return Err(unprotected());
        }
    }
    unreachable!("every round hides a cell or returns")
}

/// The least and the most that every cell of a world can be, to whoever reads what is not hidden: the exact bounds.
///
/// # Errors
/// If stopped, or figures contradict each other.
pub fn bounds(published: &Published, hidden: &[bool], control: &Control) -> Result<Vec<(usize, usize, f64, f64)>> {
    check(published)?;
    let sums = equations(published);
    let mut cells = published.cells.clone();
    cells.extend(sums.rests.iter().cloned());
    let mut all = hidden.to_vec();
    all.resize(cells.len(), true);
    Attack::new(published, &cells, &sums.equations, f64::INFINITY, control).exact(&all, published.cells.len())
}

fn check(published: &Published) -> Result<()> {
    let (cells, worlds) = (published.cells.len(), published.worlds.len());
    let known = published.figures.iter().all(|f| f.cell < cells && f.world < worlds && f.value.is_finite())
        && published.families.iter().all(|f| f.cells.iter().all(|&c| c < cells))
        && published.links.iter().all(|l| l.whole < cells && l.parts.iter().all(|&p| p < cells))
        && published.ties.iter().flatten().all(|&w| w < worlds)
        && published.cells.iter().all(|c| c.sides.iter().all(|&s| (s as usize) < published.sets.len()));
    if known { Ok(()) } else { Err(Error::Internal("a release names a cell or a set that is not there".into())) }
}

fn unprotected() -> Error {
    let message =
        "some cell that rests on few children follows from what was released earlier, whatever is hidden now";
    Error::Input(vec![
        Problem::new("cannot-protect", "argument earlier", message)
            .hint("leave out the finest tables, or coarsen them"),
    ])
}

/// Figures that no children can have given at once.
fn contradiction() -> Error {
    let message = "the tables contradict each other: no counts of children add up to all of them";
    Error::Input(vec![
        Problem::new("tables-differ", "argument tables", message)
            .hint("release tables of one fit together, as the methods return them"),
    ])
}

/// An equation's cells, the sum first.
fn members(equation: &Equation) -> impl Iterator<Item = usize> + '_ {
    std::iter::once(equation.whole).chain(equation.parts.iter().copied())
}
