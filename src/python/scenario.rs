//! `Scenario`: a checked file of changes.

use super::errors::to_py;
use super::fitted::Fitted;
use crate::scenario::{self, apply};
use pyo3::prelude::*;
use std::sync::Arc;

/// A scenario as read; codes are checked when it is applied.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(super) inner: scenario::Scenario,
    text: String,
}

#[pymethods]
impl Scenario {
    /// Reads TOML; `file` names it in messages.
    #[staticmethod]
    fn read(text: String, file: &str) -> PyResult<Self> {
        let inner = scenario::read(&text, file).map_err(to_py)?;
        Ok(Self { inner, text })
    }

    /// Name.
    #[getter]
    fn name(&self) -> &str {
        &self.inner.name
    }

    /// What it is about.
    #[getter]
    fn description(&self) -> &str {
        &self.inner.description
    }

    /// Name in messages.
    #[getter]
    fn file(&self) -> &str {
        &self.inner.file
    }

    /// The TOML it was read from.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// The changes in order, as JSON.
    #[getter]
    fn changes(&self) -> PyResult<Vec<String>> {
        let json = |change: &scenario::Change| {
            serde_json::to_string(change).map_err(|fault| to_py(crate::Error::Internal(fault.to_string())))
        };
        self.inner.changes.iter().map(|(change, _)| json(change)).collect()
    }
}

/// JSON Schema of a scenario file.
#[pyfunction]
pub fn scenario_schema() -> String {
    scenario::schema()
}

/// The model with the changes of all scenarios applied in order.
#[pyfunction]
pub fn with_scenarios(py: Python<'_>, fitted: &Fitted, scenarios: Vec<PyRef<'_, Scenario>>) -> PyResult<Fitted> {
    let (case, all) = (Arc::clone(&fitted.case), scenarios.iter().map(|s| s.inner.clone()).collect::<Vec<_>>());
    let case = py.detach(move || apply(&case, &all)).map_err(to_py)?;
    Ok(Fitted { case: Arc::new(case), ..fitted.clone() })
}
