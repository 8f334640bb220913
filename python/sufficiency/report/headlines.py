"""Page one: the answer in three sentences, five headlines, and what to know before trusting them."""

from __future__ import annotations

from typing import Any

from sufficiency.plain import plain
from sufficiency.report.asked import Figures
from sufficiency.report.cost import cost_headline
from sufficiency.report.model import HARDLY, Count, Headline
from sufficiency.report.past import past_caution, years_tested
from sufficiency.report.say import (
    FUTURES,
    UNCLEAR,
    capital,
    clear,
    difference,
    in_futures,
    listed,
    range_of,
)
from sufficiency.report.verdict import verdict, verdict_sentence
from sufficiency.words import about, change, more_or_fewer

NEAR = 0.9  # our choice: an option that does nine tenths of what the best does is named beside it

GROUPS = {
    "learning": "learning difficulties",
    "communication": "autism and communication",
    "semh": "social, emotional and mental health",
    "sensory_physical": "sensory and physical needs",
}


def group_name(row: Any) -> str:
    """`Secondary: autism and communication`."""
    need = str(row["need_group"])
    return f"{capital(str(row['phase']).replace('_', ' '))}: {plain(GROUPS.get(need, need))}"


def answer(figures: Figures) -> list[str]:
    """The decision and the answer, in three sentences or so."""
    last, base = figures.last, figures.base
    row = base.row("shortfall", last)
    first = {"short": "No.", "enough": "Yes.", "unclear": "It is unclear."}[verdict(row)]
    said = [f"{first} {verdict_sentence(row, last)}"]
    if not figures.others:
        return [*said, "No option is compared here, so there is nothing to choose between yet."]
    said.append(_best(figures))
    names = [option.quoted for option in figures.others]
    choice = names[0] if len(names) == 1 else listed(names, "or")
    return [*said, f"To decide: whether to go ahead with {choice}, or to leave things as they stand."]


def _best(figures: Figures) -> str:
    """Which option lowers the shortfall most, and whether it is enough."""
    last = figures.last
    rows = [(option.row("change in shortfall", last), option) for option in figures.others]
    lower = [(float(row["p50"]), position, row) for position, (row, _) in enumerate(rows) if row["p90"] < 0]
    if not lower:
        many = "None of the options makes a" if len(rows) > 1 else f"{rows[0][1].quoted} makes no"
        return f"{many} clear difference to how many are without a place in {last}."
    _, position, row = min(lower)
    option = rows[position][1]
    near = [
        other.quoted
        for theirs, other in rows
        if other is not option and theirs["p90"] < 0 and theirs["p50"] <= NEAR * row["p50"]
    ]
    most = ", more than with any other option" if len(rows) > 1 else ""
    if near:
        most = f", {listed(near)} about as many"
    left = option.row("shortfall", last)
    after = {
        "short": f"That is not enough by itself: about {about(left['p50'])} would then still be without one.",
        "enough": "That is enough in at least 9 in 10 futures.",
        "unclear": "That is perhaps enough: more than a class are then still short "
        f"{in_futures(float(left['p_over_10']))}.",
    }[verdict(left)]
    return (
        f"{option.quoted} means {more_or_fewer(float(row['p50']))} without a place of the right kind in {last}"
        f"{range_words(row)}{most}. {after}"
    )


def range_words(row: Any) -> str:
    """The range of a clear paired difference, in brackets with its sign; nothing where it has no width."""
    low, high = change(float(row["p10"])), change(float(row["p90"]))
    return "" if low == high else f" ({low} to {high})"


def headlines(figures: Figures) -> list[Headline]:
    """The five that stand first."""
    return [
        _need(figures),
        _short(figures),
        _options(figures),
        _where(figures),
        cost_headline(figures),
    ]


def _need(figures: Figures) -> Headline:
    first, *later = figures.years
    rows = {year: figures.base.row("demand", year) for year in figures.years}
    shown = [(f"January {first}", Count(float(rows[first]["p50"]), counted=True).text)]
    shown += [(f"January {year}", f"about {about(rows[year]['p50'])}") for year in later]
    ranges = listed([f"{range_of(rows[year])} in {year}" for year in later])
    return Headline(
        "How many children need a specialist place?",
        shown,
        [
            f"8 in 10 {FUTURES} lie within {ranges}.",
            "Children of Reception to Year 11 whose plan asks for one. It is a lower bound: children in "
            "mainstream who should be elsewhere are not counted.",
        ],
    )


