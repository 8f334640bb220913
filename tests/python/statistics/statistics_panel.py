"""Rolling-origin check of total plans over the authorities of the official release."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import sufficiency as sf
from sufficiency.published import Release, read_release, read_tables

HORIZONS = (1, 2, 3)
# Unitary authorities, metropolitan and London boroughs, counties.
KINDS = ("E06", "E08", "E09", "E10")
# Too few plans for a rate.
LEFT_OUT = ("E09000001", "E06000053")


def totals(release: Release, authority: str) -> pd.Series:
    """All plans of an authority by January, as published."""
    plans = read_tables(release, authority)[1]["plans"]
    whole = (plans[["age", "need", "setting"]] == "all").all(axis=1)
    by_age = plans[(plans["age"] != "all") & (plans[["need", "setting"]] == "all").all(axis=1)]
    total = plans[whole].set_index("year")["plans"]
    return total.combine_first(by_age.groupby("year")["plans"].sum()).astype(float)


def check(folder: Path, origins: tuple[int, ...], draws: int = 200, most: int | None = None) -> pd.DataFrame:
    """Forecasts with what was known at each origin beside what came: one row a forecast.

    Columns authority, origin, horizon, stock, actual, p5, p50, p95, crps.
    """
    release = read_release(folder)
    codes = [c for c in sorted(set(release.authorities()["code"])) if c.startswith(KINDS) and c not in LEFT_OUT]
    # Started afresh, not forked: a forked child of a process with threads may hang.
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        parts = pool.map(one_authority, repeat(release), codes[:most], repeat(origins), repeat(draws))
        rows = [row for part in parts for row in part]
    names = ["authority", "origin", "horizon", "stock", "actual", "p5", "p50", "p95", "crps"]
    return pd.DataFrame(rows, columns=names)


def one_authority(release: Release, code: str, origins: tuple[int, ...], draws: int) -> list[tuple[object, ...]]:
    """Forecasts of one authority; none if its totals or residents are not published."""
    actual = totals(release, code)
    if read_tables(release, code)[1]["population"].empty:
        return []  # reorganised since the estimates: no residents to divide by
    if actual.reindex(range(2010, 2025)).isna().any():
        return []
    rows: list[tuple[object, ...]] = []
    for origin in origins:
        run = sf.project(
            sf.fit(sf.read_published(release, code, as_of=origin)),
            to=origin + max(HORIZONS),
            draws=draws,
            seed=1,
            workers=1,
            measures=["plans"],
            margins=[["year"]],
            keep="draws",
            progress=False,
        )
        for horizon in HORIZONS:
            came = actual.get(origin + horizon, np.nan)
            if np.isnan(came):
                continue
            drawn = _draws(run, origin + horizon)
            low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95])
            rows.append((code, origin, horizon, actual[origin], came, low, middle, high, _crps(drawn, came)))
    return rows


def _draws(run: sf.Projection, year: int) -> NDArray[np.float64]:
    kept = run.to_xarray("plans").sel(year=year)
    return np.asarray(kept, dtype=float).ravel()


def _crps(drawn: NDArray[np.float64], came: float) -> float:
    ordered = np.sort(drawn)
    n = len(ordered)
    spread = ((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / n**2
    return float(np.abs(ordered - came).mean() - spread)


def scores(forecasts: pd.DataFrame) -> pd.DataFrame:
    """MAPE, bias, CRPS over stock (all %) and coverage of the 90% interval, by horizon and origin."""
    f = forecasts.assign(
        error=100 * (forecasts["p50"] / forecasts["actual"] - 1),
        crps=100 * forecasts["crps"] / forecasts["stock"],
        inside=forecasts["actual"].between(forecasts["p5"], forecasts["p95"]),
    )
    f["mape"] = f["error"].abs()
    summed = {"n": ("mape", "size"), "mape": ("mape", "mean"), "bias": ("error", "mean")}
    summed |= {"crps": ("crps", "mean"), "coverage90": ("inside", "mean")}
    by_origin = f.groupby(["horizon", "origin"]).agg(**summed).reset_index()
    pooled = f.groupby("horizon").agg(**summed).reset_index().assign(origin="all")
    table = pd.concat([by_origin.astype({"origin": str}), pooled]).sort_values(["horizon", "origin"])
    return table.round(3).reset_index(drop=True)
