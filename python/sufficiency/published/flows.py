"""New plans, plans that ceased and moves to other authorities, from the DfE release.

A flow of calendar year Y-1 carries year Y. Ages are published on several bases and kept so.
"""

from __future__ import annotations

import pandas as pd

from .authority import Authority
from .columns import placement_label_settings, plain_words
from .flags import Noticed
from .margins import checked, is_total, leaf_rows, margin, ordered, repaired_totals, topic_is
from .release import Release
from .stock import age_margins, band_margins, establishment_margin, need_margins

FLOWS_COLUMNS = ["year", "flow", "age", "need", "setting", "to_need", "to_setting", "plans"]

# Management information 2014-2021: plans (..ehc) and statements discontinued, by reason.
_CEASED = ("dismet", "disoth", "disleft", "dismetehc", "disothehc", "disleftehc")
_TRANSFERRED = ("dislea", "disleaehc")


def read_flows(release: Release, authority: Authority, noticed: Noticed) -> pd.DataFrame:
    """Flows by year, columns of `flows.csv`; several margins are stacked.

    `ceased` is without moves to another authority, which are `transfer_out`. Arrivals from other
    authorities and moves between settings are not published in these classes and are absent.
    """
    new = checked(_new_margins(release, authority, noticed), "flows", noticed)
    parts = [new.assign(flow="new")]
    for flow, margins in _ceased_margins(release, authority, noticed).items():
        parts.append(checked(margins, "flows", noticed).assign(flow=flow))
    flows = pd.concat([part for part in parts if len(part)] or parts)
    flows = ordered(flows.assign(to_need="all", to_setting="all"), ["year", "flow"])
    return flows[FLOWS_COLUMNS]


def _new_margins(release: Release, authority: Authority, noticed: Noticed) -> list[pd.DataFrame]:
    bands = band_margins(release.rows("age_new", authority.codes), "total_new_all")
    placed = establishment_margin(release.rows("establishment_new", authority.codes), "total_new_all")
    margins = [bands, placed]
    rows = release.rows("new_plans", authority.codes)
    if not rows.empty:
        topic = "age when plan started"
        totals = repaired_totals(release.tables["new_plans"], rows, "new_ehc_plans", topic)
        new_totals = totals[~totals["year"].isin(set(bands["year"]))]
        if new_totals["repeated"].any():
            noticed.add("repeated-total", "flows", *new_totals.loc[new_totals["repeated"], "year"])
        # Before 2022 the leaves here miss children not in education; the older file has them.
        leaves = leaf_rows(totals[~totals["year"].isin(set(placed["year"]))])
        margins.append(margin(new_totals, "new_ehc_plans"))
        margins.append(margin(leaves, "leaf_count", setting=leaves["setting"]))
        margins += age_margins(rows, "new_ehc_plans", topic, "flows", noticed)
    needs = need_margins(release.rows("needs_new", authority.codes))
    if needs:
        noticed.add("age-bases-differ", "flows", *needs[1]["year"])
    return margins + needs


def _ceased_margins(release: Release, authority: Authority, noticed: Noticed) -> dict[str, list[pd.DataFrame]]:
    margins: dict[str, list[pd.DataFrame]] = {"ceased": [], "transfer_out": []}
    rows = release.rows("ceased", authority.codes)
    if not rows.empty:
        rows = rows.assign(ceased=rows["total_ceased"] - rows["transfer"].fillna(0))
        rows = rows.assign(transfer_out=rows["transfer"])
        totals = rows[is_total(rows)]
        placed = rows[topic_is(rows, "type of placement")]
        codes = placement_label_settings()
        settings = placed["breakdown"].map(lambda label: codes.get(plain_words(label)))
        for flow, parts in margins.items():
            parts.append(margin(totals, flow))
            parts.extend(age_margins(rows, flow, "age plan ceased", "flows", noticed))
            parts.append(margin(placed, flow, setting=settings))
    older = release.rows("management", authority.codes)
    older = older[~older["year"].isin(set(rows["year"]))]
    if not older.empty:
        older = older.assign(ceased=_added(older, _CEASED), transfer_out=_added(older, _TRANSFERRED))
        for flow, parts in margins.items():
            parts.append(margin(older, flow))
        noticed.add("ceased-total-only", "flows", *older["year"])
    return margins


def _added(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Sum of the columns published in that year; missing only if none is (`z` is no part)."""
    present = [column for column in columns if column in rows.columns]
    return rows[present].sum(axis=1, min_count=1)
