//! The level of new plans: a path of total plans drawn once per draw, and the multiplier of new plans it needs.
//!
//! The panel of authorities shows yearly growth of total plans, not a closed account of flows; so the trend is a path of
//! the total, and new plans are scaled to meet it (`SPECIFICATION.md` section 5).

use super::account::{Account, Multiplier, POINTS, asked_for, mean_of_points};
use super::drift::Drift;
use super::effects::{Effect, Scaled, with_odds};
use super::levers::{LeverRow, Rate};
use super::need::{Need, Queue};
use super::rates::Rates;
use super::tables::Sizes;
use crate::domain::AGES;
use crate::random::{DrawKey, GammaShape, Process, Sequence, key};

/// One point of the grid over an authority's own trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OwnPoint {
    /// Posterior weight; weights sum to 1.
    pub weight: f64,
    /// Filtered deviation of growth from the nation's, per year.
    pub deviation: f64,
    /// Damping of that deviation, per year.
    pub damping: f64,
    /// Share of the prevalence gap closed a year.
    pub reversion: f64,
    /// Factor on the yearly standard deviation.
    pub scale: f64,
}

/// One point of the grid over the nation's growth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NationalPoint {
    /// Posterior weight; weights sum to 1.
    pub weight: f64,
    /// Damping of national growth, per year.
    pub damping: f64,
    /// Yearly standard deviation of national growth.
    pub sd: f64,
}

/// The law of the path of total plans. Growth is in log units a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// National growth in the year to the base year.
    pub national_growth: f64,
    /// Log prevalence above the nation's (plans per child aged 5 to 15) in the base year.
    pub gap: f64,
    /// Extra growth by year ahead (requests, new plans over stock, lateness); 0 beyond its end.
    pub pull: Vec<f64>,
    /// Share of a year's surprise that lasts (Kalman gain).
    pub gain: f64,
    /// Yearly standard deviation of own growth, size of the authority included.
    pub sd: f64,
    /// Degrees of freedom of the tail, above 2.
    pub tail: f64,
    /// Grid of the authority's own trend.
    pub own: Vec<OwnPoint>,
    /// Grid of national growth.
    pub national: Vec<NationalPoint>,
    /// Models beside this one, of which a draw takes one with its weight.
    pub others: Vec<Drift>,
    /// Yearly standard deviation of the log share of each need group in new plans; the total is left unchanged.
    pub group_sd: f64,
    /// What stays as it is in some January.
    pub held: HeldTrend,
    /// Factors that many rows of rates share.
    pub effects: Vec<Effect>,
    /// What requests announce; none where they are not known.
    pub need: Option<Need>,
    /// What an authority can issue; none where nothing is known of what it has issued.
    pub capacity: Option<Capacity>,
}

/// Years ahead after which a part of the trend stays as it is then; at 0, as in the base year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldTrend {
    /// The multiplier of all new plans.
    pub level: Option<usize>,
    /// The factors of need groups.
    pub mix: Option<usize>,
}

/// What stands for a year ahead (from 1): its own, or that of the year after which it is held; none for the base year.
fn held_at<T>(values: &[T], held: Option<usize>, ahead: usize) -> Option<&T> {
    ahead.min(held.unwrap_or(ahead)).checked_sub(1).map(|at| &values[at])
}

/// The most new plans a year that an authority issues, while more are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// New plans that it could issue this year.
    pub now: f64,
    /// Yearly growth from then on, log.
    pub growth: f64,
}

/// Log growth of all plans in one year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// All of it.
    pub all: f64,
    /// What lasts: without the surprise that is gone a year later.
    pub lasting: f64,
}

/// From this year ahead on national growth is damped by at most [`LATE_DAMPING`] (chosen: nothing beyond three years has
/// been tested; growth of 10% a year cannot last).
pub(super) const LATE_YEAR: usize = 5;
pub(super) const LATE_DAMPING: f64 = 0.9;
/// A trend set into a case: what turns a path of totals into multipliers.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendInCase {
    /// The law of the path.
    pub trend: Trend,
    /// Plans by age in the base year.
    pub base: Vec<f64>,
    /// Shares of kinds among those who turn each age in the first year, by age and kind.
    pub kinds: Vec<f64>,
    /// Residents times mean relative risk, by year after the base year, then age and need.
    pub exposed: Vec<Vec<f64>>,
    /// Need group of each need, and how many groups there are.
    pub group_of: (Vec<usize>, usize),
    /// Chance of staying on by age after ageing on, at the mean of every parameter and the points of effects on ceasing.
    pub stays: [Vec<f64>; 3],
    /// January of the base plans.
    pub base_year: i32,
    /// Levers on capacity.
    pub levers: Vec<LeverRow>,
}

