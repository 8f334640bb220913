//! `Projection`: tables from a run, counted once and exactly.

use super::arrays::columns;
use super::asked::{self, Asked};
use super::errors::to_py;
use super::fitted::Fitted;
use super::watch::watched;
use crate::engine::{self, Request};
use crate::error::{Error, Problem};
use crate::measures::CubeSpec;
use crate::numeric::Histograms;
use crate::summary::{draws_of, enough, expected_table, share_above, table};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A run and its exact histograms.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug)]
pub struct Projection {
    inner: engine::Projection,
}

/// Labels of rows, and draw by row.
type Draws<'py> = (Bound<'py, PyDict>, Bound<'py, PyArray2<f64>>);

/// Lowest values, offsets and counts of a set of histograms.
type Arrays<'py> = (Bound<'py, PyArray1<i32>>, Bound<'py, PyArray1<u64>>, Bound<'py, PyArray1<u32>>);
type ReadArrays<'py> = (PyReadonlyArray1<'py, i32>, PyReadonlyArray1<'py, u64>, PyReadonlyArray1<'py, u32>);

/// One cube: what is counted, how often, and kept draws.
type Sheet<'py> = (String, Arrays<'py>, Option<Bound<'py, PyArray2<i32>>>);

#[pymethods]
impl Projection {
    /// Runs the draws of a fitted model.
    #[staticmethod]
    #[pyo3(signature = (fitted, to, draws, seed, workers, measures, margins, keep, progress, against=None))]
    #[expect(clippy::too_many_arguments, reason = "the recipe has this many ingredients; Python names them")]
    fn run(
        py: Python<'_>,
        fitted: &Fitted,
        to: i32,
        draws: (u64, u64),
        seed: u64,
        workers: Option<usize>,
        measures: Vec<String>,
        margins: Option<Vec<Vec<String>>>,
        keep: bool,
        progress: Option<&Bound<'_, PyAny>>,
        against: Option<&Fitted>,
    ) -> PyResult<Self> {
        let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let with_sites = fitted.case.provision.is_some() && against.is_none_or(|a| a.case.provision.is_some());
        let margins = asked::margins(&measures, margins, with_sites)?;
        let request = Request { to, draws: draws.0..draws.1, seed, workers, margins, keep };
        let (case, second) = (fitted.case.clone(), against.map(|fitted| fitted.case.clone()));
        let inner = watched(py, progress, move |control| match second {
            Some(second) => engine::compare(case, second, request, control),
            None => engine::project(case, request, control),
        })?;
        Ok(Self { inner })
    }

