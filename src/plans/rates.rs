//! One draw's parameters compiled into the compares of a year.

use super::change::Phase;
use super::choices::Choices;
use super::effects::{Effect, Scaled, at_age, scale_settings, with_odds};
use super::levers::{Lever, LeverRow, Rate};
use super::parameters::Parameters;
use super::redirect::{Redirect, redirected, redirected_shares, redirects_of_year};
use super::tables::{ScalarTable, Sizes};
use super::trend::TrendInCase;
use crate::domain::AGES;
use crate::random::{DrawKey, threshold};
use pulp::Arch;

/// What can happen to a child with a plan, in the order it is asked.
pub const EVENTS: usize = 5;

/// The compiled parameters of one draw; without a draw, of the means.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// Age class of an age: ages whose rows are the same share what is compiled.
    pub class_of_age: Vec<usize>,
    /// Phases that can happen at all in this case: nobody is asked about the others.
    pub phases: Vec<Phase>,
    /// Threshold of "nothing happens", by class and kind.
    pub stay: Vec<u64>,
    /// Thresholds of each event, by class, event and kind: if nothing happened before it and something does from it on,
    /// and once another has happened.
    chances: Vec<[u64; 2]>,
    /// Chances as probabilities, by class and kind: for expectations and the trend.
    pub plain: Vec<[f64; EVENTS]>,
    /// Next setting, by choice of the table of transitions.
    pub next_setting: Choices,
    /// Next need, by choice of the table of need changes.
    pub next_need: Choices,
    /// First setting, by choice of the table of first settings.
    pub first_setting: Choices,
    /// New plans a resident child, by age and need (drawn once, before the year's shock and level).
    pub new_plans: Vec<f64>,
    /// New plans a resident child this year, by age and need.
    pub new_plans_of_year: Vec<f64>,
    /// Multipliers of the trend, by year after the base year, then age and need; empty without a trend.
    trend: Vec<Vec<f64>>,
    /// Arrivals with a plan a year, by age and need.
    pub transfers_in: Vec<f64>,
    /// Relative risk, by need and area.
    pub area_multipliers: Vec<f64>,
    /// Redirects of the year.
    redirects: Vec<Redirect>,
    /// Factors of the year on new plans of some areas only.
    local: Vec<(LeverRow, i32, f64)>,
    /// Chances as drawn, before the levers of a year; empty if no lever touches them.
    drawn: Vec<[f64; EVENTS]>,
    scratch: [Vec<f64>; 4],
}

/// Groups ages whose rows are all the same; returns the class of each age.
fn age_classes(p: &Parameters) -> Vec<usize> {
    let rows_of = |age: usize| {
        let mut rows = Vec::new();
        let mut take = |row_of: &[u32]| {
            let width = row_of.len() / AGES;
            rows.extend_from_slice(&row_of[age * width..(age + 1) * width]);
        };
        take(p.ceasing.row_of());
        take(p.transitions.row_of());
        take(p.first_setting.row_of());
        p.transfers_out.iter().for_each(|t| take(t.row_of()));
        p.area_moves.iter().for_each(|t| take(t.row_of()));
        p.need_changes.iter().for_each(|t| take(t.row_of()));
        // Ages that a lever tells apart are told apart here.
        rows.extend(p.effects.all().iter().map(|effect| u32::from(effect.ages.contains(age))));
        for lever in p.levers.iter().filter(|lever| scales_chances(lever)) {
            rows.push(u32::from(lever.ages.contains(age)));
            rows.extend(lever.cohorts_from.map(|_| age as u32));
        }
        rows
    };
    let mut seen: Vec<Vec<u32>> = Vec::new();
    (0..AGES)
        .map(|age| {
            let rows = rows_of(age);
            seen.iter().position(|known| *known == rows).unwrap_or_else(|| {
                seen.push(rows);
                seen.len() - 1
            })
        })
        .collect()
}

/// Whether a lever changes what may happen to a child with a plan.
fn scales_chances(lever: &LeverRow) -> bool {
    matches!(lever.lever, Lever::Scale(Rate::Ceasing | Rate::TransfersOut, _))
}

impl Rates {
    /// Room for the rates of a model.
    pub fn new(parameters: &Parameters) -> Self {
        let phases = Phase::ALL.into_iter().filter(|&phase| parameters.knows(phase)).collect();
        Self { class_of_age: age_classes(parameters), phases, ..Self::default() }
    }

