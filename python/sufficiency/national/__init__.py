"""England's own published series, for the national factor."""

from __future__ import annotations

from importlib import resources

import pandas as pd

__all__ = ["england"]


def england(as_of: int | None = None) -> pd.DataFrame:
    """England's plans, flows, requests and residents, columns year, measure, age, value.

    Parameters
    ----------
    as_of
        Nothing later than this January: stock to January `as_of`, flows and requests of the
        calendar year before, residents to the mid-year before. None: all of it.

    Returns
    -------
    pandas.DataFrame
        One row for each year, measure and age. `measure` is one of plans, new_plans, ceased,
        transfer_out, requests, agreed, within_20_weeks, population; `age` is a band or `all`.
        Units are plans, requests or residents. Observed figures as published, not modelled.
        What each series covers, and its breaks, is in the README beside the table.
    """
    file = resources.files(__package__).joinpath("england.csv")
    with file.open(encoding="utf-8") as text:
        series = pd.read_csv(text, dtype={"year": int, "measure": str, "age": str, "value": int})
    if as_of is not None:
        series = series[series["year"] <= as_of]
    return series.reset_index(drop=True)
