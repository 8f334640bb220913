//! Changes of who lives here, and of who is supported without a plan.

use super::change::{ConvertSupport, Housing, MigrationChange, Point};
use super::check::Reader;
use crate::case::CaseRows;
use crate::domain::{AGES, AgeRange, nearest};
use crate::plans::{Conversion, Migration, Supported};
use crate::population::{Added, Addition};

/// Januaries for which residents are added one by one; what the last one holds stands after it.
const YEARS: i32 = 40;
/// Ages of children who come with their families, unless the change says others.
const CHILDREN: AgeRange = AgeRange { from: 0, to: 15 };

/// Residents by age and area for each January: those of every arrival, who grow a year older each year where they live.
fn grown(areas: usize, base_year: i32, arrivals: impl Fn(i32) -> Option<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut now = vec![0.0; AGES * areas];
    let mut years = vec![];
    for year in base_year + 1..=base_year + YEARS {
        now.rotate_right(areas);
        now[..areas].fill(0.0);
        if let Some(arrived) = arrivals(year) {
            now.iter_mut().zip(&arrived).for_each(|(n, more)| *n += more);
        }
        years.push(now.clone());
    }
    years
}

pub(super) fn housing(change: &Housing, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    reader.census("from", change.from);
    let years = change.years.unwrap_or(1);
    reader.years("years", years);
    let areas = reader.codes("areas", &change.areas, &rows.world.areas);
    if change.areas.is_empty() {
        reader.fault("areas", "no-area", "homes stand in at least one area");
    }
    let ages = change.ages.map_or(CHILDREN, |(from, to)| reader.ages("ages", from, to));
    if !(0.0..=10.0).contains(&change.pupil_yield) {
        reader.fault("pupil_yield", "out-of-range", "children per dwelling must be from 0 to 10");
    }
    let size = reader.size("dwellings", change.dwellings);
    let all = rows.world.areas.len();
    let share =
        change.pupil_yield / f64::from(years.max(1)) / ages.ages().count() as f64 / areas.len().max(1) as f64;
    let arrivals = |year: i32| {
        (year >= change.from && year < change.from + years as i32).then(|| {
            let mut arrived = vec![0.0; AGES * all];
            ages.ages().for_each(|age| areas.iter().for_each(|&area| arrived[age * all + area] = share));
            arrived
        })
    };
    let years = grown(all, rows.base_year, arrivals);
    rows.population.additions.push(Addition { what: Added::Housing, key, size, years });
}

pub(super) fn migration(change: &MigrationChange, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    let (_, until) = reader.dates(change.from, None, change.to);
    let areas = reader.codes("areas", &change.areas, &rows.world.areas);
    let needs = reader.codes("needs", &change.needs, &rows.world.needs);
    let ages = change.ages.map_or(CHILDREN, |(from, to)| reader.ages("ages", from, to));
    if change.children_a_year.is_none() && change.plans_a_year.is_none() {
        let message = "children_a_year, plans_a_year or both say who moves in";
        reader.fault("children_a_year", "nobody-moves", message);
    }
    if let Some(children) = change.children_a_year {
        let size = reader.size("children_a_year", children);
        let all = rows.world.areas.len();
        let here = |cell: usize| {
            let counts = ages.contains(cell / all) && (areas.is_empty() || areas.contains(&(cell % all)));
            if counts { rows.population.base[cell] } else { 0.0 }
        };
        let pattern: Vec<f64> = (0..AGES * all).map(here).collect();
        let total: f64 = pattern.iter().sum();
        if total <= 0.0 {
            reader.fault("areas", "nobody-there", "no child of these ages lives there to share out who moves in");
        }
        let arrived: Vec<f64> = pattern.iter().map(|n| n / total.max(f64::MIN_POSITIVE)).collect();
        let arrivals = |year: i32| (year >= change.from && year <= until).then(|| arrived.clone());
        let years = grown(all, rows.base_year, arrivals);
        rows.population.additions.push(Addition { what: Added::Migration, key, size, years });
    }
    if let Some(plans) = change.plans_a_year {
        let size = reader.size("plans_a_year", plans);
        let count = rows.world.needs.len();
        let mut mix = vec![0.0; AGES * count];
        for row in &rows.base {
            if ages.contains(row.age) && (needs.is_empty() || needs.contains(&row.need)) {
                mix[row.age * count + row.need] += f64::from(row.plans);
            }
        }
        let total: f64 = mix.iter().sum();
        if total <= 0.0 {
            let message = "no child of these ages and needs has a plan in the base year, to give the proportions";
            reader.fault("needs", "nobody-there", message);
        }
        let mix = mix.into_iter().map(|n| n / total.max(f64::MIN_POSITIVE)).collect();
        let migration = Migration { key, size, mix, areas, years: (change.from, until) };
        rows.parameters.migrations.push(migration);
    }
}

pub(super) fn convert_support(change: &ConvertSupport, key: u64, rows: &mut CaseRows, reader: &mut Reader) {
    reader.census("from", change.from);
    reader.years("years", change.years);
    let share = reader.share("share", change.share);
    let ages = change.ages.map_or(AgeRange::ALL, |(from, to)| reader.ages("ages", from, to));
    let mut mix = vec![];
    for (word, &part) in &change.required {
        let setting = reader.code("required", word, &rows.world.settings);
        mix.extend(setting.map(|setting| (setting, part)));
        if !(0.0..=1.0).contains(&part) {
            reader.fault("required", "out-of-range", "a share must be from 0 to 1");
        }
    }
    if (change.required.values().sum::<f64>() - 1.0).abs() > 1e-6 {
        reader.fault("required", "shares-not-one", "shares of required settings must sum to 1");
    }
    let at_transfer = change.at.contains(&Point::PhaseTransfer) && !change.at.contains(&Point::Review);
    if change.at.contains(&Point::NewPlan) {
        reader.fault("at", "bad-point", "a plan is made at a review or at phase_transfer");
    }
    let known = rows.support.iter().filter(|row| row.kind == change.support && row.year <= rows.base_year);
    let year = known.clone().map(|row| row.year).max();
    if year.is_none() {
        let near = nearest(&change.support, rows.support.iter().map(|row| row.kind.as_str()));
        let short: String = change.support.chars().take(40).collect();
        let hint = near.map_or("table support was not given".into(), |near| format!("did you mean {near}?"));
        let problem =
            reader.lines.problem("support", "unknown-support", format!("support {short:?} is not known"));
        reader.problems.push(problem.hint(hint));
    }
    let mut stock = vec![];
    for row in known.filter(|row| Some(row.year) == year) {
        let grown = usize::from(row.ages.from) + (rows.base_year - row.year) as usize;
        let (Some(area), Some(need), true) = (row.area, row.need, row.ages.from == row.ages.to) else {
            let message = "the stock must be known by area, single year of age and need: no margins in support";
            return reader.fault("support", "support-not-crossed", message);
        };
        stock.extend((grown < AGES).then_some(Supported { area, age: grown, need, children: row.children }));
    }
    // By code, so that the order of rows does not matter.
    stock.sort_by_key(|of| (of.area, of.age, of.need));
    let conversion = Conversion {
        key,
        stock,
        share,
        from: change.from,
        years: change.years.clamp(1, 40),
        at_transfer,
        ages,
        mix,
        until: None,
    };
    rows.parameters.conversions.push(conversion);
}
