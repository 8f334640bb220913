//! Which cells are hidden: the small, those that would give them away, and one more where the attacker got through.

use super::equations::Equation;
use super::{Cell, State, members};

/// Cells and the sums between them.
#[derive(Debug, Clone, Copy)]
pub struct Shields<'a> {
    /// Every cell, the rests of sums last.
    pub cells: &'a [Cell],
    /// Every sum.
    pub equations: &'a [Equation],
    /// Smallest count that may be shown.
    pub threshold: f64,
}

/// Whether what is in no table, or must be hidden, or is small, is hidden from the start.
pub fn hide_small(cells: &[Cell], threshold: f64) -> Vec<bool> {
    let small = |cell: &Cell| match cell.state {
        State::Open | State::Known => false,
        State::Guarded => cell.children < threshold,
        State::Hidden | State::Implied | State::ImpliedGuarded => true,
    };
    cells.iter().map(small).collect()
}

/// Hides more until no sum over labels holds a single hidden cell, or hidden cells that together are small.
///
/// Sums between quantities are left to the attacker: the rounding of their other members often protects enough.
pub fn cover(shields: &Shields<'_>, hidden: &mut [bool]) {
    // A figure of the whole authority that had to be hidden needs company too.
    let secret = |cell: &Cell| matches!(cell.state, State::Guarded | State::Hidden | State::Open);
    loop {
        let mut more = Vec::new();
        for equation in shields.equations.iter().filter(|e| e.hierarchy) {
            let cells = shields.cells;
            let is_secret = |&c: &usize| hidden[c] && secret(&cells[c]);
            if !members(equation).any(|c| is_secret(&c)) {
                continue;
            }
            // What is in no table hides others only if somebody is in it.
            let hides = |&c: &usize| hidden[c] && (secret(&cells[c]) || cells[c].children > 0.0);
            let number = members(equation).filter(hides).count();
            let held: f64 = equation.parts.iter().copied().filter(hides).map(|c| cells[c].children).sum();
            if number >= 2 && (hidden[equation.whole] || held >= shields.threshold) {
                continue;
            }
            let parts = || equation.parts.iter().copied();
            let open = members(equation).any(|c| hidden[c] && cells[c].state == State::Open);
            let guarded = smallest_shown(shields, hidden, parts(), State::Guarded);
            more.extend(
                guarded.or_else(|| open.then(|| smallest_shown(shields, hidden, parts(), State::Open)).flatten()),
            );
        }
        if more.is_empty() {
            return;
        }
        for cell in more {
            hidden[cell] = true;
        }
    }
}

/// The shown cell with the fewest children that may be hidden.
fn smallest_shown(
    shields: &Shields<'_>,
    hidden: &[bool],
    of: impl Iterator<Item = usize>,
    state: State,
) -> Option<usize> {
    of.filter(|&c| !hidden[c] && shields.cells[c].state == state)
        .min_by(|&a, &b| shields.cells[a].children.total_cmp(&shields.cells[b].children).then(a.cmp(&b)))
}

/// The next cell to hide so that a cell is told less closely: the sum that is small itself, the smallest beside it in any of its sums, then the
/// sums it is in, then those further away, then figures of the whole authority.
pub fn next_to_hide(shields: &Shields<'_>, hidden: &[bool], narrow: usize) -> Option<usize> {
    // Nothing else widens a part of what is small for the whole authority.
    let holds = |e: &&Equation| e.parts.contains(&narrow);
    let small = |&c: &usize| {
        !hidden[c] && shields.cells[c].state == State::Open && shields.cells[c].children < shields.threshold
    };
    if let Some(cell) = shields.equations.iter().filter(holds).map(|e| e.whole).find(small) {
        return Some(cell);
    }
    let mut reached = vec![narrow];
    let mut seen = vec![false; shields.cells.len()];
    seen[narrow] = true;
    let mut open = Vec::new();
    while !reached.is_empty() {
        let near: Vec<usize> = shields
            .equations
            .iter()
            .filter(|e| members(e).any(|c| reached.contains(&c)))
            .flat_map(members)
            .filter(|&c| !seen[c])
            .collect();
        if let Some(cell) = smallest_shown(shields, hidden, near.iter().copied(), State::Guarded) {
            return Some(cell);
        }
        open.extend(near.iter().copied().filter(|&c| !hidden[c] && shields.cells[c].state == State::Open));
        for &cell in &near {
            seen[cell] = true;
        }
        // What is known for sure passes nothing on.
        reached = near.into_iter().filter(|&c| hidden[c]).collect();
        reached.sort_unstable();
        reached.dedup();
    }
    open.into_iter().next()
}
