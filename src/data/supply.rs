//! Checked tables of provision: sites, their places, who sits where, the way there, and costs.

use crate::domain::AgeRange;

/// Tables of provision; all empty where there is demand but no sites are known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Supply {
    /// Sites in the order given.
    pub sites: Vec<SupplySite>,
    /// Places by site and year.
    pub places: Vec<SupplyPlaces>,
    /// Who sits where in the base year; none if the table was not given.
    pub occupied: Option<Vec<SupplySeat>>,
    /// The way from each area to each site, all pairs; empty if the table was not given.
    pub travel: Vec<SupplyTravel>,
    /// Costs a year.
    pub costs: Vec<SupplyCost>,
}

/// A site.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplySite {
    /// Code.
    pub code: String,
    /// Name in words.
    pub name: String,
    /// Setting.
    pub setting: usize,
    /// Whether it is in the authority.
    pub in_authority: bool,
    /// Area where it stands.
    pub area: Option<usize>,
    /// Latitude and longitude, degrees.
    pub point: Option<(f64, f64)>,
    /// Needs it admits.
    pub needs: Vec<usize>,
    /// Ages it admits.
    pub ages: AgeRange,
    /// School that it is part of.
    pub host: String,
    /// Share of its places that may be filled beyond them.
    pub tolerance: f64,
}

/// How far a figure of places has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Open.
    Open,
    /// Decided.
    Approved,
    /// Wished for: only a scenario opens it.
    Proposed,
}

/// What a figure of places is a count of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Places commissioned.
    Commissioned,
    /// Places the building holds.
    Physical,
    /// Children on roll: not places.
    Roll,
}

/// Places of a site, or of a part of it, from a January on.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplyPlaces {
    /// Position of the site.
    pub site: usize,
    /// January census.
    pub year: i32,
    /// Places.
    pub places: u32,
    /// Status.
    pub status: Status,
    /// What is counted.
    pub counted: Counted,
    /// Places that other authorities' children are expected to fill.
    pub held: u32,
    /// Ages of the part; the site's own if not given.
    pub ages: AgeRange,
    /// Needs of the part; the site's own if not given.
    pub needs: Vec<usize>,
    /// Row position from 1, for messages.
    pub row: usize,
}

/// Children of one age and need at a site in the base year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupplySeat {
    /// Position of the site.
    pub site: usize,
    /// Age.
    pub age: usize,
    /// Need.
    pub need: usize,
    /// Children.
    pub plans: u32,
}

/// The way from an area to a site, one way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplyTravel {
    /// Home area.
    pub area: usize,
    /// Position of the site.
    pub site: usize,
    /// Minutes.
    pub minutes: f64,
    /// Kilometres.
    pub km: f64,
}

/// Costs a year of one setting and need, in thousand pounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplyCost {
    /// Setting.
    pub setting: usize,
    /// Need; all needs if none.
    pub need: Option<usize>,
    /// Place funding of a filled place, of an empty one, top-up, transport.
    pub pounds: [f64; 4],
}
