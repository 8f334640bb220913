//! Which published cells add up to which: the sums that an attacker can write down.

use super::{Cell, Published, State};
use std::collections::{BTreeMap, BTreeSet};

/// A cell that is the sum of others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Equation {
    /// Position of the sum.
    pub whole: usize,
    /// Positions of its parts, the rest that no table shows among them.
    pub parts: Vec<usize>,
    /// Whether it is a sum over labels: not one between quantities.
    pub hierarchy: bool,
}

/// All sums, and the cells they need that are in no table: what a sum has beyond the parts that are published.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// The sums.
    pub equations: Vec<Equation>,
    /// Cells in no table, numbered after the published ones.
    pub rests: Vec<Cell>,
}

/// What a cell has beside one dimension.
type Beside = (u32, usize, Vec<u32>);

fn beside(cell: &Cell, dimension: usize) -> Beside {
    let mut others = cell.sides.clone();
    others[dimension] = u32::MAX;
    (cell.quantity, dimension, others)
}

fn within(inner: &[u32], outer: &[u32]) -> bool {
    inner.len() <= outer.len() && inner.iter().all(|label| outer.binary_search(label).is_ok())
}

/// Every sum along one dimension between a cell and a family inside it, and every link.
pub fn equations(published: &Published) -> Sums {
    let mut by_place: BTreeMap<Beside, Vec<usize>> = BTreeMap::new();
    for (position, cell) in published.cells.iter().enumerate() {
        for dimension in 0..cell.sides.len() {
            by_place.entry(beside(cell, dimension)).or_default().push(position);
        }
    }
    let mut sums = Sums::default();
    let mut known: BTreeSet<(usize, Vec<usize>)> = BTreeSet::new();
    for family in &published.families {
        let Some(&first) = family.cells.first() else { continue };
        let side = |cell: usize| &published.sets[published.cells[cell].sides[family.dimension] as usize];
        for &whole in by_place.get(&beside(&published.cells[first], family.dimension)).into_iter().flatten() {
            let inside = |&part: &usize| part != whole && within(side(part), side(whole));
            let mut parts: Vec<usize> = family.cells.iter().copied().filter(inside).collect();
            parts.sort_unstable();
            if parts.is_empty() || !known.insert((whole, parts.clone())) {
                continue;
            }
            let covered: usize = parts.iter().map(|&part| side(part).len()).sum();
            let open = covered < side(whole).len();
            sums.add(published, whole, parts, open, true);
        }
    }
    for link in &published.links {
        sums.add(published, link.whole, link.parts.clone(), link.open, false);
    }
    sums
}

impl Sums {
    fn add(&mut self, published: &Published, whole: usize, mut parts: Vec<usize>, open: bool, hierarchy: bool) {
        let cells = &published.cells;
        if open {
            let held: f64 = parts.iter().map(|&part| cells[part].children).sum();
            let guarded = |state: State| !matches!(state, State::Open | State::Implied);
            let fine = guarded(cells[whole].state) || parts.iter().any(|&part| guarded(cells[part].state));
            parts.push(cells.len() + self.rests.len());
            self.rests.push(Cell {
                // A quantity of its own: nothing else adds up to it.
                quantity: u32::MAX,
                sides: vec![],
                children: (cells[whole].children - held).max(0.0),
                state: if fine { State::ImpliedGuarded } else { State::Implied },
                base: cells[whole].base,
                whole: cells[whole].whole,
            });
        }
        self.equations.push(Equation { whole, parts, hierarchy });
    }
}
