"""The engine gives the integers of an independent plain-Python step, child for child."""

import numpy as np
import pytest

import sufficiency as sf
from oracle.model import random_model
from oracle.step import simulate

AXES = ["area", "age", "need", "setting"]


def counts(model: dict, years: int, seed: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    fitted = sf.Fitted.from_parameters(**model)
    projection = sf.project(
        fitted,
        to=model["base_year"] + years,
        draws=draws,
        seed=seed,
        keep="draws",
        measures=["plans", "new_plans"],
        margins=[AXES],
        progress=False,
    )
    return projection.draws("plans", AXES).values, projection.draws("new_plans", AXES).values


@pytest.mark.parametrize("first", range(0, 220, 20))
def test_identical_integers_on_generated_models(first: int) -> None:
    for seed in range(first, first + 20):
        model = random_model(seed, "medium" if seed % 20 == 7 else "small")
        years = model.pop("years")
        plans, new_plans = counts(model, years, seed, 2)
        for draw in range(2):
            expected_plans, expected_new = simulate({**model, "years": years}, seed, draw)
            assert (plans[draw] == expected_plans).all(), f"plans, model {seed}, draw {draw}"
            assert (new_plans[draw] == expected_new[1:]).all(), f"new plans, model {seed}, draw {draw}"


def test_a_wrong_seed_is_noticed() -> None:
    """The comparison above can fail: another seed gives other children."""
    model = random_model(3, "medium")
    years = model.pop("years")
    plans, _ = counts(model, years, 4, 1)
    assert (plans[0] != simulate({**model, "years": years}, 3, 0)[0]).any()
