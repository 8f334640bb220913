"""Run a fitted model over many futures, or along its mean path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sufficiency.errors import InputError
from sufficiency.expectation import Expectation
from sufficiency.fitted import Fitted
from sufficiency.progress import progress_bar
from sufficiency.projection import Projection
from sufficiency.recipe import Recipe, cores, under, whole
from sufficiency.scenario import Scenario

OF_REPORT: dict[str, Any] = {
    "measures": [
        "plans", "new_plans", "demand", "places", "placed", "waiting", "independent", "utilisation", "cost",
        "shortfall", "shortfall:local", "shortfall:minimum",
    ],
    "margins": [[], ["phase", "need_group"], ["planning_area"], ["site"], ["setting"]],
}  # fmt: skip
"""All that a report asks for, and what is saved beside it."""


def project(
    fitted: Fitted,
    *,
    to: int,
    seed: int,
    draws: int = 2_000,
    scenario: Scenario | Sequence[Scenario] | None = None,
    workers: int | None = None,
    measures: Sequence[str] | None = None,
    margins: Sequence[Sequence[str]] | None = None,
    keep: str | None = None,
    expectation: bool = False,
    draws_range: tuple[int, int] | None = None,
    cluster: Any = None,
    checkpoint: str | Path | None = None,
    progress: bool | None = None,
) -> Projection:
    """Run a fitted model to a January over many Monte Carlo draws.

    Parameters
    ----------
    fitted : Fitted
        From `fit` or `Fitted.from_parameters`.
    to : int
        Last January.
    seed : int
        Seed of all randomness, 0 to 2**64 - 1. The same seed gives the same bytes at any number of workers.
    draws : int
        Number of draws. The first draws of a longer run are the draws of a shorter one.
    scenario : Scenario or sequence of Scenario, optional
        Changes to apply, in this order.
    workers : int, optional
        Threads; all cores by default. Changes time, never results.
    measures : sequence of str, optional
        Counted at once; any other is counted when asked for. By default all that the fit has tables for. With
        `margins` a shortfall of another kind is named like ``"shortfall:minimum"``.
    margins : sequence of sequences of str, optional
        Groupings counted at once, replacing the default ones. Any other `by` runs the recipe again.
    keep : {"draws", "report"}, optional
        Keep every draw, for `Projection.draws`. With "report" only what `report` shows is counted, and its draws
        are kept: then its differences rest on all draws, and it counts nothing again.
    expectation : bool
        Run the mean path instead of draws (`plans`, `new_plans`, `demand`).
    draws_range : (int, int), optional
        First draw and the one after the last, to run only these of `draws`; `merge` puts ranges together.
    cluster : distributed.Client, optional
        Run ranges of draws on the workers of this Dask client. The bytes are the same; a worker that is lost is
        replaced by Dask.
    checkpoint : str or Path, optional
        A folder in which ranges of draws are kept as they finish: the same call after a crash goes on from there.
        It holds counts of children: treat it as restricted.
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.

    Raises
    ------
    InputError
        If an argument is out of range; the message names the rule.

    Examples
    --------
    >>> run = sf.project(fitted, to=2026, draws=20, seed=1, progress=False)
    >>> run
    <Projection: January 2025 to 2026, 20 draws, seed 1>
    """
    if keep not in (None, "draws", "report"):
        raise InputError(f"keep must be None, 'draws' or 'report', got {keep!r} [unknown-keep]")
    if keep == "report":
        measures, margins = measures or OF_REPORT["measures"], margins or OF_REPORT["margins"]
    draws, seed, to = whole("draws", draws), whole("seed", seed, 2**64 - 1), whole("to", to)
    workers = None if workers is None else whole("workers", workers)
    scenarios = [] if scenario is None else [scenario] if isinstance(scenario, Scenario) else list(scenario)
    case = under(fitted, scenarios)
    if expectation:
        return Expectation(fitted, to, case, scenarios)
    names = None if margins is None else [[str(name) for name in margin] for margin in margins]
    first, end = (0, draws) if draws_range is None else map(int, draws_range)
    if not 0 <= first < end <= draws:
        raise InputError(f"draws_range must lie within 0 to {draws}, got {first} to {end} [out-of-range]")
    options = {"measures": None if measures is None else list(measures), "margins": names, "of": draws}
    recipe = Recipe(fitted, scenarios, to, seed, keep is not None, options)
    with progress_bar(end - first, progress) as tell:
        if cluster is not None or checkpoint is not None:
            from sufficiency.ranges import run_in_ranges

            core = run_in_ranges(recipe, case, (first, end), cores() if workers is None else workers,
                                 cluster, checkpoint, tell)  # fmt: skip
        else:
            core = recipe.run(case, (first, end), cores() if workers is None else workers, tell)
    return Projection(core, fitted, case, scenarios, options)
