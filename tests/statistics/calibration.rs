//! Simulation-based calibration of the fit, part by part: what the fit says before it sees data is the prior; a truth
//! drawn from it makes the data of an authority; the fit of that authority is the posterior.
//!
//! Nothing here knows the constants of the fit: a fit that changes is tested as it then is.
//!
//! False alarms: a quantity has three tests at 0.01 over the number of quantities, so a calibrated fit fails a run with
//! a chance of at most 3%. Seeds are fixed: a run that passes once passes always.

use super::dice::Dice;
use super::ranks::{BIASED, DRAWS, FAITHFUL, Mutant, TOO_SURE, Verdict, print, rank};
use super::world::{BASE_YEAR, FlowOf, SETTINGS, World, england};
use rayon::prelude::*;
use std::sync::OnceLock;
use sufficiency::calibration::{CEASING, Fit, Spread, TRANSFERS_OUT};
use sufficiency::plans::{Law, NationalPoint, ScalarRow, Trend, WeightRow};
use sufficiency::random::DrawKey;

/// A quantity: its name, the truth, draws of the posterior.
type Seen = (String, f64, Vec<f64>);
type Part = fn(usize) -> Vec<Seen>;

const RECENT: [i32; 3] = [BASE_YEAR - 2, BASE_YEAR - 1, BASE_YEAR];
/// Children of each age and setting in a January.
const THERE: usize = 40;
const ALL_AGES: std::ops::Range<usize> = 0..26;

fn plain_world() -> World {
    let base = ALL_AGES.flat_map(|age| (0..3).map(move |s| (BASE_YEAR, 0, age, s, THERE)));
    World { residents: vec![10_000.0], plans: base.collect(), flows: vec![] }
}

/// What the fit says of an authority without a past.
fn before() -> &'static Fit {
    static BEFORE: OnceLock<Fit> = OnceLock::new();
    BEFORE.get_or_init(|| plain_world().fit())
}

fn weight_row(rows: &[WeightRow], age: usize, setting: Option<usize>) -> &WeightRow {
    let found =
        rows.iter().find(|row| row.ages.contains(age) && (row.setting == setting || row.setting.is_none()));
    found.unwrap_or_else(|| panic!("no row for age {age}"))
}

fn drawn_shares(row: &WeightRow, dice: &mut Dice) -> Vec<f64> {
    let mut alphas = [0.0; SETTINGS.len()];
    row.weights.iter().for_each(|&(to, alpha)| alphas[to] = alpha);
    dice.shares(&alphas)
}

fn scalar(rows: &[ScalarRow], age: usize) -> Law {
    rows.iter().find(|row| row.ages.contains(age)).unwrap().law
}

/// Person-level moves of three years; one need.
fn moves(simulation: usize) -> Vec<Seen> {
    moves_of(simulation, &[(0, 5, 1, 2), (1, 11, 1, 2), (1, 11, 0, 0), (2, 16, 1, 2), (2, 16, 2, 1)])
}

/// Who stays where nearly all do.
fn rare_moves(simulation: usize) -> Vec<Seen> {
    moves_of(simulation, &[(0, 5, 2, 2)])
}

fn moves_of(simulation: usize, wanted: &[(usize, usize, usize, usize)]) -> Vec<Seen> {
    let mut dice = Dice::new(simulation, "moves");
    let asked = [5, 11, 16];
    let law = |fit: &Fit, age, from| weight_row(&fit.case.rows.parameters.transitions, age, Some(from)).clone();
    let truth: Vec<Vec<Vec<f64>>> = asked
        .iter()
        .map(|&age| (0..3).map(|from| drawn_shares(&law(before(), age, from), &mut dice)).collect())
        .collect();
    let mut world = World { plans: vec![], ..plain_world() };
    for year in RECENT {
        for age in ALL_AGES {
            let class = asked.iter().position(|&of| of == age || (of == 5 && (5..=10).contains(&age)));
            let mut after = [0; SETTINGS.len()];
            for from in 0..3 {
                let Some(class) = class else {
                    after[from] += THERE;
                    continue;
                };
                let went = dice.multinomial(THERE, &truth[class][from]);
                for (to, &number) in went.iter().enumerate() {
                    after[to] += number;
                    if to != from {
                        world.flows.push(FlowOf {
                            from: Some(from),
                            to: Some(to),
                            ..FlowOf::plain(year, "moved", age, number)
                        });
                    }
                }
            }
            (0..3).for_each(|s| world.plans.push((year, 0, age, s, after[s])));
        }
    }
    let fit = world.fit();
    let mut seen = vec![];
    for &(class, age, from, to) in wanted {
        let row = law(&fit, age, from);
        let draws = (0..DRAWS).map(|_| drawn_shares(&row, &mut dice)[to]).collect();
        let name = format!("moves at {}: {} to {}", ["5-10", "11", "16"][class], SETTINGS[from], SETTINGS[to]);
        seen.push((name, truth[class][from][to], draws));
    }
    seen
}

