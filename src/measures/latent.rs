//! Children placed where nothing says what they require: how many of them may require a specialist place.

use super::measure::{Basis, Measure};
use crate::case::{CaseRows, PsiRow};
use crate::random::{DrawKey, Process, Sequence, Stream, threshold, u53};

/// Oldest age of latent demand: Year 11.
const OLDEST: usize = 15;
/// Standard deviation of one shift of all shares on the logit scale: about a fifth either way at a share of a half.
/// Chosen by the authors; placements cannot say.
const SPREAD: f64 = 0.5;

/// Setting, central share, largest credible share. Chosen by the authors, to be replaced by an authority's own
/// judgement (`[latent] psi` in authority.toml); settings that are not listed hold no latent demand.
const PRIOR: [(&str, f64, f64); 8] = [
    ("mainstream", 0.05, 0.15),
    ("independent_mainstream", 0.25, 1.0),
    ("ap", 0.5, 1.0),
    ("hospital", 0.5, 1.0),
    ("eotas", 0.5, 1.0),
    ("parental", 0.25, 1.0),
    ("unplaced", 0.5, 1.0),
    ("neet", 0.25, 1.0),
];

/// Chances that children of each kind require a specialist place.
#[derive(Debug, Clone)]
pub(super) struct Latent {
    basis: Basis,
    /// By kind, central and largest; 1 where the required setting is specialist.
    shares: Vec<[f64; 2]>,
}

/// The chances of one draw as compares.
#[derive(Debug)]
pub(super) struct Asked {
    thresholds: Vec<u64>,
    words: Stream,
}

impl Latent {
    /// The shares that a measure needs, if its basis is not what is observed.
    pub fn of(measure: Measure, rows: &CaseRows) -> Option<Self> {
        let Measure::Demand(_, basis) = measure else { return None };
        let world = &rows.world;
        let share = |kind: usize| {
            let (need, setting) = (kind / world.settings.len(), kind % world.settings.len());
            let code = world.settings.code(setting);
            let prior = PRIOR.iter().find(|(known, ..)| *known == code);
            let fits = |row: &&PsiRow| row.setting == setting && row.need.is_none_or(|n| n == need);
            let own = rows.psi.iter().filter(fits).max_by_key(|row| row.need.is_some()).map(|row| row.psi);
            let central = own.or(prior.map(|p| p.1)).unwrap_or(0.0);
            let most = central.max(prior.map_or(0.0, |p| p.2));
            match (world.specialist[setting], basis) {
                (true, _) => [1.0; 2],
                (_, Basis::Upper) => [most; 2],
                _ => [central, most],
            }
        };
        let kinds = world.needs.len() * world.settings.len();
        (basis != Basis::Observed).then(|| Self { basis, shares: (0..kinds).map(share).collect() })
    }

    /// The chances of a draw: the central ones share one shift.
    pub fn of_draw(&self, draw: DrawKey) -> Asked {
        let shift = match self.basis {
            Basis::Latent => SPREAD * Sequence::new(draw.stream(Process::Latent, 0), 0).normal(),
            _ => 0.0,
        };
        let shifted = |&[central, most]: &[f64; 2]| {
            if shift == 0.0 || central <= 0.0 || central >= 1.0 {
                return central;
            }
            // Never above the bound: a draw's central demand lies below its upper one, child by child.
            most.min(1.0 / (1.0 + (1.0 - central) / central * libm::exp(-shift)))
        };
        let thresholds = self.shares.iter().map(|shares| threshold(shifted(shares))).collect();
        Asked { thresholds, words: draw.slots(Process::Latent, 0).stream(1) }
    }

    /// The central share of a kind at an age.
    pub fn mean(&self, kind: usize, age: usize) -> f64 {
        let [share, _] = self.shares[kind];
        if share >= 1.0 || age <= OLDEST { share } else { 0.0 }
    }
}

impl Asked {
    /// Whether a child requires a specialist place in this draw: the same answer every year it stays where it is.
    pub fn counts(&self, kind: usize, age: usize, child: u64) -> bool {
        let threshold = self.thresholds[kind];
        threshold == 1 << 53 || (age <= OLDEST && u53(self.words.word(child)) < threshold)
    }
}
