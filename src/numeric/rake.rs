//! Raking: iterative proportional fitting of a dense table to margins, implied zeros removed.
//!
//! Method: Deming and Stephan (1940). Letters: x a cell, n a pass over all margins.
//!
//! Margins can force a cell of positive seed to 0 (an *implied zero*). Fitting then crawls: such a cell, and
//! the error with it, falls like a power of 1/n. Cells that fall so over two doublings of n are set to 0.
//! Reaching the tolerance with them at 0 proves that the margins allow it; otherwise they are put back.

use super::margin::{Disagreement, Margin, TOLERANCE, disagreements, relative_error};

/// Why margins cannot be met.
#[derive(Debug, Clone, PartialEq)]
pub enum Infeasible {
    /// Pairs of margins give different sums for the same cells.
    Disagree(Vec<Disagreement>),
    /// Sums above 0 that no possible cell counts in: position of the margin, levels of each dimension.
    Impossible(Vec<(usize, Vec<Option<Vec<usize>>>)>),
    /// No table meets these margins together, though no two of them contradict each other.
    Unmet(Vec<usize>),
}

/// A table that meets its margins.
#[derive(Debug, Clone, PartialEq)]
pub struct Raked {
    /// Cells, row-major.
    pub cells: Vec<f64>,
    /// Passes over all margins.
    pub passes: usize,
    /// Cells of positive seed that the margins force to 0.
    pub implied_zeros: Vec<usize>,
}

/// First pass at which cells are looked at for implied zeros.
const FIRST_LOOK: usize = 64;
/// Most passes, whatever the size.
const MOST_PASSES: usize = 1 << 16;
/// Most cell updates, so that a hostile table cannot hang: about 10 s. Chosen by the authors.
const MOST_UPDATES: usize = 4_000_000_000;
/// A cell that keeps this share of itself over a doubling of passes falls like a power of 1/n: a geometric
/// fall would square its share each time, and a cell with a positive limit would keep nearly all of itself.
const POWER_LAW: std::ops::Range<f64> = 0.3..0.8;

/// Fits `seed` (row-major, shape `sizes`) to the margins, to a relative [`TOLERANCE`] of 1e-9.
///
/// Zeros of the seed stay 0. Margins that cannot be met are returned by position.
pub fn rake(seed: &[f64], sizes: &[usize], margins: &[Margin]) -> Result<Raked, Infeasible> {
    let pairs = disagreements(margins);
    if !pairs.is_empty() {
        return Err(Infeasible::Disagree(pairs));
    }
    let mut fit = Fit::new(seed, sizes, margins)?;
    let updates = (fit.cells.len() * margins.len()).max(1);
    let most = MOST_PASSES.min(MOST_UPDATES / updates).max(FIRST_LOOK * 4);
    let mut looks: Vec<Vec<f64>> = vec![];
    let mut next_look = FIRST_LOOK;
    while fit.error() > TOLERANCE {
        if fit.passes >= most {
            return Err(Infeasible::Unmet(fit.unmet()));
        }
        fit.pass();
        if fit.passes - fit.since == next_look {
            looks.push(fit.x.clone());
            next_look *= 2;
            if fit.look(&looks) {
                looks.clear();
                next_look = FIRST_LOOK;
            }
        }
    }
    Ok(fit.finish(seed))
}

/// The state of a fit over the cells that can be positive.
struct Fit<'a> {
    margins: &'a [Margin],
    /// Position of each active cell in the dense table.
    cells: Vec<usize>,
    /// Value of each active cell.
    x: Vec<f64>,
    /// For each margin, the sum each active cell counts in.
    members: Vec<Vec<u32>>,
    /// Cells set to 0 as implied zeros, with the value they had.
    removed: Vec<(usize, f64)>,
    /// Whether cells may still be set to 0.
    may_remove: bool,
    passes: usize,
    /// Pass of the last change of zeros.
    since: usize,
    error_then: f64,
}

