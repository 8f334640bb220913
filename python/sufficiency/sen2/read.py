"""Person-level SEN2 returns of two or more Januaries become checked inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.frames import columns_of
from sufficiency.inputs import Inputs
from sufficiency.returns.codes import specialist

from .checks import Issues
from .corrections import LOG_COLUMNS, apply_corrections, read_corrections
from .flows import flows_between, requests_table
from .link import duplicate_rows, link_children, link_rows
from .modules import Returns, problem, read_returns, refuse
from .people import children, read_dates
from .population import read_population
from .report import Reading
from .required import required_on
from .settings import Register
from .stock import KEYS, census_days, fill_ages, in_force, named_on, needs_on, placements_on, plans_on
from .tables import (
    areas_table,
    counted,
    need_table,
    needs_with,
    occupied_table,
    plans_table,
    population_table,
)

AGE_BASE = "whole years on 31 August before the January"


def read_sen2(
    folder: str | Path | Mapping[int, str | Path],
    *,
    authority: Mapping[str, Any],
    population: Any,
    establishments: Any = None,
    areas: Any = None,
    corrections: Any = None,
    settings: Any = None,
    partnerships: Any = None,
    compound_needs: Sequence[str] = (),
    **tables: Any,
) -> Inputs:
    """Read person-level SEN2 returns of two or more Januaries.

    Parameters
    ----------
    folder : str, Path or mapping
        Folder with one sub-folder a January (`2024`, `SEN2 2023-24`), or files with the year in their name, or
        `{year: folder}`. The module tables (1 person, 2 requests, 3 assessment, 4a named plan, 4b plan detail,
        5a active plans, 5b placement detail, 5c need) are known by their columns under any file name: CSV,
        Parquet,
        or sheets of a workbook; case, blanks and underscores in heads do not matter.
    authority : mapping
        At least `name` and `code` (ONS), and whatever else `authority.toml` may say. The base year is the last
        January.
    population : frame, mapping of columns, str or Path
        Residents: year, area, age, population; or a file of mid-year estimates in a layout of ONS or nomis (then
        of
        the authority as a whole, so there is one area).
    establishments : frame, mapping of columns, str or Path, optional
        Establishments by URN as GIAS publishes them; a file with these columns in `folder` is found by itself.
    areas : frame, mapping of columns, str or Path, optional
        Columns of `areas.csv`, areas being postcode districts. Left out: the areas of `population`.
    corrections : frame, str or Path, optional
        Columns module, year, person or row, column, from, to, reason, who: applied before anything is derived.
    settings, partnerships : frame, str or Path, optional
        The mapping of placements to settings in place of `sufficiency.sen2.setting_table()`; local exceptions by
        urn, flag (sen_unit, resourced, any, none, all), setting (`partnership` if left out).
    compound_needs : sequence of str
        Pairs such as `ASD+SLD` that are to be needs of their own: need of first rank, then of second.
    **tables : frame, str or Path
        Other tables of inputs: `sites`, `places`, `costs`, `travel`, `support`, `occupied`, `population_control`.
        Where the code of every site starts with its URN, `occupied` is counted from the placements.

    Returns
    -------
    Inputs
        Plans of every January by area, age, need, setting and what the plan requires; flows of what is required,
        counted child by child; requests; children waiting.
        `issues()` lists what was doubtful and what was assumed, `corrections()` the log, `account()` the
        balance of every pair of Januaries.

    Raises
    ------
    InputError
        If files are missing or cannot be read, or the tables break a rule of inputs.

    Examples
    --------
    A return of one invented child, in as few columns as will do.

    >>> from pathlib import Path
    >>> modules = {
    ...     "person": "upn,personbirthdate,postcode\\nA000000000001,2015-03-01,QX1 1ZZ",
    ...     "named_plan": "upn,startdate,ceasedate,ceasereason\\nA000000000001,2022-05-04,,",
    ...     "active_plans": "upn,transferla\\nA000000000001,",
    ...     "placement": "upn,urn,placementrank,entrydate\\nA000000000001,900001,1,2022-09-01",
    ...     "need": "upn,sentype,sentyperank\\nA000000000001,ASD,",
    ... }
    >>> for year in ("2024", "2025"):
    ...     folder = Path("returns") / year
    ...     folder.mkdir(parents=True)
    ...     for name, text in modules.items():
    ...         _ = (folder / f"{name}.csv").write_text(text)
    >>> schools = {"URN": ["900001"], "TypeOfEstablishment (code)": ["7"]}
    >>> people = {"year": [2025] * 26, "area": ["QX1"] * 26, "age": range(26), "population": [900] * 26}
    >>> who = {"name": "Exampleshire", "code": "E10000099"}
    >>> inputs = sf.read_sen2("returns", authority=who, population=people, establishments=schools)
    >>> inputs.table("plans")
       year area age need  setting  plans
    0  2024  QX1   8  ASD  special      1
    1  2025  QX1   9  ASD  special      1
    >>> inputs.issues()[["slug", "year", "row", "assumed"]]
                    slug  year  row      assumed
    0  need-rank-invalid  2024    1  ranked last
    1  need-rank-invalid  2025    1  ranked last
    """
    if not isinstance(authority, Mapping):
        raise InputError(f"authority must be a mapping with name and code, got {authority!r} [bad-authority]")
    pairs = _pairs(compound_needs)
    returns = read_returns(folder)
    log, fingerprint = _corrected(returns, corrections)
    known = establishments if establishments is not None else returns.establishments
    hint = "give `establishments=`: the establishment fields that Get Information about Schools publishes"
    missing = problem("establishments-missing", "establishments", "no table of establishments", hint)
    refuse([missing] if known is None else [])
    base_year = returns.years[-1]
    residents, aged_on = read_population(population, str(authority.get("code", "")), base_year)
    districts = _areas(areas, residents, aged_on is not None)
    issues = Issues()
    seek = specialist(authority, base_year)
    counts = count_children(returns, Register(known, settings, partnerships), districts, pairs, seek, issues)
    # Without districts everybody lives in the one area that there is.
    held = (
        counts.held if districts is not None else counts.held.assign(area=str(residents["area"].iloc[0]).strip())
    )
    area_rows = areas_table(districts, residents, held, str(authority.get("name", "")))
    content = _authority(authority, base_year, pairs, counts, fingerprint, aged_on)
    given = {name: _table(name, source) for name, source in tables.items() if source is not None}
    frames: dict[str, Any] = {
        "areas": area_rows,
        "population": population_table(residents, area_rows),
        "plans": plans_table(held),
        "flows": counts.flows if len(counts.flows) else None,
        "requests": counts.requests,
        "waiting": _some(counted(held[held["waits"]], ["year", "area", "age", "need"])),
    }
    if "sites" in given and "occupied" not in given and {"site", "setting"} <= set(columns_of(given["sites"])):
        frames["occupied"] = occupied_table(held, columns_of(given["sites"]))
    inputs = Inputs.from_frames(content, **{**frames, **given})
    return inputs.with_reading(Reading(issues.table(), log, counts.account, counts.reasons))


class Counts(NamedTuple):
    """Children with a plan at each January, and what became of them between."""

    held: pd.DataFrame
    flows: pd.DataFrame
    account: pd.DataFrame
    reasons: pd.DataFrame
    requests: pd.DataFrame | None


def count_children(
    returns: Returns,
    register: Register,
    areas: pd.DataFrame | None,
    pairs: list[str],
    seek: set[str],
    issues: Issues,
) -> Counts:
    """From rows of the modules to children: linked, dated, placed, and followed from January to January."""
    link_rows(returns)
    link_children(returns, issues)
    duplicate_rows(returns, issues)
    read_dates(returns, issues)
    codes = None if areas is None else areas["area"].astype(str).str.strip().tolist()
    persons = children(returns, codes, issues)
    days = census_days(returns)
    plans = plans_on(returns, days, issues)
    held = in_force(returns, plans, days, issues)
    known = [code for code in need_table()["code"] if code != "UNK"]
    held["need"] = needs_on(returns, held, known, pairs, issues)
    named = named_on(returns, plans, persons, register, issues)
    placed = placements_on(returns, held, named, persons, days, register, issues)
    held = held.join(placed).merge(persons[[*KEYS, "age", "area"]], on=KEYS, how="left")
    held["age"] = fill_ages(held)
    held = held.join(required_on(returns, held, named, days, seek, issues))
    with_plan = persons.merge(held[KEYS], on=KEYS)
    issues.add("age-outside-0-25", "person", with_plan[with_plan["outside"]])
    base = held[held["year"].eq(returns.years[-1])]
    register.check_units(base, issues)
    _date_orders(returns, issues)
    plans = plans.merge(persons[[*KEYS, "age"]], on=KEYS, how="left").fillna({"age": 10})
    active = held.loc[held["transferred"], KEYS].assign(transferred=True)
    plans = plans.merge(active, on=KEYS, how="left")
    plans["transferred"] = plans["transferred"].eq(True)
    # Flows are between what is required: a child who takes the place that the plan asked for has not moved.
    required = held.assign(setting=held["required"])
    flows, account, reasons = flows_between(required, plans, days, issues)
    return Counts(held, flows, account, reasons, requests_table(returns.modules, plans))


def _date_orders(returns: Returns, issues: Issues) -> None:
    """Checks of requests and assessments that no count rests on."""
    asked = returns.modules.get("requests")
    if asked is None:
        return
    outcome = asked["requestoutcome"].str.strip().str.upper()
    issues.add("request-outcome-invalid", "requests", asked[~outcome.isin(OUTCOMES)])
    issues.add("outcome-before-request", "requests", asked[asked["requestoutcomedate"].lt(asked["receiveddate"])])
    undecided = asked[outcome.isin(["", "A"]) & asked["requestoutcomedate"].isna() & asked["receiveddate"].notna()]
    issues.add("several-open-requests", "requests", undecided[undecided.duplicated(KEYS)])
    assessed = returns.modules.get("assessment")
    if assessed is not None and "requeststableid" in assessed.columns and "requeststableid" in asked.columns:
        received = asked[["year", "requeststableid", "receiveddate"]].drop_duplicates(["year", "requeststableid"])
        both = assessed.merge(received, on=["year", "requeststableid"], how="left")
        issues.add(
            "assessment-before-request", "assessment", both[both["assessmentoutcomedate"].lt(both["receiveddate"])]
        )


OUTCOMES = frozenset({"", "Y", "N", "A", "W", "H", "1", "0", "TRUE", "FALSE", "YES", "NO"})
"""Yes, no, awaited, withdrawn, historical; blank or a yes-or-no word in older exports (codes inferred)."""


def _corrected(returns: Returns, corrections: Any) -> tuple[pd.DataFrame, str]:
    if corrections is None:
        return pd.DataFrame(columns=LOG_COLUMNS), ""
    table, fingerprint = read_corrections(corrections)
    link_rows(returns)  # so that a correction can name a person in any module
    return apply_corrections(returns, table), fingerprint


def _pairs(compound: Sequence[str]) -> list[str]:
    codes = set(need_table()["code"]) - {"UNK"}
    given = [compound] if isinstance(compound, str) else compound
    pairs = [str(pair).strip().upper() for pair in given]
    wrong = [pair for pair in pairs if len(pair.split("+")) != 2 or not set(pair.split("+")) <= codes]
    hint = "two needs of the return, first rank first, such as ASD+SLD"
    refuse([problem("unknown-need", "compound_needs", f"{pair!r} is no pair of needs", hint) for pair in wrong])
    return list(dict.fromkeys(pairs))


def _areas(given: Any, residents: pd.DataFrame, whole: bool) -> pd.DataFrame | None:
    """The areas that homes are looked up in; None if there is but the authority as a whole."""
    if given is None:
        codes = sorted(residents["area"].astype(str).str.strip().unique())
        return (
            None
            if whole or len(codes) == 1
            else pd.DataFrame({"area": codes, "name": codes, "planning_area": codes})
        )
    areas = _table("areas", given)
    refuse([problem("missing-column", "areas", "column area is missing")] if "area" not in areas.columns else [])
    if whole and len(areas) > 1:
        message = "population is of the authority as a whole, areas are several"
        hint = "give residents by area, or leave areas out"
        refuse([problem("population-not-by-area", "population", message, hint)])
    return None if whole else areas


def _table(name: str, source: Any) -> Any:
    """A table given as a file or a frame."""
    if not isinstance(source, str | Path):
        return pd.DataFrame(source) if name == "areas" else source
    try:
        return pd.read_csv(Path(source), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        message = f"{Path(source).name} cannot be read: {type(error).__name__}"
        raise InputError(f"{name}: {message} [unreadable-file]") from error


def _some(table: pd.DataFrame) -> pd.DataFrame | None:
    return table if len(table) else None


def _authority(
    given: Mapping[str, Any],
    base_year: int,
    pairs: list[str],
    counts: Counts,
    fingerprint: str,
    aged_on: list[int] | None,
) -> dict[str, Any]:
    """Content of authority.toml: who, when, and where every figure is from."""
    content = {"schema": "1.0", "price_year": base_year, "currency": "GBP", **given, "base_year": base_year}
    if pairs:
        content.setdefault("needs", needs_with(pairs))
    mended = f", corrections {fingerprint}" if fingerprint else ""
    own = f"SEN2 person-level returns{mended}"
    parts = [("plans", "plans in force on census day", own, AGE_BASE)]
    if len(counts.flows):
        parts.append(("flows", "new, ceased and transferred, child by child", own, "at the later January"))
        parts.append(("flows", "moved between needs and settings, child by child", own, "at the later January"))
    if counts.requests is not None:
        parts.append(("requests", "requests of the calendar year before", own, ""))
    parts.append(("waiting", "a type of setting named and no place", own, AGE_BASE))
    sources = [
        {"table": table, "part": part, "status": "own", "source": source, "age_base": base}
        for table, part, source, base in parts
    ]
    if aged_on is not None:
        source = "Office for National Statistics, mid-year estimates"
        sources.append(
            {"table": "population", "part": "mid-year estimates", "status": "published", "source": source}
        )
    content["sources"] = [*given.get("sources", []), *sources]
    flags = list(given.get("flags", []))
    if counts.account[["reconciliation_in", "reconciliation_out"]].to_numpy().any():
        meaning = "some plans came or went without a record; they count as transferred in and ceased"
        flags.append({"flag": "account-reconciled", "table": "flows", "years": [], "meaning": meaning})
    if aged_on:
        meaning = "no mid-year estimate; the one before is aged on"
        flags.append(
            {"flag": "population-rolled-forward", "table": "population", "years": aged_on, "meaning": meaning}
        )
    content["flags"] = flags
    return content
