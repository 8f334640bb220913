//! Claims about residents carried forward, on authorities made up here.

use super::*;
use crate::data::Flag;
use crate::domain::AgeRange;

const BASE: i32 = 2020;

/// Residents by year, area and age, as rows.
fn estimates(
    years: std::ops::RangeInclusive<i32>,
    areas: usize,
    residents: impl Fn(i32, usize, u8) -> f64,
) -> Vec<(i32, usize, AgeRange, u32)> {
    let residents = &residents;
    years
        .flat_map(|year| (0..areas).flat_map(move |area| (0..=25).map(move |age| (year, area, age))))
        .map(|(year, area, age)| (year, area, single(age), residents(year, area, age).round() as u32))
        .collect()
}

fn single(age: u8) -> AgeRange {
    AgeRange { from: age, to: age }
}

/// The authority's totals as rows.
fn totals(years: std::ops::RangeInclusive<i32>, residents: impl Fn(i32, u8) -> f64) -> Vec<(i32, AgeRange, u32)> {
    let rows = years.flat_map(|year| (0..=25).map(move |age| (year, age)));
    rows.map(|(year, age)| (year, single(age), residents(year, age).round() as u32)).collect()
}

/// A cohort born in `born` loses 2% a year at every age.
fn fading(year: i32, area: usize, age: u8) -> f64 {
    let born = 1e8 * (area + 1) as f64 * (1.0 + 0.1 * f64::from((year - i32::from(age)) % 3));
    born * libm::pow(0.98, f64::from(age))
}

fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs(), "{found} is not {wanted}");
}

fn slugs(flags: &[Flag]) -> Vec<&str> {
    flags.iter().map(|flag| flag.slug.as_str()).collect()
}

#[test]
fn constant_ratios_reproduce_the_cohorts_they_came_from() {
    let history = History::from_rows(2, &estimates(2010..=BASE, 2, fading));
    let projected = project_residents(&history, &Control::default(), BASE, 6).unwrap();
    assert!(projected.flags.is_empty());
    for (step, cells) in projected.path.years.iter().enumerate() {
        // Below 18 and born by the base year; rounding to whole residents of 1e8 leaves 1e-8.
        for (age, area) in (step + 1..18).flat_map(|age| [(age, 0), (age, 1)]) {
            close(cells[age * 2 + area], fading(BASE + 1 + step as i32, area, age as u8), 1e-7);
        }
    }
}

#[test]
fn the_areas_sum_to_every_total_of_a_current_control() {
    let official = |year: i32, age: u8| 3000.0 + f64::from((year * 7 + i32::from(age) * 13) % 40);
    let residents =
        |_: i32, area: usize, age: u8| if area == 2 { 0.0 } else { 1500.0 + f64::from(age) * (area as f64 - 0.5) };
    let history = History::from_rows(3, &estimates(2015..=BASE, 3, residents));
    let control = Control::from_rows(&totals(2011..=2035, official));
    let projected = project_residents(&history, &control, BASE, 15).unwrap();
    assert!(projected.flags.is_empty(), "{:?}", projected.flags);
    for (year, cells) in (BASE..).zip(std::iter::once(&projected.base).chain(&projected.path.years)) {
        for age in 0..=25_u8 {
            let sum: f64 = cells[usize::from(age) * 3..][..3].iter().sum();
            assert!((sum - official(year, age).round()).abs() < 1e-9, "January {year}, age {age}");
        }
        assert!(cells.iter().skip(2).step_by(3).all(|&residents| residents == 0.0), "an empty area stays empty");
        assert!(cells.iter().all(|&residents| residents >= 0.0));
    }
}

#[test]
fn one_area_is_the_authority() {
    let one = History::from_rows(1, &estimates(2014..=BASE, 1, |y, _, a| fading(y, 0, a) + fading(y, 1, a)));
    let two = History::from_rows(2, &estimates(2014..=BASE, 2, fading));
    let one = project_residents(&one, &Control::default(), BASE, 10).unwrap();
    let two = project_residents(&two, &Control::default(), BASE, 10).unwrap();
    for (alone, split) in one.path.years.iter().zip(&two.path.years) {
        alone.iter().zip(split.chunks(2)).for_each(|(&alone, split)| close(alone, split.iter().sum(), 1e-7));
    }
}

#[test]
fn an_area_that_gains_children_keeps_gaining_and_students_stay_where_they_are() {
    let residents = |_: i32, area: usize, age: u8| match (area, age) {
        (0, 18..) => 1.0,
        (1, 18..) => 50_000.0,
        (0, _) => 10_000.0 * libm::pow(1.05, f64::from(age)),
        _ => 30_000.0,
    };
    let history = History::from_rows(2, &estimates(2010..=BASE, 2, residents));
    let path = project_residents(&history, &Control::default(), BASE, 8).unwrap().path;
    let last = &path.years[7];
    // A stationary authority: the area's excess is mostly its own, so age 8 stays near what it was.
    close(last[16], residents(0, 0, 8), 0.05);
    assert!(last[16] > 1.25 * last[0]);
    close(last[36] / (last[36] + last[37]), 1.0 / 50_001.0, 1e-6);
}

