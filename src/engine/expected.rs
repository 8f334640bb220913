//! The same year on a real-valued cohort: expected children at the mean of every parameter.

use super::step::YearPhase;
use crate::case::Case;
use crate::domain::AGES;
use crate::plans::{EVENTS, Parameters, Phase, Rates, Sizes};
use crate::population::Residents;

/// Expected children with a plan by age, area and kind (need x setting), all dense.
struct Cohort {
    sizes: Sizes,
    now: Vec<f64>,
}

/// Expected plans and new plans, by year (base year first), age, area, need and setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Children with a plan.
    pub plans: Vec<Vec<f64>>,
    /// New plans of the year.
    pub new_plans: Vec<Vec<f64>>,
}

/// Runs the mean path to `to`. Exact at fixed parameters; with random ones it is the path of the means, not the
/// mean of the paths.
pub fn expect(case: &Case, to: i32) -> Expected {
    let sizes = case.parameters.sizes;
    let mut rates = Rates::new(&case.parameters);
    rates.draw(&case.parameters, None);
    if let Some(trend) = &case.trend {
        rates.follow(trend, sizes, None, (to - case.base_year).max(0) as usize);
    }
    let mut residents = Residents::default();
    residents.start(&case.population, &case.keys, None);
    let mut cohort = Cohort::of(case);
    let mut expected = Expected { new_plans: vec![vec![0.0; cohort.now.len()]], plans: vec![cohort.now.clone()] };
    for step in 1..=(to - case.base_year).max(0) as usize {
        let year = case.base_year + step as i32;
        for phase in YearPhase::ORDER {
            match phase {
                YearPhase::Residents => residents.advance(&case.population, &case.keys, None, year, step),
                YearPhase::AgeOn => cohort.age_on(),
                YearPhase::Change => {
                    rates.changes_of_year(&case.parameters, None, year);
                    cohort.change(&rates, &case.parameters, &residents.now);
                }
                YearPhase::TransfersIn => {
                    cohort.expose(case, &mut residents);
                    if case.parameters.arrivals_go_on(year) {
                        cohort.transfers_in(&rates, &case.parameters, &residents.now);
                    }
                    cohort.migrants(&rates, &case.parameters, &residents.now, year);
                }
                YearPhase::NewPlans => {
                    rates.of_year(&case.parameters, case.trend.as_ref(), None, year, step);
                    let mut new = cohort.new_plans(&rates, &case.parameters, &residents.exposure);
                    cohort.convert(case, year, &mut new);
                    expected.new_plans.push(new);
                }
                // A place is whole and so is a child: expected children have no seats (error
                // `expectation-no-places` where places are asked for), and seats never change plans.
                YearPhase::Allocation => {}
            }
        }
        expected.plans.push(cohort.now.clone());
    }
    debug_assert_eq!(sizes, cohort.sizes);
    expected
}

impl Cohort {
    fn of(case: &Case) -> Self {
        let sizes = case.parameters.sizes;
        let mut cohort = Self { sizes, now: vec![0.0; AGES * sizes.areas * sizes.needs * sizes.settings] };
        for (age, lane) in case.base.lanes() {
            for (&area, &kind) in lane.area.iter().zip(&lane.kind) {
                let at = cohort.at(age, usize::from(area)) + usize::from(kind);
                cohort.now[at] += 1.0;
            }
        }
        cohort
    }

    /// Where the kinds of an age and area begin.
    fn at(&self, age: usize, area: usize) -> usize {
        (age * self.sizes.areas + area) * self.sizes.needs * self.sizes.settings
    }

    fn age_on(&mut self) {
        let lane = self.sizes.areas * self.sizes.needs * self.sizes.settings;
        self.now.rotate_right(lane);
        self.now[..lane].fill(0.0);
    }

    fn change(&mut self, rates: &Rates, parameters: &Parameters, residents: &[f64]) {
        let Sizes { areas, needs, settings } = self.sizes;
        let kinds = needs * settings;
        for age in 1..AGES {
            let class = rates.class_of_age[age];
            let plain = |kind: usize, phase: Phase| rates.plain[class * kinds + kind][phase as usize];
            let lane = &mut self.now[age * areas * kinds..][..areas * kinds];
            // Where everybody goes, phase by phase; only the area moves mix areas.
            for phase in Phase::ALL {
                match phase {
                    Phase::Cease | Phase::TransferOut => {
                        lane.iter_mut().enumerate().for_each(|(i, n)| *n *= 1.0 - plain(i % kinds, phase));
                    }
                    Phase::AreaMove => {
                        move_areas(lane, kinds, &residents[age * areas..][..areas], |k| plain(k, phase));
                    }
                    Phase::NeedChange => spread(
                        lane,
                        kinds,
                        |kind| plain(kind, phase),
                        |kind, give| {
                            let choice = parameters.next_need(age, kind / settings);
                            let ends = choice.into_iter().flat_map(|choice| rates.next_need.shares(choice));
                            ends.for_each(|(to, share)| give(to * settings + kind % settings, share));
                        },
                    ),
                    Phase::Review => spread(
                        lane,
                        kinds,
                        |kind| plain(kind, phase),
                        |kind, give| {
                            let need = kind / settings;
                            let choice = parameters.next_setting(age, kind);
                            for (to, share) in rates.next_setting.shares(choice) {
                                for (given, part) in rates.given_shares(false, (age, need), to) {
                                    give(need * settings + given, share * part);
                                }
                            }
                        },
                    ),
                }
            }
        }
    }

