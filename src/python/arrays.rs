//! Tables of the core as columns of numpy arrays.

use crate::summary::Table;
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Names of the quantile columns.
const QUANTILES: [&str; 7] = ["p5", "p10", "p25", "p50", "p75", "p90", "p95"];

/// `{"year": array, "axes": [(name, labels, positions)], "columns": {name: array}}`; empty columns are left out.
pub fn columns<'py>(py: Python<'py>, table: Table) -> PyResult<Bound<'py, PyDict>> {
    let result = PyDict::new(py);
    result.set_item("year", table.years.into_pyarray(py))?;
    let axes = PyList::empty(py);
    for axis in table.axes {
        let positions: Bound<'py, PyArray1<u32>> = axis.positions.into_pyarray(py);
        axes.append((axis.name, axis.labels, positions))?;
    }
    result.set_item("axes", axes)?;
    let columns = PyDict::new(py);
    let add = |name: &str, values: Vec<f64>| {
        if values.is_empty() && name != "mean" { Ok(()) } else { columns.set_item(name, values.into_pyarray(py)) }
    };
    add("mean", table.mean)?;
    add("sd", table.sd)?;
    for (name, values) in QUANTILES.into_iter().zip(table.quantiles) {
        add(name, values)?;
    }
    add("mcse", table.mcse)?;
    result.set_item("columns", columns)?;
    Ok(result)
}
