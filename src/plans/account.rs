//! The account of expected plans by age on the way to a target, and the multipliers of new plans that meet it.

use crate::domain::AGES;

/// Under this age new plans follow what lasts of growth, not the surprises of a year (in the panel the stock under five
/// takes 0.3% of a year's surprise in all plans, against its 4% of plans).
const YOUNG: usize = 5;
/// New plans of a year are kept within these shares of the total (chosen: wider than any authority's history).
const NEW_SHARE: (f64, f64) = (0.03, 0.40);

/// Points of a standard normal and their weights (Gauss and Hermite): a child who stays on in one year of a draw is likelier
/// to stay on in the next, so the mean of survivors is not what mean chances leave.
pub(super) const POINTS: [(f64, f64); 3] =
    [(0.0, 4.0 / 6.0), (-1.732_050_807_568_877_2, 1.0 / 6.0), (1.732_050_807_568_877_2, 1.0 / 6.0)];

/// The mean of three values at [`POINTS`].
pub(super) fn mean_of_points(of: impl Fn(usize) -> f64) -> f64 {
    POINTS.iter().enumerate().map(|(at, (_, weight))| weight * of(at)).sum()
}

/// Expected plans by age on the way to a target.
pub(super) struct Account {
    plans: Vec<f64>,
    pub(super) target: f64,
}

impl Account {
    pub(super) fn new(base: &[f64]) -> Self {
        Self { plans: base.to_vec(), target: base.iter().sum() }
    }

    pub(super) fn grow_older(&mut self, growth: f64, stay: &[f64], arrived: &[f64; AGES]) {
        self.target *= libm::exp(growth);
        self.plans.rotate_right(1);
        self.plans[0] = 0.0;
        for ((plans, stay), arrived) in self.plans.iter_mut().zip(stay).zip(arrived) {
            *plans = *plans * stay + arrived;
        }
    }

    /// New plans that a share of the target asks for.
    pub(super) fn wanted(&self, share: f64) -> f64 {
        asked_for(self.target * share, self.survivors())
    }

    pub(super) fn survivors(&self) -> f64 {
        self.plans.iter().sum()
    }

    pub(super) fn join(&mut self, multiplier: Multiplier, new: &[f64; AGES]) {
        for (age, (plans, new)) in self.plans.iter_mut().zip(new).enumerate() {
            *plans += multiplier.at(age) * new;
        }
    }
}

pub(super) fn asked_for(target: f64, survivors: f64) -> f64 {
    (target - survivors).clamp(NEW_SHARE.0 * target, NEW_SHARE.1 * target)
}

/// The multipliers of new plans of one year, under five and from five on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Multiplier {
    pub(super) young: f64,
    older: f64,
}

impl Multiplier {
    pub(super) fn even(wanted: f64, new: &[f64; AGES]) -> Self {
        let all: f64 = new.iter().sum();
        let one = if all > 0.0 { wanted / all } else { 0.0 };
        Self { young: one, older: one }
    }

    /// The young as told, the others so that together they are as many as wanted; all alike where that cannot be.
    pub(super) fn with_young(wanted: f64, young: f64, new: &[f64; AGES]) -> Self {
        let of_young: f64 = new[..YOUNG].iter().sum();
        let of_older: f64 = new[YOUNG..].iter().sum();
        let older = (wanted - young * of_young) / of_older;
        if of_older > 0.0 && older > 0.0 { Self { young, older } } else { Self::even(wanted, new) }
    }

    pub(super) fn at(self, age: usize) -> f64 {
        if age < YOUNG { self.young } else { self.older }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_have_the_moments_of_a_normal_to_the_fifth() {
        for (power, moment) in [(0.0, 1.0), (1.0, 0.0), (2.0, 1.0), (3.0, 0.0), (4.0, 3.0), (5.0, 0.0)] {
            let found = mean_of_points(|at| libm::pow(POINTS[at].0, power));
            assert!((found - moment).abs() < 1e-12, "{power}: {found}");
        }
    }

    /// 100 plans; 70, 80 and 90 in a hundred stay at the points: after two years 49, 64 and 81 of 100, on average 64.33 and
    /// not 64. To grow to 110 would take 45.67 new plans, but no more than 0.40 of 110 are taken to be new.
    #[test]
    fn survivors_of_two_years_are_more_than_mean_chances_leave() {
        let mut base = [0.0; AGES];
        base[5] = 100.0;
        let accounts = [0.8, 0.7, 0.9].map(|stay| {
            let mut account = Account::new(&base);
            account.grow_older(libm::log(1.1), &[stay; AGES], &[0.0; AGES]);
            account.grow_older(0.0, &[stay; AGES], &[0.0; AGES]);
            account
        });
        let survivors = mean_of_points(|at| accounts[at].survivors());
        assert!((survivors - (4.0 * 64.0 + 49.0 + 81.0) / 6.0).abs() < 1e-9);
        assert!((asked_for(accounts[0].target, survivors) - (110.0 - survivors).min(44.0)).abs() < 1e-9);
    }
}
