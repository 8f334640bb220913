//! Plans in force, children waiting, children supported without a plan.

use super::Lists;
use super::people::check_years;
use crate::data::inputs::{PlanRow, SupportRow, WaitingRow};
use crate::data::sheet::{OrAll, Sheet};
use crate::data::slugs;
use crate::domain::{AgeRange, Codes};
use std::collections::BTreeMap;

/// Rows already read, by key.
pub(super) struct Keys<K>(BTreeMap<K, usize>);

impl<K: Ord> Keys<K> {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Keeps the key; a second row with it is a fault.
    pub(super) fn add(&mut self, sheet: &mut Sheet, row: usize, column: &str, key: K) {
        if let Some(&earlier) = self.0.get(&key) {
            let message = format!("row {} stands for the same thing", earlier + 1);
            sheet.fault(slugs::DUPLICATE_KEY, row, column, message, "add the counts up, or leave one row out");
        } else {
            self.0.insert(key, row);
        }
    }
}

/// An area or `all`; unknown when the table of areas could not be read.
fn area(sheet: &mut Sheet, row: usize, areas: &Codes) -> Option<OrAll> {
    if areas.is_empty() { None } else { sheet.code_or_all(row, "area", areas) }
}

/// Plans in force.
pub(super) fn plans(sheet: &mut Sheet, lists: &Lists) -> Vec<PlanRow> {
    let (needs, settings) = (&lists.authority.need_codes, &lists.authority.setting_codes);
    let mut rows = vec![];
    let mut keys = Keys::new();
    let with_required = sheet.has("required");
    for row in 0..sheet.table.rows() {
        let (year, area) = (sheet.year(row, "year"), area(sheet, row, lists.areas));
        let (ages, need) = (sheet.ages(row, "age"), sheet.code_or_all(row, "need", needs));
        let setting = sheet.code_or_all(row, "setting", settings);
        let required =
            if with_required { sheet.code_or_all(row, "required", settings) } else { Some(OrAll(None)) };
        let plans = sheet.count(row, "plans", "plans");
        let (Some(year), Some(OrAll(area)), Some(ages)) = (year, area, ages) else { continue };
        let (Some(OrAll(need)), Some(OrAll(setting))) = (need, setting) else { continue };
        let Some(OrAll(required)) = required else { continue };
        keys.add(sheet, row, "plans", (year, area, ages, need, setting, required));
        let Some(plans) = plans else { continue };
        rows.push(PlanRow { year, area, ages, need, setting, required, plans, row: row + 1 });
    }
    if !lists.published {
        check_years(sheet, &rows.iter().map(|row| row.year).collect());
    }
    rows
}

/// Children documented as waiting.
pub(super) fn waiting(sheet: &mut Sheet, lists: &Lists) -> Vec<WaitingRow> {
    let mut rows = vec![];
    let mut keys: Keys<(i32, Option<usize>, AgeRange, Option<usize>)> = Keys::new();
    for row in 0..sheet.table.rows() {
        let (year, area) = (sheet.year(row, "year"), area(sheet, row, lists.areas));
        let ages = sheet.ages(row, "age");
        let need = sheet.code_or_all(row, "need", &lists.authority.need_codes);
        let plans = sheet.count(row, "plans", "plans");
        let (Some(year), Some(OrAll(area)), Some(ages), Some(OrAll(need))) = (year, area, ages, need) else {
            continue;
        };
        keys.add(sheet, row, "plans", (year, area, ages, need));
        rows.extend(plans.map(|plans| WaitingRow { year, area, ages, need, plans }));
    }
    rows
}

/// Children supported without a plan.
pub(super) fn support(sheet: &mut Sheet, lists: &Lists) -> Vec<SupportRow> {
    let mut rows = vec![];
    let mut keys = Keys::new();
    for row in 0..sheet.table.rows() {
        let (year, area) = (sheet.year(row, "year"), area(sheet, row, lists.areas));
        let ages = sheet.ages(row, "age");
        let need = sheet.code_or_all(row, "need", &lists.authority.need_codes);
        let kind = sheet.text(row, "kind");
        let children = sheet.count(row, "children", "population");
        let (Some(year), Some(OrAll(area)), Some(ages)) = (year, area, ages) else { continue };
        let (Some(OrAll(need)), Some(kind)) = (need, kind) else { continue };
        keys.add(sheet, row, "children", (year, area, ages, need, kind));
        let kind = kind.to_string();
        rows.extend(children.map(|children| SupportRow { year, area, ages, need, kind, children }));
    }
    rows
}
