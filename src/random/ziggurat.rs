//! Layer edges of the ziggurats (Marsaglia and Tsang 2000), 256 layers each.

use std::sync::LazyLock;

/// Edges and heights of one ziggurat.
pub(super) struct Layers {
    /// Layer edges, falling; `edges[256]` is 0.
    pub edges: [f64; 257],
    /// Density at each edge.
    pub heights: [f64; 257],
}

pub(super) const NORMAL_TAIL: f64 = 3.654_152_885_361_009;
const NORMAL_AREA: f64 = 0.004_928_673_233_99;
pub(super) const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
const EXPONENTIAL_AREA: f64 = 0.003_949_659_822_581_557;

pub(super) fn normal_density(x: f64) -> f64 {
    libm::exp(-x * x / 2.0)
}

pub(super) fn exponential_density(x: f64) -> f64 {
    libm::exp(-x)
}

fn layers(tail: f64, area: f64, density: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Layers {
    let mut edges = [0.0; 257];
    edges[0] = area / density(tail);
    edges[1] = tail;
    for i in 1..255 {
        edges[i + 1] = inverse(area / edges[i] + density(edges[i]));
    }
    Layers { edges, heights: edges.map(density) }
}

pub(super) static NORMAL: LazyLock<Layers> =
    LazyLock::new(|| layers(NORMAL_TAIL, NORMAL_AREA, normal_density, |y| libm::sqrt(-2.0 * libm::log(y))));
pub(super) static EXPONENTIAL: LazyLock<Layers> =
    LazyLock::new(|| layers(EXPONENTIAL_TAIL, EXPONENTIAL_AREA, exponential_density, |y| -libm::log(y)));
