//! Draws counted together: a block of them shares one pass over the histograms.

use pulp::Arch;

/// Stands for a value beyond 16 bits, which lies in a list.
const WIDE: i16 = i16::MIN;

/// One value of a series in a draw that 16 bits cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide {
    pub series: u32,
    pub draw: u32,
    pub value: i32,
}

/// Values of all series, draw by draw. Nearly all counts fit 16 bits: half the memory of 32 to write and to read
/// again, which is what a draw with half a million series waits for.
#[derive(Debug, Clone, Default)]
pub struct Block {
    series: usize,
    draws: usize,
    values: Vec<i16>,
    wide: Vec<Wide>,
}

impl Block {
    /// Makes room for so many draws, whose values are all to be put.
    pub fn start(&mut self, series: usize, draws: usize) {
        (self.series, self.draws) = (series, draws);
        self.values.resize(series * draws, 0);
        self.wide.clear();
    }

    /// Puts the values of a run of series in a draw.
    #[inline]
    pub fn put(&mut self, draw: usize, first: usize, values: &[i32]) {
        let held = &mut self.values[draw * self.series + first..][..values.len()];
        let fits = Arch::new().dispatch(
            #[inline(always)]
            || {
                let mut fits = true;
                for (held, &value) in held.iter_mut().zip(values) {
                    *held = value as i16;
                    fits &= i32::from(*held) == value && *held != WIDE;
                }
                fits
            },
        );
        if !fits {
            for (s, (held, &value)) in (first..).zip(held.iter_mut().zip(values)) {
                if i32::from(*held) != value || *held == WIDE {
                    *held = WIDE;
                    self.wide.push(Wide { series: s as u32, draw: draw as u32, value });
                }
            }
        }
    }

    /// Number of draws.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Number of series.
    pub fn series(&self) -> usize {
        self.series
    }

    /// Values of some series in a draw; those of [`Block::wide`] are not told.
    pub(super) fn narrow(&self, draw: usize, series: std::ops::Range<usize>) -> &[i16] {
        &self.values[draw * self.series..][series]
    }

    /// Values that 16 bits cannot hold.
    pub(super) fn wide(&self) -> &[Wide] {
        &self.wide
    }

    /// Every draw's values.
    pub fn rows(&self) -> Vec<Vec<i32>> {
        let row = |draw| self.narrow(draw, 0..self.series).iter().map(|&value| i32::from(value)).collect();
        let mut rows: Vec<Vec<i32>> = (0..self.draws).map(row).collect();
        self.wide.iter().for_each(|wide| rows[wide.draw as usize][wide.series as usize] = wide.value);
        rows
    }

    /// Lowest and highest value of each series.
    pub(super) fn ranges(&self) -> Vec<(i32, i32)> {
        let mut ranges = vec![(i16::MAX, WIDE); self.series];
        for draw in 0..self.draws {
            for ((low, high), &value) in ranges.iter_mut().zip(self.narrow(draw, 0..self.series)) {
                *low = (*low).min(if value == WIDE { i16::MAX } else { value });
                *high = (*high).max(value);
            }
        }
        let known = |(low, high): (i16, i16)| match high {
            WIDE => (i32::MAX, i32::MIN),
            _ => (i32::from(low), i32::from(high)),
        };
        let mut ranges: Vec<(i32, i32)> = ranges.into_iter().map(known).collect();
        for wide in &self.wide {
            let (low, high) = &mut ranges[wide.series as usize];
            (*low, *high) = ((*low).min(wide.value), (*high).max(wide.value));
        }
        ranges
    }
}

/// A bit for each of up to 32 values that is neither 0 nor wide.
#[inline]
pub(super) fn counted(values: &[i16]) -> u32 {
    let bits = values.iter().enumerate();
    bits.fold(0, |bits, (at, &value)| bits | u32::from(value != 0 && value != WIDE) << at)
}

#[cfg(test)]
impl From<&[Vec<i32>]> for Block {
    fn from(rows: &[Vec<i32>]) -> Self {
        let mut block = Self::default();
        block.start(rows.first().map_or(0, Vec::len), rows.len());
        rows.iter().enumerate().for_each(|(draw, row)| block.put(draw, 0, row));
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_size_come_back() {
        let odd = [0, 1, -1, 32_767, 32_768, -32_767, -32_768, -32_769, 65_535, 70_000, i32::MAX, i32::MIN];
        let rows: Vec<Vec<i32>> = vec![odd.to_vec(), odd.map(|value| value / 2).to_vec(), vec![7; odd.len()]];
        let block = Block::from(&rows[..]);
        assert_eq!(block.rows(), rows);
        let ends = |s: usize| {
            let mut column: Vec<i32> = rows.iter().map(|row| row[s]).collect();
            column.sort_unstable();
            (column[0], column[2])
        };
        assert_eq!(block.ranges(), (0..odd.len()).map(ends).collect::<Vec<_>>());
    }

    #[test]
    fn a_block_used_again_forgets_what_it_held() {
        let mut block = Block::from(&[vec![99_999, 3]][..]);
        block.start(2, 1);
        block.put(0, 0, &[1, 2]);
        assert_eq!(block.rows(), [[1, 2]]);
    }
}
