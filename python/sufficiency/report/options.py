"""Sections on the options: at a glance, every January and need to look up, and what they rest on."""

from __future__ import annotations

from sufficiency.plain import plain
from sufficiency.report.asked import Figures, Option
from sufficiency.report.headlines import GROUPS
from sufficiency.report.model import Cell, Chance, Count, Difference, NotApplicable, Section, Spread, Table, Words
from sufficiency.report.say import FUTURES, capital, listed
from sufficiency.scenario import line_of

ALL_NEEDS = "All needs"
CHANGES = {
    "waiting": "Waiting, against no change",
    "independent": "In independent schools, against no change",
    "cost": "Cost a year against no change, empty places paid",
}


def options_section(figures: Figures) -> Section:
    """Options at a glance."""
    last = figures.last
    changes = [name for name in CHANGES if name in figures.compared]
    rows: list[list[Cell]] = []
    for option in figures.options:
        row = option.row("shortfall", last)
        cells: list[Cell] = [
            Words(option.name),
            Count(float(row["places"])),
            Spread(row),
            Chance(row["p_over_50"]),
        ]
        if figures.others:
            cells += [_change(option, name, last) for name in changes]
        rows.append(cells)
    heads = ["Option", "Places", "Short by (range)", "Chance of more than 50 short"]
    if figures.others:
        heads += [CHANGES[name] for name in changes]
    table = Table(
        f"Options at a glance, January {last}",
        heads,
        rows,
        "options",
        "Differences are paired: each future is compared with itself without the option.",
    )
    says = [
        f"Ranges hold 8 in 10 {FUTURES}. Where the range of a difference spans zero it says “no clear difference”."
    ]
    return Section("options", "Options at a glance", _title(figures), says, tables=[table])


def _title(figures: Figures) -> str:
    if not figures.others:
        return "No option is compared here"
    last = figures.last
    fewer = [o.quoted for o in figures.others if float(o.row("change in waiting", last)["p90"]) < 0]
    more = [o.quoted for o in figures.others if float(o.row("change in waiting", last)["p10"]) > 0]
    if fewer:
        return f"By {last} fewer children wait with {listed(fewer, 'or')}"
    if more:
        return f"By {last} more children wait with {listed(more, 'or')}, and with no option fewer"
    return f"By {last} no option makes a clear difference to how many wait"


def _change(option: Option, measure: str, year: int) -> Cell:
    if option.is_base:
        return NotApplicable()
    return Difference(option.row(f"change in {measure}", year), pounds=measure == "cost")


def lookup_section(figures: Figures) -> Section:
    """Every option, January and group of needs in one table, which a script may filter."""
    rows: list[list[Cell]] = []
    for option in figures.options:
        whole, groups = option.table("shortfall"), option.table("shortfall by need_group")
        need = option.table("demand by need_group").set_index(["year", "need_group"])
        for year in whole["year"]:
            parts = [(ALL_NEEDS, option.row("shortfall", year), option.row("demand", year))]
            of_year = groups[(groups["year"] == year) & (groups["need_group"] != "unknown")]
            parts += [
                (
                    capital(plain(GROUPS.get(r["need_group"], r["need_group"]))),
                    r,
                    need.loc[(year, r["need_group"])],
                )
                for _, r in of_year.iterrows()
            ]
            rows += [
                [
                    Words(option.name),
                    Words(str(int(year))),
                    Words(name),
                    Spread(needed),
                    Count(float(row["places"])),
                    Spread(row),
                    Chance(float(row["p_over_10"])),
                ]
                for name, row, needed in parts
            ]
    table = Table(
        "Every option, January and kind of need",
        ["Option", "January", "Kind of need", "Need a place (range)", "Places", "Short by (range)",
         "Chance of more than 10 short"],
        rows,
        "look-up",
        keys=3,
    )  # fmt: skip
    return Section(
        "look-up",
        "Look it up",
        "Every option, January and kind of need",
        ["Children of Reception to Year 11, the whole authority."],
        tables=[table],
        behind=True,
    )


def assumptions_section(figures: Figures) -> Section:
    """What the options assume, why, and who answers for it."""
    rows: list[list[Cell]] = []
    for option in figures.options:
        for scenario in option.run.scenarios:
            for change in scenario.changes:
                said = [Words(plain(part)) for part in line_of(change)]
                rows.append([Words(option.name), *said])
    if not rows:
        return Section(
            "assumptions",
            "Assumptions",
            "The figures assume no change",
            ["No scenario was applied to these figures."],
        )
    table = Table(
        "What each option assumes, why, and who answers for it",
        ["Option", "What", "From", "Reason", "Owner"],
        rows,
        "assumptions",
    )
    title = f"{len(rows)} {'assumption' if len(rows) == 1 else 'assumptions'}, each with a reason and an owner"
    return Section("assumptions", "Assumptions", title, tables=[table], behind=True)
