//! `Projection`: tables from a run, counted once and exactly.

use super::arrays::columns;
use super::errors::to_py;
use super::fitted::Fitted;
use super::watch::watched;
use crate::domain::{AgeRange, Grain};
use crate::engine::{self, Control, Request, default_margins};
use crate::error::{Error, Problem, all_or};
use crate::measures::{CubeSpec, Measure};
use crate::summary::{Ask, By, draws_of, expected_table, share_above, table};
use numpy::{IntoPyArray, PyArray2, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A run and its exact histograms.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug)]
pub struct Projection {
    inner: engine::Projection,
}

/// Labels of rows, and draw by row.
type Draws<'py> = (Bound<'py, PyDict>, Bound<'py, PyArray2<i32>>);

/// Axes by name, at most once each.
fn axes(names: &[String], argument: &str, problems: &mut Vec<Problem>) -> Vec<By> {
    let mut by = Vec::new();
    for name in names.iter().filter(|name| *name != "year") {
        match By::parse(name, argument) {
            Ok(axis) if by.contains(&axis) => {}
            Ok(axis) => by.push(axis),
            Err(problem) => problems.push(problem),
        }
    }
    by
}

fn measure(name: &str, ages: (i64, i64), problems: &mut Vec<Problem>) -> Measure {
    let range = u8::try_from(ages.0).ok().zip(u8::try_from(ages.1).ok()).and_then(|(a, b)| AgeRange::new(a, b));
    match (name, range) {
        ("plans", _) => Measure::Plans,
        ("new_plans", _) => Measure::NewPlans,
        ("demand", Some(range)) => Measure::Demand(range),
        ("demand", None) => {
            let message = format!("ages must be a range within 0 to 25, got {} to {}", ages.0, ages.1);
            problems.push(Problem::new("bad-age", "argument ages", message));
            Measure::Plans
        }
        _ => {
            problems.push(Problem::new("unknown-measure", "argument measures", format!("unknown measure {name}")));
            Measure::Plans
        }
    }
}

fn ask(
    name: &str,
    by: &[String],
    filter: &[(String, Vec<String>)],
    totals: bool,
    ages: (i64, i64),
) -> PyResult<Ask> {
    let mut problems = Vec::new();
    let measure = measure(name, ages, &mut problems);
    let by = axes(by, "by", &mut problems);
    let mut filters = Vec::new();
    for (axis, labels) in filter {
        match By::parse(axis, "where") {
            Ok(axis) => filters.push((axis, labels.clone())),
            Err(problem) => problems.push(problem),
        }
    }
    all_or(problems, Ask { measure, by, filter: filters, totals }).map_err(to_py)
}

/// The cubes that hold the margins named, or the default ones.
fn margins(measures: &[String], names: Option<Vec<Vec<String>>>) -> PyResult<Vec<CubeSpec>> {
    let mut problems = Vec::new();
    let school = (4, 15);
    let measures: Vec<Measure> = measures.iter().map(|name| measure(name, school, &mut problems)).collect();
    let specs = match names {
        None => default_margins().into_iter().filter(|spec| measures.contains(&spec.measure)).collect(),
        Some(names) => {
            let mut specs = Vec::new();
            for name in names {
                let mut grains = [Grain::All; 4];
                for by in axes(&name, "margins", &mut problems) {
                    let (d, grain) = by.place();
                    grains[d] = grains[d].max(grain);
                }
                specs.extend(measures.iter().map(|&measure| CubeSpec {
                    measure,
                    grains,
                    mask: Default::default(),
                }));
            }
            specs
        }
    };
    all_or(problems, specs).map_err(to_py)
}

#[pymethods]
impl Projection {
    /// Runs the draws of a fitted model.
    #[staticmethod]
    #[pyo3(signature = (fitted, to, draws, seed, workers, measures, margins, keep, progress))]
    #[expect(clippy::too_many_arguments, reason = "the recipe has this many ingredients; Python names them")]
    fn run(
        py: Python<'_>,
        fitted: &Fitted,
        to: i32,
        draws: u64,
        seed: u64,
        workers: Option<usize>,
        measures: Vec<String>,
        margins: Option<Vec<Vec<String>>>,
        keep: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let request = Request { to, draws, seed, workers, margins: self::margins(&measures, margins)?, keep };
        let case = fitted.case.clone();
        let inner = watched(py, progress, move |control| engine::project(case, request, control))?;
        Ok(Self { inner })
    }

    /// One measure by year and axes, summarised over draws.
    fn table<'py>(
        &self,
        py: Python<'py>,
        measure: &str,
        by: Vec<String>,
        filter: Vec<(String, Vec<String>)>,
        totals: bool,
        ages: (i64, i64),
    ) -> PyResult<Bound<'py, PyDict>> {
        let ask = ask(measure, &by, &filter, totals, ages)?;
        let table = watched(py, None, |control| table(&self.inner, &ask, control))?;
        columns(py, table)
    }

    /// Share of draws strictly above one level for each row of the same table.
    #[expect(clippy::too_many_arguments, reason = "the arguments of `table` and the levels")]
    fn share_above<'py>(
        &self,
        py: Python<'py>,
        measure: &str,
        by: Vec<String>,
        filter: Vec<(String, Vec<String>)>,
        totals: bool,
        ages: (i64, i64),
        levels: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<Bound<'py, numpy::PyArray1<f64>>> {
        let ask = ask(measure, &by, &filter, totals, ages)?;
        let shares = share_above(&self.inner, &ask, levels.as_slice()?, &Control::default()).map_err(to_py)?;
        Ok(shares.into_pyarray(py))
    }

    /// Kept draws: the rows' labels, and an array of draw by row.
    fn draws<'py>(
        &self,
        py: Python<'py>,
        measure: &str,
        by: Vec<String>,
        ages: (i64, i64),
    ) -> PyResult<Option<Draws<'py>>> {
        let ask = ask(measure, &by, &[], false, ages)?;
        let found = watched(py, None, |control| draws_of(&self.inner, &ask, control))?;
        let Some((table, draws)) = found else { return Ok(None) };
        Ok(Some((columns(py, table)?, PyArray2::from_vec2(py, &draws)?)))
    }

    /// First and last January, draws, seed, threads, whether draws are kept.
    #[getter]
    fn recipe(&self) -> (i32, i32, u64, u64, usize, bool) {
        let Request { to, draws, seed, workers, keep, .. } = *self.inner.request();
        (self.inner.case().base_year, to, draws, seed, workers, keep)
    }

    /// Hash of every histogram counted so far: equal for equal results.
    #[getter]
    fn digest(&self) -> String {
        format!("{:016x}", self.inner.digest())
    }
}

/// The mean path of a fitted model, without draws.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of `Projection.table` and the recipe")]
pub fn expected<'py>(
    py: Python<'py>,
    fitted: &Fitted,
    to: i32,
    measure: &str,
    by: Vec<String>,
    filter: Vec<(String, Vec<String>)>,
    totals: bool,
    ages: (i64, i64),
) -> PyResult<Bound<'py, PyDict>> {
    let ask = ask(measure, &by, &filter, totals, ages)?;
    if let Some(problem) = fitted.case.reaches(to) {
        return Err(to_py(Error::Input(vec![problem])));
    }
    let table = py.detach(|| expected_table(&fitted.case, to, &ask)).map_err(to_py)?;
    columns(py, table)
}
