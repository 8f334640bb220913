"""What it is worth to know something before choosing (value of information)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GROUPS = {
    "phase": "which phase they are in",
    "need": "which needs they have",
    "area": "where they live",
}
TOTAL = "how many children need a place"
BINS = 5
SHUFFLES = 50
"""Groups of draws alike in what is learnt, and shuffles that show what noise alone gives. Chosen for 40 draws."""


def perfect_information(values: NDArray[np.float64]) -> float:
    """Expected value of knowing the row before choosing the column: mean of the best less the best mean (Raiffa
    and Schlaifer 1961). `values` has shape (draw or regime, option)."""
    return float(values.max(axis=1).mean() - values.mean(axis=0).max())


def partial_information(summary: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Expected value of knowing a summary of each draw before choosing: draws are put into groups alike in it, and
    the best option of each group is taken."""
    groups = np.array_split(np.argsort(summary, kind="stable"), min(BINS, len(summary)))
    best = sum(len(group) * values[group].mean(axis=0).max() for group in groups)
    return float(best / len(summary) - values.mean(axis=0).max())


def value_of_learning(
    axis: str, demand: NDArray[np.float64], values: NDArray[np.float64], seed: int
) -> list[tuple[str, float, float]]:
    """Worth of knowing how many there are, and how they are split over an axis: (what, value, value by chance).

    The split is summed up by its direction of most variance. A few draws a group always promise something: the
    value under shuffled draws says how much of it is noise.
    """
    total = demand.sum(axis=1).astype(float)
    shares = demand / np.maximum(total, 1.0)[:, None]
    centred = shares - shares.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    luck = np.random.Generator(np.random.PCG64([seed, len(total)]))
    shuffled = [luck.permutation(len(total)) for _ in range(SHUFFLES)]
    found = []
    for what, summary in ((TOTAL, total), (GROUPS[axis], centred @ direction)):
        chance = np.mean([partial_information(summary[order], values) for order in shuffled])
        found.append((what, partial_information(summary, values), float(chance)))
    return found
