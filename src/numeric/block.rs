//! Draws counted together: a block of them shares one pass over the histograms.

use pulp::{Arch, NullaryFnOnce};
#[cfg(target_arch = "x86_64")]
use pulp::{cast, x86::V4};

/// Most series of a tile: a place in it fits a byte.
pub(super) const TILE: usize = 256;
/// Series looked at together.
const GROUP: usize = 64;
/// Series moved together.
#[cfg(target_arch = "x86_64")]
const LANES: usize = 16;

/// One value of a series in a draw that 16 bits cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide {
    pub series: u32,
    pub draw: u32,
    pub value: i32,
}

/// Values of all series, draw by draw. Two of three are 0 and are not held, nearly all others fit 16 bits: less than half
/// the memory to write and to read again of an array, which is what a draw with half a million series waits for.
#[derive(Debug, Clone, Default)]
pub struct Block {
    series: usize,
    draws: usize,
    /// The first series of each tile, in the order in which values were put: the same in all draws.
    tiles: Vec<u32>,
    /// Where the values of each tile end, draw after draw.
    ends: Vec<u32>,
    /// Places in the tile, and values; only the first `held` of them.
    places: Vec<u8>,
    values: Vec<i16>,
    held: usize,
    wide: Vec<Wide>,
}

impl Block {
    /// Begins again, for draws of so many series.
    pub fn start(&mut self, series: usize) {
        (self.series, self.draws, self.held) = (series, 0, 0);
        self.tiles.clear();
        self.ends.clear();
        self.wide.clear();
    }

    /// Begins the next draw.
    pub fn next_draw(&mut self) {
        self.draws += 1;
    }

    /// Puts the values of a run of series in the draw that was begun last; each draw puts the same runs in the same order,
    /// and a series that it does not put is 0.
    pub fn put(&mut self, first: usize, values: &[i32]) {
        self.put_by(Arch::new(), first, values);
    }

    /// The same with some of the machine's vectors.
    fn put_by(&mut self, arch: Arch, first: usize, values: &[i32]) {
        let room = self.held + values.len() + GROUP;
        if room > self.values.len() {
            self.places.resize(room, 0);
            self.values.resize(room, 0);
        }
        arch.dispatch(Put { arch, block: self, first, values });
    }

    #[inline(always)]
    fn put_tile(&mut self, arch: Arch, first: usize, tile: &[i32]) {
        let (groups, rest) = tile.as_chunks::<GROUP>();
        for (place, group) in (0..).step_by(GROUP).zip(groups) {
            self.put_group(arch, first, place, group);
        }
        let mut last = [0; GROUP];
        last[..rest.len()].copy_from_slice(rest);
        self.put_group(arch, first, tile.len() - rest.len(), &last);
    }

    /// Holds what is not 0 of a group.
    #[inline(always)]
    fn put_group(&mut self, arch: Arch, first: usize, place: usize, group: &[i32; GROUP]) {
        let fits = group.iter().fold(0, |all, &value| all | (i32::from(value as i16) ^ value)) == 0;
        match arch {
            #[cfg(target_arch = "x86_64")]
            Arch::V4(simd) if fits => self.hold_lanes(simd, place, group),
            _ => {
                let wide = if fits { 0 } else { self.put_wide(first + place, group) };
                self.hold_each(place, group, bits(&group.map(|value| u8::from(value != 0))) & !wide);
            }
        }
    }

    /// Holds those of a group whose bit is set, found bit by bit, without a branch a series.
    #[inline(always)]
    fn hold_each(&mut self, place: usize, group: &[i32; GROUP], mut left: u64) {
        let places = &mut self.places[self.held..][..GROUP];
        let values = &mut self.values[self.held..][..GROUP];
        self.held += left.count_ones() as usize;
        for (to, value) in places.iter_mut().zip(values) {
            if left == 0 {
                break;
            }
            let at = left.trailing_zeros() as usize % GROUP;
            (*to, *value) = ((place + at) as u8, group[at] as i16);
            left &= left - 1;
        }
    }

    /// Holds what is not 0, sixteen at a time, on machines that move those chosen side by side: half the time (a fortieth of a
    /// projection).
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn hold_lanes(&mut self, simd: V4, place: usize, group: &[i32; GROUP]) {
        let simd = simd.avx512f;
        for (place, lanes) in (place..).step_by(LANES).zip(group.as_chunks::<LANES>().0) {
            let places: [i32; LANES] = std::array::from_fn(|lane| (place + lane) as i32);
            let (places, values) = (cast(places), cast(*lanes));
            let chosen = simd._mm512_test_epi32_mask(values, values);
            let places = simd._mm512_cvtepi32_epi8(simd._mm512_maskz_compress_epi32(chosen, places));
            let values = simd._mm512_cvtepi32_epi16(simd._mm512_maskz_compress_epi32(chosen, values));
            self.places[self.held..][..LANES].copy_from_slice(&cast::<_, [u8; LANES]>(places));
            self.values[self.held..][..LANES].copy_from_slice(&cast::<_, [i16; LANES]>(values));
            self.held += chosen.count_ones() as usize;
        }
    }

    /// Lists what does not fit of a group, and returns a bit for each.
    #[cold]
    #[inline(never)]
    fn put_wide(&mut self, first: usize, group: &[i32; GROUP]) -> u64 {
        let wide = bits(&group.map(|value| u8::from(i32::from(value as i16) != value)));
        let draw = self.draws as u32 - 1;
        for (at, &value) in group.iter().enumerate().filter(|(at, _)| wide >> at & 1 == 1) {
            self.wide.push(Wide { series: (first + at) as u32, draw, value });
        }
        wide
    }

