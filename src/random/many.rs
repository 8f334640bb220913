//! The words of many entities at once, on whatever vectors the machine has: the same words as one by one.

use super::discrete::unit;
use super::key::{Stream, mix, u53};
use crate::numeric::bits;
use pulp::Arch;

/// Entities whose words are made together: they stay in the nearest cache.
const TOGETHER: usize = 64;

impl Stream {
    /// Gives `take` the first position and the top 53 bits of the words of every run of entities.
    ///
    /// Words made apart from what is done with them fill whole vectors: 1.3 ns a word became 0.5.
    #[inline]
    pub fn words(self, entities: &[u64], mut take: impl FnMut(usize, &[u64])) {
        let arch = Arch::new();
        let mut words = [0; TOGETHER];
        for (run, entities) in entities.chunks(TOGETHER).enumerate() {
            let words = &mut words[..entities.len()];
            arch.dispatch(|| {
                for (word, &entity) in words.iter_mut().zip(entities) {
                    *word = u53(mix(self.0 ^ entity));
                }
            });
            take(run * TOGETHER, words);
        }
    }

    /// Lists the positions of entities whose Poisson count of these means may be above 0, and keeps the top 53 bits of
    /// every word in `tops`.
    ///
    /// A count is 0 if its uniform is below 1 - mean, which settles nine cells of ten: they cost a multiplication and a
    /// compare, whole vectors at a time. What is left is found bit by bit, without a branch a cell (a fifth of a draw).
    pub fn list_not_zero(self, entities: &[u64], means: &[f64], tops: &mut Vec<u64>, found: &mut Vec<u32>) {
        let arch = Arch::new();
        tops.resize(entities.len(), 0);
        found.clear();
        let runs = entities.chunks(TOGETHER).zip(means.chunks(TOGETHER)).zip(tops.chunks_mut(TOGETHER));
        for (run, ((entities, means), tops)) in runs.enumerate() {
            let mut flags = [0_u8; TOGETHER];
            arch.dispatch(
                #[inline(always)]
                || {
                    let columns = entities.iter().zip(means).zip(tops).zip(&mut flags);
                    for (((&entity, &mean), top), flag) in columns {
                        *top = u53(mix(self.0 ^ entity));
                        *flag = u8::from(vector_unit(*top) >= 1.0 - mean);
                    }
                },
            );
            let mut left = bits(&flags);
            while left != 0 {
                found.push(run as u32 * TOGETHER as u32 + left.trailing_zeros());
                left &= left - 1;
            }
        }
    }
}

/// The same as [`unit`], from operations that all vectors have.
#[inline(always)]
fn vector_unit(top: u64) -> f64 {
    vector_float(top) * unit(1)
}

/// A number below 2^53 as floating point: both halves become the low bits of a number whose exponent is known, and the
/// two sums are exact.
#[inline(always)]
pub(super) fn vector_float(top: u64) -> f64 {
    let high = f64::from_bits(top >> 32 | 0x4530_0000_0000_0000) - (TWO_84 + TWO_52);
    high + f64::from_bits(top & 0xFFFF_FFFF | 0x4330_0000_0000_0000)
}

/// 2 to the power of 52.
pub(super) const TWO_52: f64 = 4_503_599_627_370_496.0;
const TWO_84: f64 = TWO_52 * 4_294_967_296.0;

#[cfg(test)]
mod tests {
    use super::super::{DrawKey, Process};
    use super::*;

    #[test]
    fn words_made_together_are_the_words_one_by_one() {
        let stream = DrawKey::new(3, 4).stream(Process::Nothing, 2030);
        let entities: Vec<u64> = (0..1_000_u64).map(|i| i.wrapping_mul(0xDEAD_BEEF_1234_5679)).collect();
        let mut all = Vec::new();
        stream.words(&entities, |from, words| {
            assert_eq!(from, all.len());
            all.extend_from_slice(words);
        });
        assert_eq!(all, entities.iter().map(|&entity| u53(stream.word(entity))).collect::<Vec<_>>());
    }

    #[test]
    fn cells_that_may_not_be_zero_are_listed_whatever_the_vectors() {
        let stream = DrawKey::new(3, 4).stream(Process::NewPlans, 2030);
        let entities: Vec<u64> = (0..1_001_u64).map(|i| i.wrapping_mul(0xDEAD_BEEF_1234_5679)).collect();
        let means: Vec<f64> = (0..1_001).map(|i| f64::from(i % 7) * 0.3).collect();
        let (mut tops, mut found) = (vec![], vec![]);
        stream.list_not_zero(&entities, &means, &mut tops, &mut found);
        assert!(tops.iter().all(|&top| vector_unit(top).to_bits() == unit(top).to_bits()));
        for top in [0, 1, (1 << 32) - 1, 1 << 32, (1 << 53) - 1] {
            assert_eq!(vector_unit(top).to_bits(), unit(top).to_bits());
        }
        let may = |i: &u32| unit(tops[*i as usize]) >= 1.0 - means[*i as usize];
        assert_eq!(found, (0..1_001).filter(may).collect::<Vec<u32>>());
    }
}
