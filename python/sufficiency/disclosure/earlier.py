"""Earlier releases: what they show is known, what they withhold stays withheld."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sufficiency import _core
from sufficiency.disclosure.ask import ask_of
from sufficiency.disclosure.released import CONFIDENTIAL, Released, shown
from sufficiency.disclosure.system import Labelled, System


def remember(system: System, number: int, earlier: Mapping[str, Released]) -> None:
    """What an earlier release shows is known; what it withholds stays withheld."""
    now = {(cell, world): value for world, cell, value, _, _ in system.figures}
    kept = []
    for name, out in earlier.items():
        table = shown(out).table
        kept.append(system.add(name, table, ask_of(name, table, None)))
    before = len(system.figures)
    for each in kept:
        system.print_figures(each, earlier=True)
    fresh = system.figures[before:]
    differs = any(
        (cell, world) in now and abs(float(_core.rounded(np.array([now[cell, world]]), step)[0]) - value) > 1e-6
        for world, cell, value, step, _ in fresh
    )
    if differs:
        # Data revised since then: its figures bound each other, not the new ones.
        del system.figures[before:]
        for each in kept:
            system.print_figures(each, earlier=True, apart=number)
    for each in kept:
        figures = each.table[[*each.axes, "mean"]] if "mean" in each.table.columns else each.table[each.axes]
        for row in figures.astype(str).drop_duplicates().itertuples(index=False, name=None):
            labels: Labelled = tuple(row[: len(each.axes)])
            for cell in each.cells[labels].values():
                held = system.cells[cell]
                if row[-1] == CONFIDENTIAL:
                    system.hide([cell])
                elif held.state == "guarded" and "mean" in each.table.columns and not differs:
                    held.state = "known"
