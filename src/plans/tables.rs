//! Parameter rows laid over cells: every cell has exactly one row, or the table is refused.

use super::law::{Law, ScalarRow, WeightRow};
use crate::domain::{AGES, AgeRange};
use crate::error::Problem;
use crate::random::{DrawKey, GammaShape, Keys, Process, Sequence, fold, gamma_all, key};

/// The columns that tell the cells of a table apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Age and need.
    Need,
    /// Age, need and setting.
    NeedSetting,
    /// Area and need.
    AreaNeed,
}

/// Sizes of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Number of areas.
    pub areas: usize,
    /// Number of needs.
    pub needs: usize,
    /// Number of settings.
    pub settings: usize,
}

impl Sizes {
    /// The sizes that keys were made for.
    pub fn of(keys: &Keys) -> Self {
        Self { areas: keys.areas.len(), needs: keys.needs.len(), settings: keys.settings.len() }
    }
}

fn code_key(keys: &[u64], position: Option<usize>) -> u64 {
    position.map_or_else(|| key("all", "all"), |i| keys[i])
}

fn row_key(table: &str, ages: AgeRange, need: u64, setting: u64) -> u64 {
    let table = key("table", table);
    fold(fold(fold(fold(table, u64::from(ages.from)), u64::from(ages.to)), need), setting)
}

/// The cells of `scope` that a row covers, as positions.
fn cells(
    scope: Scope,
    sizes: Sizes,
    ages: AgeRange,
    area: Option<usize>,
    need: Option<usize>,
    setting: Option<usize>,
) -> Vec<usize> {
    let span = |one: Option<usize>, all: usize| one.map_or(0..all, |i| i..i + 1);
    let (firsts, lasts) = match scope {
        Scope::AreaNeed => (span(area, sizes.areas).collect::<Vec<_>>(), 0..1),
        Scope::Need => (ages.ages().collect(), 0..1),
        Scope::NeedSetting => (ages.ages().collect(), span(setting, sizes.settings)),
    };
    let width = if scope == Scope::NeedSetting { sizes.settings } else { 1 };
    let mut found = Vec::new();
    for &first in &firsts {
        for n in span(need, sizes.needs) {
            for s in lasts.clone() {
                found.push((first * sizes.needs + n) * width + s);
            }
        }
    }
    found
}

fn cell_count(scope: Scope, sizes: Sizes) -> usize {
    match scope {
        Scope::Need => AGES * sizes.needs,
        Scope::NeedSetting => AGES * sizes.needs * sizes.settings,
        Scope::AreaNeed => sizes.areas * sizes.needs,
    }
}

/// Lays rows over cells; cells without a row, or with two, become problems.
fn lay(table: &str, total: usize, rows: &[(usize, Vec<usize>)], problems: &mut Vec<Problem>) -> Vec<u32> {
    let mut row_of = vec![u32::MAX; total];
    for (ix, (source, cells)) in rows.iter().enumerate() {
        if cells.iter().any(|&cell| row_of[cell] != u32::MAX) {
            problems.push(
                Problem::new("overlapping-rows", table, "a cell of this row already has a row")
                    .at(*source, "age")
                    .hint("one row is one random quantity: each age, need and setting may have only one"),
            );
        }
        for &cell in cells {
            row_of[cell] = ix as u32;
        }
    }
    let missing = row_of.iter().filter(|&&row| row == u32::MAX).count();
    if missing > 0 {
        problems.push(
            Problem::new(
                "missing-rows",
                table,
                format!("{missing} combinations of age, need and setting have no row"),
            )
            .hint("cover ages 0 to 25 of every need and setting; use `all` and age ranges to share a row"),
        );
    }
    row_of
}

#[derive(Debug, Clone)]
enum Sampler {
    Point(f64),
    Beta { entities: [u64; 2], shapes: [GammaShape; 2], mean: f64 },
    Gamma { entity: u64, shape: GammaShape, scale: f64 },
}

