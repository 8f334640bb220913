"""occupied.csv: a site for every Leeds child in a commissioned setting: synthetic, seeded.

Each setting, phase and need group holds as many seats as children, shared over its parts by places
and by how full a site is. A child takes a seat drawn by seats left and nearness among the parts
that admit the child's age and need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .districts import uniforms
from .parts import PARTS, Part, group_of, phase_of
from .register import Site
from .register_other import BY_ID
from .rounding import largest_remainder
from .supply import BASE, COMMISSIONED, held_for_others

SEED = 20_250_118
FULL_SPREAD = 0.06
"""A site's children over its places differ from their cell's by up to this share: our choice."""
NEAR_KM = 4.0
"""A seat this much farther is less likely by a factor of e: our choice; travel is not published."""
EARTH_KM = 6371.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Child:
    """One plan: where the child lives, age, need."""

    area: str
    age: int
    need: str


def kilometres(one: Point, other: Point) -> float:
    """Great-circle distance."""
    south, north = math.radians(one[0]), math.radians(other[0])
    east = math.radians(other[1] - one[1])
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def occupied_table(base: pd.DataFrame, places: dict[Part, int], areas: pd.DataFrame) -> pd.DataFrame:
    """Columns site, year, age, need, plans; all children of special, partnership, resourced, ap."""
    centroids = {
        str(area): (float(latitude), float(longitude))
        for area, latitude, longitude in zip(areas["area"], areas["latitude"], areas["longitude"], strict=True)
    }
    held = held_for_others(places)
    net = {part: places[part] - held[part] for part in places}
    fullness = _fullness()
    counts: dict[tuple[str, int, str], int] = {}
    cells: dict[tuple[str, str, str], list[Child]] = {}
    there = base[base["setting"].isin((*COMMISSIONED, "ap"))]
    columns = (there["setting"], there["area"], there["age"], there["need"], there["plans"])
    for setting, area, age, need, plans in zip(*columns, strict=True):
        cell = cells.setdefault((setting, phase_of(age), group_of(need)), [])
        cell += [Child(area, age, need)] * plans
    for number, (key, children) in enumerate(sorted(cells.items())):
        parts = [p for p in PARTS if p in net and (p.site.setting, p.phase, p.group) == key]
        weights = np.array([net[part] * fullness[part.site.site] for part in parts])
        weights = weights if weights.sum() > 0 else np.ones(len(parts))
        seats = dict(zip(parts, map(int, largest_remainder(weights, len(children))), strict=True))
        for child, part in _seat(children, seats, centroids, SEED + number):
            at = (part.site.site, child.age, child.need)
            counts[at] = counts.get(at, 0) + 1
    rows = [
        (site, BASE, age, need, counts[at])
        for at in sorted(counts, key=lambda at: (list(BY_ID).index(at[0]), at[1], at[2]))
        for site, age, need in (at,)
    ]
    return pd.DataFrame(rows, columns=["site", "year", "age", "need", "plans"])


def _fullness() -> dict[str, float]:
    spread = uniforms(len(BY_ID), SEED) * 2 - 1
    return {site: 1 + FULL_SPREAD * float(u) for site, u in zip(BY_ID, spread, strict=True)}


def _place(site: Site, centroids: dict[str, Point]) -> Point:
    return site.coordinates or centroids[site.area]


def _seat(
    children: list[Child], seats: dict[Part, int], centroids: dict[str, Point], seed: int
) -> list[tuple[Child, Part]]:
    """Children with their parts; those whom few parts admit choose first, else in a drawn order."""
    parts = list(seats)
    left = dict(seats)
    chances = uniforms(2 * len(children), seed)
    choice = [[part for part in parts if part.admits(c.age, c.need)] for c in children]
    order = sorted(range(len(children)), key=lambda i: (len(choice[i]), chances[i]))
    taken: dict[int, Part] = {}
    for i in order:
        free = [part for part in choice[i] if left[part]]
        if not free:
            free = [_make_room(choice[i], children, taken, left)]
        home = centroids[children[i].area]
        near = [math.exp(-kilometres(home, _place(p.site, centroids)) / NEAR_KM) for p in free]
        edges = np.cumsum(np.array([left[p] for p in free]) * np.array(near))
        drawn = int(np.searchsorted(edges, chances[len(children) + i] * edges[-1], side="right"))
        taken[i] = free[drawn]
        left[free[drawn]] -= 1
    return [(children[i], taken[i]) for i in range(len(children))]


def _make_room(wanted: list[Part], children: list[Child], taken: dict[int, Part], left: dict[Part, int]) -> Part:
    """Move one seated child to a free seat elsewhere; gives the part with the seat made free."""
    for i, part in taken.items():
        for other, seats in left.items():
            if part in wanted and seats and other.admits(children[i].age, children[i].need):
                taken[i] = other
                left[other] -= 1
                left[part] += 1
                return part
    raise ValueError("register.py has no seat left that admits every child of a cell")
