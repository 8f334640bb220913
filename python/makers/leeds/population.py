"""Residents by single year of age: the authority's totals, and their split over districts.

Exposure for January t is the estimate of the June before: mid-year y is written as t = y+1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .official_files import LAST_AGE, Counts, OfficialFiles
from .rounding import largest_remainder

AGES = range(LAST_AGE + 1)
FIRST_JANUARY, LAST_ESTIMATE, LAST_JANUARY = 2010, 2023, 2035
FIRST_DISTRICT_JANUARY = 2018
BASE_JANUARY = 2025
RATIO_STARTS = range(2013, 2023)
"""First mid-years of the ten pairs whose cohort change ratios are averaged (2013/14-2022/23)."""
FIRST_STUDENT_AGE = 18
"""From 18 on a cohort is not followed: students arrive at 18-19 and leave at 21-24."""
FLAT_BIRTHS_MEAN_OF = range(2021, 2024)
"""Mid-years whose mean number aged 0 is carried on; flat births missed by up to 18% in five years.

Three years, so that one low year does not set the level."""


def cohort_change_ratios(estimates: dict[int, Counts]) -> Counts:
    """Ratio of age a at mid-year y+1 to age a-1 at y, geometric mean of ten pairs, a = 1..17."""
    last = FIRST_STUDENT_AGE
    logs = [np.log(estimates[start + 1][1:last]) - np.log(estimates[start][: last - 1]) for start in RATIO_STARTS]
    return np.asarray(np.exp(np.mean(logs, axis=0)))


def carried_forward(official: OfficialFiles) -> dict[int, list[int]]:
    """Residents by mid-year, ages 0..25: estimates to 2023, aged on after that."""
    estimates, projection = official.estimates, official.projection
    ratios = cohort_change_ratios(estimates)
    births = float(np.mean([estimates[year][0] for year in FLAT_BIRTHS_MEAN_OF]))
    residents = dict(estimates)
    adults = slice(FIRST_STUDENT_AGE, None)
    for year in range(LAST_ESTIMATE + 1, LAST_JANUARY):
        children = residents[year - 1][: FIRST_STUDENT_AGE - 1] * ratios
        growth = projection[year][adults] / projection[LAST_ESTIMATE][adults]
        residents[year] = np.concatenate([[births], children, estimates[LAST_ESTIMATE][adults] * growth])
    return {
        year: [round(float(count)) for count in residents[year]] for year in range(FIRST_JANUARY - 1, LAST_JANUARY)
    }


def control_table(official: OfficialFiles) -> pd.DataFrame:
    """Authority totals, columns year, age, population: published to 2024, derived after it."""
    return _long(carried_forward(official))


def official_projection_table(official: OfficialFiles) -> pd.DataFrame:
    """The 2018-based projection in the same columns, for comparison only."""
    counts = {year: [int(n) for n in row] for year, row in official.projection.items()}
    return _long({year: counts[year] for year in sorted(counts) if year < LAST_JANUARY})


def _long(by_year: dict[int, list[int]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(year + 1, age, by_year[year][age]) for year in by_year for age in AGES],
        columns=["year", "age", "population"],
    )


def district_shares(estimates: dict[int, Counts], mid_year: int) -> Counts:
    """Share of each age living in each district: district by age, columns sum to 1.

    After the last small-area estimate (mid-2020) a birth cohort keeps its districts; students do
    not age in place, so from 18 on the shares stay with the age. Mid-2018 is
    not among the files that we hold: the mean of its neighbours stands for it.
    """
    shares: dict[int, Counts] = {
        year: np.asarray(counts / counts.sum(axis=0)) for year, counts in estimates.items()
    }
    first, last = min(shares), max(shares)
    if mid_year in shares:
        return shares[mid_year]
    if mid_year < first:
        raise ValueError(f"no district shares before mid-{first}, asked for mid-{mid_year}")
    if mid_year < last:
        before = max(year for year in shares if year < mid_year)
        after = min(year for year in shares if year > mid_year)
        return np.asarray((shares[before] + shares[after]) / 2)
    source_ages = [age if age >= FIRST_STUDENT_AGE else max(0, age - (mid_year - last)) for age in AGES]
    return np.asarray(shares[last][:, source_ages])


def district_counts(official: OfficialFiles, areas: list[str], january: int) -> Counts:
    """Residents of one January, district by age, in whole numbers.

    Every age sums to the authority's total to the unit: largest remainder, ties by order of the
    districts.
    """
    totals = carried_forward(official)[january - 1]
    shares = district_shares(official.district_estimates(areas), january - 1)
    columns = [largest_remainder(shares[:, age], totals[age]) for age in AGES]
    return np.column_stack(columns).astype(float)


def district_population(official: OfficialFiles, areas: list[str]) -> pd.DataFrame:
    """Residents by January, district and age, columns year, area, age, population."""
    rows: list[tuple[int, str, int, int]] = []
    for january in range(FIRST_DISTRICT_JANUARY, BASE_JANUARY + 1):
        counts = district_counts(official, areas, january)
        rows.extend(
            (january, area, age, int(counts[position, age])) for position, area in enumerate(areas) for age in AGES
        )
    return pd.DataFrame(rows, columns=["year", "area", "age", "population"])
