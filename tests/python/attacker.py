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


MEASURES = ("demand", "placed", "waiting", "independent", "local", "held")
PARTS = (
    (("demand",), ("placed", "waiting", "independent"), True),
    (("demand",), ("held", "local"), True),
    (("local",), ("waiting", "independent"), False),
    (("placed",), ("held",), False),
)


def pack_widths(
    tables: Sequence[pd.DataFrame], year: int, groups: Mapping[str, Mapping[str, str]], sites: Mapping[str, str]
) -> dict[tuple[str, ...], float]:
    """The same for tables of a projection by one axis each, in one year, all scenarios and releases together.

    Parameters
    ----------
    tables
        Released tables: what was asked stands in their attributes.
    groups
        For area, need and phase: each label to its group; the phases make up the whole.
    sites
        Site to setting.
    """
    names: dict[tuple[str, ...], int] = {}
    bounds: dict[int, tuple[float, float]] = {}
    hidden: set[tuple[str, ...]] = set()
    runs: set[str] = set()

    def unknown(*name: str) -> int:
        return names.setdefault(name, len(names))

    for table in tables:
        ask, models = table.attrs["asked"], table.attrs["model"]
        base = year == table.attrs["base_year"]
        run = "base" if base else "-".join([*models, str(table.attrs["seed"])])
        if base and len(models) > 1:
            continue
        runs.add(run)
        columns = {"mean": ask["measure"]}
        if ask["measure"] == "shortfall":
            if ask["kind"] != "local":
                continue
            columns = {"mean": "local", "demand": "demand", "places": "held"}
        axis = ask["by"][0] if ask["by"] else "all"
        half = 2.5 if axis in ("area", "planning_area", "site") else 0.5
        for row in table[table["year"] == year].to_dict("records"):
            for column, measure in columns.items():
                name = (run, measure, axis, str(row.get(axis, "")))
                at, value = unknown(*name), row[column]
                if value == WITHHELD:
                    hidden.add(name)
                    continue
                low, high = bounds.get(at, (0.0 if len(models) == 1 else -1e6, 1e6))
                near = 0.0 if value == "low" else float(value)
                # In the base year counts are known to be whole.
                slack = np.floor(half) if base else half
                bounds[at] = (max(low, near - slack), min(high, near + slack))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    rows: list[tuple[dict[int, float], float, float]] = []

    def add_up(whole: int, parts: Sequence[int], *, exactly: bool = True) -> None:
        rows.append(({whole: -1.0} | dict.fromkeys(parts, 1.0), -np.inf if not exactly else 0.0, 0.0))

    for run in runs:
        for measure in MEASURES:
            total = unknown(run, measure, "all", "")
            for axis, group in (("area", "planning_area"), ("need", "need_group"), ("phase", "")):
                parts = {label: unknown(run, measure, axis, label) for label in groups[axis]}
                add_up(total, list(parts.values()))
                for name in set(groups[axis].values()) if group else ():
                    inside = [at for label, at in parts.items() if groups[axis][label] == name]
                    add_up(unknown(run, measure, group, name), inside)
        for setting in set(sites.values()):
            inside = [unknown(run, "placed", "site", site) for site, held in sites.items() if held == setting]
            add_up(unknown(run, "placed", "setting", setting), inside)
        places = [("all", ""), *((axis, label) for axis in ("area", "need", "phase") for label in groups[axis])]
        places += [("planning_area", name) for name in set(groups["area"].values())]
        places += [("need_group", name) for name in set(groups["need"].values())]
        for axis, label in places:
            for (whole,), parts, exactly in PARTS:
                inside = [unknown(run, part, axis, label) for part in parts]
                add_up(unknown(run, whole, axis, label), inside, exactly=exactly)
    for at in range(len(names)):
        solver.addVar(*bounds.get(at, (0.0, 1e6)))
    for terms, low, high in rows:
        solver.addRow(low, high, len(terms), np.array(list(terms), dtype=np.int32), np.array(list(terms.values())))
    found = {}
    # A withheld row of a shortfall may hold a demand that another table shows.
    for name in sorted(each for each in hidden if names[each] not in bounds):
        ends = []
        for way in (1.0, -1.0):
            solver.changeColCost(names[name], way)
            solver.run()
            assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(way * solver.getObjectiveValue())
        solver.changeColCost(names[name], 0.0)
        low, high = ends
        found[name] = np.floor(high + 1e-6) - np.ceil(low - 1e-6) if name[0] == "base" else high - low
    return found
