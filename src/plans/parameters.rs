//! All parameter tables of a model, laid over their cells.

use super::arrivals::Migration;
use super::change::Phase;
use super::effects::Effects;
use super::law::{ScalarRow, WeightRow};
use super::levers::{Lever, LeverRow, Rate};
use super::support::Conversion;
use super::tables::{ScalarTable, Scope, Sizes, WeightTable};
use super::trend::Trend;
use crate::domain::AGES;
use crate::error::Problem;
use crate::random::{DrawKey, GammaShape, Keys, Process, Sequence, key};

/// Parameter rows as given; a table that is `None` was not given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParameterRows {
    /// Chance that a plan ceases, by age, need, setting.
    pub ceasing: Vec<ScalarRow>,
    /// Chance of leaving for another authority, by age, need, setting.
    pub transfers_out: Option<Vec<ScalarRow>>,
    /// Chance of moving home within the authority, by age and need.
    pub area_moves: Option<Vec<ScalarRow>>,
    /// Next need, by age and need.
    pub need_changes: Option<Vec<WeightRow>>,
    /// Next required setting, by age, need, setting.
    pub transitions: Vec<WeightRow>,
    /// New plans a year and resident child, by age and need.
    pub new_plans: Vec<ScalarRow>,
    /// First setting, by age and need.
    pub first_setting: Vec<WeightRow>,
    /// Children a year who arrive with a plan, by age and need.
    pub transfers_in: Option<Vec<ScalarRow>>,
    /// Relative risk of areas, by area and need.
    pub area_multipliers: Option<Vec<ScalarRow>>,
    /// Yearly shocks shared by groups of cells.
    pub shocks: Option<Vec<ShockRow>>,
    /// Level of new plans, `(year, need or all, multiplier)`.
    pub levels: Option<Vec<(i32, Option<usize>, f64)>>,
    /// Path of total plans that new plans are scaled to meet.
    pub trend: Option<Trend>,
    /// Dated changes of rates, in the order in which they act.
    pub levers: Vec<LeverRow>,
    /// Supported children who get a plan.
    pub conversions: Vec<Conversion>,
    /// Children with a plan who move in beside those of `transfers_in`.
    pub migrations: Vec<Migration>,
    /// What comes to an end before the last January.
    pub stops: Stops,
}

/// Last January of what comes to an end; `None` goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stops {
    /// Of yearly shocks: none comes after it.
    pub shocks: Option<i32>,
    /// Of arrivals with a plan.
    pub transfers_in: Option<i32>,
}

impl Stops {
    /// Whether a year lies after the last January, if there is one.
    pub(super) fn past(last: Option<i32>, year: i32) -> bool {
        last.is_some_and(|last| year > last)
    }
}

/// Cells that share a yearly shock.
#[derive(Debug, Clone, PartialEq)]
pub struct ShockRow {
    /// Ages after ageing on.
    pub ages: crate::domain::AgeRange,
    /// Need; `None` means all.
    pub need: Option<usize>,
    /// Name of the group.
    pub group: String,
    /// Gamma shape of the shock, whose mean is 1.
    pub shape: f64,
    /// Row position, for messages.
    pub source: usize,
}

/// Yearly shocks: the group of each (age, need), and each group's sampler.
#[derive(Debug, Clone)]
pub struct Shocks {
    group_of: Vec<u32>,
    groups: Vec<(u64, GammaShape, f64)>,
    last: Option<i32>,
}

