"""How good past projections were: figures of the published back-test, on page one where they are poor."""

from __future__ import annotations

from importlib import resources

import pandas as pd

from sufficiency.report.model import Cell, Percent, Section, Table, Words
from sufficiency.report.say import in_ten

NOMINAL = 0.8  # what an 8-in-10 range should hold
POOR = 0.7  # our choice: under 7 in 10 a reader must know before reading on
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


def past_caution() -> list[str]:
    """What page one must say of past projections: nothing if they kept to their ranges."""
    scores = past()
    special = scores[scores["part"] == "special"]
    held = float(special["cover_80"].mean())
    if held >= POOR:
        return []
    low = float(special["bias"].mean()) < 0
    return [
        f"Past projections made this way gave state special schools ranges that were too narrow: a range that "
        f"should hold 8 in 10 outcomes held {in_ten(held)}"
        + (", and more children came than the middle said" if low else "")
        + ". Read every range of places and shortfalls here as wider than it looks."
    ]


def past_section() -> Section:
    """The section on past projections."""
    scores = past()
    rows: list[list[Cell]] = []
    for part, name in NAMES.items():
        for _, row in scores[scores["part"] == part].iterrows():
            rows.append(
                [
                    Words(f"{name}, {row['horizon']:.0f} {'year' if row['horizon'] == 1 else 'years'} ahead"),
                    Percent(float(row["mape"]) / 100),
                    Percent(float(row["cover_80"])),
                ]
            )
    total, special = (scores[scores["part"] == part] for part in ("total", "special"))
    good, bad = float(total["cover_80"].min()), float(special["cover_80"].min())
    title = "Past projections of all plans kept to their ranges; those of special schools did not"
    if good < POOR or bad >= POOR:
        title = (
            "Past projections kept to their ranges"
            if good >= POOR
            else "Past projections did not keep to their ranges"
        )
    return Section(
        "past",
        "Past projections",
        title,
        [
            "The same method was given what was known in January 2017, 2018, 2019, 2020 and 2021 in 100 English "
            "authorities, and its answers were compared with what came. No authority's specialist need can be "
            "checked beyond three years ahead; nothing beyond five years could be tested at all.",
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
