//! Errors of the core as the exceptions of `sufficiency.errors`.

use crate::error::Error;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

mod raised {
    pyo3::import_exception!(sufficiency.errors, InputError);
    pyo3::import_exception!(sufficiency.errors, ScenarioError);
    pyo3::import_exception!(sufficiency.errors, InternalError);
}

/// The exception of a core error, with its problems as dictionaries in `problems`.
pub fn to_py(error: Error) -> PyErr {
    let message = error.to_string();
    let exception = match &error {
        Error::Input(_) => raised::InputError::new_err(message),
        Error::Scenario(_) => raised::ScenarioError::new_err(message),
        Error::Internal(_) => raised::InternalError::new_err(message),
        Error::Stopped => return PyKeyboardInterrupt::new_err(message),
    };
    Python::attach(|py| {
        match problems(py, &error).and_then(|list| exception.value(py).setattr("problems", list)) {
            Ok(()) => exception,
            Err(failed) => failed,
        }
    })
}

fn problems<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for problem in error.problems() {
        let item = PyDict::new(py);
        item.set_item("slug", problem.slug)?;
        item.set_item("table", &problem.table)?;
        item.set_item("row", problem.row)?;
        item.set_item("column", &problem.column)?;
        item.set_item("message", &problem.message)?;
        item.set_item("hint", &problem.hint)?;
        list.append(item)?;
    }
    Ok(list)
}
