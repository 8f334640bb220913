//! Redirects: a share of the children who would be given one setting are given another.

use super::levers::{Lever, LeverRow};
use crate::random::{DrawKey, Process, Stream, fold, threshold, u53};

/// Ages at which a phase begins.
pub(super) const PHASE_TRANSFER: [usize; 3] = [4, 11, 16];

/// A redirect in force in one year of one draw.
#[derive(Debug, Clone)]
pub struct Redirect {
    row: LeverRow,
    year: i32,
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
        here && setting == self.from && self.row.concerns(self.year, age, need)
    }
}

/// The redirects of a year.
pub(super) fn redirects_of_year(levers: &[LeverRow], draw: Option<DrawKey>, year: i32, out: &mut Vec<Redirect>) {
    out.clear();
    for row in levers {
        let Lever::Redirect { from, to, share, at } = row.lever else { continue };
        let force = row.force(draw, year);
        if force > 0.0 {
            let share = (force * share.of_draw(draw, row.key)).clamp(0.0, 1.0);
            let words = draw.map(|draw| draw.stream(Process::Redirect, year));
            out.push(Redirect { row: row.clone(), year, from, to, share, threshold: threshold(share), words, at });
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
