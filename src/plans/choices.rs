//! Rows of destinations compiled into cumulative thresholds.

use super::tables::WeightTable;
use crate::random::threshold;
use pulp::Arch;

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
        let choices = table.choices();
        // Room for all destinations of all choices; those that are not possible are written over by the next one.
        let most = choices.len() * (table.destinations() + TOGETHER);
        for column in [&mut self.sums, &mut self.totals, &mut self.weights] {
            column.resize(most, 0.0);
        }
        self.to.resize(most, 0);
        self.start.clear();
        self.length.clear();
        self.moving.clear();
        let mut end = 0;
        for choice in choices {
            let start = end;
            self.start.push(start as u32);
            let weights = &weights[choice.row * table.destinations()..][..table.destinations()];
            let off: f64 =
                weights.iter().enumerate().filter(|(i, _)| Some(*i) != choice.present).map(|(_, w)| w).sum();
            let own = choice.present.map_or(0.0, |present| weights[present]);
            self.moving.push(off / (off + own));
            let mut c = 0.0;
            for (to, &weight) in weights.iter().enumerate() {
                let possible = (weight > 0.0) & (Some(to) != choice.present);
                c += if possible { weight } else { 0.0 };
                (self.sums[end], self.totals[end]) = (c, off);
                (self.weights[end], self.to[end]) = (weight, to as u16);
                end += usize::from(possible);
            }
            self.length.push((end - start) as u32);
            end = start + (end - start).next_multiple_of(TOGETHER);
        }
        self.start.push(end as u32);
        self.thresholds.resize(end, 0);
        ratios(&self.sums, &self.totals, &mut self.thresholds);
        for (&start, (&length, &next)) in self.start.iter().zip(self.length.iter().zip(&self.start[1..])) {
            let own = &mut self.thresholds[start as usize..next as usize];
            let (possible, beyond) = own.split_at_mut(length as usize);
            beyond.fill(u64::MAX);
            // The last destination catches every word, whatever rounding did to the sum.
            possible.last_mut().into_iter().for_each(|last| *last = threshold(1.0));
        }
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
            .map(|i| (usize::from(self.to[i]), self.weights[i] / self.totals[i]))
    }
}

/// Thresholds of ratios, whole vectors at a time: a division each was two fifths of the compiling.
fn ratios(parts: &[f64], wholes: &[f64], thresholds: &mut [u64]) {
    let columns = thresholds.iter_mut().zip(parts.iter().zip(wholes));
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (at, (part, whole)) in columns {
                *at = threshold(part / whole);
            }
        },
    );
}
