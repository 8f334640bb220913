"""sites.csv and places.csv: an invented register that meets the published part-totals.

A place that opens in September y is first counted in January y+1. The totals published are those of
directly funded places; what is left of a cell goes to the other sites, so that Leeds children in
January 2025 sit at ``UTILISATION`` of the places that are theirs.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .margins import NEED_ORDER
from .official_files import AUTHORITY, OfficialFiles
from .parts import PARTS, Part, group_of, phase_of
from .register import Site
from .register_other import REGISTER
from .rounding import largest_remainder

COMMISSIONED = ("special", "partnership", "resourced")
BASE = 2025
YEARS = range(2020, BASE + 1)

UTILISATION = {
    "primary": {"learning": 0.985, "communication": 1.02, "semh": 1.0, "sensory_physical": 0.985},
    "secondary": {"learning": 0.99, "communication": 1.015, "semh": 1.025, "sensory_physical": 0.99},
    "sixth_form": {"learning": 0.985, "communication": 1.0, "semh": 1.0, "sensory_physical": 1.0},
}
"""Children over places in January 2025: our choice, within 97-103%, fullest where new plans grow; the
authority's register would replace it."""

EARLIER_TOTALS = {
    "special": {2020: 1690, 2021: 1790, 2022: 1884, 2023: 1950, 2024: 2090},
    "resourced": {2020: 180, 2021: 190, 2022: 214, 2023: 236, 2024: 262},
}
"""Places of all sites by January, partnership inside special: our choice, near the pupils of the grant
(1,667 and 1,776.5 in January 2020-21) and a little above the plans in state special schools (1,664,
1,805, 1,847, 1,994 in 2021-24). 2022 is the 1,884 places of leeds_published_facts.csv, inferred from the
budget of 2021-22 at 10,000 pounds a place. In all about 500 more from January 2021 to 2025: "more than
450 since 2020" is published."""

PREDECESSOR = {"special-north-west-1": {"pre16": 214, "post16": 28}}
"""A maintained school that closes when the academy on its ground opens: a conversion."""


def _open(part: Part, year: int) -> bool:
    return part.site.years[0] <= year <= part.site.years[1]


def _share(parts: list[Part], total: int) -> dict[Part, int]:
    """Whole places by weight."""
    if not parts and total == 0:
        return {}
    counts = largest_remainder(np.array([part.weight for part in parts], dtype=float), total)
    return dict(zip(parts, map(int, counts), strict=True))


def held_for_others(places: dict[Part, int]) -> dict[Part, int]:
    """Places that other authorities' children fill, by part; a site's ``held`` over its parts."""
    held: dict[Part, int] = {}
    for site in REGISTER:
        own = [part for part in places if part.site is site and places[part] > 0]
        if own and site.held:
            weights = np.array([places[part] for part in own], dtype=float)
            counts = largest_remainder(weights, site.held)
            held |= dict(zip(own, map(int, counts), strict=True))
    return {part: held.get(part, 0) for part in places}


def _directly_funded(official: OfficialFiles, year: int) -> dict[Part, int]:
    """Places of academies and the free school; 2025 keeps the last figure, of September 2023."""
    totals = official.directly_funded_places()[min(year, 2024)]
    places: dict[Part, int] = {}
    for (setting, funding, funded_as), total in totals.items():
        parts = [
            part
            for part in PARTS
            if (part.site.setting, part.site.funding, part.funded_as) == (setting, funding, funded_as)
            and _open(part, year)
        ]
        places |= _share(parts, total)
    return places


def children_by_cell(base: pd.DataFrame) -> dict[tuple[str, str, str], int]:
    """Leeds children in commissioned settings by setting, phase and need group."""
    there = base[base["setting"].isin(COMMISSIONED)]
    cells: dict[tuple[str, str, str], int] = {}
    columns = (there["setting"], there["age"], there["need"], there["plans"])
    for setting, age, need, plans in zip(*columns, strict=True):
        key = (str(setting), phase_of(int(age)), group_of(str(need)))
        cells[key] = cells.get(key, 0) + int(plans)
    return cells


