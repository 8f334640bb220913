//! Where the base year's children are expected to be required a year later, at the mean of every parameter.

use crate::case::Case;
use crate::domain::AGES;
use crate::plans::{Phase, Rates};

/// Children of one age, need and setting of the base year who come to one setting, or leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Age in the base year.
    pub age: usize,
    /// Primary need in the base year.
    pub need: usize,
    /// Setting in the base year.
    pub from: usize,
    /// Setting a year later; none for plans that ceased, children who moved away, and those of 26.
    pub to: Option<usize>,
    /// Expected children.
    pub children: f64,
}

/// Expected moves of the base year's children in one year, by age, need and setting; new plans are not in them, and
/// a change of need on the way is left out of the choice of setting.
pub fn expected_moves(case: &Case) -> Vec<Move> {
    let (parameters, sizes) = (&case.parameters, case.parameters.sizes);
    let kinds = sizes.needs * sizes.settings;
    let mut rates = Rates::new(parameters);
    rates.draw(parameters, None);
    rates.changes_of_year(parameters, None, case.base_year + 1);
    let mut moves = Vec::new();
    for (age, lane) in case.base.lanes() {
        let mut counts = vec![0_u32; kinds];
        lane.kind.iter().for_each(|&kind| counts[usize::from(kind)] += 1);
        for (kind, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (need, from, n) = (kind / sizes.settings, kind % sizes.settings, f64::from(count));
            let mut add = |to, children| {
                if children > 0.0 {
                    moves.push(Move { age, need, from, to, children });
                }
            };
            if age + 1 >= AGES {
                add(None, n);
                continue;
            }
            let chance = |phase: Phase| rates.plain[rates.class_of_age[age + 1] * kinds + kind][phase as usize];
            let staying = n * (1.0 - chance(Phase::Cease)) * (1.0 - chance(Phase::TransferOut));
            add(None, n - staying);
            let reviewed = staying * chance(Phase::Review);
            let mut ends = vec![0.0; sizes.settings];
            ends[from] = staying - reviewed;
            for (to, share) in rates.next_setting.shares(parameters.next_setting(age + 1, kind)) {
                for (given, part) in rates.given_shares(false, (age + 1, need), to) {
                    ends[given] += reviewed * share * part;
                }
            }
            ends.into_iter().enumerate().for_each(|(to, children)| add(Some(to), children));
        }
    }
    moves
}