/// One of the points, by weight, at a uniform.
fn pick<T: Copy>(points: &[T], weight: impl Fn(&T) -> f64, u: f64) -> Option<T> {
    let mut c = 0.0;
    points
        .iter()
        .find(|point| {
            c += weight(point);
            u < c
        })
        .or(points.last())
        .copied()
}

impl Trend {
    /// Log growth of the total by year ahead; without a draw, the mean of all models' middle paths.
    pub fn growth(&self, draw: Option<DrawKey>, years: usize) -> Vec<Growth> {
        let Some(drawn) = draw else { return self.middle(years) };
        let stream = drawn.stream(Process::Trend, 0);
        let of = |name: &str| Sequence::new(stream, key("trend", name));
        match self.chosen(|| of("model").uniform()) {
            Some(other) => other.growth(Some(of("drift")), years),
            None => self.local(draw, years),
        }
    }

    /// The model beside the local trend that a uniform chooses, if it does.
    fn chosen(&self, u: impl FnOnce() -> f64) -> Option<&Drift> {
        let (mut c, u) = (0.0, if self.others.is_empty() { 1.0 } else { u() });
        self.others.iter().find(|other| {
            c += other.weight;
            u < c
        })
    }

    /// The mean of all models' middle paths, by weight.
    fn middle(&self, years: usize) -> Vec<Growth> {
        let mut path = self.local(None, years);
        let rest = 1.0 - self.others.iter().map(|other| other.weight).sum::<f64>();
        for year in &mut path {
            *year = Growth { all: rest * year.all, lasting: rest * year.lasting };
        }
        for other in &self.others {
            for (year, own) in path.iter_mut().zip(other.growth(None, years)) {
                year.all += other.weight * own.all;
                year.lasting += other.weight * own.lasting;
            }
        }
        path
    }

    /// The local trend; without a draw, at the mean of its grids.
    fn local(&self, draw: Option<DrawKey>, years: usize) -> Vec<Growth> {
        let mut sequences = draw.map(|draw| {
            let stream = draw.stream(Process::Trend, 0);
            ["own", "national"].map(|name| Sequence::new(stream, key("trend", name)))
        });
        let (own, national) = match &mut sequences {
            Some([own, national]) => (
                pick(&self.own, |p| p.weight, own.uniform()),
                pick(&self.national, |p| p.weight, national.uniform()),
            ),
            None => (Some(self.mean_own()), Some(self.mean_national())),
        };
        let (Some(own), Some(national)) = (own, national) else {
            return vec![Growth { all: 0.0, lasting: 0.0 }; years];
        };
        let sd = self.sd * own.scale;
        let lasting = sd * libm::sqrt(self.gain);
        let passing = sd * libm::sqrt(1.0 - self.gain);
        let innovation = lasting * libm::sqrt(1.0 - own.damping * own.damping * (1.0 - self.gain));
        let tail = match &mut sequences {
            Some([own, _]) => {
                let chi = 2.0 * GammaShape::new(self.tail / 2.0).sample(own);
                libm::sqrt((self.tail - 2.0) / chi)
            }
            None => 1.0,
        };
        let mut normal = |which: usize| sequences.as_mut().map_or(0.0, |sequences| sequences[which].normal());
        let mut deviation = own.deviation + lasting * normal(0);
        let (mut gap, mut growth) = (self.gap, self.national_growth);
        let mut path = Vec::with_capacity(years);
        for j in 0..years {
            let damping = if j >= LATE_YEAR { national.damping.min(LATE_DAMPING) } else { national.damping };
            growth = damping * growth + national.sd * normal(1);
            let pull = self.pull.get(j).copied().unwrap_or(0.0);
            let lasting = deviation - own.reversion * gap + pull;
            let own_growth = lasting + passing * tail * normal(0);
            gap += own_growth;
            deviation = own.damping * deviation + innovation * normal(0);
            path.push(Growth { all: growth + own_growth, lasting: growth + lasting });
        }
        path
    }

    fn mean_own(&self) -> OwnPoint {
        let mean = |value: fn(&OwnPoint) -> f64| self.own.iter().map(|p| p.weight * value(p)).sum();
        OwnPoint {
            weight: 1.0,
            deviation: mean(|p| p.deviation),
            damping: mean(|p| p.damping),
            reversion: mean(|p| p.reversion),
            scale: mean(|p| p.scale),
        }
    }

    fn mean_national(&self) -> NationalPoint {
        let mean = |value: fn(&NationalPoint) -> f64| self.national.iter().map(|p| p.weight * value(p)).sum();
        NationalPoint { weight: 1.0, damping: mean(|p| p.damping), sd: mean(|p| p.sd) }
    }
}

