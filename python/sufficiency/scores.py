"""Scores of a forecast given as equally likely draws: each states what it is, its sign, and its source."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]
INTERVALS = (50, 80, 90, 95)
"""Central intervals whose coverage is told, in per cent."""


def crps(draws: Draws, actual: float) -> float:
    """Continuous ranked probability score, in the unit of the figure; lower is better, 0 is perfect.

    Mean absolute error of the draws less half their mean absolute difference (Gneiting & Raftery 2007, eq. 21).
    """
    ordered = np.sort(draws)
    n = len(ordered)
    spread = ((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / n**2
    return float(np.abs(ordered - actual).mean() - spread)


def log_score(draws: Draws, actual: float) -> float:
    """Minus the log density of the actual figure plus one, under the lognormal with the draws' moments; lower is
    better. A smooth density is needed where few draws stand for many counts."""
    logs = np.log1p(draws)
    sd = max(float(logs.std(ddof=1)), 1e-6)
    z = (math.log1p(actual) - float(logs.mean())) / sd
    return 0.5 * z * z + math.log(sd) + 0.5 * math.log(2 * math.pi) + math.log1p(actual)


def pit(draws: Draws, actual: float, u: float) -> float:
    """Randomised probability integral transform, 0 to 1: uniform if the forecast is calibrated (Czado et al.
    2009).

    `u` is uniform; it spreads draws equal to the actual figure.
    """
    below, equal = float((draws < actual).mean()), float((draws == actual).mean())
    return below + u * equal


def inside(draws: Draws, actual: float, percent: int) -> bool:
    """Whether the actual figure lies in the central interval of so many per cent, ends included."""
    tail = (1 - percent / 100) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return bool(low <= actual <= high)


def lognormal_draws(centre: float, sd: float, n: int = 400) -> Draws:
    """Equally likely figures of a lognormal: its quantiles at the middles of `n` equal parts."""
    normal = NormalDist()
    z = np.array([normal.inv_cdf((i + 0.5) / n) for i in range(n)])
    return centre * np.exp(sd * z)
