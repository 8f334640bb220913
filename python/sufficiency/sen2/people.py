"""What is known of each child at each January: date of birth, home district."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .checks import Issues
from .dates import ages_at_august, parse_dates
from .link import changed
from .modules import Returns

OLDEST = 25
ELSEWHERE = "elsewhere"
"""Area of children whose home district is not known or not one of the authority's."""

POSTCODE = r"\s*([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*"
"""Outward and inward code of a United Kingdom postcode."""

DATES = {
    "person": ("personbirthdate",),
    "requests": ("receiveddate", "requestoutcomedate"),
    "assessment": ("assessmentoutcomedate",),
    "named_plan": ("startdate", "ceasedate"),
    "active_plans": ("phasetransferfinaldate",),
    "placement_detail": ("entrydate", "leavingdate"),
}


def read_dates(returns: Returns, issues: Issues) -> None:
    """Turn every date that is used from text into a date; unreadable ones are noted and missing."""
    for module, columns in DATES.items():
        if module not in returns.modules:
            continue
        table = returns.modules[module]
        for column in columns:
            dates = parse_dates(table[column])
            wrong = table[column].str.strip().ne("") & dates.isna()
            issues.add("date-unreadable", module, table[wrong], column)
            table = table.assign(**{column: dates})
        returns.modules[module] = table


def children(returns: Returns, areas: list[str] | None, issues: Issues) -> pd.DataFrame:
    """One row a child and January: year, child, row, age (may be missing), outside (of 0 to 25), area."""
    person = returns.modules["person"].drop_duplicates(["year", "child"]).reset_index(drop=True)
    births = person["personbirthdate"]
    known = births.notna()
    issues.add("age-unknown", "person", person[~known])
    person = person.assign(birth=births.fillna(_other_january(person, births)))
    age = ages_at_august(person["birth"], person["year"])
    issues.add("birth-date-changed", "person", changed(person[known], "personbirthdate"))
    # A child born after 31 August may have a plan by January: age -1 is an age of 0.
    outside = known & (age.gt(OLDEST) | age.lt(-1))
    person = person.assign(age=age.clip(0, OLDEST), outside=outside)
    person["area"] = _districts(person, areas, issues) if areas is not None else ""
    return person[["year", "child", "row", "age", "outside", "area"]]


def _other_january(person: pd.DataFrame, values: pd.Series[Any]) -> pd.Series[Any]:
    """The child's value in the nearest January before that has one, else in the next after."""
    ordered = pd.DataFrame({"child": person["child"], "year": person["year"], "value": values})
    ordered = ordered.sort_values(["child", "year"], kind="stable")
    grouped = ordered.groupby("child")["value"]
    filled: pd.Series[Any] = grouped.ffill().fillna(grouped.bfill())
    return filled.reindex(person.index)


def _districts(person: pd.DataFrame, areas: list[str], issues: Issues) -> pd.Series[Any]:
    postcode = person["postcode"].str.upper()
    outward = postcode.str.extract(f"^{POSTCODE}$")[0]
    blank = postcode.str.strip().eq("")
    issues.add("postcode-missing", "person", person[blank])
    issues.add("postcode-invalid", "person", person[~blank & outward.isna()])
    known = outward.fillna(_other_january(person, outward))
    listed = known.isin(areas)
    issues.add("district-not-listed", "person", person[outward.notna() & ~listed])
    area = known.where(listed, ELSEWHERE)
    issues.add("moved-district", "person", changed(person.assign(outward=outward)[outward.notna()], "outward"))
    return area
