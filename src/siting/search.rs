//! The search: the best next module again and again, then exchanges; everything, where there is little.

use super::frozen::Frozen;
use super::outcome::{FIGURES, Outcome, place};
use crate::engine::Control;
use crate::error::{Error, Result};
use crate::provision::ProvisionRows;
use crate::scenario::{Scenario, changed_rows};
use std::collections::BTreeMap;

/// Something that may be opened, in modules.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What one module is, two modules are, and so on.
    pub scenarios: Vec<Scenario>,
    /// Places of a module.
    pub places: u32,
    /// Capital of a module, thousand pounds.
    pub capital: f64,
    /// Calendar year of opening, in which the capital is spent.
    pub year: i32,
    /// Of candidates of one group one is opened at most: dates of one site, say.
    pub group: usize,
}

/// What an option may not pass.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Places in all.
    pub places: u32,
    /// Places beyond them up to which the path of single steps goes on.
    pub beyond: u32,
    /// Capital in all, thousand pounds.
    pub capital: f64,
    /// Capital of some calendar years.
    pub by_year: Vec<(i32, f64)>,
    /// Most options that are all tried.
    pub exhaustive: usize,
    /// Most options that are tried otherwise.
    pub evaluations: usize,
}

/// One module more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Which candidate.
    pub candidate: usize,
    /// Value of everything up to it.
    pub value: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Modules of each candidate.
    pub modules: Vec<u8>,
    /// Its value over the frozen draws.
    pub value: f64,
    /// Modules in the order in which single steps add them.
    pub path: Vec<Step>,
    /// Value that steps and exchanges reach.
    pub searched: f64,
    /// Options tried.
    pub evaluations: usize,
    /// Whether every option was tried.
    pub exhaustive: bool,
    /// The best options tried with nearly as many places, the best first, each with its value.
    pub near: Vec<(Vec<u8>, f64)>,
}

/// The provision of an option.
pub(super) fn rows(frozen: &Frozen, candidates: &[Candidate], modules: &[u8]) -> Result<ProvisionRows> {
    let chosen: Vec<Scenario> = candidates
        .iter()
        .zip(modules)
        .filter_map(|(candidate, &n)| candidate.scenarios.get(usize::from(n).checked_sub(1)?).cloned())
        .collect();
    let rows = changed_rows(&frozen.case, &chosen)?.provision;
    rows.ok_or_else(|| Error::Internal("a case with sites lost them".into()))
}

struct Search<'a> {
    frozen: &'a Frozen,
    candidates: &'a [Candidate],
    limits: &'a Limits,
    weights: [f64; FIGURES.len()],
    from: i32,
    workers: usize,
    control: &'a Control,
    base: f64,
    known: BTreeMap<Vec<u8>, f64>,
}

/// Added candidates that an exchange tries for each removed one: those whose last known gain was highest. Chosen: more
/// changed nothing on the sample, and cost as much again.
const WIDTH: usize = 8;
/// Options nearly as good that are told. Chosen: enough for what is worth knowing to tell them apart.
const NEAR: usize = 12;
/// Exchanges must gain more than what rounding leaves.
const GAIN: f64 = 1e-9;

/// The option that lowers the weighted figures most, averaged over draws and over Januaries from `from` on. Exchanges
/// begin with what single steps reach, or with `start` if that is better.
#[expect(clippy::too_many_arguments, reason = "a search has this many ingredients, by plain names")]
pub fn search(
    frozen: &Frozen,
    candidates: &[Candidate],
    limits: &Limits,
    weights: [f64; FIGURES.len()],
    from: i32,
    start: Option<&[u8]>,
    workers: usize,
    control: &Control,
) -> Result<Found> {
    let mut search =
        Search { frozen, candidates, limits, weights, from, workers, control, base: 0.0, known: BTreeMap::new() };
    let nothing = vec![0; candidates.len()];
    search.base = search.weighted(&nothing)?;
    search.known.insert(nothing.clone(), 0.0);
    let (greedy, path, gains) = search.steps()?;
    let known = start.filter(|start| start.len() == greedy.len() && search.allowed(start, limits.places));
    let begin = match known {
        Some(start) if search.value(start)? > search.value(&greedy)? => start.to_vec(),
        _ => greedy,
    };
    let mut modules = search.exchanged(begin, &gains)?;
    let searched = search.value(&modules)?;
    let all = search.all();
    for option in all.iter().flatten() {
        if search.value(option)? > search.value(&modules)? + GAIN {
            modules.clone_from(option);
        }
    }
    let value = search.value(&modules)?;
    let near = search.near(&modules);
    Ok(Found { modules, value, path, searched, evaluations: search.known.len(), exhaustive: all.is_some(), near })
}

