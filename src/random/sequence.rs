//! Normal, exponential and gamma numbers from a keyed sequence of words.

use super::key::{GOLDEN, Stream, mix, u53};
use super::ziggurat::{
    EXPONENTIAL, EXPONENTIAL_TAIL, Layers, NORMAL, NORMAL_TAIL, exponential_density, normal_density,
};

pub(super) const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;

/// A sequence of words for samplers that reject.
#[derive(Debug, Clone)]
pub struct Sequence {
    state: u64,
}

impl Sequence {
    /// The sequence of an entity in a stream.
    #[inline]
    pub const fn new(stream: Stream, entity: u64) -> Self {
        Self { state: stream.word(entity) }
    }

    #[inline]
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// Uniform in [0, 1).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        u53(self.next()) as f64 * UNIT
    }

    /// Uniform in (0, 1).
    #[inline]
    fn open(&mut self) -> f64 {
        (u53(self.next()) as f64 + 0.5) * UNIT
    }

    /// Standard normal.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        let layers = &*NORMAL;
        loop {
            let word = self.next();
            let layer = (word & 255) as usize;
            let x = u53(word) as f64 * UNIT * layers.edges[layer];
            let sign = if word & 256 == 0 { 1.0 } else { -1.0 };
            if x < layers.edges[layer + 1] {
                return sign * x;
            }
            if layer == 0 {
                return sign * self.normal_tail();
            }
            if self.under_curve(layers, layer, normal_density(x)) {
                return sign * x;
            }
        }
    }

    #[cold]
    fn normal_tail(&mut self) -> f64 {
        loop {
            let a = -libm::log(self.open()) / NORMAL_TAIL;
            let b = -libm::log(self.open());
            if b + b > a * a {
                return NORMAL_TAIL + a;
            }
        }
    }

    fn under_curve(&mut self, layers: &Layers, layer: usize, density: f64) -> bool {
        let (low, high) = (layers.heights[layer], layers.heights[layer + 1]);
        low + self.uniform() * (high - low) < density
    }

    /// Standard exponential.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        let layers = &*EXPONENTIAL;
        loop {
            let word = self.next();
            let layer = (word & 255) as usize;
            let x = u53(word) as f64 * UNIT * layers.edges[layer];
            if x < layers.edges[layer + 1] {
                return x;
            }
            if layer == 0 {
                return EXPONENTIAL_TAIL - libm::log(self.open());
            }
            if self.under_curve(layers, layer, exponential_density(x)) {
                return x;
            }
        }
    }
}

/// The constants of a gamma sampler, worked out once (Marsaglia and Tsang 2000b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaShape {
    pub(super) d: f64,
    pub(super) c: f64,
    /// 1 / shape for shapes below 1, else 0.
    pub(super) boost: f64,
    pub(super) zero: bool,
}

impl GammaShape {
    /// The sampler of a shape of 0 or more, scale 1.
    pub fn new(shape: f64) -> Self {
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Self {
            d,
            c: 1.0 / libm::sqrt(9.0 * d),
            boost: if shape < 1.0 { 1.0 / shape } else { 0.0 },
            zero: shape <= 0.0,
        }
    }

    /// One gamma number from a sequence of its own.
    #[inline]
    pub fn sample(&self, sequence: &mut Sequence) -> f64 {
        let (number, log_factor) = self.parts(sequence);
        if self.boost > 0.0 { number * libm::exp(log_factor) } else { number }
    }

    /// The same number as one to be multiplied by the exponential of another.
    #[inline]
    pub(super) fn parts(&self, sequence: &mut Sequence) -> (f64, f64) {
        if self.zero {
            return (0.0, 0.0);
        }
        let log_factor = if self.boost > 0.0 { -sequence.exponential() * self.boost } else { 0.0 };
        (self.at_least_one(sequence), log_factor)
    }

    #[inline]
    fn at_least_one(&self, sequence: &mut Sequence) -> f64 {
        let Self { d, c, .. } = *self;
        loop {
            let z = sequence.normal();
            let t = 1.0 + c * z;
            if t <= 0.0 {
                continue;
            }
            let v = t * t * t;
            let u = sequence.open();
            let square = z * z;
            // The squeeze spares both logarithms in 98 of 100 cases.
            if u < 1.0 - 0.0331 * (square * square) || libm::log(u) < 0.5 * square + d * (1.0 - v + libm::log(v)) {
                return d * v;
            }
        }
    }
}
