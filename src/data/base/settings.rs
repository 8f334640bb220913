//! How likely each setting is at each age, as fitting starts: only margins that are not crossed feel it.

use crate::domain::{AGES, Setting, at_exact_age};

/// Share of each age's plans in each setting, England, January 2024 and 2025 (`python/makers/priors`).
const SHARES: &str = include_str!("settings_by_age.csv");
/// Odds of a setting at an age it is not for, against one it is for. Chosen by the authors: it keeps further education
/// from five-year-olds without forbidding a count.
const ODDS_OUT_OF_AGE: f64 = 1e-3;

/// Odds of each setting by age against its mean over ages; the same at all ages for a setting that England does not
/// publish. `exact`: ages are exact in January, not those of the 31 August before.
pub(super) fn odds<'a>(settings: impl Iterator<Item = &'a Setting>, exact: bool) -> Vec<[f64; AGES]> {
    let one = |setting: &Setting| {
        let shares = shares_of(if setting.code == "partnership" { "special" } else { &setting.code });
        let at = |age: usize| at(&shares, age, exact);
        let mean = (0..AGES).map(at).sum::<f64>() / AGES as f64;
        std::array::from_fn(|age| {
            let fits = if setting.ages.contains(age) { 1.0 } else { ODDS_OUT_OF_AGE };
            fits * if mean > 0.0 { (at(age) / mean).max(ODDS_OUT_OF_AGE) } else { 1.0 }
        })
    };
    settings.map(one).collect()
}

/// Plans a resident by age in England; `exact` as above.
pub(super) fn rates(exact: bool) -> [f64; AGES] {
    let rates = shares_of("all");
    std::array::from_fn(|age| at(&rates, age, exact))
}

fn at(figures: &[f64; AGES], age: usize, exact: bool) -> f64 {
    if exact { at_exact_age(age, |age| figures[age]) } else { figures[age] }
}

fn shares_of(code: &str) -> [f64; AGES] {
    let mut shares = [0.0; AGES];
    for line in SHARES.lines().skip(1) {
        let mut cells = line.split(',');
        let (age, setting, share) = (cells.next(), cells.next(), cells.next());
        if setting == Some(code)
            && let (Some(Ok(age)), Some(Ok(share))) = (age.map(str::parse::<usize>), share.map(str::parse::<f64>))
        {
            shares[age] = share;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stand_at_the_ages_they_have_in_england() {
        let settings = Setting::defaults();
        let odds = odds(settings.iter(), false);
        let of = |code: &str| odds[settings.iter().position(|s| s.code == code).expect("known")];
        assert!(of("fe")[16] > 50.0 * of("fe")[15]);
        assert!(of("special")[13] > 1.2 * of("special")[8] && of("special")[13] > 5.0 * of("special")[20]);
        assert!(of("fe")[5] < 1e-2 && of("fe")[5] > 0.0);
        let mean: f64 = of("special").iter().sum::<f64>() / AGES as f64;
        assert!((mean - 1.0).abs() < 0.01);
        assert!(of("partnership").iter().zip(of("special")).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn a_setting_of_ones_own_is_as_likely_at_all_its_ages() {
        let own = Setting { code: "class".into(), ..Setting::defaults()[0].clone() };
        assert!(odds([own].iter(), true)[0].iter().all(|odds| (odds - 1.0).abs() < 1e-15));
    }
}
