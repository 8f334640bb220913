//! A table as Python asks for it, and the margins that a run counts at once.

use super::errors::to_py;
use crate::domain::{AGES, AgeRange, Grain, Phase, nearest};
use crate::engine::{SCHOOL_AGES, default_margins};
use crate::error::{Problem, all_or};
use crate::measures::{Basis, CubeSpec, DIMENSIONS, Measure, Near, Unit};
use crate::summary::{Ask, By};
use pyo3::prelude::*;

/// Axes by name, at most once each.
fn axes(names: &[String], argument: &str, problems: &mut Vec<Problem>) -> Vec<By> {
    let mut by = Vec::new();
    for name in names.iter().filter(|name| *name != "year") {
        match By::parse(name, argument) {
            Ok(axis) if by.contains(&axis) => {}
            Ok(axis) => by.push(axis),
            Err(problem) => problems.push(problem),
        }
    }
    by
}

/// A table as Python asks for it.
#[derive(Debug, FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    measure: String,
    by: Vec<String>,
    filter: Vec<(String, Vec<String>)>,
    totals: bool,
    ages: (i64, i64),
    basis: String,
    kind: String,
    unit: String,
    beyond: Option<f64>,
    near: Option<String>,
    empty_places: bool,
    within: Option<Vec<String>>,
}

impl Asked {
    /// A measure as it is when nothing more is said, or of a kind: `shortfall:minimum`.
    fn plain(name: &str) -> Self {
        let (measure, kind) = name.split_once(':').unwrap_or((name, "cell"));
        Self {
            measure: measure.into(),
            by: vec![],
            filter: vec![],
            totals: false,
            ages: (SCHOOL_AGES.from.into(), SCHOOL_AGES.to.into()),
            basis: "observed".into(),
            kind: kind.into(),
            unit: "km".into(),
            beyond: None,
            near: None,
            empty_places: true,
            within: None,
        }
    }

    fn measure(&self, problems: &mut Vec<Problem>) -> Measure {
        let mut fault = |slug, argument: &str, message: String| {
            problems.push(Problem::new(slug, format!("argument {argument}"), message));
        };
        let bound = |age: i64| u8::try_from(age).ok();
        let range = bound(self.ages.0).zip(bound(self.ages.1)).and_then(|(a, b)| AgeRange::new(a, b));
        let ages = range.unwrap_or_else(|| {
            let message = format!("ages must be a range within 0 to 25, got {} to {}", self.ages.0, self.ages.1);
            fault("bad-age", "ages", message);
            SCHOOL_AGES
        });
        let basis = match self.basis.as_str() {
            "observed" => Basis::Observed,
            "latent" => Basis::Latent,
            "upper" => Basis::Upper,
            other => {
                fault("unknown-basis", "basis", format!("basis must be observed, latent or upper, got {other}"));
                Basis::Observed
            }
        };
        let unit = match self.unit.as_str() {
            "km" => Unit::Km,
            "minutes" => Unit::Minutes,
            other => {
                fault("unknown-unit", "unit", format!("unit must be km or minutes, got {other}"));
                Unit::Km
            }
        };
        let (from, to) = (usize::from(ages.from), usize::from(ages.to));
        let starts = from == 0 || Phase::of_age(from) != Phase::of_age(from - 1);
        let ends = to + 1 == AGES || Phase::of_age(to) != Phase::of_age(to + 1);
        let whole_phases = starts && ends;
        match (self.measure.as_str(), self.kind.as_str()) {
            ("plans", _) => Measure::Plans,
            ("new_plans", _) => Measure::NewPlans,
            ("demand", _) => Measure::Demand(ages, basis),
            ("placed", _) => Measure::Placed(ages),
            ("waiting", _) => Measure::Waiting(ages),
            ("independent", _) => Measure::Independent(ages),
            ("places", "local") => Measure::WithinPlaces(ages),
            ("places", _) => Measure::Places(ages),
            ("shortfall", "local") if basis != Basis::Observed => {
                let message = "a local shortfall rests on the allocation of observed demand; ask for kind='cell' or \
                               kind='minimum' with another basis";
                fault("unknown-basis", "basis", message.into());
                Measure::LocalShortfall(ages)
            }
            ("shortfall", "local") => Measure::LocalShortfall(ages),
            ("shortfall", "cell") if !whole_phases => {
                let message = "cells are whole phases: ages must be such as 4-15, 4-10, 11-15 or 16-18; or ask for kind='local'";
                fault("bad-age", "ages", message.into());
                Measure::CellShortfall(ages, basis)
            }
            ("shortfall", "cell") => Measure::CellShortfall(ages, basis),
            ("shortfall", "minimum") => Measure::MinimumShortfall(ages, basis),
            ("shortfall", other) => {
                fault("unknown-kind", "kind", format!("kind must be cell, local or minimum, got {other}"));
                Measure::CellShortfall(ages, basis)
            }
            ("utilisation", _) => Measure::Utilisation,
            ("travel", _) => match (self.near.as_deref(), self.beyond) {
                (Some("nearest"), None) => Measure::Near(ages, Near::Nearest),
                (Some("planning_area"), None) => Measure::Near(ages, Near::PlanningArea),
                (Some(other), beyond) => {
                    let message = if beyond.is_some() {
                        "give within or beyond, not both".into()
                    } else {
                        format!("within must be nearest or planning_area, got {other}")
                    };
                    fault("unknown-word", "within", message);
                    Measure::Near(ages, Near::Nearest)
                }
                (None, Some(limit)) => Measure::Beyond(ages, unit, (10.0 * limit) as i32),
                (None, None) => Measure::Travel(ages, unit),
            },
            ("cost", _) => Measure::Cost { empty_places: self.empty_places },
            (other, _) => {
                let near = nearest(other, MEASURES.into_iter()).unwrap_or_default();
                fault("unknown-measure", "measures", format!("unknown measure {other}, nearest is {near}"));
                Measure::Plans
            }
        }
    }

