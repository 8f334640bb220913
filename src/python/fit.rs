//! `fit`: from checked inputs to a fitted model.

use super::errors::to_py;
use super::fitted::Fitted;
use super::inputs::Inputs;
use crate::calibration::{self, FLAGS, TrendTables};
use pyo3::prelude::*;
use std::sync::Arc;

/// Fits an authority; `england_csv` is England's series as text, `history` the first and last year learnt from,
/// `priors` the tables trend, `trend_grid`, `trend_models` and `national_grid` as text where the shipped ones shall not be used.
#[pyfunction]
#[pyo3(signature = (inputs, england_csv, history, priors=None))]
pub fn fit(
    py: Python<'_>,
    inputs: &Inputs,
    england_csv: &str,
    history: Option<(i32, i32)>,
    priors: Option<[String; 4]>,
) -> PyResult<Fitted> {
    let data = Arc::clone(&inputs.inputs);
    let fitted = || {
        let priors = priors.map_or_else(|| Ok(TrendTables::default()), TrendTables::without_authority)?;
        calibration::fit_with(&data, england_csv, history, &priors)
    };
    let fit = py.detach(fitted).map_err(to_py)?;
    Ok(Fitted { case: Arc::new(fit.case), flags: fit.flags, summary: fit.summary })
}

/// Slugs that a fit may raise, with their meanings.
#[pyfunction]
pub fn fit_flags() -> Vec<(&'static str, &'static str)> {
    FLAGS.to_vec()
}
