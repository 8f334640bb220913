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
        return pd.read_csv(
            self.folder / source / name, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )

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
