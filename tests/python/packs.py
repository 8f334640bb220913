"""Packs for tests: a small world without a change, and with an option."""

from __future__ import annotations

import sufficiency as sf
from test_measures import PLACES, model

OPTIONS = {"to": 2031, "draws": 60, "seed": 1, "progress": False}


def opening(places: int, name: str = "More places", reason: str = "needed", owner: str = "me") -> sf.Scenario:
    """A scenario that opens places at site X."""
    change = {
        "kind": "add_places", "site": "X", "places": places, "opens": "2026-09", "reason": reason, "owner": owner,
    }  # fmt: skip
    return sf.Scenario(name=name, changes=[change])


def small(more: int, places: int = 10, name: str = "More places") -> list[sf.Projection]:
    """A small world, and the same with more places at one site."""
    fitted = model(places=PLACES | {"places": [places] * 4, "held_for_others": [0] * 4})
    return [
        sf.project(fitted, **OPTIONS),
        sf.project(fitted, scenario=opening(more, name), **OPTIONS),
    ]


def leeds(draws: int = 40) -> list[sf.Projection]:
    """The sample: no change, 400 new places, the same late, inclusion."""
    fitted = sf.fit(sf.sample("leeds"))
    names = (None, "leeds/400-places", "leeds/400-late", "leeds/inclusion")
    scenarios = [None if name is None else sf.read_scenario(name) for name in names]
    return [
        sf.project(fitted, to=2035, draws=draws, seed=1, scenario=scenario, progress=False)
        for scenario in scenarios
    ]
