"""An attacker of our own: knows every printed figure and every sum, and asks a solver what is hidden."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import highspy
import numpy as np
import pandas as pd

WITHHELD = "c"


def widths(
    tables: Mapping[str, pd.DataFrame], children: pd.DataFrame, grain: Sequence[str], *, whole: bool
) -> dict[tuple[str, ...], float]:
    """How wide an interval is left of each hidden base-year cell, from all tables jointly.

    Unknown is how many children are in each cell of the finest grain (groups follow from `children`, whose counts
    are not looked at), so every sum and bound that follows from children being children is used. `whole`: the
    attacker knows that they are whole.
    """
    kinds = {axis: list(dict.fromkeys(children[axis].astype(str))) for axis in grain}
    atoms = list(itertools.product(*kinds.values()))
    group: dict[str, dict[str, str]] = {}
    for coarse, fine in (("planning_area", "area"), ("need_group", "need"), ("phase", "age")):
        if coarse in children.columns and fine in grain:
            group[coarse] = dict(zip(children[fine].astype(str), children[coarse].astype(str), strict=True))

    def members(labels: Mapping[str, str]) -> list[int]:
        def inside(atom: tuple[str, ...]) -> bool:
            mine = dict(zip(grain, atom, strict=True))
            for coarse, fine in (("planning_area", "area"), ("need_group", "need"), ("phase", "age")):
                if coarse in group:
                    mine[coarse] = group[coarse][mine[fine]]
            return all(mine[axis] == label for axis, label in labels.items() if label != "all")

        return [at for at, atom in enumerate(atoms) if inside(atom)]

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    for _ in atoms:
        solver.addVar(0.0, 1e6)
    if whole:
        for at in range(len(atoms)):
            solver.changeColIntegrality(at, highspy.HighsVarType.kInteger)
    hidden: dict[tuple[str, ...], list[int]] = {}
    for name, table in tables.items():
        axes = [axis for axis in table.columns if axis not in ("year", "mean")]
        for row in table.to_dict("records"):
            labels = {axis: str(row[axis]) for axis in axes}
            inside = members(labels)
            if row["mean"] == WITHHELD:
                hidden[(name, *labels.values())] = inside
                continue
            half = 2.0 if {"area", "planning_area"} & set(axes) else 0.0
            columns = np.array(inside, dtype=np.int32)
            value = float(row["mean"])
            solver.addRow(value - half, value + half, len(inside), columns, np.ones(len(inside)))
    found = {}
    for cell, inside in hidden.items():
        ends = []
        for way in (1.0, -1.0):
            cost = np.zeros(len(atoms))
            cost[inside] = way
            solver.changeColsCost(len(atoms), np.arange(len(atoms), dtype=np.int32), cost)
            solver.run()
            assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(way * solver.getObjectiveValue())
        found[cell] = ends[1] - ends[0]
    return found
