//! The attacker: knows what is printed and every sum, and bounds what is hidden by linear programs.

use super::equations::Equation;
use super::rounding::{NOISE, told};
use super::{Cell, Figure, Published, State, World, contradiction, members};
use crate::engine::Control;
use crate::error::{Error, Result};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use std::sync::atomic::Ordering;

/// More children than any authority has: the bound of what nothing is known of.
const ANY: f64 = 1e6;
/// Intervals are looked for up to this many rounding bases from the true figure: one is enough.
const REACH: f64 = 40.0;
/// Programs that widen all intervals of a part at once, before each is looked at alone (our choice: by then few are left).
const AT_ONCE: usize = 8;

/// Figures that hang together through sums, and the sums.
#[derive(Debug, Clone, Default)]
struct Part {
    /// World and cell of each unknown.
    unknowns: Vec<(usize, usize)>,
    /// Sums: the unknowns with their signs, and what they add to.
    sums: Vec<(Vec<(usize, f64)>, f64)>,
}

/// A game over fixed tables; what was found in one round holds in the next, where more is hidden.
#[derive(Debug)]
pub struct Attack<'a> {
    cells: &'a [Cell],
    worlds: &'a [World],
    /// The figure of each world and cell.
    figures: Vec<Option<Figure>>,
    parts: Vec<Part>,
    threshold: f64,
    /// The least and the most that each unknown was found able to be.
    seen: Vec<(f64, f64)>,
    /// Stops between two programs, and counts those solved.
    control: &'a Control,
}

impl<'a> Attack<'a> {
    pub fn new(
        published: &'a Published,
        cells: &'a [Cell],
        equations: &[Equation],
        threshold: f64,
        control: &'a Control,
    ) -> Self {
        let worlds = &published.worlds;
        let mut figures: Vec<Option<Figure>> = vec![None; worlds.len() * cells.len()];
        for figure in &published.figures {
            let held = &mut figures[figure.world * cells.len() + figure.cell];
            *held = Some(held.map_or(*figure, |other| together(other, *figure)));
        }
        let parts = parts(published, cells.len(), equations, &figures);
        let seen = vec![(f64::INFINITY, f64::NEG_INFINITY); figures.len()];
        Self { cells, worlds, figures, parts, threshold, seen, control }
    }

    fn at(&self, (world, cell): (usize, usize)) -> usize {
        world * self.cells.len() + cell
    }

    /// Whether an unknown must be left an interval.
    fn secret(&self, hidden: &[bool], (world, cell): (usize, usize)) -> bool {
        let (held, figure) = (&self.cells[cell], self.figures[self.at((world, cell))]);
        match held.state {
            State::Guarded | State::Hidden => hidden[cell] && figure.is_some_and(|f| !f.printed),
            State::ImpliedGuarded => {
                held.children > 0.0 && held.children < self.threshold && !self.worlds[world].signed
            }
            State::Open | State::Known | State::Implied => false,
        }
    }

    /// How wide the interval is that was found so far.
    fn found(&self, (world, cell): (usize, usize)) -> f64 {
        let (low, high) = self.seen[self.at((world, cell))];
        if low > high {
            0.0
        } else if self.worlds[world].whole && self.cells[cell].whole {
            (high + 10.0 * NOISE).floor() - (low - 10.0 * NOISE).ceil()
        } else {
            high - low
        }
    }

    fn narrow(&self, at: (usize, usize)) -> bool {
        self.found(at) < self.cells[at.1].base - 100.0 * NOISE
    }

    /// What is known of an unknown before any sum.
    fn known(&self, hidden: &[bool], at: (usize, usize), reach: f64) -> (f64, f64) {
        let (world, cell) = (self.worlds[at.0], &self.cells[at.1]);
        let least = if world.signed { -ANY } else { 0.0 };
        match self.figures[self.at(at)] {
            None => (least, ANY),
            Some(figure) if figure.printed || !hidden[at.1] => {
                told(figure.value, figure.step, world.whole && cell.whole, world.signed)
            }
            Some(figure) => {
                let far = reach * cell.base;
                ((figure.value - far).max(least), (figure.value + far).min(ANY))
            }
        }
    }