#[test]
fn births_are_flat_without_totals_and_follow_a_current_projection() {
    let history = History::from_rows(2, &estimates(2015..=BASE, 2, |_, area, _| 1000.0 * (area + 1) as f64));
    let flat = project_residents(&history, &Control::default(), BASE, 3).unwrap();
    assert!(flat.path.years.iter().all(|cells| (cells[0] - 1000.0).abs() < 1e-9));

    let falling = |year: i32, age: u8| if age == 0 { 3000.0 - 30.0 * f64::from(year - BASE) } else { 3000.0 };
    let control = Control::default().with_projection(&totals(BASE..=2023, falling));
    let followed = project_residents(&history, &control, BASE, 3).unwrap();
    assert!(followed.flags.is_empty());
    for (step, cells) in (1..).zip(&followed.path.years) {
        close(cells[0] + cells[1], falling(BASE + step, 0), 1e-12);
    }
    close(followed.path.years[2][2], 2940.0 / 3.0 * (3000.0 / 2940.0), 1e-12);
}

#[test]
fn a_stale_projection_and_a_stale_control_are_left_out_and_said_to_be() {
    let history = History::from_rows(1, &estimates(2015..=BASE, 1, |_, _, _| 1000.0));
    let stale = totals(BASE..=2025, |_, age| if age < 4 { 1100.0 } else { 1000.0 });
    let control = Control::default().with_projection(&stale);
    let projected = project_residents(&history, &control, BASE, 2).unwrap();
    assert_eq!(slugs(&projected.flags), ["projection-not-current"]);

    let whole = project_residents(&history, &Control::from_rows(&stale), BASE, 2).unwrap();
    assert_eq!(slugs(&whole.flags), ["control-not-current"]);
    assert_eq!(whole.path.years, projected.path.years);

    let jumps = totals(BASE..=2025, |year, _| if year > BASE { 1040.0 } else { 1000.0 });
    let jumped = project_residents(&history, &Control::from_rows(&jumps), BASE, 2).unwrap();
    assert_eq!(slugs(&jumped.flags), ["control-not-current"]);
}

#[test]
fn a_missing_base_year_is_aged_on_and_met_by_its_totals() {
    let history = History::from_rows(2, &estimates(2015..=2018, 2, fading));
    let control = Control::from_rows(&totals(2010..=BASE, |y, a| fading(y, 0, a) + fading(y, 1, a)));
    let projected = project_residents(&history, &control, BASE, 1).unwrap();
    assert_eq!(slugs(&projected.flags), ["population-rolled-forward"]);
    assert_eq!(projected.flags[0].years, [2019, 2020]);
    (2..18).for_each(|age| close(projected.base[age * 2], fading(BASE, 0, age as u8), 1e-7));
}

#[test]
fn one_year_of_residents_carries_cohorts_unchanged() {
    let history = History::from_rows(1, &estimates(BASE..=BASE, 1, |_, _, age| 100.0 + f64::from(age)));
    let projected = project_residents(&history, &Control::default(), BASE, 1).unwrap();
    assert_eq!(slugs(&projected.flags), ["population-ratios-unknown"]);
    close(projected.path.years[0][5], 104.0, 1e-12);
}

#[test]
fn years_after_the_base_year_are_not_seen() {
    let known = estimates(2015..=BASE, 2, fading);
    let later: Vec<_> = known.iter().copied().chain(estimates(2021..=2023, 2, |_, _, _| 7.0)).collect();
    let [without, with] = [&known, &later]
        .map(|rows| project_residents(&History::from_rows(2, rows), &Control::default(), BASE, 4).unwrap());
    assert_eq!(without, with);
}

#[test]
fn totals_no_area_can_meet_are_refused_by_year_and_age() {
    let history = History::from_rows(1, &estimates(2018..=BASE, 1, |_, _, age| if age < 6 { 0.0 } else { 900.0 }));
    let control = Control::from_rows(&[(2022, single(3), 5)]);
    let error = project_residents(&history, &control, BASE, 4).unwrap_err().to_string();
    assert!(error.contains("age 3 in January 2022"), "{error}");
    let missing = project_residents(&history, &control, 2010, 1).unwrap_err();
    assert_eq!(missing.problems()[0].slug, "population-missing");
}

/// Two areas whose cohorts gain 1% a year and lose 2%, with one year's ripples: errors five years on are small.
#[test]
fn five_years_on_noisy_ratios_err_by_no_more_than_their_noise() {
    let residents = |year: i32, area: usize, age: u8| {
        let growth: f64 = if area == 0 { 1.01 } else { 0.98 };
        let ripple = 1.0 + 0.004 * libm::sin(f64::from(year) * 1.7 + f64::from(age));
        4000.0 * (area + 1) as f64 * libm::pow(growth, f64::from(age)) * ripple
    };
    let history = History::from_rows(2, &estimates(2010..=BASE, 2, residents));
    let path = project_residents(&history, &Control::default(), BASE, 5).unwrap().path;
    for area in 0..2 {
        let found: f64 = (5..16).map(|age| path.years[4][age * 2 + area]).sum();
        let wanted: f64 = (5..16).map(|age| residents(BASE + 5, area, age as u8)).sum();
        close(found, wanted, 0.02);
    }
}
