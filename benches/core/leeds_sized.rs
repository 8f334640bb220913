//! A world of the size of Leeds, made here: what the benches of places and the counted kernels run on.

use std::collections::BTreeMap;
use sufficiency::Case;
use sufficiency::calibration::{ExplicitModel, NamedTable, case_from};
use sufficiency::domain::AgeRange;
use sufficiency::provision::{CountedAs, PlacesRow, ProvisionRows, SiteRow};
use sufficiency::random::{fold, uniform};

const AREAS: usize = 41;
const NEEDS: [&str; 13] =
    ["ASD", "DS", "HI", "MLD", "MSI", "OTH", "PD", "PMLD", "SEMH", "SLCN", "SLD", "SPLD", "VI"];
const SETTINGS: [&str; 6] = ["mainstream", "special", "partnership", "resourced", "independent_special", "other"];
/// Shares of the settings, in that order: about 2,900 of 9,500 children need a specialist place of ours.
const SHARES: [f64; 6] = [0.60, 0.20, 0.05, 0.05, 0.04, 0.06];
/// January of the base children.
pub const BASE_YEAR: i32 = 2025;

fn unit(a: usize, b: usize) -> f64 {
    uniform(fold(fold(7, a as u64), b as u64))
}

fn text(values: impl Iterator<Item = String>) -> Vec<String> {
    values.collect()
}

fn table(text: BTreeMap<String, Vec<String>>, numbers: &[(&str, Vec<f64>)]) -> NamedTable {
    let numbers: BTreeMap<_, _> = numbers.iter().map(|(name, v)| ((*name).to_string(), v.clone())).collect();
    NamedTable { rows: numbers.values().next().unwrap().len(), text, numbers }
}

fn all(columns: &[&str], rows: usize) -> BTreeMap<String, Vec<String>> {
    columns.iter().map(|name| ((*name).to_string(), vec!["all".to_string(); rows])).collect()
}

fn settings(mut columns: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    columns.insert("to_setting".into(), SETTINGS.map(str::to_string).to_vec());
    columns
}

/// About 9,500 children with a plan, 1,000 new ones a year.
pub fn leeds_sized() -> Case {
    let areas = text((0..AREAS).map(|a| format!("LS{a:02}")));
    let mut model = ExplicitModel {
        base_year: BASE_YEAR,
        areas: areas.clone(),
        needs: NEEDS.map(str::to_string).to_vec(),
        settings: SETTINGS.map(str::to_string).to_vec(),
        ..ExplicitModel::default()
    };
    let mut cells: BTreeMap<[usize; 4], f64> = BTreeMap::new();
    for child in 0..9_500 {
        let pick = |slot: usize, n: usize| (unit(child, slot) * n as f64) as usize;
        let mut c = 0.0;
        let u = unit(child, 3);
        let setting = SHARES.iter().position(|share| (c += share, u < c).1).unwrap_or(0);
        *cells.entry([pick(0, AREAS), 4 + pick(1, 15), pick(2, 13), setting]).or_default() += 1.0;
    }
    let column = |f: &dyn Fn(&[usize; 4]) -> String| text(cells.keys().map(f));
    let keys = BTreeMap::from([
        ("area".to_string(), column(&|k| areas[k[0]].clone())),
        ("age".to_string(), column(&|k| k[1].to_string())),
        ("need".to_string(), column(&|k| NEEDS[k[2]].to_string())),
        ("setting".to_string(), column(&|k| SETTINGS[k[3]].to_string())),
    ]);
    let grid = BTreeMap::from([
        ("area".to_string(), text((0..AREAS * 26).map(|i| areas[i / 26].clone()))),
        ("age".to_string(), text((0..AREAS * 26).map(|i| (i % 26).to_string()))),
    ]);
    let own = SETTINGS.map(|s| text(SETTINGS.iter().map(|_| s.to_string()))).concat();
    let mut moves = all(&["age", "need"], 36);
    moves.insert("setting".into(), own.clone());
    moves.insert("to_setting".into(), text((0..36).map(|i| SETTINGS[i % 6].to_string())));
    let stay = (0..36).map(|i| if i / 6 == i % 6 { 0.97 } else { 0.006 }).collect();
    let tables = [
        ("plans", table(keys, &[("plans", cells.values().copied().collect())])),
        ("population", table(grid, &[("population", vec![200.0; AREAS * 26])])),
        ("ceasing", table(all(&["age", "need", "setting"], 1), &[("value", vec![0.08])])),
        ("transitions", table(moves, &[("value", stay)])),
        ("new_plans", table(all(&["age", "need"], 1), &[("value", vec![0.00036])])),
        ("first_setting", table(settings(all(&["age", "need"], 6)), &[("value", SHARES.to_vec())])),
    ];
    model.tables.extend(tables.map(|(name, table)| (name.to_string(), table)));
    case_from(&model).unwrap()
}

/// 25 sites that hold about 2,600 children.
pub fn sites(case: &Case) -> ProvisionRows {
    let site = |i: usize| {
        let setting = ["special", "special", "partnership", "resourced", "special"][i % 5];
        let places = if setting == "special" { 150 } else { 90 };
        let (from, to) = [(4, 10), (11, 18), (4, 18)][i % 3];
        SiteRow {
            code: format!("site {i:02}"),
            part: String::new(),
            setting: case.world.settings.position(setting).unwrap(),
            needs: (0..13).filter(|n| !(n + i).is_multiple_of(4)).collect(),
            ages: AgeRange::new(from, to).unwrap(),
            tolerance: 0.0,
            in_authority: true,
            area: None,
            travel: (0..AREAS).map(|area| (unit(area, 100 + i) * 60.0).round()).collect(),
            km: vec![],
            minutes: vec![],
            places: vec![PlacesRow {
                year: 2020,
                counted_as: CountedAs::Commissioned,
                places,
                held_for_others: 0,
            }],
            openings: vec![],
        }
    };
    ProvisionRows { sites: (0..25).map(site).collect(), ..ProvisionRows::default() }
}