def _base_places(official: OfficialFiles, base: pd.DataFrame) -> dict[Part, int]:
    """Places of January 2025, gross: first those of fixed size, then the rest of every cell."""
    gross = _directly_funded(official, BASE)
    gross |= {part: part.weight for part in PARTS if part.site.funding in ("elsewhere", "ap")}
    held = held_for_others(gross)
    net = {part: gross[part] - held[part] for part in gross}
    children = children_by_cell(base)
    for phase, groups in UTILISATION.items():
        for group, utilisation in groups.items():
            cell = [children.get((setting, phase, group), 0) for setting in COMMISSIONED]
            own = round(sum(cell) / utilisation)
            for setting, total in zip(
                COMMISSIONED, largest_remainder(np.array(cell, dtype=float), own), strict=True
            ):
                here = [
                    part
                    for part in PARTS
                    if (part.site.setting, part.phase, part.group) == (setting, phase, group) and _open(part, BASE)
                ]
                rest = int(total) - sum(net[part] for part in here if part in net)
                if rest < 0:
                    raise ValueError(f"register.py gives {setting}, {phase}, {group} too many places")
                net |= _share([part for part in here if part not in net], rest)
    others = {part: net[part] for part in net if part not in gross}
    added = held_for_others(others)
    return gross | {part: others[part] + added[part] for part in others}


def _earlier_places(official: OfficialFiles, base: dict[Part, int], year: int) -> dict[Part, int]:
    """Places of a year before the base year: fixed ones, then the rest in proportion to 2025."""
    places = _directly_funded(official, year)
    places |= {part: base[part] for part in base if part.site.funding in ("elsewhere", "ap")}
    for site, totals in PREDECESSOR.items():
        for funded_as, total in totals.items():
            parts = [p for p in PARTS if (p.site.site, p.funded_as) == (site, funded_as)]
            if parts and _open(parts[0], year):
                places |= _share(parts, total)
    for setting, total_of in EARLIER_TOTALS.items():
        family = [
            part
            for part in PARTS
            if (part.site.setting == "resourced") == (setting == "resourced")
            and part.site.setting in COMMISSIONED
            and part.site.funding != "elsewhere"
        ]
        rest = [part for part in family if part in base and part not in places and _open(part, year)]
        fixed = sum(places[part] for part in family if part in places)
        weights = np.array([base[part] for part in rest], dtype=float)
        counts = largest_remainder(weights, total_of[year] - fixed)
        places |= dict(zip(rest, map(int, counts), strict=True))
    return places


def places_by_year(official: OfficialFiles, base: pd.DataFrame) -> dict[int, dict[Part, int]]:
    """Gross places by January and part."""
    of_base = _base_places(official, base)
    earlier = {year: _earlier_places(official, of_base, year) for year in YEARS if year != BASE}
    return earlier | {BASE: of_base}


def places_table(places: dict[int, dict[Part, int]]) -> pd.DataFrame:
    """Columns of places.csv: one row a part and January; a closed site is commissioned at 0."""
    rows = []
    for year in YEARS:
        held = held_for_others(places[year])
        for part in PARTS:
            if year >= part.site.years[0] and (_open(part, year) or year == part.site.years[1] + 1):
                count = (places[year].get(part, 0), held.get(part, 0))
                rows.append((part.site.site, year, *part.ages, ";".join(part.needs), *count))
    columns = ["site", "year", "age_from", "age_to", "needs", "places", "held_for_others"]
    return pd.DataFrame(rows, columns=columns).assign(status="open", counted_as="commissioned")


def sites_table() -> pd.DataFrame:
    """Columns of sites.csv; a site elsewhere has coordinates, the others a district."""
    return pd.DataFrame([_site_row(site) for site in REGISTER])


def _site_row(site: Site) -> dict[str, str | int | float]:
    latitude, longitude = site.coordinates or ("", "")
    parts = [part for part in PARTS if part.site is site]
    return {
        "site": site.site,
        "name": site.name,
        "setting": site.setting,
        "authority": "elsewhere" if site.funding == "elsewhere" else AUTHORITY,
        "area": site.area,
        "latitude": latitude,
        "longitude": longitude,
        "needs": ";".join(_in_order(need for part in parts for need in part.needs)),
        "age_from": min(part.ages[0] for part in parts),
        "age_to": max(part.ages[1] for part in parts),
        "host": site.host,
        "tolerance": site.tolerance,
    }


def _in_order(needs: Iterable[str]) -> list[str]:
    known = set(needs)
    return [need for need in NEED_ORDER if need in known]
