"""Synthetic authorities: children with plans counted in cells of age, need and setting, from a process we know."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

AGES = 26
Counts = NDArray[np.int64]
Rates = NDArray[np.float64]
# Ages after ageing on that share a matrix of moves: within a phase, and each year of phase transfer.
CLASSES = ((0, 3), (4, 4), (5, 10), (11, 11), (12, 15), (16, 16), (17, 17), (18, 18), (19, 19), (20, 25))


def class_of(age: int) -> int:
    return next(i for i, (first, last) in enumerate(CLASSES) if first <= age <= last)


@dataclass
class Process:
    """What happens to children in a year: chances by age after ageing on."""

    ceasing: Rates  # (age,)
    moves: Rates  # (class, need, setting before, setting after)
    first: Rates  # (class, need, setting)
    incidence: Rates  # (age, need): new plans a year and resident


@dataclass
class Year:
    """What happened in the year to a January, at the age after ageing on, and who is there then."""

    stock: Counts  # (age, need, setting)
    moved: Counts = field(default_factory=lambda: np.zeros(0, int))  # (age, need, before, after), stayers included
    ceased: Counts = field(default_factory=lambda: np.zeros(0, int))  # (age to 26, need, setting)
    new: Counts = field(default_factory=lambda: np.zeros(0, int))  # (age, need, setting)


def split(rng: np.random.Generator, number: Counts, shares: Rates) -> Counts:
    """Multinomials of the last axis."""
    return rng.multinomial(number, np.broadcast_to(shares, (*number.shape, shares.shape[-1])))


def step(rng: np.random.Generator, stock: Counts, process: Process, wanted_new: Rates) -> Year:
    """One year: age on, cease, move, join. `wanted_new` is the mean of new plans by age and need."""
    aged = np.zeros_like(stock)
    aged[1:] = stock[:-1]
    ceased = np.zeros((AGES + 1, *stock.shape[1:]), int)
    ceased[AGES] = stock[-1]  # plans end with the 26th birthday
    ceased[:AGES] = rng.binomial(aged, process.ceasing[:, None, None])
    kinds = np.array([class_of(age) for age in range(AGES)])
    moved = split(rng, aged - ceased[:AGES], process.moves[kinds])
    new = split(rng, rng.poisson(wanted_new), process.first[kinds])
    return Year(moved.sum(axis=2) + new, moved, ceased, new)
