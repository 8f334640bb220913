//! One table of bounds, from which checks, messages and test generators come.

/// A quantity's name and the range it may lie in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Name of the quantity.
    pub name: &'static str,
    /// Smallest value allowed.
    pub low: f64,
    /// Largest value allowed.
    pub high: f64,
    /// Why the limit is where it is.
    pub reason: &'static str,
}

/// All bounds. Chosen by the authors: far above any English authority, low enough that sums cannot overflow.
pub const BOUNDS: &[Bounds] = &[
    Bounds { name: "plans", low: 0.0, high: 1_000_000.0, reason: "England has fewer than 700,000 plans" },
    Bounds { name: "population", low: 0.0, high: 10_000_000.0, reason: "England has fewer at any age" },
    Bounds { name: "year", low: 1990.0, high: 2100.0, reason: "statements and plans began later" },
    Bounds { name: "draws", low: 1.0, high: 10_000_000.0, reason: "counts are held in 32 bits" },
    Bounds { name: "horizon", low: 1.0, high: 40.0, reason: "no cohort is followed for longer" },
    Bounds { name: "workers", low: 1.0, high: 1024.0, reason: "more than any machine has" },
    Bounds { name: "areas", low: 1.0, high: 60_000.0, reason: "positions are held in 16 bits" },
    Bounds { name: "needs", low: 1.0, high: 64.0, reason: "need and setting share 16 bits" },
    Bounds { name: "settings", low: 1.0, high: 64.0, reason: "need and setting share 16 bits" },
    Bounds { name: "sites", low: 0.0, high: 60_000.0, reason: "seats are held in 16 bits" },
    Bounds { name: "places", low: 0.0, high: 100_000.0, reason: "no authority commissions more at one site" },
    Bounds { name: "tolerance", low: 0.0, high: 1.0, reason: "a share of the places of a site" },
    Bounds { name: "share", low: 0.0, high: 1.0, reason: "a share" },
    Bounds { name: "travel", low: 0.0, high: 100_000.0, reason: "minutes or km, known and finite" },
    Bounds { name: "cost", low: 0.0, high: 10_000.0, reason: "thousand pounds a year for one child" },
    Bounds { name: "series", low: 1.0, high: 20_000_000.0, reason: "histograms of more would not fit a laptop" },
    Bounds { name: "kept", low: 0.0, high: 500_000_000.0, reason: "kept numbers take 4 bytes each, 2 GB in all" },
];

impl Bounds {
    /// The bounds of a quantity.
    ///
    /// # Panics
    /// If the name is not in the table: a fault of the caller's code, caught by any test that reaches it.
    pub fn of(name: &str) -> &'static Self {
        BOUNDS.iter().find(|b| b.name == name).unwrap_or_else(|| panic!("no bounds named {name}"))
    }

    /// Whether the value lies within.
    pub fn admit(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }

    /// The rule in words.
    pub fn rule(&self) -> String {
        format!("{} must be from {} to {} ({})", self.name, self.low, self.high, self.reason)
    }
}
