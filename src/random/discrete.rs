//! Poisson and binomial counts by inversion of keyed uniforms: monotone in their means.

use super::key::{Slots, u53};
use std::sync::{LazyLock, OnceLock};

const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;
/// Largest mean inverted in one go; larger means are sums over slots.
pub const POISSON_CHUNK: f64 = 32.0;
/// Most trials inverted in one go.
const BINOMIAL_CHUNK: usize = 256;
/// No count of a mean of 32 or less reaches this (its chance is below 1e-100).
const LARGEST: u32 = 255;

/// A word as a number in [0, 1).
#[inline]
pub const fn uniform(word: u64) -> f64 {
    unit(u53(word))
}

/// The top 53 bits of a word as a number in [0, 1).
#[inline]
pub const fn unit(top: u64) -> f64 {
    // As a signed number: the machine has an instruction for those.
    top as i64 as f64 * UNIT
}

/// The Poisson count of mean `mean` at quantile `u`, for means up to [`POISSON_CHUNK`].
#[inline]
pub fn poisson_slot(u: f64, mean: f64) -> u32 {
    // exp(-m) is at least 1 - m: nine cells of ten end here, without an exponential.
    if u < 1.0 - mean {
        return 0;
    }
    // The series of exp(-m) and of (1 + m) exp(-m), cut off where what follows has a known sign: between them the count is
    // 0 or 1. Of the cells left 39 in 40 end here at a mean of 0.05, without an exponential.
    let (half, third) = (0.5 * mean * mean, mean * mean * mean / 3.0);
    let most = 1.0 - mean + half;
    if u < most - 0.5 * third {
        return 0;
    }
    if u >= most && u < 1.0 - half + third - 0.375 * mean * third {
        return 1;
    }
    poisson_given_none(u, mean, libm::exp(-mean))
}

/// The same where exp(-mean), the chance of none, is known.
#[inline]
pub fn poisson_given_none(u: f64, mean: f64, none: f64) -> u32 {
    // Counts of 0, 1 and 2 without a branch: which of them it is nothing foretells.
    let one = none * mean;
    let two = one * mean / 2.0;
    let (mut p, mut c) = (two, none + one + two);
    let mut k = u32::from(u >= none) + u32::from(u >= none + one);
    while u >= c && k < LARGEST {
        k += 1;
        p = p * mean / f64::from(k);
        c += p;
    }
    k
}

/// The slot number of an age and a part of a split mean.
#[inline]
pub const fn slot(age: usize, part: u64) -> u64 {
    age as u64 + 32 * part
}

/// A Poisson count of any mean, one slot for each 32 of it.
#[inline]
pub fn poisson(slots: Slots, age: usize, entity: u64, mean: f64) -> u32 {
    let (mut rest, mut part, mut count) = (mean, 0, 0);
    while rest > 0.0 {
        let u = uniform(slots.stream(slot(age, part)).word(entity));
        count += poisson_slot(u, rest.min(POISSON_CHUNK));
        part += 1;
        rest = mean - POISSON_CHUNK * part as f64;
    }
    count
}

/// A cumulative distribution with a guide, so that a count costs one look-up and about one compare.
#[derive(Debug, Clone)]
pub struct InversionTable {
    cumulative: Vec<f64>,
    /// Two cache lines, no more: a run looks into thousands of tables, and waits for memory longer than it counts.
    guide: [u8; GUIDE],
}

const GUIDE: usize = 128;

impl InversionTable {
    fn new(mut cumulative: Vec<f64>) -> Self {
        // No uniform reaches a sum of 1: what follows is never looked at.
        if let Some(end) = cumulative.iter().position(|&c| c > 1.0 - UNIT) {
            cumulative.truncate(end + 1);
        }
        let mut guide = [0; GUIDE];
        for (i, first) in guide.iter_mut().enumerate() {
            let low = i as f64 / GUIDE as f64;
            *first = cumulative.iter().take_while(|&&c| c <= low).count().min(cumulative.len() - 1) as u8;
        }
        Self { cumulative, guide }
    }

    /// The same counts as [`poisson_slot`] at a fixed mean.
    pub fn poisson(mean: f64) -> Self {
        let mut p = libm::exp(-mean);
        let mut cumulative = vec![p];
        // The recurrence of poisson_slot, carried on until it can no longer change.
        for k in 1..=LARGEST {
            p = p * mean / f64::from(k);
            let next = cumulative[k as usize - 1] + p;
            cumulative.push(next);
        }
        cumulative.truncate(LARGEST as usize);
        Self::new(cumulative)
    }

    fn binomial(trials: usize, probability: f64) -> Self {
        let mut q = 1.0;
        for _ in 0..trials {
            q *= 1.0 - probability;
        }
        let odds = probability / (1.0 - probability);
        let mut cumulative = vec![q];
        for k in 1..=trials {
            q *= (trials - k + 1) as f64 / k as f64 * odds;
            cumulative.push(cumulative[k - 1] + q);
        }
        cumulative.truncate(trials.max(1));
        Self::new(cumulative)
    }

