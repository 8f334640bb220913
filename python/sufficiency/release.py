"""Release: what of a set of tables, published together, may be shown to others.

Give `release` everything that is published at once, as the table methods return it, and what it rests on::

    released = sf.release({"areas": base.demand("planning_area"), "needs": base.demand("need_group")}, base)
    released["areas"].table      # figures rounded, withheld ones the text ``c``
    released["areas"].figures()  # as numbers: withheld is NaN
    write_csv(released["areas"], "areas.csv")

Writers accept `Released` only, and only `release` makes one (`describe` adds words to one, `stack` puts several
together). `base` is the projection, several, or a comparison; or a table of base-year children (axes and a column
`children`). Tables must come from the table methods (their `attrs` say what was asked): rows and columns may be
left out, nothing renamed, merged or concatenated before release.

Profiles: ``public`` (a figure below the authority rests on at least 10 base-year children), ``partner`` (5),
``restricted`` (nothing withheld or rounded: needs a reason, and carries a watermark). Symbols in `table`: ``c``
withheld, ``z`` not applicable (nobody can be there), ``x`` not available, ``low`` above 0 but rounds to it.
A withheld row is withheld whole, in every year: mean, range, chances. Figures of the whole authority pass, rounded
to whole children. ``notes`` say in words what was done; ``watermark`` is None unless restricted.

Rounding to 5 alone leaks: the total less the other figures can give a small count exactly. So further cells are
withheld until an attacker who knows every figure, margin, scenario and earlier release is left an interval of at
least one rounding base for each withheld figure (`src/disclosure`).

The more tables by area are released together, the more is withheld: release those that are shown, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sufficiency import _core
from sufficiency.disclosure.counts import Counts, counts_of
from sufficiency.disclosure.labels import add_sites
from sufficiency.disclosure.rules import (
    AXES,
    CHILDREN_BASE,
    COST_BASE,
    DESCRIPTIONS,
    PROFILES,
    RATIO_BASE,
    SMALLEST_WHOLE,
    Profile,
    step_of,
)
from sufficiency.disclosure.system import Labelled, Printed, System
from sufficiency.errors import InputError
from sufficiency.files import write_bytes
from sufficiency.plain import no_formula, plain
from sufficiency.showing import html_table

AREA_AXES = ("area", "planning_area")
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


def release(
    tables: Mapping[str, pd.DataFrame],
    base: Any,
    *,
    profile: str = "public",
    reason: str | None = None,
    earlier: Mapping[str, Released] | Sequence[Mapping[str, Released]] | None = None,
) -> dict[str, Released]:
    """What may be shown of tables that are published together.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables as the methods of projections and comparisons return them, by name. All that is published at once
        belongs in one call: what one table withholds another could give away.
    base : Projection, Comparison, sequence of these, or DataFrame
        What the tables rest on; a frame holds base-year children by axes, in a column `children`.
    profile : {"public", "partner", "restricted"}
        Public withholds figures below the authority that rest on fewer than 10 base-year children, partner on
        fewer than 5; restricted withholds and rounds nothing.
    reason : str, optional
        Why a restricted release is needed; it stands in the watermark.
    earlier : mapping or sequence of mappings, optional
        Releases that are out already, with the same base year or another.

    Returns
    -------
    dict of str to Released
        One for each table, under its name.

    Raises
    ------
    InputError
        If a table does not say what was asked, holds columns that are no figures of a method, or cannot be
        protected; if the profile is not known, or restricted without a reason.

    Examples
    --------
    >>> import sufficiency as sf
    >>> base = sf.project(sf.fit(sf.sample("leeds")), to=2027, draws=20, seed=1, progress=False)
    >>> released = sf.release({"areas": base.demand("area")}, base)["areas"]
    >>> bool((released.table["mean"] == "c").any())
    True
    """
    rules = _profile(profile, reason)
    given = {str(name): _checked(str(name), table) for name, table in tables.items()}
    if not rules.controlled:
        return {name: _restricted(table, str(reason)) for name, table in given.items()}
    counts = counts_of(base, _base_year(base, given))
    before = [earlier] if isinstance(earlier, Mapping) else list(earlier or [])
    _name_sites(counts, [*given.values(), *(out.table for each in before for out in each.values())])
    system = System(counts, rules.threshold)
    printed = [system.add(name, table, _asked(name, table, base)) for name, table in given.items()]
    for each in printed:
        system.print_figures(each)
    for number, out in enumerate(before):
        _remember(system, number, out)
    hidden = _hidden(system, rules)
    return {each.name: _released(each, system, hidden, rules) for each in printed}


def write_csv(released: Released, path: str | Path) -> Path:
    """Write a released table as CSV, under a temporary name first; a watermark is a column of every row.

    Raises
    ------
    TypeError
        If the table was not released.
    """
    return write_bytes(path, csv_bytes(released))


def csv_bytes(released: Released) -> bytes:
    """A released table as CSV."""
    table = shown(released).table
    if released.watermark is not None:
        table["restricted"] = released.watermark
    for column in table.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]]:
        # Names come from files: on one line, and none that a spreadsheet takes for a formula.
        safe = [no_formula(plain(value)) if isinstance(value, str) else value for value in table[column]]
        table[column] = pd.Series(safe, index=table.index, dtype=object)
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")


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
    return Released(_MAKER, table, _about(released))


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
    return Released(_MAKER, pd.concat(tables, ignore_index=True), _about(several[0]) | {"notes": notes})


def whole_authority(table: pd.DataFrame, figures: Sequence[str], basis: str, *, rounded: bool = False) -> Released:
    """A table of the whole authority that a statutory return works out: its figures pass, as whole children.

    Raises
    ------
    InputError
        If it has a column of areas or sites: what is finer goes through `release`.
    """
    finer = [name for name in ("area", "planning_area", "site") if name in table.columns]
    if finer:
        raise InputError(f"a table by {finer[0]} is not of the whole authority: release it [finer-table]")
    held = table.copy()
    for name in () if rounded else figures:
        held[name] = _rounded(held[name].to_numpy(dtype=np.float64), 1.0).astype(np.int64)
    about = {"notes": (WHOLE,), "profile": "public", "basis": basis, "watermark": None}
    return Released(_MAKER, held, about)


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
    return Released(_MAKER, table.copy(), _about(released))


def _about(released: Released) -> dict[str, Any]:
    return {name: getattr(released, name) for name in ("notes", "profile", "basis", "watermark")}


def figure_columns(table: pd.DataFrame) -> list[str]:
    """Columns that hold figures."""
    return [str(name) for name in table.columns if name not in {"year", *AXES, *DESCRIPTIONS}]


def _profile(name: str, reason: str | None) -> Profile:
    if name not in PROFILES:
        raise InputError(f"profile must be public, partner or restricted, got {name!r} [unknown-profile]")
    if not PROFILES[name].controlled and not (reason or "").strip():
        raise InputError(
            "a restricted release withholds nothing: it needs a reason [no-reason]\n\nhint: reason='...' says who "
            "needs it and for what; it stands in the watermark"
        )
    return PROFILES[name]


def _checked(name: str, table: Any) -> pd.DataFrame:
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"table {name} is not a pandas frame; ask with as_='pandas' [not-a-table]")
    for column in table.columns:
        if column not in {"year", *AXES, *DESCRIPTIONS} and step_of(str(column), "children", False) is None:
            raise InputError(
                f"table {name} has a column that no table method gives: it cannot be released [unknown-column]\n\n"
                "hint: release tables as the methods return them, then work on what was released"
            )
    return table


def _asked(name: str, table: pd.DataFrame, base: Any) -> Mapping[str, Any]:
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


def _base_year(base: Any, tables: Mapping[str, pd.DataFrame]) -> int | None:
    if not isinstance(base, pd.DataFrame):
        return None
    years = [int(table["year"].min()) for table in tables.values() if "year" in table.columns and len(table)]
    return min(years, default=0)


def _name_sites(counts: Counts, tables: Sequence[pd.DataFrame]) -> None:
    names = {str(site) for table in tables if "site" in table.columns for site in table["site"] if site != "all"}
    add_sites(counts.labels, sorted(names - set(counts.labels.sites)))


def _remember(system: System, number: int, earlier: Mapping[str, Released]) -> None:
    """What an earlier release shows is known; what it withholds stays withheld."""
    now = {(cell, world): value for world, cell, value, _, _ in system.figures}
    kept = []
    for name, out in earlier.items():
        table = shown(out).table
        kept.append(system.add(name, table, _asked(name, table, None)))
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


def _hidden(system: System, rules: Profile) -> list[bool]:
    """Which cells are withheld; what is worked out from withheld ones is withheld with them."""
    while True:
        hidden, _, _ = _core.disclose(system.core(), float(rules.threshold))
        if not system.hide(system.followers(hidden)):
            return hidden


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


def _released(each: Printed, system: System, hidden: Sequence[bool], rules: Profile) -> Released:
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
        figures = np.where(guarded, _rounded(values, coarse), _rounded(values, fine))
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
    return Released(_MAKER, table, about)


def _rounded(values: np.ndarray[Any, np.dtype[np.float64]], step: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    tidy = _core.rounded(np.ascontiguousarray(values), step)
    return tidy if step >= 1 else np.round(tidy, 6)


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


def _restricted(table: pd.DataFrame, reason: str) -> Released:
    watermark = f"RESTRICTED, not for publication: shows counts of few children. Reason: {reason.strip()}"
    about = {
        "notes": ("nothing is withheld or rounded",),
        "profile": "restricted",
        "basis": str(table.attrs.get("kind", table.attrs.get("basis", ""))),
        "watermark": watermark,
    }
    copied = table.copy()
    copied.attrs = dict(table.attrs) | {"profile": "restricted"}
    return Released(_MAKER, copied, about)


# Until the report takes released tables.


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
    cells["hidden"] = groups.transform(lambda counts: _hidden_before(counts, threshold)).astype(bool)
    hide = table[axes].merge(cells[[*axes, "hidden"]], on=axes, how="left")["hidden"].to_numpy()
    shown = {"year", *axes, *DESCRIPTIONS}
    released = table.copy()
    for name in (name for name in table.columns if name not in shown):
        released[name] = table[name].astype(object).mask(hide, CONFIDENTIAL)
    return released


def _hidden_before(counts: pd.Series[float], threshold: int) -> pd.Series[bool]:
    """Which cells of one group are hidden: small ones, and enough others that no total gives them away."""
    counts = counts.fillna(0)
    hidden = counts < threshold
    for position in counts[~hidden].sort_values(kind="stable").index:
        if not hidden.any() or (hidden.sum() >= 2 and counts[hidden].sum() >= threshold):
            break
        hidden[position] = True
    return hidden
