//! Rounding that keeps two margins: cycles among fractional cells.
//!
//! A cell is an edge between its sum in one margin and its sum in the other. Raising and lowering the edges
//! of a cycle in turn changes no sum; the step that first makes an edge whole takes that edge out. Where sums
//! are whole numbers, no sum is ever left with one fractional edge only, so all become whole.

use super::rounding::WHOLE;

/// Rounds to floor or ceiling, keeping the sums of both margins where these are whole numbers.
pub(super) fn cancel_cycles(cells: &[f64], left: &[u32], right: &[u32]) -> Vec<i64> {
    let mut walk = Walk::new(cells, left, right);
    for start in 0..walk.edges_of.len() {
        walk.from(start);
    }
    walk.x.iter().map(|x| x.round() as i64).collect()
}

struct Walk {
    x: Vec<f64>,
    /// Both ends of each cell.
    ends: Vec<[usize; 2]>,
    /// Fractional cells at each sum; whole ones are dropped when met.
    edges_of: Vec<Vec<usize>>,
    /// Where on the path a sum stands.
    place: Vec<Option<usize>>,
    /// Sums on the path.
    nodes: Vec<usize>,
    /// The cell that leads from each sum on the path to the next.
    edges: Vec<usize>,
}

impl Walk {
    fn new(cells: &[f64], left: &[u32], right: &[u32]) -> Self {
        let lefts = left.iter().max().map_or(0, |&last| last as usize + 1);
        let rights = right.iter().max().map_or(0, |&last| last as usize + 1);
        let ends: Vec<[usize; 2]> =
            left.iter().zip(right).map(|(&a, &b)| [a as usize, lefts + b as usize]).collect();
        let mut edges_of = vec![vec![]; lefts + rights];
        for (cell, _) in cells.iter().enumerate().filter(|&(_, &x)| is_fractional(x)) {
            ends[cell].iter().for_each(|&end| edges_of[end].push(cell));
        }
        let place = vec![None; lefts + rights];
        Self { x: cells.to_vec(), ends, edges_of, place, nodes: vec![], edges: vec![] }
    }

    /// Walks from a sum along fractional cells until none is left on its component's paths.
    fn from(&mut self, start: usize) {
        self.push(start);
        while let Some(&node) = self.nodes.last() {
            match self.next_edge(node) {
                Some(edge) => {
                    let [a, b] = self.ends[edge];
                    let other = if a == node { b } else { a };
                    self.edges.push(edge);
                    match self.place[other] {
                        Some(first) => self.cancel(first),
                        None => self.push(other),
                    }
                }
                None => self.step_back(),
            }
        }
    }

    fn push(&mut self, node: usize) {
        self.place[node] = Some(self.nodes.len());
        self.nodes.push(node);
    }

    /// A fractional cell at the sum other than the one that led here.
    fn next_edge(&mut self, node: usize) -> Option<usize> {
        let came_by = self.edges.last().copied();
        let list = &mut self.edges_of[node];
        while list.last().is_some_and(|&edge| !is_fractional(self.x[edge])) {
            list.pop();
        }
        if list.last().copied() == came_by && list.len() > 1 {
            let end = list.len() - 1;
            list.swap(0, end);
            while list.len() > 1 && list.last().is_some_and(|&edge| !is_fractional(self.x[edge])) {
                list.pop();
            }
        }
        list.last().copied().filter(|&edge| Some(edge) != came_by && is_fractional(self.x[edge]))
    }

    /// Takes the dead end off the path; the cell that led to it is rounded, for its sum is not whole.
    fn step_back(&mut self) {
        if let Some(node) = self.nodes.pop() {
            self.place[node] = None;
        }
        if let Some(edge) = self.edges.pop() {
            self.x[edge] = self.x[edge].round();
        }
    }

    /// Shifts along the cycle that closes at position `first`, towards the nearer whole number.
    fn cancel(&mut self, first: usize) {
        let cycle = self.edges.split_off(first);
        let (mut up, mut down) = (f64::MAX, f64::MAX);
        for (i, &edge) in cycle.iter().enumerate() {
            let (above, below) = (self.x[edge].ceil() - self.x[edge], self.x[edge] - self.x[edge].floor());
            let (with, against) = if i % 2 == 0 { (above, below) } else { (below, above) };
            up = up.min(with);
            down = down.min(against);
        }
        let shift = if up <= down { up } else { -down };
        for (i, &edge) in cycle.iter().enumerate() {
            self.x[edge] += if i % 2 == 0 { shift } else { -shift };
            if !is_fractional(self.x[edge]) {
                self.x[edge] = self.x[edge].round();
            }
        }
        self.nodes.drain(first + 1..).for_each(|node| self.place[node] = None);
    }
}

fn is_fractional(x: f64) -> bool {
    (x - x.round()).abs() > WHOLE
}
