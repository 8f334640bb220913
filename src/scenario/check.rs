//! What can be wrong with a change whatever the case, and what its words mean in the case.

use super::change::Uncertain;
use super::read::Lines;
use crate::domain::{AgeRange, Bounds, Codes};
use crate::error::Problem;
use crate::random::Size;

/// Reads the words of one change; gathers every problem.
pub(super) struct Reader<'a> {
    pub lines: &'a Lines,
    pub problems: &'a mut Vec<Problem>,
    pub base_year: i32,
}

impl Reader<'_> {
    pub fn fault(&mut self, field: &str, slug: &'static str, message: impl Into<String>) {
        self.problems.push(self.lines.problem(field, slug, message));
    }

    /// The position of a code.
    pub fn code(&mut self, field: &str, word: &str, codes: &Codes) -> Option<usize> {
        let found = codes.position(word);
        if found.is_none() {
            let near = codes.nearest(word).unwrap_or_default();
            let slug = match codes.kind() {
                "area" => "unknown-area",
                "need" => "unknown-need",
                _ => "unknown-setting",
            };
            let short: String = word.chars().take(40).collect();
            let problem = self.lines.problem(field, slug, format!("{} {short:?} is not known", codes.kind()));
            self.problems.push(problem.hint(format!("did you mean {near}?")));
        }
        found
    }

    /// Positions of codes, none twice.
    pub fn codes(&mut self, field: &str, words: &[String], codes: &Codes) -> Vec<usize> {
        let mut found: Vec<usize> = words.iter().filter_map(|word| self.code(field, word, codes)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    pub fn ages(&mut self, field: &str, from: u8, to: u8) -> AgeRange {
        AgeRange::new(from, to).unwrap_or_else(|| {
            let message =
                format!("ages must be from 0 to 25, the first not above the second, got {from} and {to}");
            self.fault(field, "bad-age", message);
            AgeRange::ALL
        })
    }

    /// Year and month of text such as `2027-09`, and the first January census after.
    pub fn month(&mut self, field: &str, text: &str) -> Option<(i32, u8)> {
        let parts = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2);
        let parsed = parts.and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
        let month = parsed.filter(|&(_, month)| (1..=12).contains(&month));
        if let Some((year, month)) = month {
            self.census(field, year + i32::from(month > 1));
        } else {
            let short: String = text.chars().take(20).collect();
            self.fault(field, "bad-month", format!("a month is written 2027-09, got {short:?}"));
        }
        month
    }

    /// Refuses a January that the base year holds already.
    pub fn census(&mut self, field: &str, year: i32) {
        if year <= self.base_year {
            let message = format!(
                "this counts from January {year}, but the base year {} is as it is; name a later date",
                self.base_year
            );
            self.fault(field, "before-base-year", message);
        } else if !Bounds::of("year").admit(f64::from(year)) {
            self.fault(field, "bad-year", Bounds::of("year").rule());
        }
    }

    /// A share: 0 to 1.
    pub fn share(&mut self, field: &str, value: Uncertain) -> Size {
        let (low, high) = match value {
            Uncertain::Exactly(value) => (value, value),
            Uncertain::Between { low, high } => (low, high),
        };
        let within = |share: f64| (0.0..=1.0).contains(&share);
        if !(within(low) && within(high)) {
            self.fault(field, "out-of-range", "a share must be from 0 to 1");
        } else if low > high {
            self.fault(field, "low-above-high", format!("low {low} is above high {high}"));
        } else if low < high && (low <= 0.0 || high >= 1.0) {
            self.fault(field, "out-of-range", "the ends of an interval of a share must lie between 0 and 1");
        }
        if low >= high { Size::Exactly(low) } else { Size::Share { low, high } }
    }

    /// Dates in order, from the base year on; full is from if not given, to is the end.
    pub fn dates(&mut self, from: i32, full: Option<i32>, to: Option<i32>) -> (i32, i32) {
        self.census("from", from);
        let full = full.unwrap_or(from);
        if full < from || to.is_some_and(|to| to < from) {
            self.fault("from", "dates-out-of-order", "from must not be after full or to");
        }
        (full, to.unwrap_or(i32::MAX))
    }

    /// Years over which something is spread.
    pub fn years(&mut self, field: &str, years: u32) {
        if !(1..=40).contains(&years) {
            self.fault(field, "out-of-range", "years must be from 1 to 40");
        }
    }

    /// A factor or a count: 0 or more.
    pub fn size(&mut self, field: &str, value: Uncertain) -> Size {
        let (low, high) = match value {
            Uncertain::Exactly(value) => (value, value),
            Uncertain::Between { low, high } => (low, high),
        };
        if !(low.is_finite() && high.is_finite() && low >= 0.0 && high <= 1e6) {
            self.fault(field, "out-of-range", "a factor or count must be from 0 to 1,000,000");
        } else if low > high {
            self.fault(field, "low-above-high", format!("low {low} is above high {high}"));
        } else if low == 0.0 && high > 0.0 {
            self.fault(field, "out-of-range", "the low end of an interval must be above 0");
        }
        if low >= high { Size::Exactly(low) } else { Size::Between { low, high } }
    }
}
