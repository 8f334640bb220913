//! Shares of the children without a place who go to independent schools, by phase and need.

use super::{NamedTable, Reader};
use crate::domain::{Phase, nearest};
use crate::error::Problem;
use crate::provision::{IndependentShare, OverflowRows};

const TABLE: &str = "independent_share";

impl Reader<'_> {
    /// What happens to children who find no place: the table of shares if there is one, else one share for all.
    pub(super) fn overflow(&mut self) -> OverflowRows {
        let Some(table) = self.table(TABLE, false) else { return self.model.overflow.clone() };
        let phases = self.phases(table);
        let need = self.codes(table, TABLE, "need", true);
        let shares = self.numbers(table, TABLE, "share");
        let row = |((&phase, &need), &share): ((&Option<Phase>, &Option<usize>), &f64)| IndependentShare {
            phase,
            need,
            share,
        };
        let rows: Vec<_> = phases.iter().zip(&need).zip(shares).map(row).collect();
        for phase in Phase::ALL {
            for need in 0..self.world.needs.len() {
                let fits = |row: &&IndependentShare| {
                    row.phase.is_none_or(|p| p == phase) && row.need.is_none_or(|n| n == need)
                };
                let (slug, what) = match rows.iter().filter(fits).count() {
                    0 => ("missing-rows", "has no row"),
                    1 => continue,
                    _ => ("overlapping-rows", "has more than one row"),
                };
                let message = format!("{} with need {} {what}", phase.code(), self.world.needs.code(need));
                self.problems.push(Problem::new(slug, TABLE, message));
            }
        }
        OverflowRows { independent: rows, ..self.model.overflow.clone() }
    }

    /// The column `phase`; `None` in a row means `all`, an absent column means all rows are.
    fn phases(&mut self, table: &NamedTable) -> Vec<Option<Phase>> {
        let Some(values) = table.text.get("phase") else { return vec![None; table.rows] };
        let mut phases = Vec::with_capacity(values.len());
        for (row, value) in values.iter().enumerate() {
            let phase = Phase::ALL.into_iter().find(|phase| phase.code() == value);
            if phase.is_none() && value != "all" {
                let near = nearest(value, Phase::ALL.map(Phase::code).into_iter()).unwrap_or_default();
                let message = format!("unknown phase {value}, nearest is {near}");
                self.fault(TABLE, row, "phase", "unknown-code", message);
            }
            phases.push(phase);
        }
        phases
    }
}
