//! The law of total plans: gaps against England at the base year, and the own trend filtered through own history.
//!
//! | letter | meaning |
//! |---|---|
//! | S | plans in force |
//! | r | log plans per child of 5 to 15, own minus England's |
//! | q | log requests over S, own minus England's, within 1 either way |
//! | f | log new plans over S, the same |
//! | l | share of new plans not issued within 20 weeks, own minus England's |
//! | d | log growth of S, own minus England's |
//! | v | predicted own deviation of growth |
//!
//! v(t+1) = phi (v(t) + K (d(t+1) + kappa r(t) - c(t) - v(t))), a steady-state Kalman filter of a damped trend, with
//! c = `th_q` q + `th_f` f + `th_l` l.

use super::england::England;
use super::past::Past;
use super::priors::{ModelWeight, TrendConstants, TrendPoint, TrendPriors, TrendTables};
use crate::data::Flow;
use crate::error::Result;
use crate::plans::{Capacity, Drift, HeldTrend, OwnPoint, Trend};

/// How much of the pull of requests, new plans and lateness is left a year later (fixed when the panel was fitted).
const LASTS: [f64; 3] = [0.3, 0.5, 0.8];
/// Years for which there is a pull; less than a tenth of any is left then.
const PULL_YEARS: usize = 10;
/// Yearly standard deviation of a need group's share of new plans. Elicited: needs are published for one year.
const GROUP_SD: f64 = 0.03;
/// Variance a plan and year that the engine's own chance adds: it is inside the panel's variance already.
const OWN_CHANCE: f64 = 0.23;
/// Lateness above England's from which a fit is flagged. Chosen: one new plan in five.
const BACKLOG: f64 = 0.2;

/// What can be issued against the most issued so far, log: next year, and its growth a year after that. Nine in ten
/// authorities of the panel, origins 2017 to 2024, issued less in every year (+34, 50, 64, 76, 89 and 101% one to six years
/// on, 714 to 306 cases). Where the path asked for more, they issued a fifth less than it asked for.
const RECORD_NEXT: f64 = 0.34;
const RECORD_GROWTH: f64 = 0.13;

/// Gaps of one January.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Gaps {
    r: f64,
    q: Option<f64>,
    f: Option<f64>,
    l: Option<f64>,
}

/// The law and what it rests on.
#[derive(Debug, Clone)]
pub struct FittedTrend {
    /// The law.
    pub trend: Trend,
    /// Flags raised.
    pub flags: Vec<&'static str>,
    /// Data used: A all, B without requests, C plans and residents only.
    pub set: &'static str,
    /// Januaries whose growth was filtered.
    pub years: usize,
}

/// Fits the law of total plans at the base year; `residents` is the log growth of those of 5 to 15 by year ahead.
pub fn fit_trend(past: &Past, england: &England, priors: &TrendTables, residents: &[f64]) -> Result<FittedTrend> {
    let base_year = past.base_year();
    let now = gaps(past, england, base_year);
    let set = match now {
        Gaps { q: Some(_), .. } => "A",
        Gaps { f: Some(_), .. } => "B",
        _ => "C",
    };
    let TrendPriors { constants, own: points, models, national } = priors.at(base_year, set)?;
    let history = growth_history(past, england);
    let own: Vec<OwnPoint> = points
        .iter()
        .map(|point| OwnPoint {
            weight: point.weight,
            deviation: filter(&history, &constants, point),
            damping: point.damping,
            reversion: point.reversion,
            scale: point.scale,
        })
        .collect();
    let plans = past.total(base_year).unwrap_or(0.0).max(1.0);
    let small = (constants.small - OWN_CHANCE).max(0.0) / plans;
    let trend = Trend {
        national_growth: england.growth(base_year).unwrap_or(0.0),
        gap: now.r,
        pull: pulls(&now, &constants),
        gain: constants.gain,
        sd: libm::sqrt(constants.sd * constants.sd + small),
        tail: constants.tail,
        own: normalised(own),
        national,
        others: models.iter().filter_map(|model| beside(model, past, england, residents, small)).collect(),
        group_sd: GROUP_SD,
        held: HeldTrend::default(),
        effects: vec![],
        need: None,
        capacity: capacity(past),
    };
    let mut flags = vec![];
    if now.q.is_none() {
        flags.push("throughput-only");
    }
    if now.l.is_some_and(|late| late > BACKLOG) {
        flags.push("backlog");
    }
    let years = history.iter().filter(|step| step.growth.is_some()).count();
    Ok(FittedTrend { trend, flags, set, years })
}

