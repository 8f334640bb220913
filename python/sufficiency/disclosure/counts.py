"""Base-year children: how many each cell of a table rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sufficiency.disclosure.labels import NURSERY, Labels, phase_of
from sufficiency.errors import InputError

CHILDREN = "children"
RESTS_ON = {"new_plans": "plans", "cost": "plans", "travel": "placed", "utilisation": "placed"}
"""Flows, money, ways and rolls rest on children counted by another measure."""

Counted = dict[tuple[str, ...], dict[str, float]]
"""Labels of a row to its base-year counts by column: `mean`, and `demand` and `places` of a local shortfall."""


class Counts(Protocol):
    """Where base-year counts come from."""

    base_year: int
    labels: Labels

    def of(self, ask: Mapping[str, Any]) -> Counted:
        """Base-year children of every row of a table asked for."""
        ...

    def wholes(self, ask: Mapping[str, Any]) -> dict[tuple[str, ...], float]:
        """What a ratio's rows are shares of: children of the whole, or places."""
        ...


class Simulated:
    """Counts of a fitted model: every draw begins with them."""

    def __init__(self, projections: Sequence[Any]) -> None:
        fitted = projections[0].fitted
        self.base_year = fitted.base_year
        self._run = base_run(fitted)
        codes = fitted.codes
        areas = self._groups("area", "planning_area", list(codes["area"]))
        needs = self._groups("need", "need_group", list(codes["need"]))
        sites: dict[str, tuple[str | None, bool | None]] = {}
        for each in projections:
            if self._run._core.has_sites:
                sites |= _sites(_one_draw(fitted, each._case, int(each.recipe["to"])))
        self.labels = Labels(areas, needs, list(codes["setting"]), sites)

    def _groups(self, leaf: str, group: str, leaves: list[str]) -> dict[str, str]:
        try:
            table = self._run.plans([leaf, group])
        except InputError:
            return dict.fromkeys(leaves, "")
        return {str(a): str(b) for a, b in zip(table[leaf], table[group], strict=True)} or dict.fromkeys(
            leaves, ""
        )

    def of(self, ask: Mapping[str, Any]) -> Counted:
        """Base-year children by the axes of the ask."""
        measure = RESTS_ON.get(ask["measure"], ask["measure"])
        plain = {"by": ask["by"], "where": dict(ask["filter"]), "totals": ask["totals"]}
        if measure not in ("plans", "new_plans", "places"):
            plain["ages"] = (0, 25) if ask["measure"] == "utilisation" else tuple(ask["ages"])
        if measure == "shortfall":
            plain["kind"] = "local"
        table = getattr(self._run, measure)(**plain)
        table = table[table["year"] == self.base_year]
        columns = [name for name in ("mean", "demand", "places") if name in table.columns]
        labels = table[ask["by"]].astype(str).itertuples(index=False, name=None)
        figures = table[columns].to_dict("records")
        return {
            tuple(row): {str(k): float(v) for k, v in held.items()}
            for row, held in zip(labels, figures, strict=True)
        }

    def wholes(self, ask: Mapping[str, Any]) -> dict[tuple[str, ...], float]:
        """What a ratio's rows are shares of: children of the whole, or places."""
        if ask["within"] is None:
            whole_of = "places" if ask["measure"] == "utilisation" else "placed"
            return {row: held["mean"] for row, held in self.of({**ask, "measure": whole_of}).items()}
        within = [ask["by"].index(axis) for axis in ask["within"]]
        rows = {row: held["mean"] for row, held in self.of(ask).items() if "all" not in row}
        whole: dict[tuple[str, ...], float] = {}
        for row, count in rows.items():
            group = tuple(row[at] for at in within)
            whole[group] = whole.get(group, 0.0) + count
        return {row: whole[tuple(row[at] for at in within)] for row in rows}


def base_run(fitted: Any) -> Any:
    """The base year of a fitted model, as a projection of one draw."""
    return _one_draw(fitted, fitted._core, fitted.base_year + 1)


def _one_draw(fitted: Any, case: Any, to: int) -> Any:
    """A run of one draw: all that is wanted of it is what is the same in every draw."""
    from sufficiency import _core
    from sufficiency.projection import Projection

    core = _core.Projection.run(case, to, (0, 1), 0, 1, ["plans"], [[]], False, None)
    return Projection(core, fitted, case, [], {"of": 1})


