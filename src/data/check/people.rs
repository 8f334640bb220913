//! Areas and residents.

use super::Lists;
use crate::data::inputs::{Area, Authority, ControlRow, Flag, PopulationRow};
use crate::data::new_flag;
use crate::data::raw::RawTable;
use crate::data::sheet::{Faults, Sheet, quoted, whole};
use crate::data::slugs;
use crate::domain::{AGES, AgeRange, Bounds};
use crate::error::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// Ways to sites are estimated from coordinates: of all areas, or of none.
pub(super) fn check_located(table: &RawTable, areas: &[Area], faults: &mut Faults) {
    let located = |area: &Area| area.latitude.zip(area.longitude).is_some();
    if areas.len() < 2 || !areas.iter().any(located) {
        return;
    }
    let mut sheet = Sheet::new(table, faults);
    for row in 0..sheet.table.rows() {
        let code = sheet.cell(row, "area").unwrap_or_default();
        if areas.iter().any(|area| area.code == code && !located(area)) {
            let message = format!("how far area {} is from each site is not known", quoted(code));
            let hint = "give latitude and longitude of every area, or of none, or a table travel";
            sheet.fault(slugs::TRAVEL_MISSING, row, "latitude", message, hint);
        }
    }
}

/// Areas, in the order of the table; a code that stands twice is left out.
pub(super) fn areas(sheet: &mut Sheet) -> Vec<Area> {
    let mut areas: Vec<Area> = vec![];
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    if !Bounds::of("areas").admit(sheet.table.rows().max(1) as f64) {
        let rule = Bounds::of("areas").rule();
        sheet.faults.add(Problem::new(slugs::OUT_OF_BOUNDS, "areas", rule));
        return areas;
    }
    for row in 0..sheet.table.rows() {
        let (code, name) = (sheet.text(row, "area"), sheet.text(row, "name"));
        let planning_area = sheet.text(row, "planning_area");
        let latitude = degrees(sheet, row, "latitude", 90.0);
        let longitude = degrees(sheet, row, "longitude", 180.0);
        let Some(code) = code else { continue };
        if code == "all" || code.contains([';', '\n']) {
            let message = format!("area code {} cannot be used", quoted(code));
            sheet.fault(slugs::BAD_CODE_LIST, row, "area", message, "`all` marks a margin, ; parts a list");
            continue;
        }
        if let Some(earlier) = first.insert(code.into(), row) {
            let message = format!("area {} stands in row {} already", quoted(code), earlier + 1);
            sheet.fault(slugs::DUPLICATE_KEY, row, "area", message, "");
            first.insert(code.into(), earlier);
            continue;
        }
        let planning_area = planning_area.unwrap_or_default().into();
        areas.push(Area {
            code: code.into(),
            name: name.unwrap_or(code).into(),
            latitude,
            longitude,
            planning_area,
        });
    }
    areas
}

/// A coordinate; blank where it is not known.
fn degrees(sheet: &mut Sheet, row: usize, column: &str, limit: f64) -> Option<f64> {
    let text = sheet.cell(row, column).filter(|text| !text.is_empty())?;
    let value = text.parse().ok().filter(|value: &f64| value.abs() <= limit);
    if value.is_none() {
        let message = format!("{column} must be from -{limit} to {limit} degrees, got {}", quoted(text));
        sheet.fault(slugs::BAD_COORDINATE, row, column, message, "leave it blank where it is not known");
    }
    value
}

/// Residents of areas.
pub(super) fn population(sheet: &mut Sheet, lists: &Lists) -> Vec<PopulationRow> {
    let mut rows = vec![];
    let mut seen = Seen::default();
    for row in 0..sheet.table.rows() {
        let year = sheet.year(row, "year");
        // A table for the authority as a whole may say so where there is but one area.
        let area = if lists.areas.len() == 1 && sheet.cell(row, "area") == Some("all") {
            Some(0)
        } else if lists.areas.is_empty() {
            None
        } else {
            sheet.code(row, "area", lists.areas)
        };
        let ages = sheet.ages(row, "age");
        let population = sheet.count(row, "population", "population");
        if let (Some(year), Some(area), Some(ages)) = (year, area, ages) {
            seen.add(sheet, row, (year, area), ages);
            rows.extend(population.map(|population| PopulationRow { year, area, ages, population }));
        }
    }
    check_years(sheet, &rows.iter().map(|row| row.year).collect());
    rows
}

/// Official totals of the authority: estimates and a projection, so years may be missing between them.
pub(super) fn control(sheet: &mut Sheet, _: &Lists) -> Vec<ControlRow> {
    let mut rows = vec![];
    let mut seen = Seen::default();
    for row in 0..sheet.table.rows() {
        let (year, ages) = (sheet.year(row, "year"), sheet.ages(row, "age"));
        let population = sheet.count(row, "population", "population");
        if let (Some(year), Some(ages)) = (year, ages) {
            seen.add(sheet, row, (year, 0), ages);
            rows.extend(population.map(|population| ControlRow { year, ages, population }));
        }
    }
    rows
}

