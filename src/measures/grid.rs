//! The cells of a cube: levels of five dimensions, those that are sums of others included.

use crate::domain::{Dimension, Grain, Levels};
use pulp::Arch;

/// Area, age, need, setting, site.
pub const DIMENSIONS: usize = 5;

/// Levels held, and where each cell lies.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Number of cells.
    pub size: usize,
    strides: [usize; DIMENSIONS],
    levels: [Levels; DIMENSIONS],
    /// Where each level of a dimension at its grain went among the levels held.
    moved: [Vec<Option<usize>>; DIMENSIONS],
}

impl Grid {
    /// Holds the levels that a leaf let through by `counts` (dimension, leaf) can reach; the others are always 0.
    pub fn new(
        dimensions: &[Dimension; DIMENSIONS],
        grains: [Grain; DIMENSIONS],
        counts: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let kept: [_; DIMENSIONS] =
            std::array::from_fn(|d| dimensions[d].levels(grains[d]).only(|leaf| counts(d, leaf)));
        let moved = std::array::from_fn(|d| kept[d].1.clone());
        let levels = kept.map(|(levels, _)| levels);
        let mut strides = [1; DIMENSIONS];
        for d in (0..DIMENSIONS - 1).rev() {
            strides[d] = strides[d + 1] * levels[d + 1].size;
        }
        Self { size: strides[0] * levels[0].size, strides, levels, moved }
    }

    /// What a leaf adds to the position of a cell; the size of the grid if it does not count.
    pub fn part(&self, d: usize, leaf: usize) -> usize {
        match self.levels[d].level_of[leaf] {
            u32::MAX => self.size,
            level => level as usize * self.strides[d],
        }
    }

    /// The cell at one level of each dimension; `None` where nobody can be counted.
    pub fn cell(&self, levels: [usize; DIMENSIONS]) -> Option<usize> {
        (0..DIMENSIONS).try_fold(0, |cell, d| Some(cell + self.moved[d][levels[d]]? * self.strides[d]))
    }

    /// For each cell, the cell whose levels are coarsened to `within`.
    pub fn coarser(
        &self,
        dimensions: &[Dimension; DIMENSIONS],
        grains: [Grain; DIMENSIONS],
        within: [Grain; DIMENSIONS],
    ) -> Vec<u32> {
        let of_level: [Vec<usize>; DIMENSIONS] = std::array::from_fn(|d| {
            let total = dimensions[d].total_level(grains[d]);
            let groups = dimensions[d].group_levels(grains[d]);
            let target = |level: usize| match (grains[d], within[d]) {
                (mine, theirs) if mine == theirs => level,
                (_, Grain::All) => total,
                (Grain::Leaf, _) if level < dimensions[d].leaves.len() && !groups.is_empty() => {
                    groups[dimensions[d].group_of[level]]
                }
                _ => level,
            };
            let held = |level: usize| self.moved[d][target(level)].unwrap_or(0);
            (0..self.moved[d].len()).filter(|&level| self.moved[d][level].is_some()).map(held).collect()
        });
        let coarse = |cell: usize| {
            (0..DIMENSIONS)
                .map(|d| of_level[d][cell / self.strides[d] % self.levels[d].size] * self.strides[d])
                .sum()
        };
        (0..self.size)
            .map(|cell| {
                let at: usize = coarse(cell);
                at as u32
            })
            .collect()
    }

    /// Fills the sums, one dimension after the other, each from cells already filled, on whatever vectors the machine
    /// has.
    #[inline(never)]
    pub fn add_sums<T: Copy + Default + std::ops::AddAssign>(&self, counts: &mut [T]) {
        for d in (0..DIMENSIONS).rev() {
            let (stride, size) = (self.strides[d], self.levels[d].size);
            for (target, sources) in &self.levels[d].sums {
                Arch::new().dispatch(
                    #[inline(always)]
                    || match stride {
                        1 => add_neighbours(counts, size, *target, sources),
                        _ => add_rows(counts, stride, size, *target, sources),
                    },
                );
            }
        }
    }
}

/// Adds some cells of every row to one of its cells. A run of neighbours is added whole; others one source after the
/// other for all rows, so that little is decided for each row.
#[inline(always)]
fn add_neighbours<T: Copy + Default + std::ops::AddAssign>(
    counts: &mut [T],
    size: usize,
    target: usize,
    sources: &[usize],
) {
    let (Some(&first), Some(&last)) = (sources.first(), sources.last()) else { return };
    if last - first + 1 == sources.len() {
        for row in counts.chunks_exact_mut(size) {
            let mut total = T::default();
            row[first..=last].iter().for_each(|&part| total += part);
            row[target] += total;
        }
        return;
    }
    for &source in sources {
        for row in counts.chunks_exact_mut(size) {
            let part = row[source];
            row[target] += part;
        }
    }
}

/// Adds whole rows to a row of sums, which lies behind them.
#[inline(always)]
fn add_rows<T: Copy + std::ops::AddAssign>(
    counts: &mut [T],
    stride: usize,
    size: usize,
    target: usize,
    sources: &[usize],
) {
    for rows in counts.chunks_exact_mut(stride * size) {
        let (before, sum) = rows.split_at_mut(target * stride);
        for &source in sources {
            for (total, &part) in sum[..stride].iter_mut().zip(&before[source * stride..][..stride]) {
                *total += part;
            }
        }
    }
}
