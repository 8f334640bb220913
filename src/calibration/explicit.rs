//! A case from explicit tables: an outside fit, or the benchmark workload, on the same engine.

mod overflow;

use super::supply::{SupplyRows, supply_rows};
use crate::case::{Case, CaseRows, World};
use crate::data::{RawTable, SupplyGround, SupportRow, check_supply};
use crate::domain::{AGES, AgeRange, BaseRow, Bounds, Codes, Need};
use crate::error::{Error, Problem, Result, all_or};
use crate::plans::{Law, ParameterRows, ScalarRow, ShockRow, Stops, WeightRow};
use crate::population::{Flows, Movement, Path, Population};
use crate::provision::{OverflowRows, ProvisionRows};
use std::collections::BTreeMap;

/// A table of text and number columns.
#[derive(Debug, Clone, Default)]
pub struct NamedTable {
    /// Columns of codes and ages.
    pub text: BTreeMap<String, Vec<String>>,
    /// Columns of numbers.
    pub numbers: BTreeMap<String, Vec<f64>>,
    /// Number of rows.
    pub rows: usize,
}

/// Everything that `Fitted.from_parameters` takes.
#[derive(Debug, Clone, Default)]
pub struct ExplicitModel {
    /// January census of the base children.
    pub base_year: i32,
    /// Areas in declared order.
    pub areas: Vec<String>,
    /// Needs in declared order.
    pub needs: Vec<String>,
    /// Settings in declared order.
    pub settings: Vec<String>,
    /// Tables by name, as `SPECIFICATION.md` lists them.
    pub tables: BTreeMap<String, NamedTable>,
    /// Authority, area and births standard deviations of the population walk.
    pub walk: [f64; 3],
    /// Whether children who have a plan are taken off the exposure.
    pub without_plans: bool,
    /// Tables of provision as text, with the columns of the input folder.
    pub supply: Vec<RawTable>,
    /// Code of the authority, for telling which sites are in it; without one every site is.
    pub authority: Option<String>,
    /// What happens to children who find no place.
    pub overflow: OverflowRows,
}

/// The tables that may be given.
const TABLES: [&str; 16] = [
    "plans",
    "population",
    "ceasing",
    "transitions",
    "new_plans",
    "first_setting",
    "transfers_out",
    "area_moves",
    "need_changes",
    "transfers_in",
    "area_multipliers",
    "shocks",
    "levels",
    "population_flows",
    "independent_share",
    "support",
];

struct Reader<'a> {
    model: &'a ExplicitModel,
    world: &'a World,
    problems: Vec<Problem>,
}

/// Builds the case of an explicit model; every problem is reported at once.
pub fn case_from(model: &ExplicitModel) -> Result<Case> {
    let mut problems = Vec::new();
    for name in model.tables.keys() {
        if !TABLES.contains(&name.as_str()) && name != "exposure_path" {
            problems.push(Problem::new("unknown-table", name, format!("unknown table {name}")));
        }
    }
    let mut codes = |kind, list: &[String]| {
        let bounds = Bounds::of(match kind {
            "area" => "areas",
            "need" => "needs",
            _ => "settings",
        });
        if !bounds.admit(list.len() as f64) {
            problems.push(Problem::new("out-of-range", format!("argument {}", bounds.name), bounds.rule()));
        }
        Codes::new(kind, list).map_err(|twice| {
            problems.push(Problem::new(
                "duplicate-key",
                format!("argument {kind}s"),
                format!("{kind} {twice} stands twice"),
            ));
        })
    };
    let lists = (codes("area", &model.areas), codes("need", &model.needs), codes("setting", &model.settings));
    let (Ok(areas), Ok(needs), Ok(settings)) = lists else { return Err(Error::Input(problems)) };
    all_or(problems, ())?;
    let mut world = World::bare(areas, needs, settings);
    if world.needs.iter().all(|code| Need::defaults().iter().any(|need| need.code == code)) {
        world.group_needs(&Need::defaults());
    }
    let mut reader = Reader { model, world: &world, problems: vec![] };
    let base = reader.base();
    let parameters = reader.parameter_rows();
    let population = reader.population();
    let support = reader.support();
    let overflow = reader.overflow();
    all_or(reader.problems, ())?;
    let ground = SupplyGround {
        areas: &world.areas,
        needs: &world.needs,
        settings: &world.settings,
        base_year: model.base_year,
        authority: model.authority.as_deref(),
    };
    let supply = check_supply(&model.supply, ground)?;
    let points = vec![None; world.areas.len()];
    let SupplyRows { provision, costs, .. } = supply_rows(&supply, &world, &points, &base)?;
    let provision = provision.map(|rows| ProvisionRows { overflow, ..rows });
    let base_year = model.base_year;
    Case::new(CaseRows {
        world,
        base_year,
        base,
        parameters,
        population,
        points,
        provision,
        costs,
        psi: vec![],
        support,
    })
}

