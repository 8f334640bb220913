"""Constants of the law of total plans, one set for each origin, learnt from nothing later.

Letters as in `src/calibration/trend.rs`. One-step errors of all authorities are fitted by a Student t
after each year's panel median (the shared shock) is taken off; weak penalties keep what one origin
cannot tell near its centre.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln

from .panel import FIRST, LAST, LAST_TARGET, Panel, Series, as_frame

ORIGINS = range(2017, LAST + 1)
# January 2015: no trend is fitted across the reform of 2014.
FIRST_USED = 2015
# How much of the effect of requests, new plans and lateness is left a year later (fixed).
LASTS = (0.3, 0.5, 0.8)
# Years of one authority share shocks with the same years of others: their likelihood counts half.
HALF = 0.5
NAMES = ("damping", "gain", "reversion", "requests", "new_plans", "late", "log_sd", "log_small", "log_tail")
CENTRE = np.array([0.75, 0.12, 0.07, 0.05, 0.02, 0.0, np.log(0.045), 0.0, np.log(8.0)])
WIDTH = np.array([0.15, 0.08, 0.04, 0.04, 0.03, 0.03, 0.5, 1.0, 0.5])
LOW = np.array([0.2, 0.0, 0.0, -1.0, -1.0, -1.0, -9.0, -9.0, np.log(3.0)])
HIGH = np.array([0.99, 0.6, 0.3, 1.0, 1.0, 1.0, 9.0, 9.0, np.log(60.0)])
# What each set of data leaves out: B has no requests, C no flows at all.
WITHOUT: dict[str, tuple[str, ...]] = {"A": (), "B": ("requests",), "C": ("requests", "new_plans", "late")}
DAMPING, REVERSION, SCALE = (0.45, 0.65, 0.85), (0.05, 0.08, 0.11), (0.85, 1.0, 1.18)
NATIONAL_DAMPING, NATIONAL_SD = (0.90, 0.95, 1.0), (0.005, 0.010, 0.015, 0.020)


@dataclass(frozen=True)
class Constants:
    """One parameter set on natural scales."""

    damping: float
    gain: float
    reversion: float
    requests: float
    new_plans: float
    late: float
    sd: float
    small: float
    tail: float

    @classmethod
    def of(cls, vector: Series) -> Constants:
        """From the optimiser's vector, kept within bounds."""
        inside = np.clip(vector, LOW, HIGH)
        return cls(*(float(x) for x in inside[:6]), *(float(np.exp(x)) for x in inside[6:]))


@dataclass(frozen=True)
class Growth:
    """Growth against England's and the gaps known at each January; columns are years from `FIRST`."""

    plans: Series
    deviation: Series
    national: Series
    gap: Series
    requests: Series
    new_plans: Series
    late: Series

    @classmethod
    def of(cls, panel: Panel) -> Growth:
        """From the panel; gaps of flows are kept within 1 either way."""
        logs = np.log(panel.own["plans"])
        own = np.c_[np.full(len(logs), np.nan), np.diff(logs, axis=1)]
        national = np.r_[np.nan, np.diff(np.log(panel.england["plans"]))]
        return cls(
            panel.own["plans"],
            own - national,
            national,
            panel.gap("plans", "children"),
            panel.gap("requests", "plans").clip(-1, 1),
            panel.gap("new", "plans").clip(-1, 1),
            panel.late(),
        )

    def pull(self, at: int, c: Constants) -> Series:
        """Growth that flows known at a January announce for the year after it."""
        effects = (c.requests, self.requests), (c.new_plans, self.new_plans), (c.late, self.late)
        return sum((effect * gaps[:, at] for effect, gaps in effects), np.zeros(len(self.plans)))


def surprises(growth: Growth, c: Constants, last: int) -> Series:
    """One-step errors of the filter, columns as in `growth`: target year at its own column."""
    errors = np.full_like(growth.deviation, np.nan)
    v = np.zeros(len(growth.plans))
    for at in range(1, last):
        mean = v - c.reversion * growth.gap[:, at] + growth.pull(at, c)
        errors[:, at + 1] = growth.deviation[:, at + 1] - mean
        v = c.damping * (v + c.gain * errors[:, at + 1])
    return errors