impl<'a> Fit<'a> {
    fn new(seed: &[f64], sizes: &[usize], margins: &'a [Margin]) -> Result<Self, Infeasible> {
        let dense: Vec<Vec<u32>> = margins.iter().map(|margin| margin.members(sizes)).collect();
        let possible = |cell: usize| {
            seed[cell] > 0.0 && margins.iter().zip(&dense).all(|(m, of)| m.counts[of[cell] as usize] > 0.0)
        };
        let cells: Vec<usize> = (0..seed.len()).filter(|&cell| possible(cell)).collect();
        let members: Vec<Vec<u32>> = dense.iter().map(|of| cells.iter().map(|&cell| of[cell]).collect()).collect();
        let x: Vec<f64> = cells.iter().map(|&cell| seed[cell]).collect();
        let mut impossible = vec![];
        for (position, (margin, of)) in margins.iter().zip(&members).enumerate() {
            let mut reached = vec![false; margin.counts.len()];
            for &sum in of {
                reached[sum as usize] = true;
            }
            let empty = (0..reached.len()).filter(|&sum| !reached[sum] && margin.counts[sum] > 0.0);
            impossible.extend(empty.map(|sum| (position, margin.place(sum))));
        }
        if !impossible.is_empty() {
            return Err(Infeasible::Impossible(impossible));
        }
        let (removed, may_remove) = (vec![], true);
        Ok(Self { margins, cells, x, members, removed, may_remove, passes: 0, since: 0, error_then: f64::MAX })
    }

    fn sums(&self, position: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.margins[position].counts.len()];
        for (&x, &sum) in self.x.iter().zip(&self.members[position]) {
            sums[sum as usize] += x;
        }
        sums
    }

    /// Scales the table to each margin in turn.
    fn pass(&mut self) {
        for position in 0..self.margins.len() {
            let factors: Vec<f64> = self
                .sums(position)
                .iter()
                .zip(&self.margins[position].counts)
                .map(|(&sum, &count)| if sum > 0.0 { count / sum } else { 0.0 })
                .collect();
            for (x, &sum) in self.x.iter_mut().zip(&self.members[position]) {
                *x *= factors[sum as usize];
            }
        }
        self.passes += 1;
    }

    fn error_of(&self, position: usize) -> f64 {
        let counts = &self.margins[position].counts;
        self.sums(position).iter().zip(counts).map(|(&sum, &count)| relative_error(sum, count)).fold(0.0, f64::max)
    }

    fn error(&self) -> f64 {
        (0..self.margins.len()).map(|position| self.error_of(position)).fold(0.0, f64::max)
    }

    /// Margins to name: those not met after a pass, and the last, which the pass always meets.
    fn unmet(&self) -> Vec<usize> {
        let last = self.margins.len() - 1;
        (0..=last).filter(|&position| position == last || self.error_of(position) > TOLERANCE).collect()
    }

    /// Sets implied zeros, or puts them back when the fit stalls without them; whether anything changed.
    fn look(&mut self, looks: &[Vec<f64>]) -> bool {
        let [.., first, second, third] = looks else { return false };
        let waited = self.passes - self.since >= FIRST_LOOK * 32;
        if waited && !self.removed.is_empty() && self.error() > self.error_then / 2.0 {
            self.removed.drain(..).for_each(|(cell, value)| self.x[cell] = value);
            self.may_remove = false;
        } else if self.may_remove {
            let falls = |a: f64, b: f64| b > 0.0 && POWER_LAW.contains(&(b / a));
            let zeros: Vec<usize> =
                (0..self.x.len()).filter(|&i| falls(first[i], second[i]) && falls(second[i], third[i])).collect();
            if zeros.is_empty() || self.empties_a_sum(&zeros) {
                return false;
            }
            self.error_then = self.error();
            for i in zeros {
                self.removed.push((i, std::mem::take(&mut self.x[i])));
            }
        } else {
            return false;
        }
        self.since = self.passes;
        true
    }

    /// Whether a sum above 0 would lose its last cell.
    fn empties_a_sum(&self, zeros: &[usize]) -> bool {
        let mut x = self.x.clone();
        for &i in zeros {
            x[i] = 0.0;
        }
        self.members.iter().zip(self.margins).any(|(of, margin)| {
            let mut reached = vec![false; margin.counts.len()];
            of.iter().zip(&x).for_each(|(&sum, &value)| reached[sum as usize] |= value > 0.0);
            reached.iter().zip(&margin.counts).any(|(&reached, &count)| count > 0.0 && !reached)
        })
    }

    fn finish(self, seed: &[f64]) -> Raked {
        let mut cells = vec![0.0; seed.len()];
        for (&cell, &x) in self.cells.iter().zip(&self.x) {
            cells[cell] = x;
        }
        let mut implied_zeros: Vec<usize> = self.removed.iter().map(|&(i, _)| self.cells[i]).collect();
        implied_zeros.sort_unstable();
        Raked { cells, passes: self.passes, implied_zeros }
    }
}