    /// The count at quantile `u`: how many cumulative sums are at or below it.
    #[inline]
    pub fn count(&self, u: f64) -> u32 {
        let mut k = usize::from(self.guide[(u * GUIDE as f64) as usize]);
        while k < self.cumulative.len() && u >= self.cumulative[k] {
            k += 1;
        }
        k as u32
    }
}

/// The table of a whole chunk, the same for all means.
static FULL_CHUNK: LazyLock<InversionTable> = LazyLock::new(|| InversionTable::poisson(POISSON_CHUNK));

/// Poisson counts of one mean of any size.
#[derive(Debug, Clone)]
pub struct PoissonTable {
    full_chunks: u64,
    rest: Option<InversionTable>,
}

impl PoissonTable {
    /// The tables of a mean.
    pub fn new(mean: f64) -> Self {
        let full = libm::floor(mean / POISSON_CHUNK).max(0.0);
        let rest = mean - POISSON_CHUNK * full;
        Self { full_chunks: full as u64, rest: (rest > 0.0).then(|| InversionTable::poisson(rest)) }
    }

    /// The same count as [`poisson`] at a fixed mean.
    #[inline]
    pub fn count(&self, slots: Slots, age: usize, entity: u64) -> u32 {
        let u = |part| uniform(slots.stream(slot(age, part)).word(entity));
        let full: u32 = (0..self.full_chunks).map(|part| FULL_CHUNK.count(u(part))).sum();
        full + self.rest.as_ref().map_or(0, |table| table.count(u(self.full_chunks)))
    }
}

/// Binomial counts of one probability for any number of trials, in chunks of 256.
#[derive(Debug, Clone)]
pub struct BinomialTables {
    probability: f64,
    /// Whether the tables count those who stay.
    complement: bool,
    /// By number of trials, made when first asked for: a model may have thousands of probabilities.
    tables: Vec<OnceLock<InversionTable>>,
}

impl BinomialTables {
    /// The tables of a probability.
    pub fn new(probability: f64) -> Self {
        let inner = probability > 0.0 && probability < 1.0;
        // Above one half the rarer event is counted: (1 - p)^256 would vanish in a double.
        let complement = inner && probability > 0.5;
        let tables = if inner { vec![OnceLock::new(); BINOMIAL_CHUNK + 1] } else { vec![] };
        Self { probability, complement, tables }
    }

    #[inline]
    fn table(&self, trials: usize) -> &InversionTable {
        self.tables[trials].get_or_init(|| {
            let rarer = if self.complement { 1.0 - self.probability } else { self.probability };
            InversionTable::binomial(trials, rarer)
        })
    }

    /// The count of leavers among `trials` residents.
    #[inline]
    pub fn count(&self, slots: Slots, age: usize, entity: u64, trials: u32) -> u32 {
        if self.tables.is_empty() {
            return if self.probability > 0.0 { trials } else { 0 };
        }
        let (mut rest, mut part, mut count) = (trials as usize, 0, 0);
        while rest > 0 {
            let chunk = rest.min(BINOMIAL_CHUNK);
            let u = uniform(slots.stream(slot(age, part)).word(entity));
            let counted = self.table(chunk).count(u);
            count += if self.complement { chunk as u32 - counted } else { counted };
            rest -= chunk;
            part += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_the_counts_of_the_recurrence() {
        for mean in [0.01, 0.4, 3.0, 10.0, 32.0] {
            let table = InversionTable::poisson(mean);
            for i in 0..20_000 {
                let u = f64::from(i) / 20_000.0;
                assert_eq!(table.count(u), poisson_slot(u, mean), "mean {mean}, u {u}");
            }
            assert_eq!(table.count(1.0 - UNIT), poisson_slot(1.0 - UNIT, mean));
        }
    }

    #[test]
    fn a_higher_mean_never_gives_a_lower_count() {
        for i in 0..400 {
            let u = f64::from(i) / 400.0;
            let counts: Vec<u32> = (1..300).map(|m| poisson_slot(u, f64::from(m) * 0.1)).collect();
            assert!(counts.windows(2).all(|pair| pair[0] <= pair[1]), "u {u}");
        }
    }

    #[test]
    fn binomial_tables_sum_to_one_and_have_the_right_mean() {
        let table = InversionTable::binomial(256, 0.03);
        let n = 100_000;
        let total: u32 = (0..n).map(|i| table.count((f64::from(i) + 0.5) / f64::from(n))).sum();
        assert!((f64::from(total) / f64::from(n) - 256.0 * 0.03).abs() < 1e-3);
    }
}