/// Rows of ceasing and of leaving for another authority.
fn leaving_rows(fit: &Fit) -> [&[ScalarRow]; 2] {
    let rows = &fit.case.rows.parameters;
    [&rows.ceasing, rows.transfers_out.as_ref().unwrap()]
}

fn drawn_rows(rows: &[ScalarRow], dice: &mut Dice) -> Vec<f64> {
    rows.iter().map(|row| dice.law(row.law)).collect()
}

/// Plans that ceased or were taken along by age in three years, each year with chances of its own, apart as the fit states;
/// as many are new, so each January's plans are what flows make them.
///
/// What is asserted is the lasting chance as the past tells it, of single classes and of all from 16 on together: effects,
/// drawn on top, say how far coming years may go another way, and are learnt from past forecasts.
fn ceasing(simulation: usize) -> Vec<Seen> {
    let mut dice = Dice::new(simulation, "ceasing");
    let usual = leaving_rows(before());
    let class_of = |age: usize| usual[0].iter().position(|row| row.ages.contains(age)).unwrap();
    let truth = usual.map(|rows| drawn_rows(rows, &mut dice));
    let mut world = plain_world();
    for year in RECENT {
        (0..26).for_each(|age| (0..3).for_each(|s| world.plans.push((year - 1, 0, age, s, THERE))));
        let [cease, leave] = [(CEASING, 0), (TRANSFERS_OUT, 1)].map(|(spread, of): (Spread, usize)| {
            let of_a_year = |(row, &chance): (&ScalarRow, &f64)| spread.of_a_year(row.law.mean(), chance);
            let laws: Vec<Law> = usual[of].iter().zip(&truth[of]).map(of_a_year).collect();
            laws.into_iter().map(|law| dice.law(law)).collect::<Vec<f64>>()
        });
        for age in 1..26 {
            let ceased = dice.binomial(3 * THERE, cease[class_of(age)]);
            let left = dice.binomial(3 * THERE - ceased, leave[class_of(age)]);
            for (flow, plans) in [("ceased", ceased), ("transfer_out", left), ("new", ceased + left)] {
                world.flows.push(FlowOf::plain(year, flow, age, plans));
            }
        }
    }
    world.plans.sort_unstable();
    world.plans.dedup();
    let fit = world.fit();
    let draws: Vec<[Vec<f64>; 2]> =
        (0..DRAWS).map(|_| leaving_rows(&fit).map(|rows| drawn_rows(rows, &mut dice))).collect();
    let asked = [("5", 5..6), ("17", 17..18), ("19", 19..20), ("24", 24..25), ("16 to 25 together", 16..26)];
    let mut seen = vec![];
    for (of, what) in ["ceasing", "leaving for elsewhere"].into_iter().enumerate() {
        for (name, ages) in &asked {
            let sum = |chances: &[f64]| ages.clone().map(|age| chances[class_of(age)]).sum::<f64>();
            let of_draws = draws.iter().map(|draw| sum(&draw[of])).collect();
            seen.push((format!("{what} at {name}"), sum(&truth[of]), of_draws));
        }
    }
    seen
}

/// Shares of new plans by age, from three years of new plans; crossed with need or not.
fn profile(simulation: usize, crossed: bool) -> Vec<Seen> {
    let mut dice = Dice::new(simulation, if crossed { "crossed profile" } else { "profile" });
    let shares = |fit: &Fit, dice: &mut Dice| {
        let rates = ALL_AGES.map(|age| dice.law(scalar(&fit.case.rows.parameters.new_plans, age)));
        let rates: Vec<f64> = rates.collect();
        let sum: f64 = rates.iter().sum();
        rates.into_iter().map(|rate| rate / sum).collect::<Vec<f64>>()
    };
    let truth = shares(before(), &mut dice);
    let mut world = plain_world();
    for year in RECENT {
        let counts = dice.multinomial(300, &truth);
        for (age, number) in counts.into_iter().enumerate() {
            world.flows.push(FlowOf { by_need: crossed, ..FlowOf::plain(year, "new", age, number) });
        }
    }
    let fit = world.fit();
    let draws: Vec<Vec<f64>> = (0..DRAWS).map(|_| shares(&fit, &mut dice)).collect();
    let asked = [("0-4", 0..5), ("5-10", 5..11), ("11-15", 11..16), ("16-25", 16..26)];
    let how = if crossed { "by age and need" } else { "by age" };
    asked
        .into_iter()
        .map(|(ages, range)| {
            let of = |shares: &[f64]| shares[range.clone()].iter().sum::<f64>();
            let of_draws = draws.iter().map(|draw| of(draw)).collect();
            (format!("share of new plans at {ages}, known {how}"), of(&truth), of_draws)
        })
        .collect()
}

