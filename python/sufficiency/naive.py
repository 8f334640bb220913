"""What anybody could have forecast: the methods that a model has to beat, each on the log scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from sufficiency.scores import Draws, lognormal_draws

SINCE = 2011
"""First January of the growth that ranges rest on: earlier figures count statements differently."""
DAMPING = 0.9
Naive = Callable[[pd.Series, int, float], Draws | None]


def growth_of(history: pd.Series) -> pd.Series:
    """Yearly growth of the log, from `SINCE` on; years without a figure on both sides are left out."""
    logs = np.log(history[history > 0])
    growth: pd.Series = logs.diff()[logs.index.to_series().diff() == 1]
    return growth[growth.index >= SINCE]


def _spread(history: pd.Series, horizon: int, years: int) -> float:
    """Own growth's standard deviation, over so many years ahead of a mean of `years`."""
    growth = growth_of(history)
    sd = float(growth.std(ddof=1)) if len(growth) > 1 else 0.1
    return max(sd, 0.005) * float(np.sqrt(horizon * (1 + horizon / years)))


def flat(history: pd.Series, horizon: int, _national: float) -> Draws | None:
    """The last figure stands; the range is the root mean square of past growth times the root of the horizon."""
    growth = growth_of(history)
    rms = float(np.sqrt((growth**2).mean())) if len(growth) else 0.1
    return lognormal_draws(float(history.iloc[-1]), max(rms, 0.005) * horizon**0.5)


def linear(history: pd.Series, horizon: int, _national: float) -> Draws | None:
    """The mean yearly difference of the last three years goes on."""
    if len(history) < 4:
        return None
    step = float(history.iloc[-1] - history.iloc[-4]) / 3
    centre = max(float(history.iloc[-1]) + horizon * step, 1.0)
    return lognormal_draws(centre, _spread(history, horizon, 3))


def log_drift(years: int) -> Naive:
    """The mean growth of the last years goes on."""

    def forecast(history: pd.Series, horizon: int, _national: float) -> Draws | None:
        growth = growth_of(history)
        if len(growth) < years:
            return None
        centre = float(history.iloc[-1]) * float(np.exp(horizon * growth.iloc[-years:].mean()))
        return lognormal_draws(centre, _spread(history, horizon, years))

    return forecast


def damped_ets(history: pd.Series, horizon: int, _national: float) -> Draws | None:
    """Exponential smoothing of the log with a damped additive trend (statsmodels); None where it is not
    installed."""
    recent = history[history.index >= SINCE - 1]
    if len(recent) < 6:
        return None
    path = _smoothed(tuple(recent.to_numpy(dtype=float)))
    if path is None:
        return None
    return lognormal_draws(path[horizon - 1], _spread(history, horizon, 3))


@cache
def _smoothed(figures: tuple[float, ...]) -> list[float] | None:
    """The next figures; a fit takes long enough to be kept for the other horizons."""
    try:
        from statsmodels.tsa.holtwinters import ExponentialSmoothing
    except ImportError:
        return None
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It says at length where a short series does not converge.
        model = ExponentialSmoothing(np.log(np.maximum(figures, 0.5)), trend="add", damped_trend=True)
        return [float(figure) for figure in np.exp(model.fit().forecast(40))]


def pooled_centre(history: pd.Series, horizon: int, national: float) -> float | None:
    """Half own and half national growth of the last year, damped by 0.9 a year: the middle of the benchmark."""
    growth = growth_of(history)
    if not len(growth):
        return None
    first = 0.5 * float(growth.iloc[-1]) + 0.5 * national
    return float(history.iloc[-1]) * float(np.exp(first * sum(DAMPING**year for year in range(horizon))))


NAIVES: dict[str, Naive] = {
    "flat": flat,
    "linear": linear,
    "log drift, 1 year": log_drift(1),
    "log drift, 3 years": log_drift(3),
    "damped ETS": damped_ets,
}
POOLED = "pooled damped drift"