    /// Plays once; cells whose figure is told too closely in some world.
    pub fn play(&mut self, hidden: &[bool]) -> Result<Vec<usize>> {
        let mut narrow = Vec::new();
        for number in 0..self.parts.len() {
            let part = self.parts[number].clone();
            let secrets: Vec<usize> =
                (0..part.unknowns.len()).filter(|&u| self.secret(hidden, part.unknowns[u])).collect();
            if secrets.iter().any(|&s| self.narrow(part.unknowns[s])) {
                // Easy proofs first: what is shown is taken as it truly is, so little is left unknown.
                for inner in self.inside(hidden, &part) {
                    let inner_secrets: Vec<usize> =
                        (0..inner.unknowns.len()).filter(|&u| self.secret(hidden, inner.unknowns[u])).collect();
                    self.at_once(hidden, &inner, &inner_secrets)?;
                }
                self.at_once(hidden, &part, &secrets)?;
                self.one_by_one(hidden, &part, &secrets)?;
            }
            narrow.extend(secrets.iter().map(|&s| part.unknowns[s]).filter(|&at| self.narrow(at)).map(|at| at.1));
        }
        narrow.sort_unstable();
        narrow.dedup();
        Ok(narrow)
    }

    fn left(&self, part: &Part, secrets: &[usize]) -> Vec<usize> {
        secrets.iter().copied().filter(|&s| self.narrow(part.unknowns[s])).collect()
    }

    /// Finds far corners of what is possible that widen many intervals at once.
    fn at_once(&mut self, hidden: &[bool], part: &Part, secrets: &[usize]) -> Result<()> {
        for turn in 0..AT_ONCE {
            let targets = self.left(part, secrets);
            if targets.is_empty() {
                break;
            }
            let way = if turn % 2 == 0 { 1.0 } else { -1.0 };
            let goal: Vec<(usize, f64)> = targets.iter().map(|&s| (s, way * sign(s, turn / 2))).collect();
            self.look(hidden, part, &goal, REACH)?;
        }
        Ok(())
    }

    /// Finds the ends of each interval that is not wide enough yet: after this it is known to be narrow.
    fn one_by_one(&mut self, hidden: &[bool], part: &Part, secrets: &[usize]) -> Result<()> {
        for secret in self.left(part, secrets) {
            for way in [1.0, -1.0] {
                if self.narrow(part.unknowns[secret]) {
                    self.look(hidden, part, &[(secret, way)], REACH)?;
                }
            }
        }
        Ok(())
    }

    /// The part with every shown figure at its true value: what is possible there is possible.
    fn inside(&self, hidden: &[bool], part: &Part) -> Vec<Part> {
        let truth = |&(world, cell): &(usize, usize)| {
            let figure = self.figures[self.at((world, cell))];
            figure.filter(|f| !f.rounded && (f.printed || !hidden[cell])).map(|f| f.value)
        };
        let fixed: Vec<Option<f64>> = part.unknowns.iter().map(truth).collect();
        let mut sums = Vec::new();
        for (terms, total) in &part.sums {
            let known: f64 = terms.iter().filter_map(|&(u, sign)| fixed[u].map(|value| sign * value)).sum();
            let open: Vec<(usize, f64)> = terms.iter().copied().filter(|&(u, _)| fixed[u].is_none()).collect();
            if !open.is_empty() {
                sums.push((open, total - known));
            }
        }
        split(part.unknowns.len(), sums, |u| part.unknowns[u])
    }

    /// Solves one linear program and keeps how far its corner lies; false if the solver gave up.
    fn look(&mut self, hidden: &[bool], part: &Part, goal: &[(usize, f64)], reach: f64) -> Result<bool> {
        if self.control.stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        self.control.done.fetch_add(1, Ordering::Relaxed);
        let mut weight = vec![0.0; part.unknowns.len()];
        for &(unknown, way) in goal {
            weight[unknown] = way;
        }
        let mut program = Problem::new(OptimizationDirection::Maximize);
        let variables: Vec<_> = part
            .unknowns
            .iter()
            .zip(&weight)
            .map(|(&at, &weight)| program.add_var(weight, self.known(hidden, at, reach)))
            .collect();
        for (terms, total) in &part.sums {
            let terms: Vec<_> = terms.iter().map(|&(unknown, sign)| (variables[unknown], sign)).collect();
            program.add_constraint(terms.as_slice(), ComparisonOp::Eq, *total);
        }
        let solution = match program.solve() {
            Err(microlp::Error::Infeasible) => return Err(contradiction()),
            Err(_) => return Ok(false),
            Ok(outcome) => match outcome.into_solution() {
                Ok(solution) => solution,
                Err(_) => return Ok(false),
            },
        };
        for (&at, &variable) in part.unknowns.iter().zip(&variables) {
            let (value, at) = (solution.var_value(variable), self.at(at));
            let (low, high) = self.seen[at];
            self.seen[at] = (low.min(value), high.max(value));
        }
        Ok(true)
    }

