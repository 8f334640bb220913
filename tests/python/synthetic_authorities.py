"""Synthetic authorities with a past and a future: growth as English authorities show it, children one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

import sufficiency as sf
from synthetic import AGES, NEEDS, SETTINGS, Counts, Year, step, typical

FIRST, BASE, HORIZON = 2015, 2025, 3
# Own growth against the nation's: sizes of the order that the panel of authorities shows, chosen for these worlds.
DAMPING, LASTING, PASSING, REVERSION = 0.65, 0.012, 0.04, 0.08
# The nation's growth goes on, a little damped, with yearly shocks of its own.
NATIONAL_DAMPING, NATIONAL_SD = 0.95, 0.012


@cache
def england(measure: str, ages: str) -> dict[int, float]:
    path = resources.files("sufficiency.national").joinpath("england.csv")
    table = pd.read_csv(path.open(encoding="utf-8"), dtype={"age": str})
    rows = table[(table["measure"] == measure) & (table["age"] == ages)]
    return dict(zip(rows["year"].astype(int), rows["value"].astype(float), strict=True))


@dataclass
class Authority:
    """What is published at the base year, and what came after."""

    years: dict[int, Year]
    residents: int
    placed: dict[int, Counts] = field(default_factory=dict)
    requests: dict[int, int] = field(default_factory=dict)

    def total(self, year: int) -> int:
        return int(self.years[year].stock.sum())

    def specialist(self, year: int) -> int:
        """Children of Reception to Year 11 whose required setting is specialist."""
        return int(self.years[year].stock[4:16, :, 1:3].sum())

    def inputs(self) -> sf.Inputs:
        """Tables to the base year; settings are where children are."""
        stocks = {year: self.placed.get(year, self.years[year].stock) for year in range(FIRST, BASE + 1)}
        plans = pd.concat([_rows(stock, year, crossed=year == BASE) for year, stock in stocks.items()])
        flows = []
        for year in range(FIRST + 1, BASE + 1):
            for flow, counts in (("new", self.years[year].new), ("ceased", self.years[year].ceased)):
                by_age = counts.sum(axis=(1, 2))
                by_age[AGES - 1] += by_age[AGES:].sum()
                flows += [(year, flow, age, "all", "all", n) for age, n in enumerate(by_age[:AGES]) if n]
        who = {"schema": "1.0", "name": "Made", "code": "X1", "base_year": BASE}
        population = [(year, "A", age, self.residents) for year in range(FIRST, BASE + 1) for age in range(AGES)]
        requests = pd.DataFrame(list(self.requests.items()), columns=["year", "requests"])
        return sf.Inputs.from_frames(
            who | {"sources": [{"table": "plans", "status": "synthetic", "source": "test"}]},
            areas={"area": ["A"], "name": ["A"], "planning_area": ["A"]},
            population=pd.DataFrame(population, columns=["year", "area", "age", "population"]),
            plans=plans,
            flows=pd.DataFrame(flows, columns=["year", "flow", "age", "need", "setting", "plans"]),
            requests=requests if len(requests) else None,
        )


def _rows(stock: Counts, year: int, *, crossed: bool) -> pd.DataFrame:
    kept = stock if crossed else stock.sum(axis=1, keepdims=True)
    cells = np.argwhere(kept)
    needs = np.array(NEEDS)[cells[:, 1]] if crossed else "all"
    settings = np.array(SETTINGS)[cells[:, 2]]
    frame = {"year": year, "area": "A", "age": cells[:, 0], "need": needs, "setting": settings}
    return pd.DataFrame(frame | {"plans": kept[kept > 0]})


def paths(rng: np.random.Generator) -> dict[int, float]:
    """Plans per child of 5 to 15 by January: own growth around the nation's."""
    plans, children = england("plans", "all"), england("population", "5-15")
    national = {year: plans[year] / children[min(year, 2024)] for year in range(FIRST, BASE + 1)}
    growth = np.log(plans[BASE] / plans[BASE - 1])
    for year in range(BASE + 1, BASE + HORIZON + 1):
        growth = NATIONAL_DAMPING * growth + NATIONAL_SD * rng.normal()
        national[year] = national[year - 1] * np.exp(growth)
    gap, deviation = rng.normal(0, 0.15), rng.normal(0, 0.015)
    found = {FIRST: national[FIRST] * np.exp(gap)}
    for year in range(FIRST + 1, BASE + HORIZON + 1):
        gap += deviation - REVERSION * gap + PASSING * rng.normal()
        deviation = DAMPING * deviation + LASTING * rng.normal()
        found[year] = national[year] * np.exp(gap)
    return found


