//! Checked inputs of one authority: what the model reads.
//!
//! Positions (`area`, `need`, `setting`) are canonical, as in [`Codes`]; `None` is a margin, `all`.

use super::raw::RawInputs;
use super::supply::Supply;
use crate::domain::{AGES, AgeRange, BaseRow, Codes, Need, Setting};

/// Everything known about one authority, checked as a whole and never changed afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// Who, when, and the lists of codes.
    pub authority: Authority,
    /// Areas in canonical order.
    pub areas: Vec<Area>,
    /// Resident children for the January of a year, by area and age.
    pub population: Vec<PopulationRow>,
    /// Official authority totals and projection; empty when not given.
    pub population_control: Vec<ControlRow>,
    /// Plans in force, all years, as stacked margins.
    pub plans: Vec<PlanRow>,
    /// New, ceased, moved and transferred plans; calendar Y-1 carries year Y.
    pub flows: Vec<FlowRow>,
    /// Requests for assessment and what became of them.
    pub requests: Vec<RequestRow>,
    /// Children documented as waiting for a specialist place.
    pub waiting: Vec<WaitingRow>,
    /// Children supported without a plan.
    pub support: Vec<SupportRow>,
    /// Sites, places, seats taken, travel and costs.
    pub supply: Supply,
    /// Plans of the base year as one coherent table of whole numbers, no row of 0, in canonical order.
    pub base: Vec<BaseRow>,
    /// What a reader must know before trusting a result.
    pub flags: Vec<Flag>,
    /// What was read, for `tables`, pickling and saving.
    pub raw: RawInputs,
}

/// Who the inputs are about, and the codes they use.
#[derive(Debug, Clone, PartialEq)]
pub struct Authority {
    /// Name in words.
    pub name: String,
    /// ONS code.
    pub code: String,
    /// January the projection starts from.
    pub base_year: i32,
    /// Price year of costs.
    pub price_year: i32,
    /// Currency of costs.
    pub currency: String,
    /// Needs in canonical order.
    pub needs: Vec<Need>,
    /// Settings in canonical order.
    pub settings: Vec<Setting>,
    /// Area codes.
    pub area_codes: Codes,
    /// Need codes.
    pub need_codes: Codes,
    /// Setting codes.
    pub setting_codes: Codes,
    /// `[latent] psi`: share of unlabelled placements that require specialist, by `setting` or `setting.need`
    /// as written; empty when not given.
    pub psi: Vec<(String, f64)>,
    /// Where every figure is from.
    pub sources: Vec<Source>,
    /// What happened once, and is no rate.
    pub events: Vec<Event>,
}

/// Something that happened once in the year to a January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What it was.
    pub kind: EventKind,
    /// The January census that is the first to count it.
    pub year: i32,
}

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Plans that should have ended earlier were ended together: that year tells no chance of ceasing.
    ClearOut,
    /// New rules: nothing before that January is learnt from.
    Regime,
}

/// Source of a part of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Table, such as `plans`.
    pub table: String,
    /// Part of the table, such as years.
    pub part: String,
    /// `published`, `derived`, `synthetic` or `own`.
    pub status: String,
    /// Who published what, or how it was made.
    pub source: String,
    /// Licence.
    pub licence: String,
    /// How ages are counted, when not the census way.
    pub age_base: String,
}

/// A home area.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Code, such as `LS10`.
    pub code: String,
    /// Name in words.
    pub name: String,
    /// Latitude of the centroid, degrees; may be unknown.
    pub latitude: Option<f64>,
    /// Longitude of the centroid, degrees; may be unknown.
    pub longitude: Option<f64>,
    /// The authority's own grouping.
    pub planning_area: String,
}

/// Residents of one area for a January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationRow {
    /// Census year.
    pub year: i32,
    /// Area.
    pub area: usize,
    /// Ages.
    pub ages: AgeRange,
    /// Resident children.
    pub population: u32,
}

/// Official residents of the whole authority for a January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlRow {
    /// Census year.
    pub year: i32,
    /// Ages.
    pub ages: AgeRange,
    /// Resident children.
    pub population: u32,
}

/// Plans in force at a January census.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanRow {
    /// Census year.
    pub year: i32,
    /// Home area.
    pub area: Option<usize>,
    /// Ages; [`AgeRange::ALL`] is the margin.
    pub ages: AgeRange,
    /// Primary need.
    pub need: Option<usize>,
    /// Where the child is.
    pub setting: Option<usize>,
    /// What the plan asks for, where the table says it.
    pub required: Option<usize>,
    /// Plans.
    pub plans: u32,
    /// Row position from 1, for messages.
    pub row: usize,
}

