"""What is printed of a table once it is known which cells are hidden."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sufficiency.disclosure.released import (
    CONFIDENTIAL,
    LOW,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    WHOLE,
    Released,
    figure_columns,
    made,
    to_step,
)
from sufficiency.disclosure.rules import (
    CHILDREN_BASE,
    COST_BASE,
    RATIO_BASE,
    SMALLEST_WHOLE,
    Profile,
    step_of,
)
from sufficiency.disclosure.system import Labelled, Printed, System


def _withheld(each: Printed, system: System, hidden: Sequence[bool], rules: Profile) -> set[Labelled]:
    withheld = {row for row, cells in each.cells.items() if any(hidden[cell] for cell in cells.values())}
    if each.kind not in ("ratio", "distance"):
        return withheld
    spots, wholes = system.hidden_spots(hidden), system.counts.wholes(each.ask) if each.kind == "ratio" else None
    for row, guarded in each.guarded.items():
        few = each.children[row] < rules.threshold
        if guarded and (few or system.spot(system.sides_of(each, row)) in spots):
            withheld.add(row)
        if guarded and wholes is not None and wholes.get(row, 0.0) < SMALLEST_WHOLE:
            withheld.add(row)
    if each.ask["within"] is not None:
        # Shares of one whole add to 1: all are shown or none.
        within = [each.axes.index(axis) for axis in each.ask["within"]]
        groups = {tuple(row[at] for at in within) for row in withheld}
        withheld |= {row for row in each.guarded if tuple(row[at] for at in within) in groups}
    return withheld


def released(each: Printed, system: System, hidden: Sequence[bool], rules: Profile) -> Released:
    """A table with its hidden rows withheld and the rest rounded."""
    withheld = _withheld(each, system, hidden, rules)
    rows = [tuple(row) for row in each.table[each.axes].astype(str).itertuples(index=False, name=None)]
    hide = np.array([row in withheld for row in rows], dtype=bool)
    empty = np.array([row in each.empty for row in rows], dtype=bool)
    guarded = np.array([each.guarded.get(row, False) for row in rows], dtype=bool)
    table = each.table.copy()
    signed = "difference" in each.table.attrs
    for name in figure_columns(table):
        values = table[name].to_numpy(dtype=np.float64)
        fine, coarse = (step_of(name, each.kind, below) or 0.0 for below in (False, True))
        figures = np.where(guarded, to_step(values, coarse), to_step(values, fine))
        low = (figures == 0) & (np.abs(values) > 1e-9) & (not signed) & (name not in ("sd", "mcse"))
        symbol = np.full(len(table), "", dtype=object)
        symbol[low], symbol[np.isnan(values)] = LOW, NOT_AVAILABLE
        symbol[empty], symbol[hide] = NOT_APPLICABLE, CONFIDENTIAL
        table[name] = np.where(symbol == "", figures.astype(object), symbol) if (symbol != "").any() else figures
    about = {
        "notes": _notes(each, rules, len(withheld), len(each.guarded)),
        "profile": rules.name,
        "basis": str(each.table.attrs.get("kind", each.table.attrs.get("basis", ""))),
        "watermark": None,
    }
    table.attrs = dict(each.table.attrs) | {"profile": rules.name, "asked": dict(each.ask)}
    return made(table, about)


def _notes(each: Printed, rules: Profile, withheld: int, rows: int) -> tuple[str, ...]:
    if not any(each.guarded.values()):
        return (WHOLE,)
    words = [
        f"{withheld} of {rows} rows are withheld ({CONFIDENTIAL}): they rest on fewer than {rules.threshold} "
        "children in the base year, or would give away one that does",
        f"figures of parts of the authority are rounded to {CHILDREN_BASE} children, {COST_BASE} thousand "
        "pounds" + (f" or {RATIO_BASE:.0%}" if each.kind == "ratio" else ""),
        "each withheld figure keeps an interval at least one rounding base wide, over all tables released with it",
    ]
    return tuple(words)


def restricted(table: pd.DataFrame, reason: str) -> Released:
    """A table as it is, under a watermark."""
    watermark = f"RESTRICTED, not for publication: shows counts of few children. Reason: {reason.strip()}"
    about = {
        "notes": ("nothing is withheld or rounded",),
        "profile": "restricted",
        "basis": str(table.attrs.get("kind", table.attrs.get("basis", ""))),
        "watermark": watermark,
    }
    copied = table.copy()
    copied.attrs = dict(table.attrs) | {"profile": "restricted"}
    return made(copied, about)
