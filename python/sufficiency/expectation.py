"""The mean path: one future in which every rate is its mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.projection import Projection
from sufficiency.recipe import under
from sufficiency.scenario import Scenario
from sufficiency.showing import html_table

if TYPE_CHECKING:
    import xarray as xr


class Expectation(Projection):
    """The mean path: tables hold one column of figures, `mean`."""

    _shown = ("mean",)

    def __init__(self, fitted: Fitted, to: int, case: Any, scenarios: Sequence[Scenario]) -> None:
        super().__init__(None, fitted, case, scenarios, {})
        self._to = to

    def _parts(self, ask: dict[str, Any]) -> dict[str, Any]:
        return _core.expected(self._case, self._to, ask)

    def _share_above(self, ask: dict[str, Any], level: NDArray[np.float64]) -> NDArray[np.float64]:
        raise InputError("the mean path has no draws to be above anything [expectation-no-chances]")

    def draws(self, *_: Any, **__: Any) -> xr.DataArray:
        """Refused: the mean path has no draws."""
        raise InputError("the mean path has no draws [expectation-no-draws]")

    @property
    def recipe(self) -> dict[str, Any]:
        """First and last January; a mean path has no draws and no seed."""
        return {
            "base_year": self.fitted.base_year,
            "to": self._to,
            "draws": 0,
            "seed": None,
            "version": _core.__version__,
            "scenario": [each.name for each in self.scenarios],
        }

    @property
    def digest(self) -> str:
        """The fit's fingerprint: nothing else decides a mean path."""
        return self._case.fingerprint  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_again, (self.fitted, self._to, self.scenarios))

    def __repr__(self) -> str:
        return f"<Projection: mean path, January {self.fitted.base_year} to {self._to}>"

    @property
    def _has_sites(self) -> bool:
        return False

    def _repr_html_(self) -> str:
        return html_table("Mean path: children by January", self.summary(), row_heads=2)


def _again(fitted: Fitted, to: int, scenarios: Sequence[Scenario]) -> Expectation:
    return Expectation(fitted, to, under(fitted, scenarios), scenarios)
