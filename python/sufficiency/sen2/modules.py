"""The modules of a return, found in a folder by their columns, whatever the files are called."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sufficiency.errors import InputError

Problem = dict[str, object]


class Module(NamedTuple):
    """A module: what its file is known by, the columns that are read, and what its rows hang on (nearest
    first).
    """

    signs: frozenset[str]
    columns: tuple[str, ...]
    parents: tuple[str, ...]
    required: bool


_PLACE = ("urn", "ukprn", "sensetting", "sensettingother", "placementrank")
_UNITS = ("senunitindicator", "resourcedprovisionindicator")

MODULES = {
    "person": Module(
        frozenset({"personbirthdate"}),
        ("personbirthdate", "postcode", "upn", "uniquelearnernumber", "surname", "forename"),
        (),
        True,
    ),
    "requests": Module(
        frozenset({"receiveddate"}),
        ("receiveddate", "requestoutcome", "requestoutcomedate"),
        ("person",),
        False,
    ),
    "named_plan": Module(
        frozenset({"startdate", "ceasereason"}),
        ("startdate", "ceasedate", "ceasereason"),
        ("assessment", "requests", "person"),
        True,
    ),
    "assessment": Module(
        frozenset({"assessmentoutcome"}),
        ("assessmentoutcome", "assessmentoutcomedate"),
        ("requests", "person"),
        False,
    ),
    "placement_detail": Module(
        frozenset({"placementrank", "entrydate"}),
        (*_PLACE, *_UNITS, "entrydate", "leavingdate"),
        ("active_plans", "requests", "person"),
        True,
    ),
    "plan_detail": Module(
        frozenset({"placementrank", "sensetting"}),
        (*_PLACE, *_UNITS),
        ("named_plan", "assessment", "requests", "person"),
        False,
    ),
    "sen_need": Module(
        frozenset({"sentype"}),
        ("sentype", "sentyperank"),
        ("active_plans", "requests", "person"),
        True,
    ),
    "active_plans": Module(
        frozenset({"transferla"}), ("transferla", "phasetransferfinaldate"), ("requests", "person"), True
    ),
    "return": Module(frozenset({"collection", "referencedate"}), ("referencedate", "year"), (), False),
    "establishments": Module(frozenset({"urn", "typeofestablishment(code)"}), (), (), False),
}
"""In the order in which a file is compared with their signs: the first that fits is what it is."""

TABLE_ID = {name: name.replace("_", "") + "tableid" for name in MODULES}
"""Column that numbers the rows of a module (``namedplantableid``): others hang on it."""

_ID_HEADS = {
    f"{stem}{ending}": TABLE_ID[name]
    for name in MODULES
    for stem in {name.replace("_", ""), name.replace("_", "").removesuffix("s")}
    for ending in ("id", "key", "tableid")
}
"""Other heads for the ids: `person_id`, `requestid`, `ActivePlanTableID`."""

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-_/ ](20)?(\d\d)(?!\d))?")


@dataclass
class Returns:
    """All Januaries together: module -> rows as text, with `year` and `row` (position in its file, from 1)."""

    modules: dict[str, pd.DataFrame]
    establishments: pd.DataFrame | None
    files: int

    @property
    def years(self) -> list[int]:
        """Januaries in order."""
        return sorted(self.modules["person"]["year"].unique().tolist())


def head(text: object) -> str:
    """A column head without case, blanks, dashes and underscores; ids under one name.

    >>> head("Person Table ID"), head("request_id")
    ('persontableid', 'requeststableid')
    """
    plain = re.sub(r"[\s_\-]+", "", str(text).strip().lower().lstrip("\ufeff"))
    return _ID_HEADS.get(plain, plain)


def module_of(columns: list[str]) -> str | None:
    """The module whose signs are among these heads."""
    heads = {head(column) for column in columns}
    if {"urn", "typeofestablishment(name)"} <= heads:
        return "establishments"
    return next((name for name, module in MODULES.items() if module.signs <= heads), None)


def year_in(name: str) -> int | None:
    """The January that a name is of: `2024`, `SEN2_2024`, `2023-24` (January 2024), `export 18-01-2024`."""
    for found in _YEAR.finditer(name):
        first, last = int(found[1]), found[3]
        if last and int(last) == (first + 1) % 100:
            return first + 1
        return first
    return None


def problem(slug: str, table: str, message: str, hint: str | None = None) -> Problem:
    """One thing that is wrong with what was given."""
    return {"slug": slug, "table": table, "row": None, "column": None, "message": message, "hint": hint}


def refuse(problems: list[Problem]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        lines = []
        for each in problems:
            hint = f"\n  hint: {each['hint']}" if each["hint"] else ""
            lines.append(f"{each['table']}: {each['message']} [{each['slug']}]{hint}")
        error = InputError("\n".join(lines))
        error.problems = problems
        raise error


def read_returns(folder: str | Path | Mapping[Any, Any]) -> Returns:
    """Every module table of every January below a folder, or of `{year: folder}`.

    Raises
    ------
    InputError
        If a folder or file cannot be read, a module is missing or there twice for a January, a file does not say
        of which January it is, or there are fewer than two Januaries.
    """
    problems: list[Problem] = []
    places: list[tuple[Path, int | None]]
    if isinstance(folder, Mapping):
        places = [(Path(path), int(year)) for year, path in folder.items()]
    else:
        places = [(Path(folder), None)]
    found: dict[tuple[str, int], tuple[str, pd.DataFrame]] = {}
    establishments: pd.DataFrame | None = None
    undated: list[tuple[str, Path, pd.DataFrame]] = []
    files = 0
    for place, given in places:
        if not place.is_dir():
            problems.append(problem("unreadable-file", "folder", f"{place} is not a folder"))
            continue
        for path in sorted(path for path in place.rglob("*") if path.is_file()):
            for module, table in _tables(path, problems):
                files += 1
                if module == "establishments":
                    establishments = table
                    continue
                year = given or _year_of(path, place)
                if year is None:
                    undated.append((module, path, table))
                else:
                    _keep(found, module, year, path.name, table, problems)
    _date_by_header(undated, found, problems)
    problems += _missing(found)
    refuse(problems)
    modules = {}
    for name in MODULES:
        parts = [table.assign(year=year) for (module, year), (_, table) in sorted(found.items()) if module == name]
        if parts:
            modules[name] = pd.concat(parts, ignore_index=True).fillna("")
    return Returns({name: _complete(name, table) for name, table in modules.items()}, establishments, files)


def _year_of(path: Path, place: Path) -> int | None:
    """The folder nearest to the file that names a year; else the file's own name."""
    for part in reversed(path.relative_to(place).parts[:-1]):
        year = year_in(part)
        if year:
            return year
    return year_in(path.stem)


