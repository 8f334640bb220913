//! `fit`: from checked inputs to a fitted model.

use super::errors::to_py;
use super::fitted::Fitted;
use super::inputs::Inputs;
use crate::calibration::{self, FLAGS};
use pyo3::prelude::*;
use std::sync::Arc;

/// Fits an authority; `england_csv` is England's series as text, `history` the first and last year learnt from.
#[pyfunction]
#[pyo3(signature = (inputs, england_csv, history))]
pub fn fit(py: Python<'_>, inputs: &Inputs, england_csv: &str, history: Option<(i32, i32)>) -> PyResult<Fitted> {
    let data = Arc::clone(&inputs.inputs);
    let fit = py.detach(|| calibration::fit(&data, england_csv, history)).map_err(to_py)?;
    Ok(Fitted { case: Arc::new(fit.case), flags: fit.flags, summary: fit.summary })
}

/// Slugs that a fit may raise, with their meanings.
#[pyfunction]
pub fn fit_flags() -> Vec<(&'static str, &'static str)> {
    FLAGS.to_vec()
}
