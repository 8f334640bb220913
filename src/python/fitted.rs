//! `Fitted`: a case ready to run, and what is known about how it came to be.

use super::errors::to_py;
use super::inputs::{Columns, raw_tables};
use crate::Case;
use crate::calibration::{ExplicitModel, NamedTable, SummaryRow, case_from, explicit_flags};
use crate::domain::AGES;
use crate::engine::{Move, expected_moves, expected_residents};
use crate::provision::{IndependentShare, OverflowRows};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Age, need, setting, setting a year later, expected children.
type Moves = Vec<(usize, String, String, Option<String>, f64)>;

/// A fitted model: parameters as distributions, base children, residents.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug, Clone)]
pub struct Fitted {
    pub(super) case: Arc<Case>,
    pub(super) flags: Vec<String>,
    pub(super) summary: Vec<SummaryRow>,
}

fn named_table(columns: &Bound<'_, PyDict>) -> PyResult<NamedTable> {
    let mut table = NamedTable::default();
    for (name, values) in columns.iter() {
        let name: String = name.extract()?;
        if let Ok(numbers) = values.extract::<PyReadonlyArray1<'_, f64>>() {
            table.rows = numbers.len()?;
            table.numbers.insert(name, numbers.as_slice()?.to_vec());
        } else {
            let text: Vec<String> = values.extract()?;
            table.rows = text.len();
            table.text.insert(name, text);
        }
    }
    Ok(table)
}

#[pymethods]
impl Fitted {
    /// Explicit tables: text columns as lists, number columns as float64 arrays of one length.
    #[staticmethod]
    #[pyo3(signature = (base_year, areas, needs, settings, tables, walk, without_plans, supply, overflow, authority))]
    #[expect(clippy::too_many_arguments, reason = "the ingredients of a model; Python names them")]
    fn from_tables(
        base_year: i32,
        areas: Vec<String>,
        needs: Vec<String>,
        settings: Vec<String>,
        tables: BTreeMap<String, Bound<'_, PyDict>>,
        walk: [f64; 3],
        without_plans: bool,
        supply: Columns<'_>,
        overflow: (f64, f64),
        authority: Option<String>,
    ) -> PyResult<Self> {
        let tables =
            tables.into_iter().map(|(name, table)| Ok((name, named_table(&table)?))).collect::<PyResult<_>>()?;
        let supply = raw_tables(supply)?;
        let (share, return_at_phase_transfer) = overflow;
        let everybody = IndependentShare { phase: None, need: None, share };
        let overflow = OverflowRows { independent: vec![everybody], return_at_phase_transfer };
        let model = ExplicitModel {
            base_year,
            areas,
            needs,
            settings,
            tables,
            walk,
            without_plans,
            supply,
            authority,
            overflow,
        };
        let case = case_from(&model).map_err(to_py)?;
        Ok(Self { flags: explicit_flags(&case), case: Arc::new(case), summary: vec![] })
    }

    /// January census of the base children.
    #[getter]
    fn base_year(&self) -> i32 {
        self.case.base_year
    }

    /// Hash of everything that decides a result.
    #[getter]
    fn fingerprint(&self) -> String {
        format!("{:016x}", self.case.fingerprint)
    }

    /// Slugs of what to know before trusting a result.
    #[getter]
    fn flags(&self) -> Vec<String> {
        self.flags.clone()
    }

    /// What each quantity rests on: quantity, value, status, source.
    #[getter]
    fn summary(&self) -> Vec<(String, String, &'static str, String)> {
        let row = |row: &SummaryRow| (row.quantity.clone(), row.value.clone(), row.status, row.source.clone());
        self.summary.iter().map(row).collect()
    }

    /// The same model with effects of other sizes, by name: for the derivation of the shipped sizes.
    fn with_effects(&self, sizes: BTreeMap<String, f64>) -> PyResult<Self> {
        let mut rows = (*self.case.rows).clone();
        for effect in rows.parameters.trend.iter_mut().flat_map(|trend| &mut trend.effects) {
            effect.sd = sizes.get(&effect.name).copied().unwrap_or(effect.sd);
        }
        Ok(Self { case: Arc::new(Case::new(rows).map_err(to_py)?), ..self.clone() })
    }

    /// Expected moves of the base year's children in one year: age, need, setting, `to_setting` (none: left),
    /// children.
    fn moves(&self) -> Moves {
        let world = &self.case.world;
        let row = |each: Move| {
            let to = each.to.map(|to| world.settings.code(to).to_string());
            let (need, from) = (world.needs.code(each.need), world.settings.code(each.from));
            (each.age, need.to_string(), from.to_string(), to, each.children)
        };
        expected_moves(&self.case).into_iter().map(row).collect()
    }

    /// Expected residents: year, area, age, residents, one entry a row, areas in declared order.
    fn residents(&self, to: i32) -> Vec<(i32, String, usize, f64)> {
        let areas = &self.case.world.areas;
        let rows = expected_residents(&self.case, to).into_iter().zip(self.case.base_year..);
        rows.flat_map(|(now, year)| {
            let cells = areas.declared().iter().flat_map(|&area| (0..AGES).map(move |age| (area, age)));
            cells
                .map(|(area, age)| (year, areas.code(area).to_string(), age, now[age * areas.len() + area]))
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// Codes of areas, needs and settings in declared order.
    #[getter]
    fn codes(&self) -> BTreeMap<&'static str, Vec<String>> {
        let world = &self.case.world;
        [&world.areas, &world.needs, &world.settings]
            .into_iter()
            .map(|codes| (codes.kind(), codes.declared().iter().map(|&i| codes.code(i).to_string()).collect()))
            .collect()
    }
}
