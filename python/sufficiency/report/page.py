"""What the report says: sentences and tables computed from projections, before any of it is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sufficiency.comparison import compare
from sufficiency.plots.places import GROUPS, chances, need_against_places
from sufficiency.projection import Projection
from sufficiency.release import CONFIDENTIAL, suppressed
from sufficiency.words import about, change, more_or_fewer

BASE = "as things stand"
DOTS = 20
FULL = 0.85
PHASES = ("primary", "secondary")


@dataclass(frozen=True)
class Figure:
    """A chart, its title for readers who do not see it, and the table behind it."""

    chart: Any
    alternative: str
    table: Table | None = None


@dataclass(frozen=True)
class Table:
    """A table as it is shown: caption, heads, rows of text; the first cell of a row is its head."""

    caption: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading that says what is found, sentences, figures, tables."""

    anchor: str
    title: str
    says: list[str]
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Page:
    """The whole report."""

    title: str
    headlines: list[str]
    sections: list[Section]
    made: list[tuple[str, str]]


@dataclass(frozen=True)
class Facts:
    """The tables that every section reads, of one option."""

    name: str
    run: Projection
    short: pd.DataFrame
    by_group: pd.DataFrame
    paired: dict[str, pd.DataFrame] | None

    def at(self, year: int) -> Any:
        """Demand, places and shortfall of a January."""
        return self.short[self.short["year"] == year].iloc[0]

    def change(self, measure: str, year: int) -> Any:
        """Difference to the first projection, paired draw by draw."""
        assert self.paired is not None
        table = self.paired[measure]
        return table[table["year"] == year].iloc[0]


def page_of(runs: Sequence[Projection], title: str | None) -> Page:
    """The page of projections, the first of which is what the others are compared with."""
    facts = [_facts(run, runs[0]) for run in runs]
    base = facts[0]
    years = _years(runs[0])
    named = title or f"Specialist places to {years[-1]}: will there be enough?"
    sections = [
        _options(facts, years),
        _need_and_places(facts, years),
        _chances(facts, years),
        _needs(base, years),
        _areas(base, years),
        _not_included(runs[0]),
    ]
    return Page(named, _headlines(facts, years), sections, _made(runs))


def _facts(run: Projection, first: Projection) -> Facts:
    group = ["phase", "need_group"]
    names = ", then ".join(scenario.name for scenario in run.scenarios)
    paired = None
    if run is not first:
        difference = compare(first, run, progress=False)
        paired = {name: getattr(difference, name)() for name in ("waiting", "independent", "cost")}
    return Facts(names or BASE, run, run.shortfall(), run.shortfall(group), paired)


