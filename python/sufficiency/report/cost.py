"""The headline on cost and on places that stand empty."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.plain import plain
from sufficiency.report.asked import Figures, Option
from sufficiency.report.model import Headline
from sufficiency.report.say import UNCLEAR, capital, clear, in_ten, listed, money


def cost_headline(figures: Figures) -> Headline:
    """Yearly cost against no change, and the chance that places stand empty."""
    last = figures.last
    shown, said = [], []
    for option in figures.others if "cost" in figures.compared else []:
        row = option.row("change in cost", last)
        if float(row["p10"]) == float(row["p90"]) == 0.0:
            continue
        shown.append((option.name, _short_money(row)))
        said.append(f"{option.quoted}: {money(row)}.")
    if said:
        said = [
            f"Yearly cost in {last} against no change, empty places paid for, the cost of building left out: "
            + " ".join(said)
        ]
    elif figures.others:
        known = "cost" in figures.compared
        said = ["No option changes what is paid." if known else "Costs are not shown: no unit costs were given."]
    bodies: dict[str, list[str]] = {}
    for option in figures.options[:2]:
        bodies.setdefault(emptiness(option, last), []).append(f"with {option.quoted}")
    said += [f"{capital(listed(names))}, {body}" for body, names in bodies.items()]
    return Headline("What does it cost, and do places stand empty?", shown[:3], said)


def _short_money(row: Any) -> str:
    if not clear(row):
        return UNCLEAR
    millions = abs(float(row["p50"])) / 1000
    size = f"{millions:,.0f}" if millions >= 2 else f"{millions:,.1f}"
    return f"about £{size}m a year {'less' if row['p90'] < 0 else 'more'}"


SETTINGS = {
    "special": "special schools",
    "partnership": "partnership bases",
    "resourced": "resourced provision",
    "sen_unit": "SEN units",
    "ap": "alternative provision",
}


def emptiness(option: Option, year: int) -> str:
    """Which sites are likelier than not under 85% full; smaller ones, which are withheld, by kind of place."""
    sites, settings = option.emptiness("site", year), option.emptiness("setting", year)
    shown = sites[sites["p_empty"].notna()]
    names = site_names(option)
    likely = [names.get(str(site), plain(site)) for site in shown.loc[shown["p_empty"] > 0.5, "site"]]
    kinds = [
        f"{SETTINGS.get(str(row['setting']), plain(row['setting']))}, {in_ten(float(row['p_empty']))}"
        for _, row in settings.iterrows()
        if not pd.isna(row["p_empty"])
    ]
    said = "no site may be shown by itself."
    if len(shown):
        which = f"{listed(likely)} {'is' if len(likely) == 1 else 'are'}" if likely else "none is"
        many = f"the {len(shown)} sites" if len(shown) > 1 else "the one site"
        said = (
            f"of {many} whose figures may be shown {which} more likely than not to stand under 85% full in {year}."
        )
    return f"{said} Under 85% full, all places of a kind together: {'; '.join(kinds)}." if kinds else said


def site_names(option: Option) -> dict[str, str]:
    """Site code to its name in words, where tables or scenarios give one."""
    inputs = option.run.fitted._recipe.get("inputs")
    names: dict[str, str] = {}
    if inputs is not None and "sites" in inputs.tables:
        sites = inputs.table("sites")
        names = {str(s): plain(n or s, 60) for s, n in zip(sites["site"], sites["name"], strict=True)}
    for scenario in option.run.scenarios:
        for each in scenario.changes:
            site = each.get("site")
            if isinstance(site, dict):
                names[str(site["id"])] = plain(site.get("name") or site["id"], 60)
    return names
