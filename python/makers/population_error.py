"""Measure how far cohort change ratios have missed, for the random walks of residents.

Prints the table and the constants that `src/population/walk.rs` ships.
Run: python python/makers/population_error.py --real FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

NOT_AUTHORITIES = {"E92000001": "England", "E09000001": "City of London", "E06000053": "Isles of Scilly"}
PAIRS = 10
"""Most pairs of years behind a ratio, as in `src/population/ratios.rs`."""
FIRST_ORIGIN, HORIZON = 4, 5
"""The first origin has five years (four pairs) behind it."""
BANDS = {
    "1-4": (1, 4),
    "5-10": (5, 10),
    "11-15": (11, 15),
    "5-15": (5, 15),
    "16-17": (16, 17),
    "18-25": (18, 25),
}
LEEDS = "E08000035"
LARGE = 500
"""Districts with fewer children say more of chance than of strays."""


def main() -> None:
    """Read the folder named on the command line and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", required=True, type=Path, help="folder of official files")
    folder: Path = parser.parse_args().real
    estimates = authorities(folder)
    print(f"{len(estimates)} authorities; root mean square of log error, 1 to {HORIZON} years ahead (last bias)")
    for name, errors in authority_errors(estimates).items():
        shown = [f"{np.sqrt(np.mean(e**2)):.4f}" for e in errors]
        print(f"  {name:22}", *shown, f"({np.mean(errors[-1]):+.4f})")
    for name, value in constants(estimates, folder).items():
        print(f"  {name:40} {value:.4f}")


def authorities(folder: Path) -> Numbers:
    """Residents by authority, mid-year 2009 to 2023, and age."""
    table = pd.read_csv(folder / "ons-population-las" / "la_mid_year_estimates_2009_2023_age_0_25.csv")
    table = table[~table.area_code.isin(NOT_AUTHORITIES)].sort_values(["area_code", "year"])
    years = table.year.nunique()
    return table.filter(like="age_").to_numpy(float).reshape(-1, years, 26)


def origins(estimates: Numbers, ahead: int) -> Iterator[int]:
    """Positions of the years a projection can start from and be checked."""
    yield from range(FIRST_ORIGIN, estimates.shape[1] - ahead)


def projected(estimates: Numbers, origin: int, ahead: int, pairs: int = PAIRS) -> Numbers:
    """Residents so many years ahead by cohort change ratios, births flat."""
    logs = np.log(estimates[:, 1:, 1:] / estimates[:, :-1, :-1])
    ratios = np.exp(logs[:, max(0, origin - pairs) : origin].mean(axis=1))
    residents = estimates[:, origin]
    for _ in range(ahead):
        residents = np.column_stack([estimates[:, origin, 0], residents[:, :-1] * ratios])
    return residents


def errors_of(estimates: Numbers, ages: tuple[int, int], ahead: int, pairs: int = PAIRS) -> Numbers:
    """Log error by origin and authority of cohorts alive at the origin; empty if there are none."""
    first, last = max(ages[0], ahead), ages[1]
    misses = [
        np.log(
            projected(estimates, origin, ahead, pairs)[:, first : last + 1].sum(axis=1)
            / estimates[:, origin + ahead, first : last + 1].sum(axis=1)
        )
        for origin in origins(estimates, ahead)
        if first <= last
    ]
    return np.array(misses)


def authority_errors(estimates: Numbers) -> dict[str, list[Numbers]]:
    """Errors one to five years ahead, by what is projected and how."""
    ahead = range(1, HORIZON + 1)
    found = {name: [errors_of(estimates, ages, h) for h in ahead] for name, ages in BANDS.items()}
    found = {name: [e for e in errors if e.size] for name, errors in found.items()}
    for pairs in (3, 5):
        found[f"5-15, {pairs} pairs"] = [errors_of(estimates, (5, 15), h, pairs) for h in ahead]
    adults = estimates[:, :, 18:].sum(axis=2)
    found["18-25, numbers held"] = [held_errors(adults, h) for h in ahead]
    births = estimates[:, :, 0]
    found["age 0, flat"] = [held_errors(births, h) for h in ahead]
    smooth = births.copy()
    smooth[:, 2:] = (births[:, 2:] + births[:, 1:-1] + births[:, :-2]) / 3
    found["age 0, mean of three"] = [held_errors(births, h, smooth) for h in ahead]
    found["age 0, damped trend"] = [trend_errors(births, h) for h in ahead]
    return found


def held_errors(series: Numbers, ahead: int, level: Numbers | None = None) -> Numbers:
    """Error of the logarithm if the level at the origin stands."""
    level = series if level is None else level
    steps = range(FIRST_ORIGIN, series.shape[1] - ahead)
    return np.array([np.log(level[:, origin] / series[:, origin + ahead]) for origin in steps])


