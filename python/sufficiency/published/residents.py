"""Residents by single year of age in every layout that ONS and nomis publish, recognised by the columns.

Known: one row per area and year with `age_0`, `age_1`, ...; one row per area, year and age; one row per area, sex
and
age with a column per year (`population_2011`, or `2011`), as in the mid-year estimates by local authority and the
subnational projections; a long extract with one observation a row (`DATE`, `GEOGRAPHY_CODE`, `C_AGE`,
`OBS_VALUE`),
as nomis gives.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

HEADER_LINES = 12
"""Lines among which the header is looked for: publishers put titles above it."""
OLDEST_AGE = 25
NOMIS_AGE_0 = 101
"""Code of age 0 in nomis' C_AGE (single years run from 101 to 191; 1 to 20 and 200 on are bands)."""

AREA_COLUMNS = ("area_code", "la_code", "new_la_code", "geography_code", "ladcode", "lad_code")
_AREA_BY_PATTERN = re.compile(r"ladcode\d*|lad\d*cd|laua\d*cd|ctyua\d*cd|geography_code")
_FINER_AREAS = frozenset({"outcode", "lsoa11_code", "lsoa21_code", "postcode", "lsoa11cd", "lsoa21cd", "oa21cd"})
_YEAR_COLUMN = re.compile(r"(?:population_)?((?:19|20)\d\d)")
_DATES = ("date_name", "date", "date_code", "projected_year", "projected_year_name", "projected_year_code")
_AGES = ("c_age_name", "c_age", "age_name", "age", "age_group", "c_age_code")
_SEXES = ("gender_name", "sex_name", "c_sex_name", "gender", "sex", "c_sex")
_EVERYBODY = frozenset({"total", "persons", "person", "people", "all", "all persons", "0", "t", "p", "both"})
_EITHER_SEX = frozenset({"male", "female", "males", "females", "m", "f", "1", "2"})


def header_line(path: Path) -> tuple[int, list[str]]:
    """Position and heads of the line that names population columns; the first line if none does."""
    first: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for at, cells in enumerate(csv.reader(file)):
                heads = [_plain(cell) for cell in cells]
                first = first or heads
                if is_population(heads):
                    return at, heads
                if at >= HEADER_LINES:
                    break
    except (UnicodeDecodeError, csv.Error):
        return 0, []  # not one of theirs
    return 0, first


def is_population(heads: Iterable[str]) -> bool:
    """Whether a file with these heads (lower case) holds residents by area and single age."""
    return layout(heads) is not None


def layout(heads: Iterable[str]) -> str | None:
    """Which of the four layouts: `ages across`, `one a row`, `years across`, `observations`; None if it is
    none.
    """
    columns = set(heads)
    area = _area_column(columns) is not None
    if columns & _FINER_AREAS:
        return None
    if "obs_value" in columns and area and _found(columns, _DATES) and _found(columns, _AGES):
        return "observations"
    if area and _found(columns, _AGES) and any(_YEAR_COLUMN.fullmatch(column) for column in columns):
        return "years across"
    if "sex" in columns or not columns & {"year"}:
        return None
    if {"age_0", "age_25"} <= columns and area:
        return "ages across"
    if {"age", "persons"} <= columns or ({"age", "population"} <= columns and area):
        return "one a row"
    return None


def read_residents(path: Path) -> pd.DataFrame:
    """Columns authority, mid_year, age, population of a population file; `authority` is empty where it has
    none.
    """
    at, _ = header_line(path)
    return residents(pd.read_csv(path, encoding="utf-8-sig", thousands=",", skiprows=at, low_memory=False))


