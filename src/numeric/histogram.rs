//! Exact histograms of small integers: they give any quantile and any exceedance, and add up exactly.

mod parts;

use super::block::{Block, TILE};
use std::collections::BTreeMap;
use std::ops::Range;

/// Where a series' dense counts begin, and the value of the first of them; they end where the next series' begin. Eight
/// bytes: half a million of them are read for every block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    first: i32,
    offset: u32,
}

/// The range of each series' dense counts, laid out from a pilot run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// One a series, and ends behind the last, so that every tile has as many as the largest.
    spans: Vec<Span>,
    series: usize,
}

impl Layout {
    /// Room for what the pilot's draws suggest, whose parts tell the range of each series: that, and as much again, shared
    /// between both ends. Values beyond it are counted one by one, so this changes memory and time, never results.
    pub fn of_ranges(parts: impl Iterator<Item = Vec<(i32, i32)>>) -> Self {
        let mut size = 0_u32;
        let mut spans: Vec<Span> = parts
            .reduce(|mut ranges, more| {
                for (range, (low, high)) in ranges.iter_mut().zip(more) {
                    *range = (range.0.min(low), range.1.max(high));
                }
                ranges
            })
            .unwrap_or_default()
            .into_iter()
            .map(|(low, high)| {
                let margin = (high - low) / 2 + 2;
                // A count of children is never negative; a difference of two may be.
                let first = if low >= 0 { (low - margin).max(0) } else { low - margin };
                let span = Span { first, offset: size };
                // Where there is no room left, all values are counted one by one.
                size = size.checked_add((high + margin - first) as u32 + 1).unwrap_or(size);
                span
            })
            .collect();
        let series = spans.len();
        spans.resize(series + TILE + 1, Span { first: 0, offset: size });
        Self { spans, series }
    }

    /// Number of series.
    pub fn series(&self) -> usize {
        self.series
    }

    /// The span of a series and the next one.
    fn ends(&self, series: usize) -> [Span; 2] {
        [self.spans[series], self.spans[series + 1]]
    }

    fn dense(&self, series: usize) -> Range<usize> {
        let [span, next] = self.ends(series);
        span.offset as usize..next.offset as usize
    }

    fn size(&self) -> usize {
        self.spans[self.series()].offset as usize
    }
}

/// Counts of values by series, as draws come in.
///
/// A cell counts to 65,535 and begins again: half the memory that a block of draws must pass through. How often it began
/// again is kept apart; only cells that hold most of very many draws ever do.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Draws added; those not counted in a series were 0 there.
    draws: u32,
    counts: Vec<u16>,
    /// Times that a cell began again.
    again: BTreeMap<usize, u32>,
    beyond: BTreeMap<(u32, i32), u32>,
}

impl Tally {
    /// No draws yet.
    pub fn new(layout: &Layout) -> Self {
        Self { draws: 0, counts: vec![0; layout.size()], again: BTreeMap::new(), beyond: BTreeMap::new() }
    }

    /// Adds a block of draws, tile by tile, so that the counts of a tile stay in the nearest cache over all draws.
    pub fn add(&mut self, layout: &Layout, block: &Block) {
        self.draws += block.draws() as u32;
        for (tile, first) in block.tiles() {
            // Of a known length, so that no place in it needs a check.
            let spans = &layout.spans[first..=first + TILE];
            for draw in 0..block.draws() {
                for (at, value) in block.of_tile(draw, tile) {
                    let at = usize::from(at);
                    self.count(first + at, [spans[at], spans[at + 1]], i32::from(value));
                }
            }
        }
        for wide in block.wide() {
            let series = wide.series as usize;
            self.count(series, layout.ends(series), wide.value);
        }
    }

    /// Counts a value of a series, whose span and the next one are told.
    #[inline]
    fn count(&mut self, series: usize, [span, next]: [Span; 2], value: i32) {
        let place = value.wrapping_sub(span.first) as u32;
        if place < next.offset - span.offset {
            self.add_to((span.offset + place) as usize);
        } else {
            self.count_beyond(series, value);
        }
    }

