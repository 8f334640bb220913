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
# # 1. A first projection
#
# **Will there be enough of the right specialist places?** In this lesson you take the bundled authority, Leeds, from its
# tables to a chart that answers the question, and save the numbers behind it. It takes about ten minutes to read and
# seconds to run. You need to know what an EHC plan is; you do not need any statistics.
#
# Leeds' totals are published figures. What is not public, such as plans by district, was made so that every published
# total still holds; it is marked `synthetic`.

# %%
import sufficiency as sf

inputs = sf.sample("leeds")
inputs

# %% [markdown]
# An object shows itself: here, which tables there are, which years they cover, and whether the figures were published.
# Nothing in this view is a count of children, so you can show it to anybody.
#
# ## Learn the rates
#
# `sf.fit` learns how often plans start, end and move from the authority's own past and from England's. It keeps every
# rate as a *distribution*: what is hardly known stays hardly known.

# %%
fitted = sf.fit(inputs)
fitted.summary().head(8)

# %% [markdown]
# The column `status` matters most: `data` is your own figures, `inferred` was worked out from them, `prior` is
# England's rate or a stated choice. Read the flags before you trust a result:

# %%
fitted.flag_table()

# %% [markdown]
# ## Simulate
#
# `sf.project` runs each child forward, January by January, in many simulated futures ("draws"). In each future the
# rates are drawn once, and luck every year. `seed` makes the run repeatable: the same seed gives the same figures, on
# any computer. 300 draws are enough to look; take 2,000 for a report.

# %%
base = sf.project(fitted, to=2035, draws=300, seed=1)
base

# %% [markdown]
# ## See it
#
# **Specialist demand** means children of Reception to Year 11 who live in Leeds and whose plan asks for a specialist
# setting. It is *observed*: children in mainstream who should be elsewhere are not in it, so it is a lower bound. The
# dashed steps are the places that are open or approved.

# %%
sf.plots.fan(base)

# %% [markdown]
# How to read it: in one future in ten demand ends above the light band, in one in ten below it. The line in the middle
# is not a forecast of what comes; half of the futures lie above it.
#
# The same for all plans, with the history that was counted:

# %%
sf.plots.fan(base, "plans")

# %% [markdown]
# And by need, each panel on a scale of its own, largest first:

# %%
sf.plots.multiples(base, "demand", by="need")

# %% [markdown]
# ## The numbers
#
# Every measure is a table. `p10` and `p90` enclose 8 in 10 futures. `p_over_50` is the share of futures in which
# more than 50 children are short of a place, and `places_80` the number of places that is enough in 8 of 10 futures.

# %%
short = base.shortfall()
columns = ["year", "demand", "places", "p10", "p50", "p90", "p_over_50", "places_80"]
short.loc[short["year"].isin([2025, 2027, 2030, 2035]), columns].round(2)

# %% [markdown]
# `mcse` says how far a mean may be off only because we stopped at 300 draws. If that is small beside `sd`, more draws
# change nothing that matters:

# %%
short[["year", "mean", "sd", "mcse"]].tail(3).round(1)

# %% [markdown]
# ## Take it with you
#
# A table is a pandas frame, a picture is a file. Both say under which assumptions they were made.

# %%
import tempfile
from pathlib import Path

out = Path(tempfile.mkdtemp())
short.to_csv(out / "shortfall.csv", index=False)
sf.plots.save(sf.plots.fan(base), out / "demand_and_places")
sorted(path.name for path in out.iterdir())

# %% [markdown]
# **What you have**: a table and a chart that you can put before a colleague. **Next**: your own tables
# (notebook 2), how far to trust the fit (3), and what new places would change (4).
