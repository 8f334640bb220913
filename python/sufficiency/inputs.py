"""Inputs: the checked tables of one authority."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.kept import input_files, input_tables
from sufficiency.saving import load_folder, save_folder
from sufficiency.showing import html_list, html_table
from sufficiency.text_tables import TextTables, text_columns, toml_text, typed

if TYPE_CHECKING:
    from sufficiency.sen2.report import Reading

SUPPLY_TABLES = frozenset(["sites", "places", "occupied", "travel", "costs"])
SOURCE_COLUMNS = ("table", "part", "status", "source", "licence", "age_base")


class Inputs:
    """Tables of one authority, checked as a whole and never changed afterwards.

    Made by `read_inputs`, `Inputs.from_frames` or `sample`; not by hand.
    """

    __slots__ = ("_inner", "_reading")

    def __init__(self, inner: _core.Inputs, reading: Reading | None = None) -> None:
        self._inner = inner
        self._reading = reading

    @classmethod
    def from_frames(
        cls, authority: Mapping[str, Any] | str | None = None, *, published: bool = False, **frames: Any
    ) -> Inputs:
        """Check tables that are already in memory.

        Parameters
        ----------
        authority : mapping or str
            Content of ``authority.toml``, as a mapping or as its text: at least schema, name, code and
            base_year.
        published : bool
            Whether the tables are official figures as published: margins that differ are then scaled to the
            total by age and flagged, where your own must agree.
        **frames : frame or mapping of sequences
            Tables by name (``plans=...``): frames of any library that narwhals knows, or columns by head.

        Returns
        -------
        Inputs
            Checked as a whole.

        Raises
        ------
        InputError
            If anything is wrong; ``problems`` lists every fault.

        Examples
        --------
        >>> import sufficiency as sf
        >>> ages = [str(age) for age in range(26)]
        >>> inputs = sf.Inputs.from_frames(
        ...     {"schema": "1.0", "name": "Example", "code": "E00000001", "base_year": 2025},
        ...     areas={"area": ["A"], "name": ["A"], "planning_area": ["A"]},
        ...     population={"year": [2025] * 26, "area": ["A"] * 26, "age": ages, "population": [100] * 26},
        ...     plans={
        ...         "year": [2025], "area": ["A"], "age": [7], "need": ["ASD"], "setting": ["ap"],
        ...         "plans": [3],
        ...     },
        ... )
        >>> inputs.tables
        ['areas', 'plans', 'population']
        """
        text = authority if isinstance(authority, str) else toml_text(authority or {})
        tables = {name: text_columns(name, frame) for name, frame in frames.items() if frame is not None}
        return cls(_core.Inputs.from_tables(text, tables, published))

    def check(self) -> Inputs:
        """Check everything again and return these inputs.

        Raises
        ------
        InputError
            Never for inputs that this version made; inputs kept by an older version may fail newer rules.

        Examples
        --------
        >>> inputs.check() is inputs
        True
        """
        _core.Inputs.from_tables(*self._raw())
        return self

    def as_of(self, year: int) -> Inputs:
        """The inputs as they were in a January: nothing later, and that January as the base year.

        Rows of a later `year` go; so do sites, which are known as they stand now; supported and waiting children
        of
        later years go with the rest.

        Raises
        ------
        InputError
            If what is left is not enough, such as no plans of that January.

        Examples
        --------
        >>> inputs.as_of(2021).base_year
        2021
        """
        authority, tables, published = self._raw()
        kept = {name: _until(columns, year) for name, columns in tables.items() if name not in SUPPLY_TABLES}
        text = re.sub(r"(?m)^\"?base_year\"?\s*=\s*\d+", f"base_year = {int(year)}", authority, count=1)
        return _restored(
            text, {name: columns for name, columns in kept.items() if any(columns.values())}, published
        )

    @property
    def name(self) -> str:
        """Name of the authority."""
        return self._inner.names[0]

    @property
    def code(self) -> str:
        """ONS code of the authority."""
        return self._inner.names[1]

    @property
    def base_year(self) -> int:
        """January census that projections start from."""
        return self._inner.years[0]

    @property
    def published(self) -> bool:
        """Whether the tables are official figures as published."""
        return self._inner.published

    @property
    def codes(self) -> dict[str, list[str]]:
        """Codes of ``area``, ``need`` and ``setting`` in declared order."""
        return self._inner.codes

    @property
    def flags(self) -> list[str]:
        """What to know before trusting a result, as slugs; `flag_table` says what each means."""
        return list(dict.fromkeys(slug for slug, _, _, _ in self._inner.flags))

    def flag_table(self) -> pd.DataFrame:
        """Flags in words: columns flag, table, years (blank for all), meaning.

        Examples
        --------
        >>> list(inputs.flag_table().columns)
        ['flag', 'table', 'years', 'meaning']
        """
        rows = [(slug, table, _years(years), meaning) for slug, table, years, meaning in self._inner.flags]
        return pd.DataFrame(rows, columns=["flag", "table", "years", "meaning"])

    def sources(self) -> pd.DataFrame:
        """Where every figure is from: columns table, part, status, source, licence, age_base.

        Examples
        --------
        >>> sorted(inputs.sources()["status"].unique())
        ['derived', 'published', 'synthetic']
        """
        return pd.DataFrame(self._inner.sources)[list(SOURCE_COLUMNS)]

    @property
    def tables(self) -> list[str]:
        """Names of the tables that were given, in alphabetical order."""
        return sorted(self._inner.tables)

    def table(self, name: str) -> pd.DataFrame:
        """One table as it was given, whole numbers as integers, ages and codes as text.

        Parameters
        ----------
        name : str
            One of `tables`, or ``base``: plans of the base year as one coherent table by area, age, need and
            setting, children on census day, observed.

        Raises
        ------
        InputError
            If the table was not given.

        Examples
        --------
        >>> int(inputs.table("base")["plans"].sum())
        6093
        """
        if name == "base":
            return pd.DataFrame(self._inner.base())
        columns = self._inner.table(name)
        if columns is None:
            listed = ", ".join([*self.tables, "base"])
            raise InputError(f"table {name!r} was not given [unknown-table]\n\nhint: there are {listed}")
        return pd.DataFrame({head: typed(head, values) for head, values in columns.items()})

    def issues(self) -> pd.DataFrame:
        """What was doubtful in person-level returns, and what was assumed until it is mended.

        Returns
        -------
        DataFrame
            slug, module, year, row (position in the module's file, from 1), column, severity (error, warning,
            note),
            message, assumed: no name, number or postcode of a child. Empty unless `read_sen2` made these inputs.

        Examples
        --------
        >>> len(inputs.issues())
        0
        """
        return self._about_reading().issues.copy()

    def corrections(self) -> pd.DataFrame:
        """The corrections of `read_sen2`, one row each.

        Columns line, module, year, row, column, whether applied, and why not.

        Examples
        --------
        >>> len(inputs.corrections())
        0
        """
        return self._about_reading().corrections.copy()

    def account(self, by: Literal["year", "reason"] = "year") -> pd.DataFrame:
        """Plans of one January to plans of the next, counted child by child by `read_sen2`; else empty.

        Parameters
        ----------
        by : str
            `year`; or `reason`: plans that ended, by recorded reason: year, reason, meaning, plans.

        Returns
        -------
        DataFrame
            year, plans_before, new, transfer_in, ceased, transfer_out, plans, moved (need or required setting
            changed), and of those that came and left: reconciliation_in, reconciliation_out, which no record
            explains.

        Raises
        ------
        InputError
            If `by` is neither.

        Examples
        --------
        >>> len(inputs.account())
        0
        """
        if by not in ("year", "reason"):
            raise InputError(f"by must be year or reason, got {by!r} [unknown-axis]")
        reading = self._about_reading()
        return (reading.reasons if by == "reason" else reading.account).copy()

    def with_reading(self, reading: Reading) -> Inputs:
        """The same inputs with what reading person-level returns found."""
        return Inputs(self._inner, reading)

    def _about_reading(self) -> Reading:
        from sufficiency.sen2.report import Reading

        return self._reading or Reading.empty()

    def _raw(self) -> tuple[str, TextTables, bool]:
        tables = {name: self._inner.table(name) or {} for name in self._inner.tables}
        return self._inner.authority, tables, self._inner.published

    def save(self, path: str | Path) -> Path:
        """Write the tables as a folder that `Inputs.load` reads; all of it is restricted.

        Raises
        ------
        InputError
            If something else stands at the path.

        Examples
        --------
        >>> inputs.save("my-inputs").name
        'my-inputs'
        """
        files = {f"restricted/inputs/{name}": content for name, content in input_files(self._raw()).items()}
        if self._reading is not None:
            files |= {f"restricted/reading/{name}": held for name, held in self._reading.files().items()}
        about = {"name": self.name, "code": self.code, "base_year": self.base_year, "flags": self.flags}
        return save_folder(path, "inputs", files, about)

    @classmethod
    def load(cls, path: str | Path) -> Inputs:
        """Inputs that `save` wrote, checked again.

        Raises
        ------
        InputError
            If a file was changed, the folder is of a newer version, or the tables break a rule of this version.

        Examples
        --------
        >>> _ = inputs.save("my-inputs")
        >>> sf.Inputs.load("my-inputs").name
        'Leeds'
        """
        from sufficiency.sen2.report import Reading

        saved = load_folder(path, "inputs")
        reading = Reading.of_files(saved.under("restricted/reading"))
        return _restored(*input_tables(saved.under("restricted/inputs")), reading)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (*self._raw(), self._reading)

    def __repr__(self) -> str:
        flags = f", flags: {', '.join(self.flags)}" if self.flags else ""
        who = f"{self.name} ({self.code}), base year {self.base_year}"
        return f"Inputs of {who}: {', '.join(self.tables)}{flags}"

    def summary(self) -> pd.DataFrame:
        """What was given: columns table, rows, years, status; no counts of children.

        Returns
        -------
        DataFrame
            `status` is what `sources` says of the table: published, derived, inferred, synthetic or own.

        Examples
        --------
        >>> import sufficiency as sf
        >>> list(sf.sample("leeds").summary().columns)
        ['table', 'rows', 'years', 'status']
        """
        sources, rows = self.sources(), []
        for name in self.tables:
            table = self.table(name)
            span = f"{table['year'].min()} to {table['year'].max()}" if "year" in table else ""
            status = ", ".join(dict.fromkeys(sources.loc[sources["table"].isin([name, "all"]), "status"]))
            rows.append((name, len(table), span, status))
        return pd.DataFrame(rows, columns=["table", "rows", "years", "status"])

    def _repr_html_(self) -> str:
        """A table of what was given: rows, years and status, no counts of children."""
        title = f"Inputs of {self.name} ({self.code}), base year {self.base_year}"
        flags = [(slug, meaning) for slug, _, _, meaning in self._inner.flags]
        return html_table(title, self.summary()) + html_list("Flags", flags)


def located(inputs: Inputs) -> pd.DataFrame:
    """The areas with latitude and longitude in degrees, missing where the table does not have them."""
    areas = inputs.table("areas")
    return areas.reindex(columns=list(dict.fromkeys([*areas.columns, "latitude", "longitude"])))


def _until(columns: dict[str, list[str]], year: int) -> dict[str, list[str]]:
    """The rows of a table whose year is not later; all rows of a table without one."""
    if "year" not in columns:
        return columns
    keep = [int(float(value)) <= year for value in columns["year"]]
    return {
        head: [value for value, kept in zip(values, keep, strict=True) if kept] for head, values in columns.items()
    }


def _restored(authority: str, tables: TextTables, published: bool, reading: Reading | None = None) -> Inputs:
    return Inputs(_core.Inputs.from_tables(authority, tables, published), reading)


def _years(years: list[int]) -> str:
    return ", ".join(str(year) for year in years)
