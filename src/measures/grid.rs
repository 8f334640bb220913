//! The cells of a cube: levels of five dimensions, those that are sums of others included.

use crate::domain::{Dimension, Grain, Levels};
use pulp::{Arch, NullaryFnOnce};

/// Area, age, need, setting, site.
pub const DIMENSIONS: usize = 5;

/// Levels held, and where each cell lies.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Number of cells.
    pub size: usize,
    strides: [usize; DIMENSIONS],
    levels: [Levels; DIMENSIONS],
    /// Where the blocks of each dimension begin, at the levels of those further out that are no sums.
    starts: [Vec<usize>; DIMENSIONS],
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
        let mut starts: [Vec<usize>; DIMENSIONS] = std::array::from_fn(|_| vec![0]);
        for d in 1..DIMENSIONS {
            // Without groups, leaves count in the total itself.
            let plain = levels[d - 1].sums.first().map_or(levels[d - 1].size, |(first, _)| (*first).max(1));
            let of_level = |&start: &usize| (0..plain).map(move |level| start + level * strides[d - 1]);
            starts[d] = starts[d - 1].iter().flat_map(of_level).collect();
        }
        Self { size: strides[0] * levels[0].size, strides, levels, starts, moved }
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
            // Levels that are one level agree on where they go.
            let mut of_level = vec![0; self.levels[d].size];
            for (level, held) in self.moved[d].iter().enumerate() {
                if let Some(held) = *held {
                    of_level[held] = self.moved[d][target(level)].unwrap_or(0);
                }
            }
            of_level
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
    /// has. Cells that a dimension further out will fill are left to it (three in ten of the instructions of sums).
    #[inline(never)]
    pub fn add_sums<T: Copy + Default + std::ops::AddAssign>(&self, counts: &mut [T]) {
        Arch::new().dispatch(Sums { grid: self, counts });
    }
}

/// The work of [`Grid::add_sums`]: a closure as large as this is compiled apart, without the machine's vectors.
struct Sums<'a, T> {
    grid: &'a Grid,
    counts: &'a mut [T],
}

impl<T: Copy + Default + std::ops::AddAssign> NullaryFnOnce for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for d in (0..DIMENSIONS).rev() {
            let (stride, size) = (self.grid.strides[d], self.grid.levels[d].size);
            for (target, sources) in &self.grid.levels[d].sums {
                for &start in &self.grid.starts[d] {
                    let block = &mut self.counts[start..start + stride * size];
                    match stride {
                        1 => add_cells(block, *target, sources),
                        _ => add_rows(block, stride, *target, sources),
                    }
                }
            }
        }
    }
}

/// Adds some cells of a row to one of its cells; neighbours are added a vector at a time.
#[inline(always)]
fn add_cells<T: Copy + Default + std::ops::AddAssign>(row: &mut [T], target: usize, sources: &[usize]) {
    let (Some(&first), Some(&last)) = (sources.first(), sources.last()) else { return };
    let mut total = T::default();
    if last - first + 1 == sources.len() {
        row[first..=last].iter().for_each(|&part| total += part);
    } else {
        for &source in sources {
            total += row[source];
        }
    }
    row[target] += total;
}

/// Adds whole rows to a row of sums, which lies behind them.
#[inline(always)]
fn add_rows<T: Copy + std::ops::AddAssign>(rows: &mut [T], stride: usize, target: usize, sources: &[usize]) {
    let (before, sum) = rows.split_at_mut(target * stride);
    let sum = &mut sum[..stride];
    for &source in sources {
        for (total, &part) in sum.iter_mut().zip(&before[source * stride..][..stride]) {
            *total += part;
        }
    }
}
