"""Requests for assessment, and what became of them; a request of calendar Y-1 carries year Y."""

from __future__ import annotations

import pandas as pd

from .official_files import OfficialFiles, as_counts

FIRST_CALENDAR = 2016
"""Requests are not published for Leeds before 2016."""


def requests_table(official: OfficialFiles, new_plans: dict[int, int]) -> pd.DataFrame:
    """Columns year, requests, agreed, issued, within_20_weeks.

    ``issued`` is the new plans of the flows, so that two tables agree; the timeliness file, from
    which ``within_20_weeks`` is, counts slightly fewer. ``agreed`` is decided to assess from 2024;
    before it only refusals are published, and requests less refusals stands for it.
    """
    older = _by_year(
        official,
        "management_info_2014_2021.csv",
        ["InreqEHC", "AssRefusedEHC", "NewallEHC", "IncExc20weekEHC"],
    )
    recent = _by_year(
        official,
        "requests_2019_2024.csv",
        [
            "requests_received_in_year",
            "requests_decided_to_assess",
            "requests_decided_not_to_assess",
        ],
    )
    timely = _by_year(official, "timeliness_2019_2024.csv", ["plans_issued_within_20_weeks"])
    requests = recent["requests_received_in_year"].combine_first(older["InreqEHC"])
    refused = recent["requests_decided_not_to_assess"].combine_first(older["AssRefusedEHC"])
    agreed = recent["requests_decided_to_assess"].reindex(requests.index)
    issued = pd.Series(new_plans).combine_first(older["NewallEHC"])
    within = timely["plans_issued_within_20_weeks"].combine_first(older["IncExc20weekEHC"])
    table = pd.DataFrame(
        {
            "requests": requests,
            "agreed": agreed.fillna(requests - refused),
            "issued": issued,
            "within_20_weeks": within,
        }
    ).loc[FIRST_CALENDAR + 1 :]
    return table.astype(int).rename_axis("year").reset_index()


def _by_year(official: OfficialFiles, name: str, columns: list[str]) -> pd.DataFrame:
    """Authority-wide rows of a release file as counts, indexed by our year."""
    table = official.plans_release(name)
    if "breakdown" in table.columns:
        table = table[table["breakdown"] == table["breakdown_topic"]]
    counts = table[columns].apply(as_counts)
    counts.index = pd.Index(table["time_period"].astype(int) + 1)
    return counts.sort_index()