    #[inline]
    fn add_to(&mut self, cell: usize) {
        let (sum, again) = self.counts[cell].overflowing_add(1);
        self.counts[cell] = sum;
        if again {
            self.begin_again(cell);
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_again(&mut self, cell: usize) {
        *self.again.entry(cell).or_insert(0) += 1;
    }

    #[cold]
    #[inline(never)]
    fn count_beyond(&mut self, series: usize, value: i32) {
        *self.beyond.entry((series as u32, value)).or_insert(0) += 1;
    }
}

/// Finished histograms of many series, each trimmed to the values that occurred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histograms {
    /// The number of draws, as the counts of a series that is always 0.
    zero: [u32; 1],
    first: Vec<i32>,
    offset: Vec<usize>,
    counts: Vec<u32>,
}

impl Histograms {
    /// The histograms of a range of series in their one canonical form, from the tallies that share the draws between them,
    /// whatever layout they were counted in.
    pub fn of(tallies: &[Tally], layout: &Layout, series: Range<usize>) -> Self {
        let draws = tallies.iter().map(|tally| tally.draws).sum();
        let mut result = Self { zero: [draws], first: vec![], offset: vec![0], counts: vec![] };
        let begin = (series.start as u32, i32::MIN);
        let mut beyond: Vec<_> = tallies.iter().map(|tally| tally.beyond.range(begin..).peekable()).collect();
        let (mut further, mut dense) = (vec![], vec![]);
        for s in series {
            let cells = layout.dense(s);
            dense.clear();
            dense.resize(cells.len(), 0);
            further.clear();
            for (tally, beyond) in tallies.iter().zip(&mut beyond) {
                dense.iter_mut().zip(&tally.counts[cells.clone()]).for_each(|(sum, &n)| *sum += u32::from(n));
                for (cell, times) in tally.again.range(cells.clone()) {
                    dense[cell - cells.start] += times << 16;
                }
                while let Some((&(_, value), &n)) = beyond.next_if(|((series, _), _)| *series == s as u32) {
                    further.push((value, n));
                }
            }
            let counted: u32 = dense.iter().sum::<u32>() + further.iter().map(|(_, n)| n).sum::<u32>();
            further.extend((counted < draws).then_some((0, draws - counted)));
            result.push(layout.spans[s].first, &dense, &further);
        }
        result
    }

    /// Adds a series from dense counts and single values, trimmed to what occurred.
    fn push(&mut self, first: i32, dense: &[u32], further: &[(i32, u32)]) {
        let filled = |&n: &u32| n > 0;
        let ends = dense.iter().position(filled).zip(dense.iter().rposition(filled));
        let dense_ends = ends.map(|(low, high)| (first + low as i32, first + high as i32));
        let values = further.iter().map(|&(value, _)| (value, value)).chain(dense_ends);
        let range = values.reduce(|(low, high), (l, h)| (low.min(l), high.max(h)));
        let (low, high) = range.unwrap_or((0, 0));
        let start = self.counts.len();
        self.first.push(low);
        self.counts.resize(start + (high - low) as usize + 1, 0);
        if let Some((from, to)) = ends {
            let at = start + (first + from as i32 - low) as usize;
            self.counts[at..=at + to - from].copy_from_slice(&dense[from..=to]);
        }
        for &(value, n) in further {
            self.counts[start + (value - low) as usize] += n;
        }
        self.offset.push(self.counts.len());
    }

    /// Number of series.
    pub fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// One series; `None` is one that is always 0.
    pub fn get(&self, series: Option<usize>) -> Histogram<'_> {
        let Some(series) = series else { return Histogram { first: 0, counts: &self.zero } };
        Histogram { first: self.first[series], counts: &self.counts[self.offset[series]..self.offset[series + 1]] }
    }
}

/// Counts of consecutive values of one series.
#[derive(Debug, Clone, Copy)]
pub struct Histogram<'a> {
    first: i32,
    counts: &'a [u32],
}

