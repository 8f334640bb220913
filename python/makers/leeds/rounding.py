"""Whole numbers that keep their totals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def largest_remainder(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Share ``total`` out in proportion to ``weights``: whole numbers, ties to the first.

    Remainders are compared at nine decimals, so that the last bits of a platform's arithmetic
    cannot decide a tie.
    """
    if total == 0:
        return np.zeros(weights.shape, dtype=np.int64)
    if not weights.sum() > 0:
        raise ValueError("cannot share a total out over weights that sum to 0")
    exact = weights / weights.sum() * total
    floors: NDArray[np.int64] = np.floor(np.round(exact, 9)).astype(np.int64)
    remainders = np.round(exact - floors, 9)
    order = np.argsort(-remainders, kind="stable")
    floors[order[: total - int(floors.sum())]] += 1
    return floors
