//! From raw tables to checked inputs: everything is checked, every problem is reported at once.

mod flows;
mod people;
mod plans;
mod supply;

pub use supply::SupplyGround;

use super::authority;
use super::base::{self, Ground};
use super::inputs::{Authority, Flag, Inputs};
use super::raw::{RawInputs, RawTable};
use super::schema::{TABLES, TableRule};
use super::sheet::{Faults, Sheet, quoted};
use super::slugs;
use super::supply::Supply;
use crate::domain::{Codes, nearest};
use crate::error::{Error, Problem, Result, all_or};

/// What cells are checked against.
pub(super) struct Lists<'a> {
    authority: &'a Authority,
    areas: &'a Codes,
    published: bool,
}

impl<'a> Lists<'a> {
    fn supply(&self) -> SupplyGround<'a> {
        SupplyGround {
            areas: self.areas,
            needs: &self.authority.need_codes,
            settings: &self.authority.setting_codes,
            base_year: self.authority.base_year,
            authority: Some(&self.authority.code),
        }
    }
}

/// Checks tables of provision alone, as they come with a model given as explicit tables.
pub fn check_supply(tables: &[RawTable], ground: SupplyGround) -> Result<Supply> {
    let mut faults = Faults::default();
    for table in tables {
        if TableRule::of(&table.name).is_none() {
            faults.add(Problem::new(slugs::UNKNOWN_TABLE, short(&table.name), "table is not known"));
        }
    }
    let supply = supply::supply(tables, ground, &mut faults);
    all_or(faults.finish(), supply)
}

impl Inputs {
    /// Checks raw inputs as a whole; the error lists every problem and nothing is loaded.
    pub fn check(raw: RawInputs) -> Result<Self> {
        Self::check_after(raw, vec![])
    }

    /// As [`Inputs::check`], with the problems of reading (tables that could not be read) reported too.
    pub fn check_after(mut raw: RawInputs, reading: Vec<Problem>) -> Result<Self> {
        if raw.published {
            // An official release may have nothing on an authority for a table.
            raw.tables.retain(|table| table.rows() > 0);
        }
        let unread: Vec<String> = reading.iter().map(|problem| problem.table.clone()).collect();
        let mut faults = Faults::default();
        for problem in reading {
            faults.add(problem);
        }
        let not_there = unread.iter().any(|table| table == "authority");
        let read = if not_there { None } else { authority::read(&raw.authority, &mut faults) };
        check_tables(&raw, &unread, &mut faults);
        let known = read.is_some();
        // Without a readable authority the defaults still find most problems of the tables.
        let (mut authority, mut flags) =
            read.or_else(|| authority::read(STAND_IN, &mut Faults::default())).ok_or_else(stand_in_broken)?;
        let table = |name| raw.table(name).filter(|table| table.rows() > 0);
        let areas = read_with(raw.table("areas"), &mut faults, people::areas);
        let area_codes = Codes::new("area", &areas.iter().map(|area| area.code.clone()).collect::<Vec<_>>());
        let area_codes = area_codes.map_err(|code| Error::Internal(format!("area {code} stands twice")))?;
        authority.area_codes = area_codes.clone();
        let lists = Lists { authority: &authority, areas: &area_codes, published: raw.published };
        let mut read = Read { raw: &raw, lists: &lists, faults: &mut faults };
        let population = read.table("population", people::population);
        let population_control = read.table("population_control", people::control);
        let plans = read.table("plans", plans::plans);
        let flows = read.table("flows", flows::flows);
        let requests = read.table("requests", flows::requests);
        let waiting = read.table("waiting", plans::waiting);
        let support = read.table("support", plans::support);
        let supply = supply::supply(&raw.tables, lists.supply(), &mut faults);
        if let (true, Some(population), Some(plans)) =
            (known && !areas.is_empty(), table("population"), table("plans"))
        {
            people::check_base_year(population, plans, &lists, &mut faults);
        }
        let travels = raw.table("travel").is_some();
        if let (false, Some(_), Some(table)) = (travels, table("sites"), raw.table("areas")) {
            people::check_located(table, &areas, &mut faults);
        }
        let problems = faults.finish();
        if !problems.is_empty() {
            return Err(Error::Input(problems));
        }
        flags.extend(people::flags(&population, &authority));
        let mut areas = areas;
        areas.sort_by_key(|area| area_codes.position(&area.code));
        let mut inputs = Self {
            authority,
            areas,
            population,
            population_control,
            plans,
            flows,
            requests,
            waiting,
            support,
            supply,
            base: vec![],
            flags,
            raw,
        };
        inputs.fit_base()?;
        Ok(inputs)
    }

