"""How a table is written: UTF-8, LF, comma, rows in the order given, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write to a temporary name and rename, so that no half-written table is ever read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(table.to_csv(index=False, lineterminator="\n"), path)


def write_text(text: str, path: Path) -> None:
    """Write text as it is."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)
