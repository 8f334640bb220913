"""Random scenarios for random models: every kind of change, sized so that each does something."""

import random
from typing import Any

from .rows import Table


def some(rng: random.Random, items: list) -> list:
    return rng.sample(items, rng.randint(1, len(items)))


def perhaps(rng: random.Random, **fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if rng.random() < 0.4}


def uncertain(rng: random.Random, low: float, high: float) -> Any:
    a, b = sorted([round(rng.uniform(low, high), 3), round(rng.uniform(low, high), 3)])
    return {"low": a, "high": b} if a < b and rng.random() < 0.4 else b


def random_changes(model: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    """Three to six changes; `support` of the model gives the stock."""
    rng = random.Random(f"scenario {seed}")
    base, areas, needs, settings = (model[name] for name in ("base_year", "areas", "needs", "settings"))

    def who() -> dict[str, Any]:
        low = rng.randint(0, 20)
        return perhaps(rng, needs=some(rng, needs), ages=[low, rng.randint(low, 25)])

    def when() -> dict[str, Any]:
        first = base + rng.randint(1, 3)
        return {"from": first} | perhaps(rng, full=first + rng.randint(0, 2), to=first + rng.randint(2, 5))

    def scaled() -> dict[str, Any]:
        rate = rng.choice(["new_plans", "ceasing", "transfers_out"])
        return {"rate": rate, "factor": uncertain(rng, 0.3, 2.5)}

    def moved() -> dict[str, Any]:
        a, b = rng.sample(settings, 2)
        return {"from_setting": a, "to_setting": b, "share": uncertain(rng, 0.2, 0.9)}

    def scale_rate() -> dict[str, Any]:
        change = scaled()
        where = perhaps(rng, areas=some(rng, areas)) if change["rate"] == "new_plans" else {}
        return change | who() | when() | where

    def redirect() -> dict[str, Any]:
        points = perhaps(rng, at=some(rng, ["new_plan", "phase_transfer", "review"]))
        return moved() | who() | when() | points

    def regime() -> dict[str, Any]:
        what = rng.choice([scaled, moved] if len(settings) > 1 else [scaled])()
        named = {"name": rng.choice(["reform", "éclat"]), "weight": 0.6}
        return named | what | who() | when() | perhaps(rng, cohorts_from=base + rng.randint(-6, 3))

    def housing() -> dict[str, Any]:
        what = {"areas": some(rng, areas), "dwellings": uncertain(rng, 50, 900), "pupil_yield": 0.7}
        spread = perhaps(rng, years=rng.randint(1, 3), ages=[0, rng.randint(0, 15)])
        return what | {"from": base + rng.randint(1, 2)} | spread

    def migration() -> dict[str, Any]:
        who_comes = {"children_a_year": uncertain(rng, 20, 400), "plans_a_year": uncertain(rng, 1, 12)}
        kept = some(rng, list(who_comes))
        # Needs and ages of the base year's own plans, so that there are proportions to follow.
        return (
            {name: who_comes[name] for name in kept}
            | {"from": base + rng.randint(1, 2), "ages": [0, 25]}
            | perhaps(rng, areas=some(rng, areas), to=base + rng.randint(2, 4))
        )

    def convert_support() -> dict[str, Any]:
        first, *rest = some(rng, settings)
        mix = {first: 1.0} if not rest else {first: 0.7, rest[0]: 0.3}
        at = perhaps(rng, at=rng.choice([["phase_transfer"], ["review"]]))
        what = {
            "support": "top_up",
            "share": uncertain(rng, 0.3, 0.9),
            "years": rng.randint(1, 4),
            "required": mix,
        }
        return what | {"from": base + rng.randint(1, 2)} | at | perhaps(rng, ages=[2, 14])

    kinds = [scale_rate, scale_rate, regime, housing, migration, convert_support]
    kinds += [redirect] * (len(settings) > 1)
    why = {"reason": "a test", "owner": "nobody"}
    chosen = [rng.choice(kinds) for _ in range(rng.randint(3, 6))]
    return [{"kind": make.__name__} | make() | why for make in chosen]


def random_support(model: dict[str, Any], seed: int) -> Table:
    """A stock of supported children in some cells."""
    rng = random.Random(f"support {seed}")
    cells = [(area, age, need) for area in model["areas"] for age in range(0, 17, 2) for need in model["needs"]]
    chosen = rng.sample(cells, min(len(cells), 12))
    columns = zip(*chosen, strict=True)
    table: Table = dict(zip(("area", "age", "need"), map(list, columns), strict=True))
    return table | {
        "kind": [rng.choice(["top_up", "top_up", "other"]) for _ in chosen],
        "children": [rng.randint(0, 9) for _ in chosen],
    }
