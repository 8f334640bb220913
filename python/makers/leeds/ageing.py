"""Published ages on three bases, turned into ours: whole years on 31 August before the January.

What the bases are is inferred (leeds-sample facts; they fit Leeds and England), not stated.
"""

from __future__ import annotations

import numpy as np

from .official_files import LAST_AGE
from .rounding import largest_remainder

CEASING_WEIGHTS = {1: 4 / 18, 0: 13 / 18, -1: 1 / 18}
"""A plan that ceases at exact age x in a calendar year, evenly spread, belongs to age x+1 on 31
August when it ceases before a birthday that comes before it (2/3 of the year, a third of the
children), to x-1 when after (1/3, a sixth)."""

JANUARY_WEIGHTS = {0: 15 / 24, -1: 9 / 24}
"""Exact age in mid-January is one more than on 31 August for 4.5 months of birthdays between."""

FIRST_OF_ADULTS = 20
ADULTS = f"{FIRST_OF_ADULTS}-{LAST_AGE}"


def ceasing_ages(plans: dict[str, int]) -> dict[str, int]:
    """Plans by our age from plans by age at ceasing; whole numbers, total kept.

    The open group 20-25 stays a group: how its ages divide is not published.
    """
    exact: dict[str, float] = {}
    for label, count in plans.items():
        if label == ADULTS:
            exact[ADULTS] = exact.get(ADULTS, 0.0) + count
            continue
        for shift, weight in CEASING_WEIGHTS.items():
            age = int(label) + shift
            key = ADULTS if age >= FIRST_OF_ADULTS else str(age)
            exact[key] = exact.get(key, 0.0) + weight * count
    labels = sorted(exact, key=lambda label: int(label.split("-")[0]))
    counts = largest_remainder(np.array([exact[label] for label in labels]), sum(plans.values()))
    return dict(zip(labels, counts.tolist(), strict=True))


def weights_from_january_age(plans: dict[tuple[int, str], int]) -> dict[tuple[int, str], float]:
    """Weights by our age and setting from plans by exact age in January."""
    weights: dict[tuple[int, str], float] = {}
    for (age, setting), count in plans.items():
        for shift, weight in JANUARY_WEIGHTS.items():
            key = (max(0, age + shift), setting)
            weights[key] = weights.get(key, 0.0) + weight * count
    return weights