impl TrendInCase {
    /// Multipliers of new plans by year after the base year, then age and need, for the rates of a draw.
    ///
    /// The target is the drawn path, never the draw's own children: so it does not lean against chance, and a
    /// scenario that changes the children does not change the multipliers.
    #[inline(never)]
    pub fn multipliers(&self, rates: &Rates, sizes: Sizes, draw: Option<DrawKey>, years: usize) -> Vec<Vec<f64>> {
        let needs = sizes.needs;
        let stay = self.staying(rates, sizes);
        let growth = self.trend.growth(draw, years);
        let factors = self.group_factors(rates, sizes, draw, years);
        let capacity = self.trend.capacity.map(|capacity| self.can_issue(capacity, draw, years));
        let expected = self.trend.growth(None, years);
        let mut account = Account::new(&self.base);
        let mut usual = Account::new(&self.base);
        let mut mean = [(); 3].map(|()| Account::new(&self.base));
        let usual_stay: Vec<f64> = (0..AGES).map(|age| mean_of_points(|at| self.stays[at][age])).collect();
        let mut queue = self.trend.need.map(Queue::new);
        let mut levels = Vec::with_capacity(years);
        for (j, growth) in growth.iter().enumerate() {
            let exposed = &self.exposed[j.min(self.exposed.len() - 1)];
            let of_age = |age: usize| age * needs..(age + 1) * needs;
            let new: [f64; AGES] =
                std::array::from_fn(|age| of_age(age).map(|cell| exposed[cell] * rates.new_plans[cell]).sum());
            let arrived: [f64; AGES] = std::array::from_fn(|age| {
                rates.transfers_in.get(of_age(age)).map_or(0.0, |rates| rates.iter().sum())
            });
            // Requests and capacity hold every draw back by the share that the mean path lacks: a cap on each draw would cut
            // off what authorities with more growth have issued, and the panel's totals came out too low.
            mean.iter_mut()
                .zip(&self.stays)
                .for_each(|(mean, stay)| mean.grow_older(expected[j].all, stay, &arrived));
            let wanted = asked_for(mean[0].target, mean_of_points(|at| mean[at].survivors()));
            let asked = queue.as_mut().map_or(wanted, |queue| queue.next(wanted));
            let issued = capacity.as_ref().map_or(asked, |most| asked.min(most[j]));
            if let Some(queue) = &mut queue {
                queue.issue(issued);
            }
            let held_back = (wanted - issued) / mean[0].target;
            for mean in &mut mean {
                mean.join(Multiplier::even(issued, &new), &new);
            }
            // What lasts of growth, at mean rates, decides who is young and new.
            usual.grow_older(growth.lasting, &usual_stay, &arrived);
            let lasting = Multiplier::even(usual.wanted(1.0 - held_back), &new);
            usual.join(lasting, &new);
            account.grow_older(growth.all, &stay, &arrived);
            let multiplier = Multiplier::with_young(account.wanted(1.0 - held_back), lasting.young, &new);
            account.join(multiplier, &new);
            levels.push(multiplier);
        }
        let held = self.trend.held;
        let of_year = |ahead: usize| {
            let (level, mix) = (held_at(&levels, held.level, ahead), held_at(&factors, held.mix, ahead));
            let one = |cell: usize| {
                level.map_or(1.0, |level| level.at(cell / needs)) * mix.map_or(1.0, |mix| mix[cell % needs])
            };
            (0..AGES * needs).map(one).collect()
        };
        (1..=years).map(of_year).collect()
    }

    /// New plans that can be issued in the years ahead, levers included.
    fn can_issue(&self, capacity: Capacity, draw: Option<DrawKey>, years: usize) -> Vec<f64> {
        let of_year = |ahead: i32| {
            let year = self.base_year + ahead;
            let factors = self.levers.iter().filter_map(|lever| lever.factor(Rate::Capacity, draw, year));
            capacity.now * libm::exp(capacity.growth * f64::from(ahead)) * factors.product::<f64>()
        };
        (1..=years as i32).map(of_year).collect()
    }

    /// The chance of staying on at the means of all parameters, at each point of the effects on ceasing.
    pub fn usual_stays(&self, rates: &Rates, sizes: Sizes) -> [Vec<f64>; 3] {
        POINTS.map(|(z, _)| {
            let mut stay = self.staying(rates, sizes);
            for (age, stay) in stay.iter_mut().enumerate() {
                let of_age = |effect: &&Effect| effect.scaled == Scaled::Ceasing && effect.ages.contains(age);
                let Some(effect) = self.trend.effects.iter().find(of_age) else { continue };
                let ceasing = rates.plain[rates.class_of_age[age] * sizes.needs * sizes.settings][0];
                *stay *= (1.0 - with_odds(ceasing, libm::exp(effect.sd * z))) / (1.0 - ceasing);
            }
            stay
        })
    }

