"""Sections on what matters most, and on what is not included."""

from __future__ import annotations

from sufficiency.plain import plain
from sufficiency.report import charts
from sufficiency.report.asked import Figures
from sufficiency.report.model import Cell, Figure, Section, Shift, Table, Words
from sufficiency.report.say import capital
from sufficiency.words import about


def matters_section(figures: Figures) -> Section:
    """What matters most: one assumption moved at a time, against not knowing."""
    last, stresses = figures.last, figures.stresses
    row = figures.base.row("demand", last)
    half = (float(row["p90"]) - float(row["p10"])) / 2
    rows: list[list[Cell]] = [[Words(what), Shift(float(size))] for what, size in _pairs(figures, "what")]
    rows.append([Words("Not knowing: half the 8-in-10 range of need"), Words(f"{about(half)} either way")])
    title, figure = f"Not knowing how need grows moves it by {about(half)} either way", []
    if rows[1:]:
        first, size = _pairs(figures, "what")[0]
        most = f"{first[:1].lower()}{first[1:]} ({Shift(size).text})"
        title = f"Of what was tried, this moves need most: {most}"
        if half > abs(size):
            title = f"Not knowing how need grows matters most, {about(half)} either way; next comes {most}"
        words = "; ".join(f"{name}, {Shift(size).text}" for name, size in _pairs(figures, "name"))
        svg = charts.drawn(charts.bars(stresses), "matters")
        figure = [Figure(f"Children more or fewer in need, January {last}", svg, f"{words}.")]
    table = Table(
        f"One assumption changed at a time: children in need of a specialist place, {last}",
        ["What is changed", "Children more or fewer"],
        rows,
        "what matters",
        "On the mean path, one run without chance: an order of size, not a forecast.",
    )
    return Section("matters", "What matters most", title, [], figure, "", [table])


def _pairs(figures: Figures, name: str) -> list[tuple[str, float]]:
    stresses = figures.stresses
    return [(str(what), float(size)) for what, size in zip(stresses[name], stresses["change"], strict=True)]


def limits_section(figures: Figures) -> Section:
    """What is not included, and what to know before using the figures."""
    reform = any(
        change["kind"] == "regime" for o in figures.options for s in o.run.scenarios for change in s.changes
    )
    says = [
        "Need is observed: children in mainstream who should be in a specialist place are not in it.",
        "Young people of 16 and over, and children under Reception age, are not in these figures.",
        "Capital costs are not counted, nor what it costs to wait.",
        "How many wait and how many go to independent schools for want of a place rests on a stated share, not on "
        "data.",
    ]
    if not reform:
        says.append("No national reform is in these figures: none of the options includes one.")
    flags = figures.base.run.fitted.flag_table().to_dict("records")
    rows: list[list[Cell]] = [
        [Words(plain(str(flag["flag"]))), Words(f"{capital(plain(str(flag['meaning']), 300))}.")] for flag in flags
    ]
    flagged = Table("What the model flags, for whoever checks it", ["Flag", "Meaning"], rows, "flags")
    title = "What is not included, and what to know before using these figures"
    return Section("limits", "What is not included", title, says, tables=[flagged] if rows else [])
