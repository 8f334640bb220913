//! Primary needs and their groups.

/// A group of needs that provision is planned for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedGroup {
    /// Specific, moderate, severe and profound learning difficulty, Down's syndrome, other.
    Learning,
    /// Autism, and speech, language and communication.
    Communication,
    /// Social, emotional and mental health.
    Semh,
    /// Hearing, vision, multi-sensory, physical.
    SensoryPhysical,
    /// Not recorded.
    Unknown,
}

impl NeedGroup {
    /// All groups in table order.
    pub const ALL: [Self; 5] =
        [Self::Learning, Self::Communication, Self::Semh, Self::SensoryPhysical, Self::Unknown];

    /// The code used in tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Communication => "communication",
            Self::Semh => "semh",
            Self::SensoryPhysical => "sensory_physical",
            Self::Unknown => "unknown",
        }
    }

    /// The group with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }
}

/// A primary need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// SEN2 code, such as `ASD`.
    pub code: String,
    /// Name in words.
    pub name: String,
    /// Group it is planned with.
    pub group: NeedGroup,
}

/// SEN2's needs in declared order: code, name, group. `UNK` is ours: need not recorded.
pub const DEFAULT_NEEDS: &[(&str, &str, NeedGroup)] = &[
    ("SPLD", "specific learning difficulty", NeedGroup::Learning),
    ("MLD", "moderate learning difficulty", NeedGroup::Learning),
    ("SLD", "severe learning difficulty", NeedGroup::Learning),
    ("PMLD", "profound and multiple learning difficulty", NeedGroup::Learning),
    ("DS", "Down's syndrome", NeedGroup::Learning),
    ("OTH", "other difficulty", NeedGroup::Learning),
    ("ASD", "autism", NeedGroup::Communication),
    ("SLCN", "speech, language and communication", NeedGroup::Communication),
    ("SEMH", "social, emotional and mental health", NeedGroup::Semh),
    ("HI", "hearing impairment", NeedGroup::SensoryPhysical),
    ("VI", "vision impairment", NeedGroup::SensoryPhysical),
    ("MSI", "multi-sensory impairment", NeedGroup::SensoryPhysical),
    ("PD", "physical disability", NeedGroup::SensoryPhysical),
    ("UNK", "need not recorded", NeedGroup::Unknown),
];

impl Need {
    /// The default needs.
    pub fn defaults() -> Vec<Self> {
        DEFAULT_NEEDS
            .iter()
            .map(|&(code, name, group)| Self { code: code.into(), name: name.into(), group })
            .collect()
    }
}