    /// Fits the base table and adds what is to be flagged.
    fn fit_base(&mut self) -> Result<()> {
        let residents = self.residents(self.authority.base_year).unwrap_or_default();
        let ground = Ground { authority: &self.authority, residents, published: self.raw.published };
        let fitted = base::fit(&self.plans, &ground).map_err(Error::Input)?;
        self.base = fitted.rows;
        for flag in fitted.flags {
            match self.flags.iter_mut().find(|known| known.slug == flag.slug && known.table == flag.table) {
                Some(known) => merge_years(known, &flag),
                None => self.flags.push(flag),
            }
        }
        self.flags.sort();
        Ok(())
    }
}

const STAND_IN: &str = "schema = '1.0'\nname = '-'\ncode = '-'\nbase_year = 2025\n";

fn stand_in_broken() -> Error {
    Error::Internal("the stand-in authority cannot be read".into())
}

/// A flag without years stands for all of them.
fn merge_years(known: &mut Flag, other: &Flag) {
    if known.years.is_empty() || other.years.is_empty() {
        known.years.clear();
    } else {
        known.years.extend(&other.years);
        known.years.sort_unstable();
        known.years.dedup();
    }
}

struct Read<'a> {
    raw: &'a RawInputs,
    lists: &'a Lists<'a>,
    faults: &'a mut Faults,
}

impl Read<'_> {
    fn table<T>(&mut self, name: &str, read: impl Fn(&mut Sheet, &Lists) -> Vec<T>) -> Vec<T> {
        let lists = self.lists;
        read_with(self.raw.table(name), self.faults, |sheet| read(sheet, lists))
    }
}

fn read_with<T>(table: Option<&RawTable>, faults: &mut Faults, read: impl Fn(&mut Sheet) -> Vec<T>) -> Vec<T> {
    table.map_or_else(Vec::new, |table| read(&mut Sheet::new(table, faults)))
}

/// Tables that are missing, unknown, or there twice.
fn check_tables(raw: &RawInputs, unread: &[String], faults: &mut Faults) {
    let missing = |name: &str| raw.table(name).is_none() && !unread.iter().any(|table| table == name);
    for rule in TABLES.iter().filter(|rule| rule.required && missing(rule.name)) {
        let hint = format!("its columns are {}", rule.columns.join(", "));
        let message = format!("table {} is missing", rule.name);
        faults.add(Problem::new(slugs::MISSING_TABLE, rule.name, message).hint(hint));
    }
    for (i, table) in raw.tables.iter().enumerate() {
        if raw.tables[..i].iter().any(|earlier| earlier.name == table.name) {
            let message = format!("table {} is given twice", quoted(&table.name));
            faults.add(Problem::new(slugs::DUPLICATE_TABLE, short(&table.name), message));
        } else if TableRule::of(&table.name).is_none() {
            let near = nearest(&table.name, TABLES.iter().map(|rule| rule.name)).unwrap_or_default();
            let hint = format!("did you mean {near}? files that are no tables belong in another folder");
            let message = format!("table {} is not known", quoted(&table.name));
            faults.add(Problem::new(slugs::UNKNOWN_TABLE, short(&table.name), message).hint(hint));
        }
    }
}

fn short(name: &str) -> String {
    name.chars().take(40).collect()
}
