"""Small explicit models for tests of laws: one area, one need, as few settings as a law needs."""

from __future__ import annotations

from typing import Any

AGES = range(26)


def world(
    *,
    children: dict[int, int] | None = None,
    residents: int = 1_000,
    areas: tuple[str, ...] = ("A",),
    needs: tuple[str, ...] = ("ASD",),
    **tables: Any,
) -> dict[str, Any]:
    """Arguments of `Fitted.from_parameters`: nothing happens unless a table says so."""
    held = children or {}
    settings = ("mainstream", "special")
    cells = [(area, age) for area in areas for age in AGES]
    model: dict[str, Any] = {
        "base_year": 2025,
        "areas": areas,
        "needs": needs,
        "settings": settings,
        "plans": {
            "area": [areas[0]] * len(held),
            "age": list(held),
            "need": [needs[0]] * len(held),
            "setting": ["special"] * len(held),
            "plans": list(held.values()),
        },
        "population": {
            "area": [area for area, _ in cells],
            "age": [age for _, age in cells],
            "population": [residents] * len(cells),
        },
        "ceasing": {"age": ["all"], "value": [0.0]},
        "transitions": {
            "age": ["all"] * 2,
            "setting": list(settings),
            "to_setting": list(settings),
            "value": [1.0, 1.0],
        },
        "new_plans": {"age": ["all"], "value": [0.0]},
        "first_setting": {"age": ["all"], "to_setting": ["special"], "value": [1.0]},
    }
    return model | tables
