//! Who joins in a year: children who arrive with a plan, and new plans.

use super::change::choose_area;
use super::parameters::Parameters;
use super::rates::Rates;
use super::tables::Sizes;
use crate::children::Children;
use crate::domain::AGES;
use crate::random::{
    DrawKey, Keys, POISSON_CHUNK, Process, Size, fold, poisson, poisson_slot, slot, u53, uniform, unit,
};

/// Keys of the cells in which new plans are counted.
#[derive(Debug, Clone)]
pub struct Cells {
    /// Key of each need and area, areas together.
    keys: Vec<u64>,
    needs: Vec<u64>,
    sizes: Sizes,
}

impl Cells {
    /// The cells of a world.
    pub fn new(keys: &Keys) -> Self {
        let sizes = Sizes::of(keys);
        let cell = |need| (0..sizes.areas).map(move |area| keys.cell(area, need));
        Self { keys: (0..sizes.needs).flat_map(cell).collect(), needs: keys.needs.clone(), sizes }
    }
}

/// Tag of children who hold a new plan, of those who arrive with one, and of those whom a scenario lets move in.
const NEW: u64 = 2;
const ARRIVED: u64 = 3;
const MIGRANT: u64 = 4;

/// Children with a plan whom a scenario lets move in, beside those of `transfers_in`.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// Key of the change.
    pub key: u64,
    /// Children a year.
    pub size: Size,
    /// Share of each age and need.
    pub mix: Vec<f64>,
    /// Areas they move to, in proportion to residents; all if empty.
    pub areas: Vec<usize>,
    /// First and last January census that counts some of them.
    pub years: (i32, i32),
}

impl Migration {
    /// Expected children of a year by age and need, all of them together times `mix`; 0 outside its years.
    pub fn mean(&self, draw: Option<DrawKey>, year: i32) -> f64 {
        let (from, until) = self.years;
        if (from..=until).contains(&year) { self.size.of_draw(draw, self.key) } else { 0.0 }
    }

    /// Residents of an age by area, those of other areas left out.
    pub fn weights(&self, residents: &[f64], out: &mut Vec<f64>) {
        out.clear();
        let here =
            |(area, &n): (usize, &f64)| if self.areas.is_empty() || self.areas.contains(&area) { n } else { 0.0 };
        out.extend(residents.iter().enumerate().map(here));
        if out.iter().all(|&n| n == 0.0) {
            // Nobody of that age lives there: any of the areas will do.
            out[self.areas.first().copied().unwrap_or(0)] = 1.0;
        }
    }
}

/// Children whom scenarios let move in with a plan; returns how many.
pub fn migrants(
    children: &mut Children,
    rates: &Rates,
    parameters: &Parameters,
    cells: &Cells,
    residents: &[f64],
    draw: DrawKey,
    year: i32,
) -> usize {
    let Sizes { areas, needs, settings } = cells.sizes;
    let (counts, places) = (draw.slots(Process::Migration, year), draw.slots(Process::MigrationPlace, year));
    let (to_area, to_setting) = (places.stream(0), places.stream(1));
    let mut weights = Vec::new();
    let mut arrived = 0;
    for migration in &parameters.migrations {
        let whole = migration.mean(Some(draw), year);
        for cell in 0..if whole > 0.0 { migration.mix.len() } else { 0 } {
            let (age, need) = (cell / needs, cell % needs);
            let entity = fold(migration.key, cells.needs[need]);
            let count = poisson(counts, age, entity, whole * migration.mix[cell]);
            if count > 0 {
                migration.weights(&residents[age * areas..][..areas], &mut weights);
            }
            let lane = children.lane_mut(age);
            for k in 0..count {
                let id = fold(joined(MIGRANT, year, age) ^ entity, u64::from(k));
                let area = choose_area(&weights, u53(to_area.word(id)));
                let setting =
                    rates.first_setting.choose(parameters.first_setting(age, need), u53(to_setting.word(id)));
                lane.push(id, area, need * settings + setting);
                lane.first_new = lane.len();
            }
            arrived += count as usize;
        }
    }
    arrived
}

const fn joined(tag: u64, year: i32, age: usize) -> u64 {
    fold(fold(fold(0, tag), year as u64), age as u64)
}