impl Shocks {
    fn new(rows: &[ShockRow], last: Option<i32>, keys: &Keys, problems: &mut Vec<Problem>) -> Self {
        let needs = keys.needs.len();
        let mut group_of = vec![u32::MAX; AGES * needs];
        let mut names: Vec<(&str, f64)> = Vec::new();
        for row in rows {
            if !(row.shape.is_finite() && row.shape > 0.0) {
                problems.push(
                    Problem::new("bad-parameter", "shocks", "shape must be above 0").at(row.source, "shape"),
                );
            }
            let group = names.iter().position(|(name, _)| *name == row.group).unwrap_or(names.len());
            match names.get(group) {
                None => names.push((&row.group, row.shape)),
                Some(&(_, shape)) if shape.to_bits() != row.shape.to_bits() => problems.push(
                    Problem::new("bad-parameter", "shocks", "rows of one group must have one shape")
                        .at(row.source, "shape"),
                ),
                Some(_) => {}
            }
            for age in row.ages.ages() {
                for need in row.need.map_or(0..needs, |n| n..n + 1) {
                    if group_of[age * needs + need] != u32::MAX {
                        problems.push(
                            Problem::new("overlapping-rows", "shocks", "an age and need already has a group")
                                .at(row.source, "age"),
                        );
                    }
                    group_of[age * needs + need] = group as u32;
                }
            }
        }
        if group_of.contains(&u32::MAX) {
            problems.push(Problem::new("missing-rows", "shocks", "some ages and needs have no group"));
        }
        let sampler = |&(name, shape): &(&str, f64)| (key("shock", name), GammaShape::new(shape), 1.0 / shape);
        Self { group_of, groups: names.iter().map(sampler).collect(), last }
    }

    /// One shock a cell (age, need) of a year; 1 everywhere if there is no draw.
    pub fn of_year(&self, draw: Option<DrawKey>, year: i32, groups: &mut Vec<f64>, cells: &mut Vec<f64>) {
        groups.clear();
        match draw.filter(|_| !Stops::past(self.last, year)) {
            Some(draw) => {
                let stream = draw.stream(Process::Shock, year);
                groups.extend(
                    self.groups
                        .iter()
                        .map(|(entity, shape, scale)| shape.sample(&mut Sequence::new(stream, *entity)) * scale),
                );
            }
            None => groups.resize(self.groups.len(), 1.0),
        }
        cells.clear();
        cells.extend(self.group_of.iter().map(|&group| groups[group as usize]));
    }
}

/// Parameter tables laid over their cells, ready to be drawn from.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Sizes of the world.
    pub sizes: Sizes,
    pub(super) ceasing: ScalarTable,
    pub(super) transfers_out: Option<ScalarTable>,
    pub(super) area_moves: Option<ScalarTable>,
    pub(super) need_changes: Option<WeightTable>,
    pub(super) transitions: WeightTable,
    pub(super) new_plans: ScalarTable,
    pub(super) first_setting: WeightTable,
    pub(super) transfers_in: Option<ScalarTable>,
    pub(super) area_multipliers: Option<ScalarTable>,
    pub(super) shocks: Option<Shocks>,
    pub(super) levels: Vec<(i32, usize, f64)>,
    pub(super) levers: Vec<LeverRow>,
    pub(super) stops: Stops,
    pub(super) effects: Effects,
    /// Supported children who get a plan.
    pub conversions: Vec<Conversion>,
    /// Children with a plan whom scenarios let move in.
    pub migrations: Vec<Migration>,
}

impl Parameters {
    /// Whether there is a table for a phase: without one it never happens.
    pub(super) fn knows(&self, phase: Phase) -> bool {
        match phase {
            Phase::Cease | Phase::Review => true,
            Phase::TransferOut => self.transfers_out.is_some(),
            Phase::AreaMove => self.area_moves.is_some(),
            Phase::NeedChange => self.need_changes.is_some(),
        }
    }

