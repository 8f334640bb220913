"""Checks of a return before it is sent: the census, last year's forecast, survival by year group."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

FAR_OFF = 0.10
"""A forecast is looked at again from a tenth off (our choice: about a class in a hundred)."""
FEW = 10
"""Differences of fewer pupils say nothing."""
ODD_RATIO = 1.25
"""Survival is odd if it differs from the usual of the same step by a quarter (our choice)."""


def finding(check: str, ok: bool | None, words: str) -> dict[str, object]:
    """One row of the table of checks."""
    return {"check": check, "ok": ok, "finding": words}


def census_check(
    table: pd.DataFrame, projection: Any, provision: Mapping[str, tuple[list[str], list[str]]]
) -> dict[str, object]:
    """The base year against a count made apart: one draw of the fit, summed over ages."""
    from sufficiency.disclosure.counts import base_run

    run, base_year = base_run(projection.fitted), int(projection.fitted.base_year)

    def counted(measure: str, **options: Any) -> pd.Series[float]:
        held: pd.DataFrame = getattr(run, measure)("setting", **options)
        by_setting: pd.Series[float] = held[held["year"] == base_year].set_index("setting")["mean"]
        return by_setting

    demand, plans = counted("demand"), counted("plans", where={"age": list(range(4, 16))})
    actual = table[(table["figure"] == "actual") & (table["statistic"] == "mean")]
    differ = [
        kind
        for kind, (required, placed) in provision.items()
        if int(actual.loc[actual["provision_type"] == kind, "total"].sum())
        != round(float(demand[required].sum() + plans[placed].sum()))
    ]
    words = f"{', '.join(differ)} differ from the census base" if differ else "totals are the census base"
    return finding("census", not differ, words)


def back_check(table: pd.DataFrame, previous: pd.DataFrame | None) -> dict[str, object]:
    """Last year's forecast of this year's census, area by area."""
    if previous is None:
        return finding("back-check", None, "not run: give last year's table as previous")
    now = table[(table["figure"] == "actual") & (table["statistic"] == "median")]
    then = previous[(previous["statistic"] == "median") & (previous["figure"] == "forecast")]
    both = now.merge(then, on=["planning_area_code", "academic_year"], suffixes=("", "_forecast"))
    if len(both) < len(now):
        return finding(
            "back-check", False, "last year's table does not forecast this census for every planning area"
        )
    off = []
    for row in both.to_dict("records"):
        actual, forecast = int(row["total"]), int(row["total_forecast"])
        if abs(actual - forecast) >= FEW and abs(actual - forecast) > FAR_OFF * max(actual, 1):
            off.append(f"{row['planning_area_code']} {forecast - actual:+d}")
    words = "far off in " + ", ".join(off) if off else f"within {FAR_OFF:.0%} or {FEW} pupils everywhere"
    return finding("back-check", not off, words)


def survival_check(table: pd.DataFrame) -> list[dict[str, object]]:
    """Pupils of a year group against those a group younger a year before, against the usual of the same step."""
    heads = [name for name in table.columns if name == "reception" or name.startswith("year_")]
    median = table[table["statistic"] == "median"]
    odd = []
    for code, held in median.groupby("planning_area_code", sort=False):
        rows = held.to_dict("records")
        for younger, older in pairwise(heads):
            steps = [
                (str(after["academic_year"]), int(before[younger]), int(after[older]))
                for before, after in pairwise(rows)
                if "z" not in (before[younger], after[older])
            ]
            ratios = [(year, old, new, new / old) for year, old, new in steps if old >= FEW and new > 0]
            if not ratios:
                continue
            usual = float(pd.Series([ratio for *_, ratio in ratios]).median())
            odd += [
                f"{code} {older} {year}"
                for year, old, new, ratio in ratios
                if abs(math.log(ratio / usual)) > math.log(ODD_RATIO) and abs(new - usual * old) >= FEW
            ]
    words = "odd survival: " + ", ".join(odd) if odd else "survival from year group to year group is even"
    return [finding("survival", not odd, words)]
