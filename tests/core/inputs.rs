//! Inputs: hostile bytes, raking, rounding, and the checks that refuse a table whole.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;
use sufficiency::data::{Inputs, RawColumn, RawInputs, RawTable};
use sufficiency::io::{read_folder, read_table};
use sufficiency::numeric::{Infeasible, Margin, TOLERANCE, rake, relative_error, round_to_margins};

const AUTHORITY: &str = "schema = '1.0'\nname = 'Example'\ncode = 'E00000001'\nbase_year = 2025\n\
    [[sources]]\ntable = 'plans'\nstatus = 'own'\nsource = 'us'\n";

fn leeds() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python/sufficiency/sample/leeds")
}

fn table(name: &str, heads: &[&str], rows: &[&[&str]]) -> RawTable {
    let column = |(i, head): (usize, &&str)| RawColumn {
        name: (*head).into(),
        values: rows.iter().map(|row| row[i].to_string()).collect(),
    };
    RawTable { name: name.into(), columns: heads.iter().enumerate().map(column).collect() }
}

/// Two areas with residents of every age, the second with three times the first, and these plans.
fn example(plans: &[&[&str]], published: bool) -> RawInputs {
    let areas = table("areas", &["area", "name", "planning_area"], &[&["A", "a", "P"], &["B", "b", "P"]]);
    let ages: Vec<String> = (0..26).map(|age| age.to_string()).collect();
    let rows: Vec<[&str; 4]> =
        ages.iter().flat_map(|age| [["2025", "A", age, "100"], ["2025", "B", age, "300"]]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(<[&str; 4]>::as_slice).collect();
    let population = table("population", &["year", "area", "age", "population"], &rows);
    let plans = table("plans", &["year", "area", "age", "need", "setting", "plans"], plans);
    RawInputs { authority: AUTHORITY.into(), tables: vec![areas, plans, population], published }
}

fn slugs(raw: RawInputs) -> Vec<&'static str> {
    match Inputs::check(raw) {
        Ok(_) => vec![],
        Err(error) => error.problems().iter().map(|problem| problem.slug).collect(),
    }
}

fn sums(inputs: &Inputs, key: impl Fn(&sufficiency::domain::BaseRow) -> usize) -> BTreeMap<usize, u32> {
    let mut sums = BTreeMap::new();
    for row in &inputs.base {
        *sums.entry(key(row)).or_default() += row.plans;
    }
    sums
}

#[test]
fn the_leeds_sample_is_read_whole() {
    let files = read_folder(&leeds()).unwrap();
    assert!(files.problems.is_empty(), "{:?}", files.problems);
    let inputs = Inputs::check_after(files.raw, files.problems).unwrap();
    assert_eq!(inputs.base.iter().map(|row| row.plans).sum::<u32>(), 6_093);
    assert_eq!(inputs.flags, []);
    assert_eq!(inputs.areas.len(), 41);
    assert!(inputs.control(2025).is_some());
}

/// The three published two-way margins of January 2025, special and partnership together.
fn leeds_margins() -> ([usize; 3], Vec<Margin>) {
    let files = read_folder(&leeds()).unwrap();
    let inputs = Inputs::check(files.raw).unwrap();
    let codes = &inputs.authority.setting_codes;
    let (partnership, special) = (codes.position("partnership").unwrap(), codes.position("special").unwrap());
    let sizes = [26, inputs.authority.needs.len(), inputs.authority.settings.len()];
    let margin = |name: &str, dropped: usize| {
        let groups = (0..3).map(|d| (d != dropped).then(|| (0..sizes[d] as u32).collect())).collect();
        let mut margin = Margin { name: name.into(), groups, counts: vec![] };
        margin.counts = vec![0.0; margin.size()];
        let members = margin.members(&sizes);
        for row in &inputs.base {
            let setting = if row.setting == partnership { special } else { row.setting };
            let cell = (row.age * sizes[1] + row.need) * sizes[2] + setting;
            margin.counts[members[cell] as usize] += f64::from(row.plans);
        }
        margin
    };
    (sizes, vec![margin("age x need", 2), margin("age x setting", 1), margin("need x setting", 0)])
}

#[test]
fn leeds_is_raked_to_three_tables_and_rounded_onto_them_exactly() {
    let (sizes, margins) = leeds_margins();
    let raked = rake(&vec![1.0; sizes.iter().product()], &sizes, &margins).unwrap();
    // The four that a linear program finds: (3, PMLD, early_years), (9, PMLD, early_years), (17, MSI, resourced),
    // (17, MSI, special).
    assert_eq!(raked.implied_zeros.len(), 4);
    assert!(raked.passes < 2_000, "{} passes", raked.passes);
    let rounded = round_to_margins(&raked.cells, &sizes, &margins);
    assert_eq!((rounded.residual, rounded.moved_further), (0, 0));
    assert_eq!(rounded, round_to_margins(&raked.cells, &sizes, &margins));
}

