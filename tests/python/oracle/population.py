"""Residents by year, area and age (specification, section 4, first paragraph)."""

import math

from .rows import table_rows
from .samplers import binomial, normal, poisson
from .words import ARRIVALS, POPULATION_WALK, Sequence, key, stream

AGES = range(26)
Residents = dict[tuple[str, int], float]


def residents_by_year(model: dict, draw: int) -> list[Residents]:
    """(area, age) -> residents for each year, the base year first; `draw` is a draw key."""
    if model.get("exposure_path") is not None:
        return path_residents(model, draw)
    population = {(r["area"], r["age"]): r["population"] for r in table_rows(model["population"])}
    base = {(a, g): population.get((a, g), 0) for a in model["areas"] for g in AGES}
    if model.get("population_flows") is None:
        return [base] * (model["years"] + 1)
    flows = {(r["area"], r["age"]): (r["leave"], r["arrive"]) for r in table_rows(model["population_flows"])}
    years = [base]
    for t in range(model["base_year"] + 1, model["base_year"] + model["years"] + 1):
        years.append(next_residents(years[-1], flows, draw, t))
    return years


def next_residents(before: Residents, flows: dict, draw: int, year: int) -> Residents:
    """Everyone a year older, less those who leave, with births (age 0) and arrivals."""
    after: Residents = {}
    for area, age in before:
        leave, arrive = flows[area, age]
        entity = key("area", area)
        arrivals = poisson(draw, ARRIVALS, year, age, entity, arrive)
        if age == 0:
            after[area, age] = arrivals
            continue
        n = before[area, age - 1]
        after[area, age] = n - binomial(draw, year, age, entity, n, leave) + arrivals
    return after


def walk(draw: int, entity: int, sd: float, years: int) -> list[float]:
    """A random walk from 0 in the base year, one normal a year."""
    sequence = Sequence(stream(draw, POPULATION_WALK, 0, 0), entity)
    at = [0.0]
    for _ in range(years):
        at.append(at[-1] + sd * normal(sequence) if sd != 0.0 else at[-1])
    return at


def path_residents(model: dict, draw: int) -> list[Residents]:
    """The exposure path, moved by the walks of authority, area and births if there are any."""
    years, base = model["years"], model["base_year"]
    sds = model.get("population_walk") or {}
    authority = walk(draw, key("walk", "authority"), sds.get("authority_sd", 0.0), years)
    births = walk(draw, key("walk", "births"), sds.get("births_sd", 0.0), years)
    areas = {a: walk(draw, key("area", a), sds.get("area_sd", 0.0), years) for a in model["areas"]}
    path: list[Residents] = [{} for _ in range(years + 1)]
    for row in table_rows(model["exposure_path"]):
        t, area, age = row["year"] - base, row["area"], row["age"]
        if t > years:
            continue
        cohort = births[t - age] if t - age > 0 else 0.0
        moved = (authority[t] + areas[area][t]) + cohort
        path[t][area, age] = row["population"] * math.exp(moved)
    return path
