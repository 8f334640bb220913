"""Plans by the groups of the DSG management plan: seven categories, five age bands, needs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.release import Released, whole_authority
from sufficiency.returns.codes import academic_year, dated, regrouped

BASIS = "plans in force on census day, by where the child is"


def dsg(projection: Any, years: list[int] | None = None) -> Released:
    """Plans by category of provision, age band and need, for the DSG management plan.

    Parameters
    ----------
    projection : Projection
        Of any settings that `codes/settings.csv` or authority.toml regroups.
    years : list of int, optional
        Januaries; by default all.

    Returns
    -------
    Released
        One row a year, category, age band and need: column `mean`, children over simulated futures, rounded to
        whole children once, halves up; in the base year the count. Rounded cells need not add to a rounded total.
        Non-maintained special schools stand with independent schools here.

    Raises
    ------
    InputError
        If a setting has no category, or the projection has none of the years.

    Examples
    --------
    >>> list(sf.dsg(base).table.columns)[:3]
    ['year', 'academic_year', 'category']
    """
    table = projection.plans(["age", "need", "setting"])
    if years is not None:
        table = table[table["year"].isin(years)]
    if table.empty:
        raise InputError("the projection holds none of these years [out-of-range]")
    year = int(projection.fitted.base_year)
    categories, bands = dated("dsg", year, kind="category"), dated("dsg", year, kind="band")
    band_of = {
        age: row["code"]
        for row in bands.to_dict("records")
        for age in range(int(row["age_from"]), int(row["age_to"]) + 1)
    }
    category_of = regrouped(projection, "dsg")
    table = table.assign(
        category=pd.Categorical(table["setting"].map(category_of), list(categories["code"]), ordered=True),
        age_band=pd.Categorical(table["age"].map(band_of), list(bands["code"]), ordered=True),
        need=pd.Categorical(table["need"], projection.fitted.codes["need"], ordered=True),
    )
    if table["category"].isna().any():
        raise InputError("a setting's dsg category is none of the plan's [unknown-setting]")
    keys = ["year", "category", "age_band", "need"]
    summed = table.groupby(keys, observed=False)["mean"].sum().reset_index()
    for name in keys[1:]:
        summed[name] = summed[name].astype(str)
    summed.insert(1, "academic_year", [academic_year(int(each)) for each in summed["year"]])
    return whole_authority(summed, ["mean"], BASIS)