fn profile_by_age(simulation: usize) -> Vec<Seen> {
    profile(simulation, false)
}

fn profile_crossed(simulation: usize) -> Vec<Seen> {
    profile(simulation, true)
}

/// Expected plans of 30 districts, from hamlets to towns.
pub fn district_sizes() -> Vec<f64> {
    (0..30).map(|at| 4.0 * libm::pow(1.14, f64::from(at))).collect()
}

/// Relative risks around 1 and an authority of 30 districts in which they act.
///
/// Concentrations are those methods name: 1 / variance, log-evenly from 1 to 1,000.
pub fn districts(dice: &mut Dice) -> (Vec<f64>, World) {
    let c = libm::pow(10.0, (25.0 * dice.unit()).floor() / 8.0);
    let sizes = district_sizes();
    let risks: Vec<f64> = sizes.iter().map(|_| dice.gamma(c) / c).collect();
    let mut world =
        World { residents: sizes.iter().map(|size| (25.0 * size).round()).collect(), ..World::default() };
    for (area, (size, risk)) in sizes.iter().zip(&risks).enumerate() {
        let plans = dice.poisson(size * risk);
        (0..3).for_each(|s| world.plans.push((BASE_YEAR, area, 8, s, (plans + 2 - s) / 3)));
    }
    (relative(&risks), world)
}

/// Risks over their mean, weighted by expected plans: a level belongs to the rates.
pub fn relative(risks: &[f64]) -> Vec<f64> {
    let sizes = district_sizes();
    let level = risks.iter().zip(&sizes).map(|(r, s)| r * s).sum::<f64>() / sizes.iter().sum::<f64>();
    risks.iter().map(|risk| risk / level).collect()
}

/// Relative risks drawn from a fit.
pub fn drawn_risks(fit: &Fit, dice: &mut Dice) -> Vec<f64> {
    let rows = fit.case.rows.parameters.area_multipliers.as_ref().unwrap();
    let laws = (0..district_sizes().len()).map(|area| rows.iter().find(|row| row.area == Some(area)).unwrap().law);
    relative(&laws.map(|law| dice.law(law)).collect::<Vec<f64>>())
}

fn area_risks(simulation: usize) -> Vec<Seen> {
    let mut dice = Dice::new(simulation, "areas");
    let (truth, world) = districts(&mut dice);
    let fit = world.fit();
    let draws: Vec<Vec<f64>> = (0..DRAWS).map(|_| drawn_risks(&fit, &mut dice)).collect();
    let one = |area: usize| {
        let name = format!("risk of a district of {:.0} expected plans", district_sizes()[area]);
        (name, truth[area], draws.iter().map(|draw| draw[area]).collect())
    };
    [2, 15, 29].map(one).to_vec()
}

/// Growth of England's plans by year from 2016, from its published series.
fn national_growth() -> Vec<f64> {
    let text = england();
    let plans: Vec<f64> = (2015..=BASE_YEAR)
        .map(|year| {
            let start = format!("{year},plans,all,");
            text.lines().find_map(|line| line.strip_prefix(&start)).unwrap().parse().unwrap()
        })
        .collect();
    plans.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect()
}

/// The law of own growth alone, which made the world: the nation's is known, and no other model stands beside it.
fn own_only(trend: &Trend) -> Trend {
    let national = vec![NationalPoint { weight: 1.0, damping: 0.0, sd: 0.0 }];
    Trend { national, others: vec![], ..trend.clone() }
}

