//! Authorities made for the tests: tables in the input schema, checked and fitted as anybody's are.

use std::fmt::Write as _;
use sufficiency::calibration::{Fit, fit};
use sufficiency::data::{Inputs, RawColumn, RawInputs, RawTable};

pub const BASE_YEAR: i32 = 2025;
/// In canonical order, which is that of their codes.
pub const SETTINGS: [&str; 3] = ["independent_special", "mainstream", "special"];

/// Rows of the tables of one authority with one need.
#[derive(Default)]
pub struct World {
    /// Residents of each age by area; the number of areas is its length.
    pub residents: Vec<f64>,
    /// Year, area, age, setting, plans.
    pub plans: Vec<(i32, usize, usize, usize, usize)>,
    pub flows: Vec<FlowOf>,
}

/// A row of flows.
pub struct FlowOf {
    pub year: i32,
    pub flow: &'static str,
    pub age: usize,
    /// Whether the need is named.
    pub by_need: bool,
    /// Setting, before a move if it is one.
    pub from: Option<usize>,
    pub to: Option<usize>,
    pub plans: usize,
}

impl FlowOf {
    /// A row by age alone.
    pub fn plain(year: i32, flow: &'static str, age: usize, plans: usize) -> Self {
        Self { year, flow, age, by_need: false, from: None, to: None, plans }
    }
}

fn table(name: &str, heads: &[&str], rows: Vec<Vec<String>>) -> RawTable {
    let mut columns: Vec<RawColumn> =
        heads.iter().map(|head| RawColumn { name: (*head).into(), values: vec![] }).collect();
    for row in rows {
        columns.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
    }
    RawTable { name: name.into(), columns }
}

impl World {
    pub fn fit(&self) -> Fit {
        fit(&Inputs::check(self.raw()).unwrap(), &england(), None).unwrap()
    }

    fn raw(&self) -> RawInputs {
        let area = |a: usize| format!("A{a:02}");
        let setting = |s: Option<usize>| s.map_or("all", |s| SETTINGS[s]).to_string();
        let mut authority = format!("schema = \"1.0\"\nname = \"Made\"\ncode = \"X1\"\nbase_year = {BASE_YEAR}\n");
        authority += "needs = [{ code = \"ASD\", group = \"communication\" }]\nsettings = [";
        for code in SETTINGS {
            let specialist = code != "mainstream";
            write!(authority, "{{ code = \"{code}\", specialist = {specialist} }}, ").unwrap();
        }
        authority += "]\n";
        let areas = (0..self.residents.len()).map(|a| vec![area(a), area(a), "P".into()]).collect();
        let people = (0..self.residents.len())
            .flat_map(|a| (0..26).map(move |age| (a, age)))
            .map(|(a, age)| vec![BASE_YEAR.to_string(), area(a), age.to_string(), self.residents[a].to_string()]);
        let plans = self.plans.iter().filter(|row| row.4 > 0).map(|&(year, a, age, s, plans)| {
            vec![year.to_string(), area(a), age.to_string(), "ASD".into(), setting(Some(s)), plans.to_string()]
        });
        let flows = self.flows.iter().filter(|row| row.plans > 0).map(|row| {
            let need = if row.by_need { "ASD" } else { "all" };
            let (from, to) = (setting(row.from), setting(row.to));
            vec![
                row.year.to_string(),
                row.flow.into(),
                row.age.to_string(),
                need.into(),
                from,
                to,
                row.plans.to_string(),
            ]
        });
        let mut tables = vec![
            table("areas", &["area", "name", "planning_area"], areas),
            table("population", &["year", "area", "age", "population"], people.collect()),
            table("plans", &["year", "area", "age", "need", "setting", "plans"], plans.collect()),
        ];
        if !self.flows.is_empty() {
            let heads = ["year", "flow", "age", "need", "setting", "to_setting", "plans"];
            tables.push(table("flows", &heads, flows.collect()));
        }
        RawInputs { authority, tables, published: false }
    }
}

/// England's published series, as the package carries it.
pub fn england() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/python/sufficiency/national/england.csv");
    std::fs::read_to_string(path).unwrap()
}
