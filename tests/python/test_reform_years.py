"""Rough years of the reform leave no trace in the dispersion that forecasts after it rest on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from makers.priors.origins import Origins
from makers.priors.panel import FIRST, YEARS, Panel
from makers.priors.trend import REFORM, Constants, Growth, fit_constants

N, SD = 100, 0.03


@cache
def panel(roughness: float) -> Panel:
    """Authorities too large for chance, whose growth is noise around the nation's: the same, but for the years to
    January 2018."""
    steps = np.random.default_rng(11).normal(0, SD, (N, len(YEARS)))
    steps[:, np.array(YEARS) <= REFORM] *= roughness
    plans = 1e6 * np.exp((0.06 + steps).cumsum(axis=1))
    own = {"plans": plans, "children": np.full(plans.shape, 1e7)}
    own |= {name: np.full(plans.shape, np.nan) for name in ("new", "requests", "within")}
    nation = {name: series.sum(axis=0) for name, series in own.items()}
    nation["plans"] = 1e8 * np.exp(0.06 * np.arange(len(YEARS)))
    return Panel([f"E{at}" for at in range(N)], own, nation)


@cache
def fitted(roughness: float, origin: int) -> Constants:
    last = origin - FIRST
    return fit_constants(Growth.of(panel(roughness)).before(last), last, "C")


@pytest.mark.parametrize("origin", [2019, 2024])
def test_the_dispersion_after_the_reform_comes_back_as_planted(origin: int) -> None:
    """A hundred normal errors a year: the sd is told to 7% by one year and 3% by six (one standard error), the
    factor to 8 and 5%. Pooled over both regimes the sd would be 1.8 and 1.4 times as large."""
    c = fitted(2.0, origin)
    assert c.sd == pytest.approx(SD, rel=0.2 if origin == 2019 else 0.1)
    assert c.reform == pytest.approx(2.0, rel=0.2)


def test_a_reform_no_rougher_than_later_years_is_found_so() -> None:
    assert fitted(1.0, 2024).reform == pytest.approx(1.0, rel=0.15)


def test_before_any_growth_after_the_reform_one_dispersion_stands_for_all() -> None:
    assert fitted(2.0, REFORM).reform == 1.0
    assert fitted(2.0, REFORM).sd == pytest.approx(2 * SD, rel=0.1)


def test_models_beside_the_trend_forget_the_reforms_roughness_too() -> None:
    """Of demography, which starts from no past growth: its sd is the same whether the reform was rough or not."""
    sds = []
    for roughness in (1.0, 2.0):
        c = fitted(roughness, 2024)
        average = Origins(panel(roughness)).averages["C"]
        sds.append(average.sd("demography", 2024 - FIRST, c, shared=False))
    assert sds[1] == pytest.approx(sds[0], rel=0.1)


def test_what_ships_is_the_dispersion_after_the_reform() -> None:
    row = Origins(panel(2.0)).tables(2024)["trend"].query("set == 'C'").iloc[0]
    assert row["sd"] == pytest.approx(SD, rel=0.1)
