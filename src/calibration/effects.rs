//! How far whole age groups and state special schools may go another way than the rates say.

use super::settings::SettingMap;
use crate::domain::AgeRange;
use crate::plans::{Effect, Scaled};

/// Name, what it scales, ages, standard deviation, correlation with the growth of all plans.
const EFFECTS: [(&str, bool, (u8, u8), f64, f64); 6] = [
    ("ceasing 16-19", true, (16, 19), 1.0, -0.9),
    ("ceasing 20-25", true, (20, 25), 0.8, -0.7),
    ("new 0-4", false, (0, 4), 0.28, 0.0),
    ("new 5-10", false, (5, 10), 0.15, 0.0),
    ("new 11-15", false, (11, 15), 0.42, 0.0),
    ("new 16-25", false, (16, 25), 0.8, 0.5),
];
const SPECIAL: f64 = 0.12;

/// The effects of a fit.
pub fn effects(map: &SettingMap) -> Vec<Effect> {
    let one = |&(name, ceasing, (from, to), sd, with_growth): &(&str, bool, (u8, u8), f64, f64)| Effect {
        name: name.into(),
        scaled: if ceasing { Scaled::Ceasing } else { Scaled::NewPlans },
        ages: AgeRange { from, to },
        sd,
        with_growth,
    };
    let mut effects: Vec<Effect> = EFFECTS.iter().map(one).collect();
    let special: Vec<usize> = (0..map.len()).filter(|&setting| map.published[setting] == "special").collect();
    effects.push(Effect {
        name: "special".into(),
        scaled: Scaled::Into(special),
        ages: AgeRange::ALL,
        sd: SPECIAL,
        with_growth: 0.0,
    });
    effects
}
