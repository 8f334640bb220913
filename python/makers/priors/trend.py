"""Constants of the law of total plans, one set for each origin, learnt from nothing later.

Letters as in `src/calibration/trend.rs`. One-step errors of all authorities are fitted by a Student t
after each year's panel median (the shared shock) is taken off; weak penalties keep what one origin
cannot tell near its centre.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from .panel import FIRST, LAST, Panel, Series

ORIGINS = range(2017, LAST + 1)
# What stands beside the local trend, and how far ahead their forecasts are compared.
MODELS = ("log_drift", "demography", "pooled_drift")
HORIZONS = (1, 2, 3)
# January 2015: no trend is fitted across the reform of 2014.
FIRST_USED = 2015
# The last January before statements had all become plans (31 March 2018, law from 2014 on; `TRANSFER` in
# `src/calibration/bands.rs`). Growth to it may be rougher than growth after it: by `reform`, a factor on the sd.
REFORM = 2018
# How much of the effect of requests, new plans and lateness is left a year later (fixed).
LASTS = (0.3, 0.5, 0.8)
# Years of one authority share shocks with the same years of others: their likelihood counts half.
HALF = 0.5
# Step of the slopes of the likelihood, in widths of the penalty.
STEP = 1e-3
NAMES = (
    *("damping", "gain", "reversion", "requests", "new_plans", "late"),
    *("log_sd", "log_small", "log_tail", "log_reform"),
)
CENTRE = np.array([0.75, 0.12, 0.07, 0.05, 0.02, 0.0, np.log(0.045), 0.0, np.log(8.0), 0.0])
WIDTH = np.array([0.15, 0.08, 0.04, 0.04, 0.03, 0.03, 0.5, 1.0, 0.5, 0.5])
LOW = np.array([0.2, 0.0, 0.0, -1.0, -1.0, -1.0, -9.0, -9.0, np.log(3.0), -9.0])
HIGH = np.array([0.99, 0.6, 0.3, 1.0, 1.0, 1.0, 9.0, 9.0, np.log(60.0), 9.0])
# What each set of data leaves out: B has no requests, C no flows at all.
WITHOUT: dict[str, tuple[str, ...]] = {"A": (), "B": ("requests",), "C": ("requests", "new_plans", "late")}
DAMPING, REVERSION, SCALE = (0.45, 0.65, 0.85), (0.05, 0.08, 0.11), (0.85, 1.0, 1.18)
NATIONAL_DAMPING, NATIONAL_SD = (0.90, 0.95, 1.0), (0.005, 0.010, 0.015, 0.020)


@dataclass(frozen=True)
class Constants:
    """Parameter sets on natural scales: numbers, or columns of shape (set, 1) for several at once."""

    damping: Series
    gain: Series
    reversion: Series
    requests: Series
    new_plans: Series
    late: Series
    sd: Series
    small: Series
    tail: Series
    reform: Series

    @classmethod
    def of(cls, vectors: Series) -> Constants:
        """From the optimiser's vectors (shape (10,) or (set, 10)), kept within bounds."""
        inside = np.clip(vectors, LOW, HIGH)
        inside[..., 6:] = np.exp(inside[..., 6:])
        columns = inside if inside.ndim == 1 else inside.T[:, :, None]
        return cls(*columns)

    def roughness(self, first: int, last: int) -> Series:
        """Variance of steps to columns `first` to `last` against that after the reform; last axis the step."""
        reform = np.asarray(self.reform)[..., None]
        return np.where(np.arange(first, last + 1) <= REFORM - FIRST, reform**2, 1.0)


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

    def pull(self, at: int, c: Constants, later: int = 0) -> Series:
        """Growth that flows known at a January announce for the year after it, or for one `later`."""
        effects = (c.requests, self.requests), (c.new_plans, self.new_plans), (c.late, self.late)
        pulls = (left**later * effect * gaps[:, at] for (effect, gaps), left in zip(effects, LASTS, strict=True))
        return sum(pulls, np.zeros(len(self.plans)))

    def before(self, last: int) -> Growth:
        """The same, cut behind column `last`."""
        return Growth(**{name: getattr(self, name)[..., : last + 1] for name in self.__dataclass_fields__})


