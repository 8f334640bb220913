//! Simulation-based calibration (Talts and others 2018): a truth drawn from the prior must rank evenly among draws of
//! the posterior given the data it made.

use super::dice::Dice;
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// Independent posterior draws a rank is taken among: 400 ranks, 20 bins of 20.
pub const DRAWS: usize = 399;
const BINS: usize = 20;

/// A wrong posterior, made of a right one.
#[derive(Clone, Copy)]
pub struct Mutant {
    /// Factor on the spread.
    pub spread: f64,
    /// Shift, in standard deviations.
    pub shift: f64,
}

pub const FAITHFUL: Mutant = Mutant { spread: 1.0, shift: 0.0 };
pub const TOO_SURE: Mutant = Mutant { spread: 0.8, shift: 0.0 };
pub const BIASED: Mutant = Mutant { spread: 1.0, shift: 0.3 };

/// The place of the truth among the draws, evenly within [0, 1] if both are from one law; ties fall at random.
pub fn rank(truth: f64, draws: &[f64], mutant: Mutant, dice: &mut Dice) -> f64 {
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let sd = (draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f64>() / n).sqrt();
    let turned = draws.iter().map(|draw| mean + mutant.spread * (draw - mean) + mutant.shift * sd);
    let (mut below, mut ties) = (0, 0);
    for draw in turned {
        below += usize::from(draw < truth);
        ties += usize::from(draw.total_cmp(&truth).is_eq());
    }
    let rank = below + (dice.unit() * (ties + 1) as f64) as usize;
    (rank as f64 + 0.5) / (n + 1.0)
}

/// What three tests say of one quantity's ranks.
pub struct Verdict {
    pub quantity: String,
    /// P-values: evenness over 20 bins, mean, variance.
    pub p: [f64; 3],
    /// Mean of the ranks (0.5) and their variance over that of even ranks (1: above it the posterior is too sure).
    pub mean: f64,
    pub spread: f64,
}

impl Verdict {
    pub fn of(quantity: &str, ranks: &[f64]) -> Self {
        let n = ranks.len() as f64;
        let mut bins = [0.0; BINS];
        for rank in ranks {
            bins[((rank * BINS as f64) as usize).min(BINS - 1)] += 1.0;
        }
        let even = n / BINS as f64;
        let chi: f64 = bins.iter().map(|bin| (bin - even) * (bin - even) / even).sum();
        let evenness = 1.0 - ChiSquared::new(BINS as f64 - 1.0).unwrap().cdf(chi);
        let mean = ranks.iter().sum::<f64>() / n;
        // An even rank has variance 1/12, its squared distance from 1/2 variance 1/180.
        let square = ranks.iter().map(|rank| (rank - 0.5) * (rank - 0.5)).sum::<f64>() / n;
        let two_sided = |z: f64| 2.0 * Normal::new(0.0, 1.0).unwrap().cdf(-z.abs());
        let p = [
            evenness,
            two_sided((mean - 0.5) * (12.0 * n).sqrt()),
            two_sided((square - 1.0 / 12.0) * (180.0 * n).sqrt()),
        ];
        Self { quantity: quantity.into(), p, mean, spread: 12.0 * square }
    }

    pub fn rejected(&self, at: f64) -> bool {
        self.p.iter().any(|&p| p < at)
    }
}

/// Prints the verdicts of a run.
pub fn print(title: &str, verdicts: &[Verdict], at: f64) {
    println!("\n{title}; rejected where a p-value is below {at:.5}");
    println!("{:<44}{:>9}{:>9}{:>9}{:>8}{:>10}", "quantity", "even", "mean", "variance", "mean", "variance");
    for v in verdicts {
        let [even, mean, variance] = v.p;
        let said = if v.rejected(at) { "  REJECTED" } else { "" };
        println!("{:<44}{even:>9.4}{mean:>9.4}{variance:>9.4}{:>8.3}{:>10.2}{said}", v.quantity, v.mean, v.spread);
    }
}

#[test]
fn even_ranks_pass_and_both_mutants_of_a_normal_are_rejected() {
    // 300 simulations: by the normal law the variance test sees sd x 0.8 with 4.9 and the mean test a bias of 0.3 sd
    // with 5 standard errors.
    let run = |mutant| {
        let ranks: Vec<f64> = (0..300)
            .map(|simulation| {
                let mut dice = Dice::new(simulation, "self");
                let data = dice.normal();
                let truth = data + dice.normal();
                let draws: Vec<f64> = (0..DRAWS).map(|_| data + dice.normal()).collect();
                rank(truth, &draws, mutant, &mut dice)
            })
            .collect();
        Verdict::of("normal", &ranks)
    };
    assert!(!run(FAITHFUL).rejected(0.01));
    assert!(run(TOO_SURE).rejected(0.001));
    assert!(run(BIASED).rejected(0.001));
}

#[test]
fn ranks_of_a_discrete_law_are_even_too() {
    // Without random ties a law of five values piles its ranks up.
    let ranks: Vec<f64> = (0..1_000)
        .map(|simulation| {
            let mut dice = Dice::new(simulation, "ties");
            let mut value = || (5.0 * dice.unit()).floor();
            let (truth, draws) = (value(), (0..DRAWS).map(|_| value()).collect::<Vec<_>>());
            rank(truth, &draws, FAITHFUL, &mut dice)
        })
        .collect();
    assert!(!Verdict::of("five values", &ranks).rejected(0.01));
}
