//! The tables and their columns: one list for checks, messages, templates and docs.

/// A table of the input folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRule {
    /// Name, without an ending.
    pub name: &'static str,
    /// Whether inputs are refused without it.
    pub required: bool,
    /// Columns it must have.
    pub columns: &'static [&'static str],
    /// Columns it may have.
    pub optional: &'static [&'static str],
}

const fn rule(
    name: &'static str,
    required: bool,
    columns: &'static [&'static str],
    optional: &'static [&'static str],
) -> TableRule {
    TableRule { name, required, columns, optional }
}

/// All tables, in the order people meet them.
pub const TABLES: &[TableRule] = &[
    rule("areas", true, &["area", "name", "planning_area"], &["latitude", "longitude"]),
    rule("population", true, &["year", "area", "age", "population"], &[]),
    rule("population_control", false, &["year", "age", "population"], &[]),
    rule("plans", true, &["year", "area", "age", "need", "setting", "plans"], &["required"]),
    rule("flows", false, &["year", "flow", "age", "need", "setting", "plans"], &["to_need", "to_setting"]),
    rule("requests", false, &["year", "requests"], &["agreed", "issued", "within_20_weeks"]),
    rule("waiting", false, &["year", "area", "age", "need", "plans"], &[]),
    rule("support", false, &["year", "area", "age", "need", "kind", "children"], &[]),
    rule(
        "sites",
        false,
        &["site", "name", "setting", "authority", "needs", "age_from", "age_to"],
        &["area", "latitude", "longitude", "host", "tolerance"],
    ),
    rule(
        "places",
        false,
        &["site", "year", "places", "status", "counted_as"],
        &["held_for_others", "age_from", "age_to", "needs"],
    ),
    rule("occupied", false, &["site", "year", "age", "need", "plans"], &[]),
    rule("travel", false, &["area", "site", "minutes", "km"], &[]),
    rule("costs", false, &["setting", "need", "place_filled", "place_empty", "top_up", "transport"], &[]),
];

impl TableRule {
    /// The rule of a table.
    pub fn of(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|rule| rule.name == name)
    }

    /// Every column it knows.
    pub fn known(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().chain(self.optional).copied()
    }
}
