"""Released tables: what writers accept, and what may be done with one without another release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sufficiency import _core
from sufficiency.disclosure.rules import AXES, DESCRIPTIONS
from sufficiency.errors import InputError
from sufficiency.showing import html_table

CONFIDENTIAL = "c"
NOT_APPLICABLE = "z"
NOT_AVAILABLE = "x"
LOW = "low"
SYMBOLS = {
    CONFIDENTIAL: "withheld: the figure rests on few children, or would give away one that does",
    NOT_APPLICABLE: "not applicable",
    NOT_AVAILABLE: "not available",
    LOW: "more than nothing, but rounds to 0",
}

WHOLE = "figures of the whole authority, rounded to whole children, thousand pounds or hundredths"

_MAKER = object()


@dataclass(frozen=True, init=False)
class Released:
    """A table that may be shown; only `release` makes one.

    Attributes
    ----------
    table : DataFrame
        Year, axes, and figures, rounded; withheld ones are ``c``. A copy each time.
    notes : tuple of str
        What disclosure control did, in words.
    profile : str
        ``public``, ``partner`` or ``restricted``.
    basis : str
        What is counted.
    watermark : str or None
        Words that whoever writes the table must show; None if it may be published.
    """

    notes: tuple[str, ...]
    profile: str
    basis: str
    watermark: str | None

    def __init__(self, maker: object, table: pd.DataFrame, about: Mapping[str, Any]) -> None:
        if maker is not _MAKER:
            raise TypeError("only sufficiency.release makes a Released")
        object.__setattr__(self, "_table", table)
        for name in ("notes", "profile", "basis", "watermark"):
            object.__setattr__(self, name, about[name])

    @property
    def table(self) -> pd.DataFrame:
        """Year, axes and figures."""
        held: pd.DataFrame = self._table  # type: ignore[attr-defined]
        copied = held.copy()
        copied.attrs = dict(held.attrs)
        return copied

    def figures(self) -> pd.DataFrame:
        """The table with figures as numbers: withheld and missing ones are NaN, ``low`` is 0.

        Examples
        --------
        >>> released = sf.release({"plans": base.plans()}, base)
        >>> int(released["plans"].figures()["p50"].iloc[0])
        6093
        """
        table = self.table
        for name in figure_columns(table):
            if not pd.api.types.is_numeric_dtype(table[name].dtype):
                plain = [
                    0.0 if value == LOW else np.nan if isinstance(value, str) else value for value in table[name]
                ]
                table[name] = np.array(plain, dtype=np.float64)
        return table

    def to_pandas(self) -> pd.DataFrame:
        """The same as `table`.

        Examples
        --------
        >>> sf.release({"plans": base.plans()}, base)["plans"].to_pandas()["year"].iloc[0]
        np.int64(2025)
        """
        return self.table

    def _repr_html_(self) -> str:
        caption = ". ".join([*([self.watermark] if self.watermark else []), self.basis, *self.notes])
        return html_table(caption, self.table)

    def __reduce__(self) -> str:
        raise TypeError("a Released is not pickled: release the tables again")


def made(table: pd.DataFrame, about: Mapping[str, Any]) -> Released:
    """A released table, for the floor of disclosure alone."""
    return Released(_MAKER, table, about)


def shown(released: Released) -> Released:
    """The same table, if it was released: what every writer asks of what it is given.

    Raises
    ------
    TypeError
        If it was not.
    """
    if not isinstance(released, Released):
        raise TypeError("writers take released tables only: sufficiency.release makes them")
    return released


def describe(
    released: Released, columns: Mapping[str, str | Sequence[str]], keep: Sequence[str] | None = None
) -> Released:
    """The table with columns of words before its figures (one word, or one a row), and only the columns to keep.

    Raises
    ------
    InputError
        If a column is none of measure, basis, kind, figure, source, option, scenario and unit.
    """
    unknown = [name for name in columns if name not in DESCRIPTIONS]
    if unknown:
        raise InputError(f"a released table takes no column {unknown[0]} [unknown-column]")
    table = shown(released).table
    attrs = dict(table.attrs)
    first = [name for name in table.columns if name in {"year", *AXES}]
    for name, words in columns.items():
        table[name] = words
    order = [*first, *columns, *(name for name in table.columns if name not in {*first, *columns})]
    table = table[order if keep is None else list(keep)]
    table.attrs = attrs
    return made(table, about_of(released))


def stack(several: Sequence[Released]) -> Released:
    """Released tables under one another, as one.

    Raises
    ------
    InputError
        If they are of different profiles.
    """
    if len({shown(each).profile for each in several}) != 1:
        raise InputError("tables of different profiles do not go into one [unlike]")
    tables = [each.table for each in several]
    for table in tables:
        table.attrs = {}
    notes = tuple(dict.fromkeys(note for each in several for note in each.notes))
    return made(pd.concat(tables, ignore_index=True), about_of(several[0]) | {"notes": notes})


def whole_authority(
    table: pd.DataFrame, figures: Sequence[str] | Mapping[str, float], basis: str, *, rounded: bool = False
) -> Released:
    """A table of the whole authority that something else than a table method works out: its figures pass.

    They are rounded to whole children, or to the steps given with their names; `rounded`: they are already.

    Raises
    ------
    InputError
        If it has a column of areas or sites: what is finer goes through `release`.
    """
    finer = [name for name in ("area", "planning_area", "site") if name in table.columns]
    if finer:
        raise InputError(f"a table by {finer[0]} is not of the whole authority: release it [finer-table]")
    held = table.copy()
    steps = figures if isinstance(figures, Mapping) else dict.fromkeys(figures, 1.0)
    for name, step in () if rounded else steps.items():
        tidy = to_step(held[name].to_numpy(dtype=np.float64), step)
        held[name] = tidy if isinstance(figures, Mapping) else tidy.astype(np.int64)
    about = {"notes": (WHOLE,), "profile": "public", "basis": basis, "watermark": None}
    return made(held, about)


def laid_out(released: Released, table: pd.DataFrame, figures: Sequence[str]) -> Released:
    """A released table in another layout: the same figures under other heads.

    Raises
    ------
    ValueError
        If a figure differs from what was released.
    """
    before = shown(released).table
    if not all(before[name].equals(table[name]) for name in figures):
        raise ValueError("a new layout may not change what was released")
    return made(table.copy(), about_of(released))


def about_of(released: Released) -> dict[str, Any]:
    """All that is said of a released table beside its figures."""
    return {name: getattr(released, name) for name in ("notes", "profile", "basis", "watermark")}


def figure_columns(table: pd.DataFrame) -> list[str]:
    """Columns that hold figures."""
    return [str(name) for name in table.columns if name not in {"year", *AXES, *DESCRIPTIONS}]


def to_step(values: np.ndarray[Any, np.dtype[np.float64]], step: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """To the nearest multiple of a step, halves up."""
    tidy = _core.rounded(np.ascontiguousarray(values), step)
    return tidy if step >= 1 else np.round(tidy, 6)
