//! What is known before an authority's own data: constants learnt from the panel of authorities and England's rates.
//!
//! The tables in `priors/` are made by `python/makers/priors`; its README says from what.

use crate::domain::AgeRange;
use crate::error::{Error, Result};
use crate::plans::NationalPoint;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

const TREND: &str = include_str!("priors/trend.csv");
const TREND_GRID: &str = include_str!("priors/trend_grid.csv");
const TREND_MODELS: &str = include_str!("priors/trend_models.csv");
const NATIONAL_GRID: &str = include_str!("priors/national_grid.csv");
const CEASING: &str = include_str!("priors/ceasing.csv");
const TRANSITIONS: &str = include_str!("priors/transitions.csv");
const NEED_CHANGES: &str = include_str!("priors/need_changes.csv");
const FIRST_SETTING: &str = include_str!("priors/first_setting.csv");
const INCIDENCE: &str = include_str!("priors/incidence.csv");

/// January that England's rates by age and setting are from: single years of age begin in January 2024.
pub const RATES_FROM: i32 = 2025;

/// Constants of an authority's own trend, for one origin and one set of data.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TrendConstants {
    /// January they were learnt by.
    pub origin: i32,
    /// Data they are for: A all, B without requests, C plans and residents only.
    pub set: String,
    /// Kalman gain.
    pub gain: f64,
    /// Effect of the requests gap on next year's growth.
    pub requests: f64,
    /// Effect of the gap in new plans over stock.
    pub new_plans: f64,
    /// Effect of the gap in lateness.
    pub late: f64,
    /// Yearly standard deviation of own growth.
    pub sd: f64,
    /// Extra variance times plans: small authorities are noisier.
    pub small: f64,
    /// Degrees of freedom of the tail.
    pub tail: f64,
}

/// A point of the grid over own trends, before an authority's history is filtered at it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TrendPoint {
    origin: i32,
    set: String,
    /// Damping of own deviation.
    pub damping: f64,
    /// Share of the prevalence gap closed a year.
    pub reversion: f64,
    /// Factor on the standard deviation.
    pub scale: f64,
    /// Weight.
    pub weight: f64,
}

/// A model beside the local trend.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ModelWeight {
    origin: i32,
    set: String,
    /// `log_drift`, `demography` or `pooled_drift`.
    pub model: String,
    /// Weight in the average.
    pub weight: f64,
    /// Yearly standard deviation, size of the authority apart.
    pub sd: f64,
}

/// What is known of the trend at one origin with one set of data.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendPriors {
    /// Constants of own growth.
    pub constants: TrendConstants,
    /// Grid over own trends.
    pub own: Vec<TrendPoint>,
    /// Models beside the local trend.
    pub models: Vec<ModelWeight>,
    /// Grid over the nation's growth.
    pub national: Vec<NationalPoint>,
}

/// England's chances of ceasing and of leaving, by age after ageing on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Leaving {
    /// Age after ageing on.
    pub age: usize,
    /// Chance that the plan ceases.
    pub ceasing: f64,
    /// Chance of leaving for another authority.
    pub transfer_out: f64,
}

/// Share of a setting's children who go to a setting.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MoveShare {
    /// Ages after ageing on, as written.
    pub age: String,
    /// Setting before.
    pub setting: String,
    /// Setting after.
    pub to_setting: String,
    /// Share.
    pub share: f64,
}

/// Share of a need's children recorded with a need a year later.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NeedShare {
    /// Ages after ageing on, as written.
    pub age: String,
    /// Need before.
    pub need: String,
    /// Need after.
    pub to_need: String,
    /// Share.
    pub share: f64,
}

/// Share of new plans that start in a setting.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FirstShare {
    /// Ages, as written.
    pub age: String,
    /// Need group.
    pub need_group: String,
    /// Setting.
    pub to_setting: String,
    /// Share.
    pub share: f64,
}

/// New plans a year and thousand residents.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Incidence {
    /// Age after ageing on.
    pub age: usize,
    /// Need.
    pub need: String,
    /// New plans a thousand residents.
    pub rate: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct NationalRow {
    origin: i32,
    damping: f64,
    sd: f64,
    weight: f64,
}

fn rows<T: DeserializeOwned>(text: &str) -> std::result::Result<Vec<T>, csv::Error> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}

fn table<T: DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    rows(text).map_err(|fault| Error::Internal(format!("a shipped prior cannot be read: {fault}")))
}

