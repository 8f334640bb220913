"""The account between two Januaries: who came, who left, who moved, and what no record explains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sufficiency.errors import InternalError

from .checks import Issues
from .people import OLDEST

FLOW_COLUMNS = ["year", "flow", "age", "need", "setting", "to_need", "to_setting", "plans"]
ACCOUNT_COLUMNS = [
    "year",
    "plans_before",
    "new",
    "transfer_in",
    "ceased",
    "transfer_out",
    "plans",
    "moved",
    "reconciliation_in",
    "reconciliation_out",
]
REASON_COLUMNS = ["year", "reason", "meaning", "plans"]
REASONS = {
    "1": "maximum age",
    "2": "needs met",
    "3": "higher education",
    "4": "employment",
    "5": "moved to another authority",
    "6": "no engagement",
    "7": "left England",
    "8": "deceased",
    "9": "other",
    "": "not recorded",
}
"""Reason for ceasing -> what it means (SEN2 person-level return, item 4.6)."""
TRANSFERRED = "5"


def flows_between(
    held: pd.DataFrame, plans: pd.DataFrame, days: dict[int, pd.Timestamp], issues: Issues
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Flows (columns of flows.csv; ages at the later January), the account of each pair of Januaries, its reasons.

    Every child of the later January was there at the earlier one or is new or transferred in, and every child of
    the earlier one is still there, ceased or transferred out; what no record explains is counted as transferred in
    or ceased, noted, and shown apart in the account as reconciliation.
    """
    flows: list[pd.DataFrame] = []
    account = []
    for later in sorted(held["year"].unique()):
        before = held[held["year"].eq(later - 1)]
        if before.empty:
            continue
        after = held[held["year"].eq(later)]
        window = plans[plans["cease"].gt(days[later - 1]) & plans["cease"].le(days[later])]
        came = _came(before, after, days[later - 1], issues)
        left = _left(before, after, window, issues)
        brief = _brief(before, after, plans, window, days, int(later))
        moved = _moved(before, after)
        parts = [came, left, *brief, moved]
        flows += [part.assign(year=later) for part in parts]
        account.append(_balance(int(later), len(before), len(after), pd.concat(parts)))
    if not flows:
        empty = (FLOW_COLUMNS, ACCOUNT_COLUMNS, REASON_COLUMNS)
        return tuple(pd.DataFrame(columns=columns) for columns in empty)  # type: ignore[return-value]
    rows = pd.concat(flows, ignore_index=True)
    counted = rows.groupby(FLOW_COLUMNS[:-1], sort=True).size().rename("plans").reset_index()
    return counted[FLOW_COLUMNS], pd.DataFrame(account, columns=ACCOUNT_COLUMNS), _reasons(rows)


def _reasons(rows: pd.DataFrame) -> pd.DataFrame:
    """Plans that ended, by January and recorded reason."""
    ended = rows[rows["flow"].isin(["ceased", "transfer_out"])]
    reason = ended["reason"].where(ended["reason"].isin(list(REASONS)), "")
    table = ended.assign(reason=reason).groupby(["year", "reason"]).size().rename("plans").reset_index()
    return table.assign(meaning=table["reason"].map(REASONS))[REASON_COLUMNS]


def _came(before: pd.DataFrame, after: pd.DataFrame, last_day: pd.Timestamp, issues: Issues) -> pd.DataFrame:
    """Plans that were not there: new if they started since, else transferred in."""
    arrived = after[~after["child"].isin(set(before["child"]))]
    old = arrived["start"].le(last_day) & ~arrived["transferred"]
    for module, rows in arrived[old].groupby("module"):
        issues.add("came-without-record", str(module), rows)
    flow = np.where(arrived["transferred"] | old, "transfer_in", "new")
    return _flow(arrived, flow, arrived["age"], reconciled=old)


def _left(before: pd.DataFrame, after: pd.DataFrame, window: pd.DataFrame, issues: Issues) -> pd.DataFrame:
    """Plans that are gone: transferred out or ceased, by the last record of the year between."""
    gone = before[~before["child"].isin(set(after["child"]))]
    reason = window.drop_duplicates("child", keep="last").set_index("child")["reason"]
    recorded = gone["child"].map(reason)
    unknown = recorded.isna()
    for module, rows in gone[unknown].groupby("module"):
        issues.add("left-without-record", str(module), rows)
    flow = np.where(recorded.eq(TRANSFERRED), "transfer_out", "ceased")
    # A plan that ends at 25 is counted at 25: there is no older age.
    return _flow(gone, flow, (gone["age"] + 1).clip(upper=OLDEST), recorded.fillna(""), unknown)


