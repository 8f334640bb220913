//! Generated models: small worlds in which everything that can happen does.

use sufficiency::Case;
use sufficiency::calibration::{ExplicitModel, NamedTable, case_from};
use sufficiency::random::{fold, uniform};

/// A plain source of numbers for generating models.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(fold(77, seed))
    }

    pub fn unit(&mut self) -> f64 {
        self.0 = fold(self.0, 1);
        uniform(self.0)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
}

pub fn table(text: &[(&str, Vec<String>)], numbers: &[(&str, Vec<f64>)]) -> NamedTable {
    NamedTable {
        rows: numbers[0].1.len(),
        text: text.iter().map(|(name, values)| ((*name).to_string(), values.clone())).collect(),
        numbers: numbers.iter().map(|(name, values)| ((*name).to_string(), values.clone())).collect(),
    }
}

fn codes(prefix: &str, n: usize) -> Vec<String> {
    (0..n).map(|i| format!("{prefix}{i}")).collect()
}

/// Age bands that every table of a generated model shares its rows over.
const BANDS: [&str; 4] = ["0-4", "5-11", "12-16", "17-25"];

/// Area, age, need, setting.
type Cell = (usize, usize, usize, usize);

fn base(model: &mut ExplicitModel, dice: &mut Dice, children: usize) {
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..children {
        let key = (
            dice.below(model.areas.len()),
            dice.below(26),
            dice.below(model.needs.len()),
            dice.below(model.settings.len()),
        );
        *counts.entry(key).or_insert(0.0) += 1.0;
    }
    let pick = |f: &dyn Fn(&Cell) -> String| counts.keys().map(f).collect::<Vec<_>>();
    let plans = table(
        &[
            ("area", pick(&|k| model.areas[k.0].clone())),
            ("age", pick(&|k| k.1.to_string())),
            ("need", pick(&|k| model.needs[k.2].clone())),
            ("setting", pick(&|k| model.settings[k.3].clone())),
        ],
        &[("plans", counts.values().copied().collect())],
    );
    model.tables.insert("plans".into(), plans);
}

fn grid(model: &ExplicitModel) -> NamedTable {
    let cells = model.areas.len() * 26;
    let area = (0..cells).map(|i| model.areas[i / 26].clone()).collect();
    let age = (0..cells).map(|i| (i % 26).to_string()).collect();
    table(&[("area", area), ("age", age)], &[("population", vec![0.0; cells])])
}

fn population(model: &mut ExplicitModel, dice: &mut Dice) {
    let mut table = grid(model);
    let cells = table.rows;
    table.numbers.insert("population".into(), (0..cells).map(|_| 20.0 + dice.below(60) as f64).collect());
    let mut flows = table.clone();
    flows.numbers.clear();
    flows.numbers.insert("leave".into(), (0..cells).map(|_| dice.unit() * 0.1).collect());
    flows.numbers.insert("arrive".into(), (0..cells).map(|_| dice.unit() * 40.0).collect());
    model.tables.insert("population".into(), table);
    if dice.unit() < 0.7 {
        model.tables.insert("population_flows".into(), flows);
    }
}

/// One Beta row a band, need and setting.
fn chances(model: &ExplicitModel, dice: &mut Dice, mean: f64) -> NamedTable {
    let (mut text, mut numbers) = ([vec![], vec![], vec![]], [vec![], vec![]]);
    for band in BANDS {
        for need in &model.needs {
            for setting in &model.settings {
                text.iter_mut()
                    .zip([band, need, setting])
                    .for_each(|(column, value)| column.push(value.to_string()));
                let alpha = 40.0 * mean * dice.unit();
                numbers[0].push(alpha);
                numbers[1].push(40.0 - alpha);
            }
        }
    }
    let [age, need, setting] = text;
    let [alpha, beta] = numbers;
    table(&[("age", age), ("need", need), ("setting", setting)], &[("alpha", alpha), ("beta", beta)])
}

/// One Dirichlet row a band, need and (for transitions) setting.
fn destinations(model: &ExplicitModel, dice: &mut Dice, from: bool, to_need: bool) -> NamedTable {
    let (mut text, mut alpha) = ([vec![], vec![], vec![], vec![]], vec![]);
    let settings = if from { model.settings.clone() } else { vec!["all".to_string()] };
    let ends = if to_need { &model.needs } else { &model.settings };
    for band in BANDS {
        for need in &model.needs {
            for setting in &settings {
                for to in ends {
                    let row = [band, need, setting, to];
                    text.iter_mut().zip(row).for_each(|(column, value)| column.push(value.to_string()));
                    let stay = if to == setting || to == need { 20.0 } else { 0.1 };
                    alpha.push(stay + dice.unit());
                }
            }
        }
    }
    let [age, need, setting, to] = text;
    let to_name = if to_need { "to_need" } else { "to_setting" };
    let mut columns = vec![("age", age), ("need", need), (to_name, to)];
    if from {
        columns.push(("setting", setting));
    }
    table(&columns, &[("alpha", alpha)])
}

fn rates(model: &ExplicitModel, dice: &mut Dice, mean: f64) -> NamedTable {
    let cells = 26 * model.needs.len();
    let age = (0..cells).map(|i| (i % 26).to_string()).collect();
    let need = (0..cells).map(|i| model.needs[i / 26].clone()).collect();
    let means = (0..cells).map(|_| mean * dice.unit()).collect();
    table(&[("age", age), ("need", need)], &[("shape", vec![20.0; cells]), ("mean", means)])
}

/// A model in which plans cease, transfer, move home, change need and setting, arrive and begin.
pub fn generated(seed: u64) -> ExplicitModel {
    let mut dice = Dice::new(seed);
    let mut model = ExplicitModel {
        base_year: 2025,
        areas: codes("A", 1 + dice.below(4)),
        needs: codes("N", 1 + dice.below(4)),
        settings: codes("S", 2 + dice.below(4)),
        without_plans: dice.unit() < 0.5,
        ..ExplicitModel::default()
    };
    let children = 20 + dice.below(200);
    base(&mut model, &mut dice, children);
    population(&mut model, &mut dice);
    let ceasing = chances(&model, &mut dice, 0.2);
    let out = chances(&model, &mut dice, 0.05);
    let mut moves = rates(&model, &mut dice, 0.0);
    moves.numbers = [("value".to_string(), vec![0.1; moves.rows])].into();
    let tables = [
        ("ceasing", ceasing),
        ("transfers_out", out),
        ("area_moves", moves),
        ("transitions", destinations(&model, &mut dice, true, false)),
        ("need_changes", destinations(&model, &mut dice, false, true)),
        ("first_setting", destinations(&model, &mut dice, false, false)),
        ("new_plans", rates(&model, &mut dice, 0.02)),
        ("transfers_in", rates(&model, &mut dice, 0.3)),
    ];
    model.tables.extend(tables.map(|(name, table)| (name.to_string(), table)));
    model
}

/// The case of a generated model.
pub fn case(seed: u64) -> Case {
    case_from(&generated(seed)).unwrap()
}
