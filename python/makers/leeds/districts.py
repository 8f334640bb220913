"""A home district for every plan of the base year: synthetic, seeded, by people and deprivation.

Plans by district are not published. One draw per child, not a proportional share: rounded shares
would give every district the same rate and no small district any plan.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .official_files import Counts

SEED = 20_250_116
"""January 2025 census day; any other value gives an equally good sample."""

RISK_MOST_OVER_LEAST_DEPRIVED = {
    "SEMH": 2.6,
    "MLD": 2.6,
    "HI": 1.3,
    "VI": 1.3,
    "MSI": 1.3,
    "PD": 1.3,
}
USUAL_RISK = 1.9
"""Plans per child, most over least deprived tenth: our choice, steeper for SEMH and moderate
learning difficulty, nearly flat for sensory and physical need; log-linear in between."""

LAST_SETTLED_AGE = 17
SETTLED_AGES = range(12, 18)
"""Students fill LS2 and LS6 and few of them hold a plan: from 18 on a plan's district follows the
residents of secondary age."""

FULL = 0.5
"""A district may not hold more plans of an age than this share of its residents of the age."""


def uniforms(count: int, seed: int) -> Counts:
    """Uniforms on [0, 1) from the counter-based Philox4x64-10, whose words no version changes."""
    words = np.random.Philox(key=seed).random_raw(count)
    return (words >> np.uint64(11)).astype(float) * 2.0**-53


def relative_risk(deciles: Counts, need: str) -> Counts:
    """Relative risk by district; deciles are 1 (most deprived) to 10."""
    gradient = np.log(RISK_MOST_OVER_LEAST_DEPRIVED.get(need, USUAL_RISK)) / 9.0
    return np.asarray(np.exp(gradient * (5.5 - deciles)))


def assign(
    table: pd.DataFrame,
    people: Counts,
    decile: Counts,
    areas: list[str],
    seed: int = SEED,
) -> pd.DataFrame:
    """Columns area, age, need, setting, plans, from age, need, setting, plans.

    ``people``: residents in January of the base year, district (in the order of ``areas``) by age;
    ``decile``: deprivation by district.
    """
    settled = people[:, list(SETTLED_AGES)].sum(axis=1)
    room = np.floor(people * FULL).astype(np.int64)
    chances = uniforms(int(table["plans"].sum()), seed)
    counts: dict[tuple[int, int], int] = {}
    child = 0
    for row, (age, need, plans) in enumerate(zip(table["age"], table["need"], table["plans"], strict=True)):
        weights = people[:, age] if age <= LAST_SETTLED_AGE else settled
        weights = weights * relative_risk(decile, need)
        for _ in range(plans):
            edges = np.cumsum(np.where(room[:, age] > 0, weights, 0.0))
            area = int(np.searchsorted(edges, chances[child] * edges[-1], side="right"))
            room[area, age] -= 1
            counts[area, row] = counts.get((area, row), 0) + 1
            child += 1
    keys = sorted(counts)
    cells = table.iloc[[row for _, row in keys]].reset_index(drop=True)
    placed = cells.assign(area=[areas[area] for area, _ in keys], plans=[counts[key] for key in keys])
    return placed[["area", "age", "need", "setting", "plans"]]