def _brief(
    before: pd.DataFrame,
    after: pd.DataFrame,
    plans: pd.DataFrame,
    window: pd.DataFrame,
    days: dict[int, pd.Timestamp],
    later: int,
) -> list[pd.DataFrame]:
    """Plans that started and ended between the two Januaries: both a new one and one that ceased."""
    there = set(before["child"]) | set(after["child"])
    brief = window[~window["child"].isin(there) & window["start"].gt(days[later - 1])]
    brief = brief.drop_duplicates("child", keep="last").assign(need="UNK", setting="unknown")
    brief["age"] = (brief["age"] + later - brief["year"]).clip(0, OLDEST)
    flow = np.where(brief["reason"].eq(TRANSFERRED), "transfer_out", "ceased")
    return [_flow(brief, "new", brief["age"]), _flow(brief, flow, brief["age"], brief["reason"])]


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Children with a plan at both Januaries whose need or setting is another."""
    both = before.merge(after[["child", "age", "need", "setting"]], on="child", suffixes=("", "_after"))
    both = both[both["need"].ne(both["need_after"]) | both["setting"].ne(both["setting_after"])]
    moved = _flow(both, "moved", both["age_after"])
    return moved.assign(to_need=both["need_after"], to_setting=both["setting_after"])


def _flow(
    rows: pd.DataFrame, flow: Any, age: pd.Series[Any], reason: Any = "", reconciled: Any = False
) -> pd.DataFrame:
    table = rows[["need", "setting"]].assign(flow=flow, age=age.astype(int), to_need="all", to_setting="all")
    return table.assign(reason=reason, reconciled=reconciled)


def _balance(year: int, before: int, after: int, rows: pd.DataFrame) -> list[int]:
    """One row of the account; a child lost or made up would be our own fault."""
    counts = rows.groupby("flow").size()
    new, into, ceased, out, moved = (
        int(counts.get(flow, 0)) for flow in ("new", "transfer_in", "ceased", "transfer_out", "moved")
    )
    if before + new + into - ceased - out != after:
        raise InternalError(f"the account of {year - 1} to {year} does not balance")
    reconciled = rows[rows["reconciled"].astype(bool)]
    arrived = int(reconciled["flow"].eq("transfer_in").sum())
    return [year, before, new, into, ceased, out, after, moved, arrived, len(reconciled) - arrived]


def requests_table(modules: dict[str, pd.DataFrame], plans: pd.DataFrame) -> pd.DataFrame | None:
    """Columns of requests.csv by January: the requests of the calendar year before, and plans issued in it."""
    asked = modules.get("requests")
    if asked is None or asked["receiveddate"].isna().all():
        return None
    followed = set(modules["assessment"]["_person"]) if "assessment" in modules else set()
    outcome = asked["requestoutcome"].str.strip().str.upper()
    agreed = outcome.isin(["Y", "YES", "1", "TRUE"]) | (outcome.eq("") & asked["_person"].isin(followed))
    asked = asked.assign(calendar=asked["receiveddate"].dt.year, agreed=agreed)
    rows = []
    for year in sorted(plans["year"].unique()):
        ours = asked[asked["year"].eq(year)]
        of_year = ours[ours["calendar"].eq(year - 1)]
        issued = plans[plans["year"].eq(year) & plans["start"].dt.year.eq(year - 1)]
        issued = issued[~issued["transferred"]].drop_duplicates(["child", "start"])
        # The request that a plan answers is the last one received before it started.
        pairs = issued[["child", "start"]].merge(ours[["child", "receiveddate"]], on="child")
        pairs = pairs[pairs["receiveddate"].le(pairs["start"])]
        weeks = pairs.groupby(["child", "start"])["receiveddate"].max().reset_index()
        in_time = (weeks["start"] - weeks["receiveddate"]).dt.days.le(20 * 7)
        rows.append((int(year), len(of_year), int(of_year["agreed"].sum()), len(issued), int(in_time.sum())))
    return pd.DataFrame(rows, columns=["year", "requests", "agreed", "issued", "within_20_weeks"])
