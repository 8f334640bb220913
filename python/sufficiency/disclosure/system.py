"""Tables as one system: every cell once, the sums between cells, and what is printed of each in each year."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sufficiency.disclosure.counts import Counts
from sufficiency.disclosure.labels import (
    AGE,
    AXIS_DIMENSION,
    GEOGRAPHY,
    PLACE,
    Labels,
    bits,
)
from sufficiency.disclosure.rules import AXES, SMALLEST_WHOLE, figure_base, kind_of, step_of
from sufficiency.errors import InputError

Sides = tuple[int, int, int, int]
Labelled = tuple[str, ...]
"""Labels of a row, in the order of the table's axes."""

AGED = ("demand", "placed", "waiting", "independent", "shortfall", "travel")
SEATED = ("placed", "plans", "new_plans", "travel", "cost", "utilisation")
"""Measures whose setting is that of the site."""
DEMAND: tuple[object, ...] = ("demand", "observed")
LINKED = {DEMAND, ("placed",), ("waiting",), ("independent",), ("local",), ("held",)}
MOST_CROSSED = 3_000
"""Cells of all crossed axes together: more would take an attacker, and us, minutes (our choice)."""
FOLLOWED = (DEMAND, ("placed",), ("plans",))
"""Counts whose hidden cells hide what is worked out from them: cost, ratios, distances, latent demand."""


OF = "of"
"""Among the cells of a share's row, the one it is a share of."""


@dataclass
class Cell:
    """A quantity over a box."""

    quantity: tuple[object, ...]
    sides: Sides
    children: float
    state: str
    base: float
    whole: bool


@dataclass(frozen=True)
class World:
    """A year of a run: figures that obey one set of sums. The base year is one world for all runs."""

    year: int
    models: tuple[str, ...] = ()
    run: tuple[object, ...] = ()

    @property
    def base(self) -> bool:
        """Whether it is the base year."""
        return not self.models

    @property
    def signed(self) -> bool:
        """Whether it holds differences of two models."""
        return len(self.models) == 2


@dataclass(frozen=True)
class Printed:
    """One table to be released: what was asked, and which cells its rows show."""

    name: str
    table: pd.DataFrame
    ask: Mapping[str, Any]
    axes: list[str]
    kind: str
    cells: dict[Labelled, dict[str, int]]
    """Labels to the cell that each column shows; nothing for figures outside all sums."""
    guarded: dict[Labelled, bool]
    children: dict[Labelled, float]
    empty: set[Labelled]
    """Rows in which nobody can be."""
    wholes: Mapping[Labelled, float]
    """Of shares: base-year children, or pounds, of what each row is a share of."""


