"""Plans of earlier Januaries, as published: margins that are stacked, also where they disagree."""

from __future__ import annotations

import pandas as pd

from sufficiency.published.columns import establishment_settings, plain_words

from .base_table import CASELOAD, in_order, partnership_by_age
from .margins import SETTING_ORDER, age_by_setting, by_setting
from .official_files import OfficialFiles, as_counts

BANDS = {
    "Under 5": "0-4",
    "Age 5 to 10": "5-10",
    "Age 11 to 15": "11-15",
    "Age 16 to 19": "16-19",
    "Age 20 to 25": "20-25",
}
"""The five published age groups."""


def by_age_band(official: OfficialFiles, name: str, column: str) -> pd.DataFrame:
    """Columns period, age, setting, plans from a release file of five age groups."""
    table = official.plans_release(name)
    table = table[table["characteristic_age"].isin(list(BANDS))]
    result = pd.DataFrame(
        {
            "period": table["time_period"].astype(int),
            "age": table["characteristic_age"].map(BANDS),
            "setting": "all",
            "plans": as_counts(table[column]).fillna(0).astype(int),
        }
    )
    return result[result["plans"] > 0]


def by_establishment(official: OfficialFiles, name: str, column: str) -> pd.DataFrame:
    """Columns period, age, setting, plans from a release file of establishment types."""
    table = official.plans_release(name)
    table = table[table["establishment_type"] != "Total"]
    settings = establishment_settings()
    long = pd.DataFrame(
        {
            "period": table["time_period"].astype(int),
            "setting": [settings[plain_words(label)] for label in table["establishment_type"]],
            "plans": as_counts(table[column]).fillna(0).astype(int),
        }
    )
    sums = long.groupby(["period", "setting"], as_index=False)["plans"].sum()
    return pd.DataFrame(sums[sums["plans"] > 0]).assign(age="all")


def by_placement(official: OfficialFiles, name: str, breakdown: str, period: str) -> pd.DataFrame:
    """Columns setting, plans: one authority-wide row of a release file with placement columns."""
    table = official.plans_release(name)
    rows = table[(table["time_period"] == period) & (table["breakdown"] == breakdown)]
    counts = by_setting(rows).iloc[0]
    present = [setting for setting in SETTING_ORDER if counts.get(setting, 0) > 0]
    return pd.DataFrame({"setting": present, "plans": [int(counts[s]) for s in present]})


def stock_2024(official: OfficialFiles, base: pd.DataFrame) -> pd.DataFrame:
    """January 2024 by age x setting: columns age, setting, plans.

    Special is divided from partnership in every age as in the base table, where they are one
    published figure too: then a cohort keeps its partnership pupils from one January to the next.
    """
    table = age_by_setting(official, CASELOAD, "202324")
    shares = partnership_by_age(base)
    special = table[table["setting"] == "special"]
    carved = [
        round(plans * shares.get(age, 0.0)) for age, plans in zip(special["age"], special["plans"], strict=True)
    ]
    left = special.assign(plans=special["plans"].to_numpy() - carved)
    partnership = special.assign(setting="partnership", plans=carved)
    result = pd.concat([table[table["setting"] != "special"], left, partnership])
    return in_order(result[result["plans"] > 0].assign(need="all"))


def plans_history(official: OfficialFiles, base: pd.DataFrame) -> pd.DataFrame:
    """Columns year, area, age, need, setting, plans for the Januaries before the base year."""
    bands = by_age_band(official, "age_caseload_jan2010_jan2022.csv", "Total_all")
    types = by_establishment(official, "estab_caseload_jan2010_jan2022.csv", "Total_all")
    of_2023 = by_placement(official, CASELOAD, "All EHC plans", "202223").assign(period=2023, age="all")
    of_2024 = stock_2024(official, base).assign(period=2024)
    stacked = pd.concat([bands, types, of_2023, of_2024], ignore_index=True)
    ordered = in_order(stacked.assign(year=stacked["period"], need="all"))
    return ordered.assign(area="all")[["year", "area", "age", "need", "setting", "plans"]]