    /// Draws every parameter of a draw (or takes the means) and compiles them.
    pub fn draw(&mut self, p: &Parameters, draw: Option<DrawKey>) {
        let Sizes { areas, needs, .. } = p.sizes;
        let effects = p.effects.drawn(draw);
        self.compile_choices(p, draw, &effects);
        self.compile_changes(p, draw, &effects);
        let mut values = std::mem::take(&mut self.scratch[0]);
        let spread = |values: &[f64], row_of: &[u32], out: &mut Vec<f64>| {
            out.clear();
            out.extend(row_of.iter().map(|&row| values[row as usize]));
        };
        p.new_plans.values(draw, &mut values);
        spread(&values, p.new_plans.row_of(), &mut self.new_plans);
        for (age, rates) in self.new_plans.chunks_mut(needs).enumerate().filter(|_| !effects.is_empty()) {
            let factor = at_age(&effects, &Scaled::NewPlans, age);
            for rate in rates {
                *rate *= factor;
            }
        }
        self.transfers_in.clear();
        if let Some(table) = &p.transfers_in {
            table.values(draw, &mut values);
            spread(&values, table.row_of(), &mut self.transfers_in);
        }
        self.area_multipliers.clear();
        self.area_multipliers.resize(needs * areas, 1.0);
        if let Some(table) = &p.area_multipliers {
            table.values(draw, &mut values);
            for (cell, &row) in table.row_of().iter().enumerate() {
                self.area_multipliers[cell % needs * areas + cell / needs] = values[row as usize];
            }
        }
        self.scratch[0] = values;
    }

    /// Sets the trend's multipliers of a draw, by year after the base year, then age and need.
    pub fn follow(&mut self, trend: &TrendInCase, sizes: Sizes, draw: Option<DrawKey>, years: usize) {
        self.trend = trend.multipliers(self, sizes, draw, years);
    }

    /// Sets the redirects of a year, and the chances of what may happen to a child where levers scale them.
    pub fn changes_of_year(&mut self, p: &Parameters, draw: Option<DrawKey>, year: i32) {
        redirects_of_year(&p.levers, draw, year, &mut self.redirects);
        if !p.levers.iter().any(scales_chances) {
            return;
        }
        if self.drawn.is_empty() {
            self.drawn.clone_from(&self.plain);
        }
        let Sizes { needs, settings, .. } = p.sizes;
        let kinds = needs * settings;
        let factors = |rate: Rate| -> Vec<(&LeverRow, f64)> {
            p.levers.iter().filter_map(|row| Some((row, row.factor(rate, draw, year)?))).collect()
        };
        let events = [(0, factors(Rate::Ceasing)), (1, factors(Rate::TransfersOut))];
        for at in 0..self.drawn.len() {
            let age = self.class_of_age.iter().position(|&class| class == at / kinds).unwrap_or(0);
            let mut plain = self.drawn[at];
            for (event, factors) in &events {
                for (row, factor) in factors {
                    if row.concerns(year, age, at % kinds / settings) {
                        plain[*event] = (plain[*event] * factor).min(1.0);
                    }
                }
            }
            self.plain[at] = plain;
        }
        self.compile_events(kinds);
    }

