"""One short run of each projection that keeps its draws: differences draw by draw, and what else a page needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sufficiency.comparison import alike
from sufficiency.project import project
from sufficiency.projection import Projection
from sufficiency.tables import asked

MEASURES = ("waiting", "independent", "shortfall", "cost")
# Our choice, where draws were not kept: a difference of two futures that share their luck is narrow, and 300 of
# them place the ends of its range about as closely as the page rounds; all 2,000 would take seven times as long.
PAIRED_DRAWS = 300


def short_runs(runs: Sequence[Projection]) -> list[Projection]:
    """The projections with kept draws: themselves if all kept theirs, else their first draws run again.

    The first draws of a longer run are the draws of a shorter one, and projections of one seed meet the same luck:
    so differences of kept draws are those of `compare`.

    Raises
    ------
    InputError
        If the projections differ by more than scenarios.
    """
    for run in runs:
        alike(runs[0], run)
    if all(run._core.recipe[-1] for run in runs):
        return list(runs)
    n_draws = min(int(runs[0].recipe["draws"]), PAIRED_DRAWS)
    return [_with_draws(run, n_draws) for run in runs]


def _with_draws(run: Projection, n_draws: int) -> Projection:
    recipe = run.recipe
    return project(
        run.fitted,
        to=recipe["to"],
        draws=n_draws,
        seed=recipe["seed"],
        scenario=run.scenarios,
        keep="report",
        progress=False,
    )


def difference(base: Projection, option: Projection, measure: str) -> pd.DataFrame:
    """The option less the base by year: mean, p10, p50, p90 (type 7) and p_below_zero, as `compare` gives them."""
    draws = option.draws(measure) - base.draws(measure)
    values = np.asarray(draws, dtype=np.float64)
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    table = pd.DataFrame(
        {
            "year": draws["year"].to_numpy(),
            "mean": values.mean(axis=0),
            "p10": low,
            "p50": middle,
            "p90": high,
            "p_below_zero": (values < 0).mean(axis=0),
        }
    )
    # What `release` must know of a table.
    table.attrs.update(base.recipe | {"asked": asked(measure, None), "model": [*base._models, *option._models]})
    return table
