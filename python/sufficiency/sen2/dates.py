"""Dates of a return: census days, ages, and dates as people's systems write them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%b-%d", "%d-%b-%Y", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%y")
"""As in `2024-01-18`, `18/01/2024`, `2024-Jan-18` (the collection system's export); a time after it is left
out.
"""

THURSDAY = 3


def census_day(year: int) -> pd.Timestamp:
    """The third Thursday of January, as it was from 2023 to 2026."""
    first = date(year, 1, 1)
    return pd.Timestamp(first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 14))


def parse_dates(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Dates of text in any of `FORMATS`; not a date where there is none or it cannot be read."""
    words = texts.unique()
    day = pd.Series(words, dtype=object).astype(str).str.strip().str.split("[ T]", n=1, regex=True).str[0]
    parsed = pd.Series(pd.NaT, index=day.index, dtype="datetime64[ns]")
    for form in FORMATS:
        left = parsed.isna() & day.ne("")
        if left.any():
            parsed[left] = pd.to_datetime(day[left], format=form, errors="coerce").astype("datetime64[ns]")
    return texts.map(dict(zip(words, parsed, strict=True))).astype("datetime64[ns]")


def ages_at_august(births: pd.Series[Any], years: pd.Series[Any]) -> pd.Series[Any]:
    """Whole years at the 31 August before the January of each year; missing without a birth."""
    later = births.dt.month.gt(8)  # born in September or after: not yet a year older on 31 August
    ages: pd.Series[Any] = years - 1 - births.dt.year - later.astype(int)
    return ages
