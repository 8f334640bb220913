"""Margins of one table stacked under each other: `all` stands where an axis is not divided."""

from __future__ import annotations

import pandas as pd

from .columns import leaf_settings, plain_words
from .flags import Noticed

KEYS = ["year", "age", "need", "setting"]
MARGIN = [*KEYS, "plans"]

PARTIAL_SHARE = 0.5
"""A breakdown under this share of its total is left out (chosen by us: Peterborough's January 2024
placements cover a sixth of its plans; every other breakdown of 2010-2025 covers over three
quarters). A breakdown between the two would change it."""

_BITS = {"age": 4, "need": 2, "setting": 1}  # which axes a row divides: 0 is the total
_ROW_LABELS = ("year", "breakdown_topic", "breakdown")

REPEATS = 3
"""Authorities of one region with the same total before we call it repeated (two meet by chance)."""


def is_total(table: pd.DataFrame) -> pd.Series:
    """Rows that are the undivided total: the release repeats the topic as the breakdown."""
    return table["breakdown_topic"] == table["breakdown"]


def topic_is(table: pd.DataFrame, *topics: str) -> pd.Series:
    """Rows of one of these breakdown topics (written in plain words)."""
    return table["breakdown_topic"].map(plain_words).isin(topics)


def margin(
    rows: pd.DataFrame,
    count: str,
    *,
    age: str | pd.Series = "all",
    need: str | pd.Series = "all",
    setting: str | pd.Series = "all",
) -> pd.DataFrame:
    """One margin, columns year, age, need, setting, plans; rows without a code or count go."""
    axes = {"age": age, "need": need, "setting": setting}
    cells = pd.DataFrame({"year": rows["year"], **axes, "plans": rows[count]}, index=rows.index)
    cells = cells.dropna()
    summed: pd.DataFrame = cells.groupby(KEYS, sort=False)["plans"].sum().reset_index()
    return summed


def leaf_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each published leaf column: year, breakdown, leaf, leaf_count, setting.

    Totals, percentages and the flags over other leaves are not among the leaves, so counts add.
    """
    settings = leaf_settings()
    leaves = [column for column in rows.columns if column in settings]
    others = [column for column in _ROW_LABELS if column in rows.columns]
    long = rows.melt(others, leaves, "leaf", "leaf_count")
    return long.assign(setting=long["leaf"].map(settings))


def note_unknown_ages(rows: pd.DataFrame, ages: pd.Series, count: str, table: str, noticed: Noticed) -> None:
    """Flag years in which some plans have an age that is not published."""
    years = rows.loc[ages.isna() & (rows[count] > 0), "year"]
    if len(years):
        noticed.add("age-unknown", table, *years.astype(int))


def repaired_totals(table: pd.DataFrame, rows: pd.DataFrame, count: str, ages: str) -> pd.DataFrame:
    """Total rows of one authority, with `repeated` marking totals that were the region's.

    The fault: in one year each authority of a region shows the regional total. Known by the
    total differing from the sum over ages while equal to the region's row, or shared by several
    authorities of the region. The sum over ages (else over leaves) takes its place.
    """
    totals = rows[is_total(rows)].assign(repeated=False)
    every = table[is_total(table)]
    parts = rows[topic_is(rows, ages)].groupby("year")[count].sum(min_count=1)
    leaves = leaf_rows(totals).groupby("year")["leaf_count"].sum(min_count=1)
    parts = parts.reindex(totals["year"]).fillna(leaves.reindex(totals["year"]))
    for index, year, published in zip(totals.index, totals["year"], totals[count], strict=True):
        part = parts.loc[year]
        region = totals.loc[index].get("region_name", "")
        if pd.isna(part) or part == published or not region:
            continue
        same = every[(every["year"] == year) & (every["region_name"] == region) & (every[count] == published)]
        regional = same["geographic_level"].str.casefold().eq("regional").any()
        if regional or len(same) >= REPEATS:
            totals.loc[index, [count, "repeated"]] = [part, True]
    return totals


def checked(margins: list[pd.DataFrame], table: str, noticed: Noticed) -> pd.DataFrame:
    """Margins stacked; those that miss most of their total left out; differing totals flagged."""
    filled = [part for part in margins if len(part)]
    stacked = pd.concat(filled) if filled else pd.DataFrame(columns=MARGIN)
    stacked = stacked.astype({"year": int, "plans": float}).reset_index(drop=True)
    divided = sum(stacked[axis].ne("all").astype(int) * bit for axis, bit in _BITS.items())
    pattern = pd.Series(divided, index=stacked.index).astype(str)
    sums = stacked.groupby(["year", pattern])["plans"].sum().unstack()
    if "0" not in sums.columns:
        return stacked
    total = sums.pop("0")
    keep = pd.Series(True, index=stacked.index)
    for each in sums.columns:
        partial = sums[each].lt(total * PARTIAL_SHARE) & total.gt(0)
        differs = sums[each].ne(total) & sums[each].notna() & total.notna() & ~partial
        keep &= ~((pattern == each) & stacked["year"].map(partial).fillna(False).astype(bool))
        if partial.any():
            noticed.add("total-only", table, *partial.index[partial])
        if differs.any():
            noticed.add("margins-differ", table, *differs.index[differs])
    return stacked[keep].reset_index(drop=True)


def ordered(cells: pd.DataFrame, first: list[str]) -> pd.DataFrame:
    """Rows in a fixed order: totals first, then by age from young to old; counts as integers."""
    starts = cells["age"].str.split("-").str[0].replace("all", "-1").astype(int)
    cells = cells.assign(_start=starts, plans=cells["plans"].round().astype("int64"))
    cells = cells.sort_values([*first, "_start", "age", "need", "setting"], kind="stable")
    return cells.drop(columns="_start").reset_index(drop=True)
