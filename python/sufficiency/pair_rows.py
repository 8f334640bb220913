"""Rows of pair tables, checked: every fault with its row position, never with a count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sufficiency.errors import refused
from sufficiency.pair_codes import OUTSIDE, unusable
from sufficiency.text_tables import text_columns

Faults = list[dict[str, object]]

# Reception is academic year 0 and age 4; plans end with the 26th birthday.
AGE_OF_RECEPTION, OLDEST = 4, 25
YEARS = (1990, 2100)
# A child may repeat a year group or skip one; a larger step is a fault of linking.
STEPS = (0, 1, 2)


def read_sheet(table: str, given: Any, heads: tuple[str, ...], faults: Faults) -> tuple[pd.DataFrame, list[str]]:
    """The columns of the format as text, and the names of others."""
    if isinstance(given, str | Path):
        try:
            given = pd.read_csv(given, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise refused([fault("unreadable-file", table, f"{given} cannot be read as CSV")]) from error
    columns = text_columns(table, given)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise refused([fault("ragged-row", table, "the columns have different lengths")])
    missing = [head for head in heads if head not in columns]
    hint = f"the format has {', '.join(heads)}"
    faults += [
        fault("missing-column", table, f"column {head} is needed", column=head, hint=hint) for head in missing
    ]
    if not missing and lengths <= {0}:
        faults.append(fault("empty-table", table, f"{table} has no rows"))
    kept = {head: [value.strip() for value in columns.get(head, [])] for head in heads if head in columns}
    return pd.DataFrame(kept, dtype=object), [head for head in columns if head not in heads]


def fault(
    slug: str,
    table: str,
    message: str,
    *,
    row: int | None = None,
    column: str | None = None,
    hint: str | None = None,
) -> dict[str, object]:
    return {"slug": slug, "table": table, "row": row, "column": column, "message": message, "hint": hint}


class _Checks:
    """Faults of one table: a rule, and the rows that break it."""

    def __init__(self, table: str, faults: Faults) -> None:
        self.table, self.faults = table, faults

    def refuse(self, broken: Any, slug: str, column: str, message: str, hint: str | None = None) -> None:
        """One fault for each row (from 1) where `broken` is true."""
        for at in np.flatnonzero(np.asarray(broken, dtype=bool)):
            self.faults.append(fault(slug, self.table, message, row=int(at) + 1, column=column, hint=hint))

    def whole(self, sheet: pd.DataFrame, column: str, needed: Any) -> pd.Series[float]:
        """A column of whole numbers; NaN where blank and not needed, or refused."""
        text = sheet[column]
        number = pd.to_numeric(text, errors="coerce").astype(float)
        blank = text == ""
        self.refuse(blank & needed, "blank-cell", column, f"{column} is blank")
        self.refuse(~blank & ~np.isfinite(number), "not-a-number", column, f"{column} must be a whole number")
        self.refuse(number.mod(1).gt(0), "not-whole", column, f"{column} must be a whole number, got a fraction")
        return number.where(np.isfinite(number) & number.mod(1).eq(0))

    def year(self, sheet: pd.DataFrame) -> pd.Series[float]:
        """The column `calendar-year`."""
        year = self.whole(sheet, "calendar-year", True)
        wrong = year.notna() & ~year.between(*YEARS)
        self.refuse(wrong, "bad-year", "calendar-year", f"calendar-year must be from {YEARS[0]} to {YEARS[1]}")
        return year.where(~wrong)

    def age(self, sheet: pd.DataFrame, column: str, needed: Any) -> pd.Series[float]:
        """Age on 31 August from an academic year."""
        age = self.whole(sheet, column, needed) + AGE_OF_RECEPTION
        wrong = needed & age.notna() & ~age.between(0, OLDEST)
        message = f"{column} must be from -{AGE_OF_RECEPTION} to {OLDEST - AGE_OF_RECEPTION} (ages 0 to {OLDEST})"
        self.refuse(wrong, "bad-age", column, message)
        return age.where(~wrong)


def checked_pairs(sheet: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Rows checked: year, and setting, need, age of either January; setting blank where there is no plan."""
    checks = _Checks("transitions", faults)
    rows = pd.DataFrame({"year": checks.year(sheet)})
    for side in ("1", "2"):
        heads = [f"setting-{side}", f"need-{side}"]
        outside = sheet[heads] == OUTSIDE
        for head in heads:
            checks.refuse(sheet[head].eq(""), "blank-cell", head, f"{head} is blank", f"{OUTSIDE} means no plan")
            checks.refuse(
                unusable(sheet[head]), "bad-code-list", head, "codes hold no ; + or comma, and are not all"
            )
        half = outside.sum(axis=1).eq(1) & (sheet[heads] != "").all(axis=1)
        checks.refuse(
            half, "half-outside", heads[0], f"{OUTSIDE} stands for setting and need alike, or for neither"
        )
        inside = ~outside.any(axis=1)
        age = checks.age(sheet, f"academic-year-{side}", inside)
        rows[f"setting{side}"] = sheet[heads[0]].where(inside, "")
        rows[f"need{side}"] = sheet[heads[1]].where(inside, "")
        rows[f"age{side}"] = age.where(inside)
    nowhere = (sheet[["setting-1", "setting-2"]] == OUTSIDE).all(axis=1)
    checks.refuse(
        nowhere, "outside-twice", "setting-2", "a row stands for a child with a plan in one of the Januaries"
    )
    step = rows["age2"] - rows["age1"]
    message = "a child moves up one year group, or repeats or skips one"
    checks.refuse(step.notna() & ~step.isin(STEPS), "bad-step", "academic-year-2", message)
    return rows


