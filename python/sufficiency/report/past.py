"""How good past projections were: figures of the published back-test, on page one where they are poor."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from importlib import resources
from typing import Any

import pandas as pd

from sufficiency.report.model import Cell, Percent, Section, Table, Words
from sufficiency.report.say import in_ten, listed

NOMINAL = 0.8  # what an 8-in-10 range should hold
POOR = 0.7  # our choice: under 7 in 10 a reader must know before reading on
LEAN = 5.0  # our choice: a middle this many per cent low, as a rule, is worth a sentence
AHEAD = {1: "one year", 2: "two years", 3: "three years"}
LATER = "from "  # before the origin: all plans from one of the latest origins, which are told apart
NAMES = {
    "total": "All plans",
    "special": "State special schools",
    "0-4": "Ages 0 to 4",
    "5-10": "Ages 5 to 10",
    "11-15": "Ages 11 to 15",
    "16-19": "Ages 16 to 19",
    "20-25": "Ages 20 to 25",
}


def past() -> pd.DataFrame:
    """part, horizon (years), n, mape and bias (per cent), cover_80 (share of truths in the 8-in-10 range)."""
    file = resources.files("sufficiency.report").joinpath("past.csv")
    with file.open(encoding="utf-8") as text:
        return pd.read_csv(text)


def years_tested(scores: pd.DataFrame | None = None) -> int:
    """How many years ahead the published back-test reaches."""
    return int((past() if scores is None else scores)["horizon"].max())


def poor(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows whose ranges held fewer outcomes than a reader would believe."""
    return scores[scores["cover_80"] < POOR]


def past_caution(scores: pd.DataFrame | None = None) -> list[str]:
    """What page one must say of past projections: nothing if they kept to their ranges."""
    narrow = poor(past() if scores is None else scores)
    if narrow.empty:
        return []
    rows = narrow.to_dict("records")
    held = listed([f"{in_ten(row['cover_80'])} for {_named(row)}" for row in rows])
    more = [_named(row) for row in rows if row["bias"] < -LEAN]
    return [
        f"Some past projections made this way had ranges that were too narrow: a range that should hold 8 in 10 "
        f"outcomes held {held}."
        + (f" More children came than the middle said: {listed(more)}." if more else "")
        + " Read those ranges as wider than they look."
    ]


def _name(part: str) -> str:
    return f"All plans from January {part.removeprefix(LATER)}" if part.startswith(LATER) else NAMES[part]


def _named(row: Mapping[Hashable, Any]) -> str:
    name = _name(row["part"])
    return f"{name[0].lower()}{name[1:]} {AHEAD[int(row['horizon'])]} ahead"


def past_section() -> Section:
    """The section on past projections."""
    scores = past()
    rows: list[list[Cell]] = []
    later = [part for part in scores["part"].unique() if part.startswith(LATER)]
    for part in ("total", *later, *list(NAMES)[1:]):
        for _, row in scores[scores["part"] == part].iterrows():
            rows.append(
                [
                    Words(
                        f"{_name(part)}, {row['horizon']:.0f} {'year' if row['horizon'] == 1 else 'years'} ahead"
                    ),
                    Percent(float(row["mape"]) / 100),
                    Percent(float(row["cover_80"])),
                ]
            )
    narrow = set(poor(scores)["part"])
    title = "Past projections of all plans kept to their ranges; not all parts did"
    if not narrow or narrow & {"total", *later}:
        title = f"Past projections {'did not all keep' if narrow else 'kept'} to their ranges"
    origins = [part.removeprefix(LATER) for part in later]
    ends = [int(row["part"].removeprefix(LATER)) + row["horizon"] for row in scores.to_dict("records")
            if row["part"] in later]  # fmt: skip
    return Section(
        "past",
        "Past projections",
        title,
        [
            "The same method was given what was known in January 2017, 2018, 2019, 2020 and 2021 in 100 English "
            "authorities, and its answers were compared with what came, one to "
            f"{years_tested(scores)} years ahead; nothing beyond was tested. All plans were also projected from "
            f"January {listed(origins)}, to January {max(ends)}, the last that is known of all of them.",
            f"A fair 8-in-10 range holds the truth {NOMINAL:.0%} of the time.",
        ],
        tables=[
            Table(
                "Past projections of English authorities against what came",
                ["What was projected", "Middle off by (typical)", "Truth inside the 8-in-10 range"],
                rows,
                "past",
            )
        ],
    )
