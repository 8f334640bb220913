//! One draw's parameters compiled into the compares of a year.

use super::parameters::Parameters;
use super::tables::Sizes;
use super::trend::TrendInCase;
use crate::domain::AGES;
use crate::random::{DrawKey, threshold};

/// What can happen to a child with a plan, in the order it is asked.
pub const EVENTS: usize = 5;

/// Chances of the five events (cease, transfer out, area move, need change, review) for one age class and kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chances {
    /// Of an event, given that nothing happened before it and something does from it on.
    pub first: [u64; EVENTS],
    /// Of an event once another has happened.
    pub later: [u64; EVENTS],
    /// The same as probabilities, for expectations.
    pub plain: [f64; EVENTS],
}

/// The compiled parameters of one draw; without a draw, of the means.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// Age class of an age: ages whose rows are the same share what is compiled.
    pub class_of_age: Vec<usize>,
    /// Threshold of "nothing happens", by class and kind.
    pub stay: Vec<u64>,
    /// Chances of each event, by class and kind.
    pub chances: Vec<Chances>,
    /// Cumulative thresholds of the next setting, by class, kind, setting.
    pub next_setting: Vec<u64>,
    /// Cumulative thresholds of the next need, by class, need, need.
    pub next_need: Vec<u64>,
    /// Cumulative thresholds of the first setting, by class, need, setting.
    pub first_setting: Vec<u64>,
    /// New plans a resident child, by age and need (drawn once, before the year's shock and level).
    pub new_plans: Vec<f64>,
    /// New plans a resident child this year, by age and need.
    pub new_plans_of_year: Vec<f64>,
    /// Multipliers of the trend, by year after the base year and need; empty without a trend.
    trend: Vec<Vec<f64>>,
    /// Arrivals with a plan a year, by age and need.
    pub transfers_in: Vec<f64>,
    /// Relative risk, by need and area.
    pub area_multipliers: Vec<f64>,
    /// Weights of the rows of transitions, need changes and first settings, and where a cell's row begins:
    /// kept for expectations.
    pub weights: Weights,
    scratch: [Vec<f64>; 4],
}

/// Drawn weights, normalised to shares.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// Share of the next setting given a review, by class, kind, setting.
    pub next_setting: Vec<f64>,
    /// Share of the next need given a change, by class, need, need.
    pub next_need: Vec<f64>,
    /// Share of the first setting, by class, need, setting.
    pub first_setting: Vec<f64>,
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

/// Cumulative thresholds over `weights` without position `skip`; the last positive one catches every word.
/// Returns the sum of the weights counted.
fn compile_choice(weights: &[f64], skip: usize, thresholds: &mut [u64], shares: &mut [f64]) -> f64 {
    let counted = |i: usize| i != skip && weights[i] > 0.0;
    let total: f64 = (0..weights.len()).filter(|&i| i != skip).map(|i| weights[i]).sum();
    let mut c = 0.0;
    let mut last = None;
    for i in 0..weights.len() {
        thresholds[i] = 0;
        shares[i] = 0.0;
        if counted(i) {
            c += weights[i];
            thresholds[i] = threshold(c / total);
            shares[i] = weights[i] / total;
            last = Some(i);
        }
    }
    if let Some(last) = last {
        thresholds[last] = threshold(1.0);
    }
    total
}

/// The first position whose threshold the word is below.
#[inline]
pub fn choose(thresholds: &[u64], u: u64) -> usize {
    thresholds.iter().position(|&t| u < t).unwrap_or(0)
}

impl Rates {
    /// Room for the rates of a model.
    pub fn new(parameters: &Parameters) -> Self {
        Self { class_of_age: age_classes(parameters), ..Self::default() }
    }

    /// Draws every parameter of a draw (or takes the means) and compiles them.
    pub fn draw(&mut self, p: &Parameters, draw: Option<DrawKey>) {
        let Sizes { areas, needs, settings } = p.sizes;
        self.compile_first_setting(p, draw);
        self.compile_changes(p, draw);
        let mut values = std::mem::take(&mut self.scratch[0]);
        let spread = |values: &[f64], row_of: &[u32], out: &mut Vec<f64>| {
            out.clear();
            out.extend(row_of.iter().map(|&row| values[row as usize]));
        };
        p.new_plans.values(draw, &mut values);
        spread(&values, p.new_plans.row_of(), &mut self.new_plans);
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
        debug_assert!(settings > 0);
    }

    /// Sets the trend's multipliers of a draw, by year after the base year and need.
    pub fn follow(&mut self, trend: &TrendInCase, sizes: Sizes, draw: Option<DrawKey>, years: usize) {
        self.trend = trend.multipliers(self, sizes, draw, years);
    }

