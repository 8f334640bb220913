"""What decides a run: the fitted model, scenarios, the seed, and what is counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.scenario import Scenario
from sufficiency.tables import MEASURES


@dataclass(frozen=True)
class Recipe:
    """All that decides what is counted, but for the range of draws."""

    fitted: Fitted
    scenarios: list[Scenario]
    to: int
    seed: int
    keep: bool
    options: dict[str, Any]

    def case(self) -> Any:
        """The fitted model under its scenarios."""
        return under(self.fitted, self.scenarios)

    def run(self, case: Any, draws: tuple[int, int], workers: int, tell: Callable[[int], object] | None) -> Any:
        """Run a range of draws of the case."""
        measures = list(MEASURES if self.options["measures"] is None else self.options["measures"])
        return _core.Projection.run(
            case, self.to, draws, self.seed, workers, measures, self.options["margins"], self.keep, tell
        )


def under(fitted: Fitted, scenarios: Sequence[Scenario]) -> Any:
    """The fitted model, as the core holds it, under scenarios in their order."""
    return _core.with_scenarios(fitted._core, [each._core for each in scenarios]) if scenarios else fitted._core


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def whole(name: str, value: object, largest: int = 2**31 - 1) -> int:
    """The value as a whole number from 0 to `largest`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 0 <= int(value) <= largest:  # type: ignore[call-overload]
        raise InputError(f"{name} must be a whole number from 0 to {largest}, got {value!r} [out-of-range]")
    return int(value)  # type: ignore[call-overload,no-any-return]
