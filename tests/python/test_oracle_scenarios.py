"""Under scenarios too the engine gives the integers of an independent plain-Python step."""

from typing import Any

import numpy as np
import pytest

import sufficiency as sf
from oracle.model import random_model
from oracle.model_scenario import random_changes, random_support
from oracle.model_sites import random_model_with_sites
from oracle.places import simulate_places
from oracle.step import simulate
from test_oracle import AXES
from test_oracle_places import counts as counts_of_places


def generated(seed: int) -> tuple[dict[str, Any], sf.Scenario]:
    model = random_model(seed, "small")
    if sum(model["plans"]["plans"]) == 0:
        model["plans"]["plans"][0] = 5
    model["support"] = random_support(model, seed)
    scenario = sf.Scenario(name=f"scenario {seed}", changes=random_changes(model, seed))
    return model | {"changes": scenario.changes}, scenario


def counts(model: dict[str, Any], scenario: sf.Scenario, seed: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    explicit = {name: table for name, table in model.items() if name not in ("years", "changes")}
    run = sf.project(
        sf.Fitted.from_parameters(**explicit),
        to=model["base_year"] + model["years"],
        draws=draws,
        seed=seed,
        scenario=scenario,
        keep="draws",
        measures=["plans", "new_plans"],
        margins=[AXES],
        progress=False,
    )
    return run.draws("plans", AXES).values, run.draws("new_plans", AXES).values


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_identical_integers_under_every_kind_of_change(first: int) -> None:
    for seed in range(first, first + 20):
        model, scenario = generated(seed)
        plans, new_plans = counts(model, scenario, seed, 2)
        for draw in range(2):
            expected_plans, expected_new = simulate(model, seed, draw)
            said = [change["kind"] for change in model["changes"]]
            assert (plans[draw] == expected_plans).all(), f"plans, model {seed}, draw {draw}, {said}"
            assert (new_plans[draw] == expected_new[1:]).all(), f"new plans, model {seed}, draw {draw}, {said}"


def test_every_kind_changes_something_somewhere() -> None:
    """The comparison above can fail: leaving out the changes of any one kind is noticed."""
    noticed = set()
    for seed in range(60):
        model, scenario = generated(seed)
        plans, _ = counts(model, scenario, seed, 1)
        for kind in {change["kind"] for change in model["changes"]} - noticed:
            left = [change for change in model["changes"] if change["kind"] != kind]
            if (plans[0] != simulate(model | {"changes": left}, seed, 0)[0]).any():
                noticed.add(kind)
    assert noticed == {"scale_rate", "redirect", "regime", "housing", "migration", "convert_support"}


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_identical_places_with_openings_ramps_and_delays(first: int) -> None:
    for seed in range(first, first + 20):
        model = random_model_with_sites(seed, "small")
        if not model["changes"]:
            continue
        scenario = sf.Scenario(name="openings", changes=model["changes"])
        engine = counts_of_places(model, seed, 2, scenario)
        for draw in range(2):
            for measure, expected in simulate_places(model, seed, draw).items():
                same = engine[measure][draw] == expected
                assert same.all(), f"{measure}, model {seed}, draw {draw}, first at {np.argwhere(~same)[0]}"
