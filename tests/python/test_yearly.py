"""The yearly data set: counts by hand, rates, and a forecast beside what came."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from sufficiency.yearly import COLUMNS, FORECAST_COLUMNS, PHASES
from test_inputs import AUTHORITY, example


def small(**more: object) -> sf.Inputs:
    """Two areas of 100 residents an age; 18 plans in 2025, 12 in 2024 by age band only."""
    tables = example()
    for column, value in zip(tables["plans"], (2024, "all", "5-10", "all", "all", 12), strict=True):
        tables["plans"][column].append(value)
    return sf.Inputs.from_frames(AUTHORITY, **tables, **more)


def test_counts_and_rates_are_those_done_by_hand() -> None:
    support = {"year": [2025], "area": ["A"], "age": [7], "need": ["ASD"], "kind": ["top-up"], "children": [10]}
    table = sf.yearly(small(support=support))
    assert list(table) == COLUMNS

    def row(year: int, breakdown: str, code: str) -> list[float]:
        found = table.query("year == @year and breakdown == @breakdown and code == @code")
        return found[["plans", "supported", "population", "plans_per_1000", "supported_per_1000"]].iloc[0].tolist()

    assert row(2025, "total", "all") == [18, 10, 5_200, 1_000 * 18 / 5_200, 1_000 * 10 / 5_200]
    assert row(2025, "need", "ASD") == [8, 10, 5_200, 1_000 * 8 / 5_200, 1_000 * 10 / 5_200]
    assert row(2025, "need", "VI")[:2] == [0, 0]
    assert row(2025, "area", "B") == [11, 0, 2_600, 1_000 * 11 / 2_600, 0]
    assert row(2025, "age", "7") == [8, 10, 200, 40, 50]
    assert row(2025, "phase", "primary") == [12, 10, 1_400, 1_000 * 12 / 1_400, 1_000 * 10 / 1_400]
    assert row(2025, "phase", "secondary")[:3] == [6, 0, 1_000]
    plans, supported, residents = row(2024, "age", "5-10")[:3]
    assert (plans, residents) == (12, 1_200) and np.isnan(supported)
    # January 2024 is known by age only.
    assert set(table.query("year == 2024")["breakdown"]) == {"total", "age", "phase"}


def test_without_support_nothing_is_said_about_it() -> None:
    table = sf.yearly(small())
    assert table["supported"].isna().all() and table["supported_per_1000"].isna().all()


def test_margins_count_every_plan_once() -> None:
    table = sf.yearly(sf.sample())
    sums = table.groupby(["year", "breakdown"])["plans"].sum().unstack()
    for breakdown in ("need", "age", "phase", "area"):
        known = sums[breakdown].dropna()
        assert len(known) and known.eq(sums["total"].reindex(known.index)).all(), breakdown
    assert sums.loc[2025, "total"] == 6_093  # as published
    # Stacked bands and margins of published years: none counted twice.
    assert sums["total"].notna().all() and list(sums.index) == list(range(2010, 2026))


def test_ages_of_a_phase_are_those_of_the_model() -> None:
    base = sf.project(sf.fit(sf.sample()), to=2026, draws=5, seed=1)
    phases = base.plans(by=["phase"]).query("year == 2025").set_index("phase")["mean"]
    ours = sf.yearly(sf.sample(), by="phase").query("year == 2025").set_index("code")["plans"]
    assert ours.to_dict() == phases[list(PHASES)].to_dict()


@pytest.fixture(scope="module")
def before() -> sf.Projection:
    return sf.project(sf.fit(sf.sample().as_of(2024)), to=2026, draws=60, seed=1)


def test_the_forecast_stands_beside_what_came(before: sf.Projection, tmp_path: Path) -> None:
    table = sf.yearly(sf.sample(), before)
    assert list(table) == [*COLUMNS, *FORECAST_COLUMNS]
    told = table[table["inside"].notna()]
    assert set(told["year"]) == {2025} and set(told["forecast_from"]) == {2024}
    assert {"total", "phase", "age", "area"} <= set(told["breakdown"])
    total = told.query("breakdown == 'total'").iloc[0]
    forecast = before.plans().query("year == 2025").iloc[0]
    assert (
        total[["forecast_p5", "forecast_p50", "forecast_p95"]].tolist() == forecast[["p5", "p50", "p95"]].tolist()
    )
    assert total["inside"] == (forecast["p5"] <= total["plans"] <= forecast["p95"])
    expected = told["plans"].between(told["forecast_p5"], told["forecast_p95"])
    assert told["inside"].astype(bool).eq(expected).all() and 0 < expected.sum() < len(told)
    # Its base year knew no needs, so nothing was forecast by need.
    assert told.query("breakdown == 'need'").empty
    before.save(tmp_path / "kept")
    pd.testing.assert_frame_equal(sf.yearly(sf.sample(), tmp_path / "kept"), table)


def test_a_forecast_by_need_is_compared_by_need() -> None:
    def shifted(rows: dict[str, list[object]], years: int) -> dict[str, list[object]]:
        return rows | {"year": [int(str(year)) - years for year in rows["year"]]}

    tables = example()
    earlier = shifted(tables["plans"], 1)
    both = {column: [*earlier[column], *tables["plans"][column]] for column in earlier}
    inputs = sf.Inputs.from_frames(AUTHORITY, **(tables | {"plans": both}))
    forecast = sf.project(sf.fit(inputs.as_of(2024)), to=2025, draws=40, seed=1)
    told = sf.yearly(inputs, forecast, by="need").query("year == 2025").set_index("code")
    assert told.loc["ASD", "forecast_p50"] > 0 and told["inside"].notna().all()


def test_what_cannot_be_asked_is_refused(before: sf.Projection) -> None:
    with pytest.raises(sf.InputError, match="forecast-not-earlier"):
        sf.yearly(sf.sample().as_of(2024), before)
    with pytest.raises(sf.InputError, match="unknown-axis"):
        sf.yearly(sf.sample(), by="moon")
