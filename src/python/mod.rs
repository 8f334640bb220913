//! The Python module: thin wrappers, no rules of its own.

mod arrays;
mod asked;
mod disclosure;
pub(crate) mod errors;
mod explain;
mod fit;
mod fitted;
mod inputs;
mod projection;
mod scenario;
mod siting;
mod watch;

use pyo3::prelude::*;

/// The compiled core of `sufficiency`.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::disclosure::{disclose, disclosure_bounds, rounded};
    #[pymodule_export]
    use super::explain::{factors, factors_present, held_worlds};
    #[pymodule_export]
    use super::fit::{fit, fit_flags};
    #[pymodule_export]
    use super::fitted::Fitted;
    #[pymodule_export]
    use super::inputs::{Inputs, default_codes, input_slugs, input_tables};
    #[pymodule_export]
    use super::projection::{Projection, expected, work};
    #[pymodule_export]
    use super::scenario::{Scenario, scenario_schema, with_scenarios};
    #[pymodule_export]
    use super::siting::{Siting, standing_sites, with_pattern};

    #[pymodule_init]
    fn init(module: &super::Bound<'_, super::PyModule>) -> super::PyResult<()> {
        use super::PyModuleMethods;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