def _sites(projection: Any) -> dict[str, tuple[str | None, bool | None]]:
    """Each site's setting and whether it is in the authority, from the places it has in any year."""
    table = projection.places(["site", "setting", "in_authority"])
    found: dict[str, tuple[str | None, bool | None]] = {str(site): (None, None) for site in table["site"].unique()}
    for row in table[table["mean"] > 0].itertuples():
        found[str(row.site)] = (str(row.setting), bool(row.in_authority))
    return found


class Listed:
    """Counts from a table of base-year children at their finest: axes, optionally `measure`, and `children`."""

    def __init__(self, rows: pd.DataFrame, base_year: int) -> None:
        if CHILDREN not in rows.columns:
            raise InputError(f"base-year counts need a column {CHILDREN} [missing-column]")
        self.base_year = base_year
        rows = rows.copy()
        if "age" in rows.columns:
            ages = rows["age"].astype(int)
            rows["phase"], rows["nc_year"] = [phase_of(age) for age in ages], ages - NURSERY
        self.rows = rows

        def groups(leaf: str, group: str) -> dict[str, str]:
            if leaf not in rows.columns:
                names = rows[group] if group in rows.columns else pd.Series([""])
                return {str(name): str(name) for name in names.unique()}
            held = rows[group] if group in rows.columns else pd.Series([""] * len(rows), index=rows.index)
            return {str(a): str(b) for a, b in zip(rows[leaf], held, strict=True)}

        settings = [str(name) for name in rows["setting"].unique()] if "setting" in rows.columns else [""]
        sites: dict[str, tuple[str | None, bool | None]] = {}
        if "site" in rows.columns:
            held = (
                rows["setting"] if "setting" in rows.columns else pd.Series([None] * len(rows), index=rows.index)
            )
            sites = {
                str(a): (None if b is None else str(b), None) for a, b in zip(rows["site"], held, strict=True)
            }
        self.labels = Labels(groups("area", "planning_area"), groups("need", "need_group"), settings, sites)
        if "age" in rows.columns:
            self.labels.ages = sorted({int(age) for age in rows["age"]})

    def of(self, ask: Mapping[str, Any]) -> Counted:
        """Base-year children by the axes of the ask; cells that are not listed hold nobody."""
        rows = self.rows
        if "measure" in rows.columns:
            rows = rows[rows["measure"] == ask["measure"]]
        for axis, labels in ask["filter"]:
            rows = rows[rows[axis].astype(str).isin([str(label) for label in labels])]
        by = list(ask["by"])
        if not by:
            return {(): {"mean": float(rows[CHILDREN].sum())}}
        summed = rows.groupby([rows[axis].astype(str) for axis in by], sort=False)[CHILDREN].sum()
        keys = [key if isinstance(key, tuple) else (key,) for key in summed.index]
        return {
            tuple(map(str, key)): {"mean": float(count)}
            for key, count in zip(keys, np.asarray(summed), strict=True)
        }

    def wholes(self, ask: Mapping[str, Any]) -> dict[tuple[str, ...], float]:
        """Not known from children alone."""
        return {}


def counts_of(base: Any, base_year: int | None) -> Counts:
    """Base-year counts from a projection, a comparison, several, or a table of children.

    Raises
    ------
    InputError
        If `base` is none of these.
    """
    from sufficiency.comparison import Comparison
    from sufficiency.projection import Projection

    if isinstance(base, pd.DataFrame):
        if base_year is None:
            raise InputError("tables without a base year need a projection as base [no-base-year]")
        return Listed(base, base_year)
    several = list(base) if isinstance(base, (list, tuple)) else [base]
    runs: list[Projection] = []
    for each in several:
        runs += [each.first, each.second] if isinstance(each, Comparison) else [each]
    if not runs or not all(isinstance(run, Projection) for run in runs):
        raise InputError("base must be a projection, projections, or a table of base-year children [no-base]")
    if len({run.fitted.base_year for run in runs}) > 1:
        raise InputError("projections released together need one base year [unlike]")
    return Simulated(runs)