impl Sampler {
    fn new(law: Law, row: u64) -> Self {
        match law {
            Law::Point(value) => Self::Point(value),
            Law::Beta { alpha, beta } => Self::Beta {
                entities: [fold(row, 1), fold(row, 2)],
                shapes: [GammaShape::new(alpha), GammaShape::new(beta)],
                mean: law.mean(),
            },
            Law::Gamma { shape, mean } => {
                Self::Gamma { entity: row, shape: GammaShape::new(shape), scale: mean / shape }
            }
        }
    }

    #[inline]
    fn draw(&self, draw: DrawKey) -> f64 {
        let stream = draw.stream(Process::Parameter, 0);
        let gamma = |shape: &GammaShape, entity| shape.sample(&mut Sequence::new(stream, entity));
        match self {
            Self::Point(value) => *value,
            Self::Beta { entities, shapes, mean } => {
                let (x, y) = (gamma(&shapes[0], entities[0]), gamma(&shapes[1], entities[1]));
                if x + y > 0.0 { x / (x + y) } else { *mean }
            }
            Self::Gamma { entity, shape, scale } => gamma(shape, *entity) * scale,
        }
    }
}

/// Scalars (probabilities, rates) over cells.
#[derive(Debug, Clone)]
pub struct ScalarTable {
    row_of: Vec<u32>,
    samplers: Vec<Sampler>,
    means: Vec<f64>,
}

impl ScalarTable {
    /// Lays the rows over the cells of `scope`.
    pub fn new(
        table: &str,
        scope: Scope,
        rows: &[ScalarRow],
        probability: bool,
        keys: &Keys,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let sizes = Sizes::of(keys);
        for row in rows {
            if let Some(fault) = row.law.fault(probability) {
                problems.push(Problem::new("bad-parameter", table, fault).at(row.source, "value"));
            }
        }
        let laid: Vec<_> =
            rows.iter().map(|r| (r.source, cells(scope, sizes, r.ages, r.area, r.need, r.setting))).collect();
        let row_key = |r: &ScalarRow| match scope {
            Scope::AreaNeed => {
                fold(fold(key("table", table), code_key(&keys.areas, r.area)), code_key(&keys.needs, r.need))
            }
            _ => row_key(table, r.ages, code_key(&keys.needs, r.need), code_key(&keys.settings, r.setting)),
        };
        Self {
            row_of: lay(table, cell_count(scope, sizes), &laid, problems),
            samplers: rows.iter().map(|r| Sampler::new(r.law, row_key(r))).collect(),
            means: rows.iter().map(|r| r.law.mean()).collect(),
        }
    }

    /// The row of each cell.
    pub fn row_of(&self) -> &[u32] {
        &self.row_of
    }

