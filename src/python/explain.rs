//! Worlds in which factors are held back, run draw by draw.

use super::asked::Asked;
use super::errors::to_py;
use super::fitted::Fitted;
use super::watch::watched;
use crate::case::{Case, CaseRows};
use crate::engine::{Control, Projection, Request};
use crate::error::{Error, Problem, Result};
use crate::explain::{Factor, hold, present};
use crate::summary::{Ask, Table, draws_of};
use numpy::PyArray2;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rayon::prelude::*;
use std::sync::Arc;

/// Labels of rows, and for each world an array of draw by row.
type Worlds<'py> = (Bound<'py, PyDict>, Vec<Bound<'py, PyArray2<f64>>>);

/// Names of all factors, in the order of tables.
#[pyfunction]
pub fn factors() -> Vec<&'static str> {
    Factor::ALL.map(Factor::name).to_vec()
}

/// Names of the factors that may change anything between two Januaries.
#[pyfunction]
pub fn factors_present(fitted: &Fitted, from_year: i32, to: i32) -> Vec<&'static str> {
    present(&fitted.case, (from_year, to)).into_iter().map(Factor::name).collect()
}

/// One measure in the two Januaries of `years`, draw by draw, in each of several worlds; a world is named by the
/// factors that are held back in it from the first January on. Without `seats` nobody is placed, which changes neither
/// plans nor what they require.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the recipe has this many ingredients; Python names them")]
pub fn held_worlds<'py>(
    py: Python<'py>,
    fitted: &Fitted,
    years: (i32, i32),
    worlds: Vec<Vec<String>>,
    asked: Asked,
    seats: bool,
    draws: (u64, u64),
    seed: u64,
    workers: usize,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Worlds<'py>> {
    let ask = asked.ask()?;
    let mut case = Arc::clone(&fitted.case);
    if !seats && case.provision.is_some() {
        let rows = CaseRows { provision: None, ..(*case.rows).clone() };
        case = Arc::new(Case::new(rows).map_err(to_py)?);
    }
    let known = |name: &String| {
        Factor::parse(name).ok_or_else(|| {
            let problem = Problem::new("unknown-factor", "argument factors", format!("unknown factor {name}"));
            to_py(Error::Input(vec![problem]))
        })
    };
    let worlds =
        worlds.iter().map(|held| held.iter().map(known).collect()).collect::<PyResult<Vec<Vec<Factor>>>>()?;
    let found = watched(py, progress, move |control| {
        let one = |held: &Vec<Factor>| {
            let case = Arc::new(hold(&case, years, held)?);
            // Worlds run side by side, so each of them takes one thread.
            let request =
                Request { to: years.1, draws: draws.0..draws.1, seed, workers: 1, margins: vec![], keep: true };
            of_two_years(&Projection::restored(case, None, request, vec![])?, &ask, years, control)
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
        let pool = pool.map_err(|e| Error::Internal(format!("threads could not be started: {e}")))?;
        pool.install(|| worlds.par_iter().map(one).collect::<Result<Vec<_>>>())
    })?;
    let mut arrays = Vec::with_capacity(found.len());
    let mut labels = Table::default();
    for (table, values) in found {
        arrays.push(PyArray2::from_vec2(py, &values)?);
        labels = table;
    }
    Ok((super::arrays::columns(py, labels)?, arrays))
}

/// Kept draws of the rows of two Januaries.
fn of_two_years(
    projection: &Projection,
    ask: &Ask,
    years: (i32, i32),
    control: &Control,
) -> Result<(Table, Vec<Vec<f64>>)> {
    let found = draws_of(projection, ask, control)?;
    let (mut table, draws) = found.ok_or_else(|| Error::Internal("no draws were kept".into()))?;
    let kept: Vec<usize> =
        (0..table.years.len()).filter(|&row| [years.0, years.1].contains(&table.years[row])).collect();
    table.years = kept.iter().map(|&row| table.years[row]).collect();
    for axis in &mut table.axes {
        axis.positions = kept.iter().map(|&row| axis.positions[row]).collect();
    }
    Ok((table, draws.iter().map(|draw| kept.iter().map(|&row| draw[row]).collect()).collect()))
}
