//! Rows of destinations compiled into cumulative thresholds.

use super::tables::WeightTable;
use crate::random::threshold;

/// One draw's choices: for each row of destinations, and for each present place that shares it, the thresholds of
/// the destinations that are possible. Only those are held: a walk over nineteen settings would mostly meet zeros.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Where each choice's destinations begin; one more at the end.
    start: Vec<u32>,
    thresholds: Vec<u64>,
    shares: Vec<f64>,
    to: Vec<u16>,
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
            // The last destination catches every word, whatever rounding did to the sum.
            if self.to.len() as u32 > self.start[self.start.len() - 1] {
                let last = self.thresholds.len() - 1;
                self.thresholds[last] = threshold(1.0);
            }
        }
        self.start.push(self.to.len() as u32);
    }

    fn range(&self, choice: usize) -> std::ops::Range<usize> {
        self.start[choice] as usize..self.start[choice + 1] as usize
    }

    /// The destination at a word.
    #[inline]
    pub fn choose(&self, choice: usize, u: u64) -> usize {
        let range = self.range(choice);
        let first = range.start;
        let found = self.thresholds[range].iter().position(|&t| u < t).unwrap_or(0);
        usize::from(self.to[first + found])
    }

    /// The chance of leaving the present place.
    pub fn moving(&self, choice: usize) -> f64 {
        self.moving[choice]
    }

    /// Each destination and its share, given a move.
    pub fn shares(&self, choice: usize) -> impl Iterator<Item = (usize, f64)> {
        self.range(choice).map(|i| (usize::from(self.to[i]), self.shares[i]))
    }
}