/// Ages already counted, and the row that did, by year and area.
#[derive(Default)]
struct Seen(BTreeMap<(i32, usize), [u32; AGES]>);

impl Seen {
    fn add(&mut self, sheet: &mut Sheet, row: usize, key: (i32, usize), ages: AgeRange) {
        let rows = self.0.entry(key).or_insert([0; AGES]);
        if let Some(earlier) = ages.ages().map(|age| rows[age]).find(|&earlier| earlier > 0) {
            let message = format!("age {ages} is counted in row {earlier} already");
            sheet.fault(slugs::OVERLAPPING_AGES, row, "age", message, "each age once per year and area");
        }
        ages.ages().for_each(|age| rows[age] = row as u32 + 1);
    }
}

/// Reports years missing between the first and the last.
pub(super) fn check_years(sheet: &mut Sheet, years: &BTreeSet<i32>) {
    let (Some(&first), Some(&last)) = (years.first(), years.last()) else { return };
    let missing: Vec<String> =
        (first..=last).filter(|year| !years.contains(year)).map(|year| year.to_string()).collect();
    if !missing.is_empty() {
        let name = sheet.table.name.clone();
        let message = format!("{name} has years before and after {}, but not these", missing.join(", "));
        let mut problem = Problem::new(slugs::YEAR_GAP, name, message);
        problem.column = Some("year".into());
        sheet.faults.add(problem.hint("add the years, or leave out those before the gap"));
    }
}

/// The base year needs residents of every area, and plans; rows with other faults count, they are reported.
pub(super) fn check_base_year(population: &RawTable, plans: &RawTable, lists: &Lists, faults: &mut Faults) {
    let base_year = lists.authority.base_year;
    let in_base = |table: &RawTable| -> Vec<usize> {
        let years = table.column("year").map_or(&[][..], |column| &column.values);
        let is_base = |text: &String| whole(text.trim()) == Ok(f64::from(base_year));
        years.iter().enumerate().filter(|(_, text)| is_base(text)).map(|(row, _)| row).collect()
    };
    let named = |row: usize| population.column("area").and_then(|column| column.values.get(row));
    let there: BTreeSet<&str> =
        in_base(population).into_iter().filter_map(named).map(|area| area.trim()).collect();
    let only = lists.areas.len() == 1 && there.contains("all");
    let missing: Vec<&str> = lists.areas.iter().filter(|code| !there.contains(code) && !only).collect();
    if !missing.is_empty() {
        let who = if there.is_empty() {
            "any area".into()
        } else {
            let listed = missing.iter().take(10).copied().collect::<Vec<_>>().join(", ");
            format!("area {listed}{}", if missing.len() > 10 { " and others" } else { "" })
        };
        let message = format!("no residents for base year {base_year} of {who}");
        let mut problem = Problem::new(slugs::NO_BASE_POPULATION, "population", message);
        problem.column = Some("year".into());
        faults.add(problem.hint("population of January t is the mid-year estimate of t-1; a count may be 0"));
    }
    if in_base(plans).is_empty() {
        let message = format!("no plans for base year {base_year}");
        let mut problem = Problem::new(slugs::NO_BASE_PLANS, "plans", message);
        problem.column = Some("year".into());
        faults.add(problem.hint("base_year in authority.toml is the last January with plans"));
    }
}

/// What a reader must know about residents.
pub(super) fn flags(population: &[PopulationRow], authority: &Authority) -> Vec<Flag> {
    let mut flags = vec![];
    let ranges: BTreeSet<i32> =
        population.iter().filter(|row| row.ages.from != row.ages.to).map(|row| row.year).collect();
    if !ranges.is_empty() {
        flags.push(new_flag(slugs::POPULATION_SPREAD, "population", ranges.into_iter().collect()));
    }
    let mut covered: BTreeMap<(i32, usize), usize> = BTreeMap::new();
    for row in population {
        *covered.entry((row.year, row.area)).or_default() += row.ages.ages().count();
    }
    let full = |year: i32| {
        (0..authority.area_codes.len()).all(|area| covered.get(&(year, area)).is_some_and(|&ages| ages == AGES))
    };
    let years: BTreeSet<i32> = population.iter().map(|row| row.year).collect();
    let partial: Vec<i32> = years.into_iter().filter(|&year| !full(year)).collect();
    if !partial.is_empty() {
        flags.push(new_flag(slugs::POPULATION_AGES_MISSING, "population", partial));
    }
    flags
}
