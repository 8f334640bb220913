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
# # 7. Explain a change
#
# *Demand rises. Why?* A board that hears "births are falling" and sees a rising line asks, rightly. This lesson splits
# a change between two Januaries into what moved it, so that every part has a size and a range.
#
# It matters: the 2014 strategy projected 1,147 specialist places in 2012 growing to about 1,600 in 2016. Births had
# risen by more than a third in the ten years before, and it was easy to think that births explain it all.

# %%
import sufficiency as sf

fitted = sf.fit(sf.sample("leeds"))
run = sf.project(fitted, to=2029, draws=200, seed=1)
sf.plots.fan(run)

# %% [markdown]
# ## What moved it
#
# `sf.explain` runs the same futures again with factors held as they are in the first January, one by one and together,
# and gives each factor its fair share (its Shapley value). The parts add up to the change in every single draw.

# %%
why = sf.explain(run, 2025, 2029, draws=40)
print(why.words())

# %%
sf.plots.tornado(why)

# %% [markdown]
# How to read it: *ageing* is what happens when everything else stays as it is, the children who have a plan grow older
# and plans are made at the first January's rates. The other bars come on top of it. A bar in grey may be zero.
#
# ## The numbers

# %%
table = why.table(totals=True)
table.loc[table["note"] == "", ["factor", "mean", "p10", "p50", "p90"]].round(0)

# %% [markdown]
# Factors that are not in this table cannot matter here, and the explanation says why:

# %%
why.attrs["absent"]

# %% [markdown]
# Check that nothing is lost: the parts add to the change, draw by draw, to the last child.

# %%
parts = why.draws().sum("factor").values
change = why.ends[:, 1] - why.ends[:, 0]
float(abs(parts - change).max())

# %% [markdown]
# ## A plan's part
#
# Under a scenario the same question has one more answer. Here: children waiting, with the 400 new places, from before
# the first opens to after most did.

# %%
plan = sf.read_scenario("leeds/400-places")
with_places = sf.project(fitted, to=2029, draws=200, seed=1, scenario=plan, measures=["waiting"])
waiting = sf.explain(with_places, 2026, 2029, "waiting", draws=15)
sf.plots.tornado(waiting)

# %% [markdown]
# **What you have**: a sentence with numbers for "why", a picture of it, and a table that adds up. Parts depend on where
# you start: say both Januaries whenever you quote one.
