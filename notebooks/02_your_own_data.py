# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: -all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext,-jupytext.text_representation.jupytext_version,-all
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. Your own data
#
# This lesson takes tables that are not Leeds to a chart of the shortfall. They stand in for yours: Eastmoor, an
# invented authority of nine districts, with seven needs and four settings, and no costs and no travel times.
#
# You bring a folder of tidy tables. Four are required: `authority.toml` (who you are, and your base year), `areas.csv`,
# `population.csv`, `plans.csv`. With `sites.csv` and `places.csv` there is a shortfall too, not only demand.
# `sufficiency template my-tables` writes a small complete folder to be overwritten.

# %%
from pathlib import Path

print(Path("own_tables/authority.toml").read_text()[:330])

# %%
import pandas as pd

pd.read_csv("own_tables/plans.csv").iloc[[0, 1, 2, -3, -2, -1]]

# %% [markdown]
# Two things to see here. `all` marks a margin: for past years this authority knows plans by age only. And each row of
# the base year says how many children of one district, age, need and setting have a plan.
#
# ## From tables to the chart
#
# This is all of it:

# %%
import sufficiency as sf

inputs = sf.read_inputs("own_tables")
fitted = sf.fit(inputs)
run = sf.project(fitted, to=2032, draws=300, seed=1)
sf.plots.fan(run, "shortfall")

# %% [markdown]
# The shortfall by *cells* compares demand with places phase by phase and need group by need group: a spare place for
# one group is no place for another. The same, seen as demand against places:

# %%
sf.plots.fan(run)

# %% [markdown]
# ## When something is wrong with a table
#
# Tables are checked as a whole, and every problem is reported at once, with the table, the row, the rule and a way
# out. Nothing is skipped or mended quietly. Here two mistakes are made on purpose:

# %%
tables = {path.stem: pd.read_csv(path) for path in Path("own_tables").glob("*.csv")}
tables["plans"].loc[5, "need"] = "ASDD"
tables["places"].loc[0, "places"] = -4
try:
    sf.Inputs.from_frames(Path("own_tables/authority.toml").read_text(), **tables)
except sf.InputError as error:
    print(error)

# %% [markdown]
# ## What was yours, and what was not
#
# Eastmoor has a short history, so much is England's. This table belongs in every paper that uses the figures:

# %%
fitted.summary()["status"].value_counts()

# %%
fitted.flag_table()

# %% [markdown]
# ## Where it will pinch
#
# By phase and kind of need, the chance that more than 10 children (a class) are short in 2030:

# %%
by_group = run.shortfall(["phase", "need_group"])
chances = by_group[by_group["year"] == 2030].pivot(index="need_group", columns="phase", values="p_over_10")
chances.dropna(axis=1).round(2)

# %%
sf.plots.multiples(run, "demand", by="need")

# %% [markdown]
# **What you have**: a shortfall chart from your own tables in six lines, and a list of what it rests on. Save the fit
# with `fitted.save("my-fit")`: it keeps its tables and its fingerprint, and `sf.Fitted.load` gives the same model.
