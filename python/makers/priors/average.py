"""How much other models of total plans weigh beside the local trend: stacking by leave-future-out score.

Every January from `FIRST_USED` on is forecast with what was known then, and the weights of an origin are those
that would have scored best on what had come by then (Yao et al. 2018, stacking of log densities). As where
constants are fitted, each panel median (the shared shock) is taken off: one year's surprise, which everybody
shares, is one observation and not a hundred.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from .panel import FIRST, Panel, Series
from .trend import FIRST_USED, HORIZONS, MODELS, Constants, Growth, OwnPoint

# Years that a drift's growth is averaged over, as in `sufficiency.naive`; its error counts as that of three.
YEARS = 3
# Yearly sd of a drift before there is an error to learn from, worth so many forecasts (chosen, as is the centre of
# the constants).
CENTRE_SD, CENTRE_WORTH = 0.05, 50
# Steps of the climb to the best weights; they have settled to four figures by then.
STEPS = 2_000


@dataclass(frozen=True)
class Drift:
    """A model that goes on from a start: log growth in the first year, what is left of it a year later."""

    start: Series
    damping: float

    def centre(self, horizon: int) -> Series:
        """Log growth over so many years."""
        return self.start * self._years(horizon)

    def spread(self, horizon: int) -> float:
        """Variance over so many years for a yearly variance of 1, the start known from three years."""
        return horizon + self._years(horizon) ** 2 / YEARS

    def _years(self, horizon: int) -> float:
        return sum(self.damping**year for year in range(horizon))


def drift(model: str, panel: Panel, growth: Growth, at: int) -> Drift:
    """The model at a January: column `at`, nothing later."""
    logs = np.log(growth.plans[:, : at + 1])
    if model == "log_drift":
        return Drift((logs[:, -1] - logs[:, -1 - YEARS]) / YEARS, 1.0)
    if model == "pooled_drift":
        return Drift(0.5 * (logs[:, -1] - logs[:, -2]) + 0.5 * growth.national[at], 0.9)
    with np.errstate(invalid="ignore"):
        children = np.log(panel.own["children"][:, at] / panel.own["children"][:, at - 1])
    return Drift(np.nan_to_num(children), 1.0)


def trend_law(growth: Growth, c: Constants, grid: list[OwnPoint], at: int, horizon: int) -> tuple[Series, ...]:
    """The local trend at a January: log weights (point, 1), mean and variance (point, authority) of log growth.

    England's growth is left out: it is the same for everybody. The recursion is that of `src/plans/trend.rs`.
    """
    damping, reversion, scale, weight = np.array(grid).T[:, :, None]
    v = np.zeros((len(grid), len(growth.plans)))
    for t in range(1, at):
        surprise = growth.deviation[:, t + 1] + reversion * growth.gap[:, t] - growth.pull(t, c) - v
        v = damping * (v + c.gain * surprise)
    variance = (c.sd**2 + c.small / growth.plans[:, at]) * scale**2
    mean, spread, shared = np.zeros_like(v), np.zeros_like(v), np.zeros_like(v)
    of_v = variance * c.gain
    for year in range(horizon):
        mean = mean + v - reversion * (growth.gap[:, at] + mean) + growth.pull(at, c, year)
        left = 1 - reversion
        spread = spread * left**2 + 2 * left * shared + of_v + variance * (1 - c.gain)
        shared = damping * (left * shared + of_v)
        of_v = damping**2 * of_v + variance * c.gain * (1 - damping**2 * (1 - c.gain))
        v = damping * v
    return np.log(weight / weight.sum()), mean, spread


def log_density(errors: Series, variance: Series, tail: Series) -> Series:
    """Student t of that variance."""
    scale = variance * (tail - 2) / tail
    constant = gammaln((tail + 1) / 2) - gammaln(tail / 2) - 0.5 * np.log(np.pi * tail * scale)
    return np.asarray(constant - (tail + 1) / 2 * np.log1p(errors**2 / tail / scale))


def stacked(densities: Series) -> Series:
    """Weights of models, shape (model,), that make the mixture's log score best; `densities` (model, forecast)."""
    ratios = np.exp(densities - densities.max(axis=0))
    weights = np.full(len(ratios), 1 / len(ratios))
    for _ in range(STEPS):
        shares = weights[:, None] * ratios
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights


class Average:
    """Weights of models for one panel and set of data."""

    def __init__(self, panel: Panel, fitted: Callable[[int], tuple[Constants, list[OwnPoint]]]) -> None:
        self.panel, self.fitted = panel, fitted
        self.growth = Growth.of(panel)
        self.scores: dict[tuple[int, int], Series] = {}

    def rows(self, last: int, tail: Constants) -> list[tuple[str, float, float]]:
        """Model, weight and yearly sd of what stands beside the local trend, learnt by column `last`."""
        cells = [(at, h) for at in range(FIRST_USED - FIRST, last) for h in HORIZONS if at + h <= last]
        weights = stacked(np.concatenate([self.score(*cell) for cell in cells], axis=1))
        sds = [self.sd(model, last, tail, shared=True) for model in MODELS]
        return [(m, round(float(w), 4), sd) for m, w, sd in zip(MODELS, weights[1:], sds, strict=True)]

    def score(self, at: int, horizon: int) -> Series:
        """Log densities of what came, shape (model, authority), the local trend first; each median taken off."""
        if (at, horizon) not in self.scores:
            c, grid = self.fitted(at + FIRST)
            came = self.growth.deviation[:, at + 1 : at + horizon + 1].sum(axis=1)
            weights, mean, variance = trend_law(self.growth, c, grid, at, horizon)
            middle = (np.exp(weights) * mean).sum(axis=0)
            own = came - np.median(came - middle)
            rows = [logsumexp(weights + log_density(own - mean, variance, c.tail), axis=0)]
            for model in MODELS:
                variance = self.sd(model, at, c, shared=False) ** 2 + c.small / self.growth.plans[:, at]
                law, errors = self.errors(model, at, horizon)
                rows.append(log_density(errors - np.median(errors), variance * law.spread(horizon), c.tail))
            self.scores[at, horizon] = np.array(rows)
        return self.scores[at, horizon]

    def errors(self, model: str, at: int, horizon: int) -> tuple[Drift, Series]:
        """A model at a January and its errors of log growth, England's growth in both."""
        law = drift(model, self.panel, self.growth, at)
        plans = self.growth.plans
        return law, np.log(plans[:, at + horizon] / plans[:, at]) - law.centre(horizon)

    def sd(self, model: str, last: int, c: Constants, *, shared: bool) -> float:
        """Yearly sd of a model from its errors by column `last`, size apart; with what all share, or without.

        It is that after the reform: errors over rougher years count for less, as where constants are fitted.
        """
        total, n = CENTRE_SD**2 * CENTRE_WORTH, CENTRE_WORTH
        for at in range(FIRST_USED - FIRST, last):
            for horizon in HORIZONS:
                if at + horizon <= last:
                    law, errors = self.errors(model, at, horizon)
                    errors = errors if shared else errors - np.median(errors)
                    spread = law.spread(horizon) * c.roughness(at + 1, at + horizon).mean()
                    total += float((errors**2 / spread - c.small / self.growth.plans[:, at]).sum())
                    n += len(errors)
        return max(total / n, 1e-4) ** 0.5
