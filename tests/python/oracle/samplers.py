"""Samplers: normal, exponential, gamma, Poisson and binomial (specification, section 3)."""

import math
from collections.abc import Callable

from .words import LEAVERS, Sequence, open_uniform, stream, uniform, word

NORMAL_R = 3.6541528853610088
NORMAL_V = 0.00492867323399
EXPONENTIAL_R = 7.69711747013104972
EXPONENTIAL_V = 0.0039496598225815571993


def normal_density(x: float) -> float:
    return math.exp(-x * x / 2.0)


def normal_inverse(y: float) -> float:
    return math.sqrt(-2.0 * math.log(y))


def exponential_density(x: float) -> float:
    return math.exp(-x)


def exponential_inverse(y: float) -> float:
    return -math.log(y)


def layer_edges(r: float, v: float, f: Callable[[float], float], inverse: Callable[[float], float]) -> list[float]:
    """The 257 edges of 256 layers of area v; layer 0 holds the tail beyond r."""
    x = [v / f(r), r]
    for i in range(1, 255):
        x.append(inverse(v / x[i] + f(x[i])))
    return [*x, 0.0]


NORMAL_X = layer_edges(NORMAL_R, NORMAL_V, normal_density, normal_inverse)
EXPONENTIAL_X = layer_edges(EXPONENTIAL_R, EXPONENTIAL_V, exponential_density, exponential_inverse)


def under_curve(sequence: Sequence, edges: list[float], layer: int, x: float, f: Callable[[float], float]) -> bool:
    """Whether a point at x, between the edges of a layer's overhang, falls below the density."""
    low, high = f(edges[layer]), f(edges[layer + 1])
    return low + uniform(sequence.next()) * (high - low) < f(x)


def normal_tail(sequence: Sequence) -> float:
    while True:
        a = -math.log(open_uniform(sequence.next())) / NORMAL_R
        b = -math.log(open_uniform(sequence.next()))
        if b + b > a * a:
            return NORMAL_R + a


def normal(sequence: Sequence) -> float:
    while True:
        w = sequence.next()
        layer = w & 255
        sign = -1.0 if w & 256 else 1.0
        x = uniform(w) * NORMAL_X[layer]
        if x < NORMAL_X[layer + 1]:
            return sign * x
        if layer == 0:
            return sign * normal_tail(sequence)
        if under_curve(sequence, NORMAL_X, layer, x, normal_density):
            return sign * x


def exponential(sequence: Sequence) -> float:
    while True:
        w = sequence.next()
        layer = w & 255
        x = uniform(w) * EXPONENTIAL_X[layer]
        if x < EXPONENTIAL_X[layer + 1]:
            return x
        if layer == 0:
            return EXPONENTIAL_R - math.log(open_uniform(sequence.next()))
        if under_curve(sequence, EXPONENTIAL_X, layer, x, exponential_density):
            return x


def gamma_from_one(sequence: Sequence, shape: float) -> float:
    """Gamma of a shape of 1 or more, by squeezing a cubed normal."""
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        z = normal(sequence)
        t = 1.0 + c * z
        if t <= 0.0:
            continue
        v = t * t * t
        u = open_uniform(sequence.next())
        if u < 1.0 - 0.0331 * ((z * z) * (z * z)):
            return d * v
        if math.log(u) < 0.5 * (z * z) + d * (1.0 - v + math.log(v)):
            return d * v


def gamma(sequence: Sequence, shape: float) -> float:
    """Gamma of scale 1; below shape 1 the exponential comes first in the sequence."""
    if shape == 0.0:
        return 0.0
    if shape >= 1.0:
        return gamma_from_one(sequence, shape)
    e = exponential(sequence)
    return gamma_from_one(sequence, shape + 1.0) * math.exp(-e / shape)


def poisson_slot(u: float, mean: float) -> int:
    """One slot by inversion; the first test spares the exponential, since exp(-s) >= 1 - s."""
    if u < 1.0 - mean:
        return 0
    p = math.exp(-mean)
    c = p
    k = 0
    while u >= c and k < 255:
        k += 1
        p = p * mean / k
        c = c + p
    return k


def poisson(draw: int, process: int, year: int, age: int, entity: int, mean: float) -> int:
    """A Poisson count, a slot for every 32 of the mean; `draw` is a draw key."""
    count = 0
    j = 0
    while mean - 32.0 * j > 0.0:
        u = uniform(word(stream(draw, process, year, age + 32 * j), entity))
        count += poisson_slot(u, min(32.0, mean - 32.0 * j))
        j += 1
    return count


def binomial_chunk(u: float, m: int, p: float) -> int:
    """One chunk of m trials by inversion; above one half, of those who stay."""
    if p > 0.5:
        return m - binomial_chunk(u, m, 1.0 - p)
    q = 1.0
    for _ in range(m):
        q = q * (1.0 - p)
    c = q
    k = 0
    while u >= c and k < m:
        k += 1
        q = q * ((m - k + 1) / k * (p / (1.0 - p)))
        c = c + q
    return k


def binomial(draw: int, year: int, age: int, entity: int, n: int, p: float) -> int:
    """Leavers among n residents, a slot for every 256 of them; `draw` is a draw key."""
    if p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    count = 0
    for j, done in enumerate(range(0, n, 256)):
        u = uniform(word(stream(draw, LEAVERS, year, age + 32 * j), entity))
        count += binomial_chunk(u, min(256, n - done), p)
    return count