/// What happened to a plan between two Januaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// Issued to a child without one.
    New,
    /// Ceased to be maintained.
    Ceased,
    /// Need or setting changed.
    Moved,
    /// Came with a child from another authority.
    TransferIn,
    /// Left with a child to another authority.
    TransferOut,
}

impl Flow {
    /// All flows in table order.
    pub const ALL: [Self; 5] = [Self::New, Self::Ceased, Self::Moved, Self::TransferIn, Self::TransferOut];

    /// The code used in tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ceased => "ceased",
            Self::Moved => "moved",
            Self::TransferIn => "transfer_in",
            Self::TransferOut => "transfer_out",
        }
    }
}

/// Plans that began, ended or moved in the calendar year before a census.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowRow {
    /// Census year at the end of the calendar year.
    pub year: i32,
    /// What happened.
    pub flow: Flow,
    /// Ages.
    pub ages: AgeRange,
    /// Primary need (before, when moved).
    pub need: Option<usize>,
    /// Setting (before, when moved).
    pub setting: Option<usize>,
    /// Need after a move; `None` also where the table says `all`.
    pub to_need: Option<usize>,
    /// Setting after a move.
    pub to_setting: Option<usize>,
    /// Plans.
    pub plans: u32,
    /// Row position from 1, for messages.
    pub row: usize,
}

/// Requests of the calendar year before a census.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRow {
    /// Census year at the end of the calendar year.
    pub year: i32,
    /// Requests for assessment.
    pub requests: Option<u32>,
    /// Agreed to assess.
    pub agreed: Option<u32>,
    /// Plans issued.
    pub issued: Option<u32>,
    /// Issued within 20 weeks.
    pub within_20_weeks: Option<u32>,
}

/// Children documented as needing a specialist place, without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingRow {
    /// Census year.
    pub year: i32,
    /// Home area.
    pub area: Option<usize>,
    /// Ages.
    pub ages: AgeRange,
    /// Primary need.
    pub need: Option<usize>,
    /// Plans.
    pub plans: u32,
}

/// Children supported without a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportRow {
    /// Census year.
    pub year: i32,
    /// Home area.
    pub area: Option<usize>,
    /// Ages.
    pub ages: AgeRange,
    /// Primary need.
    pub need: Option<usize>,
    /// Scheme, such as `funding_for_inclusion`.
    pub kind: String,
    /// Children.
    pub children: u32,
}

/// Something a reader must know before trusting a result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flag {
    /// Name that never changes, such as `margins-differ`.
    pub slug: String,
    /// Table it concerns.
    pub table: String,
    /// Years it concerns; none means all.
    pub years: Vec<i32>,
    /// What it means, in a line.
    pub meaning: String,
}

impl Inputs {
    /// Years for which every area has residents, in order.
    pub fn population_years(&self) -> Vec<i32> {
        let mut years: Vec<i32> = self.population.iter().map(|row| row.year).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// Residents for the January of a year, shape (area, age), as given (not scaled to the control).
    ///
    /// A row for a range of ages is spread evenly over its ages. `None` when the year is not in the table.
    pub fn residents(&self, year: i32) -> Option<Vec<f64>> {
        let mut residents = vec![0.0; self.areas.len() * AGES];
        let mut found = false;
        for row in self.population.iter().filter(|row| row.year == year) {
            found = true;
            let share = f64::from(row.population) / row.ages.ages().count() as f64;
            row.ages.ages().for_each(|age| residents[row.area * AGES + age] += share);
        }
        found.then_some(residents)
    }

    /// Official authority totals for a January by age, where the control gives every single age.
    pub fn control(&self, year: i32) -> Option<[f64; AGES]> {
        let mut totals = [f64::NAN; AGES];
        for row in self.population_control.iter().filter(|row| row.year == year && row.ages.from == row.ages.to) {
            totals[usize::from(row.ages.from)] = f64::from(row.population);
        }
        totals.iter().all(|total| !total.is_nan()).then_some(totals)
    }

    /// Whether a flag was raised.
    pub fn has_flag(&self, slug: &str) -> bool {
        self.flags.iter().any(|flag| flag.slug == slug)
    }
}
