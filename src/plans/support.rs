//! Children supported without a plan who get one under a scenario: a stock that runs out.

use super::redirect::PHASE_TRANSFER;
use crate::children::Children;
use crate::domain::{AGES, AgeRange};
use crate::random::{DrawKey, Keys, Process, Size, fold, threshold, u53, uniform};

/// Supported children of one home area, age in the base year and need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supported {
    /// Home area.
    pub area: usize,
    /// Age in the base year.
    pub age: usize,
    /// Primary need.
    pub need: usize,
    /// How many.
    pub children: u32,
}

/// A stock of them, the share who get a plan, when, and what the plans require.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// Key of the change.
    pub key: u64,
    /// The stock of the base year.
    pub stock: Vec<Supported>,
    /// Share of them who get a plan.
    pub share: Size,
    /// First January census that counts some of them.
    pub from: i32,
    /// Years over which they get it, each as likely.
    pub years: u32,
    /// Whether only the year in which a child is 4, 11 or 16 will do.
    pub at_transfer: bool,
    /// Ages at which a plan is made.
    pub ages: AgeRange,
    /// Required settings and the share of each.
    pub mix: Vec<(usize, f64)>,
    /// Last January that counts some of them, if not all get theirs.
    pub until: Option<i32>,
}

impl Conversion {
    fn timely(&self, year: i32) -> bool {
        year >= self.from && year < self.from + self.years as i32 && self.until.is_none_or(|last| year <= last)
    }

    /// The age in a January of a stock, if a plan may be made for it.
    fn age_in(&self, of: &Supported, year: i32, base_year: i32) -> Option<usize> {
        let age = of.age + (year - base_year).max(0) as usize;
        let transfer = !self.at_transfer || PHASE_TRANSFER.contains(&age);
        (age < AGES && self.ages.contains(age) && transfer).then_some(age)
    }

    /// Adds the children who get a plan in a year; returns how many.
    pub fn convert(
        &self,
        children: &mut Children,
        keys: &Keys,
        draw: DrawKey,
        (base_year, year): (i32, i32),
    ) -> usize {
        if !self.timely(year) {
            return 0;
        }
        let agreed = threshold(self.share.of_draw(Some(draw), self.key));
        let slots = draw.slots(Process::Support, 0);
        let (whether, when, which) = (slots.stream(0), slots.stream(1), slots.stream(2));
        let mut converted = 0;
        for of in &self.stock {
            let Some(age) = self.age_in(of, year, base_year) else { continue };
            let cell =
                fold(fold(self.key, keys.cell(of.area, of.need)), i64::from(base_year - of.age as i32) as u64);
            let lane = children.lane_mut(age);
            for k in 0..of.children {
                let id = fold(cell, u64::from(k));
                let turn = || self.from + (uniform(when.word(id)) * f64::from(self.years)) as i32;
                if u53(whether.word(id)) < agreed && (self.at_transfer || turn() == year) {
                    lane.push(id, of.area, of.need * keys.settings.len() + self.setting(u53(which.word(id))));
                    converted += 1;
                }
            }
        }
        converted
    }

    /// The first setting whose running sum of shares is above the word; the last one if rounding leaves none.
    fn setting(&self, word: u64) -> usize {
        let mut sum = 0.0;
        let mut last = 0;
        for &(setting, share) in &self.mix {
            sum += share;
            last = setting;
            if word < threshold(sum) {
                break;
            }
        }
        last
    }

    /// Expected children who get a plan in a year: area, age, need, setting, how many.
    pub fn expected(&self, base_year: i32, year: i32, mut give: impl FnMut([usize; 4], f64)) {
        if !self.timely(year) {
            return;
        }
        let share =
            self.share.of_draw(None, self.key) / if self.at_transfer { 1.0 } else { f64::from(self.years) };
        for of in &self.stock {
            let Some(age) = self.age_in(of, year, base_year) else { continue };
            for &(setting, part) in &self.mix {
                give([of.area, age, of.need, setting], f64::from(of.children) * share * part);
            }
        }
    }
}