    /// The chance of staying on, by age after ageing on, at the base year's mix of kinds.
    fn staying(&self, rates: &Rates, sizes: Sizes) -> Vec<f64> {
        let kinds = sizes.needs * sizes.settings;
        let stay = |age: usize| {
            let chances = &rates.plain[rates.class_of_age[age] * kinds..][..kinds];
            let stays = chances.iter().map(|c| (1.0 - c[0]) * (1.0 - c[1]));
            self.kinds[age * kinds..][..kinds].iter().zip(stays).map(|(share, stay)| share * stay).sum()
        };
        (0..AGES).map(stay).collect()
    }

    /// Yearly factors by need whose mean, weighted by new plans at the base level, is 1.
    fn group_factors(&self, rates: &Rates, sizes: Sizes, draw: Option<DrawKey>, years: usize) -> Vec<Vec<f64>> {
        let (group_of, groups) = &self.group_of;
        let Some(draw) = draw.filter(|_| self.trend.group_sd > 0.0) else {
            return vec![vec![1.0; sizes.needs]; years];
        };
        let stream = draw.stream(Process::Trend, 0);
        let group_key = |group: usize| key("trend group", &group.to_string());
        let mut walks: Vec<(Sequence, f64)> =
            (0..*groups).map(|g| (Sequence::new(stream, group_key(g)), 0.0)).collect();
        let mut share = vec![0.0; sizes.needs];
        for (cell, (rate, exposed)) in rates.new_plans.iter().zip(&self.exposed[0]).enumerate() {
            share[cell % sizes.needs] += rate * exposed;
        }
        let total: f64 = share.iter().sum();
        (0..years)
            .map(|_| {
                for (sequence, at) in &mut walks {
                    *at += self.trend.group_sd * sequence.normal();
                }
                let factors: Vec<f64> = group_of.iter().map(|&g| libm::exp(walks[g].1)).collect();
                let mean: f64 = factors.iter().zip(&share).map(|(f, s)| f * s).sum::<f64>() / total;
                factors.iter().map(|factor| if mean > 0.0 { factor / mean } else { 1.0 }).collect()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leeds at January 2021: the worked example of the prototype this was written from.
    fn example() -> Trend {
        let (q, f, l) = (-0.050_70_f64, -0.150_25_f64, -0.308_00_f64);
        let pull =
            |j: f64| 0.077 * q * libm::pow(0.3, j) + 0.025 * f * libm::pow(0.5, j) + 0.031 * l * libm::pow(0.8, j);
        Trend {
            national_growth: 0.098_979,
            gap: -0.272_68,
            pull: [0.0, 1.0, 2.0].map(pull).to_vec(),
            gain: 0.053,
            sd: 0.040_75,
            tail: 7.7,
            own: vec![OwnPoint { weight: 1.0, deviation: -0.001_096, damping: 0.65, reversion: 0.08, scale: 1.0 }],
            national: vec![NationalPoint { weight: 1.0, damping: 0.95, sd: 0.01 }],
            others: vec![],
            group_sd: 0.0,
            held: HeldTrend::default(),
            effects: vec![],
            need: None,
            capacity: None,
        }
    }

    #[test]
    fn the_mean_path_at_one_grid_point_is_the_worked_example() {
        let mut total = 4689.0;
        for (growth, expected) in example().growth(None, 3).iter().zip([5169.17, 5709.51, 6295.42]) {
            total *= libm::exp(growth.all);
            assert!((total / expected - 1.0).abs() < 1e-3, "{total} against {expected}");
        }
    }
    fn flat(weight: f64) -> Drift {
        Drift { weight, start: 0.0, damping: 1.0, residents: vec![], sd: 0.0 }
    }

    #[test]
    fn a_draw_takes_one_model_by_weight_and_the_local_trend_keeps_its_luck() {
        let plain = example();
        let average = Trend { others: vec![flat(0.1), flat(0.15)], ..example() };
        let n = 4_000;
        let still = (0..n)
            .map(|draw| DrawKey::new(3, draw))
            .filter(|&draw| {
                let (found, local) = (average.growth(Some(draw), 3), plain.growth(Some(draw), 3));
                let still = found.iter().all(|year| year.all.to_bits() == 0);
                assert!(still || found == local);
                still
            })
            .count();
        // A quarter of the draws; four standard errors of 0.0068.
        assert!((still as f64 / n as f64 - 0.25).abs() < 0.028, "{still}");
    }

    #[test]
    fn the_middle_path_is_the_mean_of_the_models() {
        let average = Trend { others: vec![Drift { start: 0.02, ..flat(0.25) }], ..example() };
        for (found, local) in average.growth(None, 3).iter().zip(example().growth(None, 3)) {
            assert!((found.all - (0.75 * local.all + 0.25 * 0.02)).abs() < 1e-15);
        }
    }
}
