//! A measure counted over area, age, need and setting, sums included.

use super::measure::Measure;
use crate::children::Children;
use crate::domain::{AGES, Dimension, Grain, Levels};

/// Leaves that count, in canonical order; `None` counts all.
pub type Mask = [Option<Vec<bool>>; 4];

/// What a cube counts: a measure, a grain for each dimension, and which leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CubeSpec {
    /// The measure.
    pub measure: Measure,
    /// Grain of area, age, need, setting.
    pub grains: [Grain; 4],
    /// Leaves that count.
    pub mask: Mask,
}

impl CubeSpec {
    /// Whether a cube of this specification holds every figure that `other` asks for.
    pub fn covers(&self, other: &Self) -> bool {
        self.measure == other.measure
            && self.mask == other.mask
            && self.grains.iter().zip(&other.grains).all(|(mine, theirs)| mine >= theirs)
    }
}

/// A cube ready to count: where each child goes, and which cells are sums of others.
#[derive(Debug, Clone)]
pub struct Cube {
    /// What is counted.
    pub spec: CubeSpec,
    /// Number of cells, sums included.
    pub size: usize,
    strides: [usize; 4],
    levels: [Levels; 4],
    /// Where each level of a dimension at its grain went among the levels held.
    moved: [Vec<Option<usize>>; 4],
    area_part: Vec<u32>,
    age_part: Vec<Option<u32>>,
    kind_part: Vec<u32>,
    /// Whether neither area nor kind matters: then a lane is counted whole.
    by_age_only: bool,
    /// Cells plus the room beyond them where masked children fall.
    room: usize,
}

impl Cube {
    /// Prepares a cube over a world's dimensions; `specialist` says which settings are.
    pub fn new(spec: CubeSpec, dimensions: &[Dimension; 4], specialist: &[bool]) -> Self {
        let possible = |d: usize, leaf: usize| {
            spec.mask[d].as_ref().is_none_or(|mask| mask[leaf])
                && (d != 1 || spec.measure.counts_age(leaf))
                && (d != 3 || specialist[leaf] || !spec.measure.specialist_only())
        };
        // Levels that nobody can be counted in are not held: their figure is 0.
        let kept = std::array::from_fn(|d| dimensions[d].levels(spec.grains[d]).only(|leaf| possible(d, leaf)));
        let [a, b, c, d] = kept;
        let (levels, moved) = ([a.0, b.0, c.0, d.0], [a.1, b.1, c.1, d.1]);
        let mut strides = [1; 4];
        for d in (0..3).rev() {
            strides[d] = strides[d + 1] * levels[d + 1].size;
        }
        let size = strides[0] * levels[0].size;
        // A child who does not count falls beyond the cells: cheaper than a branch a child.
        let part = |d: usize, leaf: usize| match levels[d].level_of[leaf] {
            u32::MAX => size,
            level => level as usize * strides[d],
        };
        let masked = spec.measure.specialist_only() || spec.mask.iter().any(Option::is_some);
        let settings = dimensions[3].leaves.len();
        let kind_part = |kind: usize| (part(2, kind / settings) + part(3, kind % settings)).min(size) as u32;
        let age_part = |age: usize| possible(1, age).then(|| part(1, age) as u32);
        Self {
            size,
            strides,
            area_part: (0..dimensions[0].leaves.len()).map(|area| part(0, area) as u32).collect(),
            age_part: (0..AGES).map(age_part).collect(),
            kind_part: (0..dimensions[2].leaves.len() * settings).map(kind_part).collect(),
            by_age_only: !masked && spec.grains[0] == Grain::All && spec.grains[2..] == [Grain::All; 2],
            room: if masked { 3 * size } else { size },
            levels,
            moved,
            spec,
        }
    }

    /// Counts the children into `counts`, whose first `size` cells are then the cube.
    #[inline(never)]
    pub fn count(&self, children: &Children, counts: &mut Vec<i32>) {
        counts.clear();
        counts.resize(self.room, 0);
        for (age, lane) in children.lanes() {
            let Some(base) = self.age_part[age] else { continue };
            let positions = self.spec.measure.positions(lane);
            if self.by_age_only {
                counts[base as usize] += positions.len() as i32;
                continue;
            }
            for (&area, &kind) in lane.area[positions.clone()].iter().zip(&lane.kind[positions]) {
                let cell = base + self.area_part[usize::from(area)] + self.kind_part[usize::from(kind)];
                counts[cell as usize] += 1;
            }
        }
        counts.truncate(self.size);
        self.add_sums(counts);
    }

    /// Counts a dense cohort of expected children by age, area and kind.
    pub fn count_expected(&self, cohort: &[f64]) -> Vec<f64> {
        let mut counts = vec![0.0; self.room];
        let (areas, kinds) = (self.area_part.len(), self.kind_part.len());
        for (i, &children) in cohort.iter().enumerate() {
            let (age, area, kind) = (i / (areas * kinds), i / kinds % areas, i % kinds);
            if let Some(base) = self.age_part[age] {
                counts[(base + self.area_part[area] + self.kind_part[kind]) as usize] += children;
            }
        }
        counts.truncate(self.size);
        self.add_sums(&mut counts);
        counts
    }

    /// Fills the sums, one dimension after the other, each from cells already filled.
    #[inline(never)]
    fn add_sums<T: Copy + Default + std::ops::AddAssign>(&self, counts: &mut [T]) {
        for d in (0..4).rev() {
            let (stride, size) = (self.strides[d], self.levels[d].size);
            if stride == 1 {
                // Neighbours: each sum is taken whole, without a loop over a stride of one.
                for row in counts.chunks_exact_mut(size) {
                    for (target, sources) in &self.levels[d].sums {
                        let mut total = T::default();
                        match (sources.first(), sources.last()) {
                            // A run of neighbours is added without looking each of them up.
                            (Some(&first), Some(&last)) if last - first + 1 == sources.len() => {
                                row[first..=last].iter().for_each(|&part| total += part);
                            }
                            _ => sources.iter().for_each(|&source| total += row[source]),
                        }
                        row[*target] += total;
                    }
                }
                continue;
            }
            for outer in counts.chunks_mut(stride * size) {
                for (target, sources) in &self.levels[d].sums {
                    let (before, sum) = outer.split_at_mut(target * stride);
                    for &source in sources {
                        for (total, &part) in sum[..stride].iter_mut().zip(&before[source * stride..]) {
                            *total += part;
                        }
                    }
                }
            }
        }
    }

    /// The cell at one level of each dimension; `None` where nobody can be counted.
    pub fn cell(&self, levels: [usize; 4]) -> Option<usize> {
        (0..4).try_fold(0, |cell, d| Some(cell + self.moved[d][levels[d]]? * self.strides[d]))
    }
}