    /// The narrowest interval found of each hidden cell, in its base; infinite where nothing was asked.
    pub fn widths(&self, hidden: &[bool]) -> Vec<f64> {
        let mut width = vec![f64::INFINITY; self.cells.len()];
        for &at in self.parts.iter().flat_map(|part| &part.unknowns) {
            if self.secret(hidden, at) {
                width[at.1] = width[at.1].min(self.found(at) / self.cells[at.1].base);
            }
        }
        width
    }

    /// World, cell, least and most of every published figure.
    pub fn exact(mut self, hidden: &[bool], published: usize) -> Result<Vec<(usize, usize, f64, f64)>> {
        let mut found = Vec::new();
        for part in std::mem::take(&mut self.parts) {
            for (position, &at) in part.unknowns.iter().enumerate() {
                if at.1 >= published || self.figures[self.at(at)].is_none() {
                    continue;
                }
                let both = self.look(hidden, &part, &[(position, 1.0)], f64::INFINITY)?
                    && self.look(hidden, &part, &[(position, -1.0)], f64::INFINITY)?;
                let (low, high) = if both { self.seen[self.at(at)] } else { (f64::NAN, f64::NAN) };
                found.push((at.0, at.1, low, high));
            }
        }
        Ok(found)
    }
}

/// Two prints of one figure: the finer tells more, and a true value is better known than a rounded one.
fn together(one: Figure, other: Figure) -> Figure {
    let finer = if one.step <= other.step { one.value } else { other.value };
    let value = match (one.rounded, other.rounded) {
        (true, true) => finer,
        (true, false) => other.value,
        (false, _) => one.value,
    };
    let (step, rounded) = (one.step.min(other.step), one.rounded && other.rounded);
    Figure { value, step, rounded, printed: one.printed || other.printed, ..one }
}

/// A sign that looks random and is always the same.
fn sign(unknown: usize, turn: usize) -> f64 {
    let mixed = (unknown as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(turn as u32 * 7 + 1);
    if (mixed ^ (mixed >> 29)).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Every sum in every world, grouped by the unknowns that connect them.
fn parts(published: &Published, cells: usize, equations: &[Equation], figures: &[Option<Figure>]) -> Vec<Part> {
    let mut sums: Vec<(Vec<(usize, f64)>, f64)> = Vec::new();
    for world in 0..published.worlds.len() {
        let at = |cell: usize| world * cells + cell;
        for equation in equations.iter().filter(|e| members(e).any(|c| figures[at(c)].is_some())) {
            let minus = std::iter::once((at(equation.whole), -1.0));
            sums.push((minus.chain(equation.parts.iter().map(|&part| (at(part), 1.0))).collect(), 0.0));
        }
    }
    for &[second, first, difference] in &published.ties {
        for cell in (0..cells).filter(|&c| figures[difference * cells + c].is_some()) {
            let at = |world: usize| world * cells + cell;
            sums.push((vec![(at(second), -1.0), (at(first), 1.0), (at(difference), 1.0)], 0.0));
        }
    }
    for (at, figure) in figures.iter().enumerate() {
        if figure.is_some() {
            // A figure in no sum stands alone.
            sums.push((vec![(at, 0.0)], 0.0));
        }
    }
    split(figures.len(), sums, |at| (at / cells, at % cells))
}

/// The first of the unknowns that hang together with one.
fn top(root: &mut [usize], mut at: usize) -> usize {
    while root[at] != at {
        root[at] = root[root[at]];
        at = root[at];
    }
    at
}

/// Sums that share unknowns, put together.
fn split(
    number: usize,
    sums: Vec<(Vec<(usize, f64)>, f64)>,
    unknown: impl Fn(usize) -> (usize, usize),
) -> Vec<Part> {
    let mut root: Vec<usize> = (0..number).collect();
    for (terms, _) in &sums {
        let first = top(&mut root, terms[0].0);
        for &(other, _) in &terms[1..] {
            let other = top(&mut root, other);
            root[other] = first;
        }
    }
    let (mut part_of, mut place) = (vec![usize::MAX; number], vec![usize::MAX; number]);
    let mut parts: Vec<Part> = Vec::new();
    for (terms, total) in sums {
        let first = top(&mut root, terms[0].0);
        if part_of[first] == usize::MAX {
            part_of[first] = parts.len();
            parts.push(Part::default());
        }
        let part = &mut parts[part_of[first]];
        let placed = terms.into_iter().map(|(at, sign)| {
            if place[at] == usize::MAX {
                place[at] = part.unknowns.len();
                part.unknowns.push(unknown(at));
            }
            (place[at], sign)
        });
        let placed: Vec<(usize, f64)> = placed.collect();
        if placed.iter().any(|&(_, sign)| sign != 0.0) {
            part.sums.push((placed, total));
        }
    }
    parts
}
