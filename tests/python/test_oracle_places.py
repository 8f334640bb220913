"""The engine gives each place to the children to whom an independent plain-Python step gives it."""

from typing import Any

import numpy as np
import pytest

import sufficiency as sf
from oracle.model_sites import random_model_with_sites
from oracle.places import simulate_places

CELL = ["area", "age", "need"]
AXES = {"placed": ["site", *CELL], "waiting": CELL, "independent": CELL}


def generated(seed: int) -> dict[str, Any]:
    return random_model_with_sites(seed, "medium" if seed % 20 == 7 else "small")


def counts(
    model: dict[str, Any], seed: int, draws: int, scenario: sf.Scenario | None = None
) -> dict[str, np.ndarray]:
    """Children of all ages by measure: (draws, years + 1, sites, areas, ages, needs), sites for `placed` alone."""
    explicit = {name: table for name, table in model.items() if name not in ("years", "changes")}
    projection = sf.project(
        sf.Fitted.from_parameters(**explicit),
        to=model["base_year"] + model["years"],
        draws=draws,
        seed=seed,
        scenario=scenario,
        keep="draws",
        measures=list(AXES),
        margins=list(AXES.values()),
        progress=False,
    )
    codes = {"site": model["sites"]["site"], "area": model["areas"], "age": range(26), "need": model["needs"]}
    found = {}
    for measure, axes in AXES.items():
        kept = projection.draws(measure, axes, ages=(0, 25))
        levels = {axis: list(dict.fromkeys(codes[axis])) for axis in axes}
        within = kept.reindex(levels, fill_value=0)
        assert kept.sum() == within.sum(), f"{measure} has children of no site, area, age or need"
        found[measure] = within.transpose("draw", "year", *axes).values
    return found


@pytest.mark.parametrize("first", range(0, 220, 20))
def test_identical_places_on_generated_models(first: int) -> None:
    for seed in range(first, first + 20):
        model = generated(seed) | {"changes": []}
        engine = counts(model, seed, 2)
        for draw in range(2):
            for measure, expected in simulate_places(model, seed, draw).items():
                same = engine[measure][draw] == expected
                assert same.all(), f"{measure}, model {seed}, draw {draw}, first at {np.argwhere(~same)[0]}"


def test_another_tie_break_is_noticed() -> None:
    """The comparison above can fail: another seed gives other children their places."""
    model = generated(7) | {"changes": []}
    engine = counts(model, 8, 1)
    expected = simulate_places(model, 7, 0)
    assert any((engine[measure][0] != expected[measure]).any() for measure in AXES)
