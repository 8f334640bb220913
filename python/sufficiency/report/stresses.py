"""What matters most: one assumption at a time is moved by a tenth, on the mean path."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.errors import Error
from sufficiency.project import project
from sufficiency.projection import Projection
from sufficiency.scenario import Scenario

TENTH = 0.1  # our choice: a size that anybody can picture, the same for all


def stresses(base: Projection) -> pd.DataFrame:
    """Columns name (short), what, change: children more in need of a place in the last January, mean path.

    An assumption that the model has no rate for is left out. The mean path is one run without chance, so a row is
    an order of magnitude, not a forecast.
    """
    first, to = int(base.recipe["base_year"]) + 1, int(base.recipe["to"])
    usual = {"from": first, "reason": "stress", "owner": "report"}

    def scaled(rate: str, factor: float) -> dict[str, Any]:
        return {"kind": "scale_rate", "rate": rate, "factor": factor} | usual

    tried = [
        ("New plans: one in ten more", "One in ten more new plans each year", scaled("new_plans", 1 + TENTH)),
        ("Plans ceasing: one in ten fewer", "One in ten fewer plans ceasing a year", scaled("ceasing", 1 - TENTH)),
        ("Special schools: one in ten not sent",
         "One in ten of those who would be given a special school kept in mainstream", {
            "kind": "redirect", "from_setting": "special", "to_setting": "mainstream", "share": TENTH,
            "at": ["new_plan", "phase_transfer", "review"], "ages": [4, 15],
        } | usual),
    ]  # fmt: skip
    before = _demand(base, [], to)
    rows = []
    for name, what, change in tried:
        try:
            rows.append((name, what, _demand(base, [Scenario(what, [change])], to) - before))
        except Error:
            continue
    latent = _demand(base, [], to, basis="latent") - before
    if latent > 0:
        rows.append(
            (
                "Hidden need: counted in",
                "Children in mainstream who should be elsewhere, counted in (a central estimate)",
                latent,
            )
        )
    table = pd.DataFrame(rows, columns=["name", "what", "change"])
    return table.reindex(table["change"].abs().sort_values(ascending=False, kind="stable").index)


def _demand(base: Projection, more: list[Scenario], to: int, **options: Any) -> float:
    path = project(base.fitted, to=to, seed=0, scenario=[*base.scenarios, *more], expectation=True, progress=False)
    table = path.demand(**options)
    return float(table.loc[table["year"] == to, "mean"].iloc[0])
