//! Numbers: exact integer histograms and what is read from them; tables fitted to margins.

mod block;
mod cycles;
mod flow;
mod histogram;
mod margin;
mod rake;
mod repair;
mod rounding;

pub use block::{Block, bits};
pub use flow::Flow;
pub use histogram::{Histogram, Histograms, Layout, Tally};
pub use margin::{Disagreement, Margin, TOLERANCE, disagreements, relative_error};
pub use rake::{Infeasible, Raked, rake};
pub use rounding::{Rounded, largest_remainder, round_to_margins};
