"""Requests for assessment, from the DfE release."""

from __future__ import annotations

import pandas as pd

from .authority import Authority
from .margins import is_total
from .release import Release

REQUESTS_COLUMNS = ["year", "requests", "agreed", "issued", "within_20_weeks"]


def read_requests(release: Release, authority: Authority, flows: pd.DataFrame) -> pd.DataFrame:
    """Requests by year, columns of `requests.csv`; blank where a figure is not published.

    `agreed` is decided to assess (published from calendar 2023). `issued` is the new plans of
    `flows`, so the two tables agree; the timeliness and assessment files count slightly other
    plans. `within_20_weeks` is the published count, exceptions included.
    """
    recent = _totals(release, authority, "requests")
    timely = _totals(release, authority, "timeliness")
    older = release.rows("management", authority.codes).set_index("year")
    requests = _column(recent, "requests_received_in_year").combine_first(_column(older, "inreqehc"))
    requests = requests.dropna()
    whole = flows[(flows[["age", "need", "setting"]] == "all").all(axis=1)]
    issued = whole[whole["flow"] == "new"].set_index("year")["plans"]
    within = _column(timely, "plans_issued_within_20_weeks").combine_first(_column(older, "incexc20weekehc"))
    table = pd.DataFrame(
        {
            "requests": requests,
            "agreed": _column(recent, "requests_decided_to_assess").reindex(requests.index),
            "issued": issued.reindex(requests.index),
            "within_20_weeks": within.reindex(requests.index),
        }
    )
    table = table.astype("Float64").round().astype("Int64")
    return table.rename_axis("year").reset_index().astype({"year": int})[REQUESTS_COLUMNS]


def _totals(release: Release, authority: Authority, kind: str) -> pd.DataFrame:
    rows = release.rows(kind, authority.codes)
    return rows[is_total(rows)].set_index("year") if len(rows) else rows.set_index("year")


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    if name in rows.columns:
        return rows[name].astype(float)
    return pd.Series(dtype=float, index=pd.Index([], dtype="int64"))
