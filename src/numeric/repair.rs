//! Tabu search (Glover 1989) that moves a rounded table onto margins of whole numbers.

use super::rounding::WHOLE;

/// A rounded table and how far each sum is from its margin.
pub(super) struct Repair<'a> {
    exact: &'a [f64],
    values: Vec<i64>,
    /// For each margin, the sum each cell counts in, numbered through all margins.
    sums_of: Vec<Vec<u32>>,
    /// Cells of each sum that may be above 0.
    cells_of: Vec<Vec<u32>>,
    /// Sum less margin.
    excess: Vec<i64>,
    /// Sums with an excess, and where each stands in that list.
    wrong: Vec<u32>,
    place: Vec<u32>,
    best: (Vec<i64>, u64),
    state: u64,
}

const NOWHERE: u32 = u32::MAX;

impl<'a> Repair<'a> {
    pub(super) fn new(exact: &'a [f64], values: Vec<i64>, members: Vec<Vec<u32>>, targets: Vec<Vec<i64>>) -> Self {
        let mut excess: Vec<i64> = vec![];
        let mut sums_of = vec![];
        for (mut of, target) in members.into_iter().zip(targets) {
            let first = excess.len() as u32;
            excess.extend(target.iter().map(|count| -count));
            for sum in &mut of {
                *sum += first;
            }
            of.iter().zip(&values).for_each(|(&sum, value)| excess[sum as usize] += value);
            sums_of.push(of);
        }
        let mut cells_of = vec![vec![]; excess.len()];
        for of in &sums_of {
            for (cell, &sum) in of.iter().enumerate().filter(|&(cell, _)| exact[cell] > 0.0) {
                cells_of[sum as usize].push(cell as u32);
            }
        }
        let mut wrong: Vec<u32> = vec![];
        let mut place = vec![NOWHERE; excess.len()];
        for sum in (0..excess.len()).filter(|&sum| excess[sum] != 0) {
            place[sum] = wrong.len() as u32;
            wrong.push(sum as u32);
        }
        let residual = excess.iter().map(|e| e.unsigned_abs()).sum();
        let best = (values.clone(), residual);
        Self { exact, values, sums_of, cells_of, excess, wrong, place, best, state: 0x9e37_79b9_7f4a_7c15 }
    }

    pub(super) fn residual(&self) -> u64 {
        self.best.1
    }

    pub(super) fn best(self) -> (Vec<i64>, u64) {
        self.best
    }

    /// Searches until every margin is met or the steps are used up; cells may leave floor and ceiling by `slack`.
    pub(super) fn search(&mut self, slack: i64, steps: usize) {
        let mut residual: i64 = self.excess.iter().map(|e| e.abs()).sum();
        let mut free_from = vec![0u32; self.values.len()];
        for step in 1..=steps as u32 {
            if self.wrong.is_empty() {
                break;
            }
            let at = self.below(self.wrong.len());
            let sum = self.wrong[at] as usize;
            let direction = -self.excess[sum].signum();
            let Some((cell, change)) = self.choose(sum, direction, slack, &free_from, step, residual) else {
                continue;
            };
            self.shift(cell, direction);
            residual += change;
            free_from[cell] = step + 3 + self.below(8) as u32;
            if (residual as u64) < self.best.1 {
                self.best = (self.values.clone(), residual as u64);
            }
        }
    }

    /// The cell of the sum whose shift mends most, then stays nearest to the exact table.
    fn choose(
        &mut self,
        sum: usize,
        direction: i64,
        slack: i64,
        free_from: &[u32],
        step: u32,
        residual: i64,
    ) -> Option<(usize, i64)> {
        let cells = &self.cells_of[sum];
        let offset = (self.state >> 20) as usize % cells.len().max(1);
        let mut best: Option<(i64, f64, usize)> = None;
        for &cell in cells[offset..].iter().chain(&cells[..offset]) {
            let cell = cell as usize;
            let (value, exact) = (self.values[cell], self.exact[cell]);
            if !within(value + direction, exact, slack) {
                continue;
            }
            let change: i64 = self
                .sums_of
                .iter()
                .map(|of| self.excess[of[cell] as usize])
                .map(|e| (e + direction).abs() - e.abs())
                .sum();
            let record = residual + change < self.best.1 as i64;
            if free_from[cell] > step && !record {
                continue;
            }
            let distance = |v: i64| (v as f64 - exact).abs();
            let cost = distance(value + direction) - distance(value);
            if best.is_none_or(|(c, d, _)| change < c || (change == c && cost < d)) {
                best = Some((change, cost, cell));
            }
        }
        best.map(|(change, _, cell)| (cell, change))
    }

    fn shift(&mut self, cell: usize, direction: i64) {
        self.values[cell] += direction;
        for margin in 0..self.sums_of.len() {
            let sum = self.sums_of[margin][cell] as usize;
            self.excess[sum] += direction;
            let (listed, is_wrong) = (self.place[sum] != NOWHERE, self.excess[sum] != 0);
            if is_wrong && !listed {
                self.place[sum] = self.wrong.len() as u32;
                self.wrong.push(sum as u32);
            } else if listed && !is_wrong {
                let at = std::mem::replace(&mut self.place[sum], NOWHERE) as usize;
                self.wrong.swap_remove(at);
                if let Some(&moved) = self.wrong.get(at) {
                    self.place[moved as usize] = at as u32;
                }
            }
        }
    }

    /// A number below `n` from a fixed sequence (SplitMix64): the search must be the same every time.
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// Whether a value is the floor or ceiling of `exact`, or at most `slack` beyond.
fn within(value: i64, exact: f64, slack: i64) -> bool {
    let (low, high) = if (exact - exact.round()).abs() <= WHOLE {
        (exact.round(), exact.round())
    } else {
        (exact.floor(), exact.ceil())
    };
    value >= (low as i64 - slack).max(0) && value <= high as i64 + slack
}
