"""The official files that the sample is made from, read as text and handed over as counts.

Nothing outside this module knows a file name. ``x`` (unavailable) and ``z`` (not applicable) become
missing, never 0, since a class that was not collected is not an empty class.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

AUTHORITY = "E08000035"
"""Leeds, as ONS and DfE write it from 2009 on."""

OLD_CODE = "383"
"""Leeds, in DfE's finance tables."""

DIRECTLY_FUNDED = {
    ("special", "academy", "pre16"): ("special_academy_pre16",),
    ("special", "academy", "post16"): ("special_academy_post16",),
    ("special", "free", "pre16"): ("special_free_school_pre16",),
    ("special", "free", "post16"): ("special_free_school_post16",),
    ("resourced", "academy", "pre16"): (
        "mainstream_academy_unit_rp_6k",
        "mainstream_academy_unit_rp_10k",
    ),
    ("resourced", "academy", "post16"): ("mainstream_academy_post16",),
}
"""Columns of directly funded places, by setting, funding and age group."""

UNAVAILABLE = ("x", "z", "c", "low", "u", "")
LAST_AGE = 25
Counts = NDArray[np.float64]


def as_counts(column: pd.Series[str]) -> pd.Series[float]:
    """Counts of one published column, missing where the publisher gives a symbol."""
    return pd.to_numeric(column.where(~column.isin(UNAVAILABLE)))


@dataclass(frozen=True)
class OfficialFiles:
    """A folder laid out as data/real: one folder a source."""

    folder: Path

    def _table(self, source: str, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / source / name, dtype=str, keep_default_na=False, encoding="utf-8-sig")

    def plans_release(self, name: str) -> pd.DataFrame:
        """Rows of one file of the DfE release on EHC plans that speak of the authority, as text."""
        table = self._table("dfe-ehcp-sen2", name)
        return table[table["new_la_code"] == AUTHORITY].reset_index(drop=True)

    @cached_property
    def estimates(self) -> dict[int, Counts]:
        """ONS mid-year estimates: mid-year -> residents aged 0..25."""
        table = self._table("ons-population-leeds", "leeds_mid_year_estimates_2000_2023_age_0_25.csv")
        return self._by_year(table)

    @cached_property
    def projection(self) -> dict[int, Counts]:
        """ONS 2018-based principal projection: mid-year -> residents aged 0..25."""
        table = self._table("ons-population-leeds", "leeds_snpp_2018based_2018_2043_age_0_25.csv")
        return self._by_year(table[table["variant_name"] == "principal"])

    @staticmethod
    def _by_year(table: pd.DataFrame) -> dict[int, Counts]:
        residents: dict[int, Counts] = {}
        for year, age, persons in zip(table["year"], table["age"], table["persons"], strict=True):
            of_year = residents.setdefault(int(year), np.zeros(LAST_AGE + 1))
            of_year[int(age)] = float(persons)
        return residents

    def district_estimates(self, areas: list[str]) -> dict[int, Counts]:
        """Residents by mid-year: district (in the order given) by age, Leeds parts only.

        Made before the 2021 census and summed from small areas, so fractional and too high:
        use the shares, not the level.
        """
        table = self._table("ons-population-leeds", "population_by_postcode_district_la_age.csv")
        table = table[table["la_code"] == AUTHORITY]
        residents: dict[int, Counts] = {}
        columns = (table["year"], table["outcode"], table["age"], table["population"])
        for year, area, age, count in zip(*columns, strict=True):
            of_year = residents.setdefault(int(year), np.zeros((len(areas), LAST_AGE + 1)))
            of_year[areas.index(area), int(age)] = float(count)
        return residents

    @cached_property
    def districts(self) -> pd.DataFrame:
        """Postcode districts with a postcode in Leeds: centroid of the Leeds part."""
        return self._table("os-postcodes-leeds", "postcode_districts_leeds.csv")

    def directly_funded_places(self) -> dict[int, dict[tuple[str, str, str], int]]:
        """Places funded directly, by January, then setting, funding and age group.

        Autumn of a financial year is the school year that its next January is in; January 2020 is
        summer 2020. Resourced places of academies at 6,000 and at 10,000 pounds are added.
        """
        table = self._table("dfe-high-needs", "directly_funded_high_needs_places_2020_21_2023_24.csv")
        places: dict[int, dict[tuple[str, str, str], int]] = {}
        for row in table[table["old_la_code"] == OLD_CODE].to_dict("records"):
            first = int(str(row["financial_year"])[:4])
            terms = {first + 1: "autumn"} | ({first: "summer"} if not places else {})
            for january, term in terms.items():
                places[january] = {
                    key: round(sum(float(row[f"{column}_{term}"]) for column in columns))
                    for key, columns in DIRECTLY_FUNDED.items()
                }
        return places

    @cached_property
    def published_facts(self) -> pd.Series[float]:
        """Single figures compiled from public pages, by name; their sources are in the file."""
        table = self._table("leeds-published", "leeds_published_facts.csv")
        return pd.to_numeric(table.set_index("fact")["value"])

    @cached_property
    def deprivation_deciles(self) -> pd.Series[float]:
        """Deprivation decile (1 most deprived), mean over a district's residents aged 0-25."""
        deciles = self._table("ons-population-leeds", "imd2019_leeds_lsoa11.csv")
        shares = self._table("os-postcodes-leeds", "lsoa11_to_outcode_weights_leeds.csv")
        residents = self._table("ons-population-leeds", "lsoa11_single_year_age_0_25.csv")
        residents = residents[residents["year"] == "2020"]
        ages = [f"age_{age}" for age in range(LAST_AGE + 1)]
        residents = residents.assign(residents=residents[ages].astype(float).to_numpy().sum(axis=1))
        joined = shares.merge(deciles, on="lsoa11_code").merge(residents, on="lsoa11_code")
        weight = joined["share_of_lsoa"].astype(float) * joined["residents"]
        decile = joined["IMD_decile"].astype(float)
        return (weight * decile).groupby(joined["outcode"]).sum() / weight.groupby(joined["outcode"]).sum()
