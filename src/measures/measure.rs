//! The measures: which children each of them counts.

use crate::children::Lane;
use crate::domain::AgeRange;

/// What is counted on census day, or over the year before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Children with a plan in force.
    Plans,
    /// Plans made in the year to the census, still in force. Transfers in are not new plans.
    NewPlans,
    /// Resident children of some ages whose required setting is specialist. Observed: a lower bound of need.
    Demand(AgeRange),
}

impl Measure {
    /// Name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plans => "plans",
            Self::NewPlans => "new_plans",
            Self::Demand(_) => "demand",
        }
    }

    /// Whether the base year has a figure; flows begin in the January after.
    pub fn is_stock(self) -> bool {
        !matches!(self, Self::NewPlans)
    }

    /// Whether only specialist settings count.
    pub(super) fn specialist_only(self) -> bool {
        matches!(self, Self::Demand(_))
    }

    /// Whether children of this age count.
    pub(super) fn counts_age(self, age: usize) -> bool {
        match self {
            Self::Demand(ages) => ages.contains(age),
            _ => true,
        }
    }

    /// The children of a lane who may count, as positions.
    pub(super) fn positions(self, lane: &Lane) -> std::ops::Range<usize> {
        match self {
            Self::NewPlans => lane.first_new..lane.len(),
            _ => 0..lane.len(),
        }
    }
}
