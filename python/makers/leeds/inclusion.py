"""Children supported without a plan: Funding for Inclusion, wholly synthetic but for its size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .districts import assign
from .margins import NEED_ORDER
from .official_files import Counts
from .rounding import largest_remainder

CHILDREN = 5_000
"""The round figure of the project's brief; no published table that we hold confirms it."""
KIND = "funding_for_inclusion"
SEED = 20_250_117
AGE_WEIGHTS = {2: 0.15, 3: 0.5, 4: 0.8, **dict.fromkeys(range(5, 11), 1.0)} | dict.fromkeys(range(11, 16), 0.7)
"""Support per resident beside the primary ages: our choice; it starts in nursery and thins out in
secondary school."""


def support_table(
    base: pd.DataFrame,
    people: Counts,
    decile: Counts,
    areas: list[str],
    year: int,
) -> pd.DataFrame:
    """Columns year, area, age, need, kind, children; needs as among mainstream plans of the age."""
    ages = list(AGE_WEIGHTS)
    weights = np.array([AGE_WEIGHTS[age] * float(people[:, age].sum()) for age in ages])
    mainstream = base[(base["setting"] == "mainstream") & (base["need"] != "UNK")]
    rows = []
    for age, children in zip(ages, largest_remainder(weights, CHILDREN), strict=True):
        # Mainstream plans below 4 are too few to show needs by age.
        mix = mainstream[mainstream["age"] == max(age, 4)].groupby("need")["plans"].sum()
        needs = [need for need in NEED_ORDER if need in mix.index]
        counts = largest_remainder(mix.loc[needs].to_numpy(float), int(children))
        rows += [(age, need, KIND, count) for need, count in zip(needs, counts, strict=True)]
    table = pd.DataFrame(rows, columns=["age", "need", "setting", "plans"])
    placed = assign(table[table["plans"] > 0], people, decile, areas, SEED)
    placed = placed.rename(columns={"setting": "kind", "plans": "children"}).assign(year=year)
    return placed[["year", "area", "age", "need", "kind", "children"]]
