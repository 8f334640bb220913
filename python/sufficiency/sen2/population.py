"""Residents for a return: the authority's own table, or a file as ONS or nomis publish it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.published.authority import codes_of
from sufficiency.published.population import roll_forward
from sufficiency.published.residents import read_residents, residents

OWN_COLUMNS = {"year", "area", "age", "population"}


def read_population(source: Any, code: str, base_year: int) -> tuple[pd.DataFrame, list[int] | None]:
    """Columns year, area, age, population; for a published file also the Januaries that were aged on, else None.

    Raises
    ------
    InputError
        If it cannot be read, is in no layout that is known, or has no row of the authority.
    """
    table = _frame(source)
    heads = {str(column).strip().lower() for column in table.columns}
    if heads >= OWN_COLUMNS:
        own = table.rename(columns={column: str(column).strip().lower() for column in table.columns})
        return own.astype({"area": str}), None
    try:
        rows = residents(table) if not isinstance(source, str | Path) else read_residents(Path(source))
    except ValueError as error:
        hint = "give year, area, age, population, or a file of mid-year estimates as ONS or nomis publish it"
        raise InputError(f"population: {error} [population-layout]\n\nhint: {hint}") from error
    mine = rows[rows["authority"].isin([*codes_of(code), ""])]
    wide = mine.groupby(["mid_year", "age"])["population"].sum().unstack().reindex(columns=range(26)).dropna()
    if wide.empty:
        raise InputError(
            f"population has no complete year of {code} [population-not-found]"
            "\n\nhint: single ages from 0 to 25 under the authority's ONS code are needed"
        )
    wide.index = wide.index + 1  # the mid-year estimate of t-1 is the exposure of January t
    last = int(wide.index.max())
    series = roll_forward(wide, base_year).rename_axis("year").reset_index()
    long = series.melt("year", None, "age", "population").sort_values(["year", "age"], ignore_index=True)
    long = long.astype({"year": int, "age": int}).assign(area=code)
    long["population"] = long["population"].astype(float).round().astype("int64")
    return long[["year", "area", "age", "population"]], list(range(last + 1, base_year + 1))


def _frame(source: Any) -> pd.DataFrame:
    """The authority's own table; nothing where a file has other heads, which the published reader looks into."""
    if not isinstance(source, str | Path):
        return pd.DataFrame(source)
    try:
        heads = pd.read_csv(Path(source), encoding="utf-8-sig", dtype=str, nrows=0).columns
        if {str(head).strip().lower() for head in heads} >= OWN_COLUMNS:
            return pd.read_csv(Path(source), encoding="utf-8-sig", dtype=str, keep_default_na=False)
    except OSError as error:
        raise InputError(f"population: {source} cannot be read [unreadable-file]") from error
    except ValueError:
        pass
    return pd.DataFrame()
