"""Rules of release: profiles, and how closely each measure is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHILDREN_BASE = 5
"""Figures of children below the authority are rounded to this: base 5, as DfE and ONS round small counts."""
COST_BASE = 100
"""Thousand pounds: about what a year of five special places costs (our choice)."""
RATIO_BASE = 0.05
"""Step of a share or a utilisation below the authority: of 100 children or places it is five (our choice)."""
SMALLEST_WHOLE = 100
"""A share of fewer children, or a utilisation of fewer places, is withheld: 5% of it is under five children."""

QUANTILE = re.compile(r"p\d{1,2}")
CHANCE = re.compile(r"p_\w+")


@dataclass(frozen=True)
class Profile:
    """Who a release is for: the fewest base-year children that a figure may rest on."""

    name: str
    threshold: int
    controlled: bool = True


PROFILES = {
    "public": Profile("public", 10),
    "partner": Profile("partner", 5),
    "restricted": Profile("restricted", 0, controlled=False),
}

DESCRIPTIONS = ("measure", "basis", "kind", "figure", "source", "option", "scenario", "unit")
AXES = (
    "area",
    "planning_area",
    "age",
    "nc_year",
    "phase",
    "need",
    "need_group",
    "setting",
    "site",
    "in_authority",
)
COUNTS = ("mean", "demand", "places", "places_80", "places_90")
RATIOS = ("utilisation", "share")


def kind_of(ask: Mapping[str, Any]) -> str:
    """What sort of figure an ask gives: children, places, cost, distance or ratio."""
    if ask["within"] is not None or ask["near"] is not None or ask["measure"] == "utilisation":
        return "ratio"
    if ask["measure"] == "travel":
        return "distance" if ask["beyond"] is None else "children"
    return ask["measure"] if ask["measure"] in ("places", "cost") else "children"


def figure_base(kind: str) -> float:
    """The rounding base of a kind of figure below the authority."""
    return {"cost": float(COST_BASE), "distance": 0.1, "ratio": RATIO_BASE}.get(kind, float(CHILDREN_BASE))


def step_of(column: str, kind: str, guarded: bool) -> float | None:
    """What a column is rounded to; None if it is no figure of a table method.

    Guarded figures are those below the authority. Of the whole authority children and thousand pounds are whole,
    shares and utilisation to 0.01 (our choice: what can be read is not more than that), chances to 0.001.
    """
    if column == "mcse":
        return {"cost": 1.0, "ratio": 0.001, "distance": 0.01}.get(kind, 0.1)
    if CHANCE.fullmatch(column):
        return 0.01 if guarded else 0.001
    if column == "sd":
        return {"cost": 10.0, "ratio": 0.01, "distance": 0.1}.get(kind, 1.0)
    if column in COUNTS or QUANTILE.fullmatch(column):
        if kind == "places" or (column in ("places",) and kind == "cell"):
            return 1.0
        if guarded:
            return figure_base(kind)
        return {"distance": 0.1, "ratio": 0.01}.get(kind, 1.0)
    return None
