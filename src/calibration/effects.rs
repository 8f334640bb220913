//! How far whole age groups and state special schools may go another way than the rates say.
//!
//! Sizes are learnt from forecasts of earlier origins whose outcome was known, one set for each origin
//! (`python/makers/priors/effects.py`, `priors/effects.csv`).

use crate::domain::AgeRange;
use crate::error::{Error, Result};
use crate::plans::{Effect, Scaled};
use serde::Deserialize;

const SIZES: &str = include_str!("priors/effects.csv");

/// Size of an effect as known by an origin.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Size {
    origin: i32,
    effect: String,
    sd: f64,
    /// Januaries that forecasts were compared with; none, if it is as chosen before any.
    years: u32,
}

/// The effects of a fit.
#[derive(Debug, Clone)]
pub struct FittedEffects {
    /// Name, ages, standard deviation, correlation with the growth of all plans.
    pub effects: Vec<Effect>,
    /// Whether sizes are chosen: no forecast's outcome was known yet.
    pub chosen: bool,
}

/// The effects at a base year, of the nearest earlier origin; of the first if there is none. Correlations with growth are
/// elicited: a third of a year's surprise in all plans is at 16 to 19, a tenth from 20 on.
///
/// `published` is the published code of each own setting.
pub fn fit_effects(published: &[String], base_year: i32) -> Result<FittedEffects> {
    let special = (0..published.len()).filter(|&setting| published[setting] == "special").collect();
    let rows: std::result::Result<Vec<Size>, csv::Error> =
        csv::Reader::from_reader(SIZES.as_bytes()).deserialize().collect();
    let rows = rows.map_err(|fault| Error::Internal(format!("the sizes of effects cannot be read: {fault}")))?;
    let origins = || rows.iter().map(|row| row.origin);
    let origin = origins().filter(|&origin| origin <= base_year).max().or_else(|| origins().min());
    let known: Vec<&Size> = rows.iter().filter(|row| Some(row.origin) == origin).collect();
    let one = |name: &str, scaled: Scaled, (from, to): (u8, u8), with_growth: f64| {
        let size = known.iter().find(|row| row.effect == name);
        let sd = size.ok_or_else(|| Error::Internal(format!("no size of the effect {name}")))?.sd;
        Ok(Effect { name: name.into(), scaled, ages: AgeRange { from, to }, sd, with_growth })
    };
    let effects = vec![
        one("ceasing 16-19", Scaled::Ceasing, (16, 19), -0.9)?,
        one("ceasing 20-25", Scaled::Ceasing, (20, 25), -0.7)?,
        one("new 0-4", Scaled::NewPlans, (0, 4), 0.0)?,
        one("new 5-10", Scaled::NewPlans, (5, 10), 0.0)?,
        one("new 11-15", Scaled::NewPlans, (11, 15), 0.0)?,
        one("new 16-25", Scaled::NewPlans, (16, 25), 0.5)?,
        one("special", Scaled::Into(special), (0, 25), 0.0)?,
    ];
    Ok(FittedEffects { effects, chosen: known.iter().all(|row| row.years == 0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(base_year: i32) -> FittedEffects {
        fit_effects(&["special".into(), "mainstream".into()], base_year).expect("shipped")
    }

    #[test]
    fn every_origin_has_its_own_sizes_and_the_first_says_that_they_are_chosen() {
        let sds = |year: i32| sizes(year).effects.iter().map(|effect| effect.sd).collect::<Vec<_>>();
        assert!((2018..=2024).all(|origin| sds(origin).len() == 7 && !sizes(origin).chosen));
        assert!(sizes(2017).chosen && sizes(2012).chosen);
        assert_eq!((sds(2012), sds(2030)), (sds(2017), sds(2024)));
        assert_ne!(sds(2019), sds(2021));
        assert_eq!(sizes(2020).effects[6].scaled, Scaled::Into(vec![0]));
    }
}
