"""All tables of one authority from a folder of official files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from .authority import Authority, find_authority
from .flags import Noticed
from .flows import read_flows
from .population import read_population
from .release import Release, read_release
from .requests import read_requests
from .stock import read_plans

DFE = "Department for Education, Education, health and care plans"
ONS = "Office for National Statistics"
LICENCE = "Open Government Licence v3.0"
PERSON_LEVEL_FROM = 2023
"""First January of the person-level return (DfE data guidance, 2025 release)."""

_AGE_BASES = {
    "stock": "whole years on 31 August before the January",
    "new to 2022": "five bands as returned by the authority",
    "new": "age when the plan started, as published (behaves as exact age at the January)",
    "new by need": "age on 31 August before the calendar year: one year younger than the stock",
    "ceased": "age when the plan ceased",
}


def read_tables(
    folder: str | Path | Release, authority: str, as_of: int | None = None
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Read one authority from official files, recognised by their columns.

    Parameters
    ----------
    folder
        Folder of csv files (searched with its sub-folders), or a `Release` read before.
    authority
        Code or name; England is `E92000001` or `England`.
    as_of
        Use nothing later than stock to this January, flows of the calendar year before and
        population to the mid-year before. None: everything there is.

    Returns
    -------
    tuple
        The content of `authority.toml` with `flags`, and frames by table name.

    Raises
    ------
    ValueError
        If the folder has no plans, or the authority is not in it (nearest ones are named).
    """
    release = folder if isinstance(folder, Release) else read_release(folder)
    if as_of is not None:
        release = known_at(release, as_of)
    who = find_authority(release, authority)
    noticed = Noticed()
    plans = read_plans(release, who, noticed)
    if plans.empty:
        until = "" if as_of is None else f" to January {as_of}"
        raise ValueError(f"no plans in force are published for {who.name} ({who.code}){until}")
    base_year = int(plans["year"].max())
    flows = read_flows(release, who, noticed)
    population, control = read_population(release, who, base_year, as_of, noticed)
    tables = {
        "areas": _areas(who),
        "population": population,
        "plans": plans,
        "flows": flows,
        "requests": read_requests(release, who, flows),
    }
    if control is not None:
        tables["population_control"] = control
    _note_breaks(plans, noticed)
    return _metadata(who, base_year, tables, noticed), tables


def known_at(release: Release, as_of: int) -> Release:
    """The release without any row of the DfE files later than January `as_of`.

    Cut before anything is read, so that no repair or default can look ahead. Population files
    stay whole here: the series are cut once estimates are told from projections.
    """
    cut = {kind: table[table["year"] <= as_of] for kind, table in release.tables.items()}
    kept = {kind: table for kind, table in cut.items() if len(table)}
    if not kept:
        raise ValueError(f"nothing was published for January {as_of} or before")
    return replace(release, tables=kept)


def _areas(who: Authority) -> pd.DataFrame:
    """One area named by its code: the release has no smaller ones. No centroid is published."""
    return pd.DataFrame(
        {
            "area": [who.code],
            "name": [who.name],
            "latitude": [float("nan")],
            "longitude": [float("nan")],
            "planning_area": [who.name],
        }
    )


def _note_breaks(plans: pd.DataFrame, noticed: Noticed) -> None:
    years = set(plans["year"])
    if min(years) < PERSON_LEVEL_FROM <= max(years):
        noticed.add("collection-changed", "plans", PERSON_LEVEL_FROM)
    if plans["need"].eq("all").all():
        noticed.add("need-not-published", "plans")


def _metadata(who: Authority, base_year: int, tables: dict[str, pd.DataFrame], noticed: Noticed) -> dict[str, Any]:
    return {
        "schema": "1.0",
        "name": who.name,
        "code": who.code,
        "base_year": base_year,
        "price_year": base_year,
        "currency": "GBP",
        "sources": _sources(tables, noticed),
        "flags": noticed.listed(last=max([base_year, *tables["flows"]["year"]])),
    }


def _sources(tables: dict[str, pd.DataFrame], noticed: Noticed) -> list[dict[str, str]]:
    """What each table rests on: table, part, status, source, licence, age_base if it has ages."""
    rows = [
        ("plans", "plans in force in January", "published", DFE, "stock"),
        ("flows", "new plans to calendar 2021, by age band", "published", DFE, "new to 2022"),
        ("flows", "new plans from calendar 2022, by age", "published", DFE, "new"),
        ("flows", "new plans by need and age", "published", DFE, "new by need"),
        ("flows", "plans ceased and transferred out", "published", DFE, "ceased"),
        ("requests", "requests, agreed, issued, within 20 weeks", "published", DFE, ""),
        ("population", "mid-year estimates", "published", f"{ONS}, mid-year estimates", ""),
        ("areas", "one area named by its code", "derived", DFE, ""),
    ]
    if "population_control" in tables:
        projection = f"{ONS}, mid-year estimates and 2018-based principal projection"
        rows.append(("population_control", "official totals", "published", projection, ""))
    if noticed.has("population-rolled-forward"):
        ratios = f"cohort change ratios of {ONS} mid-year estimates"
        rows.append(("population", "years after the last estimate", "derived", ratios, ""))
    sources = []
    for table, part, status, source, base in rows:
        if tables[table].empty or (base == "new by need" and not noticed.has("age-bases-differ")):
            continue
        entry = {"table": table, "part": part, "status": status, "source": source}
        entry["licence"] = LICENCE
        if base:
            entry["age_base"] = _AGE_BASES[base]
        sources.append(entry)
    return sources