    /// Relative risk of every area for an age and need this year.
    #[inline]
    pub fn multipliers<'a>(
        &'a self,
        age: usize,
        need: usize,
        areas: usize,
        scratch: &'a mut Vec<f64>,
    ) -> &'a [f64] {
        let all = &self.area_multipliers[need * areas..][..areas];
        if self.local.is_empty() {
            return all;
        }
        scratch.clear();
        scratch.extend_from_slice(all);
        for (lever, _, factor) in self.local.iter().filter(|(lever, year, _)| lever.concerns(*year, age, need)) {
            lever.areas.iter().for_each(|&area| scratch[area] *= factor);
        }
        scratch
    }

    /// The setting a child of an age and need is given; `new` is a new plan, else a review.
    #[inline]
    pub fn given(&self, new: bool, age_and_need: (usize, usize), setting: usize, child: u64) -> usize {
        if self.redirects.is_empty() {
            return setting;
        }
        redirected(&self.redirects, new, age_and_need, setting, child)
    }

    /// Settings that such children are given, and the share of each.
    pub fn given_shares(&self, new: bool, age_and_need: (usize, usize), setting: usize) -> Vec<(usize, f64)> {
        redirected_shares(&self.redirects, new, age_and_need, setting)
    }

    /// Applies the year's shocks, level, trend and levers to the rates of new plans; `step` counts years from 1.
    pub fn of_year(
        &mut self,
        p: &Parameters,
        trend: Option<&TrendInCase>,
        draw: Option<DrawKey>,
        year: i32,
        step: usize,
    ) {
        let needs = p.sizes.needs;
        self.new_plans_of_year.clone_from(&self.new_plans);
        if let Some(shocks) = &p.shocks {
            let [groups, cells, ..] = &mut self.scratch;
            shocks.of_year(draw, year, groups, cells);
            self.new_plans_of_year.iter_mut().zip(cells).for_each(|(rate, shock)| *rate *= *shock);
        }
        for &(level_year, need, level) in &p.levels {
            if level_year == year {
                self.new_plans_of_year.iter_mut().skip(need).step_by(needs).for_each(|rate| *rate *= level);
            }
        }
        if let Some(multipliers) = self.trend.get(step - 1) {
            self.new_plans_of_year.iter_mut().enumerate().for_each(|(cell, rate)| *rate *= multipliers[cell]);
        }
        self.local.clear();
        for lever in &p.levers {
            let factor = lever.factor(Rate::NewPlans, draw, year).filter(|_| !lever.areas.is_empty());
            self.local.extend(factor.map(|factor| (lever.clone(), year, factor)));
            let exposed = trend.and_then(|trend| trend.exposed.get(step - 1)).map(Vec::as_slice);
            lever.act(draw, year, p.sizes, exposed, &mut self.new_plans_of_year);
        }
    }

    fn compile_choices(&mut self, p: &Parameters, draw: Option<DrawKey>, effects: &[(&Effect, f64)]) {
        let values = &mut self.scratch[0];
        p.transitions.values(draw, values);
        scale_settings(effects, values, p.transitions.destinations());
        self.next_setting.compile(&p.transitions, values);
        p.first_setting.values(draw, values);
        scale_settings(effects, values, p.first_setting.destinations());
        self.first_setting.compile(&p.first_setting, values);
        if let Some(table) = &p.need_changes {
            table.values(draw, values);
            self.next_need.compile(table, values);
        }
    }

    #[inline(never)]
    fn compile_changes(&mut self, p: &Parameters, draw: Option<DrawKey>, effects: &[(&Effect, f64)]) {
        let Sizes { needs, settings, .. } = p.sizes;
        let kinds = needs * settings;
        let classes = self.class_of_age.iter().max().map_or(0, |c| c + 1);
        self.stay.resize(classes * kinds, 0);
        self.chances.resize(classes * kinds * EVENTS, [0; 2]);
        self.plain.resize(classes * kinds, [0.0; EVENTS]);
        self.drawn.clear();
        let mut scratch = std::mem::take(&mut self.scratch);
        let [cease, out, area_move, _] = &mut scratch;
        p.ceasing.values(draw, cease);
        p.transfers_out.iter().for_each(|table| table.values(draw, out));
        p.area_moves.iter().for_each(|table| table.values(draw, area_move));
        let optional = |table: &Option<ScalarTable>, values: &[f64], cell: usize| {
            table.as_ref().map_or(0.0, |table| values[table.row_of()[cell] as usize])
        };
        for class in 0..classes {
            let age = self.class_of_age.iter().position(|&c| c == class).unwrap_or(0);
            let ceasing = at_age(effects, &Scaled::Ceasing, age);
            for kind in 0..kinds {
                let (cell, need_cell) = (age * kinds + kind, age * needs + kind / settings);
                let change = p
                    .need_changes
                    .as_ref()
                    .map_or(0.0, |t| self.next_need.moving(t.choice_of()[need_cell] as usize));
                let plain = [
                    with_odds(cease[p.ceasing.row_of()[cell] as usize], ceasing),
                    optional(&p.transfers_out, out, cell),
                    optional(&p.area_moves, area_move, need_cell),
                    change,
                    self.next_setting.moving(p.transitions.choice_of()[cell] as usize),
                ];
                self.plain[class * kinds + kind] = plain;
            }
        }
        self.scratch = scratch;
        self.compile_events(kinds);
    }

    /// The threshold of "nothing happens", and those of each event on the walk, of every class and kind.
    #[inline(never)]
    fn compile_events(&mut self, kinds: usize) {
        let Self { plain, chances, stay, scratch, .. } = self;
        let nothing = &mut scratch[3];
        nothing.clear();
        nothing.resize(kinds, 1.0);
        let classes = plain.chunks(kinds).zip(chances.chunks_mut(kinds * EVENTS)).zip(stay.chunks_mut(kinds));
        for ((plain, chances), stay) in classes {
            nothing.fill(1.0);
            // Kinds side by side, so that whole vectors are divided.
            for (k, chances) in chances.chunks_mut(kinds).enumerate().rev() {
                let columns = plain.iter().zip(nothing.iter_mut()).zip(chances);
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        for ((plain, nothing), chances) in columns {
                            *nothing *= 1.0 - plain[k];
                            let first = if *nothing < 1.0 { plain[k] / (1.0 - *nothing) } else { 0.0 };
                            *chances = [threshold(first), threshold(plain[k])];
                        }
                    },
                );
            }
            stay.iter_mut().zip(nothing.iter()).for_each(|(stay, &nothing)| *stay = threshold(nothing));
        }
    }

    /// Thresholds of an event at an age, by kind.
    #[inline]
    pub(super) fn chances(&self, age: usize, phase: Phase, kinds: usize) -> &[[u64; 2]] {
        &self.chances[(self.class_of_age[age] * EVENTS + phase as usize) * kinds..][..kinds]
    }
}
