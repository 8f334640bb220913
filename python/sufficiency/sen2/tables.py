"""The tables of inputs, counted from children."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pandas as pd

from .people import ELSEWHERE


def need_table() -> pd.DataFrame:
    """Needs of the return: code, name, group, first_year."""
    with resources.files(__package__).joinpath("needs.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def needs_with(pairs: list[str]) -> list[dict[str, str]]:
    """Entries of `needs` in authority.toml: those of the return, then compounds in the group of their first
    need.
    """
    table = need_table()
    groups = dict(zip(table["code"], table["group"], strict=True))
    names = dict(zip(table["code"], table["name"], strict=True))
    entries = [{"code": code, "name": names[code], "group": groups[code]} for code in table["code"]]
    for pair in pairs:
        first, second = pair.split("+")
        entries.append({"code": pair, "name": f"{names[first]} with {names[second]}", "group": groups[first]})
    return entries


def counted(held: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Children counted by these columns, in their order: keys, plans."""
    return held.groupby(keys, sort=True).size().rename("plans").reset_index()


def plans_table(held: pd.DataFrame) -> pd.DataFrame:
    """Columns of plans.csv; with `required` if any plan asks for another setting than the child is in."""
    differs = held["required"].ne(held["setting"]).any()
    return counted(held, ["year", "area", "age", "need", "setting", *(["required"] if differs else [])])


def occupied_table(held: pd.DataFrame, sites: Any) -> pd.DataFrame | None:
    """Columns of occupied.csv: who sits where at the last January, if every site's code starts with its URN.

    A site takes the children placed at its URN in its own setting, so `123456` (special) and `123456-base`
    (resourced) are told apart. Two sites of one URN and setting are not, and then nobody is seated.
    """
    table = pd.DataFrame({name: [str(cell).strip() for cell in sites[name]] for name in ("site", "setting")})
    table["urn"] = table["site"].str.extract(r"^(\d{6})(?!\d)")[0]
    if table["urn"].isna().any() or table.duplicated(["urn", "setting"]).any():
        return None
    seated = held[held["year"].eq(held["year"].max())].merge(table, on=["urn", "setting"])
    return counted(seated, ["site", "year", "age", "need"]) if len(seated) else None


def areas_table(given: Any, population: pd.DataFrame, held: pd.DataFrame, name: str) -> pd.DataFrame:
    """Columns of areas.csv: as given, else the areas of the population, and `elsewhere` if a child is there."""
    if given is None:
        codes = sorted(population["area"].astype(str).unique())
        given = pd.DataFrame({"area": codes, "name": codes, "planning_area": name})
    areas: pd.DataFrame = given.copy()
    if held["area"].eq(ELSEWHERE).any() and not areas["area"].eq(ELSEWHERE).any():
        extra = {"area": ELSEWHERE, "name": "home district not known", "planning_area": ELSEWHERE}
        areas = pd.concat([areas, pd.DataFrame([extra])], ignore_index=True)
    return areas


def population_table(population: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """The population with no residents in `elsewhere`: its children have homes that are counted under other
    areas.
    """
    if not areas["area"].eq(ELSEWHERE).any() or population["area"].eq(ELSEWHERE).any():
        return population
    years = sorted(population["year"].unique())
    cells = [(year, ELSEWHERE, age, 0) for year in years for age in range(26)]
    extra = pd.DataFrame(cells, columns=["year", "area", "age", "population"])
    return pd.concat([population.astype({"age": str}), extra.astype({"age": str})], ignore_index=True)