/// Own growth of the years to come, from ten years of own growth made by the state-space form of the filter.
fn own_growth(simulation: usize) -> Vec<Seen> {
    let mut dice = Dice::new(simulation, "growth");
    let law = before().case.rows.parameters.trend.as_ref().unwrap();
    let point = law.own[dice.pick(&law.own.iter().map(|p| p.weight).collect::<Vec<_>>())];
    let (damping, gain) = (point.damping, law.gain);
    let sds = |sd: f64| {
        let sd = sd * point.scale;
        let lasting = sd * gain.sqrt();
        (lasting, sd * (1.0 - gain).sqrt(), lasting * (1.0 - damping * damping * (1.0 - gain)).sqrt())
    };
    let (lasting, passing, innovation) = sds(law.sd);
    let mut deviation = lasting * dice.normal();
    let mut plans = 3_000.0;
    let mut world = plain_world();
    for (at, national) in national_growth().into_iter().enumerate() {
        // The first year's growth is where the history starts: nothing is filtered from it.
        if at > 0 {
            plans *= libm::exp(national + deviation + passing * dice.tail(law.tail) * dice.normal());
            deviation = damping * deviation + innovation * dice.normal();
        }
        let year = 2016 + at as i32;
        if year < BASE_YEAR {
            world.plans.push((year, 0, 10, 0, plans.round() as usize));
        }
    }
    world.plans.retain(|row| row.0 < BASE_YEAR);
    let cell = |age: usize, s: usize| (BASE_YEAR, 0, age, s, (plans / 60.0).round() as usize);
    (5..25).for_each(|age| (0..3).for_each(|s| world.plans.push(cell(age, s))));
    let fit = world.fit();
    let trend = own_only(fit.case.rows.parameters.trend.as_ref().unwrap());
    let (_, passing, innovation) = sds(trend.sd);
    let (tail, mut gap, mut path) = (dice.tail(trend.tail), trend.gap, vec![]);
    for year in 0..5 {
        let pull = trend.pull.get(year).copied().unwrap_or(0.0);
        let growth = deviation - point.reversion * gap + pull + passing * tail * dice.normal();
        gap += growth;
        deviation = damping * deviation + innovation * dice.normal();
        path.push(growth);
    }
    let key = |draw: usize| Some(DrawKey::new(simulation as u64, draw as u64));
    let draws: Vec<Vec<f64>> =
        (0..DRAWS).map(|draw| trend.growth(key(draw), 5).iter().map(|growth| growth.all).collect()).collect();
    let over = |years: usize| {
        let sum = |path: &[f64]| path[..years].iter().sum::<f64>();
        (format!("own growth over {years} years"), sum(&path), draws.iter().map(|path| sum(path)).collect())
    };
    [1, 3, 5].map(over).to_vec()
}

/// Parts whose law is a posterior: ranks must be even.
const HELD: [Part; 7] = [moves, rare_moves, ceasing, profile_by_age, profile_crossed, area_risks, own_growth];
const MUTANTS: [(&str, Mutant); 3] =
    [("the fit as it is", FAITHFUL), ("mutant: sd x 0.8", TOO_SURE), ("mutant: bias of 0.3 sd", BIASED)];

/// Verdicts on every quantity of the parts, for the fit and each mutant of it.
fn verdicts(parts: &[Part], simulations: usize) -> [Vec<Verdict>; MUTANTS.len()] {
    let mut found: [Vec<Verdict>; MUTANTS.len()] = Default::default();
    for part in parts {
        let ranks: Vec<Vec<(String, [f64; MUTANTS.len()])>> = (0..simulations)
            .into_par_iter()
            .map(|simulation| {
                let mut dice = Dice::new(simulation, "ties");
                let mut placed = |(name, truth, draws): Seen| {
                    (name, MUTANTS.map(|(_, mutant)| rank(truth, &draws, mutant, &mut dice)))
                };
                part(simulation).into_iter().map(&mut placed).collect()
            })
            .collect();
        for (at, (name, _)) in ranks[0].iter().enumerate() {
            for (mutant, found) in found.iter_mut().enumerate() {
                found.push(Verdict::of(name, &ranks.iter().map(|of| of[at].1[mutant]).collect::<Vec<_>>()));
            }
        }
    }
    found
}

/// Ranks are even for every quantity, and no quantity of a mutant passes.
fn check(simulations: usize) {
    let found = verdicts(&HELD, simulations);
    let at = 0.01 / found[0].len() as f64;
    for ((title, _), verdicts) in MUTANTS.iter().zip(&found) {
        print(&format!("{title}, {simulations} simulations"), verdicts, at);
    }
    let [faithful, mutants @ ..] = &found;
    let names = |verdicts: &[Verdict], rejected: bool| {
        let some = verdicts.iter().filter(|verdict| verdict.rejected(at) == rejected);
        some.map(|verdict| verdict.quantity.clone()).collect::<Vec<_>>()
    };
    assert!(names(faithful, true).is_empty(), "ranks are uneven: {:?}", names(faithful, true));
    for mutant in mutants {
        assert!(names(mutant, false).is_empty(), "a mutant passes: {:?}", names(mutant, false));
    }
}

#[test]
fn truths_rank_evenly_and_mutants_are_rejected() {
    // 400 simulations show a bias of 0.3 sd with 5.8 standard errors and an sd x 0.8 with 5.7.
    check(400);
}

#[test]
#[ignore = "long: make statistics"]
fn truths_rank_evenly_and_mutants_are_rejected_in_1000_simulations() {
    check(1_000);
}
