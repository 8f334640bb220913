//! Who joins in a year: children who arrive with a plan, and new plans.

use super::change::{Homes, choose_area, running_shares};
use super::parameters::Parameters;
use super::rates::Rates;
use super::tables::Sizes;
use crate::children::Children;
use crate::domain::AGES;
use crate::random::{
    DrawKey, Keys, POISSON_CHUNK, Process, Size, exp_all, fold, poisson, poisson_given_none, slot, u53, unit,
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
    let (mut weights, mut shares) = (Vec::new(), Vec::new());
    let mut arrived = 0;
    for migration in &parameters.migrations {
        let whole = migration.mean(Some(draw), year);
        for cell in 0..if whole > 0.0 { migration.mix.len() } else { 0 } {
            let (age, need) = (cell / needs, cell % needs);
            let entity = fold(migration.key, cells.needs[need]);
            let count = poisson(counts, age, entity, whole * migration.mix[cell]);
            if count > 0 {
                migration.weights(&residents[age * areas..][..areas], &mut weights);
                running_shares(&weights, &mut shares);
            }
            let lane = children.lane_mut(age);
            for k in 0..count {
                let id = fold(joined(MIGRANT, year, age) ^ entity, u64::from(k));
                let area = choose_area(&shares, u53(to_area.word(id)));
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

/// Children who arrive with a plan; `homes` are the areas by residents. Returns how many.
#[inline(never)]
pub fn transfers_in(
    children: &mut Children,
    rates: &Rates,
    parameters: &Parameters,
    cells: &Cells,
    homes: &mut Homes,
    draw: DrawKey,
    year: i32,
) -> usize {
    if rates.transfers_in.is_empty() || !parameters.arrivals_go_on(year) {
        return 0;
    }
    let Sizes { needs, settings, .. } = cells.sizes;
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
                let area = homes.choose(age, u53(to_area.word(id)));
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
    // So many needs together that their cells stay in the nearest cache.
    let together = (CELLS / areas).clamp(1, needs);
    let mut joined_count = 0;
    for age in 0..AGES {
        let stream = slots.stream(slot(age, 0));
        let identity = joined(NEW, year, age);
        let exposed = &exposure[age * areas..][..areas];
        scratch.ids.clear();
        scratch.homes.clear();
        for first in (0..needs).step_by(together) {
            let end = (first + together).min(needs);
            scratch.expect(rates, age, first..end, exposed, needs);
            let keys = &cells.keys[first * areas..end * areas];
            stream.list_not_zero(keys, &scratch.means, &mut scratch.tops, &mut scratch.found);
            scratch.words += keys.len();
            scratch.none.clear();
            scratch.none.extend(scratch.found.iter().map(|&at| -scratch.means[at as usize]));
            exp_all(&mut scratch.none);
            scratch.counts.resize(scratch.found.len(), 0);
            // Cells with none are passed over without a branch.
            let mut some = 0;
            for n in 0..scratch.found.len() {
                let (cell, none) = (scratch.found[n], scratch.none[n]);
                let (at, mean) = (cell as usize, scratch.means[cell as usize]);
                let count = if mean <= POISSON_CHUNK {
                    poisson_given_none(unit(scratch.tops[at]), mean, none)
                } else {
                    poisson(slots, age, keys[at], mean)
                };
                (scratch.found[some], scratch.counts[some]) = (cell, count);
                some += usize::from(count > 0);
            }
            for (&cell, &count) in scratch.found[..some].iter().zip(&scratch.counts) {
                let (need, area) = (cell / areas as u32, cell % areas as u32);
                for k in 0..count {
                    scratch.ids.push(fold(identity ^ keys[cell as usize], u64::from(k)));
                    scratch.homes.push((area as u16, first as u16 + need as u16));
                }
            }
        }
        first_setting.words(&scratch.ids, |from, words| {
            for ((home, &word), &id) in scratch.homes[from..].iter_mut().zip(words).zip(&scratch.ids[from..]) {
                let need = usize::from(home.1);
                let setting = rates.first_setting.choose(parameters.first_setting(age, need), word);
                let setting = rates.given(true, (age, need), setting, id);
                home.1 = (need * settings + setting) as u16;
            }
        });
        children.lane_mut(age).join(&scratch.ids, &scratch.homes);
        joined_count += scratch.ids.len();
        scratch.words += scratch.ids.len();
    }
    joined_count
}

/// Cells whose words are made together.
const CELLS: usize = 1024;

/// Memory of the new plans of an age.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// Expected new plans of some needs, by need and area.
    means: Vec<f64>,
    tops: Vec<u64>,
    /// Cells that may have some.
    found: Vec<u32>,
    /// Chance that each of those has none.
    none: Vec<f64>,
    counts: Vec<u32>,
    ids: Vec<u64>,
    /// Home area and need, then kind, of each child.
    homes: Vec<(u16, u16)>,
    local: Vec<f64>,
    /// Words made in whole vectors since this was last set to 0.
    pub words: usize,
}

impl Candidates {
    /// Works out the means of some needs at an age.
    fn expect(&mut self, rates: &Rates, age: usize, of: std::ops::Range<usize>, exposed: &[f64], needs: usize) {
        self.means.clear();
        for need in of {
            let rate = rates.new_plans_of_year[age * needs + need];
            let multipliers = rates.multipliers(age, need, exposed.len(), &mut self.local);
            // The order of the products is part of the specification.
            self.means.extend(exposed.iter().zip(multipliers).map(|(e, m)| e * m * rate));
        }
    }
}
