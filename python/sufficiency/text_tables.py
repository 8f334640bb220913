"""Tables as a CSV file would hold them, from frames and back: what the core checks."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.frames import columns_of

TextTables = dict[str, dict[str, list[str]]]
WHOLE = frozenset(
    ["year", "population", "plans", "requests", "agreed", "issued", "within_20_weeks", "children", "places"]
)
DECIMAL = frozenset(
    [
        "latitude",
        "longitude",
        "tolerance",
        "minutes",
        "km",
        "place_filled",
        "place_empty",
        "top_up",
        "transport",
    ]
)


def toml_text(content: Mapping[str, Any]) -> str:
    """The content of ``authority.toml`` as its text.

    Raises
    ------
    InputError
        If a value has no counterpart in TOML.
    """
    given = {str(key): value for key, value in content.items() if value is not None}
    return "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in given.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return repr(float(value))
    if isinstance(value, str):
        return '"' + "".join(_toml_character(character) for character in value) + '"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    raise InputError(f"authority holds a {type(value).__name__}, which TOML has no form for [bad-authority]")


def _toml_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character


def text_columns(table: str, frame: Any) -> dict[str, list[str]]:
    """The columns of a table as a CSV file would hold them."""
    if isinstance(frame, Mapping):
        # Columns of different lengths are reported by the core, with everything else.
        columns = {str(head): list(values) for head, values in frame.items()}
    else:
        try:
            columns = columns_of(frame)
        except TypeError as error:
            kind = type(frame).__name__
            raise unreadable(table, f"a {kind} is neither a frame nor a mapping of columns") from error
    return {head: [_text(value) for value in values] for head, values in columns.items()}


def unreadable(table: str, message: str, hint: str | None = None) -> InputError:
    error = InputError(f"{message} [unreadable-file] ({table})" + (f"\n  hint: {hint}" if hint else ""))
    problem: dict[str, object] = {"slug": "unreadable-file", "table": table, "row": None, "column": None}
    error.problems = [problem | {"message": message, "hint": hint}]
    return error


def _text(value: Any) -> str:
    """A cell as a CSV file would hold it: missing values are blank, whole decimals lose their point."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        number = float(value)
        if math.isnan(number):
            return ""
        if number.is_integer() and not isinstance(value, numbers.Integral):
            return str(int(number))
    return str(value)


def typed(head: str, values: list[str]) -> pd.Series[Any]:
    stripped = [value.strip() for value in values]
    if head in WHOLE:
        whole = [int(float(value)) if value else None for value in stripped]
        return pd.Series(whole, dtype="int64" if None not in whole else "Int64")
    if head in DECIMAL:
        return pd.to_numeric(pd.Series(stripped, dtype=object), errors="coerce")
    return pd.Series(stripped, dtype=object)