impl Search<'_> {
    fn weighted(&self, modules: &[u8]) -> Result<f64> {
        let rows = rows(self.frozen, self.candidates, modules)?;
        let Outcome { figures, .. } = place(self.frozen, rows, self.from, &[], self.workers, self.control)?;
        let of_draw =
            |draw: &[f64; FIGURES.len()]| -> f64 { draw.iter().zip(self.weights).map(|(f, w)| f * w).sum() };
        Ok(figures.iter().map(of_draw).sum::<f64>() / figures.len() as f64)
    }

    /// The fall of the weighted figures against opening nothing.
    fn value(&mut self, modules: &[u8]) -> Result<f64> {
        if let Some(&value) = self.known.get(modules) {
            return Ok(value);
        }
        let value = self.base - self.weighted(modules)?;
        self.known.insert(modules.to_vec(), value);
        Ok(value)
    }

    fn places(&self, modules: &[u8]) -> u32 {
        self.candidates.iter().zip(modules).map(|(c, &n)| c.places * u32::from(n)).sum()
    }

    /// Whether an option keeps to the limits, with so many places.
    fn allowed(&self, modules: &[u8], places: u32) -> bool {
        let spent = |year: Option<i32>| -> f64 {
            let counts = |c: &Candidate| year.is_none_or(|year| c.year == year);
            let spent = self.candidates.iter().zip(modules).filter(|(c, _)| counts(c));
            spent.map(|(c, &n)| c.capital * f64::from(n)).sum()
        };
        let open: Vec<usize> =
            self.candidates.iter().zip(modules).filter(|(_, n)| **n > 0).map(|(c, _)| c.group).collect();
        let twice = open.iter().enumerate().any(|(i, group)| open[..i].contains(group));
        let room = self.candidates.iter().zip(modules).all(|(c, &n)| usize::from(n) <= c.scenarios.len());
        room && !twice
            && self.places(modules) <= places
            && spent(None) <= self.limits.capital + GAIN
            && self.limits.by_year.iter().all(|&(year, most)| spent(Some(year)) <= most + GAIN)
    }

    fn with(modules: &[u8], candidate: usize) -> Vec<u8> {
        let mut more = modules.to_vec();
        more[candidate] += 1;
        more
    }

    /// Module by module, each time the one that gains most a place. A gain known from before is taken for a bound, so
    /// few are worked out anew (lazy greedy: Minoux 1978); where a gain has grown meanwhile, exchanges mend it.
    fn steps(&mut self) -> Result<(Vec<u8>, Vec<Step>, Vec<f64>)> {
        let (mut now, mut chosen) = (vec![0_u8; self.candidates.len()], vec![0_u8; self.candidates.len()]);
        let mut path: Vec<Step> = vec![];
        let mut gains = vec![f64::INFINITY; self.candidates.len()];
        loop {
            let before = self.value(&now)?;
            let mut fresh = vec![false; self.candidates.len()];
            let best = loop {
                let most = self.limits.places + self.limits.beyond;
                let open = (0..self.candidates.len()).filter(|&c| self.allowed(&Self::with(&now, c), most));
                let Some(best) = open.max_by(|&a, &b| gains[a].total_cmp(&gains[b]).then(b.cmp(&a))) else {
                    return Ok((chosen, path, gains));
                };
                if fresh[best] {
                    break best;
                }
                let gain = self.value(&Self::with(&now, best))? - before;
                gains[best] = gain / f64::from(self.candidates[best].places.max(1));
                fresh[best] = true;
            };
            if gains[best] <= GAIN {
                return Ok((chosen, path, gains));
            }
            now[best] += 1;
            path.push(Step { candidate: best, value: self.value(&now)? });
            if self.allowed(&now, self.limits.places) {
                chosen.clone_from(&now);
            }
        }
    }

    /// One module less and one or more others instead, as long as that gains.
    fn exchanged(&mut self, start: Vec<u8>, gains: &[f64]) -> Result<Vec<u8>> {
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]).then(a.cmp(&b)));
        let mut now = start;
        loop {
            let before = self.value(&now)?;
            let mut best = (before + GAIN, None);
            for removed in (0..now.len()).filter(|&c| now[c] > 0) {
                let mut less = now.clone();
                less[removed] -= 1;
                let mut others = vec![less.clone()];
                let fits =
                    |c: &&usize| **c != removed && self.allowed(&Self::with(&less, **c), self.limits.places);
                others.extend(order.iter().filter(fits).take(WIDTH).map(|&c| Self::with(&less, c)));
                for other in others {
                    if self.known.len() >= self.limits.evaluations && !self.known.contains_key(&other) {
                        return Ok(best.1.unwrap_or(now));
                    }
                    let value = self.value(&other)?;
                    if value > best.0 {
                        best = (value, Some(other));
                    }
                }
            }
            let Some(mut better) = best.1 else { return Ok(now) };
            // An exchange may leave room.
            while let Some(&more) =
                order.iter().find(|&&c| self.allowed(&Self::with(&better, c), self.limits.places))
            {
                let filled = Self::with(&better, more);
                if self.value(&filled)? <= self.value(&better)? + GAIN {
                    break;
                }
                better = filled;
            }
            now = better;
        }
    }

    /// The best options tried that have nearly as many places as one of them.
    fn near(&self, best: &[u8]) -> Vec<(Vec<u8>, f64)> {
        let places = self.places(best);
        let alike = |option: &[u8]| {
            let mine = self.places(option);
            10 * mine >= 9 * places && self.allowed(option, self.limits.places)
        };
        let mut near: Vec<(Vec<u8>, f64)> =
            self.known.iter().filter(|(option, _)| alike(option)).map(|(o, &v)| (o.clone(), v)).collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        near.truncate(NEAR);
        near
    }

    /// Every option that keeps to the limits, if they are few.
    fn all(&self) -> Option<Vec<Vec<u8>>> {
        let mut options = vec![vec![0_u8; self.candidates.len()]];
        for c in 0..self.candidates.len() {
            for at in 0..options.len() {
                let mut more = Self::with(&options[at], c);
                while self.allowed(&more, self.limits.places) {
                    options.push(more.clone());
                    more[c] += 1;
                }
            }
            if options.len() > self.limits.exhaustive {
                return None;
            }
        }
        Some(options)
    }
}
