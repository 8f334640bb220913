"""What charts say of a projection: subject, caption, place and source, taken from the tables' own attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.inputs import Inputs
from sufficiency.plots.places import GROUPS
from sufficiency.words import NEED_NAMES, SETTING_NAMES, need_name, within_sentence

SUBJECTS = {
    "plans": "The number of plans",
    "new_plans": "The number of new plans a year",
    "demand": "Specialist demand",
    "places": "The number of places",
    "placed": "The number of children placed",
    "waiting": "The number of children waiting",
    "shortfall": "The shortfall of places",
    "independent": "The number of children in independent schools",
    "cost": "Yearly cost (£1,000)",
}
UNITS = {"cost": "£1,000", "places": "places"}
"""What a measure counts where it is not children."""


def inputs_of(projection: Any) -> Inputs | None:
    """The tables that a projection rests on; none for a model from explicit parameters."""
    given = projection.fitted._recipe.get("inputs")
    return given if isinstance(given, Inputs) else None


def place_of(projection: Any) -> str:
    """Name of the authority."""
    inputs = inputs_of(projection)
    return inputs.name if inputs is not None else "the authority"


def table_of(projection: Any, measure: str, by: Any, where: Any, **options: Any) -> pd.DataFrame:
    """A measure's table for a chart.

    Raises
    ------
    InputError
        If the measure does not count children, places or pounds.
    """
    if measure not in SUBJECTS:
        known = ", ".join(SUBJECTS)
        raise InputError(f"{measure} has no chart; there are {known} [unknown-measure]")
    table: pd.DataFrame = getattr(projection, measure)(by, where=where, **options)
    return table


def subject_of(projection: Any, measure: str, where: Mapping[str, object] | None) -> str:
    """What is counted and where, as the beginning of a sentence in the singular."""
    limits = [f"{axis.replace('_', ' ')} {_listed(value)}" for axis, value in (where or {}).items()]
    within = f" ({', '.join(limits)})" if limits else ""
    return f"{SUBJECTS[measure]} in {place_of(projection)}{within}"


def caption_of(projection: Any, table: pd.DataFrame, measure: str, last: int | None = None) -> list[str]:
    """Sentences of the caption: measure, place, period; draws, scenario, source."""
    about = table.attrs
    first, end = int(table["year"].min()), int(table["year"].max()) if last is None else last
    ages = f", ages {about['ages'][0]} to {about['ages'][1]}" if measure in AGED else ""
    name, basis = measure.replace("_", " "), str(about.get("basis", ""))
    if measure == "shortfall":
        kind, _, basis = str(about.get("kind", "")).partition(": ")
        name = f"{name} ({kind})"
    period = f"January {first}" if first == end else f"January {first} to {end}"
    scenario = f" with {', then '.join(about['scenario'])}" if about.get("scenario") else ""
    return [
        f"{_capital(name)}: {basis}{ages}. {place_of(projection)}, {period}.",
        f"{about['draws']:,} simulated futures under these assumptions{scenario}. {source_of(projection)}",
    ]


def plural(axis: str) -> str:
    """What the levels of an axis are called together."""
    return PLURALS.get(axis, "groups")


def phrase(axis: str, level: object) -> str:
    """A level of an axis inside a sentence, with its preposition: ``for autism (ASD)``, ``in South``."""
    name = group_name(axis, level)
    own = axis in ("area", "planning_area", "site")
    return f"{PREPOSITIONS.get(axis, 'for')} {name if own else within_sentence(name)}"


PLURALS = {"need": "needs", "planning_area": "planning areas", "area": "districts", "phase": "phases",
           "need_group": "need groups", "setting": "settings", "site": "sites", "age": "ages"}  # fmt: skip
PREPOSITIONS = {"area": "in", "planning_area": "in", "setting": "in", "site": "at", "age": "at age"}
AGED = ("demand", "placed", "waiting", "independent", "shortfall")


def source_of(projection: Any) -> str:
    """Where the figures are from, and of what kind they are."""
    inputs = inputs_of(projection)
    if inputs is None:
        return "Source: a model given as explicit parameters."
    kinds = sorted(set(inputs.sources()["status"]))
    return f"Source: tables of {inputs.name}" + (f" ({', '.join(kinds)})." if kinds else ".")


def group_name(axis: str, level: object) -> str:
    """A level of an axis as a chart names it."""
    text = str(level)
    if axis == "need" and text in NEED_NAMES:
        return need_name(text)
    if axis == "need_group" and text in GROUPS:
        return _capital(GROUPS[text])
    if axis == "setting" and text in SETTING_NAMES:
        return SETTING_NAMES[text]
    return _capital(text.replace("_", " ")) if text.islower() else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(value: object) -> str:
    several = isinstance(value, (list, tuple, set, frozenset, range))
    return " and ".join(str(item) for item in value) if several else str(value)  # type: ignore[attr-defined]