def trend_errors(births: Numbers, ahead: int, damping: float = 0.8) -> Numbers:
    """Error of the logarithm if the growth of the last three years goes on, damped."""
    trend = np.zeros_like(births)
    trend[:, 3:] = np.log(births[:, 3:] / births[:, :-3]) / 3
    grown = births * np.exp(trend * sum(damping**k for k in range(1, ahead + 1)))
    return held_errors(births, ahead, grown)


def districts(folder: Path) -> dict[int, Numbers]:
    """Residents of Leeds by postcode district and age, mid-2017, 2019, 2020."""
    table = pd.read_csv(folder / "ons-population-leeds" / "population_by_postcode_district_la_age.csv")
    table = table[table.la_code == LEEDS]
    shaped = table.pivot_table(index="outcode", columns=["year", "age"], values="population").fillna(0.0)
    return {year: shaped[year].to_numpy() for year in (2017, 2019, 2020)}


def small_areas(folder: Path) -> dict[int, Numbers]:
    """Residents of Leeds by lower layer super output area and age, the same years."""
    table = pd.read_csv(folder / "ons-population-leeds" / "lsoa11_single_year_age_0_25.csv")
    table = table.sort_values("lsoa11_code")
    ages = {year: table[table.year == year].filter(like="age_") for year in (2017, 2019, 2020)}
    return {year: counts.to_numpy(float) for year, counts in ages.items()}


def carried(areas: dict[int, Numbers], start: int, end: int, ages: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """Cohorts of the ages at `end`: as the authority's ratios would have it, and as they came."""
    ahead = end - start
    before = areas[start][:, ages[0] - ahead : ages[1] + 1 - ahead]
    after = areas[end][:, ages[0] : ages[1] + 1]
    return before * (after.sum(axis=0) / before.sum(axis=0)), after


def strays(areas: dict[int, Numbers], start: int, end: int, ages: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """Logarithm of came over expected by area, not a number in small ones; and the children expected."""
    expected, came = (side.sum(axis=1) for side in carried(areas, start, end, ages))
    large = expected > LARGE
    ratio = np.divide(came, expected, out=np.full_like(came, np.nan), where=large)
    return np.log(ratio), expected


def gross_movers(areas: dict[int, Numbers]) -> float:
    """Variance of a cell over its expectation, ages 1-17, mid-2019 to 2020, at areas' equal ratios."""
    expected, came = carried(areas, 2019, 2020, (1, 17))
    large = expected > 8
    squares, expected = ((came - expected) ** 2)[large], expected[large]
    return float(np.sum(squares) / np.sum(expected))


def spread(areas: dict[int, Numbers], ages: tuple[int, int]) -> float:
    """Root of the covariance of areas' yearly strays in 2017-19 and in 2019-20."""
    first, _ = strays(areas, 2017, 2019, (ages[0] + 2, ages[1] + 2))
    second, _ = strays(areas, 2019, 2020, (ages[0] + 1, ages[1] + 1))
    both = ~np.isnan(first) & ~np.isnan(second)
    return float(np.sqrt(max(0.0, np.cov(first[both] / 2, second[both])[0, 1])))


def constants(estimates: Numbers, folder: Path) -> dict[str, float]:
    """Every number that `walk.rs` ships, before rounding, and what they were chosen from."""
    root = np.sqrt(HORIZON)
    cohort = np.sqrt(np.mean(errors_of(estimates, (5, 15), HORIZON) ** 2)) / root
    births = np.sqrt(np.mean(held_errors(estimates[:, :, 0], HORIZON) ** 2)) / root
    leeds, small = districts(folder), small_areas(folder)
    miss, children = strays(leeds, 2017, 2020, (4, 15))
    known = ~np.isnan(miss)
    share = {year: leeds[year][:, 0] / leeds[year][:, 0].sum() for year in leeds}
    many = leeds[2020][:, 0] > 50
    held = leeds[2019][:, 18:] * leeds[2020][:, 18:].sum(axis=0) / leeds[2019][:, 18:].sum(axis=0)
    cohorts, adults = carried(leeds, 2019, 2020, (18, 25))
    return {
        "authority_sd": cohort,
        "births_sd": np.sqrt(births**2 - cohort**2),
        "area_sd, districts alike": np.std(miss[known]) / np.sqrt(3),
        "area_sd, by children": np.sqrt(np.average(miss[known] ** 2, weights=children[known]) / 3),
        "area share of births, a year": np.std(np.log(share[2020][many] / share[2017][many])) / np.sqrt(3),
        "movers, small areas": gross_movers(small),
        "movers, districts": gross_movers(leeds),
        **{f"area spread, ages {a}-{b}": spread(leeds, (a, b)) for a, b in ((1, 3), (4, 10), (11, 15))},
        "adults misplaced, shares held": np.abs(held - adults).sum() / adults.sum(),
        "adults misplaced, cohorts": np.abs(cohorts - adults).sum() / adults.sum(),
    }


if __name__ == "__main__":
    main()
