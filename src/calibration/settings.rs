//! An authority's settings against those that England publishes, and the settings an age may be in.

use crate::data::Inputs;
use crate::domain::AgeRange;

/// How own settings stand to the published ones.
#[derive(Debug, Clone)]
pub struct SettingMap {
    /// Published code of each own setting; partnership classes are inside `special` there.
    pub published: Vec<String>,
    /// Whether anybody can be required here: placements not recorded are spread over the others.
    pub real: Vec<bool>,
    /// Whether any plan of the base year is here: no other setting is opened by England's shares.
    pub used: Vec<bool>,
    ages: Vec<AgeRange>,
}

impl SettingMap {
    /// The map of an authority's settings.
    pub fn of(inputs: &Inputs) -> Self {
        let settings = &inputs.authority.settings;
        let known = |code: &str| crate::domain::Setting::defaults().iter().any(|setting| setting.code == code);
        let published = |setting: &crate::domain::Setting| match setting.code.as_str() {
            "partnership" => "special".to_string(),
            code if known(code) => code.to_string(),
            _ if setting.specialist => "special".to_string(),
            _ => "other".to_string(),
        };
        let of_need_setting: Vec<String> = settings.iter().map(published).collect();
        Self {
            published: of_need_setting,
            used: used(inputs),
            real: settings.iter().map(|setting| setting.code != "unknown").collect(),
            ages: settings.iter().map(|setting| setting.ages).collect(),
        }
    }

    /// How many own settings there are.
    pub fn len(&self) -> usize {
        self.published.len()
    }

    /// Whether a child of these ages can come to be required in a setting.
    pub fn open(&self, setting: usize, ages: AgeRange) -> bool {
        self.used[setting] && self.possible(setting, ages)
    }

    /// Whether a child of these ages can be required in a setting.
    pub fn possible(&self, setting: usize, ages: AgeRange) -> bool {
        let allowed = self.ages[setting];
        self.real[setting] && ages.from <= allowed.to && allowed.from <= ages.to
    }

    /// Positions that share a published setting with this one, itself included.
    pub fn together(&self, setting: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(move |&other| self.published[other] == self.published[setting])
    }

    /// Share of a published setting that is in each own one, by the plans there; evenly over the first if none.
    pub fn split(&self, plans: &[f64]) -> Vec<f64> {
        (0..self.len())
            .map(|setting| {
                let sum: f64 = self.together(setting).map(|other| plans[other]).sum();
                if sum > 0.0 {
                    plans[setting] / sum
                } else if self.published[setting].is_empty() || !self.is_main(setting) {
                    0.0
                } else {
                    1.0
                }
            })
            .collect()
    }

    /// Whether plans of a published setting go here where own data do not say.
    fn is_main(&self, setting: usize) -> bool {
        // `special` sorts after `partnership`: the last of those together carries the published name.
        self.together(setting).last() == Some(setting)
    }
}

/// Settings with plans in the base year; all of them where placements are not known.
fn used(inputs: &Inputs) -> Vec<bool> {
    let settings = &inputs.authority.settings;
    let mut used = vec![false; settings.len()];
    inputs
        .base
        .iter()
        .for_each(|row| used[row.setting] |= row.plans > 0 && settings[row.setting].code != "unknown");
    if used.contains(&true) { used } else { vec![true; settings.len()] }
}

/// Scales weights to sum to 1; all zero stays so.
pub fn normalise(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        scale(weights, 1.0 / sum);
    }
}

/// Multiplies all weights.
pub fn scale(weights: &mut [f64], factor: f64) {
    for weight in weights {
        *weight *= factor;
    }
}
