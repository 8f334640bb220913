"""The compiled core: thin wrappers, used by the modules of this package only."""

from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__version__: str

_Columns = dict[str, Any]

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
    def flags(self) -> list[str]: ...
    @property
    def summary(self) -> list[tuple[str, str, str, str]]: ...
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
    ) -> _Columns: ...
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
    ) -> tuple[_Columns, NDArray[np.int32]] | None: ...
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
) -> _Columns: ...

@final
class Inputs:
    @staticmethod
    def read(folder: str, tables: dict[str, dict[str, list[str]]]) -> Inputs: ...
    @staticmethod
    def from_tables(authority: str, tables: dict[str, dict[str, list[str]]], published: bool) -> Inputs: ...
    @property
    def tables(self) -> list[str]: ...
    def table(self, name: str) -> dict[str, list[str]] | None: ...
    @property
    def authority(self) -> str: ...
    @property
    def published(self) -> bool: ...
    @property
    def names(self) -> tuple[str, str, str]: ...
    @property
    def years(self) -> tuple[int, int]: ...
    @property
    def codes(self) -> dict[str, list[str]]: ...
    @property
    def flags(self) -> list[tuple[str, str, list[int], str]]: ...
    @property
    def sources(self) -> dict[str, list[str]]: ...
    def base(self) -> _Columns: ...

def input_slugs() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]: ...
def input_tables() -> list[tuple[str, bool, list[str], list[str]]]: ...
def fit(inputs: Inputs, england_csv: str, history: tuple[int, int] | None) -> Fitted: ...
def fit_flags() -> list[tuple[str, str]]: ...
