"""The demo in words: a summary to read out, and a page that names each file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sufficiency.demo import OPTION
from sufficiency.plots.ranked import ranked_rows
from sufficiency.release import CONFIDENTIAL
from sufficiency.words import about, change, direction, more_or_fewer, need_name

if TYPE_CHECKING:
    from sufficiency.demo import Run

SHOWN = 5  # rows of a ranking that are read out; more is a table
LINE = 96
ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0: Department for "
    "Education, Office for National Statistics. Contains OS data (c) Crown copyright and database right "
    "2025. Contains Royal Mail data (c) Royal Mail copyright and database right 2025."
)


def summary(run: Run) -> str:
    """What a planner would read out: how many, in what range, where, which needs, and how far to trust it."""
    authority = run.authority
    lines = [
        f"{authority.name}: plans and specialist demand, January {authority.base_year} to {run.to}",
        f"{run.draws:,} simulated futures under these assumptions (seed {run.seed}). "
        "A range holds 8 in 10 of them.",
        "",
        *_over_time(run, "plans", "Children and young people with a plan, ages 0 to 25"),
        "",
        *_over_time(run, "demand", "Children of Reception to Year 11 who need a specialist place"),
        *_paragraph(
            "This is what placements show, a lower bound: children in mainstream who should be in a "
            "specialist place are not in it."
        ),
        "",
        *_places(run),
        "",
        *_ranking(run, "planning_area", "planning areas"),
        "",
        *_ranking(run, "area", "districts"),
        "",
        *_ranking(run, "need", "needs"),
        "",
        "What to know before using these figures",
        *_bullets(run.flags.values()),
        "",
        "What is synthetic in this sample (all else is published, or worked out from published figures)",
        *_bullets(authority.synthetic),
    ]
    return "\n".join(lines) + "\n"


def _over_time(run: Run, name: str, heading: str) -> list[str]:
    table = run.tables[name].set_index("year")[["p10", "p50", "p90"]].astype(float)
    ranges: dict[int, list[float]] = {int(str(year)): list(row) for year, row in table.T.items()}
    base_year = run.authority.base_year
    base = ranges[base_year][1]
    lines = [heading, f"  {base_year}   {base:,.0f}, counted"]
    for year in dict.fromkeys((run.on_the_way, run.to)):
        low, middle, high = ranges[year]
        lines.append(f"  {year}   about {about(middle)}, range {about(low)} to {about(high)}")
    low, middle, high = ranges[run.to]
    if direction(base, low, high) == "unclear":
        return [*lines, f"  By {run.to}: no clear difference."]
    return [
        *lines,
        f"  By {run.to}: {more_or_fewer(middle - base)} than in {base_year}, "
        f"range {change(low - base)} to {change(high - base)}.",
    ]


def _places(run: Run) -> list[str]:
    """Places, the shortfall, and what the option changes."""
    table = {(row["option"], row["year"]): row for row in run.places["places"].to_dict("records")}
    paired = {(row["measure"], row["year"]): row for row in run.places["change"].to_dict("records")}
    lines = [f"Specialist places, as they stand and with {OPTION} (sites and their places are synthetic)"]
    for year in dict.fromkeys((run.on_the_way, run.to)):
        now, then = table["as they stand", year], table[OPTION, year]
        lines += [
            f"  {year}   {now['places']:,.0f} places: short by about {about(now['p50'])}, "
            f"range {about(now['p10'])} to {about(now['p90'])}; chance of being short by more than 50: "
            f"{now['p_over_50']:.0%}",
            f"         with {OPTION}: {about(then['places'])} places open by then, short by about "
            f"{about(then['p50'])}, range {about(then['p10'])} to {about(then['p90'])}; "
            f"chance {then['p_over_50']:.0%}",
        ]
    waiting, away = paired["waiting", run.to], paired["independent", run.to]
    cost = paired["cost (thousand pounds)", run.to]
    money = "and make no clear difference to yearly cost."
    if cost["p90"] < 0:
        low, high = -cost["p90"] / 1000, -cost["p10"] / 1000
        money = (
            f"and a yearly cost lower by {low:,.1f} to {high:,.1f} million pounds "
            "(empty places paid for, capital not counted)."
        )
    return [
        *lines,
        *_bullets(
            [
                f"By {run.to} {OPTION} mean {more_or_fewer(waiting['p50'])} waiting "
                f"(range {change_words(waiting)}), {more_or_fewer(away['p50'])} in independent schools "
                f"(range {change_words(away)}), {money}"
            ]
        ),
        *_paragraph(
            "The shortfall is the sum over phases and need groups of children without a place: spare places for "
            "one group do not serve another. How many wait and how many are placed in independent schools rests "
            "on a stated share (20% a year), not on data."
        ),
    ]


def change_words(row: Mapping[Any, Any]) -> str:
    """The range of a paired difference."""
    return f"{change(row['p10'])} to {change(row['p90'])}"


def _ranking(run: Run, axis: str, groups: str) -> list[str]:
    table = run.tables[f"demand_by_{axis}"]
    shown = table[table["p50"].astype(str) != CONFIDENTIAL]
    rows = ranked_rows(shown, axis, run.authority.base_year, (run.on_the_way, run.to))
    names = _names(run, axis)
    rising = rows[rows["way"] == "rise"]
    lines = [f"{groups.capitalize()} where specialist demand rises most, {run.authority.base_year} to {run.to}"]
    if rising.empty:
        lines.append("  none clearly: no range lies above today's figure")
    width = max((len(names.get(code, code)) for code in rising[axis][:SHOWN]), default=0)
    for row in rising.head(SHOWN).to_dict("records"):
        low, high = change(row["low"] - row["now"]), change(row["high"] - row["now"])
        name = names.get(row[axis], row[axis]).ljust(width)
        lines.append(f"  {name}   {change(row['rise'])}, range {low} to {high}")
    if axis == "area":
        hidden = table["area"].nunique() - shown["area"].nunique()
        lines.append(f"  {hidden} of {table['area'].nunique()} districts are withheld, to protect small counts.")
    return lines


def _names(run: Run, axis: str) -> dict[str, str]:
    areas = run.authority.areas
    if axis == "area":
        return dict(zip(areas["area"], areas["name"], strict=True))
    return {code: need_name(code) for code in run.tables["demand_by_need"]["need"]} if axis == "need" else {}


def readme(run: Run, written: dict[str, str]) -> str:
    """The page that stands beside the files: what each is, its columns, what is hidden, what is synthetic."""
    width = max(len(name) for name in written)
    lines = [
        f"{run.authority.name}: a demonstration of sufficiency",
        "",
        f"Made by: sufficiency demo --draws {run.draws} --seed {run.seed} --to {run.to}",
        *_paragraph(
            "All figures after the base year are simulated futures under these assumptions. They say what "
            "could be, not what comes."
        ),
        "",
        "Files",
        *(f"  {name.ljust(width)}  {says}" for name, says in written.items()),
        "",
        "Columns of the tables",
        *_bullets(
            [
                "year: the January census; a flow belongs to the January after it",
                "measure, basis: what is counted, and observed (from placements) or latent",
                "figure: base (the base year, the same in every future) or simulated",
                "source: whether the base figures are published or synthetic",
                "mean, sd: over the simulated futures; p5 to p95: percentiles; p10 to p90 holds 8 in 10",
                "mcse: Monte Carlo standard error of the mean",
                "demand: resident children of Reception to Year 11 whose required setting is specialist",
            ]
        ),
        "",
        *_paragraph(
            f"In tables by area, {CONFIDENTIAL} stands for a figure withheld in every year: the area had "
            "under 10 such children in the base year, or its figure would give away that of one that had. Other "
            "figures by area are rounded to 5; low is more than nothing, but rounds to 0."
        ),
        "",
        "Synthetic in this sample",
        *_bullets(run.authority.synthetic),
        "",
        *_paragraph(ATTRIBUTION),
    ]
    return "\n".join(lines) + "\n"


def _bullets(texts: Iterable[str]) -> list[str]:
    wrapped = (textwrap.wrap(text, LINE, initial_indent="  - ", subsequent_indent="    ") for text in texts)
    return [line for lines in wrapped for line in lines] or ["  - none noted"]


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, LINE)
