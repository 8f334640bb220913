//! The account of plans: what may happen to a child in a year, and who joins.

mod account;
mod change;
mod choices;
mod drift;
mod effects;
mod law;
mod levers;
mod need;
mod parameters;
mod rates;
mod redirect;
mod support;
mod tables;
mod trend;

pub use change::{Homes, Left, Phase, Walkers, change_children};
pub use choices::Choices;
pub use drift::Drift;
pub use effects::{Effect, Scaled};
pub use law::{Law, ScalarRow, WeightRow};
pub use levers::{Lever, LeverRow, Rate, Regime};
pub use need::Need;
pub use parameters::{ParameterRows, Parameters, ShockRow, Shocks, Stops};
pub use rates::{EVENTS, Rates};
pub use support::{Conversion, Supported};
pub use tables::{ScalarTable, Scope, Sizes, WeightTable};
pub use trend::{Capacity, HeldTrend, NationalPoint, OwnPoint, Trend, TrendInCase};

mod arrivals;
pub use arrivals::{Candidates, Cells, Migration, migrants, new_plans, transfers_in};
