"""Frames and cubes: nothing is lost on the way between libraries; cubes are the tables, draw by draw."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xarray as xr

import sufficiency as sf

COLUMNS = ["mean", "sd", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "mcse"]


@pytest.fixture(scope="module")
def fitted() -> sf.Fitted:
    return sf.fit(sf.sample("leeds"))


@pytest.fixture(scope="module")
def run(fitted: sf.Fitted) -> sf.Projection:
    return sf.project(fitted, to=2027, draws=40, seed=1, keep="draws", progress=False)


ASKED: list[tuple[str, Any, dict[str, Any]]] = [
    ("plans", ["need", "age"], {}),
    ("plans", ["age", "setting"], {"totals": True}),
    ("demand", ["in_authority", "nc_year"], {"totals": True}),
    ("shortfall", ["phase", "need_group"], {}),
    ("demand", "area", {"above": 20}),
    ("cost", ["setting", "in_authority"], {}),
]


@pytest.mark.parametrize(("measure", "by", "options"), ASKED)
def test_tables_come_back_unchanged_from_polars_and_arrow(
    measure: str, by: Any, options: dict[str, Any], run: sf.Projection
) -> None:
    table: pd.DataFrame = getattr(run, measure)(by, **options)
    back = pl.from_pandas(table).to_arrow().to_pandas()
    pd.testing.assert_frame_equal(back, table)
    asked_polars = getattr(run, measure)(by, as_="polars", **options)
    asked_arrow = getattr(run, measure)(by, as_="arrow", **options)
    assert isinstance(asked_polars, pl.DataFrame) and isinstance(asked_arrow, pa.Table)
    pd.testing.assert_frame_equal(asked_polars.to_arrow().to_pandas(), table)
    pd.testing.assert_frame_equal(asked_arrow.to_pandas(), table)
    # Arrow keeps attributes as JSON, in which a pair is a list.
    assert asked_arrow.to_pandas().attrs == json.loads(json.dumps(table.attrs))


def test_cubes_have_the_dimensions_of_the_contract_with_names_and_units(run: sf.Projection) -> None:
    cube = run.to_xarray("plans", ["setting", "need", "age", "area"])
    assert cube.dims == ("draw", "year", "area", "age", "need", "setting")
    assert (
        cube.name == "plans" and cube.attrs["units"] == "children" and "plan in force" in cube.attrs["long_name"]
    )
    for name in cube.dims:
        assert cube[name].attrs["long_name"] and cube[name].attrs["units"], name
    assert list(cube["need"].values) == run.fitted.codes["need"], "declared order"
    assert run.to_xarray("cost").attrs["units"] == "thousand pounds a year"
    assert run.to_xarray("placed", ["site", "planning_area"]).dims == ("draw", "year", "planning_area", "site")


@pytest.mark.parametrize(
    ("measure", "by", "whole"),
    [
        ("plans", ["age", "need"], ["need"]),
        ("demand", ["setting", "area"], []),
        ("new_plans", ["need", "age"], ["age"]),
        ("waiting", ["need", "phase"], ["phase"]),
    ],
)
def test_sums_of_cubes_equal_the_tables(measure: str, by: list[str], whole: list[str], run: sf.Projection) -> None:
    cube = run.to_xarray(measure, by)
    summed = cube.sum([name for name in by if name not in whole])
    table = sf.summarise(summed)
    expected = getattr(run, measure)(whole)
    assert list(table.columns) == list(expected.columns)
    assert (table[["year", *whole]].to_numpy() == expected[["year", *whole]].to_numpy()).all()
    np.testing.assert_allclose(table[COLUMNS].to_numpy(), expected[COLUMNS].to_numpy(), rtol=1e-9, atol=1e-9)


def test_cubes_of_a_projection_that_kept_no_draws_are_the_same(fitted: sf.Fitted, run: sf.Projection) -> None:
    plain = sf.project(fitted, to=2027, draws=40, seed=1, progress=False)
    xr.testing.assert_identical(plain.to_xarray("demand", "need"), run.to_xarray("demand", "need"))
    with pytest.raises(sf.InputError, match="no-draws-kept"):
        plain.draws("demand")


def test_ratios_inside_draws_are_not_ratios_of_means(run: sf.Projection) -> None:
    ratio = run.to_xarray("placed") / run.to_xarray("demand")
    table = sf.summarise(ratio, above=0.5)
    placed, demand = (run.to_xarray(name).values.astype(float) for name in ("placed", "demand"))
    assert table["p50"].to_numpy() == pytest.approx(np.median(placed / demand, axis=0))
    assert table["p_above"].to_numpy() == pytest.approx((placed / demand > 0.5).mean(axis=0))
    last = table.iloc[-1]
    assert last["mean"] != pytest.approx(placed[:, -1].mean() / demand[:, -1].mean(), abs=1e-12)


def test_share_is_the_ratio_of_cubes_to_its_step(run: sf.Projection) -> None:
    whole = run.to_xarray("plans", ["need"])
    exact = sf.summarise(run.to_xarray("plans", ["need", "in_authority"]) / whole.where(whole > 0))
    table = run.share("plans", ["need", "in_authority"], within=["need"])
    both = exact.merge(table, on=["year", "need", "in_authority"], suffixes=("_cube", ""))
    known = both.dropna()
    assert len(known) > 30
    np.testing.assert_allclose(known["mean"], known["mean_cube"], atol=0.0005 + 1e-12)


def test_rates_per_1000_residents_rest_on_the_residents_given(fitted: sf.Fitted, run: sf.Projection) -> None:
    table = fitted.residents(2027)
    given = sf.sample("leeds").table("population")
    given = given[given["year"] == 2025].assign(age=lambda rows: rows["age"].astype(int))
    both = table[table["year"] == 2025].merge(given, on=["year", "area", "age"])
    assert len(both) == len(given) == 41 * 26
    assert both["residents"].to_numpy() == pytest.approx(both["population"].to_numpy())
    residents = table.groupby(["year", "area"], sort=False)["residents"].sum().to_xarray()
    plans = run.to_xarray("plans", "area")
    rate = sf.summarise(1000 * plans / residents)
    count = run.plans("area").merge(table.groupby(["year", "area"])["residents"].sum().reset_index())
    assert list(rate["area"]) == list(run.plans("area")["area"]), "declared order is kept"
    assert rate["p90"].to_numpy() == pytest.approx(
        (1000 * count["p90"] / count["residents"]).to_numpy(), nan_ok=True
    )
    with pytest.raises(sf.InputError, match="out-of-range"):
        fitted.residents(2024)


def test_a_cube_without_draws_is_refused(run: sf.Projection) -> None:
    with pytest.raises(sf.InputError, match="no-draws"):
        sf.summarise(run.to_xarray("plans").mean("draw"))
    with pytest.raises(sf.InputError, match="nested-axes"):
        run.to_xarray("plans", ["area", "planning_area"])
