"""Dated code tables of the returns, and what an authority says of itself."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pandas as pd

from sufficiency.errors import InputError

AUTHORITY = ("la_number", "region_code", "country_code")
"""What `[returns]` of authority.toml may hold, as text."""


def dated(name: str, year: int, **columns: object) -> pd.DataFrame:
    """A code table as it holds in a year: the rows with the latest `valid_from` not after it, else the first.

    Parameters
    ----------
    name : str
        File name without ending, such as ``settings``.
    year : int
        January census.
    columns
        Columns to filter by, such as ``kind="band"``.
    """
    text = resources.files("sufficiency.returns").joinpath("tables", f"{name}.csv")
    with text.open(encoding="utf-8") as file:
        table = pd.read_csv(file, keep_default_na=False, dtype=str)
    since = table["valid_from"].astype(int)
    begun = since[since <= year]
    table = table[since == (begun.max() if len(begun) else since.min())]
    for column, value in columns.items():
        table = table[table[column] == value]
    return table.drop(columns="valid_from").reset_index(drop=True)


def regrouped(projection: Any, standard: str) -> dict[str, str]:
    """Each setting of a projection to its code in a standard (``scap`` or ``dsg``); empty if it has none there.

    Raises
    ------
    InputError
        If a setting is in no table: `authority.toml` must say where it belongs.
    """
    table = dated("settings", int(projection.fitted.base_year))
    known = dict(zip(table["setting"], table[standard], strict=True))
    for entry in authority_file(projection).get("settings", []):
        if standard in entry:
            known[str(entry["code"])] = str(entry[standard])
    absent = [code for code in projection.fitted.codes["setting"] if code not in known]
    if absent:
        raise InputError(
            f"settings {', '.join(absent)} have no place in {standard} [unknown-setting]\n\n"
            f"hint: give them {standard} = '...' under [[settings]] in authority.toml"
        )
    return {code: known[code] for code in projection.fitted.codes["setting"]}


def specialist(authority: Mapping[str, Any], year: int) -> set[str]:
    """Settings that count as specialist demand: those of authority.toml, else the default ones."""
    own = authority.get("settings")
    if own is not None:
        return {str(entry["code"]) for entry in own if entry.get("specialist")}
    return set(dated("settings", year, specialist="yes")["setting"])


def authority_file(projection: Any) -> dict[str, Any]:
    """authority.toml of the inputs that a projection was fitted to; empty for explicit tables."""
    inputs = projection.fitted._recipe.get("inputs")
    return {} if inputs is None else tomllib.loads(inputs._raw()[0])


def authority_code(projection: Any, name: str, given: str | None) -> str:
    """A code of the authority: as given, else from `[returns]` of authority.toml.

    Raises
    ------
    InputError
        If neither says it.
    """
    found = given if given is not None else authority_file(projection).get("returns", {}).get(name)
    if not found:
        raise InputError(
            f"{name} is not known [no-authority-code]\n\nhint: give it as an argument, or in authority.toml: "
            f"[returns] with {name} = '...'"
        )
    return str(found)


def academic_year(census: int) -> str:
    """The school year of a January census: 2026 is ``2025/26``."""
    return f"{census - 1}/{census % 100:02}"
