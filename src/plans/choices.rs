//! Rows of destinations compiled into cumulative thresholds.

use super::tables::WeightTable;
use crate::random::threshold;
use pulp::Arch;

/// Thresholds are compared so many at a time.
const TOGETHER: usize = 4;

/// One draw's choices: for each row of destinations, and for each present place that shares it, the thresholds of
/// the destinations that are possible. Only those are held: a walk over nineteen settings would mostly meet zeros.
/// Behind them stand thresholds that no word reaches, up to a multiple of four, the same for all choices.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Room for the destinations of a choice.
    stride: usize,
    thresholds: Vec<u64>,
    /// Weight of each destination, the sum up to it, and that of all.
    weights: Vec<f64>,
    sums: Vec<f64>,
    totals: Vec<f64>,
    to: Vec<u16>,
    /// Number of destinations of each choice.
    length: Vec<u32>,
    /// Chance of leaving the present place, by choice.
    moving: Vec<f64>,
}

impl Choices {
    /// Compiles the drawn weights of a table.
    pub(super) fn compile(&mut self, table: &WeightTable, weights: &[f64]) {
        self.stride = table.most_named().next_multiple_of(TOGETHER);
        let all = table.choices().len() * self.stride;
        for column in [&mut self.weights, &mut self.sums, &mut self.totals] {
            column.resize(all, 0.0);
        }
        self.thresholds.resize(all, 0);
        self.to.resize(all, 0);
        self.length.clear();
        self.moving.clear();
        for (n, choice) in table.choices().iter().enumerate() {
            let weights = &weights[choice.row * table.destinations()..][..table.destinations()];
            let named = table.named(choice.row);
            let present = choice.present.unwrap_or(usize::MAX);
            // Nothing for the present place, by its bits: a branch would be foretold wrongly at every choice.
            let other =
                |to: usize| f64::from_bits(weights[to].to_bits() & u64::from(to != present).wrapping_neg());
            let off = named.iter().fold(0.0, |sum, weight| sum + other(weight.to as usize));
            let own = choice.present.map_or(0.0, |present| weights[present]);
            self.moving.push(off / (off + own));
            let (mut c, mut at) = (0.0, n * self.stride);
            for to in named.iter().map(|weight| weight.to as usize) {
                let weight = other(to);
                c += weight;
                (self.weights[at], self.sums[at], self.totals[at], self.to[at]) = (weight, c, off, to as u16);
                at += usize::from(weight > 0.0);
            }
            self.length.push((at - n * self.stride) as u32);
        }
        self.divide();
    }

    /// Sets the thresholds: sums over totals, whole vectors at a time (one by one they were two fifths of the compiling).
    fn divide(&mut self) {
        let columns = self.thresholds.iter_mut().zip(self.sums.iter().zip(&self.totals));
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (at, (sum, total)) in columns {
                    *at = threshold(sum / total);
                }
            },
        );
        for (own, &length) in self.thresholds.chunks_mut(self.stride.max(1)).zip(&self.length) {
            for (i, beyond) in (0..).zip(own.iter_mut()) {
                *beyond |= u64::from(i >= length).wrapping_neg();
            }
            // The last destination catches every word, whatever rounding did to the sum.
            if length > 0 {
                own[length as usize - 1] = threshold(1.0);
            }
        }
    }

    /// The destination at a word: the first whose threshold is above it. The last of each four say in which four it stands,
    /// and those of one four which it is; none is left out, since a walk that ends somewhere costs more in branches foretold
    /// wrongly (to compare all takes twice as long, a hundredth of a projection).
    #[inline]
    pub fn choose(&self, choice: usize, u: u64) -> usize {
        let begin = choice * self.stride;
        let fours = self.thresholds[begin..][..self.stride].as_chunks::<TOGETHER>().0;
        let passed = |&threshold: &u64| usize::from(u >= threshold);
        let four: usize = fours.iter().rev().skip(1).map(|four| passed(&four[TOGETHER - 1])).sum();
        let within: usize = fours[four].iter().map(passed).sum();
        usize::from(self.to[begin + TOGETHER * four + within])
    }

    /// The chance of leaving the present place.
    pub fn moving(&self, choice: usize) -> f64 {
        self.moving[choice]
    }

    /// Each destination and its share, given a move.
    pub fn shares(&self, choice: usize) -> impl Iterator<Item = (usize, f64)> {
        (choice * self.stride..)
            .take(self.length[choice] as usize)
            .map(|i| (usize::from(self.to[i]), self.weights[i] / self.totals[i]))
    }
}
