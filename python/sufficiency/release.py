"""Release: what of a table by area may be shown to others."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sufficiency.errors import InputError

AREA_AXES = ("area", "planning_area")
AXES = (*AREA_AXES, "age", "nc_year", "phase", "need", "need_group", "setting", "site", "in_authority")
DESCRIPTIONS = ("measure", "basis", "figure", "source")
CONFIDENTIAL = "c"


def suppressed(
    table: pd.DataFrame,
    base_year: int,
    threshold: int = 10,
    within: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The table by area with ``c`` in all figures, in all years, of cells that rest on few children.

    A cell is hidden if its base-year figure is under the threshold, or unknown. Where a total is published
    beside the table, one hidden cell would be the total less the others: so in every group the smallest
    shown cells are hidden too, until at least two are, which together hold the threshold.

    Parameters
    ----------
    table : DataFrame
        Axes (area or planning_area among them), year, and figures with column ``mean``.
    base_year : int
        January whose counts decide.
    threshold : int
        Smallest count that may be shown.
    within : mapping, optional
        Area to the group whose total is published elsewhere, such as its planning area; without it, all
        areas are one group.

    Raises
    ------
    InputError
        If the table has no area axis or no column ``mean``: other tables are not suppressed here.
    """
    area_axis = next((axis for axis in AREA_AXES if axis in table.columns), None)
    if area_axis is None or "mean" not in table.columns:
        raise InputError("only a table by area or planning_area, with column mean, can be suppressed [no-area]")
    axes = [name for name in table.columns if name in AXES]
    others = [name for name in axes if name not in AREA_AXES]
    cells = table[axes].drop_duplicates()
    cells = cells.merge(table.loc[table["year"] == base_year, [*axes, "mean"]], on=axes, how="left")
    # A margin is no neighbour to hide behind: it stands alone.
    cells["group"] = ["all" if area == "all" else (within or {}).get(area, "") for area in cells[area_axis]]
    groups = cells.groupby(["group", *others], sort=False)["mean"]
    cells["hidden"] = groups.transform(lambda counts: _hidden(counts, threshold)).astype(bool)
    hide = table[axes].merge(cells[[*axes, "hidden"]], on=axes, how="left")["hidden"].to_numpy()
    shown = {"year", *axes, *DESCRIPTIONS}
    released = table.copy()
    for name in (name for name in table.columns if name not in shown):
        released[name] = table[name].astype(object).mask(hide, CONFIDENTIAL)
    return released


def _hidden(counts: pd.Series[float], threshold: int) -> pd.Series[bool]:
    """Which cells of one group are hidden: small ones, and enough others that no total gives them away."""
    counts = counts.fillna(0)
    hidden = counts < threshold
    for position in counts[~hidden].sort_values(kind="stable").index:
        if not hidden.any() or (hidden.sum() >= 2 and counts[hidden].sum() >= threshold):
            break
        hidden[position] = True
    return hidden
