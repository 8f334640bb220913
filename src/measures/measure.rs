//! The measures: what each of them counts, and how finely it can be broken down.

use crate::children::Lane;
use crate::domain::{AgeRange, Grain};
use serde::{Deserialize, Serialize};

/// Which children count as needing a specialist place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Placed, or documented as waiting: a lower bound that data can be compared with.
    Observed,
    /// And an elicited share of children placed where nothing says what they require: a central estimate.
    Latent,
    /// And all of them, and the largest credible share of those in mainstream: an upper bound.
    Upper,
}

/// A unit of travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Kilometres.
    Km,
    /// Minutes.
    Minutes,
}

/// What a place may be near to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Near {
    /// The nearest suitable site that is open.
    Nearest,
    /// A site in the planning area where the child lives.
    PlanningArea,
}

/// What is counted on census day, or over the year before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Children with a plan in force.
    Plans,
    /// Plans made in the year to the census, still in force. Transfers in are not new plans.
    NewPlans,
    /// Resident children of some ages whose required setting is specialist.
    Demand(AgeRange, Basis),
    /// Those of them who have a place at a site.
    Placed(AgeRange),
    /// Those who wait for a place.
    Waiting(AgeRange),
    /// Those in independent and other schools whose places no authority commissions.
    Independent(AgeRange),
    /// Independent, waiting, and children seated above their site's number of places.
    LocalShortfall(AgeRange),
    /// Children placed within their site's number of places.
    WithinPlaces(AgeRange),
    /// Sum over fixed cells (phase x need group) of demand without places.
    CellShortfall(AgeRange, Basis),
    /// Fewest children without a place under any assignment to sites that may admit them.
    MinimumShortfall(AgeRange, Basis),
    /// Places for our own children.
    Places(AgeRange),
    /// Children on roll at a site in 1,000 places.
    Utilisation,
    /// Mean way to the site of children placed, in tenths of the unit.
    Travel(AgeRange, Unit),
    /// Children placed whose way is longer than so many tenths of the unit.
    Beyond(AgeRange, Unit, i32),
    /// Thousand pounds a year: what follows children, and, if asked, what is paid for empty places.
    Cost {
        /// Whether places that nobody fills are paid for.
        empty_places: bool,
    },
    /// Share of the children placed whose site is near.
    Near(AgeRange, Near),
}

impl Measure {
    /// Name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plans => "plans",
            Self::NewPlans => "new_plans",
            Self::Demand(..) => "demand",
            Self::Placed(_) => "placed",
            Self::Waiting(_) => "waiting",
            Self::Independent(_) => "independent",
            Self::LocalShortfall(_) | Self::CellShortfall(..) | Self::MinimumShortfall(..) => "shortfall",
            Self::Places(_) | Self::WithinPlaces(_) => "places",
            Self::Utilisation => "utilisation",
            Self::Travel(..) | Self::Beyond(..) | Self::Near(..) => "travel",
            Self::Cost { .. } => "cost",
        }
    }

    /// Whether the base year has a figure; flows begin in the January after.
    pub fn is_stock(self) -> bool {
        !matches!(self, Self::NewPlans)
    }

    /// Whether it has a meaning only where there are sites.
    pub fn needs_sites(self) -> bool {
        !matches!(self, Self::Plans | Self::NewPlans | Self::Demand(..))
    }

    /// Whether a draw says which children count.
    pub fn is_drawn(self) -> bool {
        matches!(
            self,
            Self::Demand(_, basis) | Self::CellShortfall(_, basis) | Self::MinimumShortfall(_, basis)
                if basis != Basis::Observed
        )
    }

    /// How finely area, age, need, setting and site can be told apart.
    pub fn finest(self) -> [Grain; 5] {
        use Grain::{All, Group, Leaf};
        match self {
            Self::Places(_) => [All, Group, Group, Leaf, Leaf],
            Self::Utilisation | Self::Cost { empty_places: true } => [All, All, All, Leaf, Leaf],
            Self::CellShortfall(..) => [All, Group, Group, All, All],
            Self::MinimumShortfall(..) => [All; 5],
            _ => [Leaf; 5],
        }
    }

    /// What to ask instead of a breakdown that is too fine.
    pub fn way_out(self) -> &'static str {
        match self {
            Self::CellShortfall(..) => {
                "a shortfall by cells is by phase and need_group at most; for home areas, ages, needs or sites ask \
                 for kind='local'"
            }
            Self::MinimumShortfall(..) => {
                "the minimum shortfall is by year only, since its split is not unique; ask for kind='cell' by phase \
                 and need_group, kind='local' by anything"
            }
            Self::Places(_) => {
                "places are by site, setting, in_authority, phase or need_group; places held by children of an area \
                 are in shortfall(kind='local')"
            }
            _ => "this is by site, setting or in_authority only",
        }
    }

    /// What one step of the counted integers is worth in the measure's own unit.
    pub fn step(self) -> f64 {
        match self {
            Self::Utilisation | Self::Near(..) => 0.001,
            Self::Travel(..) => 0.1,
            _ => 1.0,
        }
    }

    /// Ages of the children it counts.
    pub fn ages(self) -> AgeRange {
        match self {
            Self::Demand(ages, _)
            | Self::Placed(ages)
            | Self::Waiting(ages)
            | Self::Independent(ages)
            | Self::LocalShortfall(ages)
            | Self::WithinPlaces(ages)
            | Self::CellShortfall(ages, _)
            | Self::MinimumShortfall(ages, _)
            | Self::Places(ages)
            | Self::Travel(ages, _)
            | Self::Beyond(ages, ..)
            | Self::Near(ages, _) => ages,
            Self::Plans | Self::NewPlans | Self::Utilisation | Self::Cost { .. } => AgeRange::ALL,
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
