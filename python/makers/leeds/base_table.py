"""The January 2025 table of age x need x setting: three published margins, cells that are made.

Partnership pupils (on a special school's roll, taught in a mainstream school) are not published:
they are carved out of ``special`` here, so that special + partnership is the published figure.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .fitting import Margin, fit, round_to_margins
from .margins import (
    NEED_ORDER,
    SETTING_ORDER,
    age_by_need,
    age_by_setting,
    setting_by_need,
)
from .official_files import OfficialFiles
from .rounding import largest_remainder

CASELOAD = "caseload_jan2019_jan2025.csv"
NEEDS = "needs_all_plans_jan2025_england_leeds.csv"
UNDER_THREE = "0-2"
AGE_OF_UNDER_THREE = 2
"""The published group below 3 goes to age 2: plans that early start near the third birthday."""

PARTNERSHIP_SHARES = ((0, 3, 0.0), (4, 10, 0.10), (11, 15, 0.12), (16, 18, 0.06), (19, 25, 0.0))
"""Share of special by age (from, to, share): our choice, low because the SILC partnership bases are
small beside their main sites; a register of pupils by URN and flag would replace it."""
PARTNERSHIP_PROPENSITY = {"PMLD": 0.0, "SLD": 0.4, "MSI": 0.0, "PD": 0.5}
"""How likely a need is to be taught in a partner mainstream school, beside 1 for all others."""


def single_age(label: str) -> int:
    """The single year that stands for a published age label."""
    return AGE_OF_UNDER_THREE if label == UNDER_THREE else int(label)


def margins_2025(official: OfficialFiles) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Age x setting, age x need, setting x need; asserts that what they share agrees."""
    by_age = age_by_setting(official, CASELOAD, "202425")
    by_need = age_by_need(official, NEEDS)
    crossed = setting_by_need(official, NEEDS)
    for table in (by_age, by_need):
        table["age"] = table["age"].map(single_age)
    for key, one, other in (
        ("age", by_age, by_need),
        ("setting", by_age, crossed),
        ("need", by_need, crossed),
    ):
        sums = [table.groupby(key)["plans"].sum().sort_index() for table in (one, other)]
        if not sums[0].equals(sums[1]):
            raise ValueError(f"published tables of January 2025 disagree by {key}")
    return by_age, by_need, crossed


def cells_and_margins(
    by_age: pd.DataFrame, by_need: pd.DataFrame, crossed: pd.DataFrame
) -> tuple[pd.DataFrame, list[Margin]]:
    """Every cell that no margin rules out, in canonical order, and the margins over them."""
    cells = (
        by_age.rename(columns={"plans": "of_age_setting"})
        .merge(by_need.rename(columns={"plans": "of_age_need"}), on="age")
        .merge(crossed.rename(columns={"plans": "of_setting_need"}), on=["setting", "need"])
    )
    cells["age"] = cells["age"].astype(int)
    cells = in_order(cells)
    margins = []
    for keys, count in (
        (["age", "setting"], "of_age_setting"),
        (["age", "need"], "of_age_need"),
        (["setting", "need"], "of_setting_need"),
    ):
        groups = cells.groupby(keys, sort=False)
        margins.append(
            Margin(
                np.asarray(groups.ngroup(), dtype=np.int64),
                groups[count].first().to_numpy(float),
            )
        )
    return cells[["age", "need", "setting"]], margins


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by year (if any), age, need and setting, codes in declared order, ``all`` last."""
    table = table.reset_index(drop=True)
    keys = table.assign(
        age=[_age_rank(str(age)) for age in table["age"]],
        need=[_rank(need, NEED_ORDER) for need in table["need"]],
        setting=[_rank(setting, SETTING_ORDER) for setting in table["setting"]],
    )
    by = [*(["year"] if "year" in table else []), "age", "need", "setting"]
    return table.loc[keys.sort_values(by, kind="stable").index].reset_index(drop=True)


def _rank(code: str, order: tuple[str, ...]) -> int:
    return len(order) if code == "all" else order.index(code)


def _age_rank(age: str) -> int:
    return 99 if age == "all" else int(age.split("-")[0])


def solve(official: OfficialFiles) -> pd.DataFrame:
    """Fit and round: columns age, need, setting, plans, before partnership is carved out."""
    cells, margins = cells_and_margins(*margins_2025(official))
    fitted, _ = fit(np.ones(len(cells)), margins)
    table = cells.assign(plans=round_to_margins(fitted, margins))
    return table[table["plans"] > 0].reset_index(drop=True)


def read_solved(path: Path) -> pd.DataFrame:
    """The committed rounding."""
    return pd.read_csv(path)


def partnership_weights(age: pd.Series[int], need: pd.Series[str]) -> NDArray[np.float64]:
    """Share of a special-school cell that is partnership, by its age and need."""
    share = np.zeros(len(age))
    for first, last, value in PARTNERSHIP_SHARES:
        share[age.between(first, last).to_numpy()] = value
    return share * need.map(PARTNERSHIP_PROPENSITY).fillna(1.0).to_numpy(float)


def carve_partnership(table: pd.DataFrame) -> pd.DataFrame:
    """Move a share of ``special`` to ``partnership``, the rounded share of every age in total."""
    special = table[table["setting"] == "special"]
    weights = partnership_weights(special["age"], special["need"])
    expected = weights * special["plans"].to_numpy(float)
    moved = np.zeros(len(special), dtype=np.int64)
    for age in sorted(set(special["age"])):
        of_age = (special["age"] == age).to_numpy()
        total = round(float(expected[of_age].sum()))
        moved[of_age] = largest_remainder(expected[of_age], total)
    left = special.assign(plans=special["plans"].to_numpy() - moved)
    carved = special.assign(setting="partnership", plans=moved)
    result = pd.concat([table[table["setting"] != "special"], left, carved])
    return in_order(result[result["plans"] > 0])


def partnership_by_age(table: pd.DataFrame) -> dict[str, float]:
    """Share of a special school roll that is partnership, by age written as in a table."""
    of_age = table.groupby(["age", "setting"])["plans"].sum().unstack(fill_value=0)
    share = of_age["partnership"] / (of_age["partnership"] + of_age["special"])
    return {str(age): float(value) for age, value in share.dropna().items()}