    /// Number of draws.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Number of series.
    pub fn series(&self) -> usize {
        self.series
    }

    /// First series of each tile.
    pub(super) fn tiles(&self) -> impl Iterator<Item = (usize, usize)> {
        self.tiles.iter().enumerate().map(|(tile, &first)| (tile, first as usize))
    }

    /// Places in a tile and values there in a draw, of those that are neither 0 nor wide.
    #[inline]
    pub(super) fn of_tile(&self, draw: usize, tile: usize) -> impl Iterator<Item = (u8, i16)> {
        let at = draw * self.tiles.len() + tile;
        let begin = if at > 0 { self.ends[at - 1] as usize } else { 0 };
        let held = begin..self.ends[at] as usize;
        self.places[held.clone()].iter().copied().zip(self.values[held].iter().copied())
    }

    /// Values that 16 bits cannot hold.
    pub(super) fn wide(&self) -> &[Wide] {
        &self.wide
    }

    /// Every value but 0, with its draw and series.
    fn all(&self, mut take: impl FnMut(usize, usize, i32)) {
        for draw in 0..self.draws {
            for (tile, first) in self.tiles() {
                self.of_tile(draw, tile).for_each(|(at, value)| take(draw, first + usize::from(at), value.into()));
            }
        }
        self.wide.iter().for_each(|wide| take(wide.draw as usize, wide.series as usize, wide.value));
    }

    /// Every draw's values.
    pub fn rows(&self) -> Vec<Vec<i32>> {
        let mut rows = vec![vec![0; self.series]; self.draws];
        self.all(|draw, series, value| rows[draw][series] = value);
        rows
    }

    /// Lowest and highest value of each series; a range that holds nothing where there are no draws.
    pub fn ranges(&self) -> Vec<(i32, i32)> {
        let mut ranges = vec![(i32::MAX, i32::MIN); self.series];
        let mut found = vec![0; self.series];
        self.all(|_, series, value| {
            let (low, high) = &mut ranges[series];
            (*low, *high) = ((*low).min(value), (*high).max(value));
            found[series] += 1;
        });
        let known = |((low, high), found): ((i32, i32), usize)| {
            if found < self.draws { (low.min(0), high.max(0)) } else { (low, high) }
        };
        ranges.into_iter().zip(found).map(known).collect()
    }
}

/// The work of [`Block::put`], compiled for the machine's vectors.
struct Put<'a> {
    arch: Arch,
    block: &'a mut Block,
    first: usize,
    values: &'a [i32],
}

impl NullaryFnOnce for Put<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (first, tile) in (self.first..).step_by(TILE).zip(self.values.chunks(TILE)) {
            self.block.put_tile(self.arch, first, tile);
            if self.block.draws == 1 {
                self.block.tiles.push(first as u32);
            }
            self.block.ends.push(self.block.held as u32);
        }
    }
}

/// A bit for each flag of 0 or 1: the product moves eight of them side by side.
#[inline(always)]
pub fn bits(flags: &[u8; 64]) -> u64 {
    let mut all = 0;
    for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        all |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    all
}

#[cfg(test)]
impl From<&[Vec<i32>]> for Block {
    fn from(rows: &[Vec<i32>]) -> Self {
        let mut block = Self::default();
        block.start(rows.first().map_or(0, Vec::len));
        for row in rows {
            block.next_draw();
            block.put(0, row);
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_size_come_back() {
        let odd = [0, 1, -1, 32_767, 32_768, -32_767, -32_768, -32_769, 65_535, 70_000, i32::MAX, i32::MIN];
        let many = |by: i32| (0..700).map(|at| odd[at % odd.len()] / by * i32::from(at % 3 > 0)).collect();
        let small = (0..700).map(|at| at * at % 11 - 5).collect();
        let rows: Vec<Vec<i32>> = vec![many(1), many(2), small];
        let block = Block::from(&rows[..]);
        assert_eq!(block.rows(), rows);
        let mut plain = Block::default();
        plain.start(700);
        for row in &rows {
            plain.next_draw();
            plain.put_by(Arch::Scalar, 0, row);
        }
        assert_eq!(plain.rows(), rows, "machines without such vectors hold the same");
        let ends = |s: usize| {
            let mut column: Vec<i32> = rows.iter().map(|row| row[s]).collect();
            column.sort_unstable();
            (column[0], column[2])
        };
        assert_eq!(block.ranges(), (0..700).map(ends).collect::<Vec<_>>());
    }

    #[test]
    fn runs_may_come_in_any_order() {
        let mut block = Block::default();
        block.start(600);
        for draw in 0..2 {
            block.next_draw();
            block.put(300, &vec![draw + 3; 300]);
            block.put(0, &vec![draw; 300]);
        }
        let row = |draw: i32| [vec![draw; 300], vec![draw + 3; 300]].concat();
        assert_eq!(block.rows(), [row(0), row(1)]);
    }

    #[test]
    fn a_block_used_again_forgets_what_it_held() {
        let mut block = Block::from(&[vec![99_999, 3]][..]);
        block.start(2);
        block.next_draw();
        block.put(0, &[1, 2]);
        assert_eq!(block.rows(), [[1, 2]]);
    }
}
