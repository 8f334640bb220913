"""Sections of evidence: need against places, chances, needs, areas, what matters most, what is not included."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.plain import plain
from sufficiency.release import CONFIDENTIAL
from sufficiency.report import charts
from sufficiency.report.asked import UNKNOWN, Figures, Option
from sufficiency.report.headlines import GROUPS, group_name
from sufficiency.report.model import Cell, Chance, Count, Figure, Section, Shift, Spread, Table, Withheld, Words
from sufficiency.report.say import FUTURES, capital, listed
from sufficiency.report.verdict import verdict, verdict_title
from sufficiency.words import about, more_or_fewer


def places_section(figures: Figures, source: str) -> Section:
    """Need against places: a panel an option on one scale."""
    last = figures.last
    top = 1.12 * max(
        float(max(o.table("demand")["p90"].max(), o.table("shortfall")["places"].max())) for o in figures.options
    )
    panels, rows = [], []
    for position, option in enumerate(figures.options):
        demand = option.table("demand")[["year", "p10", "p50", "p90"]]
        table = demand.assign(places=option.table("shortfall")["places"].to_numpy())
        end = table.iloc[-1]
        svg = charts.drawn(charts.need_and_places(table, top), f"p{position}")
        words = (
            f"{option.name}: need rises from {table.iloc[0]['p50']:,.0f} to about {about(end['p50'])} "
            f"({about(end['p10'])} to {about(end['p90'])}) by {last}; places go from {about(table.iloc[0]['places'])} "
            f"to {about(end['places'])}."
        )
        if float(end["p50"]) <= float(table.iloc[0]["p50"]):
            words = words.replace("need rises from", "need goes from")
        panels.append(Figure(option.name, svg, words))
        for _, row in table.iterrows():
            gap = Count(float(row["p50"]) - float(row["places"]))
            rows.append(
                [Words(f"{option.name}, {row['year']:.0f}"), Spread(row), Count(float(row["places"])), gap]
            )
    table = Table(
        "Need against places by January",
        ["Option and January", "Need a place (range)", "Places", "Need less places"],
        rows,
        "places",
        "Need less places nets spare places of one kind against a lack of another: the shortfall of the right kind is "
        "larger.",
    )
    reading = (
        f"Children of Reception to Year 11 who need a specialist place (line, and band of 8 in 10 {FUTURES}), and places "
        f"for them (dashed), {figures.place}, January {figures.years[0]} to {last}. {source}"
    )
    return Section(
        "places",
        "Need against places",
        f"{verdict_title(figures.base.row('shortfall', last), last)} as things stand{_with(figures)}",
        [],
        panels,
        reading,
        [table],
        behind=True,
    )


def _with(figures: Figures) -> str:
    """What the options do to the verdict."""
    if not figures.others:
        return ""
    last = figures.last
    now = verdict(figures.base.row("shortfall", last))
    same = [option for option in figures.others if verdict(option.row("shortfall", last)) == now]
    if len(same) == len(figures.others):
        return ", and with every option" if len(same) > 1 else f", and with {same[0].quoted}"
    other = listed([o.quoted for o in figures.others if o not in same])
    return f"; not so with {other}"


def chances_section(figures: Figures) -> Section:
    """The chance that there are not enough, by option in total and by phase and need group."""
    rows: list[list[Cell]] = []
    later = figures.years[1:]
    for option in figures.options:
        chances = [
            Chance(float(option.row("shortfall", y)[name])) for y in later for name in ("p_over_10", "p_over_50")
        ]
        rows.append([Words(option.name), *chances])
    whole = Table(
        "Chance that places of the right kind are short, in total",
        ["Option", *(f"{year}: by more than {size}" for year in later for size in ("a class of 10", "50"))],
        rows,
        "chances",
    )
    last, base = figures.last, figures.base
    groups = _groups(base, last)
    parts: list[list[Cell]] = [
        [Words(group_name(row)), Spread(row), Chance(float(row["p_over_10"])), Chance(float(row["p_over_50"]))]
        for _, row in groups.iterrows()
    ]
    heads = ["Phase and kind of need", "Short by (range)", "By more than 10", "By more than 50"]
    for option in figures.others[:1]:
        heads.append(f"By more than 10 with {option.quoted}")
        theirs = _groups(option, last)["p_over_10"]
        for cells, chance in zip(parts, theirs, strict=True):
            cells.append(Chance(float(chance)))
    table = Table(f"The same by phase and kind of need, as things stand, {last}", heads, parts, "chances by group")
    likely = int((groups["p_over_10"] > 0.5).sum())
    title = f"{likely} of {len(groups)} groups of phase and need are likelier than not short by more than a class in {last}"
    return Section(
        "chances",
        "Chance there are not enough",
        title,
        [
            "Twenty dots stand for twenty futures; each filled dot is a future in which places are short by more than "
            "the number named. Spare places for one kind of need do not serve another."
        ],
        tables=[whole, table],
    )


def _groups(option: Option, year: int) -> pd.DataFrame:
    """Phases of Reception to Year 11 by need group; who has no recorded need is left out."""
    table = option.at("shortfall by group", year)
    return table[(table["need_group"] != UNKNOWN)].reset_index(drop=True)


def needs_section(figures: Figures) -> Section:
    """Need by group of primary need, now and later."""
    first, last, table = figures.years[0], figures.last, figures.base.table("demand by need_group")
    rows: list[list[Cell]] = []
    rises: list[tuple[float, str]] = []
    for group, part in table.groupby("need_group", sort=False):
        if group == UNKNOWN:
            continue
        name = plain(GROUPS.get(str(group), str(group)))
        by_year: Any = part.set_index("year")
        now = float(by_year.loc[first, "p50"])
        later: list[Cell] = [Spread(by_year.loc[year]) for year in figures.years[1:]]
        rows.append([Words(capital(name)), Count(now), *later])
        if float(by_year.loc[last, "p10"]) > now:
            rises.append((float(by_year.loc[last, "p50"]) - now, name))
    title = f"No kind of need clearly rises to {last}"
    if rises:
        size, name = max(rises)
        title = f"Need rises most for {name}: {more_or_fewer(size)} by {last}"
    heads = ["Kind of need", f"January {first}", *(f"January {year} (range)" for year in figures.years[1:])]
    shown = Table("Children who need a specialist place, by group of primary need", heads, rows, "needs")
    return Section("needs", "Which needs", title, tables=[shown])


def areas_section(figures: Figures, source: str) -> Section:
    """Planning areas: who needs a place and who has one within reach, as a map and a table."""
    first, last, base, axis = figures.years[0], figures.last, figures.base, "planning_area"
    if base.table(f"demand by {axis}").empty:
        return Section(
            "areas", "Which areas", "Planning areas are not known", ["The tables name no planning areas."]
        )
    now, then, placed, without = (
        base.at(f"{name} by {axis}", year).set_index(axis)
        for name, year in (("demand", first), ("demand", last), ("placed", last), ("without", last))
    )
    rows: list[list[Cell]] = []
    shown = []
    for area in then.index:
        name = plain(area, 40)
        if str(without.loc[area, "mean"]) == CONFIDENTIAL:
            rows.append([Words(name), *[Withheld()] * 4])
            continue
        shown.append(area)
        gap = Count(float(without.loc[area, "mean"]))
        have = Count(float(placed.loc[area, "p50"]))
        rows.append([Words(name), Count(float(now.loc[area, "p50"])), Spread(then.loc[area]), have, gap])
    title = "Areas are withheld, to protect small counts"
    figure: list[Figure] = []
    if shown:
        most = max(shown, key=lambda area: float(without.loc[area, "mean"]))
        title = f"Most children without a place within reach live in {plain(most, 40)}"
        figure = _map(figures, shown, then, placed)
    says = [
        "A place is within reach if the child has one under the rule by which places are given: nearest suitable first."
    ]
    hidden = len(then) - len(shown)
    if hidden:
        says.append(f"[c]: withheld, to protect small counts ({hidden} of {len(then)} areas).")
    heads = ["Planning area of home", f"Need a place, {first}", f"Need a place, {last} (range)",
             f"Have one within reach, {last}", f"Have none, {last} (average)"]  # fmt: skip
    table = Table(
        "Children and places within reach, by planning area of home, as things stand", heads, rows, "areas"
    )
    reading = f"Ring: children who need a place in January {last}. Disc inside: those who have one within reach. {source}"
    return Section("areas", "Which areas", title, says, figure, reading if figure else "", [table])


def _map(figures: Figures, shown: list[Any], then: pd.DataFrame, placed: pd.DataFrame) -> list[Figure]:
    inputs = figures.base.run.fitted._recipe.get("inputs")
    if inputs is None:
        return []
    areas = inputs.table("areas")
    centres = areas.assign(
        latitude=pd.to_numeric(areas["latitude"], errors="coerce"),
        longitude=pd.to_numeric(areas["longitude"], errors="coerce"),
    ).dropna(subset=["latitude", "longitude"])
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


def matters_section(figures: Figures) -> Section:
    """What matters most: one assumption moved at a time, the options, and not knowing."""
    last, stresses = figures.last, figures.stresses
    row = figures.base.row("demand", last)
    half = (float(row["p90"]) - float(row["p10"])) / 2
    rows: list[list[Cell]] = [[Words(what), Shift(float(change))] for what, change in stresses.to_numpy()]
    rows.append([Words("Not knowing: half the 8-in-10 range of need"), Words(f"± {about(half)}")])
    title, figure = f"Not knowing the future moves need by {about(half)} either way", []
    if len(stresses):
        what, change = stresses.iloc[0]
        title = f"Of what was tried, this moves need most: {what[:1].lower()}{what[1:]}"
        letters = [chr(ord("A") + place) for place in range(len(stresses))]
        svg = charts.drawn(charts.bars(stresses.assign(letter=letters)), "matters")
        words = "; ".join(
            f"{letter}: {what}, {Shift(float(change)).text}"
            for letter, (what, change) in zip(letters, stresses.to_numpy(), strict=True)
        )
        rows = [
            [Words(f"{letter}. {cells[0].text}"), *cells[1:]] for letter, cells in zip(letters, rows, strict=False)
        ] + rows[-1:]
        figure = [Figure(f"Children more or fewer in need, {last}", svg, words + ".")]
    table = Table(
        f"One assumption changed at a time: children in need of a specialist place, {last}",
        ["What is changed", "Children more or fewer"],
        rows,
        "what matters",
        "On the mean path, one run without chance: an order of size, not a forecast.",
    )
    return Section("matters", "What matters most", title, [], figure, "", [table])


def limits_section(figures: Figures) -> Section:
    """What is not included, and what to know before using the figures."""
    reform = any(
        change["kind"] == "regime" for o in figures.options for s in o.run.scenarios for change in s.changes
    )
    says = [
        "Need is observed: children in mainstream who should be in a specialist place are not in it.",
        "Young people of 16 and over, and children under Reception age, are not in these figures.",
        "Capital costs are not counted, nor what it costs to wait.",
        "How many wait and how many go to independent schools for want of a place rests on a stated share, not on data.",
    ]
    if not reform:
        says.append("No national reform is in these figures: none of the options includes one.")
    meanings = [str(meaning) for meaning in figures.base.run.fitted.flag_table()["meaning"]]
    says += [f"{capital(plain(meaning, 300))}." for meaning in meanings]
    return Section(
        "limits", "What is not included", "What is not included, and what to know before using these figures", says
    )