/// Children who arrive with a plan; `residents` by age and area. Returns how many.
#[inline(never)]
pub fn transfers_in(
    children: &mut Children,
    rates: &Rates,
    parameters: &Parameters,
    cells: &Cells,
    residents: &[f64],
    draw: DrawKey,
    year: i32,
) -> usize {
    if rates.transfers_in.is_empty() || !parameters.arrivals_go_on(year) {
        return 0;
    }
    let Sizes { areas, needs, settings } = cells.sizes;
    let counts = draw.slots(Process::TransferIn, year);
    let places = draw.slots(Process::TransferInPlace, year);
    let (to_area, to_setting) = (places.stream(0), places.stream(1));
    let mut arrived = 0;
    for age in 0..AGES {
        let lane = children.lane_mut(age);
        for need in 0..needs {
            let count = poisson(counts, age, cells.needs[need], rates.transfers_in[age * needs + need]);
            let choice = parameters.first_setting(age, need);
            for k in 0..count {
                let id = fold(joined(ARRIVED, year, age) ^ cells.needs[need], u64::from(k));
                let area = choose_area(&residents[age * areas..][..areas], u53(to_area.word(id)));
                let setting = rates.first_setting.choose(choice, u53(to_setting.word(id)));
                lane.push(id, area, need * settings + setting);
                arrived += 1;
            }
        }
        lane.first_new = lane.len();
    }
    arrived
}

/// New plans of the year; `exposure` by age and area. Returns how many.
///
/// Each cell of age, area and need has a keyed uniform of its own, so a higher rate never gives fewer plans
/// and two scenarios stay paired.
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "a year's whole state meets here, by plain names")]
pub fn new_plans(
    children: &mut Children,
    rates: &Rates,
    parameters: &Parameters,
    cells: &Cells,
    exposure: &[f64],
    draw: DrawKey,
    year: i32,
    scratch: &mut Candidates,
) -> usize {
    let Sizes { areas, needs, settings } = cells.sizes;
    let slots = draw.slots(Process::NewPlans, year);
    let first_setting = draw.stream(Process::FirstSetting, year);
    let mut joined_count = 0;
    let mut local = Vec::new();
    for age in 0..AGES {
        let lane = children.lane_mut(age);
        let stream = slots.stream(slot(age, 0));
        let identity = joined(NEW, year, age);
        let exposed = &exposure[age * areas..][..areas];
        for need in 0..needs {
            let rate = rates.new_plans_of_year[age * needs + need];
            if rate <= 0.0 {
                continue;
            }
            let keys = &cells.keys[need * areas..][..areas];
            let multipliers = rates.multipliers(age, need, areas, &mut local);
            scratch.list(exposed, multipliers, rate, keys, stream);
            let choice = parameters.first_setting(age, need);
            for &area in &scratch.areas[..scratch.found] {
                let area = area as usize;
                let mean = exposed[area] * multipliers[area] * rate;
                let count = if mean <= POISSON_CHUNK {
                    poisson_slot(uniform(stream.word(keys[area])), mean)
                } else {
                    poisson(slots, age, keys[area], mean)
                };
                for k in 0..count {
                    let id = fold(identity ^ keys[area], u64::from(k));
                    let setting = rates.first_setting.choose(choice, u53(first_setting.word(id)));
                    let setting = rates.given(true, (age, need), setting, id);
                    lane.push(id, area, need * settings + setting);
                }
                joined_count += count as usize;
            }
        }
    }
    joined_count
}

/// Areas of one age and need whose count may be above 0.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    areas: Vec<u32>,
    found: usize,
}

impl Candidates {
    /// Lists areas whose uniform passes the quick zero test, without a branch an area.
    #[inline]
    fn list(
        &mut self,
        exposed: &[f64],
        multipliers: &[f64],
        rate: f64,
        keys: &[u64],
        stream: crate::random::Stream,
    ) {
        self.areas.resize(exposed.len(), 0);
        self.found = 0;
        stream.words(keys, |from, words| {
            let means = exposed[from..].iter().zip(&multipliers[from..]);
            for (area, (&word, (&e, &m))) in (from..).zip(words.iter().zip(means)) {
                self.areas[self.found] = area as u32;
                self.found += usize::from(unit(word) >= 1.0 - e * m * rate);
            }
        });
    }
}
