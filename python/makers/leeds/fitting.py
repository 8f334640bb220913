"""A table that meets several two-way margins: implied zeros, proportional fitting, whole numbers.

Letters: x a cell, k a margin cell, A the incidence of cells on margin cells, b the margin counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, hstack, vstack

Vector = NDArray[np.float64]
TOLERANCE = 1e-9
MOST_PASSES = 100_000


@dataclass(frozen=True)
class Margin:
    """One margin: for every cell the margin cell it counts in (-1: in none), and the counts."""

    member_of: NDArray[np.int64]
    counts: Vector

    @classmethod
    def over(cls, keys: pd.Series[str], counts: dict[str, float]) -> Margin:
        """From a key per cell (missing: in no margin cell); keys without a count are in none."""
        order = {key: position for position, key in enumerate(counts)}
        member_of = keys.map(order).fillna(-1).to_list()
        return cls(np.array(member_of, dtype=np.int64), np.array(list(counts.values()), dtype=float))

    def incidence(self) -> csr_matrix:
        """Zero-one matrix, margin cells by table cells."""
        members = np.flatnonzero(self.member_of >= 0)
        return csr_matrix(
            (np.ones(len(members)), (self.member_of[members], members)),
            (len(self.counts), len(self.member_of)),
        )

    def sums(self, cells: Vector) -> Vector:
        """What the cells add up to in every margin cell."""
        # One bin more than margin cells: the last takes what belongs to none.
        bins = np.where(self.member_of < 0, len(self.counts), self.member_of)
        sums = np.bincount(bins, weights=cells, minlength=len(self.counts) + 1)
        return sums[:-1].astype(float)

    def spread(self, values: Vector, elsewhere: float) -> Vector:
        """The margin's value at every cell; ``elsewhere`` for cells in no margin cell."""
        return np.append(values, elsewhere)[self.member_of]


def _passes(prior: Vector, margins: list[Margin]) -> tuple[Vector, float]:
    """Iterative proportional fitting until every margin is within tolerance, or too many passes."""
    cells = prior.copy()
    gap = np.inf
    for _ in range(MOST_PASSES):
        for margin in margins:
            sums = margin.sums(cells)
            factor = np.divide(margin.counts, sums, out=np.zeros_like(sums), where=sums > 0)
            cells = cells * margin.spread(factor, 1.0)
        gap = max(float(np.abs(m.sums(cells) - m.counts).max()) for m in margins)
        if gap < TOLERANCE:
            break
    return cells, gap


def implied_zeros(margins: list[Margin], opened: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Cells that every table with these margins has at zero.

    Proportional fitting reaches them only like 1/n: without their removal it never gets to 1e-9.
    One linear program finds them all: with x = y + z, z at most 1 and the margins free to grow in
    step, the largest sum of z has z = 1 wherever some table is positive, and 0 elsewhere.
    """
    cells = np.flatnonzero(opened)
    incidence = vstack([margin.incidence() for margin in margins]).tocsr()[:, cells]
    counts = np.concatenate([margin.counts for margin in margins])
    program = hstack([incidence, incidence, csr_matrix(-counts[:, None])]).tocsr()
    objective = np.concatenate([np.zeros(len(cells)), -np.ones(len(cells)), [0.0]])
    upper = np.concatenate([np.full(len(cells), np.inf), np.ones(len(cells)), [np.inf]])
    lower = np.concatenate([np.zeros(2 * len(cells)), [1.0]])
    answer = linprog(
        objective,
        A_eq=program,
        b_eq=np.zeros(len(counts)),
        bounds=np.column_stack([lower, upper]),
        method="highs",
    )
    if not answer.success:
        raise ValueError(f"margins cannot be met together: {answer.message}")
    grown = np.asarray(answer.x)[len(cells) : 2 * len(cells)]
    return np.flatnonzero(opened)[grown < 0.5]


def fit(prior: Vector, margins: list[Margin]) -> tuple[Vector, NDArray[np.int64]]:
    """The table nearest to the prior (Kullback-Leibler) that meets the margins to 1e-9.

    Also gives the implied zeros that had to be removed.
    """
    cells = prior.astype(float)
    for margin in margins:
        cells = np.where(margin.spread(margin.counts, 1.0) == 0, 0.0, cells)
    zeros = implied_zeros(margins, cells > 0)
    cells[zeros] = 0.0
    fitted, gap = _passes(cells, margins)
    if gap >= TOLERANCE:
        raise ValueError(f"proportional fitting stopped {gap:.1e} from the margins")
    return fitted, zeros


def round_to_margins(fitted: Vector, margins: list[Margin]) -> NDArray[np.int64]:
    """Floor or ceiling of every cell such that all margins hold exactly, nearest to ``fitted``.

    An integer program. Several tables can be as near: solvers, and versions of one, break such ties
    differently, which is why the answer is committed and read back.
    """
    floors = np.floor(np.round(fitted, 7))
    parts = fitted - floors
    free = np.flatnonzero(np.round(parts, 7) > 0)
    incidence = vstack([margin.incidence() for margin in margins]).tocsr()[:, free]
    left = np.concatenate([margin.counts - margin.sums(floors) for margin in margins])
    answer = milp(
        c=1.0 - 2.0 * parts[free],
        constraints=LinearConstraint(incidence, left, left),
        integrality=np.ones(len(free)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 1e-6, "time_limit": 300.0},
    )
    if answer.x is None:
        raise ValueError(f"no rounding meets every margin: {answer.message}")
    rounded = floors.astype(np.int64)
    rounded[free] += np.round(answer.x).astype(np.int64)
    for margin in margins:
        if not np.array_equal(margin.sums(rounded.astype(float)), margin.counts):
            raise ValueError("the rounding does not meet every margin")
    return rounded
