//! `Siting`: frozen draws, options placed over them, the search.

use super::errors::to_py;
use super::fitted::Fitted;
use super::scenario::Scenario;
use super::watch::watched;
use crate::scenario::{self, changed_rows};
use crate::siting::{Candidate, FIGURES, Frozen, Limits, Outcome, other_pattern, place, search};
use numpy::{IntoPyArray, PyArray2, PyArray3, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// Draws whose children stand still.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug)]
pub struct Siting {
    frozen: Frozen,
    workers: usize,
}

/// A candidate: what so many modules are, places of a module, capital of a module, year of opening, group.
type Given<'py> = (Vec<PyRef<'py, Scenario>>, u32, f64, i32, usize);

/// Figures (draw by figure), codes of sites, rolls and places (draw, year, site).
type Placed<'py> = (Bound<'py, PyArray2<f64>>, Vec<String>, Bound<'py, PyArray3<u32>>, Bound<'py, PyArray3<u32>>);

#[pymethods]
impl Siting {
    /// Runs draws of a model without anybody being placed, and keeps the children of each.
    #[staticmethod]
    fn freeze(
        py: Python<'_>,
        fitted: &Fitted,
        to: i32,
        draws: (u64, u64),
        seed: u64,
        workers: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let case = Arc::clone(&fitted.case);
        let frozen =
            watched(py, progress, move |control| Frozen::new(case, to, draws.0..draws.1, seed, workers, control))?;
        Ok(Self { frozen, workers })
    }

    /// Names of the figures of an option.
    #[staticmethod]
    fn figures() -> Vec<&'static str> {
        FIGURES.to_vec()
    }

    /// Figures of an option, draw by draw, averaged over Januaries from `from_year` on; rolls of some sites.
    fn place<'py>(
        &self,
        py: Python<'py>,
        scenarios: Vec<PyRef<'py, Scenario>>,
        from_year: i32,
        sites: Vec<String>,
    ) -> PyResult<Placed<'py>> {
        let scenarios: Vec<scenario::Scenario> = scenarios.iter().map(|s| s.inner.clone()).collect();
        let (frozen, workers) = (&self.frozen, self.workers);
        let found = watched(py, None, |control| {
            let rows = changed_rows(&frozen.case, &scenarios)?.provision.unwrap_or_default();
            place(frozen, rows, from_year, &sites, workers, control)
        })?;
        let Outcome { figures, sites, rolls } = found;
        let rows: Vec<Vec<f64>> = figures.iter().map(|draw| draw.to_vec()).collect();
        let shape = [rolls.len(), rolls.first().map_or(0, Vec::len), sites.len()];
        let of = |pick: fn(&(u32, u32)) -> u32| {
            let all: Vec<u32> = rolls.iter().flatten().flatten().map(pick).collect();
            all.into_pyarray(py).reshape(shape)
        };
        Ok((PyArray2::from_vec2(py, &rows)?, sites, of(|r| r.0)?, of(|r| r.1)?))
    }

    /// The best option found: modules of each candidate, its value, single steps, and how it was found.
    #[expect(clippy::too_many_arguments, reason = "limits of the search; Python names them")]
    fn search<'py>(
        &self,
        py: Python<'py>,
        candidates: Vec<Given<'py>>,
        places: u32,
        beyond: u32,
        capital: f64,
        by_year: Vec<(i32, f64)>,
        weights: [f64; 4],
        from_year: i32,
        most: (usize, usize),
        start: Option<Vec<u32>>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let candidate = |(scenarios, places, capital, year, group): Given<'py>| Candidate {
            scenarios: scenarios.iter().map(|s| s.inner.clone()).collect(),
            places,
            capital,
            year,
            group,
        };
        let candidates: Vec<Candidate> = candidates.into_iter().map(candidate).collect();
        let limits = Limits { places, beyond, capital, by_year, exhaustive: most.0, evaluations: most.1 };
        let (frozen, workers) = (&self.frozen, self.workers);
        let start: Option<Vec<u8>> = start.map(|start| start.iter().map(|&n| n as u8).collect());
        let found = watched(py, progress, |control| {
            search(frozen, &candidates, &limits, weights, from_year, start.as_deref(), workers, control)
        })?;
        let result = PyDict::new(py);
        let modules: Vec<u32> = found.modules.iter().map(|&n| n.into()).collect();
        result.set_item("modules", modules)?;
        result.set_item("value", found.value)?;
        result.set_item("searched", found.searched)?;
        result.set_item("evaluations", found.evaluations)?;
        result.set_item("exhaustive", found.exhaustive)?;
        let near: Vec<(Vec<u32>, f64)> =
            found.near.iter().map(|(n, v)| (n.iter().map(|&n| n.into()).collect(), *v)).collect();
        result.set_item("near", near)?;
        let path: Vec<(usize, f64)> = found.path.iter().map(|step| (step.candidate, step.value)).collect();
        result.set_item("path", path)?;
        Ok(result)
    }
}

/// The same model with another pattern of where children live.
#[pyfunction]
pub fn with_pattern(py: Python<'_>, fitted: &Fitted, pattern: u64, spread: f64) -> PyResult<Fitted> {
    let case = Arc::clone(&fitted.case);
    let case = py.detach(move || other_pattern(&case, pattern, spread)).map_err(to_py)?;
    Ok(Fitted { case: Arc::new(case), ..fitted.clone() })
}

/// Sites as they stand in a January: code, setting, whether in the authority, places for own children.
#[pyfunction]
pub fn standing_sites(fitted: &Fitted, year: i32) -> Vec<(String, String, bool, u32)> {
    let case = &fitted.case;
    let mut found: Vec<(String, String, bool, u32)> = vec![];
    for site in case.provision.iter().flat_map(|provision| &provision.sites) {
        let delays = vec![0; site.capacity.openings().len()];
        let places = site.capacity.in_year(year, site.ages, &delays).own;
        if let Some(known) = found.iter_mut().find(|known| known.0 == site.code) {
            known.3 += places;
        } else {
            let setting = case.world.settings.code(site.setting).to_string();
            found.push((site.code.clone(), setting, site.in_authority, places));
        }
    }
    found
}