    /// One value a row: a draw, or the means if there is none.
    pub fn values(&self, draw: Option<DrawKey>, values: &mut Vec<f64>) {
        values.clear();
        match draw {
            Some(draw) => values.extend(self.samplers.iter().map(|sampler| sampler.draw(draw))),
            None => values.extend(&self.means),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Weight {
    pub to: u32,
    alpha: f64,
}

/// A row of destinations, and the present place left out of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Choice {
    pub row: usize,
    pub present: Option<usize>,
}

/// Rows of destinations over cells.
#[derive(Debug, Clone)]
pub struct WeightTable {
    row_of: Vec<u32>,
    choice_of: Vec<u32>,
    choices: Vec<Choice>,
    rows: Vec<(bool, Vec<Weight>)>,
    /// Entity and shape of each weight of a random row, in their order.
    shapes: Vec<(u64, GammaShape)>,
    destinations: usize,
}

impl WeightTable {
    /// Lays the rows over the cells of `scope`; destinations are needs if `to_needs`, else settings.
    pub fn new(
        table: &str,
        scope: Scope,
        rows: &[WeightRow],
        to_needs: bool,
        keys: &Keys,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let sizes = Sizes::of(keys);
        let to_keys = if to_needs { &keys.needs } else { &keys.settings };
        let laid: Vec<_> =
            rows.iter().map(|r| (r.source, cells(scope, sizes, r.ages, None, r.need, r.setting))).collect();
        let (mut weights, mut shapes) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            if !row.weights.iter().all(|&(_, a)| a.is_finite() && a >= 0.0)
                || !row.weights.iter().any(|&(_, a)| a > 0.0)
            {
                problems.push(
                    Problem::new("bad-parameter", table, "weights must be 0 or more, and not all 0")
                        .at(row.source, "alpha"),
                );
            }
            let base =
                row_key(table, row.ages, code_key(&keys.needs, row.need), code_key(&keys.settings, row.setting));
            let mut list: Vec<Weight> =
                row.weights.iter().map(|&(to, alpha)| Weight { to: to as u32, alpha }).collect();
            list.sort_by_key(|weight| weight.to);
            if list.windows(2).any(|pair| pair[0].to == pair[1].to) {
                problems
                    .push(Problem::new("duplicate-key", table, "a destination stands twice").at(row.source, "to"));
            }
            if row.random {
                let shape = |w: &Weight| (fold(base, to_keys[w.to as usize]), GammaShape::new(w.alpha));
                shapes.extend(list.iter().map(shape));
            }
            weights.push((row.random, list));
        }
        let row_of = lay(table, cell_count(scope, sizes), &laid, problems);
        // A move leaves the present setting (or need) for another; a first setting leaves none.
        let present = |cell: usize| match (scope, to_needs) {
            (Scope::NeedSetting, _) => Some(cell % sizes.settings),
            (Scope::Need, true) => Some(cell % sizes.needs),
            _ => None,
        };
        let choice =
            |(cell, &row): (usize, &u32)| Choice { row: (row as usize).min(rows.len()), present: present(cell) };
        let mut choices: Vec<Choice> = row_of.iter().enumerate().map(choice).collect();
        let by_cell = choices.clone();
        choices.sort_unstable();
        choices.dedup();
        let choice_of = by_cell.iter().map(|c| choices.binary_search(c).unwrap_or(0) as u32).collect();
        Self { row_of, choice_of, choices, rows: weights, shapes, destinations: to_keys.len() }
    }

    /// The row of each cell.
    pub fn row_of(&self) -> &[u32] {
        &self.row_of
    }

    /// The choice of each cell.
    pub(super) fn choice_of(&self) -> &[u32] {
        &self.choice_of
    }

    pub(super) fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The destinations that a row names, in order.
    pub(super) fn named(&self, row: usize) -> &[Weight] {
        &self.rows[row].1
    }

    /// The most that any row names.
    pub(super) fn most_named(&self) -> usize {
        self.rows.iter().map(|(_, weights)| weights.len()).max().unwrap_or(0)
    }

    pub(super) fn destinations(&self) -> usize {
        self.destinations
    }

    /// Weights, `destinations` a row: a draw, or the alphas if there is none.
    pub fn values(&self, draw: Option<DrawKey>, values: &mut Vec<f64>) {
        values.clear();
        values.resize(self.rows.len() * self.destinations, 0.0);
        let mut numbers = Vec::new();
        if let Some(draw) = draw {
            gamma_all(draw.stream(Process::Parameter, 0), &self.shapes, &mut numbers);
        }
        let mut numbers = numbers.into_iter();
        for ((random, weights), out) in self.rows.iter().zip(values.chunks_mut(self.destinations)) {
            let mut any = false;
            if *random && draw.is_some() {
                for (weight, number) in weights.iter().zip(&mut numbers) {
                    out[weight.to as usize] = number;
                    any |= number > 0.0;
                }
            }
            if !any {
                for weight in weights {
                    out[weight.to as usize] = weight.alpha;
                }
            }
        }
    }
}
