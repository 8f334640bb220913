//! The kinds of change a scenario is made of, as they stand in the file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A number, or an 80% interval: lognormal for factors and counts, logit-normal for shares.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Uncertain {
    /// Known.
    Exactly(f64),
    /// Above `low` nine times in ten, below `high` nine times in ten.
    Between {
        /// 10% quantile.
        low: f64,
        /// 90% quantile.
        high: f64,
    },
}

/// One site, by code, or a new one.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum WhichSite {
    /// Code of a site of the authority's tables, or of an earlier change.
    Known(String),
    /// A site that the change creates.
    New(NewSite),
}

/// A site that a change creates.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    /// Code.
    pub id: String,
    /// Name in words.
    #[serde(default)]
    pub name: String,
    /// Setting.
    pub setting: String,
    /// School that it is part of.
    #[serde(default)]
    pub host: String,
    /// Area where it stands.
    pub area: Option<String>,
    /// Degrees north, instead of an area.
    pub latitude: Option<f64>,
    /// Degrees east, instead of an area.
    pub longitude: Option<f64>,
    /// Needs it admits.
    pub needs: Vec<String>,
    /// Youngest age it admits.
    pub age_from: u8,
    /// Oldest age it admits.
    pub age_to: u8,
    /// Road kilometres from every area, where they are known better than from coordinates.
    pub km: Option<BTreeMap<String, f64>>,
    /// Share of its places that may be filled beyond them.
    #[serde(default)]
    pub tolerance: f64,
}

/// How places fill after opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FillWord {
    /// One more year group each year from each phase's first.
    EntryYears,
}

/// New places at a site, from a month on.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPlaces {
    /// Where.
    pub site: WhichSite,
    /// Needs of the part of a known site that grows; a part of its own if it has none of these needs and ages.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Youngest age of the part.
    pub age_from: Option<u8>,
    /// Oldest age of the part.
    pub age_to: Option<u8>,
    /// Places once full.
    pub places: u32,
    /// Month of opening, `2027-09`.
    pub opens: String,
    /// Cumulative share of the places by year after opening, ends at 1.
    pub ramp: Option<Vec<f64>>,
    /// Instead of a ramp.
    pub fill: Option<FillWord>,
    /// Chance of opening so many years late.
    #[serde(default)]
    pub delay_years: BTreeMap<String, f64>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// How many places close.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum HowMany {
    /// So many.
    Places(u32),
    /// `"all"`.
    Word(String),
}

/// Places that close, from a month on.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovePlaces {
    /// Code of the site.
    pub site: String,
    /// Places, or `"all"`.
    pub places: HowMany,
    /// Month of closing, `2027-09`.
    pub closes: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// A rate that a scenario can scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateWord {
    /// New plans a year and resident child.
    NewPlans,
    /// Chance that a plan ceases.
    Ceasing,
    /// Chance of leaving for another authority.
    TransfersOut,
    /// New plans a year that the authority can issue.
    Capacity,
}

/// A rate times a factor.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleRate {
    /// Which rate.
    pub rate: RateWord,
    /// Times this.
    pub factor: Uncertain,
    /// Needs it concerns; all if not given.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Youngest and oldest age it concerns; all if not given.
    pub ages: Option<(u8, u8)>,
    /// Areas it concerns, for new plans; all if not given.
    #[serde(default)]
    pub areas: Vec<String>,
    /// First January census changed.
    pub from: i32,
    /// January census at which it is fully in force; a step if not given.
    pub full: Option<i32>,
    /// Last January census changed; to the end if not given.
    pub to: Option<i32>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// A reform that may come: a rate is scaled, or children are given another setting, in a share of the draws.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegimeChange {
    /// Name: changes with one name come together or not at all.
    pub name: String,
    /// Share of draws in which it comes, 0 to 1; the same in all changes of one name.
    pub weight: f64,
    /// Which rate is scaled.
    pub rate: Option<RateWord>,
    /// Times this.
    pub factor: Option<Uncertain>,
    /// Or: the setting children would be given.
    pub from_setting: Option<String>,
    /// The setting a share of them are given.
    pub to_setting: Option<String>,
    /// Share of them.
    pub share: Option<Uncertain>,
    /// Needs it concerns; all if not given.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Youngest and oldest age it concerns; all if not given.
    pub ages: Option<(u8, u8)>,
    /// Only children in Reception (four years old) in this January or a later one: who is older stays as they are.
    pub cohorts_from: Option<i32>,
    /// First January census changed.
    pub from: i32,
    /// January census at which it is fully in force; a step if not given.
    pub full: Option<i32>,
    /// Last January census changed; to the end if not given.
    pub to: Option<i32>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// Homes beyond the trend that residents' projections hold already.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Housing {
    /// Where; in equal parts if several.
    pub areas: Vec<String>,
    /// Dwellings in all, above the trend.
    pub dwellings: Uncertain,
    /// Children per dwelling, of all the ages.
    pub pupil_yield: f64,
    /// Youngest and oldest of them, in equal parts; 0 to 15 if not given. They grow older where they live.
    pub ages: Option<(u8, u8)>,
    /// First January census that counts some of them.
    pub from: i32,
    /// Years over which they come, in equal parts; one if not given.
    pub years: Option<u32>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// Children who move in beyond those of the projection.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationChange {
    /// Children a year without a plan, at risk of one like all residents.
    pub children_a_year: Option<Uncertain>,
    /// Children a year who have a plan when they come.
    pub plans_a_year: Option<Uncertain>,
    /// Where, in proportion to residents; everywhere if not given.
    #[serde(default)]
    pub areas: Vec<String>,
    /// Needs of those with a plan, in the proportions of the base year; all if not given.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Youngest and oldest age; 0 to 15 if not given.
    pub ages: Option<(u8, u8)>,
    /// First January census that counts some of them.
    pub from: i32,
    /// Last January in which some come; to the end if not given.
    pub to: Option<i32>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// Children supported without a plan get one: a stock that runs out.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertSupport {
    /// Kind of support, as in support.csv.
    pub support: String,
    /// Share of the stock who get a plan, 0 to 1.
    pub share: Uncertain,
    /// First January census that counts some of them.
    pub from: i32,
    /// Years over which they get it, each as likely.
    pub years: u32,
    /// Ages at which a plan is made; all if not given.
    pub ages: Option<(u8, u8)>,
    /// `phase_transfer`: only in the year in which a child is 4, 11 or 16; at any review if not given.
    #[serde(default)]
    pub at: Vec<Point>,
    /// Required settings and the share of each, which sum to 1.
    pub required: BTreeMap<String, f64>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// Assessments that are late are finished: so many more new plans.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearBacklog {
    /// Plans in all, beyond those of the projection.
    pub plans: Uncertain,
    /// First January census that counts some of them.
    pub from: i32,
    /// Years over which they come, in equal parts.
    pub years: u32,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// When a child's setting is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// With a new plan.
    NewPlan,
    /// At a review at ages 4, 11 and 16.
    PhaseTransfer,
    /// At any review.
    Review,
}

