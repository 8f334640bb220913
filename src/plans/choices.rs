//! Rows of destinations compiled into cumulative thresholds.

use super::tables::WeightTable;
use crate::random::threshold;

/// Thresholds are compared so many at a time.
const TOGETHER: usize = 4;

/// One draw's choices: for each row of destinations, and for each present place that shares it, the thresholds of
/// the destinations that are possible. Only those are held: a walk over nineteen settings would mostly meet zeros.
/// Behind them stand thresholds that no word reaches, up to a multiple of four.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Where each choice's destinations begin; one more at the end.
    start: Vec<u32>,
    thresholds: Vec<u64>,
    shares: Vec<f64>,
    to: Vec<u16>,
    /// Number of destinations of each choice.
    length: Vec<u32>,
    /// Chance of leaving the present place, by choice.
    moving: Vec<f64>,
}

impl Choices {
    /// Compiles the drawn weights of a table.
    pub(super) fn compile(&mut self, table: &WeightTable, weights: &[f64]) {
        self.start.clear();
        self.thresholds.clear();
        self.shares.clear();
        self.to.clear();
        self.length.clear();
        self.moving.clear();
        for choice in table.choices() {
            self.start.push(self.to.len() as u32);
            let weights = &weights[choice.row * table.destinations()..][..table.destinations()];
            let off: f64 =
                weights.iter().enumerate().filter(|(i, _)| Some(*i) != choice.present).map(|(_, w)| w).sum();
            let own = choice.present.map_or(0.0, |present| weights[present]);
            self.moving.push(off / (off + own));
            let mut c = 0.0;
            for (to, &weight) in weights.iter().enumerate() {
                if weight > 0.0 && Some(to) != choice.present {
                    c += weight;
                    self.thresholds.push(threshold(c / off));
                    self.shares.push(weight / off);
                    self.to.push(to as u16);
                }
            }
            let start = self.start[self.start.len() - 1] as usize;
            self.length.push((self.to.len() - start) as u32);
            // The last destination catches every word, whatever rounding did to the sum.
            if self.to.len() > start {
                let last = self.thresholds.len() - 1;
                self.thresholds[last] = threshold(1.0);
            }
            let end = start + (self.to.len() - start).next_multiple_of(TOGETHER);
            self.thresholds.resize(end, u64::MAX);
            self.shares.resize(end, 0.0);
            self.to.resize(end, 0);
        }
        self.start.push(self.to.len() as u32);
    }

    /// The destination at a word: the first whose threshold is above it. All are compared, since a walk that ends
    /// somewhere costs more in branches foretold wrongly.
    #[inline]
    pub fn choose(&self, choice: usize, u: u64) -> usize {
        let (start, end) = (self.start[choice] as usize, self.start[choice + 1] as usize);
        let mut at = start;
        for four in self.thresholds[start..end].as_chunks::<TOGETHER>().0 {
            at += four.iter().map(|&threshold| usize::from(u >= threshold)).sum::<usize>();
        }
        usize::from(self.to[at])
    }

    /// The chance of leaving the present place.
    pub fn moving(&self, choice: usize) -> f64 {
        self.moving[choice]
    }

    /// Each destination and its share, given a move.
    pub fn shares(&self, choice: usize) -> impl Iterator<Item = (usize, f64)> {
        (self.start[choice] as usize..)
            .take(self.length[choice] as usize)
            .map(|i| (usize::from(self.to[i]), self.shares[i]))
    }
}