def _keep(
    found: dict[tuple[str, int], tuple[str, pd.DataFrame]],
    module: str,
    year: int,
    name: str,
    table: pd.DataFrame,
    problems: list[Problem],
) -> None:
    if (module, year) in found:
        message = f"{found[module, year][0]} and {name} both hold module {module} of January {year}"
        problems.append(problem("sen2-module-twice", module, message, "one folder or name per January"))
    found[module, year] = (name, table)


def _date_by_header(
    undated: list[tuple[str, Path, pd.DataFrame]],
    found: dict[tuple[str, int], tuple[str, pd.DataFrame]],
    problems: list[Problem],
) -> None:
    """Files without a year in any name are of the January that the header module beside them names."""
    named: dict[Path, int] = {}
    for module, path, table in undated:
        if module == "return" and len(table) and str(table.get("year", pd.Series([""])).iloc[0]).isdigit():
            named[path.parent] = int(table["year"].iloc[0])
    for module, path, table in undated:
        year = named.get(path.parent)
        if year is None:
            message = f"{path.name} does not say of which January it is"
            hint = "put each January in a folder such as 2024, or the year into the file's name"
            problems.append(problem("sen2-year-unknown", module, message, hint))
        else:
            _keep(found, module, year, path.name, table, problems)


def _missing(found: dict[tuple[str, int], tuple[str, pd.DataFrame]]) -> list[Problem]:
    years = sorted({year for module, year in found if module != "return"})
    problems = []
    if len(years) < 2:
        message = "two Januaries or more are needed" + (f", found {years[0]}" if years else ", found none")
        hint = "one folder per January, such as 2024 and 2025, with the module tables as CSV"
        problems.append(problem("sen2-one-january", "folder", message, hint))
    for year in years:
        for name, module in MODULES.items():
            if module.required and (name, year) not in found:
                message = f"no file of January {year} has the columns of module {name}"
                hint = f"it is known by {', '.join(sorted(module.signs))}"
                problems.append(problem("sen2-module-missing", name, message, hint))
    return problems


def _complete(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The columns that are read, blank where a return does not have them."""
    absent = [column for column in MODULES[name].columns if column not in table.columns]
    return table.assign(**dict.fromkeys(absent, ""))


def _tables(path: Path, problems: list[Problem]) -> list[tuple[str, pd.DataFrame]]:
    """The modules in a file; nothing from a file that is none of ours."""
    kind = path.suffix.lower()
    if path.name.startswith((".", "~$")):
        return []
    try:
        if kind in (".xlsx", ".xlsm", ".ods", ".xls"):
            from sufficiency.excel import read_sheets

            frames = [sheet.frame() for sheet in read_sheets(path)]
        elif kind == ".parquet":
            frames = [pd.read_parquet(path).astype("string").astype(object)]
        elif kind == ".csv":
            frames = [_csv(path)]
        else:
            return []
    except (OSError, ValueError, csv.Error) as error:
        problems.append(problem("unreadable-file", path.stem[:40], f"{path.name} cannot be read: {_short(error)}"))
        return []
    kept = []
    for frame in frames:
        module = module_of([str(column) for column in frame.columns])
        if module is not None:
            kept.append((module, _text(frame)))
    return kept


def _short(error: Exception) -> str:
    # A parser's message may repeat a line of the file, and a line may be a child's.
    return type(error).__name__ if not isinstance(error, InputError | OSError) else str(error)[:200]


def _csv(path: Path) -> pd.DataFrame:
    """A CSV file if its heads are those of a module, else an empty frame."""
    for encoding in ("utf-8-sig", "cp1252"):  # systems of record export either
        try:
            with path.open(encoding=encoding, newline="") as file:
                heads = next(csv.reader(file), [])
            if module_of(heads) is None:
                return pd.DataFrame()
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding, index_col=False)
        except UnicodeDecodeError:
            continue
        except pd.errors.ParserWarning as error:
            raise InputError("its rows have more cells than its header") from error
    return pd.DataFrame()


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    """Text columns under plain heads, and `row`, the position from 1."""
    table = frame.rename(columns={column: head(column) for column in frame.columns})
    table = table.loc[:, ~table.columns.duplicated()].fillna("").astype(str)
    table = table.drop(columns=[column for column in ("row",) if column in table.columns])
    return table.assign(row=range(1, len(table) + 1))
