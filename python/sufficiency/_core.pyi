"""The compiled core: thin wrappers, used by the modules of this package only."""

from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__version__: str

_Columns = dict[str, Any]
_Arrays = tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.uint32]]
_Sheet = tuple[str, _Arrays, NDArray[np.int32] | None]

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
        supply: dict[str, dict[str, list[str]]],
        overflow: tuple[float, float],
        authority: str | None,
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
        draws: tuple[int, int],
        seed: int,
        workers: int | None,
        measures: list[str],
        margins: list[list[str]] | None,
        keep: bool,
        progress: Callable[[int], object] | None,
        against: Fitted | None = None,
    ) -> Projection: ...
    def table(self, asked: dict[str, Any]) -> _Columns: ...
    def share_above(self, asked: dict[str, Any], levels: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def enough(self, asked: dict[str, Any], share: float) -> NDArray[np.float64]: ...
    def draws(self, asked: dict[str, Any]) -> tuple[_Columns, NDArray[np.float64]] | None: ...
    @property
    def has_sites(self) -> bool: ...
    @property
    def recipe(self) -> tuple[int, int, tuple[int, int], int, int, bool]: ...
    def sheets(self) -> list[_Sheet]: ...
    @staticmethod
    def restored(
        fitted: Fitted,
        to: int,
        draws: tuple[int, int],
        seed: int,
        workers: int,
        keep: bool,
        margins: int,
        sheets: list[_Sheet],
    ) -> Projection: ...
    @staticmethod
    def merged(ranges: list[Projection]) -> Projection: ...
    @property
    def margins(self) -> int: ...
    @property
    def digest(self) -> str: ...

def expected(fitted: Fitted, to: int, asked: dict[str, Any]) -> _Columns: ...
def factors() -> list[str]: ...
def factors_present(fitted: Fitted, from_year: int, to: int) -> list[str]: ...
def held_worlds(
    fitted: Fitted,
    years: tuple[int, int],
    worlds: list[list[str]],
    asked: dict[str, Any],
    seats: bool,
    draws: tuple[int, int],
    seed: int,
    workers: int,
    progress: Callable[[int], object] | None,
) -> tuple[_Columns, list[NDArray[np.float64]]]: ...

@final
class Scenario:
    @staticmethod
    def read(text: str, file: str) -> Scenario: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def changes(self) -> list[str]: ...

@final
class Siting:
    @staticmethod
    def freeze(
        fitted: Fitted,
        to: int,
        draws: tuple[int, int],
        seed: int,
        workers: int,
        progress: Callable[[int], object] | None,
    ) -> Siting: ...
    @staticmethod
    def figures() -> list[str]: ...
    def place(
        self, scenarios: list[Scenario], from_year: int, sites: list[str]
    ) -> tuple[NDArray[np.float64], list[str], NDArray[np.uint32], NDArray[np.uint32]]: ...
    def search(
        self,
        candidates: list[tuple[list[Scenario], int, float, int, int]],
        places: int,
        beyond: int,
        capital: float,
        by_year: list[tuple[int, float]],
        weights: tuple[float, float, float, float],
        from_year: int,
        most: tuple[int, int],
        start: list[int] | None,
        progress: Callable[[int], object] | None,
    ) -> dict[str, Any]: ...

def with_pattern(fitted: Fitted, pattern: int, spread: float) -> Fitted: ...
def standing_sites(fitted: Fitted, year: int) -> list[tuple[str, str, bool, int]]: ...
def scenario_schema() -> str: ...
def with_scenarios(fitted: Fitted, scenarios: list[Scenario]) -> Fitted: ...

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