    fn expose(&self, case: &Case, residents: &mut Residents) {
        residents.exposure.clone_from(&residents.now);
        if case.population.without_plans {
            let kinds = self.sizes.needs * self.sizes.settings;
            for (exposed, cell) in residents.exposure.iter_mut().zip(self.now.chunks(kinds)) {
                *exposed = (*exposed - cell.iter().sum::<f64>()).max(0.0);
            }
        }
    }

    fn transfers_in(&mut self, rates: &Rates, parameters: &Parameters, residents: &[f64]) {
        if rates.transfers_in.is_empty() {
            return;
        }
        let Sizes { areas, needs, .. } = self.sizes;
        for age in 0..AGES {
            let weights = &residents[age * areas..][..areas];
            let total: f64 = weights.iter().sum();
            for (area, &weight) in weights.iter().enumerate() {
                let share = if total > 0.0 { weight / total } else { f64::from(u8::from(area == 0)) };
                self.join(
                    rates,
                    parameters,
                    age,
                    area,
                    |need| rates.transfers_in[age * needs + need] * share,
                    None,
                );
            }
        }
    }

    fn migrants(&mut self, rates: &Rates, parameters: &Parameters, residents: &[f64], year: i32) {
        let Sizes { areas, needs, .. } = self.sizes;
        let mut weights = Vec::new();
        for migration in &parameters.migrations {
            let whole = migration.mean(None, year);
            for age in 0..if whole > 0.0 { AGES } else { 0 } {
                migration.weights(&residents[age * areas..][..areas], &mut weights);
                let total: f64 = weights.iter().sum();
                for (area, weight) in weights.iter().enumerate() {
                    let mean = |need: usize| whole * migration.mix[age * needs + need] * weight / total;
                    self.join(rates, parameters, age, area, mean, None);
                }
            }
        }
    }

    fn convert(&mut self, case: &Case, year: i32, new: &mut [f64]) {
        for stock in &case.parameters.conversions {
            stock.expected(case.base_year, year, |[area, age, need, setting], n| {
                let at = self.at(age, area) + need * self.sizes.settings + setting;
                self.now[at] += n;
                new[at] += n;
            });
        }
    }

    fn new_plans(&mut self, rates: &Rates, parameters: &Parameters, exposure: &[f64]) -> Vec<f64> {
        let Sizes { areas, needs, .. } = self.sizes;
        let mut new = vec![0.0; self.now.len()];
        let mut local = Vec::new();
        for age in 0..AGES {
            for area in 0..areas {
                let mut mean = |need: usize| {
                    let multiplier = rates.multipliers(age, need, areas, &mut local)[area];
                    exposure[age * areas + area] * multiplier * rates.new_plans_of_year[age * needs + need]
                };
                self.join(rates, parameters, age, area, &mut mean, Some(&mut new));
            }
        }
        new
    }

    fn join(
        &mut self,
        rates: &Rates,
        parameters: &Parameters,
        age: usize,
        area: usize,
        mut mean: impl FnMut(usize) -> f64,
        mut new: Option<&mut Vec<f64>>,
    ) {
        let Sizes { needs, settings, .. } = self.sizes;
        let at = self.at(age, area);
        for need in 0..needs {
            let mean = mean(need);
            for (first, share) in rates.first_setting.shares(parameters.first_setting(age, need)) {
                let joining = mean * share;
                let Some(new) = new.as_deref_mut() else {
                    self.now[at + need * settings + first] += joining;
                    continue;
                };
                for (setting, part) in rates.given_shares(true, (age, need), first) {
                    self.now[at + need * settings + setting] += joining * part;
                    new[at + need * settings + setting] += joining * part;
                }
            }
        }
    }
}

/// Moves a share of each kind to other kinds, in every area.
fn spread(
    lane: &mut [f64],
    kinds: usize,
    chance: impl Fn(usize) -> f64,
    ends: impl Fn(usize, &mut dyn FnMut(usize, f64)),
) {
    for cell in lane.chunks_mut(kinds) {
        let before = cell.to_vec();
        for (kind, &n) in before.iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let moving = n * chance(kind);
            cell[kind] -= moving;
            ends(kind, &mut |to, share| cell[to] += moving * share);
        }
    }
}

fn move_areas(lane: &mut [f64], kinds: usize, residents: &[f64], chance: impl Fn(usize) -> f64) {
    let total: f64 = residents.iter().sum();
    for kind in 0..kinds {
        let share = chance(kind);
        if share <= 0.0 {
            continue;
        }
        let moving: f64 = lane.iter().skip(kind).step_by(kinds).sum::<f64>() * share;
        for (area, n) in lane.iter_mut().skip(kind).step_by(kinds).enumerate() {
            let to_here = if total > 0.0 { residents[area] / total } else { f64::from(u8::from(area == 0)) };
            *n += moving * to_here - *n * share;
        }
    }
}

const _: () = assert!(EVENTS == Phase::ALL.len());