def log_likelihood(growth: Growth, c: Constants, last: int) -> float:
    """Student t of one-step errors of targets to column `last`, each year's median taken off."""
    errors = surprises(growth, c, last)[:, FIRST_USED - FIRST + 1 : last + 1]
    errors = errors - np.nanmedian(errors, axis=0)
    variance = c.sd**2 + c.small / growth.plans[:, FIRST_USED - FIRST : last]
    scale = variance * (c.tail - 2) / c.tail
    half = (c.tail + 1) / 2
    constant = gammaln(half) - gammaln(c.tail / 2)
    terms = constant - 0.5 * np.log(np.pi * c.tail * scale) - half * np.log1p(errors**2 / c.tail / scale)
    return float(np.nansum(terms))


def fit_constants(growth: Growth, last: int, data: str) -> Constants:
    """Penalised maximum likelihood for one origin and set of data."""
    free = [i for i, name in enumerate(NAMES) if name not in WITHOUT[data]]
    start = np.array([0.0 if name in WITHOUT[data] else x for name, x in zip(NAMES, CENTRE, strict=True)])

    def loss(values: Series) -> float:
        vector = start.copy()
        vector[free] = values
        penalty = 0.5 * (((vector - CENTRE) / WIDTH)[free] ** 2).sum()
        return float(penalty - log_likelihood(growth, Constants.of(vector), last))

    best = start.copy()
    options = {"maxiter": 60, "eps": 1e-4}
    best[free] = minimize(loss, start[free], method="L-BFGS-B", options=options).x
    return Constants.of(best)


def own_grid(growth: Growth, c: Constants, last: int) -> list[tuple[float, float, float, float]]:
    """Damping, reversion, scale and weight."""
    points = list(product(DAMPING, REVERSION, SCALE))
    logs = []
    for damping, reversion, scale in points:
        at = replace(c, damping=damping, reversion=reversion, sd=c.sd * scale, small=c.small * scale**2)
        off = np.array([damping, reversion]) - CENTRE[[0, 2]]
        penalty = 0.5 * ((off / WIDTH[[0, 2]]) ** 2).sum()
        logs.append(HALF * log_likelihood(growth, at, last) - penalty)
    return [(*point, weight) for point, weight in zip(points, _weights(logs), strict=True)]


def national_grid(growth: Growth, last: int) -> list[tuple[float, float, float]]:
    """Damping and yearly sd of England's growth, and weight: steps to January 2018 and after, flat prior."""
    points = list(product(NATIONAL_DAMPING, NATIONAL_SD))
    logs = []
    for damping, sd in points:
        steps = [growth.national[t] - damping * growth.national[t - 1] for t in range(2018 - FIRST, last + 1)]
        logs.append(HALF * sum(-np.log(sd) - 0.5 * (step / sd) ** 2 for step in steps))
    return [(*point, weight) for point, weight in zip(points, _weights(logs), strict=True)]


def _weights(logs: list[float]) -> list[float]:
    weights = np.exp(np.array(logs) - max(logs))
    return [float(weight) for weight in weights / weights.sum()]


def all_constants(panel: Panel) -> dict[str, pd.DataFrame]:
    """Every shipped table of the trend by file name."""
    growth = Growth.of(panel)
    constants: list[tuple[object, ...]] = []
    own: list[tuple[object, ...]] = []
    national: list[tuple[object, ...]] = []
    for origin in ORIGINS:
        last = min(origin, LAST_TARGET) - FIRST
        for data in WITHOUT:
            c = fit_constants(growth, last, data)
            row = (c.gain, c.requests, c.new_plans, c.late, c.sd, c.small, c.tail)
            constants.append((origin, data, *row))
            own += [(origin, data, *point) for point in own_grid(growth, c, last)]
        national += [(origin, *point) for point in national_grid(growth, origin - FIRST)]
    heads = ["origin", "set", "gain", "requests", "new_plans", "late", "sd", "small", "tail"]
    return {
        "trend": as_frame(constants, heads),
        "trend_grid": as_frame(own, ["origin", "set", "damping", "reversion", "scale", "weight"]),
        "national_grid": as_frame(national, ["origin", "damping", "sd", "weight"]),
    }
