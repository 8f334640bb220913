"""The yearly data set: plans, supported children and residents, and the last forecast beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sufficiency.errors import InputError
from sufficiency.inputs import Inputs
from sufficiency.projection import Projection

BREAKDOWNS = ("total", "need", "age", "phase", "area")
PHASES = {
    "early_years": (0, 3),
    "primary": (4, 10),
    "secondary": (11, 15),
    "sixth_form": (16, 18),
    "young_adult": (19, 25),
}
COLUMNS = ["year", "breakdown", "code", "plans", "supported", "population", "plans_per_1000", "supported_per_1000"]
NO_NEEDS = frozenset({"need-unknown", "needs-unknown"})
FORECAST_COLUMNS = ["forecast_from", "forecast_p5", "forecast_p50", "forecast_p95", "inside"]


def yearly(
    inputs: Inputs,
    forecast: Projection | str | Path | None = None,
    *,
    by: str | Sequence[str] = BREAKDOWNS,
) -> pd.DataFrame:
    """The yearly data set: what was returned each January, and how the last forecast stands beside it.

    Parameters
    ----------
    inputs : Inputs
        Every January that their tables have is in the result.
    forecast : Projection, str or Path, optional
        A projection of an earlier base year, or the folder that one was saved to.
    by : str or sequence of str
        Breakdowns: total, need, age, phase, area. One that the tables do not have for a January is left out for
        it.

    Returns
    -------
    DataFrame
        One row a January, breakdown and code (`all` for the total), with plans in force, supported (children
        supported without a plan), population (residents at the January's exposure: of that age, phase or area; all
        ages together for total and need), plans_per_1000 and supported_per_1000 residents; missing where not
        known.
        With a forecast also forecast_from (its base year), forecast_p5, forecast_p50, forecast_p95, and inside:
        whether the plans that came lie within p5 to p95 (both counted in); blank up to its base year.

        It counts children exactly, by district too: restricted, like the inputs.

    Raises
    ------
    InputError
        If a breakdown is not known, or the forecast starts no earlier than the last January.

    Examples
    --------
    >>> import sufficiency as sf
    >>> inputs = sf.sample("leeds")
    >>> table = sf.yearly(inputs, by="total")
    >>> table[["year", "plans"]].tail(2).values.tolist()
    [[2024.0, 5508.0], [2025.0, 6093.0]]
    >>> before = sf.project(sf.fit(inputs.as_of(2024)), to=2025, draws=50, seed=1)
    >>> "inside" in sf.yearly(inputs, before, by="total")
    True
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    unknown = [name for name in names if name not in BREAKDOWNS]
    if unknown:
        raise InputError(f"unknown breakdown {unknown[0]!r} [unknown-axis]\n\nhint: {', '.join(BREAKDOWNS)}")
    projected = Projection.load(forecast) if isinstance(forecast, str | Path) else forecast
    if projected is not None and projected.fitted.base_year >= inputs.base_year:
        raise InputError(
            f"the forecast starts in {projected.fitted.base_year}, the last January is {inputs.base_year} "
            "[forecast-not-earlier]\n\nhint: a projection made a year or more before"
        )
    plans, supported = _tables(inputs)
    table = pd.concat([_breakdown(inputs, plans, supported, name) for name in names], ignore_index=True)
    if projected is None:
        return table
    return _beside(table, projected, names)


