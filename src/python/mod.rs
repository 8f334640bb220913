//! The Python module: thin wrappers, no rules of its own.

mod arrays;
mod asked;
pub(crate) mod errors;
mod fit;
mod fitted;
mod inputs;
mod projection;
mod scenario;
mod watch;

use pyo3::prelude::*;

/// The compiled core of `sufficiency`.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::fit::{fit, fit_flags};
    #[pymodule_export]
    use super::fitted::Fitted;
    #[pymodule_export]
    use super::inputs::{Inputs, input_slugs, input_tables};
    #[pymodule_export]
    use super::projection::{Projection, expected, work};
    #[pymodule_export]
    use super::scenario::{Scenario, scenario_schema, with_scenarios};

    #[pymodule_init]
    fn init(module: &super::Bound<'_, super::PyModule>) -> super::PyResult<()> {
        use super::PyModuleMethods;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
