//! A projection: the recipe of a run, and the exact histograms of the margins asked for so far.

use super::run::{Control, Counting, Run};
use crate::case::Case;
use crate::data::slugs;
use crate::domain::{AgeRange, Bounds, Dimension, Grain};
use crate::error::{Error, Problem, Result, all_or};
use crate::measures::{Basis, Cube, CubeSpec, DIMENSIONS, Frame, Measure, dimensions};
use crate::numeric::Histograms;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

/// What a projection counts when it is made; anything else runs the recipe again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Last January.
    pub to: i32,
    /// Draws, by number: all of them from 0, or a range that is merged with others later.
    pub draws: Range<u64>,
    /// Seed of all randomness.
    pub seed: u64,
    /// Threads.
    pub workers: usize,
    /// Margins counted at once.
    pub margins: Vec<CubeSpec>,
    /// Whether draws are kept.
    pub keep: bool,
}

/// Ages of demand unless told otherwise: Reception to Year 11.
pub const SCHOOL_AGES: AgeRange = AgeRange { from: 4, to: 15 };

/// One cube and what was counted in it, year by cell.
#[derive(Debug, Clone)]
pub struct CountedCube {
    /// The cube.
    pub cube: Cube,
    /// Histograms, `year * size + cell`.
    pub histograms: Histograms,
    /// Kept draws, `year * size + cell` each.
    pub kept: Option<Vec<Vec<i32>>>,
}

/// The recipe of a run and what was counted with it.
#[derive(Debug)]
pub struct Projection {
    pub(super) case: Arc<Case>,
    /// The case it is compared with: then figures are this one's less the first one's, draw by draw.
    pub(super) second: Option<Arc<Case>>,
    pub(super) request: Request,
    pub(super) counted: Mutex<Vec<Arc<CountedCube>>>,
}

/// The margins counted when nothing else is asked for.
pub fn default_margins(with_sites: bool) -> Vec<CubeSpec> {
    use Grain::{All, Group, Leaf};
    let school = SCHOOL_AGES;
    let broad = [Group, Group, Leaf, Leaf, All];
    let (home, age, site) = ([Leaf, All, Leaf, All, All], [All, Leaf, All, All, All], [All, All, All, All, Leaf]);
    let mut specs = vec![];
    let mut add = |measure, grains: &[[Grain; DIMENSIONS]]| {
        specs.extend(grains.iter().map(|&grains| CubeSpec::new(measure, grains)));
    };
    add(Measure::Plans, &[broad, home, age]);
    add(Measure::NewPlans, &[broad, home, age]);
    add(Measure::Demand(school, Basis::Observed), &[broad, home, age]);
    if with_sites {
        for measure in [Measure::Placed(school), Measure::Waiting(school), Measure::Independent(school)] {
            add(measure, &[broad, home, age]);
        }
        add(Measure::LocalShortfall(school), &[broad, home, age]);
        add(Measure::Placed(school), &[site]);
        add(Measure::CellShortfall(school, Basis::Observed), &[[All, Group, Group, All, All]]);
        add(Measure::Places(school), &[[All, Group, Group, All, All], site]);
        add(Measure::Utilisation, &[site]);
    }
    specs
}

/// Those of some cubes whose figures no other of them holds; of equal ones the first.
fn not_covered(specs: Vec<CubeSpec>) -> Vec<CubeSpec> {
    let covered = |(at, spec): (usize, &CubeSpec)| {
        let by =
            |(other, by): (usize, &CubeSpec)| by.covers(spec) && (other < at || !spec.covers(by)) && other != at;
        specs.iter().enumerate().any(by)
    };
    specs.iter().enumerate().filter(|&spec| !covered(spec)).map(|(_, spec)| spec.clone()).collect()
}

/// Runs a case.
pub fn project(case: Arc<Case>, request: Request, control: &Control) -> Result<Projection> {
    start(case, None, request, control)
}

/// Runs two cases in lockstep, to count the second's figures less the first's, draw by draw.
pub fn compare(first: Arc<Case>, second: Arc<Case>, request: Request, control: &Control) -> Result<Projection> {
    start(first, Some(second), request, control)
}

fn start(
    case: Arc<Case>,
    second: Option<Arc<Case>>,
    mut request: Request,
    control: &Control,
) -> Result<Projection> {
    request.margins = not_covered(request.margins);
    let mut faults = problems(&case, &request);
    faults.extend(second.iter().filter_map(|second| second.reaches(request.to)));
    all_or(faults, ())?;
    let specs = request.margins.clone();
    let projection = Projection { case, second, request, counted: Mutex::new(Vec::new()) };
    projection.count(&specs, control)?;
    Ok(projection)
}

pub(super) fn problems(case: &Case, request: &Request) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut bound = |name: &str, argument: &str, value: f64| {
        let bounds = Bounds::of(name);
        if !bounds.admit(value) {
            problems.push(Problem::new(
                "out-of-range",
                format!("argument {argument}"),
                format!("{}, got {value}", bounds.rule()),
            ));
        }
    };
    bound("draws", "draws", request.draws.end.saturating_sub(request.draws.start) as f64);
    bound("draws", "draws", request.draws.end as f64);
    bound("workers", "workers", request.workers as f64);
    bound("horizon", "to", f64::from(request.to - case.base_year));
    problems.extend(case.reaches(request.to));
    problems
}

