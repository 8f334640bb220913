"""Pair tables: one row per child and pair of Januaries, as other SEND models keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sufficiency.errors import refused
from sufficiency.inputs import Inputs
from sufficiency.pair_codes import named_needs, named_settings
from sufficiency.pair_rows import OLDEST, Faults, check_years, checked_pairs, checked_residents, read_sheet
from sufficiency.published.population import roll_forward

PAIRS = ("calendar-year", "setting-1", "need-1", "academic-year-1", "setting-2", "need-2", "academic-year-2")
PEOPLE = ("calendar-year", "academic-year", "population")
MEANINGS = {
    "stocks-differ": "the end of one pair of years is not the start of the next: the end stands",
    "year-group-repeated": "children who do not move up by one year group have the age of the later January",
    "population-rounded": "residents were given with fractions; they are rounded",
    "population-rolled-forward": "no residents of the base year; the year before is aged on",
    "columns-left-out": "columns beyond those of the format were not read",
}


def read_transitions(
    transitions: Any,
    population: Any,
    *,
    specialist: Iterable[str] | None = None,
    need_groups: Mapping[str, str] | None = None,
    name: str = "own tables",
    code: str = "own",
) -> Inputs:
    """Inputs of one area from pair tables: what a child was in one January and in the next.

    The base year is the last calendar year plus one; age on 31 August is the academic year plus 4 (Reception
    is 0). Stocks of every January, new, ceased and moved plans are counted from the same rows, so they balance.

    Parameters
    ----------
    transitions : frame, mapping of columns, or path of a CSV file
        `calendar-year` (first January of the pair), `setting-1, need-1, academic-year-1` then, and `setting-2,
        need-2, academic-year-2` a year later. One row per child and pair. `NONSEND` as setting and need: no plan
        in that January; the academic year beside it may be blank.
    population : frame, mapping of columns, or path of a CSV file
        `calendar-year, academic-year, population`: residents that each January is divided by. Years after the base
        year are read as an official projection.
    specialist : sequence of str, optional
        Settings whose children are specialist demand. Left out, codes of ours (`special`, `resourced`, ...) count
        as they do here, all others as not specialist, flag `specialist-assumed`.
    need_groups : mapping of str to str, optional
        Group of needs that are not SEN2's: learning, communication, semh or sensory_physical. Left out, such needs
        count as learning, flag `need-groups-assumed`.
    name, code : str
        Of the authority; its one area has the code.

    Returns
    -------
    Inputs
        Checked as a whole, ready for `fit`. `flags` say what was assumed.

    Raises
    ------
    InputError
        With every fault found, by table, row position and column; nothing is loaded.

    Examples
    --------
    >>> import sufficiency as sf
    >>> pairs = {
    ...     "calendar-year": [2023, 2023, 2024], "setting-1": ["MMS", "NONSEND", "MMS"],
    ...     "need-1": ["ASD", "NONSEND", "ASD"], "academic-year-1": [5, "", 6],
    ...     "setting-2": ["MMS", "MSS", "MSS"], "need-2": ["ASD", "SEMH", "ASD"], "academic-year-2": [6, 0, 7],
    ... }
    >>> years = [(2025, year) for year in range(-4, 22)]
    >>> people = {"calendar-year": [y for y, _ in years], "academic-year": [a for _, a in years],
    ...           "population": [900] * 26}
    >>> sf.read_transitions(pairs, people, specialist=["MSS"]).base_year
    2025
    """
    faults: Faults = []
    pairs, extra = read_sheet("transitions", transitions, PAIRS, faults)
    people, more = read_sheet("population", population, PEOPLE, faults)
    if faults:
        raise refused(faults)
    rows = checked_pairs(pairs, faults)
    residents, rounded = checked_residents(people, faults)
    check_years(rows, residents, faults)
    settings, flags = named_settings(rows, specialist, faults)
    needs, assumed = named_needs(rows, need_groups, faults)
    if faults:
        raise refused(faults)
    base_year = int(rows["year"].max()) + 1
    noticed = _noticed(rows)
    if extra or more:
        noticed["columns-left-out"] = []
    if rounded:
        noticed["population-rounded"] = []
    if residents["year"].max() < base_year:
        noticed["population-rolled-forward"] = [base_year]
    flags += assumed + [_flag(slug, years) for slug, years in noticed.items()]
    authority = {"schema": "1.0", "name": name, "code": code, "base_year": base_year}
    authority |= {"sources": _sources(), "flags": flags, "settings": settings, "needs": needs}
    tables: dict[str, Any] = {"plans": _plans(rows, code), "flows": _flows(rows)} | _population(
        residents, base_year, code
    )
    areas = {"area": [code], "name": [name], "planning_area": [name]}
    return Inputs.from_frames(authority, areas=areas, **tables)


def _side(rows: pd.DataFrame, side: str) -> pd.DataFrame:
    """Children with a plan in one January of each pair: columns year (that January), age, need, setting."""
    names = {f"age{side}": "age", f"need{side}": "need", f"setting{side}": "setting"}
    inside = rows[rows[f"setting{side}"] != ""]
    year = inside["year"].astype(int) + (side == "2")
    return inside[list(names)].rename(columns=names).assign(year=year).astype({"age": int})


def _counted(rows: pd.DataFrame, heads: list[str]) -> pd.DataFrame:
    return rows.groupby(heads, sort=True).size().rename("plans").reset_index()


def _noticed(rows: pd.DataFrame) -> dict[str, list[int]]:
    """Flags of the rows themselves and the Januaries they stand for."""
    noticed: dict[str, list[int]] = {}
    keys = ["year", "age", "need", "setting"]
    ends, starts = (_counted(_side(rows, side), keys).set_index(keys)["plans"] for side in ("2", "1"))
    both = sorted(set(rows["year"].astype(int)) & set(rows["year"].astype(int) + 1))
    difference = ends.sub(starts, fill_value=0)
    differ = sorted({int(year) for year in difference[difference != 0].index.get_level_values("year")} & set(both))
    if differ:
        noticed["stocks-differ"] = differ
    step = rows["age2"] - rows["age1"]
    if (odd := step.notna() & step.ne(1)).any():
        noticed["year-group-repeated"] = sorted({int(year) + 1 for year in rows.loc[odd, "year"]})
    return noticed


def _flag(slug: str, years: list[int]) -> dict[str, object]:
    table = "population" if slug.startswith("population") else "plans"
    return {"flag": slug, "table": table, "years": years, "meaning": MEANINGS[slug]}


def _sources() -> list[dict[str, str]]:
    source = "pair tables of own records"
    counted = [{"table": table, "part": "", "status": "own", "source": source} for table in ("plans", "flows")]
    return [*counted, {"table": "population", "part": "", "status": "own", "source": "population table as given"}]


def _plans(rows: pd.DataFrame, area: str) -> pd.DataFrame:
    """Stocks: the end of each pair, and the start of the first."""
    first = int(rows["year"].min())
    start = _side(rows, "1")
    both = pd.concat([start[start["year"] == first], _side(rows, "2")])
    return _counted(both, ["year", "age", "need", "setting"]).assign(area=area)


def _flows(rows: pd.DataFrame) -> pd.DataFrame:
    """New, ceased and moved plans of the year to each January, at the age turned by then."""
    year = rows["year"].astype(int) + 1
    was, stays = rows["setting1"] != "", rows["setting2"] != ""
    moves = rows["setting1"].ne(rows["setting2"]) | rows["need1"].ne(rows["need2"])
    everything: dict[str, Any] = {"to_need": "all", "to_setting": "all"}
    later: dict[str, Any] = {"age": rows["age2"], "need": rows["need2"], "setting": rows["setting2"]}
    # At 25 a plan ends whatever happens: the next age does not exist.
    turned = (rows["age1"] + 1).clip(upper=OLDEST)
    earlier: dict[str, Any] = {"age": turned, "need": rows["need1"], "setting": rows["setting1"]}
    moved = earlier | {"age": rows["age2"], "to_need": rows["need2"], "to_setting": rows["setting2"]}
    kinds = [
        (~was & stays, "new", later | everything),
        (was & ~stays, "ceased", earlier | everything),
        (was & stays & moves, "moved", moved),
    ]
    parts = [
        pd.DataFrame({"year": year, "flow": flow, **columns})[chosen].astype({"age": int})
        for chosen, flow, columns in kinds
    ]
    return _counted(pd.concat(parts), ["year", "flow", "age", "need", "setting", "to_need", "to_setting"])


def _population(residents: pd.DataFrame, base_year: int, area: str) -> dict[str, pd.DataFrame]:
    """Residents to the base year and, if later years were given, the whole series as the official one."""
    known = residents[residents["year"] <= base_year]
    if known["year"].max() < base_year:
        wide = known.pivot(index="year", columns="age", values="population").reindex(columns=range(OLDEST + 1))
        rolled = roll_forward(wide.fillna(0).astype(float), base_year)
        known = rolled.rename_axis("year").reset_index().melt("year", var_name="age", value_name="population")
        known = known.astype(int)
    tables = {"population": known.assign(area=area)}
    if residents["year"].max() > base_year:
        tables["population_control"] = residents
    return tables
