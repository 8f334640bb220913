//! Settings: where a child with a plan is, or is required to be.

use super::age::AgeRange;

/// A setting, an atom that reporting standards regroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Code used in tables.
    pub code: String,
    /// Name in words.
    pub name: String,
    /// A child required here counts as specialist demand.
    pub specialist: bool,
    /// Places here are commissioned by authorities.
    pub commissioned: bool,
    /// Ages at which a child can be here.
    pub ages: AgeRange,
}

const fn ages(from: u8, to: u8) -> AgeRange {
    AgeRange { from, to }
}

/// Code, name, specialist demand, places we commission, ages (design of the tables).
pub const DEFAULT_SETTINGS: &[(&str, &str, bool, bool, AgeRange)] = &[
    ("mainstream", "mainstream school", false, false, ages(0, 25)),
    ("resourced", "resourced provision", true, true, ages(0, 25)),
    ("sen_unit", "SEN unit", true, true, ages(0, 25)),
    ("partnership", "special school partnership class", true, true, ages(0, 25)),
    ("special", "state special school", true, true, ages(0, 25)),
    ("nmss", "non-maintained special school", true, false, ages(0, 25)),
    ("independent_special", "independent special school", true, false, ages(0, 25)),
    ("independent_mainstream", "independent mainstream school", false, false, ages(0, 25)),
    ("ap", "alternative provision", false, true, ages(0, 25)),
    ("hospital", "hospital school", false, true, ages(0, 25)),
    ("spi", "specialist post-16 institution", false, false, ages(14, 25)),
    ("fe", "further education", false, false, ages(14, 25)),
    ("eotas", "education otherwise than at school", false, false, ages(0, 25)),
    ("parental", "parental arrangement", false, false, ages(0, 25)),
    ("early_years", "early years provider", false, false, ages(0, 7)),
    ("unplaced", "awaiting a place", false, false, ages(0, 25)),
    ("neet", "not in education, employment or training", false, false, ages(14, 25)),
    ("other", "other", false, false, ages(0, 25)),
    ("unknown", "not recorded", false, false, ages(0, 25)),
];

impl Setting {
    /// The default settings.
    pub fn defaults() -> Vec<Self> {
        DEFAULT_SETTINGS
            .iter()
            .map(|&(code, name, specialist, commissioned, ages)| Self {
                code: code.into(),
                name: name.into(),
                specialist,
                commissioned,
                ages,
            })
            .collect()
    }
}
