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
# # 3. Fit and check
#
# A projection is as good as the rates it runs on. This lesson looks at what was learnt, checks it against what is
# known, and shows which checks to make before a figure leaves your desk.

# %%
import sufficiency as sf

inputs = sf.sample("leeds")
fitted = sf.fit(inputs)
fitted

# %% [markdown]
# ## Do the tables agree with each other?
#
# Tables of one year rarely cross: plans by age here, by need there. They are made into one coherent table of the base
# year, by area, age, need and setting, rounded once. The check: it must add up to what was given. (The sample's base
# year is given as one full table, so all its rows count.)

# %%
base_table = inputs.table("base")
plans = inputs.table("plans")
int(base_table["plans"].sum()), int(plans.loc[plans["year"] == 2025, "plans"].sum())

# %% [markdown]
# ## What happens to a child in a year?
#
# The fitted rates as a picture: where children of each setting are expected a year later. Most stay; the coloured
# ribbons are the ones who move.

# %%
sf.plots.flow(fitted)

# %% [markdown]
# The same as numbers, for the age at which most moves happen. Each row is 100 children of ten years of age: by the
# next January they are in secondary school.

# %%
sf.plots.transitions(fitted, where={"age": 10})

# %% [markdown]
# If a number here looks wrong to somebody who knows the schools, that is worth more than any statistic: tell the
# fit with your own `flows` table.
#
# ## Does the model start where the data ends?
#
# One year ahead the range should be narrow and continue the history without a jump.

# %%
run = sf.project(fitted, to=2030, draws=300, seed=1)
sf.plots.fan(run, "plans")

# %% [markdown]
# ## Which ages carry the growth?
#
# Read along a diagonal to follow a cohort as it grows older.

# %%
sf.plots.ages(run, "plans")

# %% [markdown]
# ## Does it matter what it learnt from?
#
# Fit again on the last years only. If the answer moves by more than the range, the choice of history is a finding,
# and belongs in the paper.

# %%
recent = sf.project(sf.fit(inputs, history=(2020, 2025)), to=2030, draws=300, seed=1)
both = {"all years": run, "from 2020": recent}
ends = {name: each.demand().iloc[-1][["p10", "p50", "p90"]].round(0) for name, each in both.items()}
import pandas as pd

pd.DataFrame(ends).T

# %% [markdown]
# ## Is it observed demand that I want?
#
# Observed demand is a lower bound. `latent` adds children who may require a specialist place though no plan says so;
# it rests on shares that experts were asked for, and no data can score it. Quote it with that sentence.

# %%
bases = {basis: run.demand(basis=basis).iloc[-1][["p10", "p50", "p90"]].round(0) for basis in ("observed", "latent")}
pd.DataFrame(bases).T

# %% [markdown]
# ## How many draws are enough?
#
# Until simulation error is small beside the range. Draws may be raised later: the first 300 stay the same.

# %%
end = run.demand().iloc[-1]
print(f"simulation error of the mean: {end['mcse']:.0f} children; half of the 8-in-10 range: {(end['p90'] - end['p10']) / 2:.0f}")

# %% [markdown]
# **What you have**: a checklist in six pictures and tables. If all six hold, the fit may be used; what did not hold
# goes into the paper, beside the figures.
