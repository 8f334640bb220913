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
# # 6. Back-test: how good would it have been?
#
# Before anybody trusts a forecast, make it as if it were the past: with what was known in January 2019, 2020 and 2021,
# and nothing later. Then compare with what came.

# %%
import sufficiency as sf

leeds = sf.sample("leeds")
result = sf.backtest(leeds, origins=[2019, 2020, 2021], horizons=[1, 2, 3], draws=200, seed=1)
result

# %% [markdown]
# ## Forecasts beside what came
#
# Each fan starts from what was counted at its origin. The points are what came.

# %%
sf.plots.outturn(result)

# %% [markdown]
# ## Did the ranges hold what they promise?
#
# A 90% range should hold nine in ten. With one authority and a few origins that is a handful of forecasts, so one
# miss moves a dot far. Still, look where dots lie left of the line: there the ranges were too narrow.

# %%
sf.plots.coverage(result)

# %% [markdown]
# The misses are part of the product: special schools were missed in Leeds, and you should know it before you use the
# figures. Published with it is the same test on 100 authorities (`docs/validation.md`).

# %%
sf.plots.outturn(result, "special")

# %% [markdown]
# ## Better than a ruler?
#
# `skill` compares with methods that anybody could use: last year's figure, a straight line, the mean growth. Above 0
# is better than the best of them, below 0 worse.

# %%
result.summary().round(2)

# %%
scores = result.scores(by=["part"])
scores[scores["part"] == "total"][["model", "n", "mape", "bias", "crps"]].sort_values("crps").round(1)

# %% [markdown]
# **What you have**: an honest sentence for the paper. Here it is, computed:

# %%
total = result.summary().query("part == 'total' and horizon == 3").iloc[0]
print(
    f"Three years ahead the middle of past forecasts was {total['mape']:.0f}% off on average, "
    f"and their 90% range held {total['cover_90']:.0%} of {total['n']:.0f}."
)