impl<'a> Reader<'a> {
    fn fault(&mut self, table: &str, row: usize, column: &str, slug: &'static str, message: String) {
        self.problems.push(Problem::new(slug, table, message).at(row + 1, column));
    }

    fn table(&mut self, name: &str, needed: bool) -> Option<&'a NamedTable> {
        let found = self.model.tables.get(name);
        if found.is_none() && needed {
            self.problems.push(Problem::new("missing-table", name, format!("table {name} is needed")));
        }
        found
    }

    fn numbers(&mut self, table: &'a NamedTable, name: &str, column: &str) -> &'a [f64] {
        if let Some(values) = table.numbers.get(column) {
            values
        } else {
            self.problems.push(Problem::new("missing-column", name, format!("column {column} is needed")));
            &[]
        }
    }

    /// A code column's positions; `None` in a row means `all`, an absent column means all rows are.
    fn codes(&mut self, table: &NamedTable, name: &str, column: &str, all: bool) -> Vec<Option<usize>> {
        let codes = match column {
            "area" => &self.world.areas,
            "need" | "to_need" => &self.world.needs,
            _ => &self.world.settings,
        };
        let Some(values) = table.text.get(column) else {
            if !all {
                self.problems.push(Problem::new("missing-column", name, format!("column {column} is needed")));
            }
            return vec![None; table.rows];
        };
        let mut positions = Vec::with_capacity(values.len());
        for (row, value) in values.iter().enumerate() {
            let position = codes.position(value);
            if position.is_none() && !(all && value == "all") {
                let near = codes.nearest(value).unwrap_or_default().to_string();
                let message = format!("unknown {} {value}, nearest is {near}", codes.kind());
                self.problems.push(Problem::new("unknown-code", name, message).at(row + 1, column));
            }
            positions.push(position);
        }
        positions
    }

    fn ages(&mut self, table: &NamedTable, name: &str) -> Vec<AgeRange> {
        let Some(values) = table.text.get("age") else { return vec![AgeRange::ALL; table.rows] };
        let mut ages = Vec::with_capacity(values.len());
        for (row, value) in values.iter().enumerate() {
            ages.push(AgeRange::parse(value).unwrap_or_else(|| {
                let message = format!("age must be from 0 to 25, a range such as 5-10, or all, got {value}");
                self.fault(name, row, "age", "bad-age", message);
                AgeRange::ALL
            }));
        }
        ages
    }

    fn scalars(&mut self, name: &str, needed: bool) -> Option<Vec<ScalarRow>> {
        let table = self.table(name, needed)?;
        let ages = self.ages(table, name);
        let [area, need, setting] =
            ["area", "need", "setting"].map(|column| self.codes(table, name, column, true));
        let has = |column: &str| table.numbers.contains_key(column);
        let laws: Vec<Law> = if has("alpha") {
            let (a, b) = (self.numbers(table, name, "alpha"), self.numbers(table, name, "beta"));
            a.iter().zip(b).map(|(&alpha, &beta)| Law::Beta { alpha, beta }).collect()
        } else if has("shape") {
            let (a, b) = (self.numbers(table, name, "shape"), self.numbers(table, name, "mean"));
            a.iter().zip(b).map(|(&shape, &mean)| Law::Gamma { shape, mean }).collect()
        } else {
            self.numbers(table, name, "value").iter().map(|&value| Law::Point(value)).collect()
        };
        let row = |(i, &law): (usize, &Law)| ScalarRow {
            ages: ages[i],
            area: area[i],
            need: need[i],
            setting: setting[i],
            law,
            source: i + 1,
        };
        Some(laws.iter().enumerate().map(row).collect())
    }

    /// Rows of one (age, need, setting) are one random row of destinations, wherever they stand.
    fn weights(&mut self, name: &str, needed: bool, to: &str) -> Option<Vec<WeightRow>> {
        let table = self.table(name, needed)?;
        let ages = self.ages(table, name);
        let need = self.codes(table, name, "need", true);
        let setting = self.codes(table, name, "setting", true);
        let to = self.codes(table, name, to, false);
        let random = table.numbers.contains_key("alpha");
        let values = self.numbers(table, name, if random { "alpha" } else { "value" });
        let mut groups: BTreeMap<(AgeRange, Option<usize>, Option<usize>), WeightRow> = BTreeMap::new();
        for (i, &value) in values.iter().enumerate() {
            let Some(destination) = to[i] else { continue };
            groups
                .entry((ages[i], need[i], setting[i]))
                .or_insert_with(|| WeightRow {
                    ages: ages[i],
                    need: need[i],
                    setting: setting[i],
                    weights: vec![],
                    random,
                    source: i + 1,
                })
                .weights
                .push((destination, value));
        }
        Some(groups.into_values().collect())
    }

    fn base(&mut self) -> Vec<BaseRow> {
        let Some(table) = self.table("plans", true) else { return vec![] };
        let plans = self.numbers(table, "plans", "plans");
        let ages = self.single_ages(table, "plans");
        let [area, need, setting] =
            ["area", "need", "setting"].map(|column| self.codes(table, "plans", column, false));
        let bounds = Bounds::of("plans");
        let mut seen = std::collections::BTreeSet::new();
        let mut rows = Vec::new();
        for (i, &count) in plans.iter().enumerate() {
            if !bounds.admit(count) || count.fract() != 0.0 {
                self.fault(
                    "plans",
                    i,
                    "plans",
                    "bad-count",
                    format!("a count must be a whole number; {}", bounds.rule()),
                );
                continue;
            }
            let (Some(area), Some(need), Some(setting)) = (area[i], need[i], setting[i]) else { continue };
            if !seen.insert((area, ages[i], need, setting)) {
                self.fault("plans", i, "area", "duplicate-key", "area, age, need and setting stand twice".into());
            }
            rows.push(BaseRow { area, age: ages[i], need, setting, plans: count as u32 });
        }
        rows
    }

    fn single_ages(&mut self, table: &NamedTable, name: &str) -> Vec<usize> {
        let ranges = self.ages(table, name);
        for (i, range) in ranges.iter().enumerate() {
            if range.from != range.to && table.text.contains_key("age") {
                self.fault(name, i, "age", "bad-age", format!("a single age is needed, got {range}"));
            }
        }
        ranges.into_iter().map(|range| usize::from(range.from)).collect()
    }

    fn parameter_rows(&mut self) -> ParameterRows {
        ParameterRows {
            ceasing: self.scalars("ceasing", true).unwrap_or_default(),
            transfers_out: self.scalars("transfers_out", false),
            area_moves: self.scalars("area_moves", false),
            need_changes: self.weights("need_changes", false, "to_need"),
            transitions: self.weights("transitions", true, "to_setting").unwrap_or_default(),
            new_plans: self.scalars("new_plans", true).unwrap_or_default(),
            first_setting: self.weights("first_setting", true, "to_setting").unwrap_or_default(),
            transfers_in: self.scalars("transfers_in", false),
            area_multipliers: self.scalars("area_multipliers", false),
            shocks: self.shocks(),
            levels: self.levels(),
            trend: None,
            levers: vec![],
            conversions: vec![],
            migrations: vec![],
            stops: Stops::default(),
        }
    }

    /// Children supported without a plan in the base year.
    fn support(&mut self) -> Vec<SupportRow> {
        let Some(table) = self.table("support", false) else { return vec![] };
        let ages = self.single_ages(table, "support");
        let area = self.codes(table, "support", "area", false);
        let need = self.codes(table, "support", "need", false);
        let children = self.numbers(table, "support", "children");
        let Some(kind) = table.text.get("kind") else {
            self.problems.push(Problem::new("missing-column", "support", "column kind is needed"));
            return vec![];
        };
        let mut rows = vec![];
        for (i, &children) in children.iter().enumerate() {
            if !(Bounds::of("population").admit(children) && children.fract() == 0.0) {
                self.fault("support", i, "children", "bad-count", "children must be a whole number".into());
            }
            let year = self.model.base_year;
            let (kind, children) = (kind[i].clone(), children as u32);
            rows.extend(ages.get(i).and_then(|&age| AgeRange::new(age as u8, age as u8)).map(|ages| SupportRow {
                year,
                area: area[i],
                ages,
                need: need[i],
                kind,
                children,
            }));
        }
        rows
    }

    fn shocks(&mut self) -> Option<Vec<ShockRow>> {
        let table = self.table("shocks", false)?;
        let ages = self.ages(table, "shocks");
        let need = self.codes(table, "shocks", "need", true);
        let shape = self.numbers(table, "shocks", "shape");
        let Some(group) = table.text.get("group") else {
            self.problems.push(Problem::new("missing-column", "shocks", "column group is needed"));
            return None;
        };
        let row = |(i, &shape): (usize, &f64)| ShockRow {
            ages: ages[i],
            need: need[i],
            group: group[i].clone(),
            shape,
            source: i + 1,
        };
        Some(shape.iter().enumerate().map(row).collect())
    }

    fn levels(&mut self) -> Option<Vec<(i32, Option<usize>, f64)>> {
        let table = self.table("levels", false)?;
        let need = self.codes(table, "levels", "need", true);
        let year = self.numbers(table, "levels", "year");
        let value = self.numbers(table, "levels", "value");
        Some(value.iter().zip(year).zip(need).map(|((&value, &year), need)| (year as i32, need, value)).collect())
    }

    /// Lays a number column over age and area; every cell exactly once.
    fn grid(&mut self, name: &str, table: &'a NamedTable, column: &str, rows: &[usize]) -> Vec<f64> {
        let areas = self.world.areas.len();
        let values = self.numbers(table, name, column);
        let ages = self.single_ages(table, name);
        let area = self.codes(table, name, "area", false);
        let mut grid = vec![f64::NAN; AGES * areas];
        for &i in rows {
            let (Some(area), Some(&value)) = (area[i], values.get(i)) else { continue };
            let bounds = Bounds::of("population");
            if !bounds.admit(value) {
                self.fault(name, i, column, "out-of-range", format!("{column} must be from 0 to {}", bounds.high));
            }
            let cell = &mut grid[ages[i] * areas + area];
            if !cell.is_nan() {
                self.fault(name, i, "area", "duplicate-key", "area and age stand twice".into());
            }
            *cell = value;
        }
        if grid.iter().any(|value| value.is_nan()) {
            self.problems.push(
                Problem::new("missing-rows", name, format!("{column} is not given for every area and age"))
                    .hint("give every area and every age from 0 to 25"),
            );
        }
        grid
    }

    fn population(&mut self) -> Population {
        let everything = |table: &NamedTable| (0..table.rows).collect::<Vec<_>>();
        let base = self
            .table("population", true)
            .map_or_else(Vec::new, |table| self.grid("population", table, "population", &everything(table)));
        let flows = self.table("population_flows", false).map(|table| {
            let rows = everything(table);
            let leave = self.grid("population_flows", table, "leave", &rows);
            let arrive = self.grid("population_flows", table, "arrive", &rows);
            if leave.iter().any(|&share| share > 1.0) {
                self.problems.push(Problem::new(
                    "bad-parameter",
                    "population_flows",
                    "leave is a share, from 0 to 1",
                ));
            }
            if base.iter().any(|value| value.fract() != 0.0) {
                self.problems.push(Problem::new(
                    "bad-count",
                    "population",
                    "flows need whole numbers of residents",
                ));
            }
            Movement::Flows(Flows::new(leave, arrive))
        });
        let path = self.table("exposure_path", false).map(|table| self.path(table));
        if flows.is_some() && path.is_some() {
            self.problems.push(Problem::new(
                "two-populations",
                "population_flows",
                "give flows or a path, not both",
            ));
        }
        let movement = flows.or(path).unwrap_or(Movement::Still);
        Population { base, movement, without_plans: self.model.without_plans, additions: vec![], held: None }
    }

    fn path(&mut self, table: &'a NamedTable) -> Movement {
        let years = self.numbers(table, "exposure_path", "year");
        let last = years.iter().copied().fold(f64::from(self.model.base_year), f64::max) as i32;
        let mut path = Vec::new();
        for year in self.model.base_year + 1..=last {
            let rows: Vec<usize> = (0..table.rows).filter(|&i| years[i] as i32 == year).collect();
            path.push(self.grid("exposure_path", table, "population", &rows));
        }
        let [authority_sd, area_sd, births_sd] = self.model.walk;
        Movement::Path(Path { years: path, authority_sd, area_sd, births_sd })
    }
}
