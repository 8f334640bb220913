//! Changes of rates, of settings given, and of the backlog.

use super::change::{ClearBacklog, Point, RateWord, Redirect, RegimeChange, ScaleRate, Uncertain};
use super::check::Reader;
use crate::case::CaseRows;
use crate::domain::AgeRange;
use crate::plans::{Lever, LeverRow, Rate, Regime};
use crate::random::key as key_of;

/// The key of a change's uncertain sizes and of its words: that of what it says and of how many changes say the same
/// before it, so that neither its file nor the other changes matter.
pub(super) fn change_key(said: &str, rows: &CaseRows) -> u64 {
    let p = &rows.parameters;
    let taken = |candidate: u64| {
        p.levers.iter().any(|lever| lever.key == candidate)
            || p.conversions.iter().any(|stock| stock.key == candidate)
            || p.migrations.iter().any(|migration| migration.key == candidate)
            || rows.population.additions.iter().any(|added| added.key == candidate)
    };
    let mut n = 0;
    loop {
        let candidate = key_of("lever", &format!("{said}#{n}"));
        if !taken(candidate) {
            return candidate;
        }
        n += 1;
    }
}

/// A lever of all children and the whole time from `from` on.
fn row(lever: Lever, key: u64, from: i32) -> LeverRow {
    LeverRow {
        lever,
        key,
        ages: AgeRange::ALL,
        needs: vec![],
        areas: vec![],
        regime: None,
        cohorts_from: None,
        from,
        full: from,
        until: i32::MAX,
        held: None,
    }
}

fn rate(word: RateWord) -> Rate {
    match word {
        RateWord::NewPlans => Rate::NewPlans,
        RateWord::Ceasing => Rate::Ceasing,
        RateWord::TransfersOut => Rate::TransfersOut,
        RateWord::Capacity => Rate::Capacity,
    }
}

pub(super) fn scale(change: &ScaleRate, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    let (full, until) = reader.dates(change.from, change.full, change.to);
    let needs = reader.codes("needs", &change.needs, &rows.world.needs);
    let areas = reader.codes("areas", &change.areas, &rows.world.areas);
    let ages = change.ages.map_or(AgeRange::ALL, |(from, to)| reader.ages("ages", from, to));
    let size = reader.size("factor", change.factor);
    if !areas.is_empty() && change.rate != RateWord::NewPlans {
        reader.fault("areas", "not-by-area", "only new_plans can be scaled in some areas: leave areas out");
    }
    if change.rate == RateWord::Capacity {
        if change.ages.is_some() || !needs.is_empty() {
            reader.fault(
                "rate",
                "not-by-group",
                "capacity is that of the whole authority: leave ages and needs out",
            );
        }
        if rows.parameters.trend.as_ref().is_none_or(|trend| trend.capacity.is_none()) {
            let message = "no new plans of past years say what can be issued here: scale new_plans";
            reader.fault("rate", "no-capacity", message);
        }
    }
    let lever = row(Lever::Scale(rate(change.rate), size), key, change.from);
    rows.parameters.levers.push(LeverRow { ages, needs, areas, full, until, ..lever });
}

/// Positions of the two settings and the share, if all are known.
fn redirection(
    (from_setting, to_setting, share): (&str, &str, Uncertain),
    at: [bool; 3],
    rows: &CaseRows,
    reader: &mut Reader,
) -> Option<Lever> {
    let settings = &rows.world.settings;
    let from = reader.code("from_setting", from_setting, settings);
    let to = reader.code("to_setting", to_setting, settings);
    if from_setting == to_setting {
        reader.fault("to_setting", "same-setting", "to_setting must be another setting than from_setting");
    }
    let share = reader.share("share", share);
    Some(Lever::Redirect { from: from?, to: to?, share, at })
}

pub(super) fn redirect(change: &Redirect, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    let (full, until) = reader.dates(change.from, change.full, change.to);
    let needs = reader.codes("needs", &change.needs, &rows.world.needs);
    let ages = change.ages.map_or(AgeRange::ALL, |(from, to)| reader.ages("ages", from, to));
    let all = change.at.is_empty();
    let at = [Point::NewPlan, Point::PhaseTransfer, Point::Review].map(|point| all || change.at.contains(&point));
    let words = (change.from_setting.as_str(), change.to_setting.as_str(), change.share);
    if let Some(lever) = redirection(words, at, rows, reader) {
        rows.parameters.levers.push(LeverRow { ages, needs, full, until, ..row(lever, key, change.from) });
    }
}

pub(super) fn regime(change: &RegimeChange, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    let (full, until) = reader.dates(change.from, change.full, change.to);
    let needs = reader.codes("needs", &change.needs, &rows.world.needs);
    let ages = change.ages.map_or(AgeRange::ALL, |(from, to)| reader.ages("ages", from, to));
    if !(0.0..=1.0).contains(&change.weight) {
        reader.fault("weight", "out-of-range", "a weight is a share of draws, from 0 to 1");
    }
    if change.name.trim().is_empty() {
        reader.fault("name", "missing-field", "name is blank: a regime has a name in words");
    }
    let regime = Regime { key: key_of("regime", &change.name), weight: change.weight };
    let other = |lever: &LeverRow| {
        lever.regime.is_some_and(|r| r.key == regime.key && r.weight.to_bits() != regime.weight.to_bits())
    };
    if rows.parameters.levers.iter().any(other) {
        let message = "an earlier change gives this regime another weight: they come together or not at all";
        reader.fault("weight", "changes-fight", message);
    }
    let words = change.from_setting.as_deref().zip(change.to_setting.as_deref()).zip(change.share);
    let named = [change.from_setting.is_some(), change.to_setting.is_some(), change.share.is_some()];
    let lever = match (change.rate.zip(change.factor), words) {
        (Some((word, factor)), None) if !named.contains(&true) => {
            Some(Lever::Scale(rate(word), reader.size("factor", factor)))
        }
        (None, Some(((from, to), share))) if change.rate.is_none() && change.factor.is_none() => {
            redirection((from, to, share), [true; 3], rows, reader)
        }
        _ => {
            let message =
                "a regime has rate and factor, or from_setting, to_setting and share: one of the two, whole";
            reader.fault("kind", "regime-incomplete", message);
            None
        }
    };
    if let Some(lever) = lever {
        let cohorts_from = change.cohorts_from;
        let dated = row(lever, key, change.from);
        let regime = Some(regime);
        rows.parameters.levers.push(LeverRow { ages, needs, regime, cohorts_from, full, until, ..dated });
    }
}

pub(super) fn clear_backlog(change: &ClearBacklog, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    reader.census("from", change.from);
    reader.years("years", change.years);
    if rows.parameters.trend.is_none() {
        let message =
            "a backlog is cleared on top of a fitted path of new plans; this model has none: use scale_rate";
        reader.fault("kind", "no-trend", message);
    }
    let size = reader.size("plans", change.plans);
    let until = change.from + change.years.clamp(1, 40) as i32 - 1;
    rows.parameters.levers.push(LeverRow { until, ..row(Lever::MoreNewPlans(size), key, change.from) });
}
