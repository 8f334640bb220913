//! What a parameter row says: a point mass or a distribution, and which ages, needs and settings share it.

use crate::domain::AgeRange;

/// The law of one quantity, drawn once per draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// A known value.
    Point(f64),
    /// A probability.
    Beta {
        /// Events seen, prior included.
        alpha: f64,
        /// Non-events seen, prior included.
        beta: f64,
    },
    /// A rate.
    Gamma {
        /// Shape; 1 / shape is the squared coefficient of variation.
        shape: f64,
        /// Mean.
        mean: f64,
    },
}

impl Law {
    /// The mean of the law.
    pub fn mean(self) -> f64 {
        match self {
            Self::Point(value) => value,
            Self::Beta { alpha, beta } => alpha / (alpha + beta),
            Self::Gamma { mean, .. } => mean,
        }
    }

    /// What is wrong with the law, if anything; `probability` bounds it by 1.
    pub fn fault(self, probability: bool) -> Option<String> {
        let good = |x: f64| x.is_finite() && x >= 0.0;
        let fine = match self {
            Self::Point(value) => good(value) && (!probability || value <= 1.0),
            Self::Beta { alpha, beta } => good(alpha) && good(beta) && alpha + beta > 0.0,
            Self::Gamma { shape, mean } => good(mean) && good(shape) && shape > 0.0,
        };
        (!fine).then(|| match self {
            Self::Point(value) if probability => format!("a probability must be from 0 to 1, got {value}"),
            Self::Point(value) => format!("a rate must be 0 or more, got {value}"),
            Self::Beta { .. } => "alpha and beta must be 0 or more and not both 0".to_string(),
            Self::Gamma { .. } => "shape must be above 0 and mean 0 or more".to_string(),
        })
    }
}

/// One random quantity and the cells that share it; `None` means all.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalarRow {
    /// Ages after ageing on.
    pub ages: AgeRange,
    /// Area, where the table has areas.
    pub area: Option<usize>,
    /// Need.
    pub need: Option<usize>,
    /// Setting.
    pub setting: Option<usize>,
    /// Its law.
    pub law: Law,
    /// Row position in the table it came from, for messages.
    pub source: usize,
}

/// One random row of destinations and the cells that share it.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightRow {
    /// Ages after ageing on.
    pub ages: AgeRange,
    /// Need.
    pub need: Option<usize>,
    /// Present setting, where the table has one.
    pub setting: Option<usize>,
    /// Destination and its alpha (or weight of a point row); what is absent is impossible.
    pub weights: Vec<(usize, f64)>,
    /// Whether the weights are a Dirichlet's, or known.
    pub random: bool,
    /// Row position in the table it came from, for messages.
    pub source: usize,
}