/// A model beside the local trend; none where its growth is not known, and the local trend takes its weight.
fn beside(model: &ModelWeight, past: &Past, england: &England, residents: &[f64], small: f64) -> Option<Drift> {
    let base = past.base_year();
    let grown = |years: i32| {
        let log_plans = |year| past.total(year).filter(|&plans| plans > 0.0).map(libm::log);
        Some((log_plans(base)? - log_plans(base - years)?) / f64::from(years))
    };
    let (start, damping, residents) = match model.model.as_str() {
        "log_drift" => (grown(3)?, 1.0, vec![]),
        "pooled_drift" => (0.5 * grown(1)? + 0.5 * england.growth(base)?, 0.9, vec![]),
        "demography" => (0.0, 1.0, residents.to_vec()),
        _ => return None,
    };
    Some(Drift { weight: model.weight, start, damping, residents, sd: libm::sqrt(model.sd * model.sd + small) })
}

/// What an authority can issue; none where its new plans are not known.
fn capacity(past: &Past) -> Option<Capacity> {
    let issued = |year: i32| {
        let requests = || past.requests(year)?.issued.map(f64::from);
        past.flow_total(year, Flow::New).or_else(requests)
    };
    let first = past.first_year().unwrap_or(past.base_year());
    let record = (first..=past.base_year()).filter_map(issued).fold(0.0, f64::max);
    let now = libm::exp(RECORD_NEXT - RECORD_GROWTH) * record;
    (record > 0.0).then_some(Capacity { now, growth: RECORD_GROWTH })
}

/// One January's gaps and the growth deviation of the year after it.
#[derive(Debug, Clone, Copy)]
struct Step {
    gaps: Gaps,
    growth: Option<f64>,
}

/// Steps from the second January of own history to the base year.
fn growth_history(past: &Past, england: &England) -> Vec<Step> {
    let first = past.first_year().unwrap_or(past.base_year());
    let log_plans = |year| past.total(year).filter(|&plans| plans > 0.0).map(libm::log);
    let growth = |year: i32| Some(log_plans(year)? - log_plans(year - 1)? - england.growth(year)?);
    (first + 1..past.base_year())
        .map(|year| Step { gaps: gaps(past, england, year), growth: growth(year + 1) })
        .collect()
}

fn filter(history: &[Step], constants: &TrendConstants, point: &TrendPoint) -> f64 {
    history.iter().fold(0.0, |v, step| {
        let surprise = step
            .growth
            .map_or(0.0, |growth| growth + point.reversion * step.gaps.r - pulls(&step.gaps, constants)[0] - v);
        point.damping * (v + constants.gain * surprise)
    })
}

/// Extra growth by year ahead.
fn pulls(gaps: &Gaps, constants: &TrendConstants) -> Vec<f64> {
    let effects = [
        constants.requests * gaps.q.unwrap_or(0.0),
        constants.new_plans * gaps.f.unwrap_or(0.0),
        constants.late * gaps.l.unwrap_or(0.0),
    ];
    let mut left = [1.0; 3];
    (0..PULL_YEARS)
        .map(|_| {
            let pull = effects.iter().zip(left).map(|(effect, left)| effect * left).sum();
            left.iter_mut().zip(LASTS).for_each(|(left, lasts)| *left *= lasts);
            pull
        })
        .collect()
}

