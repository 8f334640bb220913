//! Ages in whole years on 31 August before the census, and the phases of education.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Oldest age a plan can be held at.
pub const MAX_AGE: u8 = 25;
/// How many single years of age there are, 0 to 25.
pub const AGES: usize = MAX_AGE as usize + 1;

/// Share of those of an exact age in January who were a year younger on the 31 August before: births are spread over the
/// year, and three in eight have had their birthday since.
pub const YOUNGER: f64 = 0.375;

/// A figure by age on 31 August as those of an exact age in January have it.
pub fn at_exact_age(age: usize, of: impl Fn(usize) -> f64) -> f64 {
    if age > 0 { (1.0 - YOUNGER) * of(age) + YOUNGER * of(age - 1) } else { of(age) }
}

/// A range of ages, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AgeRange {
    /// Youngest age.
    pub from: u8,
    /// Oldest age.
    pub to: u8,
}

impl AgeRange {
    /// Every age, 0 to 25.
    pub const ALL: Self = Self { from: 0, to: MAX_AGE };

    /// The range from `from` to `to`, or `None` if it is empty or leaves 0 to 25.
    pub fn new(from: u8, to: u8) -> Option<Self> {
        (from <= to && to <= MAX_AGE).then_some(Self { from, to })
    }

    /// Reads `7`, `5-10` or `all`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::ALL);
        }
        let single = |t: &str| {
            let digits = !t.is_empty() && t.len() <= 2 && t.bytes().all(|b| b.is_ascii_digit());
            if digits { t.parse().ok() } else { None }
        };
        match text.split_once('-') {
            Some((from, to)) => Self::new(single(from.trim())?, single(to.trim())?),
            None => single(text).and_then(|age| Self::new(age, age)),
        }
    }

    /// Whether `age` lies in the range.
    pub fn contains(self, age: usize) -> bool {
        (usize::from(self.from)..=usize::from(self.to)).contains(&age)
    }

    /// The ages, youngest first.
    pub fn ages(self) -> std::ops::RangeInclusive<usize> {
        usize::from(self.from)..=usize::from(self.to)
    }
}

impl fmt::Display for AgeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}-{}", self.from, self.to) }
    }
}

/// A phase of education.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Ages 0 to 3.
    EarlyYears,
    /// Ages 4 to 10, Reception to Year 6.
    Primary,
    /// Ages 11 to 15, Years 7 to 11.
    Secondary,
    /// Ages 16 to 18, Years 12 to 14.
    SixthForm,
    /// Ages 19 to 25.
    YoungAdult,
}

impl Phase {
    /// All phases in age order.
    pub const ALL: [Self; 5] =
        [Self::EarlyYears, Self::Primary, Self::Secondary, Self::SixthForm, Self::YoungAdult];

    /// The phase of an age.
    pub fn of_age(age: usize) -> Self {
        match age {
            0..=3 => Self::EarlyYears,
            4..=10 => Self::Primary,
            11..=15 => Self::Secondary,
            16..=18 => Self::SixthForm,
            _ => Self::YoungAdult,
        }
    }

    /// The code used in tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::EarlyYears => "early_years",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::SixthForm => "sixth_form",
            Self::YoungAdult => "young_adult",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_single_years_ranges_and_all() {
        assert_eq!(AgeRange::parse("7"), AgeRange::new(7, 7));
        assert_eq!(AgeRange::parse("5-10"), AgeRange::new(5, 10));
        assert_eq!(AgeRange::parse("all"), Some(AgeRange::ALL));
        for wrong in ["26", "10-5", "-1", "", "7.0", "a", "5-", "+7", "007"] {
            assert_eq!(AgeRange::parse(wrong), None, "{wrong}");
        }
    }
}
