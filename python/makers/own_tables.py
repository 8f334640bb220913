"""The invented authority of the second notebook: nine areas, seven needs, four settings; no costs, no travel.

Run as `python -m makers.own_tables` from python/: writes notebooks/own_tables. Seeded; all of it is invented.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parents[2] / "notebooks" / "own_tables"
YEARS = range(2021, 2026)
BASE = YEARS[-1]
AREAS = [f"EM{number}" for number in range(1, 10)]
PLANNING = ["Coast", "Hills", "Town"]
NEEDS = {"ASD": 0.31, "SLCN": 0.22, "SEMH": 0.2, "MLD": 0.12, "SLD": 0.07, "PD": 0.05, "HI": 0.03}
SETTINGS = {"mainstream": 0.52, "resourced": 0.08, "special": 0.34, "independent_special": 0.06}
GROWTH = 1.07  # of all plans a year: ours, near England's
RATE = 0.042  # plans per resident child of 4 to 15 in the base year: ours
AUTHORITY = """\
# An invented authority, made by python/makers/own_tables.py.
schema = "1.0"
name = "Eastmoor"
code = "E10000098"
base_year = 2025

[[sources]]
table = "all"
status = "synthetic"
source = "invented for a notebook"

[[settings]]
code = "mainstream"
name = "Mainstream school"

[[settings]]
code = "resourced"
name = "Resourced provision"
specialist = true
commissioned = true
age_from = 4
age_to = 15

[[settings]]
code = "special"
name = "Special school"
specialist = true
commissioned = true

[[settings]]
code = "independent_special"
name = "Independent special school"
specialist = true

"""
GROUPS = {"ASD": "communication", "SLCN": "communication", "SEMH": "semh", "MLD": "learning", "SLD": "learning",
          "PD": "sensory_physical", "HI": "sensory_physical"}  # fmt: skip
SITES = [
    # site, name, setting, area, needs, youngest, oldest, places
    ("moor-school", "Special school on the moor", "special", "EM2", "ASD;SLCN;SEMH;MLD;SLD;PD;HI", 4, 18, 400),
    ("harbour-school", "Special school by the harbour", "special", "EM5", "ASD;SLCN;MLD;SLD;PD;HI", 4, 15, 340),
    ("mill-school", "Special school at the mill", "special", "EM8", "SEMH;ASD", 9, 15, 140),
    ("base-primary", "Bases in primary schools", "resourced", "EM1", "ASD;SLCN;HI;PD", 4, 10, 110),
    ("base-secondary", "Bases in secondary schools", "resourced", "EM7", "ASD;SLCN;HI;PD", 11, 15, 75),
]


def tables() -> dict[str, pd.DataFrame]:
    """All tables by name."""
    rng = np.random.default_rng(20251125)
    sizes = rng.uniform(0.7, 1.4, len(AREAS))
    residents = pd.DataFrame(
        [
            (year, area, age, round(620 * size * (1 + 0.012 * min(age, 12)) * (1.004 ** (year - BASE))))
            for year in YEARS
            for area, size in zip(AREAS, sizes, strict=True)
            for age in range(26)
        ],
        columns=["year", "area", "age", "population"],
    )
    base = _base(residents, rng)
    where = [(54.1 + 0.05 * (at // 3), round(-0.9 + 0.08 * (at % 3), 2)) for at in range(len(AREAS))]
    areas = pd.DataFrame({"area": AREAS, "name": [f"District {a}" for a in AREAS],
                          "latitude": [north for north, _ in where], "longitude": [east for _, east in where],
                          "planning_area": [PLANNING[at // 3] for at in range(len(AREAS))]})  # fmt: skip
    past = base.groupby("age")["plans"].sum()
    history = pd.concat(
        [
            past.mul(GROWTH ** (year - BASE)).round().astype(int).reset_index().assign(
                year=year, area="all", need="all", setting="all"
            )
            for year in YEARS[:-1]
        ]
    )  # fmt: skip
    plans = pd.concat([history, base])[["year", "area", "age", "need", "setting", "plans"]]
    total = {year: round(float(past.sum()) * GROWTH ** (year - BASE)) for year in YEARS}
    shares = {"new": 0.17, "ceased": 0.08}
    flows = [
        (year, flow, "all", "all", "all", round(share * total[year]))
        for year in YEARS[1:]
        for flow, share in shares.items()
    ]
    sites = pd.DataFrame(
        [(s[0], s[1], s[2], "E10000098", s[3], s[4], s[5], s[6]) for s in SITES],
        columns=["site", "name", "setting", "authority", "area", "needs", "age_from", "age_to"],
    )
    places = pd.DataFrame(
        [(s[0], BASE, s[7], "open", "commissioned", 0) for s in SITES],
        columns=["site", "year", "places", "status", "counted_as", "held_for_others"],
    )
    return {
        "areas": areas,
        "population": residents,
        "plans": plans,
        "flows": pd.DataFrame(flows, columns=["year", "flow", "age", "need", "setting", "plans"]),
        "sites": sites,
        "places": places,
    }


def _base(residents: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Plans of the base year by area, single year of age 4 to 18, need and setting."""
    now = residents[(residents["year"] == BASE) & residents["age"].between(4, 18)]
    rows = []
    for area, age, n in now[["area", "age", "population"]].itertuples(index=False):
        expected = n * RATE * (0.55 + 0.06 * min(age - 4, 9)) * (0.6 if age > 15 else 1.0)
        for need, share in NEEDS.items():
            for setting, part in SETTINGS.items():
                if setting == "resourced" and (need in ("SEMH", "MLD", "SLD") or age > 15):
                    continue
                rows.append((BASE, area, age, need, setting, rng.poisson(expected * share * part)))
    table = pd.DataFrame(rows, columns=["year", "area", "age", "need", "setting", "plans"])
    return table[table["plans"] > 0]


def main() -> None:
    """Writes the folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    needs = "".join(f'[[needs]]\ncode = "{code}"\ngroup = "{GROUPS[code]}"\n\n' for code in NEEDS)
    (FOLDER / "authority.toml").write_text(AUTHORITY + needs.rstrip("\n") + "\n", encoding="utf-8")
    for name, table in tables().items():
        table.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