def checked_residents(sheet: pd.DataFrame, faults: Faults) -> tuple[pd.DataFrame, bool]:
    """Columns year, age, population, and whether fractions were rounded."""
    checks = _Checks("population", faults)
    year, age = checks.year(sheet), checks.age(sheet, "academic-year", pd.Series(True, index=sheet.index))
    number = pd.to_numeric(sheet["population"], errors="coerce").astype(float)
    checks.refuse(sheet["population"].eq(""), "blank-cell", "population", "population is blank")
    wrong = sheet["population"].ne("") & ~np.isfinite(number)
    checks.refuse(wrong, "not-a-number", "population", "population must be a number of 0 or more")
    checks.refuse(
        number < 0, "negative-count", "population", "population must be 0 or more, got a negative number"
    )
    rows = pd.DataFrame({"year": year, "age": age, "population": number})
    twice = rows.duplicated(["year", "age"]) & rows[["year", "age"]].notna().all(axis=1)
    checks.refuse(
        twice, "duplicate-key", "academic-year", "this year and year group stand in an earlier row already"
    )
    rows = rows.dropna()
    rounded = bool(rows["population"].mod(1).gt(0).any())
    return rows.astype({"year": int, "age": int}).assign(
        population=rows["population"].round().astype(int)
    ), rounded


def check_years(rows: pd.DataFrame, residents: pd.DataFrame, faults: Faults) -> None:
    years = sorted({int(year) for year in rows["year"].dropna()})
    gaps = [year for year in range(min(years, default=0), max(years, default=0) + 1) if year not in years]
    if gaps:
        listed = ", ".join(map(str, gaps))
        hint = "leave the earlier years out: flows are counted from one January to the next"
        faults.append(fault("year-gap", "transitions", f"no pairs of {listed}", column="calendar-year", hint=hint))
    known = set(residents["year"])
    if years and known and not known & {years[-1], years[-1] + 1}:
        message = f"no residents of the base year {years[-1] + 1}, nor of the year before"
        faults.append(fault("base-year-without-population", "population", message, column="calendar-year"))
    elif years and known:
        wanted = range(min(known), max(*known, years[-1]) + 1)
        if missing := [year for year in wanted if year not in known]:
            message = f"no residents of {', '.join(map(str, missing))}"
            faults.append(fault("year-gap", "population", message, column="calendar-year"))