fn gaps(past: &Past, england: &England, year: i32) -> Gaps {
    let log_ratio = |own: f64, all: f64| (own > 0.0 && all > 0.0).then(|| libm::log(own / all));
    let plans = past.total(year).zip(england.of("plans", "all", year));
    let over_plans = |own: Option<f64>, measure: &str| {
        let (own_plans, plans) = plans?;
        log_ratio(own? / own_plans, england.of(measure, "all", year)? / plans).map(|gap| gap.clamp(-1.0, 1.0))
    };
    let requests = past.requests(year);
    let new = past.flow_total(year, Flow::New).or_else(|| requests?.issued.map(f64::from));
    let late = || {
        let within = f64::from(requests?.within_20_weeks?) / new.filter(|&new| new > 0.0)?;
        let all = england.of("within_20_weeks", "all", year)? / england.of("new_plans", "all", year)?;
        Some(all - within.min(1.0))
    };
    // England's residents end a year earlier than own ones may: both are read for one year.
    let prevalence = || {
        let (own_plans, plans) = plans?;
        let known = england.last_residents("5-15")?.min(year);
        let children: f64 = past.residents(known).or_else(|| past.residents(year))?[5..=15].iter().sum();
        log_ratio(own_plans / children, plans / england.of("population", "5-15", known)?)
    };
    Gaps {
        r: prevalence().unwrap_or(0.0),
        q: over_plans(requests.and_then(|row| row.requests).map(f64::from), "requests"),
        f: over_plans(new, "new_plans"),
        l: late(),
    }
}

fn normalised(mut points: Vec<OwnPoint>) -> Vec<OwnPoint> {
    let sum: f64 = points.iter().map(|point| point.weight).sum();
    for point in &mut points {
        point.weight /= sum;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constants() -> TrendConstants {
        TrendConstants {
            origin: 2021,
            set: "A".into(),
            gain: 0.1,
            requests: 0.08,
            new_plans: 0.02,
            late: 0.03,
            sd: 0.04,
            small: 1.0,
            tail: 8.0,
        }
    }

    #[test]
    fn the_filter_follows_the_recursion_step_by_step() {
        let gaps = Gaps { r: -0.2, q: Some(0.1), f: Some(-0.1), l: None };
        let history = [Step { gaps, growth: Some(0.05) }, Step { gaps: Gaps::default(), growth: None }];
        let point = TrendTables::default().at(2021, "A").expect("shipped").own[0].clone();
        let pull = 0.08 * 0.1 + 0.02 * -0.1;
        let first = point.damping * (0.1 * (0.05 + point.reversion * -0.2 - pull));
        let expected = point.damping * first;
        assert!((filter(&history, &constants(), &point) - expected).abs() < 1e-15);
    }

    #[test]
    fn pulls_fade_at_their_own_rates() {
        let gaps = Gaps { r: 0.0, q: Some(1.0), f: Some(1.0), l: Some(1.0) };
        let pull = pulls(&gaps, &constants());
        assert!((pull[0] - 0.13).abs() < 1e-12);
        assert!((pull[2] - (0.08 * 0.09 + 0.02 * 0.25 + 0.03 * 0.64)).abs() < 1e-12);
        assert!(pull.iter().sum::<f64>() < 0.4);
    }

    #[test]
    fn every_origin_has_every_set_and_weights_that_sum_to_one() {
        for origin in 2017..=2025 {
            for set in ["A", "B", "C"] {
                let TrendPriors { constants, own, models, national } =
                    TrendTables::default().at(origin, set).expect("shipped");
                assert!(models.iter().all(|m| ["log_drift", "demography", "pooled_drift"].contains(&&*m.model)));
                assert!(models.iter().map(|m| m.weight).sum::<f64>() < 0.5);
                assert_eq!((constants.origin, own.len(), national.len()), (origin, 27, 12));
                for sum in
                    [own.iter().map(|p| p.weight).sum::<f64>(), national.iter().map(|p| p.weight).sum::<f64>()]
                {
                    assert!((sum - 1.0).abs() < 1e-3, "{origin} {set} {sum}");
                }
            }
        }
        assert_eq!(TrendTables::default().at(2030, "A").expect("nearest earlier").constants.origin, 2025);
        assert_eq!(TrendTables::default().at(2012, "A").expect("the first").constants.origin, 2017);
    }
}
