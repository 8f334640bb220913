"""The table of flows: new, ceased, moved, transfers; a flow of calendar Y-1 carries year Y."""

from __future__ import annotations

from typing import Any

import pandas as pd

from . import leaving
from .ageing import FIRST_OF_ADULTS, weights_from_january_age
from .base_table import single_age
from .closure import Account
from .history import by_age_band, by_establishment, stock_2024
from .margins import (
    NEED_ORDER,
    NEW_AGE_TOPIC,
    SETTING_ORDER,
    age_by_need,
    age_by_setting,
    setting_by_need,
)
from .official_files import OfficialFiles

COLUMNS = ["year", "flow", "age", "need", "setting", "to_need", "to_setting", "plans"]
FLOW_ORDER = ("new", "ceased", "moved", "transfer_in", "transfer_out")
NEW = "new_plans_2019_2024.csv"
NEW_NEEDS = "needs_new_plans_2024_england_leeds.csv"
OPEN_GROUPS = {"0-2": 2, "20-25": 20}
"""The single age that stands for an open group of new plans: the one beside the closed ages."""


def _single_age(label: str) -> int:
    return OPEN_GROUPS.get(label) or int(label)


def _sums(table: pd.DataFrame, first: str, second: str) -> dict[tuple[Any, str], int]:
    """Plans by two columns of a table."""
    sums: dict[tuple[Any, str], int] = {}
    for one, other, plans in zip(table[first], table[second], table["plans"], strict=True):
        sums[one, other] = sums.get((one, other), 0) + int(plans)
    return sums


def account_2025(official: OfficialFiles, base: pd.DataFrame) -> Account:
    """Everything published about January 2024, January 2025 and calendar 2024, on our age base."""
    before = stock_2024(official, base)
    before = before.assign(age=before["age"].map(single_age))
    needs = age_by_need(official, NEW_NEEDS)
    # The needs file has the age on 31 August 2023 (inferred): one year on is ours.
    needs = needs.assign(age=needs["age"].map(_single_age) + 1)
    placed = age_by_setting(official, NEW, "2024", NEW_AGE_TOPIC)
    placed = placed.assign(age=placed["age"].map(_single_age))
    after: dict[int, dict[str, int]] = {}
    for (age, setting), plans in _sums(base, "age", "setting").items():
        after.setdefault(age, {})[setting] = plans
    reaged = leaving.by_age(official, 2024)
    residual = {
        age: sum(there.values())
        - int(before.loc[before["age"] == age - 1, "plans"].sum())
        - int(needs.loc[needs["age"] == age, "plans"].sum())
        + sum(left.get(str(age), 0) for left in reaged.values())
        for age, there in after.items()
        if age < FIRST_OF_ADULTS
    }
    return Account(
        before=_sums(before, "age", "setting"),
        after=after,
        new_by_age_need=_sums(needs, "age", "need"),
        new_by_setting_need=_sums(setting_by_need(official, NEW_NEEDS), "setting", "need"),
        new_shape=weights_from_january_age(_sums(placed, "age", "setting")),
        left_by_age=leaving.closing_ages(reaged, residual),
        left_by_setting=leaving.by_setting(official, 2024),
        arrived=reconciled_arrivals(official)[2025],
    )


def new_totals(official: OfficialFiles) -> dict[int, int]:
    """New plans by year 2023-2025. The total of calendar 2022 repeats the region's: sum of ages."""
    sums = {
        year: int(age_by_setting(official, NEW, str(year - 1), NEW_AGE_TOPIC)["plans"].sum())
        for year in (2023, 2024)
    }
    return {**sums, 2025: int(setting_by_need(official, NEW_NEEDS)["plans"].sum())}


def reconciled_arrivals(official: OfficialFiles) -> dict[int, int]:
    """Arrivals by year 2023-2025: what closes stock, new, ceased and transfers out."""
    totals = official.plans_release("caseload_jan2019_jan2025.csv")
    totals = totals[totals["breakdown"] == "All EHC plans"]
    stock = {
        2000 + int(period[-2:]): int(count)
        for period, count in zip(totals["time_period"], totals["ehcplans"], strict=True)
    }
    left = leaving.totals(official).sum(axis=1)
    return {
        year: stock[year] - stock[year - 1] - new + int(left[year - 1])
        for year, new in new_totals(official).items()
    }


def flows_table(official: OfficialFiles, solved: pd.DataFrame) -> pd.DataFrame:
    """All flows; margins are stacked, and 2025 is one coherent crossed table."""
    parts = [*_new_margins(official), *_leaving_margins(official)]
    arrivals = reconciled_arrivals(official)
    parts += [
        pd.DataFrame({"year": [year], "flow": "transfer_in", "plans": [arrivals[year]]}) for year in (2023, 2024)
    ]
    parts.append(_of_2025(solved))
    table = pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)
    keys = [column for column in COLUMNS if column not in ("year", "plans")]
    table[keys] = table[keys].fillna("all").astype(str)
    return _in_order(table[table["plans"] > 0])[COLUMNS]


def _new_margins(official: OfficialFiles) -> list[pd.DataFrame]:
    bands = by_age_band(official, "age_new_plans_2009_2021.csv", "Total_new_all")
    types = by_establishment(official, "estab_new_plans_2009_2021.csv", "Total_new_all")
    stacked = [table.assign(year=table["period"] + 1, flow="new") for table in (bands, types)]
    crossed = [
        age_by_setting(official, NEW, str(year - 1), NEW_AGE_TOPIC).assign(year=year, flow="new")
        for year in (2023, 2024)
    ]
    return [*stacked, *crossed]


def _leaving_margins(official: OfficialFiles) -> list[pd.DataFrame]:
    parts = []
    totals = leaving.totals(official)
    for kind in leaving.KINDS:
        alone = totals.loc[totals.index < 2023, kind]
        parts.append(pd.DataFrame({"year": alone.index + 1, "flow": kind, "plans": alone.to_numpy()}))
        for key, counts in (
            ("age", leaving.by_age(official, 2023)[kind]),
            ("setting", leaving.by_setting(official, 2023)[kind]),
        ):
            of_key = pd.DataFrame({key: list(counts), "plans": list(counts.values())})
            parts.append(of_key.assign(year=2024, flow=kind))
    return parts


def _of_2025(solved: pd.DataFrame) -> pd.DataFrame:
    """Solved flows under the names of the table: who comes has its setting as ``setting``."""
    flows = solved.assign(year=2025, flow=solved["kind"].replace("stay_or_move", "moved"))
    came = flows["flow"].isin(["new", "transfer_in"])
    flows.loc[came, "setting"] = flows.loc[came, "to_setting"]
    flows.loc[flows["flow"] != "moved", "to_setting"] = "all"
    return flows.drop(columns="kind")


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    ranks = {
        "flow": (*FLOW_ORDER,),
        "need": (*NEED_ORDER, "all"),
        "setting": (*SETTING_ORDER, "all"),
        "to_setting": (*SETTING_ORDER, "all"),
    }
    keys = pd.DataFrame({column: table[column].map(order.index) for column, order in ranks.items()}).assign(
        year=table["year"],
        age=[99 if age == "all" else int(age.split("-")[0]) for age in table["age"]],
    )
    by = ["year", "flow", "age", "need", "setting", "to_setting"]
    return table.loc[keys.sort_values(by, kind="stable").index].reset_index(drop=True)
