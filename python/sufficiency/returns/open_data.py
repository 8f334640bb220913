"""Released tables in the tidy layout of DfE open data."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.disclosure.rules import AXES, DESCRIPTIONS
from sufficiency.errors import InputError
from sufficiency.release import Released, laid_out, shown
from sufficiency.returns.codes import authority_code, authority_file

LEVELS = {"area": "Postcode district", "planning_area": "Planning area", "site": "School"}
WORDS = (*DESCRIPTIONS, "academic_year", "category", "age_band")


def open_data(
    released: Released,
    projection: Any,
    *,
    old_la_code: str | None = None,
    region_code: str | None = None,
    country_code: str | None = None,
) -> Released:
    """A released table as DfE open data: time and place first, then filters, then indicators in snake_case.

    Parameters
    ----------
    released : Released
        From `release`.
    projection : Projection
        What it is of: says the authority's name and code.
    old_la_code, region_code, country_code : str, optional
        The authority's number, and codes of its region and country; by default from `[returns]` of authority.toml.

    Returns
    -------
    Released
        time_period (202526 for January 2026), time_identifier, geographic_level, country_code, region_code,
        old_la_code, new_la_code, la_name, filters, indicators. Symbols: c confidential, z not applicable, x not
        available, low rounds to 0. u (low reliability) is never set: ranges say how sure a figure is.

    Raises
    ------
    InputError
        If a code is not known, or the projection is of explicit tables without a name.
    TypeError
        If the table was not released.

    Examples
    --------
    >>> released = sf.release({"demand": base.demand()}, base)["demand"]
    >>> codes = {"old_la_code": "383", "region_code": "E12000003", "country_code": "E92000001"}
    >>> list(sf.open_data(released, base, **codes).table.columns)[:2]
    ['time_period', 'time_identifier']
    """
    table = shown(released).table
    about = authority_file(projection)
    if "name" not in about:
        raise InputError("explicit tables name no authority: open data needs inputs [no-authority-code]")
    number = authority_code(projection, "la_number", old_la_code)
    years = [int(year) for year in table["year"]]
    level = next((LEVELS[axis] for axis in LEVELS if axis in table.columns), "Local authority")
    head: dict[str, Any] = {
        "time_period": [f"{year - 1}{year % 100:02}" for year in years],
        "time_identifier": "Academic year",
        "geographic_level": level,
        "country_code": authority_code(projection, "country_code", country_code),
        "region_code": authority_code(projection, "region_code", region_code),
        "old_la_code": number,
        "new_la_code": about["code"],
        "la_name": about["name"],
    }
    filters = [name for name in table.columns if name in (*AXES, *WORDS)]
    indicators = [name for name in table.columns if name not in {"year", *filters}]
    tidy = pd.DataFrame(head, index=table.index)
    for name in (*filters, *indicators):
        tidy[name] = table[name]
    return laid_out(released, tidy, indicators)
