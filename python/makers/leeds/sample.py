"""Every table of the sample, in the order in which one needs another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from . import (
    areas,
    assessment,
    base_table,
    closure,
    costs,
    districts,
    documents,
    flows,
    history,
    inclusion,
    population,
    seats,
    supply,
    supply_notes,
    waiting,
)
from .official_files import OfficialFiles
from .tables import write_table, write_text

BASE_YEAR = population.BASE_JANUARY
SOLVED_BASE = "plans_2025.csv"
SOLVED_FLOWS = "flows_2025.csv"


def solve(real: Path, solved: Path) -> None:
    """Solve the integer programs and keep their answers."""
    official = OfficialFiles(real)
    uncarved = base_table.solve(official)
    write_table(uncarved, solved / SOLVED_BASE)
    account = flows.account_2025(official, base_table.carve_partnership(uncarved))
    write_table(closure.solve(account), solved / SOLVED_FLOWS)


def make(real: Path, out: Path, solved: Path) -> Iterator[Path]:
    """Write the sample; gives the path of each file once it is there."""
    official = OfficialFiles(real)
    for name, table in _tables(official, solved):
        path = out / f"{name}.csv"
        write_table(table, path)
        yield path
    for name, text in (
        ("authority.toml", documents.authority_toml()),
        ("README.md", documents.readme(supply_notes.supply_notes(costs.cost_rows(official)))),
    ):
        write_text(text, out / name)
        yield out / name


def _tables(official: OfficialFiles, solved: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    codes = areas.area_codes()
    yield "areas", areas.area_table(official)
    yield "population", population.district_population(official, codes)
    yield "population_control", population.control_table(official)
    base = base_table.carve_partnership(base_table.read_solved(solved / SOLVED_BASE))
    people = population.district_counts(official, codes, BASE_YEAR)
    decile = np.array([official.deprivation_deciles[code] for code in codes], dtype=float)
    of_districts = districts.assign(base, people, decile, codes)
    earlier = history.plans_history(official, base)
    yield (
        "plans",
        pd.concat([earlier, of_districts.assign(year=BASE_YEAR)])[
            ["year", "area", "age", "need", "setting", "plans"]
        ],
    )
    yield "flows", flows.flows_table(official, pd.read_csv(solved / SOLVED_FLOWS))
    yield "requests", assessment.requests_table(official, flows.new_totals(official))
    yield from _supply_tables(official, of_districts)
    yield "support", inclusion.support_table(base, people, decile, codes, BASE_YEAR)
    yield (
        "comparison/population_onsprojection_2018based",
        population.official_projection_table(official),
    )


def _supply_tables(official: OfficialFiles, base: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Sites and what they have; ``base``: plans of the base year by district."""
    places = supply.places_by_year(official, base)
    yield "sites", supply.sites_table()
    yield "places", supply.places_table(places)
    yield "occupied", seats.occupied_table(base, places[BASE_YEAR], areas.area_table(official))
    yield "waiting", waiting.waiting_table(base, BASE_YEAR)
    yield "costs", costs.costs_table(costs.cost_rows(official))
