"""What matters most: one assumption at a time is moved by a tenth, on the mean path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sufficiency.errors import Error
from sufficiency.project import project
from sufficiency.projection import Projection
from sufficiency.release import Released, shown
from sufficiency.scenario import Scenario

TENTH = 0.1  # our choice: a size that anybody can picture, the same for all
UNCHANGED = "unchanged"
HIDDEN = "hidden need"

WORDS = {
    "new plans": ("New plans: one in ten more", "One in ten more new plans each year"),
    "ceasing": ("Plans ceasing: one in ten fewer", "One in ten fewer plans ceasing a year"),
    "special": (
        "Special schools: one in ten not sent",
        "One in ten of those who would be given a special school kept in mainstream",
    ),
    HIDDEN: (
        "Hidden need: counted in",
        "Children in mainstream who should be elsewhere, counted in (a central estimate)",
    ),
}
"""What is tried, in short for a picture, and whole."""


def stress_tables(base: Projection) -> dict[str, pd.DataFrame]:
    """Demand of the whole authority on the mean path, unchanged and with each assumption moved, to be released.

    An assumption that the model has no rate for is left out.
    """
    first = int(base.recipe["base_year"]) + 1
    usual = {"from": first, "reason": "stress", "owner": "report"}

    def scaled(rate: str, factor: float) -> dict[str, Any]:
        return {"kind": "scale_rate", "rate": rate, "factor": factor} | usual

    tried = {
        "new plans": scaled("new_plans", 1 + TENTH),
        "ceasing": scaled("ceasing", 1 - TENTH),
        "special": {
            "kind": "redirect", "from_setting": "special", "to_setting": "mainstream", "share": TENTH,
            "at": ["new_plan", "phase_transfer", "review"], "ages": [4, 15],
        } | usual,
    }  # fmt: skip
    tables = {UNCHANGED: _path(base, []).demand()}
    for name, change in tried.items():
        try:
            tables[name] = _path(base, [Scenario(WORDS[name][1], [change])]).demand()
        except Error:
            continue
    return tables | {HIDDEN: _path(base, []).demand(basis="latent")}


def stresses(released: Mapping[str, Released], to: int) -> pd.DataFrame:
    """Columns name (short), what, change: children more in need of a place in a January, largest first.

    The mean path is one run without chance, so a row is an order of magnitude, not a forecast.
    """
    at = {name: _of(shown(table).figures(), to) for name, table in released.items()}
    rows = [(*WORDS[name], value - at[UNCHANGED]) for name, value in at.items() if name != UNCHANGED]
    kept = [row for row in rows if row[0] != WORDS[HIDDEN][0] or row[2] > 0]
    table = pd.DataFrame(kept, columns=["name", "what", "change"])
    return table.reindex(table["change"].abs().sort_values(ascending=False, kind="stable").index)


def _of(table: pd.DataFrame, year: int) -> float:
    return float(table.loc[table["year"] == year, "mean"].iloc[0])


def _path(base: Projection, more: list[Scenario]) -> Projection:
    to, scenarios = int(base.recipe["to"]), [*base.scenarios, *more]
    return project(base.fitted, to=to, seed=0, scenario=scenarios, expectation=True, progress=False)
