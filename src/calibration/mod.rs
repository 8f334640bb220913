//! From what is known to parameters: explicit tables, or a fit to an authority's history.

mod explicit;

pub use explicit::{ExplicitModel, NamedTable, case_from};