    /// Applies the year's shocks, level and trend to the rates of new plans; `step` counts years from 1.
    pub fn of_year(&mut self, p: &Parameters, draw: Option<DrawKey>, year: i32, step: usize) {
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
            self.new_plans_of_year
                .iter_mut()
                .enumerate()
                .for_each(|(cell, rate)| *rate *= multipliers[cell % needs]);
        }
    }

    fn compile_first_setting(&mut self, p: &Parameters, draw: Option<DrawKey>) {
        let Sizes { needs, settings, .. } = p.sizes;
        let values = &mut self.scratch[0];
        p.first_setting.values(draw, values);
        self.first_setting.resize(AGES * needs * settings, 0);
        self.weights.first_setting.resize(AGES * needs * settings, 0.0);
        for (cell, &row) in p.first_setting.row_of().iter().enumerate() {
            let age = cell / needs;
            // One class is compiled once, at its first age.
            if self.class_of_age[..age].contains(&self.class_of_age[age]) {
                continue;
            }
            let at = (self.class_of_age[age] * needs + cell % needs) * settings;
            let weights = &values[row as usize * settings..][..settings];
            compile_choice(
                weights,
                usize::MAX,
                &mut self.first_setting[at..at + settings],
                &mut self.weights.first_setting[at..at + settings],
            );
        }
    }

    #[inline(never)]
    fn compile_changes(&mut self, p: &Parameters, draw: Option<DrawKey>) {
        let Sizes { needs, settings, .. } = p.sizes;
        let kinds = needs * settings;
        let classes = self.class_of_age.iter().max().map_or(0, |c| c + 1);
        self.stay.resize(classes * kinds, 0);
        self.chances.resize(classes * kinds, Chances::default());
        self.next_setting.resize(classes * kinds * settings, 0);
        self.weights.next_setting.resize(classes * kinds * settings, 0.0);
        self.next_need.resize(classes * needs * needs, 0);
        self.weights.next_need.resize(classes * needs * needs, 0.0);
        let mut drawn = Drawn::new(p, draw, std::mem::take(&mut self.scratch));
        for class in 0..classes {
            let age = self.class_of_age.iter().position(|&c| c == class).unwrap_or(0);
            for need in 0..needs {
                let at = (class * needs + need) * needs;
                let need_change = drawn.need_weights(age * needs + need, needs).map_or(0.0, |weights| {
                    let (thresholds, shares) =
                        (&mut self.next_need[at..at + needs], &mut self.weights.next_need[at..at + needs]);
                    let off = compile_choice(weights, need, thresholds, shares);
                    off / (off + weights[need])
                });
                for setting in 0..settings {
                    let kind = need * settings + setting;
                    let cell = age * kinds + kind;
                    let at = (class * kinds + kind) * settings;
                    let weights = drawn.setting_weights(cell, settings);
                    let (thresholds, shares) = (
                        &mut self.next_setting[at..at + settings],
                        &mut self.weights.next_setting[at..at + settings],
                    );
                    let off = compile_choice(weights, setting, thresholds, shares);
                    let review = off / (off + weights[setting]);
                    let [cease, out, area_move] = drawn.scalars(cell, age * needs + need);
                    let (stay, chances) = compile_events([cease, out, area_move, need_change, review]);
                    self.stay[class * kinds + kind] = stay;
                    self.chances[class * kinds + kind] = chances;
                }
            }
        }
        self.scratch = drawn.values;
    }
}

/// The threshold of "nothing happens", and the chances of each event on the walk.
fn compile_events(plain: [f64; EVENTS]) -> (u64, Chances) {
    let mut chances = Chances { plain, ..Chances::default() };
    let mut nothing = 1.0;
    for k in (0..EVENTS).rev() {
        nothing *= 1.0 - plain[k];
        chances.later[k] = threshold(plain[k]);
        chances.first[k] = if nothing < 1.0 { threshold(plain[k] / (1.0 - nothing)) } else { 0 };
    }
    (threshold(nothing), chances)
}

/// The drawn values of the tables that changes are compiled from.
struct Drawn<'a> {
    p: &'a Parameters,
    /// Ceasing and transitions; transfers out; area moves; need changes.
    values: [Vec<f64>; 4],
    transitions: Vec<f64>,
}

impl<'a> Drawn<'a> {
    fn new(p: &'a Parameters, draw: Option<DrawKey>, mut values: [Vec<f64>; 4]) -> Self {
        p.ceasing.values(draw, &mut values[0]);
        p.transfers_out.iter().for_each(|table| table.values(draw, &mut values[1]));
        p.area_moves.iter().for_each(|table| table.values(draw, &mut values[2]));
        p.need_changes.iter().for_each(|table| table.values(draw, &mut values[3]));
        let mut transitions = Vec::new();
        p.transitions.values(draw, &mut transitions);
        Self { p, values, transitions }
    }

    fn scalars(&self, cell: usize, need_cell: usize) -> [f64; 3] {
        let value = |row_of: &[u32], cell: usize, i: usize| self.values[i][row_of[cell] as usize];
        [
            value(self.p.ceasing.row_of(), cell, 0),
            self.p.transfers_out.as_ref().map_or(0.0, |t| value(t.row_of(), cell, 1)),
            self.p.area_moves.as_ref().map_or(0.0, |t| value(t.row_of(), need_cell, 2)),
        ]
    }

    fn setting_weights(&self, cell: usize, settings: usize) -> &[f64] {
        let row = self.p.transitions.row_of()[cell] as usize;
        &self.transitions[row * settings..][..settings]
    }

    fn need_weights(&mut self, cell: usize, needs: usize) -> Option<&[f64]> {
        let table = self.p.need_changes.as_ref()?;
        let row = table.row_of()[cell] as usize;
        Some(&self.values[3][row * needs..][..needs])
    }
}
