"""The compiled core: thin wrappers, used by the modules of this package only."""

from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__version__: str

Columns = dict[str, Any]

@final
class Fitted:
    @staticmethod
    def from_tables(
        base_year: int,
        areas: list[str],
        needs: list[str],
        settings: list[str],
        tables: dict[str, dict[str, Any]],
        walk: tuple[float, float, float],
        without_plans: bool,
    ) -> Fitted: ...
    @property
    def base_year(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def codes(self) -> dict[str, list[str]]: ...

@final
class Projection:
    @staticmethod
    def run(
        fitted: Fitted,
        to: int,
        draws: int,
        seed: int,
        workers: int | None,
        measures: list[str],
        margins: list[list[str]] | None,
        keep: bool,
        progress: Callable[[int], object] | None,
    ) -> Projection: ...
    def table(
        self,
        measure: str,
        by: list[str],
        filter: list[tuple[str, list[str]]],
        totals: bool,
        ages: tuple[int, int],
    ) -> Columns: ...
    def share_above(
        self,
        measure: str,
        by: list[str],
        filter: list[tuple[str, list[str]]],
        totals: bool,
        ages: tuple[int, int],
        levels: NDArray[np.float64],
    ) -> NDArray[np.float64]: ...
    def draws(
        self, measure: str, by: list[str], ages: tuple[int, int]
    ) -> tuple[Columns, NDArray[np.int32]] | None: ...
    @property
    def recipe(self) -> tuple[int, int, int, int, int, bool]: ...
    @property
    def digest(self) -> str: ...

def expected(
    fitted: Fitted,
    to: int,
    measure: str,
    by: list[str],
    filter: list[tuple[str, list[str]]],
    totals: bool,
    ages: tuple[int, int],
) -> Columns: ...
