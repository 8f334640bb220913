//! The attacker: knows what is printed and every sum, and bounds what is hidden by linear programs.

use super::equations::Equation;
use super::rounding::{NOISE, told};
use super::{Cell, Figure, Published, State, World, contradiction, members};
use crate::error::Result;
use microlp::{ComparisonOp, OptimizationDirection, Problem};

/// More children than any authority has: the bound of what nothing is known of.
const ANY: f64 = 1e6;
/// Intervals are looked for up to this many rounding bases from the true figure: one is enough.
const REACH: f64 = 40.0;
/// Programs that widen all intervals of a part at once, before each is looked at alone (our choice: by then few are left).
const AT_ONCE: usize = 8;

/// Figures that hang together through sums, and the sums.
#[derive(Debug, Clone)]
struct Part {
    /// World and cell of each unknown.
    unknowns: Vec<(usize, usize)>,
    /// Sums: the unknowns with their signs, which add to 0.
    sums: Vec<Vec<(usize, f64)>>,
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
}

impl<'a> Attack<'a> {
    pub fn new(published: &'a Published, cells: &'a [Cell], equations: &[Equation], threshold: f64) -> Self {
        let worlds = &published.worlds;
        let mut figures: Vec<Option<Figure>> = vec![None; worlds.len() * cells.len()];
        for figure in &published.figures {
            let held = &mut figures[figure.world * cells.len() + figure.cell];
            // Of two prints of a figure, the finer one tells more; printed already tells most.
            let tells_more = |old: &Figure| (figure.printed, -figure.step) > (old.printed, -old.step);
            if held.as_ref().is_none_or(tells_more) {
                *held = Some(*figure);
            }
        }
        let parts = parts(published, cells.len(), equations, &figures);
        let seen = vec![(f64::INFINITY, f64::NEG_INFINITY); figures.len()];
        Self { cells, worlds, figures, parts, threshold, seen }
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
            let secrets: Vec<usize> = self.parts[number]
                .unknowns
                .iter()
                .enumerate()
                .filter(|&(_, &at)| self.secret(hidden, at))
                .map(|(position, _)| position)
                .collect();
            self.widen(hidden, number, &secrets)?;
            let part = &self.parts[number];
            narrow.extend(secrets.iter().map(|&s| part.unknowns[s]).filter(|&at| self.narrow(at)).map(|at| at.1));
        }
        narrow.sort_unstable();
        narrow.dedup();
        Ok(narrow)
    }

    /// Finds far corners of what is possible, until every secret has its interval or is known to have none.
    fn widen(&mut self, hidden: &[bool], number: usize, secrets: &[usize]) -> Result<()> {
        let left = |attack: &Self| -> Vec<usize> {
            let unknowns = &attack.parts[number].unknowns;
            secrets.iter().copied().filter(|&s| attack.narrow(unknowns[s])).collect()
        };
        for turn in 0..AT_ONCE {
            let targets = left(self);
            if targets.is_empty() {
                return Ok(());
            }
            let goal: Vec<(usize, f64)> =
                targets.iter().map(|&s| (s, sign(s, turn / 2) * if turn % 2 == 0 { 1.0 } else { -1.0 })).collect();
            self.look(hidden, number, &goal, REACH)?;
        }
        for secret in left(self) {
            for way in [1.0, -1.0] {
                if self.narrow(self.parts[number].unknowns[secret]) {
                    self.look(hidden, number, &[(secret, way)], REACH)?;
                }
            }
        }
        Ok(())
    }

    /// Solves one linear program and keeps how far its corner lies; false if the solver gave up.
    fn look(&mut self, hidden: &[bool], number: usize, goal: &[(usize, f64)], reach: f64) -> Result<bool> {
        let part = &self.parts[number];
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
        for sum in &part.sums {
            let terms: Vec<_> = sum.iter().map(|&(unknown, sign)| (variables[unknown], sign)).collect();
            program.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
        }
        let solution = match program.solve() {
            Err(microlp::Error::Infeasible) => return Err(contradiction()),
            Err(_) => return Ok(false),
            Ok(outcome) => match outcome.into_solution() {
                Ok(solution) => solution,
                Err(_) => return Ok(false),
            },
        };
        let corner: Vec<(usize, f64)> =
            part.unknowns.iter().zip(&variables).map(|(&at, &v)| (self.at(at), solution.var_value(v))).collect();
        for (at, value) in corner {
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
        for number in 0..self.parts.len() {
            for position in 0..self.parts[number].unknowns.len() {
                let at = self.parts[number].unknowns[position];
                if at.1 >= published || self.figures[self.at(at)].is_none() {
                    continue;
                }
                let both = self.look(hidden, number, &[(position, 1.0)], f64::INFINITY)?
                    && self.look(hidden, number, &[(position, -1.0)], f64::INFINITY)?;
                let (low, high) = if both { self.seen[self.at(at)] } else { (f64::NAN, f64::NAN) };
                found.push((at.0, at.1, low, high));
            }
        }
        Ok(found)
    }
}

/// A sign that looks random and is always the same.
fn sign(unknown: usize, turn: usize) -> f64 {
    let mixed = (unknown as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(turn as u32 * 7 + 1);
    if (mixed ^ (mixed >> 29)).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Unknowns grouped by the sums that connect them; figures in no sum stand alone.
fn parts(published: &Published, cells: usize, equations: &[Equation], figures: &[Option<Figure>]) -> Vec<Part> {
    let mut sums: Vec<Vec<(usize, f64)>> = Vec::new();
    for world in 0..published.worlds.len() {
        let at = |cell: usize| world * cells + cell;
        for equation in equations.iter().filter(|e| members(e).any(|c| figures[at(c)].is_some())) {
            let minus = std::iter::once((at(equation.whole), -1.0));
            sums.push(minus.chain(equation.parts.iter().map(|&part| (at(part), 1.0))).collect());
        }
    }
    for &[second, first, difference] in &published.ties {
        for cell in (0..cells).filter(|&c| figures[difference * cells + c].is_some()) {
            let at = |world: usize| world * cells + cell;
            sums.push(vec![(at(second), -1.0), (at(first), 1.0), (at(difference), 1.0)]);
        }
    }
    let mut root: Vec<usize> = (0..figures.len()).collect();
    fn top(root: &mut [usize], mut at: usize) -> usize {
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for sum in &sums {
        let first = top(&mut root, sum[0].0);
        for &(other, _) in &sum[1..] {
            let other = top(&mut root, other);
            root[other] = first;
        }
    }
    let mut used: Vec<bool> = figures.iter().map(Option::is_some).collect();
    sums.iter().flatten().for_each(|&(at, _)| used[at] = true);
    let (mut number, mut place) = (vec![usize::MAX; figures.len()], vec![0; figures.len()]);
    let mut parts: Vec<Part> = Vec::new();
    for at in (0..figures.len()).filter(|&at| used[at]) {
        let top = top(&mut root, at);
        if number[top] == usize::MAX {
            number[top] = parts.len();
            parts.push(Part { unknowns: vec![], sums: vec![] });
        }
        let part = &mut parts[number[top]];
        place[at] = part.unknowns.len();
        part.unknowns.push((at / cells, at % cells));
    }
    for sum in sums {
        let part = number[top(&mut root, sum[0].0)];
        parts[part].sums.push(sum.into_iter().map(|(at, sign)| (place[at], sign)).collect());
    }
    parts
}
