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
from pathlib import Path
from typing import Any

import pandas as pd

from sufficiency import _core
from sufficiency.disclosure.ask import ask_of, checked
from sufficiency.disclosure.counts import Counts, counts_of
from sufficiency.disclosure.earlier import Earlier, known, remember, saved
from sufficiency.disclosure.labels import add_sites
from sufficiency.disclosure.printing import released, restricted
from sufficiency.disclosure.released import (
    CONFIDENTIAL,
    SYMBOLS,
    Released,
    describe,
    figure_columns,
    laid_out,
    shown,
    stack,
    whole_authority,
)
from sufficiency.disclosure.rules import PROFILES, Profile
from sufficiency.disclosure.system import System
from sufficiency.errors import InputError
from sufficiency.files import write_bytes
from sufficiency.plain import no_formula, plain
from sufficiency.progress import progress_bar

__all__ = [
    "CONFIDENTIAL",
    "SYMBOLS",
    "Earlier",
    "Released",
    "csv_bytes",
    "describe",
    "figure_columns",
    "laid_out",
    "release",
    "shown",
    "stack",
    "whole_authority",
    "write_csv",
    "write_release",
]


def release(
    tables: Mapping[str, pd.DataFrame],
    base: Any,
    *,
    profile: str = "public",
    reason: str | None = None,
    earlier: Earlier | Sequence[Earlier] | None = None,
    progress: bool | None = None,
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
    earlier : mapping, path, or sequence of these, optional
        Releases that are out already, with the same base year or another: as this function gave them, or the
        folder of a board pack, or a file that `write_release` wrote.
    progress : bool, optional
        Count the linear programs of the attacker that is played; by default only where somebody is watching.
        Ctrl-C stops between two.

    Returns
    -------
    dict of str to Released
        One for each table, under its name.

    Raises
    ------
    InputError
        If a table does not say what was asked, holds columns that are no figures of a method, or cannot be
        protected; if the profile is not known, or restricted without a reason; if an earlier release cannot be
        read, or its files were changed.

    Examples
    --------
    >>> import sufficiency as sf
    >>> base = sf.project(sf.fit(sf.sample("leeds")), to=2027, draws=20, seed=1, progress=False)
    >>> released = sf.release({"areas": base.demand("area")}, base)["areas"]
    >>> bool((released.table["mean"] == "c").any())
    True
    """
    rules = _profile(profile, reason)
    given = {str(name): checked(str(name), table) for name, table in tables.items()}
    if not rules.controlled:
        return {name: restricted(table, str(reason)) for name, table in given.items()}
    counts = counts_of(base, _base_year(base, given))
    before = known(earlier)
    _name_sites(counts, [*given.values(), *(table for each in before for table in each.values())])
    system = System(counts, rules.threshold)
    printed = [system.add(name, table, ask_of(name, table, base)) for name, table in given.items()]
    for each in printed:
        system.print_figures(each)
    for number, out in enumerate(before):
        remember(system, number, out)
    hidden = _hidden(system, rules, progress)
    return {each.name: released(each, system, hidden, rules) for each in printed}


def write_release(tables: Mapping[str, Released], path: str | Path) -> Path:
    """Keep a release for `earlier` of the next one; its name should end in figures.json.

    Raises
    ------
    TypeError
        If a table was not released.
    """
    return write_bytes(path, saved(tables))


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


def _profile(name: str, reason: str | None) -> Profile:
    if name not in PROFILES:
        raise InputError(f"profile must be public, partner or restricted, got {name!r} [unknown-profile]")
    if not PROFILES[name].controlled and not (reason or "").strip():
        raise InputError(
            "a restricted release withholds nothing: it needs a reason [no-reason]\n\nhint: reason='...' says who "
            "needs it and for what; it stands in the watermark"
        )
    return PROFILES[name]


def _base_year(base: Any, tables: Mapping[str, pd.DataFrame]) -> int | None:
    if not isinstance(base, pd.DataFrame):
        return None
    years = [int(table["year"].min()) for table in tables.values() if "year" in table.columns and len(table)]
    return min(years, default=0)


def _name_sites(counts: Counts, tables: Sequence[pd.DataFrame]) -> None:
    names = {str(site) for table in tables if "site" in table.columns for site in table["site"] if site != "all"}
    add_sites(counts.labels, sorted(names - set(counts.labels.sites)))


def _hidden(system: System, rules: Profile, progress: bool | None) -> list[bool]:
    """Which cells are withheld; what is worked out from withheld ones is withheld with them."""
    while True:
        with progress_bar(None, progress, unit="program", about="protecting small counts") as tell:
            hidden, _, _ = _core.disclose(system.core(), float(rules.threshold), tell)
        if not system.hide(system.followers(hidden)):
            return hidden
