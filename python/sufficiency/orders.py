"""Shapley values: which worlds to run, and what each factor adds over all orders, or over many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

EXACT = 6
"""Most factors whose every combination is run: 64 worlds. Chosen: without a scenario there are six."""

World = frozenset[int]
"""Factors that are let go, by position; the others are held."""


@dataclass(frozen=True)
class Plan:
    """Worlds, and for each factor the pairs without and with it and how many orders hold each pair."""

    worlds: list[World]
    pairs: dict[int, list[tuple[World, World, int]]]
    orders: int


def exact(count: int) -> Plan:
    """All combinations of `count` factors: every order is in it."""
    worlds = [frozenset(some) for size in range(count + 1) for some in combinations(range(count), size)]
    pairs = {
        factor: [
            (world, world | {factor}, factorial(len(world)) * factorial(count - len(world) - 1))
            for world in worlds
            if factor not in world
        ]
        for factor in range(count)
    }
    return Plan(worlds, pairs, factorial(count))


def rotations(circle: Sequence[int]) -> Plan:
    """All rotations of a circle of factors in both directions: each factor stands equally often at each place, and
    each order comes with its reverse. The worlds are the circle's arcs, few beside so many orders."""
    count = len(circle)
    counts: dict[int, dict[tuple[World, World], int]] = {factor: {} for factor in circle}
    for way in (list(circle), list(circle)[::-1]):
        for turn in range(count):
            world: World = frozenset()
            for factor in way[turn:] + way[:turn]:
                then = world | {factor}
                counts[factor][world, then] = counts[factor].get((world, then), 0) + 1
                world = then
    worlds = {world for pairs in counts.values() for pair in pairs for world in pair}
    pairs = {factor: [(*pair, n) for pair, n in found.items()] for factor, found in counts.items()}
    return Plan(sorted(worlds, key=lambda world: (len(world), sorted(world))), pairs, 2 * count)


def shares(plan: Plan, values: Mapping[World, NDArray[np.float64]], count: int) -> list[NDArray[np.float64]]:
    """What each factor adds, averaged over the plan's orders. Whole numbers are summed before the one division, so
    the numerators add to the whole change without any rounding."""
    given = []
    for factor in range(count):
        total = sum(n * (values[then] - values[world]) for world, then, n in plan.pairs[factor])
        given.append(np.asarray(total) / plan.orders)
    return given