    /// The same in the core's words.
    pub fn ask(&self) -> PyResult<Ask> {
        let mut problems = Vec::new();
        let measure = self.measure(&mut problems);
        let by = axes(&self.by, "by", &mut problems);
        let within = self.within.as_ref().map(|names| axes(names, "within", &mut problems));
        let mut filter = Vec::new();
        for (axis, labels) in &self.filter {
            match By::parse(axis, "where") {
                Ok(axis) => filter.push((axis, labels.clone())),
                Err(problem) => problems.push(problem),
            }
        }
        all_or(problems, Ask { measure, by, filter, totals: self.totals, within }).map_err(to_py)
    }
}

/// All measures, in the order of tables.
const MEASURES: [&str; 11] = [
    "plans",
    "new_plans",
    "demand",
    "places",
    "placed",
    "waiting",
    "shortfall",
    "utilisation",
    "independent",
    "travel",
    "cost",
];

/// The cubes that hold the margins named, or the default ones; what a case without sites cannot show is left out.
pub fn margins(measures: &[String], names: Option<Vec<Vec<String>>>, with_sites: bool) -> PyResult<Vec<CubeSpec>> {
    let mut problems = Vec::new();
    let known: Vec<Measure> = measures.iter().map(|name| Asked::plain(name).measure(&mut problems)).collect();
    let specs = match names {
        None => {
            let asked = |spec: &CubeSpec| measures.iter().any(|name| name == spec.measure.name());
            default_margins(with_sites).into_iter().filter(asked).collect()
        }
        Some(names) => {
            let mut specs = Vec::new();
            for name in names {
                let mut grains = [Grain::All; DIMENSIONS];
                for by in axes(&name, "margins", &mut problems) {
                    let (d, grain) = by.place();
                    grains[d] = grains[d].max(grain);
                }
                let fits = |measure: &&Measure| {
                    (with_sites || !(measure.needs_sites() || grains[4] != Grain::All))
                        && measure.finest().iter().zip(&grains).all(|(finest, grain)| finest >= grain)
                };
                specs.extend(known.iter().filter(fits).map(|&measure| CubeSpec::new(measure, grains)));
            }
            specs
        }
    };
    all_or(problems, specs).map_err(to_py)
}
