"""Priors of a back-test: from the other authorities, and from nothing later than its origin."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from makers.priors.left_out import LeftOut
from makers.priors.panel import FIRST, YEARS, Panel, read_panel
from makers.priors.trend import ORIGINS
from sufficiency.fit import PRIORS, fit_with

SHIPPED = Path(__file__).parents[2] / "src" / "calibration" / "priors"
LEEDS, ORIGIN = "E08000035", 2019


@cache
def panel() -> Panel:
    """Twelve authorities, Leeds' code among them, that grow as a random walk around their nation."""
    rng = np.random.default_rng(5)
    shape = (12, len(YEARS))
    plans = 2_000 * np.exp(rng.normal(0.06, 0.05, shape).cumsum(axis=1) + rng.normal(0, 0.5, (12, 1)))
    own = {
        "plans": plans,
        "new": 0.13 * plans * np.exp(rng.normal(0, 0.2, shape)),
        "requests": 0.2 * plans * np.exp(rng.normal(0, 0.2, shape)),
        "children": 12 * plans[:, :1] * np.ones(shape),
    }
    own["within"] = own["new"] * rng.uniform(0.3, 1.0, shape)
    codes = [f"E080000{at}" for at in range(30, 42)]
    return Panel(codes, own, {name: series.sum(axis=0) for name, series in own.items()})


def changed(whole: Panel, where: np.ndarray, *, nation: bool) -> Panel:
    """The panel with figures changed where asked, each by a factor of its own: what all share is taken off before
    it is learnt from. England's own are trebled in the same years too if `nation`."""
    rng = np.random.default_rng(7)
    own = {
        name: np.where(where, series * rng.uniform(0.2, 5, series.shape), series)
        for name, series in whole.own.items()
    }
    years = where.all(axis=0) & nation
    return replace(whole, own=own, england={name: np.where(years, 3 * s, s) for name, s in whole.england.items()})


def after(origin: int) -> np.ndarray:
    return np.broadcast_to(np.arange(FIRST, FIRST + len(YEARS)) > origin, (12, len(YEARS)))


def row_of(code: str) -> np.ndarray:
    return np.broadcast_to(np.array([[each == code] for each in panel().codes]), (12, len(YEARS)))


@pytest.mark.parametrize("origin", [ORIGINS[0], ORIGIN, 2023])
def test_no_later_figure_is_touched(origin: int) -> None:
    """Every figure after the origin is changed, of the panel and of England: the priors are the same bytes."""
    later = changed(panel(), after(origin), nation=True)
    assert LeftOut(later).tables(LEEDS, origin) == LeftOut(panel()).tables(LEEDS, origin)


def test_weights_of_models_are_scored_on_nothing_later() -> None:
    """Of their own: what came after the origin would tell which model to trust."""
    later = changed(panel(), after(2022), nation=True)
    rows = [LeftOut(one).tables(LEEDS, 2022)["trend_models"] for one in (panel(), later)]
    assert rows[0] == rows[1]
    # The claim can fail: the origin's own January decides.
    assert LeftOut(changed(panel(), after(2021), nation=True)).tables(LEEDS, 2022)["trend_models"] != rows[0]


def test_a_figure_of_the_origin_is_used() -> None:
    """The claim above can fail: one year earlier, and the priors differ."""
    later = changed(panel(), after(ORIGIN - 1), nation=True)
    assert LeftOut(later).tables(LEEDS, ORIGIN) != LeftOut(panel()).tables(LEEDS, ORIGIN)


def test_the_authoritys_own_figures_do_not_enter_and_those_of_another_do() -> None:
    plain = LeftOut(panel()).tables(LEEDS, ORIGIN)
    rng = np.random.default_rng(6)
    own = {name: np.where(row_of(LEEDS), s * rng.uniform(0.2, 5, s.shape), s) for name, s in panel().own.items()}
    assert LeftOut(replace(panel(), own=own)).tables(LEEDS, ORIGIN) == plain
    assert LeftOut(replace(panel(), own=own)).tables("E08000036", ORIGIN) != LeftOut(panel()).tables(
        "E08000036", ORIGIN
    )


def test_tables_have_the_format_of_those_that_ship() -> None:
    for name, text in LeftOut(panel()).tables(LEEDS, ORIGIN).items():
        shipped = pd.read_csv(SHIPPED / f"{name}.csv")
        rows = [line.split(",") for line in text.splitlines()]
        assert rows[0] == list(shipped.columns)
        assert len(rows) - 1 == (shipped["origin"] == ORIGIN).sum()
        assert {row[0] for row in rows[1:]} == {str(ORIGIN)}


def test_a_fit_says_whether_its_priors_include_the_authority(tmp_path: Path) -> None:
    inputs = sf.sample("leeds").as_of(ORIGIN)
    usual, other = sf.fit(inputs), LeftOut(panel()).fit(inputs)
    assert "prior-includes-authority" in usual.flags
    # Another path may ask for more than can be issued, or for less.
    kept = [flag for flag in usual.flags if flag not in ("prior-includes-authority", "throughput-limited")]
    assert [flag for flag in other.flags if flag != "throughput-limited"] == kept
    assert other.fingerprint != usual.fingerprint
    assert pickle.loads(pickle.dumps(other)).fingerprint == other.fingerprint
    other.save(tmp_path / "fit")
    loaded = sf.Fitted.load(tmp_path / "fit")
    assert loaded.fingerprint == other.fingerprint and loaded.flags == other.flags


def test_the_shipped_tables_given_by_hand_give_the_usual_fit() -> None:
    inputs = sf.sample("leeds").as_of(ORIGIN)
    shipped = {name: (SHIPPED / f"{name}.csv").read_text("utf-8") for name in PRIORS}
    assert fit_with(inputs, None, shipped).fingerprint == sf.fit(inputs).fingerprint
    with pytest.raises(sf.InputError, match=r"trend_grid is not in the format .* \[bad-priors\]"):
        fit_with(inputs, None, shipped | {"trend_grid": "origin,set\n2019,A\n"})


@pytest.mark.statistics
def test_leaving_an_authority_out_moves_the_priors_little(real: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Official panel, origin 2021. Printed beside the shipped ones; no later figure is touched here either."""
    panel = read_panel(real)
    without = LeftOut(panel)
    shipped = pd.read_csv(SHIPPED / "trend.csv").query("origin == 2021 and set == 'A'")
    rows = [without.tables(code, 2021)["trend"].splitlines()[1] for code in panel.codes[:20]]
    derived = pd.DataFrame([row.split(",")[2:] for row in rows], columns=shipped.columns[2:]).astype(float)
    with capsys.disabled():
        print("\nconstants of the trend, origin 2021, set A: shipped, and 20 authorities left out in turn")
        print(pd.concat([shipped.iloc[:, 2:], derived.describe().loc[["min", "50%", "max"]]]).to_string())
    later = np.arange(FIRST, FIRST + len(YEARS)) > 2021
    own = {name: np.where(later, 3 * series, series) for name, series in panel.own.items()}
    nation = {name: np.where(later, 3 * series, series) for name, series in panel.england.items()}
    assert LeftOut(Panel(panel.codes, own, nation)).tables(LEEDS, 2021) == without.tables(LEEDS, 2021)
    assert (derived["sd"] / derived["sd"].median()).between(0.8, 1.25).all()
