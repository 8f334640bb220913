//! Numbers: exact integer histograms and what is read from them.

mod histogram;

pub use histogram::{Histogram, Histograms, Layout, Tally};
