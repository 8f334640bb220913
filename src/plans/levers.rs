//! Levers: dated changes of new plans that a scenario adds to a case.

use super::tables::Sizes;
use crate::domain::{AGES, AgeRange};
use crate::random::{DrawKey, Process, Sequence, Stream, fold, threshold, u53};

/// The size of a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    /// Known.
    Exactly(f64),
    /// Lognormal with an 80% interval, drawn once per draw.
    Between {
        /// 10% quantile.
        low: f64,
        /// 90% quantile.
        high: f64,
    },
    /// Logit-normal share with an 80% interval, drawn once per draw.
    Share {
        /// 10% quantile.
        low: f64,
        /// 90% quantile.
        high: f64,
    },
}

/// The 90% quantile of a standard normal.
const Z90: f64 = 1.281_551_565_544_600_4;

impl Size {
    /// The size in a draw, or its median.
    fn of_draw(self, draw: Option<DrawKey>, key: u64) -> f64 {
        let between = |low: f64, high: f64| {
            let z = draw.map_or(0.0, |draw| Sequence::new(draw.stream(Process::Lever, 0), key).normal());
            f64::midpoint(low, high) + z * (high - low) / (2.0 * Z90)
        };
        let logit = |share: f64| libm::log(share / (1.0 - share));
        match self {
            Self::Exactly(value) => value,
            Self::Between { low, high } => libm::exp(between(libm::log(low), libm::log(high))),
            Self::Share { low, high } => 1.0 / (1.0 + libm::exp(-between(logit(low), logit(high)))),
        }
    }
}

/// What a lever does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lever {
    /// New plans times a factor.
    ScaleNewPlans(Size),
    /// So many more new plans in all, in equal parts over the years of the lever, spread as that year's are.
    MoreNewPlans(Size),
    /// A share of the children who would be given one required setting are given another; who stays is not touched.
    Redirect {
        /// Setting they would be given.
        from: usize,
        /// Setting they are given.
        to: usize,
        /// Share of them.
        share: Size,
        /// With a new plan; at a review at ages 4, 11, 16; at any review.
        at: [bool; 3],
    },
}

/// Ages at which a phase begins.
const PHASE_TRANSFER: [usize; 3] = [4, 11, 16];

/// A redirect in force in one year of one draw.
#[derive(Debug, Clone)]
pub struct Redirect {
    row: LeverRow,
    from: usize,
    to: usize,
    share: f64,
    threshold: u64,
    words: Option<Stream>,
    at: [bool; 3],
}

impl Redirect {
    fn concerns(&self, new: bool, age: usize, need: usize, setting: usize) -> bool {
        let [new_plan, transfer, review] = self.at;
        let here = if new { new_plan } else { review || (transfer && PHASE_TRANSFER.contains(&age)) };
        here && setting == self.from && self.row.ages.contains(age) && self.row.holds(need)
    }
}

/// The redirects of a year.
pub(super) fn redirects_of_year(levers: &[LeverRow], draw: Option<DrawKey>, year: i32, out: &mut Vec<Redirect>) {
    out.clear();
    for row in levers {
        let Lever::Redirect { from, to, share, at } = row.lever else { continue };
        let force = row.force(year);
        if force > 0.0 {
            let share = (force * share.of_draw(draw, row.key)).clamp(0.0, 1.0);
            let words = draw.map(|draw| draw.stream(Process::Redirect, year));
            out.push(Redirect { row: row.clone(), from, to, share, threshold: threshold(share), words, at });
        }
    }
}

/// The setting a child is given after all redirects; `new` is a new plan, else a review.
pub(super) fn redirected(
    redirects: &[Redirect],
    new: bool,
    (age, need): (usize, usize),
    setting: usize,
    child: u64,
) -> usize {
    redirects.iter().fold(setting, |setting, redirect| {
        let word = || redirect.words.map_or(u64::MAX, |words| u53(words.word(fold(redirect.row.key, child))));
        if redirect.concerns(new, age, need, setting) && word() < redirect.threshold {
            redirect.to
        } else {
            setting
        }
    })
}

/// Settings and shares of those who would be given one, after all redirects.
pub(super) fn redirected_shares(
    redirects: &[Redirect],
    new: bool,
    (age, need): (usize, usize),
    setting: usize,
) -> Vec<(usize, f64)> {
    let mut shares = vec![(setting, 1.0)];
    for redirect in redirects {
        for i in 0..shares.len() {
            let (setting, share) = shares[i];
            if redirect.concerns(new, age, need, setting) {
                shares[i].1 = share * (1.0 - redirect.share);
                shares.push((redirect.to, share * redirect.share));
            }
        }
    }
    shares
}

/// A lever, whom it concerns, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverRow {
    /// What it does.
    pub lever: Lever,
    /// Key of its size.
    pub key: u64,
    /// Ages after ageing on.
    pub ages: AgeRange,
    /// Needs; all if empty.
    pub needs: Vec<usize>,
    /// First January census changed.
    pub from: i32,
    /// January at which it is fully in force.
    pub full: i32,
    /// Last January changed.
    pub until: i32,
}

impl LeverRow {
    fn holds(&self, need: usize) -> bool {
        self.needs.is_empty() || self.needs.contains(&need)
    }

    /// How far it is in force: straight from the year before `from` to `full`.
    fn force(&self, year: i32) -> f64 {
        match year {
            _ if year < self.from || year > self.until => 0.0,
            _ if year >= self.full => 1.0,
            _ => f64::from(year - self.from + 1) / f64::from(self.full - self.from + 1),
        }
    }

    /// Changes the rates of a year, by age and need. `exposed`, of the same shape, is the expected residents at risk
    /// that so many more plans are set against.
    pub(super) fn act(
        &self,
        draw: Option<DrawKey>,
        year: i32,
        sizes: Sizes,
        exposed: Option<&[f64]>,
        rates: &mut [f64],
    ) {
        let force = self.force(year);
        if force == 0.0 {
            return;
        }
        let factor = match self.lever {
            Lever::ScaleNewPlans(size) => 1.0 + force * (size.of_draw(draw, self.key) - 1.0),
            Lever::MoreNewPlans(size) => {
                let a_year = size.of_draw(draw, self.key) / f64::from(self.until - self.from + 1);
                let expected: f64 = exposed.into_iter().flatten().zip(&*rates).map(|(e, r)| e * r).sum();
                if expected > 0.0 { 1.0 + a_year / expected } else { 1.0 }
            }
            Lever::Redirect { .. } => return,
        };
        for age in (0..AGES).filter(|&age| self.ages.contains(age)) {
            for need in (0..sizes.needs).filter(|&need| self.holds(need)) {
                rates[age * sizes.needs + need] *= factor;
            }
        }
    }
}