    /// One measure by year and axes, summarised over draws.
    fn table<'py>(&self, py: Python<'py>, asked: Asked) -> PyResult<Bound<'py, PyDict>> {
        let ask = asked.ask()?;
        let table = watched(py, None, |control| table(&self.inner, &ask, control))?;
        columns(py, table)
    }

    /// Share of draws strictly above one level for each row of the same table.
    fn share_above<'py>(
        &self,
        py: Python<'py>,
        asked: Asked,
        levels: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (ask, levels) = (asked.ask()?, levels.as_slice()?.to_vec());
        let shares = watched(py, None, |control| share_above(&self.inner, &ask, &levels, control))?;
        Ok(shares.into_pyarray(py))
    }

    /// The least whole number that each row stays at or under in a share of the draws.
    fn enough<'py>(&self, py: Python<'py>, asked: Asked, share: f64) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let ask = asked.ask()?;
        Ok(watched(py, None, |control| enough(&self.inner, &ask, share, control))?.into_pyarray(py))
    }

    /// Kept draws: the rows' labels, and an array of draw by row.
    fn draws<'py>(&self, py: Python<'py>, asked: Asked) -> PyResult<Option<Draws<'py>>> {
        let ask = asked.ask()?;
        let found = watched(py, None, |control| draws_of(&self.inner, &ask, control))?;
        let Some((table, draws)) = found else { return Ok(None) };
        Ok(Some((columns(py, table)?, PyArray2::from_vec2(py, &draws)?)))
    }

    /// Whether the first case has sites.
    #[getter]
    fn has_sites(&self) -> bool {
        self.inner.case().provision.is_some()
    }

    /// Whether the first case has unit costs.
    #[getter]
    fn has_costs(&self) -> bool {
        !self.inner.case().rows.costs.is_empty()
    }

    /// First and last January, first draw and the one after the last, seed, threads, whether draws are kept.
    #[getter]
    fn recipe(&self) -> (i32, i32, (u64, u64), u64, usize, bool) {
        let Request { to, ref draws, seed, workers, keep, .. } = *self.inner.request();
        (self.inner.case().base_year, to, (draws.start, draws.end), seed, workers, keep)
    }

    /// Everything counted so far, cube by cube: what is counted as JSON, whether it was asked for at once, then the
    /// lowest value and offset of each series, all counts, and kept draws (draw by series).
    fn sheets<'py>(&self, py: Python<'py>) -> PyResult<Vec<Sheet<'py>>> {
        let sheets = self.inner.sheets().map_err(to_py)?;
        let of = |sheet: engine::Sheet| {
            let spec = serde_json::to_string(&sheet.spec).map_err(|e| to_py(Error::Internal(e.to_string())))?;
            let (first, offset, counts) = sheet.histograms.parts();
            let offset: Vec<u64> = offset.iter().map(|&at| at as u64).collect();
            let kept = sheet.kept.map(|kept| PyArray2::from_vec2(py, &kept)).transpose()?;
            let arrays =
                (first.to_vec().into_pyarray(py), offset.into_pyarray(py), counts.to_vec().into_pyarray(py));
            Ok((spec, arrays, kept))
        };
        sheets.into_iter().map(of).collect()
    }

    /// A projection from what `sheets` gave; the first `margins` of them were asked for at once.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "the recipe has this many ingredients; Python names them")]
    fn restored(
        py: Python<'_>,
        fitted: &Fitted,
        to: i32,
        draws: (u64, u64),
        seed: u64,
        workers: usize,
        keep: bool,
        margins: usize,
        sheets: Vec<(String, ReadArrays<'_>, Option<PyReadonlyArray2<'_, i32>>)>,
    ) -> PyResult<Self> {
        let range = draws.0..draws.1;
        let count = u32::try_from(range.end.saturating_sub(range.start)).unwrap_or(u32::MAX);
        let unreadable = |what: &str| {
            to_py(Error::Input(vec![Problem::new("damaged-file", "histograms", format!("{what} cannot be read"))]))
        };
        let mut read = Vec::new();
        for (spec, (first, offset, counts), kept) in sheets {
            let spec: CubeSpec = serde_json::from_str(&spec).map_err(|_| unreadable("a grouping"))?;
            let offset = offset.as_slice()?.iter().map(|&at| at as usize).collect();
            let histograms =
                Histograms::from_parts(count, first.as_slice()?.to_vec(), offset, counts.as_slice()?.to_vec())
                    .ok_or_else(|| unreadable("a set of histograms"))?;
            let kept = kept.map(|kept| kept.as_array().rows().into_iter().map(|row| row.to_vec()).collect());
            read.push(engine::Sheet { spec, histograms, kept });
        }
        let margins = read.iter().take(margins).map(|sheet| sheet.spec.clone()).collect();
        let request = Request { to, draws: range, seed, workers, margins, keep };
        let case = fitted.case.clone();
        let inner = watched(py, None, move |_| engine::Projection::restored(case, None, request, read))?;
        Ok(Self { inner })
    }

    /// One projection from those of ranges of its draws.
    #[staticmethod]
    fn merged(py: Python<'_>, ranges: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let ranges: Vec<&engine::Projection> = ranges.iter().map(|range| &range.inner).collect();
        let inner = watched(py, None, |_| engine::Projection::merged(&ranges))?;
        Ok(Self { inner })
    }

    /// How many of the sheets were asked for at once.
    #[getter]
    fn margins(&self) -> usize {
        self.inner.request().margins.len()
    }

    /// Hash of every histogram counted so far: equal for equal results.
    #[getter]
    fn digest(&self) -> String {
        format!("{:016x}", self.inner.digest())
    }
}

/// Child-years and random words of some draws of a fitted model: exact integers that no machine changes.
#[pyfunction]
pub fn work(py: Python<'_>, fitted: &Fitted, to: i32, draws: (u64, u64), seed: u64) -> PyResult<(u64, u64)> {
    if let Some(problem) = fitted.case.reaches(to) {
        return Err(to_py(Error::Input(vec![problem])));
    }
    let engine::Work { child_years, words } = py.detach(|| engine::work(&fitted.case, seed, draws.0..draws.1, to));
    Ok((child_years, words))
}

/// The mean path of a fitted model, without draws.
#[pyfunction]
pub fn expected<'py>(py: Python<'py>, fitted: &Fitted, to: i32, asked: Asked) -> PyResult<Bound<'py, PyDict>> {
    let ask = asked.ask()?;
    if let Some(problem) = fitted.case.reaches(to) {
        return Err(to_py(Error::Input(vec![problem])));
    }
    let table = py.detach(|| expected_table(&fitted.case, to, &ask)).map_err(to_py)?;
    columns(py, table)
}
