//! England's published series: the nation that an authority is compared with.

use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// England's plans, flows, requests and residents by measure, ages and year, nothing later than the base year.
#[derive(Debug, Clone, PartialEq)]
pub struct England {
    series: BTreeMap<(String, String), BTreeMap<i32, f64>>,
}

impl England {
    /// Reads `year,measure,age,value` and cuts it at `as_of`.
    pub fn read(text: &str, as_of: i32) -> Result<Self> {
        let mut series: BTreeMap<(String, String), BTreeMap<i32, f64>> = BTreeMap::new();
        for record in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let (year, measure, age, value): (i32, String, String, f64) =
                record.map_err(|fault| Error::Internal(format!("England's series cannot be read: {fault}")))?;
            if year <= as_of {
                series.entry((measure, age)).or_default().insert(year, value);
            }
        }
        Ok(Self { series })
    }

    /// A measure of a January, for `all` ages or those named.
    pub fn of(&self, measure: &str, age: &str, year: i32) -> Option<f64> {
        self.series.get(&(measure.into(), age.into()))?.get(&year).copied()
    }

    /// Log growth of all plans in the year to a January.
    pub fn growth(&self, year: i32) -> Option<f64> {
        let plans = |year| self.of("plans", "all", year).map(libm::log);
        Some(plans(year)? - plans(year - 1)?)
    }

    /// The last January with residents of these ages.
    pub fn last_residents(&self, age: &str) -> Option<i32> {
        self.series.get(&("population".into(), age.into()))?.keys().next_back().copied()
    }
}
