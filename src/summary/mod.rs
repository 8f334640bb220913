//! Reads histograms: quantiles, chances, tables by any grouping.

mod ask;
mod table;

pub use ask::{Ask, By};
pub use table::{Axis, Table, draws_of, enough, expected_table, share_above, table};
