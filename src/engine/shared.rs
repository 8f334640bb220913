//! What was counted, handed over to be kept or sent, put together again, and added up over ranges of draws.

use super::projection::{CountedCube, Projection, Request, problems};
use crate::case::Case;
use crate::error::{Error, Problem, Result, all_or};
use crate::measures::{Cube, CubeSpec, Frame};
use crate::numeric::Histograms;
use std::sync::{Arc, Mutex};

/// One cube without its case: what it counts, and the counts, year by cell.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What is counted.
    pub spec: CubeSpec,
    /// Histograms of all series.
    pub histograms: Histograms,
    /// Kept draws, one vector of all series each.
    pub kept: Option<Vec<Vec<i32>>>,
}

fn damaged(what: &str) -> Error {
    let message = format!("{what} does not fit the model that it was saved with");
    Error::Input(vec![Problem::new("damaged-file", "histograms", message)])
}

impl Projection {
    /// Everything counted so far, in the order in which it was counted.
    pub fn sheets(&self) -> Result<Vec<Sheet>> {
        let sheet = |cube: &Arc<CountedCube>| Sheet {
            spec: cube.cube.spec.clone(),
            histograms: cube.histograms.clone(),
            kept: cube.kept.clone(),
        };
        Ok(self.lock()?.iter().map(sheet).collect())
    }

    /// A projection from what was counted before with the same case and request; nothing is run.
    ///
    /// `Error::Input` if a sheet cannot have come from them: another number of series or draws, levels that the case
    /// does not have.
    pub fn restored(
        case: Arc<Case>,
        second: Option<Arc<Case>>,
        request: Request,
        sheets: Vec<Sheet>,
    ) -> Result<Self> {
        all_or(problems(&case, &request), ())?;
        let projection = Self { case, second, request, counted: Mutex::new(Vec::new()) };
        let (years, draws) = (projection.years().len(), projection.request.draws.clone());
        let draws = draws.end - draws.start;
        let mut counted = Vec::new();
        for sheet in sheets {
            if !sheet.spec.fits(&projection.dimensions()) {
                return Err(damaged("a grouping"));
            }
            let cube = Cube::new(sheet.spec, &Frame::new(&projection.cases(), 0));
            let series = years * cube.size;
            let whole = |kept: &Vec<Vec<i32>>| {
                kept.len() as u64 == draws && kept.iter().all(|values| values.len() == series)
            };
            if sheet.histograms.len() != series
                || u64::from(sheet.histograms.draws()) != draws
                || !sheet.kept.as_ref().is_none_or(whole)
            {
                return Err(damaged("a set of histograms"));
            }
            counted.push(Arc::new(CountedCube { cube, histograms: sheet.histograms, kept: sheet.kept }));
        }
        *projection.lock()? = counted;
        Ok(projection)
    }

    /// One projection from those of ranges of its draws, in any order: the same bytes as one run of them all.
    ///
    /// `Error::Input` if a range is missing or overlaps another, or is of another case, seed, January or margins.
    pub fn merged(ranges: &[&Self]) -> Result<Self> {
        let refuse = |slug, message: String| Error::Input(vec![Problem::new(slug, "draws", message)]);
        let mut ranges = ranges.to_vec();
        ranges.sort_by_key(|range| range.request.draws.start);
        let Some(first) = ranges.first() else {
            return Err(refuse("missing-draws", "there is nothing to merge".into()));
        };
        let fingerprint = |of: &Self| of.cases().iter().map(|case| case.fingerprint).collect::<Vec<_>>();
        let alike = |of: &Self| {
            let (mine, theirs) = (&of.request, &first.request);
            let request = (mine.to, mine.seed, mine.keep, &mine.margins)
                == (theirs.to, theirs.seed, theirs.keep, &theirs.margins);
            request && fingerprint(of) == fingerprint(first)
        };
        let told = |of: &Self| format!("{}:{}", of.request.draws.start, of.request.draws.end);
        let mut problems = Vec::new();
        for range in &ranges {
            if !alike(range) {
                let message =
                    format!("draws {} are of another fit, scenario, seed, January or margins", told(range));
                problems.push(Problem::new("foreign-draws", "draws", message));
            }
        }
        for pair in ranges.windows(2) {
            let (end, start) = (pair[0].request.draws.end, pair[1].request.draws.start);
            if start < end {
                let message = format!("draws {} and {} overlap", told(pair[0]), told(pair[1]));
                problems.push(Problem::new("overlapping-draws", "draws", message));
            } else if start > end {
                problems.push(Problem::new("missing-draws", "draws", format!("draws {end}:{start} are missing")));
            }
        }
        all_or(problems, ())?;
        let sheets = ranges.iter().map(|range| range.sheets()).collect::<Result<Vec<_>>>()?;
        let margins = first.request.margins.len();
        let merged = (0..margins).map(|at| {
            let of: Vec<&Sheet> = sheets.iter().filter_map(|sheets| sheets.get(at)).collect();
            let histograms = Histograms::merged(&of.iter().map(|sheet| &sheet.histograms).collect::<Vec<_>>());
            let kept = of.iter().map(|sheet| sheet.kept.clone()).collect::<Option<Vec<_>>>();
            Some(Sheet {
                spec: of.first()?.spec.clone(),
                histograms: histograms?,
                kept: kept.map(|kept| kept.concat()),
            })
        });
        let merged = merged.collect::<Option<Vec<_>>>().ok_or_else(|| damaged("a range of draws"))?;
        let mut request = first.request.clone();
        request.draws.end = ranges.last().map_or(request.draws.end, |last| last.request.draws.end);
        Self::restored(first.case.clone(), first.second.clone(), request, merged)
    }
}
