"""waiting.csv: documented waiting for a specialist place: wholly synthetic, and small.

No figure is published: "awaiting provision" counts mostly people over school age in education.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .districts import uniforms
from .margins import NEED_ORDER

SEED = 20_250_119
CHILDREN = 40
"""Our choice, about one and a half in a hundred of the children in commissioned places."""
WEIGHTS = {"unplaced": 5.0, "mainstream": 1.0}
"""Where they are meanwhile: five times as likely among the unplaced as in mainstream; our choice."""
NEEDS = ("ASD", "SLCN", "SEMH", "MLD", "SLD")


def waiting_table(base: pd.DataFrame, year: int) -> pd.DataFrame:
    """Columns year, area, age, need, plans; Reception to Year 11, all counted in plans as well."""
    there = base[base["setting"].isin(list(WEIGHTS)) & base["age"].between(4, 15) & base["need"].isin(NEEDS)]
    children = there.loc[there.index.repeat(there["plans"])].reset_index(drop=True)
    weights = children["setting"].map(WEIGHTS).to_numpy(float)
    # Efraimidis and Spirakis (2006): the largest u^(1/w) are a weighted sample without replacement.
    keys = np.log(uniforms(len(children), SEED) + 2.0**-54) / weights
    chosen = children.iloc[np.sort(np.argsort(-keys, kind="stable")[:CHILDREN])]
    table = chosen.groupby(["area", "age", "need"], sort=False).size().rename("plans").reset_index()
    table["area_rank"] = table["area"].map({area: i for i, area in enumerate(base["area"].unique())})
    table["need_rank"] = table["need"].map({need: i for i, need in enumerate(NEED_ORDER)})
    table = table.sort_values(["area_rank", "age", "need_rank"], kind="stable").assign(year=year)
    return table[["year", "area", "age", "need", "plans"]]
