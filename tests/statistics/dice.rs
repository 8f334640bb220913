//! Random numbers for making worlds: laws by their textbook definitions on top of one sequence.

use sufficiency::plans::Law;
use sufficiency::random::{DrawKey, GammaShape, Process, Sequence, key, poisson_slot};

pub struct Dice(Sequence);

/// Poisson means are split below this: the inversion starts from exp(-mean).
const CHUNK: f64 = 100.0;

impl Dice {
    /// Numbers of one simulation, for one purpose.
    pub fn new(simulation: usize, purpose: &str) -> Self {
        let stream = DrawKey::new(20_251_125, simulation as u64).stream(Process::Trend, 0);
        Self(Sequence::new(stream, key("statistics", purpose)))
    }

    pub fn unit(&mut self) -> f64 {
        self.0.uniform()
    }

    pub fn normal(&mut self) -> f64 {
        self.0.normal()
    }

    pub fn gamma(&mut self, shape: f64) -> f64 {
        GammaShape::new(shape).sample(&mut self.0)
    }

    /// A Student t of this many degrees of freedom, scaled to variance 1: the factor on a normal.
    pub fn tail(&mut self, degrees: f64) -> f64 {
        let chi = 2.0 * self.gamma(degrees / 2.0);
        ((degrees - 2.0) / chi).sqrt()
    }

    pub fn law(&mut self, law: Law) -> f64 {
        match law {
            Law::Point(value) => value,
            Law::Beta { alpha, beta } => {
                let (a, b) = (self.gamma(alpha), self.gamma(beta));
                a / (a + b)
            }
            Law::Gamma { shape, mean } => self.gamma(shape) / shape * mean,
        }
    }

    /// A Dirichlet of these alphas.
    pub fn shares(&mut self, alphas: &[f64]) -> Vec<f64> {
        let drawn: Vec<f64> = alphas.iter().map(|&alpha| self.gamma(alpha)).collect();
        let sum: f64 = drawn.iter().sum();
        drawn.into_iter().map(|share| share / sum).collect()
    }

    /// The position of one of these weights.
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        let found = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        found.unwrap_or(weights.len() - 1)
    }

    pub fn multinomial(&mut self, number: usize, shares: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; shares.len()];
        (0..number).for_each(|_| counts[self.pick(shares)] += 1);
        counts
    }

    pub fn binomial(&mut self, number: usize, chance: f64) -> usize {
        (0..number).filter(|_| self.unit() < chance).count()
    }

    pub fn poisson(&mut self, mean: f64) -> usize {
        let parts = (mean / CHUNK).ceil().max(1.0);
        (0..parts as usize).map(|_| poisson_slot(self.unit(), mean / parts) as usize).sum()
    }
}