def residents(table: pd.DataFrame) -> pd.DataFrame:
    """Columns authority, mid_year, age (0 to 25), population of a table in any of the layouts.

    Raises
    ------
    ValueError
        If it is in none of them.
    """
    table = table.rename(columns={column: _plain(column) for column in table.columns})
    kind = layout(table.columns)
    if kind is None:
        raise ValueError("no layout of residents that is known has these columns")
    code = _area_column(set(table.columns))
    table["authority"] = table[code].astype(str).str.strip() if code else ""
    if "variant" in table.columns:  # ONS gives several; v1 is the principal projection
        table = table[table["variant"].astype(str).isin(["v1", "principal"])]
    long = {
        "ages across": _ages_across,
        "one a row": _one_a_row,
        "years across": _years_across,
        "observations": _observations,
    }[kind](table)
    numbers = long[["mid_year", "age", "population"]].apply(pd.to_numeric, errors="coerce")
    numbers.insert(0, "authority", long["authority"])
    numbers = numbers[numbers["age"].between(0, OLDEST_AGE)].dropna()
    typed: pd.DataFrame = numbers.astype({"mid_year": int, "age": int, "population": float})
    return typed.reset_index(drop=True)


def _ages_across(table: pd.DataFrame) -> pd.DataFrame:
    ages = [f"age_{age}" for age in range(OLDEST_AGE + 1)]
    long = table.melt(["authority", "year"], ages, "age", "population")
    return long.assign(age=long["age"].str.removeprefix("age_")).rename(columns={"year": "mid_year"})


def _one_a_row(table: pd.DataFrame) -> pd.DataFrame:
    count = "population" if "population" in table.columns else "persons"
    return table.rename(columns={"year": "mid_year", count: "population"})


def _years_across(table: pd.DataFrame) -> pd.DataFrame:
    """One row per area, sex and age: sexes added up unless everybody is a row too."""
    rows = _of_everybody(table).assign(age=_single_ages(table, _AGES))
    years = [column for column in table.columns if _YEAR_COLUMN.fullmatch(column)]
    long = rows.melt(["authority", "age"], years, "mid_year", "population")
    long["mid_year"] = long["mid_year"].str[-4:].astype(int)
    long["population"] = pd.to_numeric(long["population"].astype(str).str.replace(",", ""), errors="coerce")
    return _added(long)


def _observations(table: pd.DataFrame) -> pd.DataFrame:
    """One observation a row: numbers, not percentages, of everybody (else both sexes added up)."""
    if "measures_name" in table.columns:
        table = table[table["measures_name"].astype(str).str.casefold().eq("value")]
    elif "measures" in table.columns:
        table = table[table["measures"].astype(str).eq("20100")]
    date = str(_found(set(table.columns), _DATES))
    rows = _of_everybody(table)
    rows = rows.assign(age=_single_ages(rows, _AGES), population=pd.to_numeric(rows["obs_value"], errors="coerce"))
    rows["mid_year"] = pd.to_numeric(rows[date].astype(str).str.extract(r"((?:19|20)\d\d)")[0], errors="coerce")
    return _added(rows)


def _of_everybody(table: pd.DataFrame) -> pd.DataFrame:
    sex = _found(set(table.columns), _SEXES)
    if sex is None:
        return table
    word = table[sex].astype(str).str.strip().str.casefold()
    everybody = word.isin(_EVERYBODY)
    return table[everybody] if everybody.any() else table[word.isin(_EITHER_SEX)]


def _single_ages(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series[Any]:
    """`Age 7`, `Aged 7`, `7` or nomis' code 108; missing for bands, totals and `90+`."""
    column = str(_found(set(table.columns), columns))
    text = table[column].astype(str).str.strip().str.removesuffix(".0")
    age = pd.to_numeric(text.str.extract(r"(?i)^(?:aged?\s+)?(\d+)$")[0], errors="coerce")
    if column.startswith("c_age") and not column.endswith("_name"):
        age = age.where(age.between(NOMIS_AGE_0, 199)) - NOMIS_AGE_0
    return age


def _added(long: pd.DataFrame) -> pd.DataFrame:
    """Summed over sexes; an age that one of them does not have stays missing."""
    keys = ["authority", "mid_year", "age"]
    sums = long.dropna(subset=keys).groupby(keys)["population"].agg(lambda part: part.sum(skipna=False))
    return sums.reset_index()


def _found(columns: set[str], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in columns), None)


def _area_column(columns: set[str]) -> str | None:
    known = _found(columns, AREA_COLUMNS)
    return known or next((column for column in sorted(columns) if _AREA_BY_PATTERN.fullmatch(column)), None)


def _plain(text: object) -> str:
    return str(text).strip().strip('"').lower().replace(" ", "_")
