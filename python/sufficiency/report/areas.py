"""The section on planning areas: who needs a place and who has one within reach, as a map and a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.inputs import located
from sufficiency.plain import plain
from sufficiency.report import charts
from sufficiency.report.asked import Figures
from sufficiency.report.model import Cell, Count, Figure, Section, Spread, Table, Words
from sufficiency.words import about


def areas_section(figures: Figures, source: str) -> Section:
    """Planning areas: who needs a place and who has one within reach, as a map and a table."""
    first, last, base, axis = figures.years[0], figures.last, figures.base, "planning_area"
    if base.table(f"demand by {axis}").empty:
        return Section(
            "areas", "Which areas", "Planning areas are not known", ["The tables name no planning areas."]
        )
    now, then, placed, short = (
        base.at(f"{name} by {axis}", year).set_index(axis)
        for name, year in (("demand", first), ("demand", last), ("placed", last), ("short", last))
    )
    rows: list[list[Cell]] = []
    shown = []
    for area in then.index:
        name = plain(area, 40)
        if _hidden(then, placed, short, area=area):
            rows.append([Words(name), *[Count(float("nan"))] * 4])
            continue
        shown.append(area)
        gap = Spread(short.loc[area])
        have = Count(float(placed.loc[area, "p50"]))
        rows.append([Words(name), Count(float(now.loc[area, "p50"])), Spread(then.loc[area]), have, gap])
    title = "Areas are withheld, to protect small counts"
    figure: list[Figure] = []
    if shown:
        most = max(shown, key=lambda area: _middle(short, area))
        title = f"Most children without a place within reach live in {plain(most, 40)}"
        figure = _map(figures, shown, then, placed)
    says = [
        "A place is within reach if the child has one under the rule by which places are given: the nearest "
        "suitable place first. Children who have one above a site's number count as short too, so the columns do "
        "not add up."
    ]
    hidden = len(then) - len(shown)
    if hidden:
        says.append(f"[c]: withheld, to protect small counts ({hidden} of {len(then)} areas).")
    heads = ["Planning area of home", f"Need a place, {first}", f"Need a place, {last} (range)",
             f"Have one within reach, {last}", f"Short of one, {last} (range)"]  # fmt: skip
    table = Table(
        "Children and places within reach, by planning area of home, as things stand", heads, rows, "areas"
    )
    reading = (
        f"Ring: children who need a place in January {last}. Disc inside: those who have one within reach. "
        f"{source}"
    )
    return Section("areas", "Which areas", title, says, figure, reading if figure else "", [table])


def _map(figures: Figures, shown: list[Any], then: pd.DataFrame, placed: pd.DataFrame) -> list[Figure]:
    inputs = figures.base.run.fitted._recipe.get("inputs")
    if inputs is None:
        return []
    centres = located(inputs).dropna(subset=["latitude", "longitude"])
    middle = centres.groupby("planning_area")[["latitude", "longitude"]].mean()
    rows = [
        {
            "area": plain(area, 16),
            "latitude": middle.loc[area, "latitude"],
            "longitude": middle.loc[area, "longitude"],
            "need": float(then.loc[area, "p50"]),
            "placed": float(placed.loc[area, "p50"]),
        }
        for area in shown
        if area in middle.index
    ]
    if not rows:
        return []
    words = "; ".join(
        f"{r['area']}: {about(r['need'])} need a place, {about(r['placed'])} have one" for r in rows[:12]
    )
    svg = charts.drawn(charts.bubbles(pd.DataFrame(rows)), "map")
    return [
        Figure(
            f"Planning areas of {figures.place}", svg, f"Map of planning areas, January {figures.last}. {words}."
        )
    ]


def _hidden(*tables: pd.DataFrame, area: Any) -> bool:
    """Whether a figure of the area is withheld."""
    return any(bool(table.loc[[area], "p50"].isna().any()) for table in tables)


def _middle(table: pd.DataFrame, area: Any) -> float:
    return float(table.loc[[area], "p50"].iloc[0])
