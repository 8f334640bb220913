//! How far whole age groups and state special schools may go another way than the rates say.
//!
//! Sizes are set on the panel of authorities (Januaries of 2018 to 2022): the one-year error of an age group's stock, given
//! its new plans, over the share of it that ceases or is new. With the group's stock: 0-4 15% over 0.8, 5-10 5% over 0.19,
//! 11-15 3.5% over 0.10, 16-19 8 to 11% over 0.075 (more than ceasing can explain, so new plans share it), 20-25 29% over
//! 0.30. A part of each is there already: chance, rows drawn one by one, and growth of all plans.

use super::settings::SettingMap;
use crate::domain::AgeRange;
use crate::plans::{Effect, Scaled};

/// The effects of a fit: name, ages, standard deviation, correlation with the growth of all plans. A third of a year's
/// surprise in all plans is at 16 to 19 (their errors correlate by 0.6), a tenth from 20 on.
pub fn effects(map: &SettingMap) -> Vec<Effect> {
    let special = (0..map.len()).filter(|&setting| map.published[setting] == "special").collect();
    vec![
        one("ceasing 16-19", Scaled::Ceasing, (16, 19), 1.0, -0.9),
        one("ceasing 20-25", Scaled::Ceasing, (20, 25), 0.8, -0.7),
        one("new 0-4", Scaled::NewPlans, (0, 4), 0.28, 0.0),
        one("new 5-10", Scaled::NewPlans, (5, 10), 0.15, 0.0),
        one("new 11-15", Scaled::NewPlans, (11, 15), 0.42, 0.0),
        one("new 16-25", Scaled::NewPlans, (16, 25), 0.8, 0.5),
        one("special", Scaled::Into(special), (0, 25), 0.12, 0.0),
    ]
}

fn one(name: &str, scaled: Scaled, (from, to): (u8, u8), sd: f64, with_growth: f64) -> Effect {
    Effect { name: name.into(), scaled, ages: AgeRange { from, to }, sd, with_growth }
}
