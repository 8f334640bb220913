//! The factors, and what each of them is.

/// Something that may change after a January, or stay as it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// Residents of each age and area born by then.
    Population,
    /// Residents born later.
    Births,
    /// Children with a plan who come from and leave for other authorities; residents whom a scenario lets move in.
    Migration,
    /// Residents of new homes.
    Housing,
    /// New plans a resident child: trend, shocks, levels, levers, conversions of support.
    Incidence,
    /// Needs of new plans where they drift, and settings where children are redirected.
    Mix,
    /// Chances that a plan ceases, where they are scaled.
    Retention,
    /// Assessments: what requests, lateness and recent issues pull, and backlogs that are cleared.
    Throughput,
    /// Places that open and close.
    Places,
}

impl Factor {
    /// All factors, in the order of tables.
    pub const ALL: [Self; 9] = [
        Self::Population,
        Self::Births,
        Self::Migration,
        Self::Housing,
        Self::Incidence,
        Self::Mix,
        Self::Retention,
        Self::Throughput,
        Self::Places,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Births => "births",
            Self::Migration => "migration",
            Self::Housing => "housing",
            Self::Incidence => "incidence",
            Self::Mix => "mix",
            Self::Retention => "retention",
            Self::Throughput => "assessment throughput",
            Self::Places => "places",
        }
    }

    /// The factor of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.name() == name)
    }
}