#[test]
fn stacked_margins_become_one_table_that_meets_them() {
    let raw = example(
        &[
            &["2025", "all", "0-10", "all", "special", "30"],
            &["2025", "all", "11-25", "all", "special", "10"],
            &["2025", "all", "11-25", "all", "mainstream", "60"],
            &["2025", "all", "all", "ASD", "all", "75"],
            &["2025", "all", "all", "SEMH", "all", "25"],
            &["2025", "all", "all", "all", "all", "100"],
        ],
        false,
    );
    let inputs = Inputs::check(raw).unwrap();
    let need = |code| inputs.authority.need_codes.position(code).unwrap();
    assert_eq!(sums(&inputs, |row| row.need), BTreeMap::from([(need("ASD"), 75), (need("SEMH"), 25)]));
    assert_eq!(sums(&inputs, |row| usize::from(row.age > 10)), BTreeMap::from([(0, 30), (1, 70)]));
    // By residents of each age, whole children: about a quarter live in A.
    let in_a = sums(&inputs, |row| row.area)[&0];
    assert!((15..=35).contains(&in_a), "{in_a}");
    let flags: Vec<&str> = inputs.flags.iter().map(|flag| flag.slug.as_str()).collect();
    assert_eq!(flags, ["age-spread", "area-spread", "crossed-by-fitting"]);
}

#[test]
fn margins_of_your_own_must_agree_and_published_ones_are_scaled() {
    let plans: &[&[&str]] = &[
        &["2025", "all", "7", "all", "all", "40"],
        &["2025", "all", "8", "all", "all", "60"],
        &["2025", "all", "all", "all", "special", "55"],
        &["2025", "all", "all", "all", "mainstream", "55"],
    ];
    let error = Inputs::check(example(plans, false)).unwrap_err().to_string();
    assert!(error.contains("margins (age) and (setting) count differently: the total"), "{error}");
    assert!(!error.contains("110") && !error.contains("100"), "counts stay unsaid: {error}");
    let inputs = Inputs::check(example(plans, true)).unwrap();
    assert!(inputs.has_flag("margins-differ") && inputs.has_flag("need-unknown"));
    assert_eq!(sums(&inputs, |row| row.age), BTreeMap::from([(7, 40), (8, 60)]));
    assert_eq!(sums(&inputs, |row| row.setting).into_values().collect::<Vec<_>>(), [50, 50]);
}

#[test]
fn every_problem_of_every_table_is_reported_at_once() {
    let mut raw = example(
        &[
            &["2025", "A", "7", "ASDD", "special", "3"],
            &["2025", "A", "26", "ASD", "special", "3.5"],
            &["2025", "C", "7", "ASD", "specail", "-3"],
            &["2025", "A", "8", "ASD", "special", "1e9"],
            &["2025", "A", "9", "ASD", "special", "nan"],
            &["2025", "A", "10", "", "special", "2"],
        ],
        false,
    );
    raw.tables[0].columns[2].name = "planing_area".into();
    let mut found = slugs(raw);
    found.sort_unstable();
    let expected = [
        "bad-age",
        "blank-cell",
        "missing-column",
        "negative-count",
        "not-a-number",
        "not-whole",
        "out-of-bounds",
        "unknown-area",
        "unknown-column",
        "unknown-need",
        "unknown-setting",
    ];
    assert_eq!(found, expected);
}

#[test]
fn whole_decimals_are_whole_numbers() {
    assert!(Inputs::check(example(&[&["2025.0", "A", "7.0", "ASD", "special", "3.0"]], false)).is_ok());
}

/// A table of positive cells and zeros, its shape, and all its margins over two of three dimensions.
fn crossed() -> impl Strategy<Value = (Vec<f64>, [usize; 3], Vec<Margin>)> {
    (2..5usize, 2..5usize, 2..5usize)
        .prop_flat_map(|(a, b, c)| (Just([a, b, c]), prop::collection::vec(0..9u32, a * b * c)))
        .prop_map(|(sizes, counts)| {
            let cells: Vec<f64> = counts.iter().map(|&count| f64::from(count)).collect();
            let margins = (0..3).map(|dropped| margin_of(&cells, &sizes, dropped)).collect();
            (cells, sizes, margins)
        })
}

fn margin_of(cells: &[f64], sizes: &[usize], dropped: usize) -> Margin {
    let groups = (0..sizes.len()).map(|d| (d != dropped).then(|| (0..sizes[d] as u32).collect())).collect();
    let mut margin = Margin { name: format!("without {dropped}"), groups, counts: vec![] };
    margin.counts = vec![0.0; margin.size()];
    for (cell, &sum) in margin.members(sizes).iter().enumerate() {
        margin.counts[sum as usize] += cells[cell];
    }
    margin
}

