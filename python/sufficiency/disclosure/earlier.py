"""Earlier releases: what they show is known, what they withhold stays withheld."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sufficiency import _core
from sufficiency.disclosure.ask import ask_of
from sufficiency.disclosure.released import CONFIDENTIAL, Released, figure_columns, shown
from sufficiency.disclosure.system import Labelled, System
from sufficiency.errors import InputError
from sufficiency.saving import PACK, load_folder

FIGURES = "figures.json"
"""Last part of the name of the file that holds a release for the next one."""
FORM = "sufficiency release 1"

Before = Mapping[str, pd.DataFrame]
Earlier = str | Path | Mapping[str, Released]


def known(earlier: Earlier | Sequence[Earlier] | None) -> list[Before]:
    """Tables of earlier releases, from what `release` gave, or from packs and files that were saved.

    Raises
    ------
    InputError
        If a file is no saved release, or a pack was changed since.
    """
    one = isinstance(earlier, (str, Path, Mapping))
    several: Sequence[Earlier] = [earlier] if one else list(earlier or [])  # type: ignore[list-item,arg-type]
    return [
        {name: shown(each).table for name, each in out.items()} if isinstance(out, Mapping) else read(Path(out))
        for out in several
    ]


def remember(system: System, number: int, earlier: Before) -> None:
    """What an earlier release shows is known; what it withholds stays withheld."""
    now = {(cell, world): value for world, cell, value, _, _ in system.figures}
    kept = [system.add(name, table, ask_of(name, table, None)) for name, table in earlier.items()]
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
        columns = each.table.columns
        figures = each.table[[*each.axes, "mean"]] if "mean" in columns else each.table[each.axes]
        for row in figures.astype(str).drop_duplicates().itertuples(index=False, name=None):
            labels: Labelled = tuple(row[: len(each.axes)])
            for cell in each.cells[labels].values():
                held = system.cells[cell]
                if row[-1] == CONFIDENTIAL:
                    system.hide([cell])
                elif held.state == "guarded" and "mean" in columns and not differs and each.kind != "ratio":
                    held.state = "known"


def saved(tables: Mapping[str, Released]) -> bytes:
    """A release as a file: figures as they were released, and what was asked, for `earlier` of the next one."""
    held = {
        name: {
            "profile": shown(each).profile,
            "basis": each.basis,
            "notes": list(each.notes),
            "watermark": each.watermark,
            "about": each.table.attrs,
            "columns": {str(column): each.table[column].tolist() for column in each.table.columns},
        }
        for name, each in tables.items()
    }
    text = json.dumps({"form": FORM, "tables": _plain(held)}, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


def read(path: Path) -> Before:
    """The tables of a saved release: a file of figures, or a pack that holds one. Nothing that writers accept."""
    if path.is_file() and path.name.endswith(FIGURES):
        contents = {path.name: path.read_bytes()}
    else:
        contents = load_folder(path, PACK).files
    try:
        (content,) = (held for name, held in contents.items() if name.endswith(FIGURES))
        told = json.loads(content)
        if told["form"] != FORM:
            raise ValueError(told["form"])
        return {name: _table(each) for name, each in told["tables"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} holds no saved release [no-release]\n\nhint: a pack that sufficiency report wrote, or its "
            f"{FIGURES}"
        ) from error


def _table(held: Mapping[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in held["columns"].items()})
    for name in {*figure_columns(table), "year"} & set(table.columns):
        if not table[name].map(lambda value: isinstance(value, str)).any():
            table[name] = pd.to_numeric(table[name])
    table.attrs = dict(held["about"])
    return table


def _plain(value: Any) -> Any:
    """Mappings, lists, text and plain numbers, as JSON has them; what is no number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value
