"""Residents by single year of age, from ONS estimates and the official projection.

The mid-year estimate of t-1 is the exposure of January t (methods, section 1).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .authority import Authority
from .flags import Noticed
from .release import Release

POPULATION_COLUMNS = ["year", "area", "age", "population"]
CONTROL_COLUMNS = ["year", "age", "population"]

PROJECTION_KNOWN_FROM = 2021
"""First January at which the 2018-based subnational projection was out (ONS, 24 March 2020)."""

PAIRS = 10
"""Pairs of mid-years in a cohort change ratio: the ten that were tried on Leeds."""

YEARS_PAST_STOCK = 3
"""A file reaching further past the last January of plans than this is a projection: estimates
and projections have the same columns, and estimates come out a year after their mid-year."""


def read_population(
    release: Release, authority: Authority, to_year: int, as_of: int | None, noticed: Noticed
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Population and, where it was already published, the official projection beside it.

    Returns columns of `population.csv` (every January the estimates reach, aged on to `to_year`
    if they stop short) and of `population_control.csv` (estimates, then the projection), or None.
    """
    estimates, projection = _series(release, authority)
    if as_of is not None:
        estimates = estimates[estimates.index <= as_of]
    if estimates.empty:
        noticed.add("population-missing", "population")
        return pd.DataFrame(columns=POPULATION_COLUMNS), None
    last = int(estimates.index.max())
    exposure = roll_forward(estimates, to_year)
    if to_year > last:
        noticed.add("population-rolled-forward", "population", *range(last + 1, to_year + 1))
    population = _long(exposure).assign(area=authority.code)[POPULATION_COLUMNS]
    known = as_of is None or as_of >= PROJECTION_KNOWN_FROM
    future = projection[projection.index > last]
    if not known or future.empty:
        return population, None
    return population, _long(pd.concat([estimates, future]))[CONTROL_COLUMNS]


def roll_forward(estimates: pd.DataFrame, to_year: int) -> pd.DataFrame:
    """Shape (January, age): missing last years aged on by cohort change ratios.

    A ratio is the geometric mean over the last ten pairs of years; age 0 keeps its last value.
    """
    series = estimates.sort_index()
    younger = series.shift(1).shift(1, axis=1)
    consecutive = pd.Series(series.index, index=series.index).diff().eq(1)
    changes = (series / younger)[consecutive].tail(PAIRS)
    ratios = np.exp(np.log(changes.where(changes > 0)).mean()).fillna(1.0)
    for year in range(int(series.index.max()) + 1, to_year + 1):
        before = series.iloc[-1]
        aged = before.shift(1) * ratios
        aged.loc[0] = before.loc[0]
        series.loc[year] = aged.round()
    return series


def _series(release: Release, authority: Authority) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates and projection, each January by age; complete years only."""
    horizon = release.last_stock_year + YEARS_PAST_STOCK
    coded = {False: _empty(), True: _empty()}
    nameless: list[tuple[bool, pd.DataFrame]] = []
    for file in release.populations:
        projected = bool(file["mid_year"].max() > horizon)
        mine = file[file["authority"].isin([*authority.codes, ""])]
        table = _wide(mine)
        if (mine["authority"] == "").any():
            nameless.append((projected, table))
        elif len(table):
            coded[projected] = table.combine_first(coded[projected])
    for projected, table in nameless:
        shared = table.index.intersection(coded[projected].index)
        # A file without area codes is this authority's only if it repeats its coded figures.
        if len(shared) and np.allclose(table.loc[shared], coded[projected].loc[shared], atol=0.5):
            coded[projected] = coded[projected].combine_first(table)
    return coded[False].sort_index(), coded[True].sort_index()


def _empty() -> pd.DataFrame:
    ages = pd.Index(range(26), dtype="int64")
    return pd.DataFrame(columns=ages, index=pd.Index([], dtype="int64"), dtype=float)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return _empty()
    wide = rows.groupby(["mid_year", "age"])["population"].last().unstack()
    wide.index = wide.index + 1
    return wide.reindex(columns=range(26)).dropna()


def _long(series: pd.DataFrame) -> pd.DataFrame:
    """Columns year, age, population (people, integers)."""
    long = series.rename_axis("year").reset_index().melt("year", None, "age", "population")
    long = long.astype({"year": int, "age": int})
    long["population"] = long["population"].astype(float).round().astype("int64")
    long = long.sort_values(["year", "age"], ignore_index=True)
    return long.assign(age=long["age"].astype(str))