impl Projection {
    /// The case that was run.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Area, age, need, setting and site of what was run.
    pub fn dimensions(&self) -> [Dimension; DIMENSIONS] {
        dimensions(&self.cases())
    }

    pub(super) fn lock(&self) -> Result<MutexGuard<'_, Vec<Arc<CountedCube>>>> {
        self.counted.lock().map_err(|_| Error::Internal("a thread failed".into()))
    }

    pub(super) fn cases(&self) -> Vec<&Case> {
        std::iter::once(&self.case).chain(&self.second).map(AsRef::as_ref).collect()
    }

    /// Whether figures are differences of two cases.
    pub fn is_comparison(&self) -> bool {
        self.second.is_some()
    }

    /// The recipe.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Years in order, the base year first.
    pub fn years(&self) -> Vec<i32> {
        (self.case.base_year..=self.request.to).collect()
    }

    /// A cube that holds what `spec` asks for: one counted before, or the recipe run again for it.
    pub fn cube(&self, spec: &CubeSpec, control: &Control) -> Result<Arc<CountedCube>> {
        let held = |projection: &Self| -> Result<Option<Arc<CountedCube>>> {
            let counted = projection.lock()?;
            Ok(counted.iter().find(|c| c.cube.spec.covers(spec)).cloned())
        };
        if let Some(found) = held(self)? {
            return Ok(found);
        }
        self.count(std::slice::from_ref(spec), control)?;
        held(self)?.ok_or_else(|| Error::Internal("a cube was counted and not found".into()))
    }

    /// A hash of everything counted so far: equal for equal results.
    pub fn digest(&self) -> u64 {
        let counted = self.counted.lock().map(|held| held.clone()).unwrap_or_default();
        counted.iter().fold(0, |digest, cube| {
            let (first, offset, counts) = cube.histograms.parts();
            let numbers = first.iter().map(|&v| v as u64).chain(offset.iter().map(|&v| v as u64));
            numbers.chain(counts.iter().map(|&v| u64::from(v))).fold(digest, crate::random::fold)
        })
    }

    /// Refuses what would take more memory than there may be, before any is taken.
    fn check_size(&self, specs: &[CubeSpec], frame: &Frame) -> Result<()> {
        let series = self.years().len() * specs.iter().map(|spec| Cube::cells(spec, frame)).sum::<usize>();
        let draws = self.request.draws.end - self.request.draws.start;
        let argument = if specs == self.request.margins { "margins" } else { "by" };
        let mut problems = Vec::new();
        let mut check = |slug: &'static str, name: &str, argument: &str, asked: f64, of: String, hint: &str| {
            let bounds = Bounds::of(name);
            if asked > bounds.high {
                let (argument, message) = (format!("argument {argument}"), format!("{of}: {}", bounds.rule()));
                problems.push(Problem::new(slug, argument, message).hint(hint));
            }
        };
        let (asked, of) = (series as f64, format!("{series} series were asked for"));
        check(
            slugs::TOO_MANY_SERIES,
            "series",
            argument,
            asked,
            of,
            "ask for fewer axes, or fewer codes with `where`",
        );
        if self.request.keep {
            let (asked, of) = (asked * draws as f64, format!("{series} series of {draws} draws were to be kept"));
            let hint = "keep fewer draws or margins; tables and quantiles need no kept draws";
            check(slugs::TOO_MANY_KEPT, "kept", "keep", asked, of, hint);
        }
        all_or(problems, ())
    }

    fn count(&self, specs: &[CubeSpec], control: &Control) -> Result<()> {
        let cases = self.cases();
        self.check_size(specs, &Frame::new(&cases, 0))?;
        let counting = |which: usize| {
            let frame = Frame::new(&cases, which);
            let cubes = specs.iter().map(|spec| Cube::new(spec.clone(), &frame)).collect();
            Counting { case: frame.case, cubes }
        };
        let (first, second) = (counting(0), self.second.as_ref().map(|_| counting(1)));
        let Request { to, seed, workers, keep, .. } = self.request;
        let draws = self.request.draws.clone();
        let run = Run { counting: &first, against: second.as_ref(), seed, draws, to, workers, keep };
        let counted = run.go(control)?;
        let of_cubes: Vec<_> = run.of_cubes().collect();
        let kept = |range: &Range<usize>| {
            counted.kept.as_ref().map(|draws| draws.iter().map(|draw| draw[range.clone()].to_vec()).collect())
        };
        let mut held = self.lock()?;
        for ((cube, histograms), range) in first.cubes.iter().zip(counted.histograms).zip(&of_cubes) {
            held.push(Arc::new(CountedCube { histograms, kept: kept(range), cube: cube.clone() }));
        }
        Ok(())
    }
}