def authority(seed: int) -> Authority:
    """Some 1,000 to 10,000 plans in the base year; new plans lead the total along its path, but for chance."""
    rng, process = np.random.default_rng([20251125, seed]), typical()
    process.ceasing[17:] = np.clip(process.ceasing[17:] * np.exp(rng.normal(0, 0.2)), 0, 0.9)
    path = paths(rng)
    residents = int(np.exp(rng.uniform(np.log(2_000), np.log(20_000))))
    before = {FIRST - 20 + at: path[FIRST] * 1.03 ** (at - 20) for at in range(20)}
    stock = np.zeros((AGES, len(NEEDS), len(SETTINGS)), int)
    years: dict[int, Year] = {}
    for year, wanted in (before | path).items():
        aged = np.zeros_like(stock)
        aged[1:] = stock[:-1]
        staying = (aged * (1 - process.ceasing)[:, None, None]).sum()
        new = max(wanted * residents * 11 - staying, 0.02 * stock.sum())
        years[year] = step(rng, stock, process, process.incidence / process.incidence.sum() * new)
        stock = years[year].stock
    return Authority({year: one for year, one in years.items() if year >= FIRST}, residents)


def broken(seed: int) -> Authority:
    """As `authority`, with a break: from a January before the base year on a tenth more, or less, is recorded."""
    made, rng = authority(seed), np.random.default_rng([7, seed])
    start, share = int(rng.integers(BASE - 4, BASE + 1)), float(rng.choice([-0.1, 0.1]))
    for year in range(start, BASE + HORIZON + 1):
        stock = made.years[year].stock
        odd = rng.binomial(stock, abs(share))
        made.years[year].stock = stock + odd if share > 0 else stock - odd
    return made


def full(seed: int, *, frozen: bool = False) -> Authority:
    """As `authority`, where special schools are full: who finds none is in an independent school or mainstream.

    `years` hold what is required, `placed` what is published. Places are 80 to 100% of what is required
    every year, or `frozen` at the base year's; half to nine in ten of the others wait in mainstream.
    """
    made, rng = authority(seed), np.random.default_rng([8, seed])
    enough, waiting = rng.uniform(0.8, 1.0), rng.uniform(0.5, 0.9)
    places = enough * made.years[BASE].stock[:, :, 1].sum()
    for year, one in made.years.items():
        placed, special = one.stock.copy(), one.stock[:, :, 1]
        share = min(1.0, places / special.sum()) if frozen else enough
        without = rng.binomial(special, 1 - share)
        waits = rng.binomial(without, waiting)
        placed[:, :, 1] -= without
        placed[:, :, 0] += waits
        placed[:, :, 2] += without - waits
        made.placed[year] = placed
    return made


def backlogged(seed: int) -> Authority:
    """Requests and need are flat; for two years fewer plans are issued, then twice as many."""
    rng, process = np.random.default_rng([9, seed]), typical()
    arrivals, issued = 525, {BASE - 3: 350, BASE - 2: 350, BASE - 1: 700, BASE: 700}
    stock, years = np.zeros((AGES, len(NEEDS), len(SETTINGS)), int), {}
    for year in range(FIRST - 30, BASE + 1):
        new = issued.get(year, arrivals)
        years[year] = step(rng, stock, process, process.incidence / process.incidence.sum() * new)
        stock = years[year].stock
    kept = {year: one for year, one in years.items() if year >= FIRST}
    return Authority(kept, 9_000, requests={year: int(rng.poisson(arrivals / 0.75)) for year in kept})