/// A share of the children who would be given one setting are given another.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Setting they would be given.
    pub from_setting: String,
    /// Setting they are given.
    pub to_setting: String,
    /// Share of them, 0 to 1.
    pub share: Uncertain,
    /// Needs it concerns; all if not given.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Youngest and oldest age it concerns; all if not given.
    pub ages: Option<(u8, u8)>,
    /// When; at all three points if not given.
    #[serde(default)]
    pub at: Vec<Point>,
    /// First January census changed.
    pub from: i32,
    /// January census at which it is fully in force; a step if not given.
    pub full: Option<i32>,
    /// Last January census changed; to the end if not given.
    pub to: Option<i32>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// New places at a site.
    AddPlaces(Box<AddPlaces>),
    /// Places that close.
    RemovePlaces(RemovePlaces),
    /// A rate times a factor.
    ScaleRate(ScaleRate),
    /// Late assessments are finished.
    ClearBacklog(ClearBacklog),
    /// Children are given another setting.
    Redirect(Redirect),
    /// A reform that may come.
    Regime(RegimeChange),
    /// Homes above the trend.
    Housing(Housing),
    /// Children who move in.
    Migration(MigrationChange),
    /// Supported children get a plan.
    ConvertSupport(ConvertSupport),
}

impl Change {
    /// Words of `kind`.
    pub const KINDS: [&str; 9] = [
        "add_places",
        "remove_places",
        "scale_rate",
        "clear_backlog",
        "redirect",
        "regime",
        "housing",
        "migration",
        "convert_support",
    ];

    /// The change as canonical JSON: fields in the order of their names, those left out or empty not among them. It is
    /// what its random words hang on, so a field that a later version adds changes nothing where it is not used.
    pub fn text(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        strip(&mut value);
        value.to_string()
    }

    /// Why, and who answers for it.
    pub fn reason_and_owner(&self) -> (&str, &str) {
        match self {
            Self::AddPlaces(change) => (&change.reason, &change.owner),
            Self::RemovePlaces(change) => (&change.reason, &change.owner),
            Self::ScaleRate(change) => (&change.reason, &change.owner),
            Self::ClearBacklog(change) => (&change.reason, &change.owner),
            Self::Redirect(change) => (&change.reason, &change.owner),
            Self::Regime(change) => (&change.reason, &change.owner),
            Self::Housing(change) => (&change.reason, &change.owner),
            Self::Migration(change) => (&change.reason, &change.owner),
            Self::ConvertSupport(change) => (&change.reason, &change.owner),
        }
    }
}

/// Leaves out what is null or empty.
fn strip(value: &mut serde_json::Value) {
    use serde_json::Value;
    if let Value::Object(fields) = value {
        fields.values_mut().for_each(strip);
        let empty = |value: &Value| match value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            _ => false,
        };
        fields.retain(|_, value| !empty(value));
    }
}

/// A scenario file as a whole, for its JSON Schema.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "read field by field, so that every problem is reported at once")]
struct File {
    /// Version of this schema.
    schema: String,
    /// Name.
    name: String,
    /// What it is about.
    description: Option<String>,
    /// Changes, in the order in which they apply.
    change: Vec<Change>,
}

/// JSON Schema of a scenario file.
pub fn schema() -> String {
    serde_json::to_string_pretty(&schemars::schema_for!(File)).unwrap_or_default() + "\n"
}