def _tables(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Plans of every January (the base year as the coherent table that forecasts start from), and support."""
    plans = inputs.table("plans")
    base = inputs.table("base").assign(year=inputs.base_year)
    earlier = plans[plans["year"].ne(inputs.base_year)]
    plans = pd.concat([earlier, base.astype({"age": str})], ignore_index=True)
    support = inputs.table("support") if "support" in inputs.tables else None
    return plans, support


def _breakdown(inputs: Inputs, plans: pd.DataFrame, support: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """Rows of one breakdown, every January; a code that a divided table does not list counts 0."""
    counts = {"plans": _margins(plans, "plans", name)}
    if support is not None:
        counts["supported"] = _margins(support, "children", name).rename(columns={"children": "supported"})
    order = _order(inputs, name)
    seen = pd.concat([table[["year", "code"]] for table in counts.values()])
    grid = seen.drop_duplicates()
    if name in ("need", "area", "phase"):
        grid = seen[["year"]].drop_duplicates().merge(pd.DataFrame({"code": list(order)}), how="cross")
    table = grid.merge(
        _residents(inputs, name, list(dict.fromkeys(grid["code"]))), on=["year", "code"], how="left"
    )
    for count in ("plans", "supported"):
        table[count] = np.nan
        if count in counts:
            known = table.drop(columns=count).merge(counts[count], on=["year", "code"], how="left")[count]
            table[count] = known.mask(known.isna() & table["year"].isin(set(counts[count]["year"])), 0.0)
        table[f"{count}_per_1000"] = 1_000 * table[count] / table["population"].where(table["population"].gt(0))
    ordered = table.assign(breakdown=name, place=table["code"].map(order))
    return ordered.sort_values(["year", "place", "code"], ignore_index=True)[COLUMNS]


def _order(inputs: Inputs, name: str) -> dict[str, int]:
    """Codes in declared order; ages from young to old."""
    if name == "age":
        return {f"{low}-{high}" if low < high else str(low): low for low in range(26) for high in range(low, 26)}
    codes = {"need": inputs.codes["need"], "area": inputs.codes["area"], "phase": list(PHASES)}.get(name, ["all"])
    return {code: at for at, code in enumerate(codes)}


def _margins(rows: pd.DataFrame, count: str, name: str) -> pd.DataFrame:
    """Columns year, code and the count, by the margin of each January that divides least beside what is asked
    for.
    """
    axes = [axis for axis in ("age", "need", "area", "setting", "required") if axis in rows.columns]
    axis = "age" if name == "phase" else name
    found = []
    for year, ours in rows.groupby("year"):
        divided = (ours[axes] != "all").astype(int)
        pattern = divided.astype(str).agg("".join, axis=1)
        usable = [each for each in pattern.unique() if axis == "total" or each[axes.index(axis)] == "1"]
        if not usable:
            continue
        least = min(usable, key=lambda each: (each.count("1"), [-int(bit) for bit in each]))
        chosen = _once(ours[pattern.eq(least)])
        code = _codes(chosen, name)
        sums = chosen.assign(code=code).dropna(subset=["code"]).groupby("code")[count].sum()
        # A phase is known only where every age falls into one.
        if name != "phase" or code.notna().all():
            found.append(sums.rename_axis("code").reset_index().assign(year=int(str(year))))
    if not found:
        return pd.DataFrame(
            {"year": pd.Series(dtype=int), "code": pd.Series(dtype=object), count: pd.Series(dtype=float)}
        )
    table = pd.concat(found, ignore_index=True)
    return table.astype({count: float})[["year", "code", count]]


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without age bands that overlap narrower ones of the same January."""
    bounds = {age: age_range(age) for age in rows["age"].unique()}
    kept: list[tuple[int, int]] = []
    for low, high in sorted(set(bounds.values()), key=lambda span: (span[1] - span[0], span[0])):
        if not any(low <= other[1] and other[0] <= high for other in kept):
            kept.append((low, high))
    return rows[rows["age"].map(bounds).isin(kept)]


def age_range(age: Any) -> tuple[int, int]:
    """First and last age of `7`, `5-10` or `all`."""
    text = str(age)
    if text == "all":
        return 0, 25
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _codes(rows: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name == "total":
        return pd.Series("all", index=rows.index)
    if name == "phase":
        return rows["age"].map(_phase)
    codes: pd.Series[Any] = rows[name].astype(str)
    return codes


def _phase(age: Any) -> str | None:
    low, high = age_range(age)
    return next((phase for phase, (first, last) in PHASES.items() if first <= low and high <= last), None)


def _residents(inputs: Inputs, name: str, wanted: list[str]) -> pd.DataFrame:
    """Columns year, code, population: of the codes of a breakdown; of everybody for total and need."""
    rows = inputs.table("population")
    if "population_control" in inputs.tables and name != "area":
        # Totals reach further back than districts do.
        control = inputs.table("population_control")
        rows = pd.concat([rows, control[~control["year"].isin(set(rows["year"]))].assign(area="all")])
    if name == "area":
        sums = rows.assign(code=rows["area"].astype(str))
    elif name in ("total", "need"):
        sums = rows.merge(pd.DataFrame({"code": wanted}), how="cross")
    elif name == "phase":
        sums = rows.assign(code=rows["age"].map(_phase)).dropna(subset=["code"])
    else:
        low = rows["age"].map(lambda age: age_range(age)[0])
        high = rows["age"].map(lambda age: age_range(age)[1])
        bounds = {code: age_range(code) for code in wanted}
        parts = [rows[low.ge(first) & high.le(last)].assign(code=code) for code, (first, last) in bounds.items()]
        sums = pd.concat(parts) if parts else rows.assign(code="").head(0)
    table: pd.DataFrame = sums.groupby(["year", "code"], sort=False)["population"].sum().reset_index()
    return table


def _beside(table: pd.DataFrame, forecast: Projection, names: Sequence[str]) -> pd.DataFrame:
    """The forecast's range beside the plans that came, and whether they lie inside."""
    ranges = []
    for name in names:
        if name == "need" and NO_NEEDS & set(forecast.fitted.flags):
            continue  # every plan stood under one need: nothing was forecast by need
        rows = forecast.plans() if name == "total" else forecast.plans(by=[name])
        code = rows[name].astype(str) if name != "total" else pd.Series("all", index=rows.index)
        ranges.append(rows.assign(breakdown=name, code=code)[["year", "breakdown", "code", "p5", "p50", "p95"]])
    start = forecast.fitted.base_year
    empty = pd.DataFrame(columns=["year", "breakdown", "code", "p5", "p50", "p95"])
    known = pd.concat(ranges, ignore_index=True) if ranges else empty.astype({"year": int})
    known = known[known["year"].gt(start)].rename(columns={p: f"forecast_{p}" for p in ("p5", "p50", "p95")})
    both = table.merge(known, on=["year", "breakdown", "code"], how="left")
    asked = both["forecast_p50"].notna() & both["plans"].notna()
    inside = both["plans"].between(both["forecast_p5"], both["forecast_p95"])
    both["inside"] = inside.astype("boolean").mask(~asked)
    both["forecast_from"] = pd.Series(start, index=both.index, dtype="Int64").mask(both["forecast_p50"].isna())
    return both[[*COLUMNS, *FORECAST_COLUMNS]]
