"""Sections of evidence: need against places, chances, needs, areas, what matters most, what is not included."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.plain import plain
from sufficiency.report import charts
from sufficiency.report.asked import UNKNOWN, Figures, Option
from sufficiency.report.headlines import GROUPS, group_name
from sufficiency.report.model import Cell, Chance, Count, Figure, Section, Spread, Table, Words
from sufficiency.report.say import FUTURES, capital, listed
from sufficiency.report.verdict import verdict, verdict_title
from sufficiency.words import about, more_or_fewer


def places_section(figures: Figures, source: str) -> Section:
    """Need against places: a panel an option on one scale."""
    last = figures.last
    top = 1.12 * max(
        float(max(o.table("demand")["p90"].max(), o.table("shortfall")["places"].max())) for o in figures.options
    )
    panels: list[Figure] = []
    rows: list[list[Cell]] = []
    for position, option in enumerate(figures.options):
        demand = option.table("demand")[["year", "p10", "p50", "p90"]]
        table = demand.assign(places=option.table("shortfall")["places"].to_numpy())
        end = table.iloc[-1]
        svg = charts.drawn(charts.need_and_places(table, top), f"p{position}")
        words = (
            f"{option.name}: need rises from {table.iloc[0]['p50']:,.0f} to about {about(end['p50'])} "
            f"({about(end['p10'])} to {about(end['p90'])}) by {last}; places go from "
            f"{about(table.iloc[0]['places'])} to {about(end['places'])}."
        )
        if float(end["p50"]) <= float(table.iloc[0]["p50"]):
            words = words.replace("need rises from", "need goes from")
        panels.append(Figure(option.name, svg, words))
        for _, row in table.iterrows():
            gap = Count(float(row["p50"]) - float(row["places"]))
            rows.append(
                [Words(f"{option.name}, {row['year']:.0f}"), Spread(row), Count(float(row["places"])), gap]
            )
    behind = Table(
        "Need against places by January",
        ["Option and January", "Need a place (range)", "Places", "Need less places"],
        rows,
        "places",
        "Need less places nets spare places of one kind against a lack of another: the shortfall of the right "
        "kind is larger.",
    )
    reading = (
        f"Children of Reception to Year 11 who need a specialist place (line, and band of 8 in 10 {FUTURES}), "
        f"and places for them (dashed), {figures.place}, January {figures.years[0]} to {last}. {source}"
    )
    return Section(
        "places",
        "Need against places",
        f"{verdict_title(figures.base.row('shortfall', last), last)} as things stand{_with(figures)}",
        [],
        panels,
        reading,
        [behind],
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
    title = (
        f"In {likely} of {len(groups)} groups of phase and need, places are more likely than not short by more "
        f"than a class in {last}"
    )
    return Section(
        "chances",
        "Chance there are not enough",
        title,
        [
            "Twenty dots stand for twenty futures; each filled dot is a future in which places are short by more "
            "than the number named. Spare places for one kind of need do not serve another."
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
