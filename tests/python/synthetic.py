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


NEEDS = ("ASD", "SEMH", "MLD", "OTH")
SETTINGS = ("mainstream", "special", "independent_special", "fe")


def typical() -> Process:
    """Most stay within a phase; many move to special schools at 11 and to college at 16."""
    moves = np.zeros((len(CLASSES), 4, 4, 4))
    for at, (first, _) in enumerate(CLASSES):
        row = np.diag([0.93, 0.985, 0.97, 0.98]) if first not in (11, 16) else np.diag([0.72, 0.97, 0.93, 1.0])
        row[0, 1:3] += (1 - row[0, 0]) * np.array([0.8, 0.2])
        row[1, 2] += 1 - row[1, 1]
        row[2, 0] += 1 - row[2, 2]
        row[3, 0] += 1 - row[3, 3]
        if first >= 16:
            stay = 0.45 if first == 16 else 0.85
            row = np.diag([stay] * 3 + [1.0])
            row[:3, 3] = 1 - stay
        moves[at] = row
    first = np.array([[0.75, 0.2, 0.05, 0.0] if last < 16 else [0.3, 0.1, 0.1, 0.5] for _, last in CLASSES])
    ceasing = np.array([0.01] * 16 + [0.08, 0.12, 0.2, 0.35, 0.3, 0.3, 0.3, 0.3, 0.35, 0.6])
    profile = np.interp(np.arange(AGES), [0, 2, 4, 10, 14, 16, 20, 25], [0, 3, 6, 4, 3, 2, 0.3, 0]) / 1000
    incidence = profile[:, None] * np.array([0.45, 0.25, 0.25, 0.05])
    return Process(ceasing, moves, np.repeat(first[:, None], 4, axis=1), incidence)