fn worst(cells: &[f64], sizes: &[usize], margins: &[Margin]) -> f64 {
    let error = |margin: &Margin| {
        let mut sums = vec![0.0; margin.counts.len()];
        margin.members(sizes).iter().zip(cells).for_each(|(&sum, cell)| sums[sum as usize] += cell);
        sums.iter().zip(&margin.counts).map(|(&sum, &count)| relative_error(sum, count)).fold(0.0, f64::max)
    };
    margins.iter().map(error).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Margins of a table that exists are met to 1e-9, whatever cells they force to 0, and zeros stay.
    #[test]
    fn raking_meets_the_margins_of_any_table(
        (cells, sizes, margins) in crossed(), zeros in prop::collection::vec(any::<bool>(), 64),
    ) {
        let open = |(i, &x): (usize, &f64)| if x > 0.0 || !zeros[i % zeros.len()] { 1.0 } else { 0.0 };
        let seed: Vec<f64> = cells.iter().enumerate().map(open).collect();
        let raked = rake(&seed, &sizes, &margins).expect("the margins are those of a table");
        prop_assert!(worst(&raked.cells, &sizes, &margins) <= TOLERANCE);
        prop_assert!(raked.cells.iter().zip(&seed).all(|(&x, &s)| s > 0.0 || x == 0.0));
        let rounded = round_to_margins(&raked.cells, &sizes, &margins);
        let whole: Vec<f64> = rounded.cells.iter().map(|&count| f64::from(count)).collect();
        prop_assert_eq!(rounded.residual == 0, worst(&whole, &sizes, &margins) == 0.0);
    }

    /// Two margins are always met exactly, at floor or ceiling of every cell.
    #[test]
    fn rounding_meets_two_margins_exactly((cells, sizes, margins) in crossed()) {
        let two = &margins[..2];
        let raked = rake(&vec![1.0; cells.len()], &sizes, two).expect("no seed is 0");
        let rounded = round_to_margins(&raked.cells, &sizes, two);
        prop_assert_eq!((rounded.residual, rounded.moved_further), (0, 0));
    }

    /// One count too many in one margin is traced to the pairs it is in.
    #[test]
    fn margins_that_cannot_be_met_are_named((cells, sizes, mut margins) in crossed(), which in 0..3usize) {
        margins[which].counts[0] += 1.0;
        match rake(&vec![1.0; cells.len()], &sizes, &margins) {
            Err(Infeasible::Disagree(pairs)) => {
                prop_assert!(pairs.iter().all(|pair| pair.first == which || pair.second == which));
                prop_assert_eq!(pairs.len(), 2);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// Bytes of any kind are either a table or problems, never both and never a panic.
    #[test]
    fn hostile_bytes_never_half_load(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (table, problems) = read_table("plans", &bytes);
        prop_assert_eq!(table.is_some(), problems.is_empty());
    }

    /// A cell of the sample overwritten by anything is either the same table or an error, never a panic.
    #[test]
    fn hostile_cells_are_refused_or_harmless(
        text in "\\PC{0,12}|-?[0-9]{1,12}(\\.[0-9]{1,3})?|nan|inf|all|[0-9]{1,3}-[0-9]{1,3}",
        row in 0..4usize, column in 0..6usize,
    ) {
        let mut raw = example(
            &[
                &["2024", "all", "5-10", "all", "all", "9"],
                &["2025", "A", "7", "ASD", "special", "3"],
                &["2025", "A", "8", "ASD", "special", "3"],
                &["2025", "B", "8", "SEMH", "mainstream", "4"],
            ],
            false,
        );
        raw.tables[1].columns[column].values[row] = text;
        if let Err(error) = Inputs::check(raw) {
            prop_assert!(!error.problems().is_empty(), "{error}");
        }
    }

    /// No text is an authority by accident, and none makes the reader panic.
    #[test]
    fn hostile_authority_files_are_refused(text in "\\PC{0,200}") {
        let mut raw = example(&[&["2025", "A", "7", "ASD", "special", "3"]], false);
        raw.authority = text;
        prop_assert!(Inputs::check(raw).is_err());
    }
}

#[test]
fn margins_without_a_table_are_an_error_although_no_pair_disagrees() {
    // Bounded by a 2 x 2 x 2 table whose three pairwise margins agree but cannot all hold.
    let each = || Some(vec![0, 1]);
    let margin =
        |name: &str, groups, counts: [f64; 4]| Margin { name: name.into(), groups, counts: counts.to_vec() };
    let margins = [
        margin("a x b", vec![each(), each(), None], [1.0, 0.0, 0.0, 1.0]),
        margin("a x c", vec![each(), None, each()], [1.0, 0.0, 0.0, 1.0]),
        margin("b x c", vec![None, each(), each()], [0.0, 1.0, 1.0, 0.0]),
    ];
    assert!(rake(&[1.0; 8], &[2, 2, 2], &margins).is_err());
    let soft = [
        margin("a x b", vec![each(), each(), None], [9.0, 1.0, 1.0, 9.0]),
        margin("a x c", vec![each(), None, each()], [9.0, 1.0, 1.0, 9.0]),
        margin("b x c", vec![None, each(), each()], [1.0, 9.0, 9.0, 1.0]),
    ];
    let Err(Infeasible::Unmet(which)) = rake(&[1.0; 8], &[2, 2, 2], &soft) else { panic!("met") };
    assert!(which.len() >= 2, "{which:?}");
}
