"""Plans in force each January, from the DfE release."""

from __future__ import annotations

import pandas as pd

from .authority import Authority
from .columns import (
    age_code,
    establishment_settings,
    leaf_settings,
    need_codes,
    placement_label_settings,
    plain_words,
)
from .flags import Noticed
from .margins import (
    checked,
    leaf_rows,
    margin,
    note_unknown_ages,
    ordered,
    repaired_totals,
    topic_is,
)
from .release import Release

PLANS_COLUMNS = ["year", "area", "age", "need", "setting", "plans"]
AGE_TOPICS = ("child or young persons age", "age when plan started")


def read_plans(release: Release, authority: Authority, noticed: Noticed) -> pd.DataFrame:
    """Plans in January, columns of `plans.csv`, one area; several margins are stacked.

    Ages are whole years on the 31 August before, as published.
    """
    bands = band_margins(release.rows("age_stock", authority.codes), "total_all")
    placed = establishment_margin(release.rows("establishment_stock", authority.codes), "total_all")
    recent = _caseload_margins(release, authority, set(bands["year"]), set(placed["year"]), noticed)
    needs = need_margins(release.rows("needs_stock", authority.codes))
    plans = checked([bands, placed, *recent, *needs], "plans", noticed)
    plans = ordered(plans, ["year"])
    return plans.assign(area=authority.code)[PLANS_COLUMNS]


def band_margins(rows: pd.DataFrame, count: str) -> pd.DataFrame:
    """Total and five age bands of the files that end in 2022 (statements and plans together)."""
    if rows.empty:
        return margin(rows.assign(none=[]), "none")
    return margin(rows, count, age=rows["characteristic_age"].map(age_code))


def establishment_margin(rows: pd.DataFrame, count: str) -> pd.DataFrame:
    """Placement of the files that end in 2022: the leaf types added up to our settings.

    A type without a row had no plans; its total row and those of each group are not leaves.
    """
    if rows.empty:
        return margin(rows.assign(none=[]), "none")
    codes = establishment_settings()
    settings = rows["establishment_type"].map(lambda label: codes.get(plain_words(label)))
    return margin(rows, count, setting=settings)


def _caseload_margins(
    release: Release,
    authority: Authority,
    banded_years: set[int],
    placed_years: set[int],
    noticed: Noticed,
) -> list[pd.DataFrame]:
    """Totals, placement, and from January 2024 single years of age by placement.

    January 2019-22 is in the older files too, where "awaiting" is divided by age: those stand.
    """
    rows = release.rows("caseload", authority.codes)
    if rows.empty:
        return []
    table = release.tables["caseload"]
    totals = repaired_totals(table, rows, "ehcplans", AGE_TOPICS[0])
    new_totals = totals[~totals["year"].isin(banded_years)]
    if new_totals["repeated"].any():
        noticed.add("repeated-total", "plans", *new_totals.loc[new_totals["repeated"], "year"])
    leaves = leaf_rows(totals[~totals["year"].isin(placed_years)])
    undivided = leaves["leaf"].eq("await_prov_2022") & (leaves["leaf_count"] > 0)
    if undivided.any():
        noticed.add("awaiting-undivided", "plans", *leaves.loc[undivided, "year"])
    placed = margin(leaves, "leaf_count", setting=leaves["setting"])
    margins = [margin(new_totals, "ehcplans"), placed]
    return margins + age_margins(rows, "ehcplans", AGE_TOPICS[0], "plans", noticed)


def age_margins(rows: pd.DataFrame, count: str, topic: str, table: str, noticed: Noticed) -> list[pd.DataFrame]:
    """Age, and age by placement, of a file whose rows are ages and whose columns are placements."""
    aged = rows[topic_is(rows, topic)]
    ages = aged["breakdown"].map(age_code)
    note_unknown_ages(aged, ages, count, table, noticed)
    margins = [margin(aged, count, age=ages)]
    if any(column in leaf_settings() for column in rows.columns):
        leaves = leaf_rows(aged)
        ages = leaves["breakdown"].map(age_code)
        margins.append(margin(leaves, "leaf_count", age=ages, setting=leaves["setting"]))
    return margins


def need_margins(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Need, need by age and need by placement where counts are published; never from shares."""
    needs = {f"number_{word}": code for word, code in need_codes().items()}
    counts = [column for column in rows.columns if column in needs]
    if rows.empty or not counts:
        return []
    long = rows.melt(["year", "breakdown_topic", "breakdown"], counts, "column", "count")
    long["need"] = long["column"].map(needs)
    codes = placement_label_settings()
    total = long[long["breakdown_topic"] == long["breakdown"]]
    aged = long[topic_is(long, *AGE_TOPICS)]
    placed = long[topic_is(long, "type of placement")]
    settings = placed["breakdown"].map(lambda label: codes.get(plain_words(label)))
    return [
        margin(total, "count", need=total["need"]),
        margin(aged, "count", age=aged["breakdown"].map(age_code), need=aged["need"]),
        margin(placed, "count", need=placed["need"], setting=settings),
    ]