    /// Lays all rows over their cells; everything wrong with them is added to `problems`.
    pub fn new(rows: &ParameterRows, keys: &Keys, problems: &mut Vec<Problem>) -> Self {
        let mut scalar = |table: &str, scope, rows: &[ScalarRow], probability| {
            ScalarTable::new(table, scope, rows, probability, keys, problems)
        };
        let ceasing = scalar("ceasing", Scope::NeedSetting, &rows.ceasing, true);
        let transfers_out =
            rows.transfers_out.as_ref().map(|rows| scalar("transfers_out", Scope::NeedSetting, rows, true));
        let area_moves = rows.area_moves.as_ref().map(|rows| scalar("area_moves", Scope::Need, rows, true));
        let new_plans = scalar("new_plans", Scope::Need, &rows.new_plans, false);
        let transfers_in = rows.transfers_in.as_ref().map(|rows| scalar("transfers_in", Scope::Need, rows, false));
        let area_multipliers =
            rows.area_multipliers.as_ref().map(|rows| scalar("area_multipliers", Scope::AreaNeed, rows, false));
        let need_changes = rows
            .need_changes
            .as_ref()
            .map(|rows| WeightTable::new("need_changes", Scope::Need, rows, true, keys, problems));
        Self {
            sizes: Sizes::of(keys),
            ceasing,
            transfers_out,
            area_moves,
            need_changes,
            transitions: WeightTable::new(
                "transitions",
                Scope::NeedSetting,
                &rows.transitions,
                false,
                keys,
                problems,
            ),
            new_plans,
            first_setting: WeightTable::new(
                "first_setting",
                Scope::Need,
                &rows.first_setting,
                false,
                keys,
                problems,
            ),
            transfers_in,
            area_multipliers,
            shocks: rows.shocks.as_ref().map(|shocks| Shocks::new(shocks, rows.stops.shocks, keys, problems)),
            stops: rows.stops,
            levers: rows.levers.clone(),
            effects: Effects::of(rows.trend.as_ref()),
            conversions: rows.conversions.clone(),
            migrations: rows.migrations.clone(),
            levels: levels(rows.levels.as_deref().unwrap_or(&[]), keys.needs.len(), problems),
        }
    }
}

impl Parameters {
    /// Whether children arrive with a plan in a year.
    pub fn arrivals_go_on(&self, year: i32) -> bool {
        !Stops::past(self.stops.transfers_in, year)
    }

    /// Levers on what a late authority can issue.
    pub fn capacity_levers(&self) -> Vec<LeverRow> {
        let capacity = |row: &&LeverRow| matches!(row.lever, Lever::Scale(Rate::Capacity, _));
        self.levers.iter().filter(capacity).cloned().collect()
    }

    /// The choice of next setting of an age and kind (need x setting).
    #[inline]
    pub fn next_setting(&self, age: usize, kind: usize) -> usize {
        let Sizes { needs, settings, .. } = self.sizes;
        self.transitions.choice_of()[age * needs * settings + kind] as usize
    }

    /// The choice of next need of an age and need, if needs change.
    #[inline]
    pub fn next_need(&self, age: usize, need: usize) -> Option<usize> {
        self.need_changes.as_ref().map(|table| table.choice_of()[age * self.sizes.needs + need] as usize)
    }

    /// The choice of first setting of an age and need.
    #[inline]
    pub fn first_setting(&self, age: usize, need: usize) -> usize {
        self.first_setting.choice_of()[age * self.sizes.needs + need] as usize
    }
}

fn levels(
    rows: &[(i32, Option<usize>, f64)],
    needs: usize,
    problems: &mut Vec<Problem>,
) -> Vec<(i32, usize, f64)> {
    let mut levels = Vec::new();
    for (i, &(year, need, value)) in rows.iter().enumerate() {
        if !(value.is_finite() && value >= 0.0) {
            problems.push(Problem::new("bad-parameter", "levels", "a level must be 0 or more").at(i + 1, "value"));
        }
        levels.extend(need.map_or(0..needs, |n| n..n + 1).map(|n| (year, n, value)));
    }
    levels.sort_by_key(|&(year, need, _)| (year, need));
    if levels.windows(2).any(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
        problems.push(Problem::new("overlapping-rows", "levels", "a year and need stands twice"));
    }
    levels
}