impl Histogram<'_> {
    /// Number of draws.
    pub fn draws(&self) -> u64 {
        self.counts.iter().map(|&n| u64::from(n)).sum()
    }

    /// The least value that at least this share of the draws stay at or under.
    pub fn least(&self, share: f64) -> f64 {
        let needed = share * self.draws() as f64 - 1e-9;
        let mut counted = 0;
        for (value, &n) in (i64::from(self.first)..).zip(self.counts) {
            counted += u64::from(n);
            if counted as f64 >= needed {
                return value as f64;
            }
        }
        f64::from(self.first)
    }

    fn sums(&self) -> (i64, i128) {
        let mut sums = (0_i64, 0_i128);
        for (value, &n) in (i64::from(self.first)..).zip(self.counts) {
            sums.0 += value * i64::from(n);
            sums.1 += i128::from(value * value) * i128::from(n);
        }
        sums
    }

    /// Mean and sample standard deviation (0 for one draw), from exact integer sums.
    pub fn mean_sd(&self) -> (f64, f64) {
        let n = i128::from(self.draws());
        let (sum, squares) = self.sums();
        let sum = i128::from(sum);
        let mean = sum as f64 / n as f64;
        let variance = if n > 1 { (n * squares - sum * sum) as f64 / (n * (n - 1)) as f64 } else { 0.0 };
        (mean, libm::sqrt(variance))
    }

    /// Quantiles of type 7 (linear between order statistics, as R and `NumPy` do by default), in ascending order: one
    /// pass for all of them.
    pub fn quantiles<const N: usize>(&self, ascending: [f64; N]) -> [f64; N] {
        let last = (self.draws() - 1) as f64;
        let mut at = Rank { value: self.first, below: 0, rest: self.counts };
        ascending.map(|q| {
            let rank = libm::floor(q * last);
            let low = f64::from(at.value_of(rank as u64));
            let between = q * last - rank;
            if between > 0.0 {
                low + between * (f64::from(at.clone().value_of(rank as u64 + 1)) - low)
            } else {
                low
            }
        })
    }

    /// The share of draws strictly above `level`.
    pub fn share_above(&self, level: f64) -> f64 {
        let above = (self.first..).zip(self.counts).filter(|&(value, _)| f64::from(value) > level);
        above.map(|(_, &n)| u64::from(n)).sum::<u64>() as f64 / self.draws() as f64
    }
}

/// A walk up the values of a series.
#[derive(Debug, Clone)]
struct Rank<'a> {
    value: i32,
    /// Draws under the value.
    below: u64,
    /// Counts of the value and those above it.
    rest: &'a [u32],
}

impl Rank<'_> {
    /// The value of a rank, counted from 0; ranks are asked in ascending order.
    fn value_of(&mut self, rank: u64) -> i32 {
        while let [n, rest @ ..] = self.rest
            && self.below + u64::from(*n) <= rank
            && !rest.is_empty()
        {
            self.below += u64::from(*n);
            self.value += 1;
            self.rest = rest;
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(pilot: usize, values: &[i32]) -> Histograms {
        let block: Vec<Vec<i32>> = values.iter().map(|&v| vec![v, -v]).collect();
        let layout = Layout::of_ranges([Block::from(&block[..pilot]).ranges()].into_iter());
        let mut tally = Tally::new(&layout);
        tally.add(&layout, &Block::from(&block[..]));
        Histograms::of(&[tally], &layout, 0..2)
    }

    #[test]
    fn the_pilot_changes_nothing_but_the_layout() {
        let values = [3, 3, 4, 90, 2, -7, 3, 5, 99_999, 0];
        assert_eq!(finished(1, &values), finished(8, &values));
    }

    #[test]
    fn a_cell_counts_more_draws_than_it_holds() {
        let block = Block::from(&vec![vec![1, 0]; 1_000][..]);
        let layout = Layout::of_ranges([block.ranges()].into_iter());
        let mut tally = Tally::new(&layout);
        (0..70).for_each(|_| tally.add(&layout, &block));
        let histograms = Histograms::of(&[tally.clone(), tally], &layout, 0..2);
        assert_eq!(histograms.get(Some(0)).counts, [140_000]);
        assert_eq!(histograms.get(Some(1)).counts, [140_000]);
    }

    #[test]
    fn quantiles_are_type_seven() {
        let histograms = finished(2, &[1, 2, 3, 4]);
        let one = histograms.get(Some(0));
        let [tenth, half, above, most] = one.quantiles([0.1, 0.5, 0.55, 1.0]);
        assert!((tenth - 1.3).abs() < 1e-12 && (half - 2.5).abs() < 1e-15);
        assert!((above - 2.65).abs() < 1e-12 && (most - 4.0).abs() < 1e-15);
        let (mean, sd) = one.mean_sd();
        assert!((mean - 2.5).abs() < 1e-15 && (sd - 1.290_994_448_735_805_6).abs() < 1e-12);
        assert!((one.share_above(2.0) - 0.5).abs() < 1e-15);
    }
}
