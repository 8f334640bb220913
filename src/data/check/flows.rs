//! New, ceased, moved and transferred plans; requests for assessment.

use super::Lists;
use super::plans::Keys;
use crate::data::inputs::{Flow, FlowRow, RequestRow};
use crate::data::sheet::{OrAll, Sheet, quoted};
use crate::data::slugs;
use crate::domain::{Codes, nearest};

/// Flows of plans.
pub(super) fn flows(sheet: &mut Sheet, lists: &Lists) -> Vec<FlowRow> {
    let (needs, settings) = (&lists.authority.need_codes, &lists.authority.setting_codes);
    let mut rows = vec![];
    let mut keys = Keys::new();
    for row in 0..sheet.table.rows() {
        let (year, flow) = (sheet.year(row, "year"), flow(sheet, row));
        let (ages, need) = (sheet.ages(row, "age"), sheet.code_or_all(row, "need", needs));
        let setting = sheet.code_or_all(row, "setting", settings);
        let to_need = after(sheet, row, "to_need", needs);
        let to_setting = after(sheet, row, "to_setting", settings);
        let plans = sheet.count(row, "plans", "plans");
        let (Some(year), Some(flow), Some(ages)) = (year, flow, ages) else { continue };
        let (Some(OrAll(need)), Some(OrAll(setting))) = (need, setting) else { continue };
        let (Some(OrAll(to_need)), Some(OrAll(to_setting))) = (to_need, to_setting) else { continue };
        keys.add(sheet, row, "plans", (year, flow, ages, need, setting, to_need, to_setting));
        let Some(plans) = plans else { continue };
        rows.push(FlowRow { year, flow, ages, need, setting, to_need, to_setting, plans, row: row + 1 });
    }
    rows
}

/// A code after a move; tables without moves may leave the column out.
fn after(sheet: &mut Sheet, row: usize, column: &str, codes: &Codes) -> Option<OrAll> {
    if sheet.has(column) { sheet.code_or_all(row, column, codes) } else { Some(OrAll(None)) }
}

fn flow(sheet: &mut Sheet, row: usize) -> Option<Flow> {
    let text = sheet.text(row, "flow")?;
    let flow = Flow::ALL.into_iter().find(|flow| flow.code() == text);
    if flow.is_none() {
        let near = nearest(text, Flow::ALL.iter().map(|flow| flow.code())).unwrap_or_default();
        let message = format!("flow {} is not known", quoted(text));
        sheet.fault(slugs::UNKNOWN_FLOW, row, "flow", message, &format!("did you mean {near}?"));
    }
    flow
}

/// Requests for assessment; a blank in official tables is a figure that was not published.
pub(super) fn requests(sheet: &mut Sheet, lists: &Lists) -> Vec<RequestRow> {
    let mut rows = vec![];
    let mut keys = Keys::new();
    for row in 0..sheet.table.rows() {
        let mut known = |column: &str| {
            let unpublished = lists.published && sheet.cell(row, column) == Some("");
            if unpublished { None } else { sheet.count(row, column, "plans") }
        };
        let (requests, agreed) = (known("requests"), known("agreed"));
        let (issued, within_20_weeks) = (known("issued"), known("within_20_weeks"));
        let Some(year) = sheet.year(row, "year") else { continue };
        keys.add(sheet, row, "year", year);
        rows.push(RequestRow { year, requests, agreed, issued, within_20_weeks });
    }
    rows
}
