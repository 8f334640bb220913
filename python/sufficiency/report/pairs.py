"""Paired differences: what an option changes, draw by draw, and the minimum shortfall, from one short run each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sufficiency.comparison import alike
from sufficiency.projection import Projection, project

MEASURES = ("waiting", "independent", "shortfall", "cost")
# Our choice: a difference of two futures that share their luck is narrow, and 400 of them place the ends of its range
# within the rounding of the page; all 2,000 would take five times as long.
PAIRED_DRAWS = 400


def paired_draws(runs: Sequence[Projection]) -> int:
    """How many futures the differences rest on."""
    draws = int(runs[0].recipe["draws"])
    return draws if all(_kept(run) for run in runs) else min(draws, PAIRED_DRAWS)


def differences(runs: Sequence[Projection]) -> tuple[pd.DataFrame, list[dict[str, pd.DataFrame]]]:
    """The first projection's minimum shortfall by year, and for each of the others its differences to the first.

    The first draws of a longer run are the draws of a shorter one, and projections of one seed meet the same luck:
    so differences of kept draws are those of `compare`.

    Raises
    ------
    InputError
        If the projections differ by more than scenarios.
    """
    for run in runs:
        alike(runs[0], run)
    n_draws = paired_draws(runs)
    base, *options = (_with_draws(run, n_draws) for run in runs)
    return base.shortfall(kind="minimum"), [_less(base, option) for option in options]


def _kept(run: Projection) -> bool:
    return bool(run._core.recipe[-1])


def _with_draws(run: Projection, n_draws: int) -> Projection:
    if _kept(run):
        return run
    recipe = run.recipe
    return project(
        run.fitted,
        to=recipe["to"],
        draws=n_draws,
        seed=recipe["seed"],
        scenario=run.scenarios,
        measures=[*MEASURES, "demand", "places"],
        margins=[[]],
        keep="draws",
        progress=False,
    )


def _less(base: Projection, option: Projection) -> dict[str, pd.DataFrame]:
    return {name: _summary(option.draws(name) - base.draws(name)) for name in MEASURES}


def _summary(draws: object) -> pd.DataFrame:
    """Year, mean, p10, p50, p90 (type 7) and p_below_zero of an array of draw by year."""
    values = np.asarray(draws, dtype=np.float64)
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    return pd.DataFrame(
        {
            "year": draws["year"].to_numpy(),  # type: ignore[index]
            "mean": values.mean(axis=0),
            "p10": low,
            "p50": middle,
            "p90": high,
            "p_below_zero": (values < 0).mean(axis=0),
        }
    )
