"""The account of one year, January 2024 to January 2025: who moved where, inferred from margins.

One table of unknown flows (stay or move, ceased, transfer_out, transfer_in, new) is fitted to
everything published about the two Januaries and the year between, nearest to a prior, then rounded
with all margins kept. Ages are after ageing on; ``setting`` is where from, ``to_setting`` where to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .ageing import ADULTS, FIRST_OF_ADULTS
from .fitting import Margin, Vector, fit, round_to_margins
from .margins import NEED_ORDER

STAY_SHARE = {"within": 0.95, "reception": 0.9, "year_7": 0.8, "year_12": 0.3, "post_16": 0.7}
"""Prior share that keeps its setting by phase class: our choice; a register would replace it."""


PARTNERSHIP_MOVES = 0.2
"""Moves between a SILC's own site and its partnership, beside 1 for other moves: our choice."""
OPENNESS = 0.05
"""Weight, in plans, of settings that the other table of new plans does not show at an age."""

Row = tuple[str, int, str, str, str, float]
"""kind, age, need, setting, to_setting, prior"""


@dataclass(frozen=True)
class Account:
    """What is published, on our age base: counts by what the names say."""

    before: dict[tuple[int, str], int]
    """(age in January 2024, setting)"""
    after: dict[int, dict[str, int]]
    """age in January 2025 -> setting"""
    new_by_age_need: dict[tuple[int, str], int]
    new_by_setting_need: dict[tuple[str, str], int]
    new_shape: dict[tuple[int, str], float]
    """Weights by age and setting, from another table of new plans: the prior."""
    left_by_age: dict[str, dict[str, int]]
    """kind -> age label"""
    left_by_setting: dict[str, dict[str, int]]
    """kind -> setting"""
    arrived: int


def floats(counts: dict[str, int]) -> dict[str, float]:
    """Counts by label, as a margin takes them."""
    return {label: float(count) for label, count in counts.items()}


def labelled(
    counts: Mapping[tuple[int, str], int] | Mapping[tuple[str, str], int],
) -> dict[str, float]:
    """Counts by two keys under one label."""
    return {f"{first} {second}": float(count) for (first, second), count in counts.items()}


def merged(setting: str) -> str:
    """Published settings know no partnership."""
    return "special" if setting == "partnership" else setting


def adult_label(age: int) -> str:
    """Age label under which leavers are known: from 20 on one group."""
    return str(age) if age < FIRST_OF_ADULTS else ADULTS


def phase_class(age: int) -> str:
    """Which transition a child of this age (after ageing on) has just been through."""
    named = {4: "reception", 11: "year_7", 16: "year_12"}
    return named.get(age, "within" if age < 16 else "post_16")


def _stay_or_move(account: Account) -> list[Row]:
    rows: list[Row] = []
    for (age_before, setting), count in account.before.items():
        age = age_before + 1
        there = account.after.get(age, {})
        stay = STAY_SHARE[phase_class(age)]
        for to_setting, plans in there.items():
            prior = count * (1 - stay) * plans / sum(there.values())
            if to_setting == setting:
                prior += count * stay
            elif {setting, to_setting} == {"special", "partnership"}:
                prior *= PARTNERSHIP_MOVES
            rows.append(("stay_or_move", age, "all", setting, to_setting, prior))
    return rows


def _left(account: Account) -> list[Row]:
    return [
        (kind, age_before + 1, "all", setting, "", float(count))
        for kind in ("ceased", "transfer_out")
        for (age_before, setting), count in account.before.items()
        if merged(setting) in account.left_by_setting[kind]
    ]


def _came(account: Account) -> list[Row]:
    rows: list[Row] = []
    needs = [need for need in NEED_ORDER if any(need == n for _, n in account.new_by_age_need)]
    for age, there in account.after.items():
        for setting, plans in there.items():
            rows.append(("transfer_in", age, "all", "", setting, float(plans)))
            alike = sum(count for s, count in there.items() if merged(s) == merged(setting))
            prior = account.new_shape.get((age, merged(setting)), 0.0) * plans / alike
            prior += OPENNESS * plans / sum(there.values())
            rows.extend(
                ("new", age, need, "", setting, prior) for need in needs if (age, need) in account.new_by_age_need
            )
    return rows


def _margins(cells: pd.DataFrame, account: Account) -> list[Margin]:
    kind, age = cells["kind"], cells["age"]
    old = kind.isin(["stay_or_move", "ceased", "transfer_out"])
    now = kind.isin(["stay_or_move", "transfer_in", "new"])
    after = {(age, s): n for age, there in account.after.items() for s, n in there.items()}
    starts = ((age - 1).astype(str) + " " + cells["setting"]).where(old)
    ends = (age.astype(str) + " " + cells["to_setting"]).where(now)
    new = kind == "new"
    margins = [
        Margin.over(starts, labelled(account.before)),
        Margin.over(ends, labelled(after)),
        Margin.over(
            (age.astype(str) + " " + cells["need"]).where(new),
            labelled(account.new_by_age_need),
        ),
        Margin.over(
            (cells["to_setting"].map(merged) + " " + cells["need"]).where(new),
            labelled(account.new_by_setting_need),
        ),
        Margin.over(kind.where(kind == "transfer_in"), {"transfer_in": float(account.arrived)}),
    ]
    for left in ("ceased", "transfer_out"):
        label = age.map(adult_label)
        margins += [
            Margin.over(label.where(kind == left), floats(account.left_by_age[left])),
            Margin.over(
                cells["setting"].map(merged).where(kind == left),
                floats(account.left_by_setting[left]),
            ),
        ]
    return margins


def cells_and_margins(account: Account) -> tuple[pd.DataFrame, Vector, list[Margin]]:
    """Every cell of the unknown table in a fixed order, its prior, and the margins."""
    rows = [*_stay_or_move(account), *_left(account), *_came(account)]
    columns = ["kind", "age", "need", "setting", "to_setting", "prior"]
    cells = pd.DataFrame(rows, columns=columns)
    return cells.drop(columns="prior"), cells["prior"].to_numpy(float), _margins(cells, account)


def solve(account: Account) -> pd.DataFrame:
    """Fit and round; columns kind, age, need, setting, to_setting, plans; who stays is left out."""
    cells, prior, margins = cells_and_margins(account)
    fitted, _ = fit(prior, margins)
    flows = cells.assign(plans=round_to_margins(fitted, margins))
    stayed = (flows["kind"] == "stay_or_move") & (flows["setting"] == flows["to_setting"])
    return flows[(flows["plans"] > 0) & ~stayed].reset_index(drop=True)