def _short(figures: Figures) -> Headline:
    last, base = figures.last, figures.base
    row, least = base.row("shortfall", last), base.row("minimum", last)
    groups = base.at("shortfall by group", last)
    known = groups[(groups["need_group"] != "unknown") & (groups["p50"] >= HARDLY)]
    known = known.sort_values("p50", ascending=False, kind="stable")
    shown = [
        (f"January {year}", f"about {about(base.row('shortfall', year)['p50'])}") for year in figures.years[1:]
    ]
    lowest = f"However children were placed, about {about(least['p50'])} ({range_of(least)}) would be without one."
    if (range_of(least), about(least["p50"])) == (range_of(row), about(row["p50"])):
        lowest = "Placing children differently would hardly change it."
    said = [
        f"Places of the right kind, after those that are open or approved: {range_of(row)} in {last}, in 8 of 10 "
        f"futures. Spare places of one phase or kind of need do not serve another. {lowest}"
    ]
    if verdict(row) != "enough" and len(known):
        most = [
            f"{group_name(r)[:1].lower() + group_name(r)[1:]} (about {about(r['p50'])})"
            for _, r in known.head(2).iterrows()
        ]
        said.append(f"Most are short in {listed(most)}.")
    ten, fifty = (in_futures(float(row[name])) for name in ("p_over_10", "p_over_50"))
    if ten == fifty:
        said.append(f"{capital(fifty)} more than 50 are short, several classes.")
    else:
        said.append(f"More than a class of 10 are short {ten}, more than 50 {fifty}.")
    return Headline("How many places are short?", shown, said)


def _options(figures: Figures) -> Headline:
    last = figures.last
    if not figures.others:
        return Headline("What do the options change?", [], ["No option is compared here."])
    first = figures.others[0]
    changes = {name: first.row(f"change in {name}", last) for name in ("waiting", "independent", "shortfall")}
    left = first.row("shortfall", last)
    shown = [
        ("Waiting", _short_change(changes["waiting"])),
        ("In independent schools", _short_change(changes["independent"])),
        ("Still short then", f"about {about(left['p50'])}"),
    ]
    said = [
        f"In {last}, against no change, future by future: waiting, {difference(changes['waiting'])}; in "
        f"independent schools, {difference(changes['independent'])}. "
        f"What remains short: about {about(left['p50'])} ({range_of(left)})."
    ]
    if figures.others[1:]:
        said.append("The other options stand beside it in the table below.")
    return Headline(f"What does {first.quoted} change?", shown, said)


def _short_change(row: Any) -> str:
    return (
        more_or_fewer(float(row["p50"])).replace(" children", "").replace(" child", "") if clear(row) else UNCLEAR
    )


def _where(figures: Figures) -> Headline:
    last, base = figures.last, figures.base
    question = "Where do children without a place within reach live?"
    need = base.at("demand by planning_area", last)
    if need.empty:
        return Headline(question, [], ["The authority's tables name no planning areas."])
    without = base.at("short by planning_area", last)
    shown = without[without["p50"].notna()].sort_values("p50", ascending=False, kind="stable")
    if shown.empty:
        return Headline(question, [], ["Figures by planning area are withheld, to protect small counts."])
    said, top = [], []
    needed: Any = need.set_index("planning_area")
    for _, row in shown.head(3).iterrows():
        area = str(row["planning_area"])
        top.append((plain(area, 40), f"about {about(float(row['p50']))}"))
    most = str(shown.iloc[0]["planning_area"])
    placed: Any = base.at("placed by planning_area", last).set_index("planning_area")
    said.append(
        f"Children in {last} by planning area of home, as things stand. In {plain(most, 40)} about "
        f"{about(needed.loc[most, 'p50'])} need a place and about {about(placed.loc[most, 'p50'])} have one "
        "within reach."
    )
    hidden = len(without) - len(shown)
    if hidden:
        said.append(f"{hidden} of {len(without)} planning areas are withheld, to protect small counts.")
    return Headline(question, top, said)


def rests_on(figures: Figures) -> str:
    """Which figures rest on the first futures only; nothing if none does."""
    draws = int(figures.base.run.recipe["draws"])
    if figures.paired_draws == draws:
        return ""
    return (
        "differences, the least that is short and how full all places of a kind are rest on the first "
        f"{figures.paired_draws:,} of them"
    )


def cautions(figures: Figures) -> list[str]:
    """What page one must not keep quiet about."""
    said, tested = past_caution(), years_tested()
    if figures.last - figures.years[0] > tested:
        said.append(
            f"No projection was tested more than {tested} years ahead: what is said of {figures.last} "
            "follows from today's policy and these assumptions, and is no promise."
        )
    if rests_on(figures):
        draws = int(figures.base.run.recipe["draws"])
        said.append(f"{draws:,} futures were simulated: {rests_on(figures)}.")
    inputs = figures.base.run.fitted._recipe.get("inputs")
    if inputs is not None:
        synthetic = sorted({s["table"] for s in inputs.sources().to_dict("records") if s["status"] == "synthetic"})
        if synthetic:
            said.append(
                f"Parts of these figures are synthetic (made to fill gaps in what is published): "
                f"{listed(synthetic)}."
            )
    if "backlog" in figures.base.run.fitted.flags:
        said.append(
            "Children who wait for an assessment are read as growth to come: if they are not, need is lower."
        )
    return said
