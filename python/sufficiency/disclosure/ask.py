"""What a table to be released says of itself: which figures it holds, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sufficiency.disclosure.rules import AXES, DESCRIPTIONS, step_of
from sufficiency.errors import InputError


def checked(name: str, table: Any) -> pd.DataFrame:
    """The table, if all its columns are axes, descriptions or figures of a table method.

    Raises
    ------
    InputError
        If they are not.
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"table {name} is not a pandas frame; ask with as_='pandas' [not-a-table]")
    for column in table.columns:
        if column not in {"year", *AXES, *DESCRIPTIONS} and step_of(str(column), "children", False) is None:
            raise InputError(
                f"table {name} has a column that no table method gives: it cannot be released [unknown-column]\n\n"
                "hint: release tables as the methods return them, then work on what was released"
            )
    return table


def ask_of(name: str, table: pd.DataFrame, base: Any) -> Mapping[str, Any]:
    """What was asked for.

    Raises
    ------
    InputError
        If the table does not say, or lost an axis.
    """
    ask: Mapping[str, Any] | None = table.attrs.get("asked")
    if ask is None and isinstance(base, pd.DataFrame):
        from sufficiency.tables import asked

        measure = str(table["measure"].iloc[0]) if "measure" in table.columns else "plans"
        return asked(measure, [column for column in table.columns if column in AXES])
    if ask is None:
        raise InputError(
            f"table {name} does not say what was asked: merged or concatenated tables lose it [no-origin]\n\n"
            "hint: release each table as the method returned it, then put the released ones together"
        )
    absent = [axis for axis in ask["by"] if axis not in table.columns]
    if absent:
        raise InputError(f"table {name} lost its axis {absent[0]}: rows cannot be told apart [missing-axis]")
    return ask