def surprises(growth: Growth, c: Constants, last: int) -> Series:
    """One-step errors of the filter, last axis as in `growth`: target year at its own column; sets come first."""
    shape = np.broadcast_shapes(np.shape(c.damping), (len(growth.plans),))
    errors = np.full((*shape, growth.plans.shape[1]), np.nan)
    v = np.zeros(shape)
    for at in range(1, last):
        mean = v - c.reversion * growth.gap[:, at] + growth.pull(at, c)
        errors[..., at + 1] = growth.deviation[:, at + 1] - mean
        v = c.damping * (v + c.gain * errors[..., at + 1])
    return errors


def log_likelihood(growth: Growth, c: Constants, last: int) -> Series:
    """Student t of one-step errors of targets to column `last`, each year's median taken off; one number a set."""
    first = FIRST_USED - FIRST + 1
    errors = surprises(growth, c, last)[..., first : last + 1]
    errors = errors - np.median(errors, axis=-2, keepdims=True)
    sd, small, tail = (np.asarray(x)[..., None] for x in (c.sd, c.small, c.tail))
    variance = (sd**2 + small / growth.plans[:, first - 1 : last]) * c.roughness(first, last)
    scale = variance * (tail - 2) / tail
    half = (tail + 1) / 2
    constant = gammaln(half) - gammaln(tail / 2)
    terms = constant - 0.5 * np.log(np.pi * tail * scale) - half * np.log1p(errors**2 / tail / scale)
    return np.asarray(terms.sum(axis=(-2, -1)))


def fit_constants(growth: Growth, last: int, data: str) -> Constants:
    """Penalised maximum likelihood for one origin and set of data; the dispersion is that after the reform."""
    # Until there is growth after the reform, nothing tells its factor from the dispersion itself: it is 1.
    fixed = (*WITHOUT[data], *(["log_reform"] if last <= REFORM - FIRST else []))
    free = [i for i, name in enumerate(NAMES) if name not in fixed]
    start = np.array([0.0 if name in fixed else x for name, x in zip(NAMES, CENTRE, strict=True)])
    width = WIDTH[free]
    # In widths of the penalty, so that all slopes are of one order; by differences either way.
    aside = STEP * np.vstack([np.zeros(len(free)), np.eye(len(free)), -np.eye(len(free))])

    def loss(values: Series) -> tuple[float, Series]:
        several = values + aside
        vectors = np.tile(start, (len(several), 1))
        vectors[:, free] += several * width
        losses = 0.5 * (several**2).sum(axis=1) - log_likelihood(growth, Constants.of(vectors), last)
        up, down = np.split(losses[1:], 2)
        return float(losses[0]), (up - down) / (2 * STEP)

    best = start.copy()
    options = {"maxiter": 200, "ftol": 1e-12, "gtol": 1e-5}
    found = minimize(loss, np.zeros(len(free)), jac=True, method="L-BFGS-B", options=options)
    best[free] += found.x * width
    return Constants.of(best)


# Damping, reversion, scale and weight.
OwnPoint = tuple[float, float, float, float]


def own_grid(growth: Growth, c: Constants, last: int) -> list[OwnPoint]:
    """Damping, reversion, scale and weight."""
    points = list(product(DAMPING, REVERSION, SCALE))
    damping, reversion, scale = np.array(points).T[:, :, None]
    at = replace(c, damping=damping, reversion=reversion, sd=c.sd * scale, small=c.small * scale**2)
    off = (np.array(points)[:, :2] - CENTRE[[0, 2]]) / WIDTH[[0, 2]]
    logs = HALF * log_likelihood(growth, at, last) - 0.5 * (off**2).sum(axis=1)
    return [(*point, weight) for point, weight in zip(points, _weights(list(logs)), strict=True)]


def national_grid(growth: Growth, last: int) -> list[tuple[float, float, float]]:
    """Damping and yearly sd of England's growth, and weight: steps to January 2018 and after, flat prior."""
    points = list(product(NATIONAL_DAMPING, NATIONAL_SD))
    logs = []
    for damping, sd in points:
        steps = [growth.national[t] - damping * growth.national[t - 1] for t in range(REFORM - FIRST, last + 1)]
        logs.append(HALF * sum(-np.log(sd) - 0.5 * (step / sd) ** 2 for step in steps))
    return [(*point, weight) for point, weight in zip(points, _weights(logs), strict=True)]


def _weights(logs: list[float]) -> list[float]:
    weights = np.exp(np.array(logs) - max(logs))
    return [float(weight) for weight in weights / weights.sum()]
