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
# # 5. Places by district and need
#
# *Enough places* in total can still be the wrong kind in the wrong corner. This lesson goes from the authority to
# districts and needs, without giving away a small count.

# %%
import sufficiency as sf

fitted = sf.fit(sf.sample("leeds"))
run = sf.project(fitted, to=2030, draws=250, seed=1)

# %% [markdown]
# ## Which needs?

# %%
sf.plots.ranked(run, "demand", by="need")

# %% [markdown]
# The ring is now, the dot the middle in the last January, the bar 8 in 10 futures. A direction is only said where nine
# in ten futures agree on it.
#
# ## Where do they live?

# %%
sf.plots.districts(run, "demand")

# %% [markdown]
# Districts that rest on fewer than 10 children are left out, with enough others that nobody can work them out from the
# total. In Leeds, plans by district are `synthetic`: the map shows how, not where.
#
# ## Who goes without, and where
#
# By home the shortfall is *local*: children in independent schools, waiting, or seated above number.

# %%
sf.plots.ranked(run, "shortfall", by="planning_area", kind="local")

# %% [markdown]
# ## The right kind, in the right phase
#
# One table of demand, places and chances by phase and need group. `p_over_10` is the chance that more than a class of
# children has no place of the right kind.

# %%
table = run.shortfall(["phase", "need_group"])
columns = ["phase", "need_group", "demand", "places", "p50", "p_over_10", "places_80"]
table[(table["year"] == 2028) & (table["demand"] > 10)][columns].round(2)

# %% [markdown]
# ## How full are the sites?

# %%
full = run.utilisation("site", above=1.0)
full[full["year"] == 2028].nlargest(8, "mean")[["site", "mean", "p10", "p90", "p_above"]].round(2)

# %% [markdown]
# ## Ratios inside draws
#
# A share of two uncertain numbers is not the ratio of their means. `to_xarray` gives every draw with named
# dimensions; arithmetic then happens inside each future, and `sf.summarise` makes a table of it. Here: of the children
# of each need who require a specialist place, how many in 100 have one?

# %%
placed, demand = run.to_xarray("placed", by="need"), run.to_xarray("demand", by="need")
served = sf.summarise(100 * placed / demand.where(demand > 0))
served = served[served["year"].isin([2025, 2030]) & (served["need"] != "UNK")]
served.pivot(index="need", columns="year", values="p50").dropna().round(0)

# %% [markdown]
# **What you have**: where and for whom places are short, and a table by phase and need group to plan with. Go on with
# `where={"area": ["LS10", "LS11"]}` in any table or picture.