/// Tables of the trend as text, in the shipped format: those shipped, or others derived without the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendTables {
    constants: Cow<'static, str>,
    own: Cow<'static, str>,
    models: Cow<'static, str>,
    national: Cow<'static, str>,
    /// Whether the panel that they were learnt from has every authority, the one that is fitted among them.
    pub whole_panel: bool,
}

impl Default for TrendTables {
    fn default() -> Self {
        let [constants, own, models, national] =
            [TREND, TREND_GRID, TREND_MODELS, NATIONAL_GRID].map(Cow::Borrowed);
        Self { constants, own, models, national, whole_panel: true }
    }
}

impl TrendTables {
    /// Tables derived without the authority: constants, own grid, models and national grid.
    pub fn without_authority([constants, own, models, national]: [String; 4]) -> Result<Self> {
        let given = |name: &str, fault: csv::Error| {
            let message = format!("{name} is not in the format of the shipped table: {fault}");
            Error::argument("bad-priors", "priors", message)
        };
        rows::<TrendConstants>(&constants).map_err(|fault| given("trend", fault))?;
        rows::<TrendPoint>(&own).map_err(|fault| given("trend_grid", fault))?;
        rows::<ModelWeight>(&models).map_err(|fault| given("trend_models", fault))?;
        rows::<NationalRow>(&national).map_err(|fault| given("national_grid", fault))?;
        let [constants, own, models, national] = [constants, own, models, national].map(Cow::Owned);
        Ok(Self { constants, own, models, national, whole_panel: false })
    }

    /// What was learnt by `base_year`, or by the nearest earlier origin; by the first if there is none.
    pub fn at(&self, base_year: i32, set: &str) -> Result<TrendPriors> {
        let constants: Vec<TrendConstants> = table(&self.constants)?;
        let origins = || constants.iter().map(|row| row.origin);
        let origin = origins().filter(|&origin| origin <= base_year).max().or_else(|| origins().min());
        let found = constants.iter().find(|row| Some(row.origin) == origin && row.set == set);
        let constants =
            found.cloned().ok_or_else(|| Error::Internal(format!("no trend constants of set {set}")))?;
        let here = |origin: i32, of: &str| origin == constants.origin && of == set;
        let own = table::<TrendPoint>(&self.own)?.into_iter().filter(|row| here(row.origin, &row.set)).collect();
        let models = table::<ModelWeight>(&self.models)?;
        let models = models.into_iter().filter(|row| here(row.origin, &row.set) && row.weight > 0.0).collect();
        let national = table::<NationalRow>(&self.national)?
            .into_iter()
            .filter(|row| row.origin == constants.origin)
            .map(|row| NationalPoint { weight: row.weight, damping: row.damping, sd: row.sd })
            .collect();
        Ok(TrendPriors { constants, own, models, national })
    }
}

/// Ceasing and leaving by age.
pub fn leaving() -> Result<Vec<Leaving>> {
    table(CEASING)
}

/// Moves between settings.
pub fn transitions() -> Result<Vec<MoveShare>> {
    table(TRANSITIONS)
}

/// Changes of need at school ages.
pub fn need_changes() -> Result<Vec<NeedShare>> {
    table(NEED_CHANGES)
}

/// First settings.
pub fn first_settings() -> Result<Vec<FirstShare>> {
    table(FIRST_SETTING)
}

/// New plans by age and need.
pub fn incidence() -> Result<Vec<Incidence>> {
    table(INCIDENCE)
}

/// Classes of age after ageing on: years of phase transfer stand alone.
pub const CLASSES: [AgeRange; 15] = [
    AgeRange { from: 0, to: 3 },
    AgeRange { from: 4, to: 4 },
    AgeRange { from: 5, to: 10 },
    AgeRange { from: 11, to: 11 },
    AgeRange { from: 12, to: 15 },
    AgeRange { from: 16, to: 16 },
    AgeRange { from: 17, to: 17 },
    AgeRange { from: 18, to: 18 },
    AgeRange { from: 19, to: 19 },
    AgeRange { from: 20, to: 20 },
    AgeRange { from: 21, to: 21 },
    AgeRange { from: 22, to: 22 },
    AgeRange { from: 23, to: 23 },
    AgeRange { from: 24, to: 24 },
    AgeRange { from: 25, to: 25 },
];

/// Classes of transitions: as [`CLASSES`], ages 20 to 25 in one.
pub const MOVE_CLASSES: usize = 10;

/// The ages of a class of transitions.
pub fn move_class(class: usize) -> AgeRange {
    if class + 1 == MOVE_CLASSES { AgeRange { from: 20, to: 25 } } else { CLASSES[class] }
}