def _years(run: Projection) -> list[int]:
    """Now, on the way, and the last January."""
    first, last = int(run.recipe["base_year"]), int(run.recipe["to"])
    return list(dict.fromkeys([first, 2030 if first < 2030 < last else (first + last + 1) // 2, last]))


def in_ten(chance: float) -> str:
    """A chance as a reader expects it: `about 9 in 10`."""
    if chance <= 0.02:
        return "hardly ever"
    if chance >= 0.98:
        return "almost always"
    return f"about {max(1, min(9, round(10 * chance)))} in 10"


def dots(chance: float) -> str:
    """Twenty dots, as many filled as futures of twenty."""
    filled = round(DOTS * chance)
    return "●" * filled + "○" * (DOTS - filled)


def range_of(row: Any) -> str:
    """The 8-in-10 range of a figure."""
    low, high = about(row["p10"]), about(row["p90"])
    return low if low == high else f"{low} to {high}"


def difference_words(row: Any, unit: str = "children") -> str:
    """A paired difference in words; no clear difference where its 8-in-10 range spans zero."""
    low, high = float(row["p10"]), float(row["p90"])
    if low <= 0 <= high:
        return "no clear difference"
    if unit == "children":
        return f"{more_or_fewer(float(row['p50']))} (range {change(low)} to {change(high)})"
    size = sorted([abs(low) / 1000, abs(high) / 1000])
    return f"{size[0]:,.1f} to {size[1]:,.1f} million pounds a year {'less' if high < 0 else 'more'}"


def _headlines(facts: list[Facts], years: list[int]) -> list[str]:
    base, last = facts[0], years[-1]
    now, then = base.at(years[0]), base.at(last)
    lines = [
        f"{now['demand']:,.0f} children of Reception to Year 11 need a specialist place in January {years[0]}."
    ]
    demand = base.run.demand()
    for year in years[1:]:
        row = demand[demand["year"] == year].iloc[0]
        lines.append(f"In {year}: about {about(row['p50'])} (8 in 10 simulated futures: {range_of(row)}).")
    lowest = base.run.shortfall(kind="minimum")
    least = lowest[lowest["year"] == last].iloc[0]
    lines.append(
        f"{_short_words(then, last)} {BASE}, counting each phase and kind of need for itself; "
        f"however children were placed, at least {about(least['p50'])} would be ({range_of(least)})."
    )
    for option in facts[1:]:
        left = option.at(last)
        lines.append(
            f"With {option.name}, {last}: waiting, {difference_words(option.change('waiting', last))}; in "
            f"independent schools, {difference_words(option.change('independent', last))}; yearly cost, "
            f"{difference_words(option.change('cost', last), 'pounds')}, empty places paid for. "
            f"{_short_words(left, last)} then."
        )
    lines += [_emptiness(option, last) for option in facts]
    return lines


def _short_words(row: Any, year: int) -> str:
    if float(row["p90"]) <= 0:
        return f"In {year} places are enough in at least 9 in 10 simulated futures"
    return f"In {year} places are short by about {about(row['p50'])} ({range_of(row)})"


def _emptiness(option: Facts, year: int) -> str:
    table = option.run.utilisation("site", above=FULL)
    then = table[(table["year"] == year) & (table["mean"] > 0)]
    likely = int((then["p_above"] < 0.5).sum())
    return (
        f"{option.name[:1].upper()}{option.name[1:]}: {likely} of {len(then)} sites are more likely than not "
        f"under {FULL:.0%} full in {year}."
    )


def _options(facts: list[Facts], years: list[int]) -> Section:
    rows = []
    for option in facts:
        for year in years[1:]:
            row = option.at(year)
            said = ["-", "-", "-"]
            if option.paired is not None:
                said = [difference_words(option.change(name, year)) for name in ("waiting", "independent")]
                said.append(difference_words(option.change("cost", year), "pounds"))
            rows.append(
                [f"{option.name}, {year}", about(row["places"]), f"{about(row['p50'])} ({range_of(row)})", *said]
            )
    heads = ["Option and January", "Places", "Short by (range)", "Waiting", "In independent schools", "Cost"]
    table = Table("What each option changes against things as they stand, paired future by future", heads, rows)
    last = years[-1]
    clear = [o.name for o in facts[1:] if float(o.change("waiting", last)["p90"]) < 0]
    if len(facts) == 1:
        title = "No option is compared here"
    elif clear:
        title = f"By {last} fewer children wait with {' or '.join(clear)}"
    else:
        title = f"By {last} no option makes a clear difference to how many wait"
    return Section(
        "options", title, ["Ranges hold 8 in 10 simulated futures under these assumptions."], tables=[table]
    )


def _need_and_places(facts: list[Facts], years: list[int]) -> Section:
    base, option = facts[0], facts[-1]
    demand = base.run.demand()[["year", "p10", "p50", "p90"]]
    table = demand.assign(places=base.short["places"].to_numpy(), places_option=option.short["places"].to_numpy())
    name = option.name if option is not base else "no change"
    caption = [
        "Children of Reception to Year 11 who require a specialist place (observed: a lower bound), "
        "and places for them.",
        _source(base.run),
    ]
    chart = need_against_places(table, base_year=years[0], option=name, caption=caption)
    rows = [
        [
            str(int(row["year"])),
            about(row["p50"]),
            range_of(row),
            *map(about, (row["places"], row["places_option"])),
        ]
        for _, row in table.iterrows()
    ]
    heads = ["January", "Need a place", "Range", f"Places {BASE}", f"Places with {name}"]
    shown = Table("Need against places by January", heads, rows)
    title = chart.to_dict()["title"]["text"]
    words = " ".join(title) if isinstance(title, list) else str(title)
    return Section("places", words, [], [Figure(chart, f"{words}. The table below gives the figures.", shown)])


def _chances(facts: list[Facts], years: list[int]) -> Section:
    base, option = facts[0], facts[-1]
    name = option.name if option is not base else "no change"
    year = years[1]
    mine = _groups(base.by_group, year)
    theirs = _groups(option.by_group, year)
    table = mine.assign(p_over_10_option=theirs["p_over_10"].to_numpy())
    caption = [f"Chance that demand exceeds places by more than 10, January {year}.", _source(base.run)]
    chart = chances(table, year=year, option=name, caption=caption)
    title = chart.to_dict()["title"]["text"]
    words = " ".join(title) if isinstance(title, list) else str(title)
    rows = [
        [
            f"{row['phase'].capitalize()}: {GROUPS.get(row['need_group'], row['need_group'])}",
            in_ten(row["p_over_10"]),
            in_ten(row["p_over_10_option"]),
        ]
        for _, row in table.iterrows()
    ]
    shown = Table(
        f"Chance of being short by more than a class of 10, {year}", ["Group", BASE, f"with {name}"], rows
    )
    whole = []
    for each in facts:
        for y in years[1:]:
            said = (each.at(y)[name] for name in ("p_over_10", "p_over_50"))
            whole.append([f"{each.name}, {y}", *(f"{dots(chance)} {in_ten(chance)}" for chance in said)])
    totals = Table(
        "Chance that places are short in total: of 20 simulated futures, as many as there are filled dots",
        ["Option and January", "By more than 10", "By more than 50"],
        whole,
    )
    return Section(
        "chances", words, [], [Figure(chart, f"{words}. The table below gives the chances.", shown)], [totals]
    )


def _groups(table: pd.DataFrame, year: int) -> pd.DataFrame:
    then = table[(table["year"] == year) & table["phase"].isin(PHASES) & (table["need_group"] != "unknown")]
    return then.reset_index(drop=True)


def _needs(base: Facts, years: list[int]) -> Section:
    table = base.run.demand("need_group")
    last = years[-1]
    rows, rises = [], {}
    for group, part in table.groupby("need_group", sort=False):
        if group == "unknown":
            continue
        by_year: Any = part.set_index("year")
        now = float(by_year.loc[years[0], "p50"])
        cells = [
            f"{now:,.0f}",
            *(f"{about(by_year.loc[y, 'p50'])} ({range_of(by_year.loc[y])})" for y in years[1:]),
        ]
        rows.append([GROUPS.get(str(group), str(group)).capitalize(), *cells])
        if float(by_year.loc[last, "p10"]) > now:
            rises[GROUPS.get(str(group), str(group))] = float(by_year.loc[last, "p50"]) - now
    title = f"Most of the rise to {last} is in {max(rises, key=lambda g: rises[g])}" if rises else (
        f"No group of needs clearly rises to {last}"
    )  # fmt: skip
    heads = ["Need group", str(years[0]), *(f"{year} (range)" for year in years[1:])]
    shown = Table("Children who need a specialist place, by group of primary need", heads, rows)
    return Section("needs", title, [], tables=[shown])


def _areas(base: Facts, years: list[int]) -> Section:
    axis, last = "planning_area", years[-1]
    demand = base.run.demand(axis)
    if demand.empty:
        return Section("areas", "Planning areas are not known", ["The authority's areas have no planning_area."])
    released = suppressed(demand[["year", axis, "mean", "p10", "p50", "p90"]], years[0])
    rows, hidden, rises = [], 0, {}
    for area, part in released.groupby(axis, sort=False):
        by_year: Any = part.set_index("year")
        if (by_year["p50"].astype(str) == CONFIDENTIAL).any():
            hidden += 1
            rows.append([str(area), *["[c]"] * len(years)])
            continue
        now = float(by_year.loc[years[0], "p50"])
        cells = [about(now), *(f"{about(by_year.loc[y, 'p50'])} ({range_of(by_year.loc[y])})" for y in years[1:])]
        rows.append([str(area), *cells])
        rises[str(area)] = float(by_year.loc[last, "p50"]) - now
    title = f"Demand rises most in {max(rises, key=lambda a: rises[a])}" if rises else "Areas are withheld"
    heads = ["Planning area of home", str(years[0]), *(f"{year} (range)" for year in years[1:])]
    shown = Table("Children who need a specialist place, by planning area of home", heads, rows)
    says = [f"[c]: withheld to protect small counts ({hidden} of {len(rows)}). Figures are rounded to 5 or 10."]
    return Section("areas", title, says, tables=[shown])


def _not_included(run: Projection) -> Section:
    says = [
        "Demand is observed: children in mainstream who should be in a specialist place are not in it.",
        "Capital costs are not counted. How many wait and how many are placed in independent schools for want "
        "of a place rests on a stated share, not on data.",
        "How far past projections of English authorities were off is published with the software "
        "(docs/validation.md): totals kept to their ranges one to three years ahead, figures by age and setting "
        "did not, and nothing beyond five years could be tested.",
    ]
    meanings = [str(meaning) for meaning in run.fitted.flag_table()["meaning"]]
    says += [f"{meaning[:1].upper()}{meaning[1:]}." for meaning in meanings]
    return Section("limits", "What is not included, and what to know before using these figures", says)


def _source(run: Projection) -> str:
    return f"{run.recipe['draws']:,} simulated futures under these assumptions. {_made_of(run)}"


def _made_of(run: Projection) -> str:
    inputs = run.fitted._recipe.get("inputs")
    if inputs is None:
        return "Source: explicit tables."
    synthetic = sorted(set(inputs.sources().query("status == 'synthetic'")["table"]))
    return f"Synthetic: {', '.join(synthetic)}." if synthetic else "Source: the authority's own tables."


def _made(runs: Sequence[Projection]) -> list[tuple[str, str]]:
    recipe = runs[0].recipe
    lines = [
        ("Version", str(recipe["version"])),
        ("Simulated futures", f"{recipe['draws']:,}"),
        ("Seed", str(recipe["seed"])),
        ("Model", runs[0].fitted.fingerprint),
        ("Inputs", _made_of(runs[0])),
    ]
    for run in runs:
        for scenario in run.scenarios:
            for change_ in scenario.changes:
                lines.append((f"{scenario.name}: {change_['kind']}", f"{change_['reason']} ({change_['owner']})"))
    return lines
