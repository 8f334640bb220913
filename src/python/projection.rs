//! `Projection`: tables from a run, counted once and exactly.

use super::arrays::columns;
use super::errors::to_py;
use super::fitted::Fitted;
use super::watch::watched;
use crate::domain::{AGES, AgeRange, Grain, Phase, nearest};
use crate::engine::{self, Request, SCHOOL_AGES, default_margins};
use crate::error::{Error, Problem, all_or};
use crate::measures::{Basis, CubeSpec, DIMENSIONS, Measure, Unit};
use crate::summary::{Ask, By, draws_of, enough, expected_table, share_above, table};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A run and its exact histograms.
#[pyclass(frozen, module = "sufficiency._core")]
#[derive(Debug)]
pub struct Projection {
    inner: engine::Projection,
}

/// Labels of rows, and draw by row.
type Draws<'py> = (Bound<'py, PyDict>, Bound<'py, PyArray2<f64>>);

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
    empty_places: bool,
    within: Option<Vec<String>>,
}

impl Asked {
    /// A measure as it is when nothing more is said.
    fn plain(measure: &str) -> Self {
        Self {
            measure: measure.into(),
            by: vec![],
            filter: vec![],
            totals: false,
            ages: (SCHOOL_AGES.from.into(), SCHOOL_AGES.to.into()),
            basis: "observed".into(),
            kind: "cell".into(),
            unit: "km".into(),
            beyond: None,
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
            ("travel", _) => match self.beyond {
                Some(limit) => Measure::Beyond(ages, unit, (10.0 * limit) as i32),
                None => Measure::Travel(ages, unit),
            },
            ("cost", _) => Measure::Cost { empty_places: self.empty_places },
            (other, _) => {
                let near = nearest(other, MEASURES.into_iter()).unwrap_or_default();
                fault("unknown-measure", "measures", format!("unknown measure {other}, nearest is {near}"));
                Measure::Plans
            }
        }
    }

    fn ask(&self) -> PyResult<Ask> {
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
fn margins(measures: &[String], names: Option<Vec<Vec<String>>>, with_sites: bool) -> PyResult<Vec<CubeSpec>> {
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

#[pymethods]
impl Projection {
    /// Runs the draws of a fitted model.
    #[staticmethod]
    #[pyo3(signature = (fitted, to, draws, seed, workers, measures, margins, keep, progress, against=None))]
    #[expect(clippy::too_many_arguments, reason = "the recipe has this many ingredients; Python names them")]
    fn run(
        py: Python<'_>,
        fitted: &Fitted,
        to: i32,
        draws: u64,
        seed: u64,
        workers: Option<usize>,
        measures: Vec<String>,
        margins: Option<Vec<Vec<String>>>,
        keep: bool,
        progress: Option<&Bound<'_, PyAny>>,
        against: Option<&Fitted>,
    ) -> PyResult<Self> {
        let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let with_sites = fitted.case.provision.is_some() && against.is_none_or(|a| a.case.provision.is_some());
        let margins = self::margins(&measures, margins, with_sites)?;
        let request = Request { to, draws, seed, workers, margins, keep };
        let (case, second) = (fitted.case.clone(), against.map(|fitted| fitted.case.clone()));
        let inner = watched(py, progress, move |control| match second {
            Some(second) => engine::compare(case, second, request, control),
            None => engine::project(case, request, control),
        })?;
        Ok(Self { inner })
    }

    /// One measure by year and axes, summarised over draws.
    fn table<'py>(&self, py: Python<'py>, asked: Asked) -> PyResult<Bound<'py, PyDict>> {
        let ask = asked.ask()?;
        let table = watched(py, None, |control| table(&self.inner, &ask, control))?;
        columns(py, table)
    }

    /// Share of draws strictly above one level for each row of the same table.
    fn share_above<'py>(
        &self,
        py: Python<'py>,
        asked: Asked,
        levels: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (ask, levels) = (asked.ask()?, levels.as_slice()?.to_vec());
        let shares = watched(py, None, |control| share_above(&self.inner, &ask, &levels, control))?;
        Ok(shares.into_pyarray(py))
    }

    /// The least whole number that each row stays at or under in a share of the draws.
    fn enough<'py>(&self, py: Python<'py>, asked: Asked, share: f64) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let ask = asked.ask()?;
        Ok(watched(py, None, |control| enough(&self.inner, &ask, share, control))?.into_pyarray(py))
    }

    /// Kept draws: the rows' labels, and an array of draw by row.
    fn draws<'py>(&self, py: Python<'py>, asked: Asked) -> PyResult<Option<Draws<'py>>> {
        let ask = asked.ask()?;
        let found = watched(py, None, |control| draws_of(&self.inner, &ask, control))?;
        let Some((table, draws)) = found else { return Ok(None) };
        Ok(Some((columns(py, table)?, PyArray2::from_vec2(py, &draws)?)))
    }

    /// Whether the first case has sites.
    #[getter]
    fn has_sites(&self) -> bool {
        self.inner.case().provision.is_some()
    }

    /// First and last January, draws, seed, threads, whether draws are kept.
    #[getter]
    fn recipe(&self) -> (i32, i32, u64, u64, usize, bool) {
        let Request { to, draws, seed, workers, keep, .. } = *self.inner.request();
        (self.inner.case().base_year, to, draws, seed, workers, keep)
    }

    /// Hash of every histogram counted so far: equal for equal results.
    #[getter]
    fn digest(&self) -> String {
        format!("{:016x}", self.inner.digest())
    }
}

/// The mean path of a fitted model, without draws.
#[pyfunction]
pub fn expected<'py>(py: Python<'py>, fitted: &Fitted, to: i32, asked: Asked) -> PyResult<Bound<'py, PyDict>> {
    let ask = asked.ask()?;
    if let Some(problem) = fitted.case.reaches(to) {
        return Err(to_py(Error::Input(vec![problem])));
    }
    let table = py.detach(|| expected_table(&fitted.case, to, &ask)).map_err(to_py)?;
    columns(py, table)
}
