//! From what is known to a case: explicit tables, or a fit of an authority's own past and England's.

mod areas;
mod bands;
mod chances;
mod effects;
mod england;
mod explicit;
mod first;
mod fit;
mod incidence;
mod leaving;
mod left;
mod moves;
mod needs;
mod past;
mod pipeline;
mod priors;
mod report;
mod settings;
mod supply;
mod transitions;
mod trend;

pub use chances::{CEASING, Spread, TRANSFERS_OUT};
pub use explicit::{ExplicitModel, NamedTable, case_from};
pub use fit::{Fit, fit, fit_with};
pub use priors::TrendTables;
pub use report::{FLAGS, SummaryRow, explicit_flags};
pub use supply::{Point, by_planning_area, estimated_km, nearest_area, nothing_located, part_name};
