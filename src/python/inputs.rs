//! `Inputs`: checked tables of one authority.

use super::errors::to_py;
use crate::data::{self, RawColumn, RawInputs, RawTable};
use crate::domain::{Codes, Need, Setting};
use crate::io;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Columns of text by head, in the order they were given.
pub(super) type Columns<'py> = BTreeMap<String, Bound<'py, PyDict>>;

/// Checked inputs: nothing is loaded unless everything is in order.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug, Clone)]
pub struct Inputs {
    pub(super) inputs: Arc<data::Inputs>,
}

pub(super) fn raw_tables(tables: Columns<'_>) -> PyResult<Vec<RawTable>> {
    let column = |(name, values): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        Ok(RawColumn { name: name.extract()?, values: values.extract()? })
    };
    let table = |(name, columns): (String, Bound<'_, PyDict>)| {
        Ok(RawTable { name, columns: columns.iter().map(column).collect::<PyResult<_>>()? })
    };
    tables.into_iter().map(table).collect()
}

fn checked(raw: RawInputs, problems: Vec<crate::Problem>) -> PyResult<Inputs> {
    let inputs = data::Inputs::check_after(raw, problems).map_err(to_py)?;
    Ok(Inputs { inputs: Arc::new(inputs) })
}

fn declared(codes: &Codes) -> Vec<String> {
    codes.declared().iter().map(|&ix| codes.code(ix).to_string()).collect()
}

#[pymethods]
impl Inputs {
    /// A folder of CSV tables, with tables read elsewhere (Parquet, workbooks) added; `authority` stands for the
    /// content of `authority.toml` where the folder has no such file.
    #[staticmethod]
    #[pyo3(signature = (folder, tables, authority=None))]
    fn read(py: Python<'_>, folder: &str, tables: Columns<'_>, authority: Option<String>) -> PyResult<Self> {
        let extra = raw_tables(tables)?;
        py.detach(|| {
            let mut files = io::read_folder(Path::new(folder)).map_err(to_py)?;
            files.raw.tables.extend(extra);
            if let Some(text) = authority {
                files.stand_in(text);
            }
            checked(files.raw, files.problems)
        })
    }

    /// Text of `authority.toml` and columns of text by table and head.
    #[staticmethod]
    #[pyo3(signature = (authority, tables, published))]
    fn from_tables(py: Python<'_>, authority: String, tables: Columns<'_>, published: bool) -> PyResult<Self> {
        let raw = RawInputs { authority, tables: raw_tables(tables)?, published };
        py.detach(|| checked(raw, vec![]))
    }

    /// Names of the tables that were given.
    #[getter]
    fn tables(&self) -> Vec<String> {
        self.inputs.raw.tables.iter().map(|table| table.name.clone()).collect()
    }

    /// Columns of a table as text, or `None` if it was not given.
    fn table<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(table) = self.inputs.raw.table(name) else { return Ok(None) };
        let columns = PyDict::new(py);
        for column in &table.columns {
            columns.set_item(&column.name, &column.values)?;
        }
        Ok(Some(columns))
    }

    /// Text of `authority.toml`.
    #[getter]
    fn authority(&self) -> String {
        self.inputs.raw.authority.clone()
    }

    /// Whether the tables are official figures as published.
    #[getter]
    fn published(&self) -> bool {
        self.inputs.raw.published
    }

    /// Name, code, currency of the authority.
    #[getter]
    fn names(&self) -> (String, String, String) {
        let authority = &self.inputs.authority;
        (authority.name.clone(), authority.code.clone(), authority.currency.clone())
    }

    /// Base year and price year.
    #[getter]
    fn years(&self) -> (i32, i32) {
        (self.inputs.authority.base_year, self.inputs.authority.price_year)
    }

    /// Codes of areas, needs and settings in declared order.
    #[getter]
    fn codes(&self) -> BTreeMap<&'static str, Vec<String>> {
        let authority = &self.inputs.authority;
        [&authority.area_codes, &authority.need_codes, &authority.setting_codes]
            .into_iter()
            .map(|codes| (codes.kind(), declared(codes)))
            .collect()
    }

    /// Flags: slug, table, years, meaning.
    #[getter]
    fn flags(&self) -> Vec<(String, String, Vec<i32>, String)> {
        let flags = self.inputs.flags.iter();
        flags
            .map(|flag| (flag.slug.clone(), flag.table.clone(), flag.years.clone(), flag.meaning.clone()))
            .collect()
    }

    /// Columns table, part, status, source, licence, `age_base`.
    #[getter]
    fn sources(&self) -> BTreeMap<&'static str, Vec<String>> {
        let column =
            |get: fn(&data::Source) -> &String| self.inputs.authority.sources.iter().map(get).cloned().collect();
        BTreeMap::from([
            ("table", column(|source| &source.table)),
            ("part", column(|source| &source.part)),
            ("status", column(|source| &source.status)),
            ("source", column(|source| &source.source)),
            ("licence", column(|source| &source.licence)),
            ("age_base", column(|source| &source.age_base)),
        ])
    }

    /// The base table: columns area, age, need, setting, plans, rows in canonical order.
    fn base<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (authority, rows) = (&self.inputs.authority, &self.inputs.base);
        let codes = |list: &Codes, at: fn(&crate::domain::BaseRow) -> usize| -> Vec<String> {
            rows.iter().map(|row| list.code(at(row)).to_string()).collect()
        };
        let columns = PyDict::new(py);
        columns.set_item("area", codes(&authority.area_codes, |row| row.area))?;
        columns.set_item("age", rows.iter().map(|row| row.age).collect::<Vec<_>>())?;
        columns.set_item("need", codes(&authority.need_codes, |row| row.need))?;
        columns.set_item("setting", codes(&authority.setting_codes, |row| row.setting))?;
        columns.set_item("plans", rows.iter().map(|row| row.plans).collect::<Vec<_>>())?;
        Ok(columns)
    }
}

/// Names with their meanings.
type Meanings = Vec<(&'static str, &'static str)>;

/// Slugs of inputs with their meanings: those that refuse, those that flag.
#[pyfunction]
pub fn input_slugs() -> (Meanings, Meanings) {
    (data::slugs::FAULTS.to_vec(), data::slugs::FLAGS.to_vec())
}

/// Tables of the input folder: name, whether required, required columns, optional columns.
#[pyfunction]
pub fn input_tables() -> Vec<(&'static str, bool, Vec<&'static str>, Vec<&'static str>)> {
    let rule = |rule: &data::TableRule| (rule.name, rule.required, rule.columns.to_vec(), rule.optional.to_vec());
    data::TABLES.iter().map(rule).collect()
}

/// A setting: code, name, specialist, commissioned, first and last age.
type SettingRow = (String, String, bool, bool, u8, u8);

/// The default needs (code, name, group) and settings, in declared order.
#[pyfunction]
pub fn default_codes() -> (Vec<(String, String, &'static str)>, Vec<SettingRow>) {
    let need = |need: Need| (need.code, need.name, need.group.code());
    let setting = |s: Setting| (s.code, s.name, s.specialist, s.commissioned, s.ages.from, s.ages.to);
    (Need::defaults().into_iter().map(need).collect(), Setting::defaults().into_iter().map(setting).collect())
}
