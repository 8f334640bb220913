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
# # 4. Scenarios: the 400 new places
#
# Leeds' strategy adds 400 specialist places. What would they change, how sure is it, and what if they came late? A
# scenario is a short file of dated changes, each with a reason and an owner.

# %%
import sufficiency as sf

plan = sf.read_scenario("leeds/400-places")
plan

# %% [markdown]
# ## With and without
#
# Both runs use the same seed, so they meet the same children and the same luck: the difference is about the places.

# %%
fitted = sf.fit(sf.sample("leeds"))
recipe = {"to": 2032, "draws": 200, "seed": 1}
base = sf.project(fitted, **recipe)
option = sf.project(fitted, **recipe, scenario=plan)
sf.plots.need_against_places(base, option, name="the 400 new places")

# %% [markdown]
# The dotted steps are the places with the plan. They help, and they do not close the gap. By how much, paired draw by
# draw, for the children who wait:

# %%
change = sf.compare(base, option)
sf.plots.differences(change, "waiting")

# %% [markdown]
# Read a row like this: by January 2030 the number of children waiting is lower by so many, in 8 of 10 futures between
# the two figures in brackets. Where the range spanned zero it would say *no clear difference*.
#
# Fewer wait than places open, because some places are taken by children who would otherwise be in independent schools:

# %%
change.summary()

# %% [markdown]
# ## Where the chance of a shortfall falls

# %%
sf.plots.chances(base, option, year=2029, name="the 400 new places")

# %% [markdown]
# ## What matters more: places, or what drives demand?
#
# Three scenarios beside each other, each against *as things stand*. `400-late` is the same plan two years later,
# `incidence-10` is 10% more new plans than the trend says. (`measures=` counts less at once, which is quicker.)

# %%
names = {"Incidence up 10%": "incidence-10", "400 places, late": "400-late"}
effects = {"400 places": change}
for name, file in names.items():
    run = sf.project(fitted, **recipe, scenario=sf.read_scenario(f"leeds/{file}"), measures=["demand"])
    effects[name] = sf.compare(base, run)
sf.plots.tornado(effects, "shortfall", year=2030)

# %% [markdown]
# ## Your own scenario
#
# In Python, or as a TOML file with the same words (`scenario.save("mine.toml")` writes it). An uncertain value is
# given as the ends of an 80% interval.

# %%
mine = sf.Scenario(
    "A second secondary school",
    [
        {
            "kind": "add_places",
            "site": {
                "id": "new-secondary",
                "name": "New secondary school",
                "setting": "special",
                "area": "LS11",
                "needs": ["ASD", "SEMH", "SLCN"],
                "age_from": 11,
                "age_to": 15,
            },
            "places": 150,
            "opens": "2028-09",
            "ramp": [0.4, 0.7, 1.0],
            "reason": "what would one more school change",
            "owner": "you",
        }
    ],
)
more = sf.project(fitted, **recipe, scenario=[plan, mine])
sf.plots.differences(sf.compare(option, more), "waiting")

# %% [markdown]
# **What you have**: the effect of a plan with its range, a ranking of what matters, and a scenario of your own. For a
# board, `sf.report([base, option], "board.html")` writes all of it as one page.
