"""Weights of the models beside the local trend: laws of their scores, and weights found where they are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from makers.priors.average import Average, Drift, log_density, stacked, trend_law
from makers.priors.origins import Origins
from makers.priors.panel import FIRST, YEARS, Panel
from makers.priors.trend import Constants, Growth

N = 40


def panel(plans: np.ndarray) -> Panel:
    """Authorities of which only plans differ: no flows, 10 children a plan at first."""
    shape = plans.shape
    own = {"plans": plans, "children": 1e5 * np.ones(shape)}
    own |= {name: np.full(shape, np.nan) for name in ("new", "requests", "within")}
    return Panel([f"E{at}" for at in range(len(plans))], own, {name: s.sum(axis=0) for name, s in own.items()})


def constants(**given: float) -> Constants:
    values = {name: np.float64(0.0) for name in Constants.__dataclass_fields__}
    values |= {"tail": np.float64(6.0), "reform": np.float64(1.0)}
    return Constants(**(values | {name: np.float64(value) for name, value in given.items()}))


def test_a_density_is_that_of_scipy_with_the_variance_asked_for() -> None:
    errors = np.array([-0.2, 0.0, 0.05])
    scale = np.sqrt(0.01 * 4 / 6)
    expected = student.logpdf(errors, 6, scale=scale)
    assert log_density(errors, np.full(3, 0.01), np.float64(6.0)) == pytest.approx(expected)


def test_weights_by_hand() -> None:
    """Two forecasts, each nine times as likely under one of two models: a half each. All under one: all of it."""
    nine = np.log(9.0)
    assert stacked(np.array([[nine, 0.0], [0.0, nine]])) == pytest.approx([0.5, 0.5])
    assert stacked(np.array([[nine, nine], [0.0, 0.0]])) == pytest.approx([1.0, 0.0], abs=1e-6)
    # Three of four for the first: w of maximum log(1 + 8w) 3 + log(9 - 8w) is 0.8125.
    assert stacked(np.array([[nine] * 3 + [0.0], [0.0] * 3 + [nine]])) == pytest.approx([0.8125, 0.1875], abs=1e-6)


def test_a_drift_goes_on_and_spreads_as_told() -> None:
    steady, fading = Drift(np.array([0.1]), 1.0), Drift(np.array([0.1]), 0.9)
    assert steady.centre(3) == pytest.approx([0.3]) and fading.centre(3) == pytest.approx([0.271])
    assert steady.spread(3) == pytest.approx(6.0) and fading.spread(2) == pytest.approx(2 + 1.9**2 / 3)


def test_the_law_of_the_local_trend_is_that_of_its_simulation() -> None:
    """Mean and variance over three years at one grid point against 200,000 paths; 4 standard errors."""
    rng = np.random.default_rng(1)
    growth = Growth.of(panel(3_000 * np.exp(rng.normal(0.08, 0.05, (3, len(YEARS))).cumsum(axis=1))))
    c, at = constants(gain=0.2, sd=0.05, small=1.0), 2020 - FIRST
    _, mean, variance = trend_law(growth, c, [(0.7, 0.1, 1.1, 1.0)], at, 3)
    assert (mean[0] != 0).all()
    sd = 1.1 * np.sqrt(0.05**2 + 1.0 / growth.plans[0, at])
    v0 = 0.0
    for t in range(1, at):
        v0 = 0.7 * (v0 + 0.2 * (growth.deviation[0, t + 1] + 0.1 * growth.gap[0, t] - v0))
    n = 200_000
    v = v0 + sd * np.sqrt(0.2) * rng.normal(size=n)
    gap, total = np.full(n, growth.gap[0, at]), np.zeros(n)
    for _ in range(3):
        grown = v - 0.1 * gap + sd * np.sqrt(0.8) * rng.normal(size=n)
        gap, total = gap + grown, total + grown
        v = 0.7 * v + sd * np.sqrt(0.2 * (1 - 0.49 * 0.8)) * rng.normal(size=n)
    assert mean[0, 0] == pytest.approx(total.mean(), abs=4 * total.std() / n**0.5)
    assert variance[0, 0] == pytest.approx(total.var(), rel=4 * (2 / n) ** 0.5)


def made(kind: str) -> Panel:
    """Forty authorities that grow steadily, each at a rate of its own; or as their nation does."""
    rng = np.random.default_rng(3)
    steps = rng.normal(0, 0.015, (N, len(YEARS)))
    if kind == "steady":
        steps += rng.normal(0.06, 0.06, (N, 1))
    else:
        steps += 0.06 + 0.02 * rng.normal(size=(1, len(YEARS)))
    return panel(5_000 * np.exp(steps.cumsum(axis=1)))


@pytest.mark.parametrize(("kind", "model"), [("steady", "log_drift"), ("nation", "local trend")])
def test_the_model_that_made_the_figures_gets_most_of_the_weight(kind: str, model: str) -> None:
    rows = Origins(made(kind)).tables(2022)["trend_models"].query("set == 'C'").set_index("model")["weight"]
    weights = rows.to_dict() | {"local trend": 1 - rows.sum()}
    assert max(weights, key=lambda name: weights[name]) == model, weights


def test_a_shock_that_all_share_moves_no_weight() -> None:
    """All plans of the panel up by a fifth in one year, England's not: a model errs alike for everybody."""
    plain = made("nation")
    shocked = Panel(plain.codes, dict(plain.own), plain.england)
    shocked.own["plans"] = plain.own["plans"] * np.where(np.array(YEARS) >= 2020, 1.2, 1.0)
    c, grid = constants(gain=0.0, sd=0.03), [(0.7, 0.0, 1.0, 1.0)]
    scores = [Average(one, lambda _: (c, grid)).score(2019 - FIRST, 1) for one in (plain, shocked)]
    assert scores[0][0] == pytest.approx(scores[1][0])
    assert scores[0][1:] == pytest.approx(scores[1][1:])