@dataclass
class System:
    """What is published together; `core` is what the core reads."""

    counts: Counts
    threshold: float
    cells: list[Cell] = field(default_factory=list)
    worlds: dict[World, int] = field(default_factory=dict)
    figures: list[tuple[int, int, float, float, bool]] = field(default_factory=list)
    _at: dict[tuple[tuple[object, ...], Sides], int] = field(default_factory=dict)
    _families: dict[tuple[int, tuple[int, ...]], None] = field(default_factory=dict)
    _tables: list[tuple[tuple[object, ...], frozenset[int], list[Sides]]] = field(default_factory=list)

    @property
    def labels(self) -> Labels:
        """The finest labels."""
        return self.counts.labels

    def add(self, name: str, table: pd.DataFrame, ask: Mapping[str, Any]) -> Printed:
        """A table's cells, margins and families; figures are added by `print_figures`."""
        axes = [axis for axis in ask["by"] if axis in AXES]
        kind, measure = kind_of(ask), str(ask["measure"])
        # A share is a count over another: both are cells, so it is shown only where both could be.
        share = ask["within"] is not None
        counting = kind_of({**ask, "within": None})
        wholes = self.counts.wholes(ask) if share else {}
        columns = {"mean": quantities(ask)["mean"]} if share else quantities(ask)
        rows = table[axes].astype(str).drop_duplicates()
        labelled: list[Labelled] = [tuple(row) for row in rows.itertuples(index=False, name=None)]
        counted = {} if kind == "places" else self.counts.of(ask)
        found: dict[Labelled, dict[str, int]] = {}
        guarded: dict[Labelled, bool] = {}
        children: dict[Labelled, float] = {}
        empty: set[Labelled] = set()
        shown: dict[str, list[tuple[Labelled, Sides]]] = {}
        for labels in labelled:
            held = counted.get(labels, {"mean": 0.0})
            found[labels], children[labels] = {}, held["mean"]
            if ask["measure"] == "shortfall" and ask["kind"] == "local":
                children[labels] = min(held.values())
            for column, quantity in columns.items():
                sides = self._sides(axes, labels, ask, measure in SEATED)
                guarded[labels] = kind != "places" and self._below(axes, labels, ask, sides)
                if 0 in sides:
                    empty.add(labels)
                    continue
                if counting in ("places", "distance", "ratio"):
                    continue
                shown.setdefault(column, []).append((labels, sides))
                state = "guarded" if guarded[labels] else "open"
                whole = counting == "children" and quantity[-1] not in ("latent", "upper")
                cell = Cell(quantity, sides, held.get(column, held["mean"]), state, figure_base(counting), whole)
                found[labels][column] = self._cell(cell)
                if labels in wholes:
                    found[labels][OF] = self._whole_of(cell, axes, labels, ask, wholes[labels])
        for column, quantity in columns.items():
            every_rowshown = [(row, sides) for row, sides in shown.get(column, []) if "all" not in row]
            self._margins(
                quantity, every_rowshown, axes, {row: cells.get(column, -1) for row, cells in found.items()}
            )
        return Printed(name, table, ask, axes, kind, found, guarded, children, empty, wholes)

    def _whole_of(
        self, part: Cell, axes: list[str], labels: Labelled, ask: Mapping[str, Any], children: float
    ) -> int:
        """The cell that a share's row is a share of."""
        kept = {axis: label for axis, label in zip(axes, labels, strict=True) if axis in ask["within"]}
        names, row = list(kept), tuple(kept.values())
        sides = self._sides(names, row, ask, str(ask["measure"]) in SEATED)
        state = "guarded" if self._below(names, row, ask, sides) else "open"
        return self._cell(Cell(part.quantity, sides, children, state, part.base, part.whole))

    def print_figures(self, printed: Printed, *, earlier: bool = False, apart: object = None) -> None:
        """What the rows of a table show of their cells; `earlier`: in a release that is out already."""
        attrs, table = printed.table.attrs, printed.table
        base_year, models = self.counts.base_year, tuple(attrs.get("model", ("",)))
        run = (attrs.get("seed"), attrs.get("draws"), apart)
        labels = table[printed.axes].astype(str).itertuples(index=False, name=None)
        years = [int(year) for year in table["year"]] if "year" in table.columns else [base_year] * len(table)
        columns = {
            column: list(table[column]) for column in ("mean", "demand", "places", "p50") if column in table
        }
        for position, (row, year) in enumerate(zip(labels, years, strict=True)):
            for column, cell in printed.cells[tuple(row)].items():
                at_base = year == base_year and self.cells[cell].quantity[-1] not in ("latent", "upper")
                if at_base and len(models) > 1:
                    continue  # Scenarios begin alike: a difference of 0 tells nothing.
                # Without a mean, the median of the base year is the count; later medians do not add up.
                source = column if column in columns else "p50" if column == "mean" and at_base else None
                value = columns[source][position] if source in columns else None
                if not isinstance(value, (int, float)) or pd.isna(value):
                    continue
                step = step_of(column, printed.kind, printed.guarded[tuple(row)])
                if printed.kind == "ratio":
                    # Only in the base year is a share of means the mean share. It is counted in thousandths.
                    whole = printed.wholes.get(tuple(row), 0.0)
                    if not at_base or whole < SMALLEST_WHOLE:
                        continue
                    value = value * whole if earlier else self.cells[cell].children
                    step = ((step or 0.0) + 0.001) * whole
                place = World(year, run=(apart,)) if at_base else World(year, models, run)
                world = self.worlds.setdefault(place, len(self.worlds))
                self.figures.append((world, cell, float(value), float(step or 0.0), earlier))

    def hide(self, cells: Iterable[int]) -> bool:
        """Hide cells whatever they rest on; whether any was not hidden by decree before."""
        fresh = [cell for cell in cells if self.cells[cell].state == "guarded"]
        for cell in fresh:
            self.cells[cell].state = "hidden"
        return bool(fresh)

    def core(self) -> dict[str, Any]:
        """The system as the core reads it."""
        sets: dict[tuple[int, int], int] = {}
        quantities_: dict[tuple[object, ...], int] = {}

        def side(dimension: int, mask: int) -> int:
            return sets.setdefault((dimension, mask), len(sets))

        links = self._joint() + self._links()
        cells = [
            (
                quantities_.setdefault(cell.quantity, len(quantities_)),
                [side(dimension, mask) for dimension, mask in enumerate(cell.sides)],
                cell.children,
                cell.state,
                cell.base,
                cell.whole,
            )
            for cell in self.cells
        ]
        return {
            "sets": [bits(mask) for _, mask in sets],
            "cells": cells,
            "families": [(dimension, list(family)) for dimension, family in self._families],
            "links": links,
            "worlds": [(world.base, world.signed) for world in self.worlds],
            "ties": self._ties(),
            "figures": self.figures,
        }

    def followers(self, hidden: Sequence[bool]) -> list[int]:
        """Shown cells worked out from hidden ones: cost and latent demand where children are hidden."""
        spots = self.hidden_spots(hidden)
        worked_out = [n for n, cell in enumerate(self.cells) if cell.quantity[0] == "cost" or not cell.whole]
        return [n for n in worked_out if not hidden[n] and self.spot(self.cells[n].sides) in spots]

    def hidden_spots(self, hidden: Sequence[bool]) -> set[tuple[int, int, int]]:
        """Where children of all school ages are hidden."""
        school = self.labels.between(4, 15)
        return {
            self.spot(cell.sides)
            for cell, hides in zip(self.cells, hidden, strict=True)
            if hides and cell.quantity in FOLLOWED and cell.sides[AGE] & school == school
        }

    def spot(self, sides: Sides) -> tuple[int, int, int]:
        """Geography, need and place of a cell; 0 for all places."""
        return sides[0], sides[1], 0 if self._everywhere(sides) else sides[PLACE]

    def _everywhere(self, sides: Sides) -> bool:
        return sides[PLACE] in (self.labels.full(PLACE, True), self.labels.full(PLACE, False))

    def sides_of(self, printed: Printed, row: Labelled) -> Sides:
        """The box of a row."""
        return self._sides(printed.axes, row, printed.ask, printed.ask["measure"] in SEATED)

    def _cell(self, cell: Cell) -> int:
        key = (cell.quantity, cell.sides)
        if key not in self._at:
            self._at[key] = len(self.cells)
            self.cells.append(cell)
        held = self.cells[self._at[key]]
        if held.state.startswith("implied") and not cell.state.startswith("implied"):
            held.state, held.children = cell.state, cell.children
        return self._at[key]

    def _sides(self, axes: list[str], row: Labelled, ask: Mapping[str, Any], seated: bool) -> Sides:
        sides = [self.labels.full(dimension, seated) for dimension in range(4)]
        if ask["measure"] in AGED:
            sides[AGE] = self.labels.between(*ask["ages"])
        for axis, labels in ask["filter"]:
            kept = 0
            for label in labels:
                kept |= self.labels.side(axis, label, seated)
            sides[AXIS_DIMENSION[axis]] &= kept
        for axis, label in zip(axes, row, strict=True):
            if label != "all":
                sides[AXIS_DIMENSION[axis]] &= self.labels.side(axis, label, seated)
        return sides[0], sides[1], sides[2], sides[3]

    def _below(self, axes: list[str], row: Labelled, ask: Mapping[str, Any], sides: Sides) -> bool:
        """Whether a row is of less than the whole authority: a part of its area, or a site."""
        site = any(axis == "site" and label != "all" for axis, label in zip(axes, row, strict=True))
        site = site or any(axis == "site" for axis, _ in ask["filter"])
        return site or sides[GEOGRAPHY] != self.labels.full(GEOGRAPHY, False)

    def _margins(
        self,
        quantity: tuple[object, ...],
        rows: list[tuple[Labelled, Sides]],
        axes: list[str],
        at: Mapping[Labelled, int],
    ) -> None:
        """Families of a table's rows and of its margins, which anybody can add up; margins become cells."""
        used = sorted({AXIS_DIMENSION[axis] for axis in axes})
        self._tables.append((quantity, frozenset(used), [sides for _, sides in rows]))
        whole = [0, 0, 0, 0]
        for _, sides in rows:
            for dimension in range(4):
                whole[dimension] |= sides[dimension]
        level = {sides: at[row] for row, sides in rows}
        for size in range(len(used), -1, -1):
            for kept in itertools.combinations(used, size):
                cells = level if size == len(used) else self._margin(quantity, level, kept, whole, used)
                for dimension in kept:
                    beside: dict[tuple[int, ...], list[int]] = {}
                    for sides, cell in cells.items():
                        others = (*sides[:dimension], 0, *sides[dimension + 1 :])
                        beside.setdefault(others, []).append(cell)
                    for family in beside.values():
                        self._families[dimension, tuple(sorted(family))] = None
        # A table of some needs, ages or areas only is a part of what another shows whole.
        for sides, cell in level.items():
            for dimension in set(range(4)) - set(used):
                full = {self.labels.full(dimension, seated) for seated in (True, False)}
                if sides[dimension] not in full:
                    self._families[dimension, (cell,)] = None

    def _margin(
        self,
        quantity: tuple[object, ...],
        level: Mapping[Sides, int],
        kept: tuple[int, ...],
        whole: list[int],
        used: list[int],
    ) -> dict[Sides, int]:
        summed: dict[Sides, list[int]] = {}
        for sides, cell in level.items():
            dropped = [d for d in used if d not in kept]
            margin = tuple(whole[d] if d in dropped else sides[d] for d in range(4))
            summed.setdefault((margin[0], margin[1], margin[2], margin[3]), []).append(cell)
        cells = {}
        for margin, parts in summed.items():
            held = [self.cells[part] for part in parts]
            below = margin[GEOGRAPHY] != self.labels.full(GEOGRAPHY, False) or (
                PLACE in kept and any(cell.state == "guarded" for cell in held)
            )
            state = "implied_guarded" if below else "implied"
            count = sum(cell.children for cell in held)
            cells[margin] = self._cell(Cell(quantity, margin, count, state, held[0].base, held[0].whole))
        return cells

    def _joint(self) -> list[tuple[int, list[int], bool]]:
        """Cells of several tables crossed, none of which is printed, and the sums of them that are.

        Tables that share axes in pairs bound each other, since no cell of all axes at once holds fewer than no
        children. So those cells are unknowns too.
        """
        links = []
        for group in (LINKED, *({each} for each, _, _ in self._tables if each not in LINKED)):
            tables = [each for each in self._tables if each[0] in group]
            crossed = frozenset(d for _, used, _ in tables if len(used) > 1 for d in used)
            if not crossed:
                continue
            apart = [dimension for dimension in range(4) if dimension not in crossed]
            roots = {self._root(sides, apart) for _, used, rows in tables if len(used) > 1 for sides in rows}
            rows = [(quantity, row) for quantity, used, held in tables if len(used) > 1 for row in held]
            for quantity in dict.fromkeys(each for each, _, _ in tables):
                links += self._crossed(quantity, crossed, roots, rows)
        return links

    def _root(self, sides: Sides, apart: list[int]) -> tuple[int, ...]:
        """What a cell is beside the crossed dimensions; all places are one, whichever way they are listed."""
        return tuple(0 if at == PLACE and self._everywhere(sides) else sides[at] for at in apart)

    def _crossed(
        self,
        quantity: tuple[object, ...],
        crossed: frozenset[int],
        roots: set[tuple[int, ...]],
        rows: list[tuple[tuple[object, ...], Sides]],
    ) -> list[tuple[int, list[int], bool]]:
        """One quantity's cells over all crossed dimensions, and its printed cells as sums of them."""
        apart = [dimension for dimension in range(4) if dimension not in crossed]
        mine = {
            sides: cell
            for (held, sides), cell in self._at.items()
            if held == quantity and self._root(sides, apart) in roots
        }
        links: list[tuple[int, list[int], bool]] = []
        if not mine:
            return links
        # As fine as the crossed tables: a finer table of one axis hangs on by that axis alone.
        finest = {
            d: _finest(
                [sides[d] for held, sides in rows if d != PLACE or held == quantity]
                + [functools.reduce(operator.or_, (sides[d] for sides in mine))]
            )
            for d in crossed
        }
        size = math.prod(len(sets) for sets in finest.values())
        if size > MOST_CROSSED:
            raise InputError(
                f"tables of {quantity[0]} cross too many axes to be judged together: {size:,} cells, at most "
                f"{MOST_CROSSED:,} [too-fine]\n\nhint: release fewer crossed tables at once, or coarser ones"
            )
        example = self.cells[next(iter(mine.values()))]
        for kept in {tuple(sides[at] for at in apart) for sides in mine}:
            atoms: dict[Sides, int] = {}
            for sets in itertools.product(*finest.values()):
                sides = dict(zip(finest, sets, strict=True)) | dict(zip(apart, kept, strict=True))
                key = (sides[0], sides[1], sides[2], sides[3])
                atoms[key] = self._cell(Cell(quantity, key, 0.0, "implied", example.base, example.whole))
            for whole, cell in mine.items():
                parted = any(part & whole[d] not in (0, part) for d, sets in finest.items() for part in sets)
                if tuple(whole[at] for at in apart) != kept or whole in atoms or parted:
                    continue
                inside = [at for key, at in atoms.items() if all(key[d] & whole[d] for d in crossed)]
                links.append((cell, inside, False))
        return links

    def _links(self) -> list[tuple[int, list[int], bool]]:
        """Sums between quantities of one box, all places together."""
        boxes: dict[tuple[int, int, int], dict[tuple[object, ...], int]] = {}
        for number, cell in enumerate(self.cells):
            if self._everywhere(cell.sides):
                boxes.setdefault(cell.sides[:3], {})[cell.quantity] = number
        links = []
        for box in boxes.values():
            for whole, parts, complete in (
                (DEMAND, (("placed",), ("waiting",), ("independent",)), True),
                (DEMAND, (("held",), ("local",)), True),
                (("local",), (("waiting",), ("independent",)), False),
                (("placed",), (("held",),), False),
            ):
                there = [box[part] for part in parts if part in box]
                if whole in box and there:
                    links.append((box[whole], there, not complete or len(there) < len(parts)))
        return links

    def _ties(self) -> list[tuple[int, int, int]]:
        """Second, first and difference, where all three are printed."""
        ties = []
        for world, position in self.worlds.items():
            if world.signed:
                ends = [self.worlds.get(World(world.year, (model,), world.run)) for model in world.models]
                first, second = ends
                if first is not None and second is not None:
                    ties.append((second, first, position))
        return ties


def _finest(sets: Iterable[int]) -> list[int]:
    """The coarsest disjoint sets of which every given set is a union."""
    parts: list[int] = []
    for given in dict.fromkeys(sets):
        fresh = given
        split = []
        for part in parts:
            split += [each for each in (part & given, part & ~given) if each]
            fresh &= ~part
        parts = split + ([fresh] if fresh else [])
    return parts


def quantities(ask: Mapping[str, Any]) -> dict[str, tuple[object, ...]]:
    """What each counting column of a table counts; figures of one quantity add up over its cells."""
    measure, basis = ask["measure"], ask["basis"]
    if measure == "shortfall" and ask["kind"] == "local":
        return {"mean": ("local",), "demand": DEMAND, "places": ("held",)}
    if measure == "shortfall":
        return {"mean": ("shortfall", ask["kind"], basis), "demand": ("demand", basis)}
    if measure == "demand":
        return {"mean": ("demand", basis)}
    if measure == "travel":
        return {"mean": ("travel", ask["unit"], ask["beyond"], ask["near"])}
    if measure == "cost":
        return {"mean": ("cost", ask["empty_places"])}
    return {"mean": (measure,)}
