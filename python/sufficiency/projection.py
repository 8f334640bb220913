"""Projections: run once, tabulated in any way."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.frames import FrameKind, converted, draws_array, pandas_table
from sufficiency.progress import progress_bar

if TYPE_CHECKING:
    import xarray as xr

MEASURES = ("plans", "new_plans", "demand")
SCHOOL_AGES = (4, 15)
BASIS = {
    "plans": "children with a plan in force on census day, by the setting they are in",
    "new_plans": "plans made in the year to the census, transfers in left out",
    "demand": "observed (a lower bound): resident children whose required setting is specialist",
}

By = str | Sequence[str] | None
Where = Mapping[str, object] | None


def project(
    fitted: Fitted,
    *,
    to: int,
    seed: int,
    draws: int = 2_000,
    workers: int | None = None,
    measures: Sequence[str] = MEASURES,
    margins: Sequence[Sequence[str]] | None = None,
    keep: str | None = None,
    expectation: bool = False,
    progress: bool | None = None,
) -> Projection:
    """Run a fitted model to a January over many Monte Carlo draws.

    Parameters
    ----------
    fitted : Fitted
        From `fit` or `Fitted.from_parameters`.
    to : int
        Last January.
    seed : int
        Seed of all randomness, 0 to 2**64 - 1. The same seed gives the same bytes at any number of workers.
    draws : int
        Number of draws. The first draws of a longer run are the draws of a shorter one.
    workers : int, optional
        Threads; all cores by default. Changes time, never results.
    measures : sequence of str
        Counted at once; any other is counted when asked for.
    margins : sequence of sequences of str, optional
        Groupings counted at once, replacing the default ones. Any other `by` runs the recipe again.
    keep : {"draws"}, optional
        Keep every draw, for `Projection.draws`.
    expectation : bool
        Run the mean path instead of draws (`plans`, `new_plans`, `demand`).
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.

    Raises
    ------
    InputError
        If an argument is out of range; the message names the rule.
    """
    if keep not in (None, "draws"):
        raise InputError(f"keep must be None or 'draws', got {keep!r} [unknown-keep]")
    draws, seed, to = _whole("draws", draws), _whole("seed", seed, 2**64 - 1), _whole("to", to)
    workers = None if workers is None else _whole("workers", workers)
    if expectation:
        return Expectation(fitted, to)
    names = None if margins is None else [[str(name) for name in margin] for margin in margins]
    with progress_bar(draws, progress) as tell:
        core = _core.Projection.run(
            fitted._core,
            to,
            draws,
            seed,
            _cores() if workers is None else workers,
            list(measures),
            names,
            keep == "draws",
            tell,
        )
    return Projection(core, fitted, {"measures": list(measures), "margins": names})


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _whole(name: str, value: object, largest: int = 2**31 - 1) -> int:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 0 <= int(value) <= largest:  # type: ignore[call-overload]
        raise InputError(f"{name} must be a whole number from 0 to {largest}, got {value!r} [out-of-range]")
    return int(value)  # type: ignore[call-overload,no-any-return]


class Projection:
    """A run: its recipe, and exact histograms of what was counted.

    Every table method returns the `by` columns, then mean, sd, p5, p10, p25, p50, p75, p90, p95 over draws and
    mcse, the Monte Carlo standard error of the mean. Rows sort by year, then by axis in declared code order.
    """

    def __init__(self, core: Any, fitted: Fitted, options: dict[str, Any]) -> None:
        self._core = core
        self.fitted = fitted
        self._options = options

    def plans(
        self,
        by: By = None,
        *,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Children with a plan in force on census day, ages 0 to 25.

        Parameters
        ----------
        by : str or sequence of str
            Any of area, planning_area, age, nc_year, phase, need, need_group, setting; year always is.
        where : mapping, optional
            Axis to a value or list of values: only those children are counted.
        totals : bool
            Add rows marked `all` for each axis.
        above : number or frame, optional
            Adds `p_above`, the share of draws strictly above the number, or above column `above` of the frame
            joined on the columns it shares.
        as_ : {"pandas", "polars", "arrow"}
            Kind of frame.
        """
        return self._measure("plans", by, where, totals, above, as_)

    def new_plans(
        self,
        by: By = None,
        *,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Plans made in the year to each January (not transfers in); arguments as `plans`."""
        return self._measure("new_plans", by, where, totals, above, as_)

    def demand(
        self,
        by: By = None,
        *,
        ages: tuple[int, int] = SCHOOL_AGES,
        basis: str = "observed",
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Resident children whose required setting is specialist; other arguments as `plans`.

        Parameters
        ----------
        ages : (int, int)
            Youngest and oldest age; Reception to Year 11 by default, (16, 18) for the sixth-form line.
        basis : {"observed"}
            Observed is a lower bound: children in mainstream who should be elsewhere are not in it.
        """
        if basis != "observed":
            raise InputError(f"basis must be observed in this version, got {basis!r} [unknown-basis]")
        return self._measure("demand", by, where, totals, above, as_, ages)

    def _measure(
        self,
        measure: str,
        by: By,
        where: Where,
        totals: bool,
        above: Any,
        as_: FrameKind,
        ages: tuple[int, int] = SCHOOL_AGES,
    ) -> Any:
        axes = _axes(by)
        ask = (measure, axes, _filters(where), totals, (int(ages[0]), int(ages[1])))
        table = pandas_table(self._parts(ask), axes)
        if above is not None:
            table["p_above"] = self._share_above(ask, _levels(table, above))
        table.attrs.update(self.recipe | {"measure": measure, "basis": BASIS[measure], "ages": list(ages)})
        return converted(table, as_)

    def _parts(self, ask: tuple[Any, ...]) -> dict[str, Any]:
        return self._core.table(*ask)  # type: ignore[no-any-return]

    def _share_above(self, ask: tuple[Any, ...], levels: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._core.share_above(*ask, levels)  # type: ignore[no-any-return]

    def draws(self, measure: str = "plans", by: By = None, *, ages: tuple[int, int] = SCHOOL_AGES) -> xr.DataArray:
        """Every draw of a measure, dimensions draw, year, then `by` in dimension order given.

        Raises
        ------
        InputError
            If the projection was made without ``keep="draws"``.
        """
        axes = _axes(by)
        found = self._core.draws(measure, axes, ages)
        if found is None:
            raise InputError("this projection kept no draws; project with keep='draws' [no-draws-kept]")
        rows, values = found
        attrs = {"measure": measure, "basis": BASIS[measure], **self.recipe}
        return draws_array(rows, values, axes, attrs)

    @property
    def recipe(self) -> dict[str, Any]:
        """First and last January, draws, seed and version: with the fit, all that decides the result."""
        base_year, to, draws, seed, _, _ = self._core.recipe
        return {"base_year": base_year, "to": to, "draws": draws, "seed": seed, "version": _core.__version__}

    @property
    def digest(self) -> str:
        """Hash of everything counted so far: equal for equal results."""
        return self._core.digest  # type: ignore[no-any-return]

    def to_pandas(self) -> pd.DataFrame:
        """Plans, new plans and demand by year, with a column `measure`."""
        tables = [
            self._measure(measure, None, None, False, None, "pandas").assign(measure=measure)
            for measure in MEASURES
        ]
        whole: pd.DataFrame = pd.concat(tables, ignore_index=True)
        whole.insert(0, "measure", whole.pop("measure"))
        return whole

    def to_polars(self) -> Any:
        """`to_pandas` as polars."""
        return converted(self.to_pandas(), "polars")

    def to_arrow(self) -> Any:
        """`to_pandas` as an Arrow table."""
        return converted(self.to_pandas(), "arrow")

    def to_xarray(self, measure: str = "plans", by: By = None) -> xr.DataArray:
        """Kept draws of a measure; the same as `draws`."""
        return self.draws(measure, by)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        _, to, draws, seed, _, keep = self._core.recipe
        recipe = {"to": to, "draws": draws, "seed": seed, "keep": "draws" if keep else None, **self._options}
        return (_again, (self.fitted, recipe))

    def __repr__(self) -> str:
        recipe = self.recipe
        return (
            f"<Projection: January {recipe['base_year']} to {recipe['to']}, "
            f"{recipe['draws']:,} draws, seed {recipe['seed']}>"
        )

    def _repr_html_(self) -> str:
        table = self.to_pandas()
        shown = table[["measure", "year", "mean", "p5", "p50", "p95"]].round(0)
        recipe = self.recipe
        caption = f"Simulated futures, {recipe['draws']:,} draws, seed {recipe['seed']}: children by January"
        html = shown.to_html(index=False, border=0, float_format="{:,.0f}".format)
        return html.replace(">\n", f">\n  <caption>{caption}</caption>\n", 1).replace("<th>", '<th scope="col">')


def _again(fitted: Fitted, recipe: dict[str, Any]) -> Projection:
    return project(fitted, progress=False, **recipe)


class Expectation(Projection):
    """The mean path: tables hold one column of figures, `mean`."""

    def __init__(self, fitted: Fitted, to: int) -> None:
        super().__init__(None, fitted, {})
        self._to = to

    def _parts(self, ask: tuple[Any, ...]) -> dict[str, Any]:
        return _core.expected(self.fitted._core, self._to, *ask)

    def _share_above(self, ask: tuple[Any, ...], levels: NDArray[np.float64]) -> NDArray[np.float64]:
        raise InputError("the mean path has no draws to be above anything [expectation-no-chances]")

    def draws(self, measure: str = "plans", by: By = None, *, ages: tuple[int, int] = SCHOOL_AGES) -> xr.DataArray:
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
        }

    @property
    def digest(self) -> str:
        """The fit's fingerprint: nothing else decides a mean path."""
        return self.fitted.fingerprint

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (Expectation, (self.fitted, self._to))

    def __repr__(self) -> str:
        return f"<Projection: mean path, January {self.fitted.base_year} to {self._to}>"

    def _repr_html_(self) -> str:
        return self.to_pandas().round(0).to_html(index=False, border=0)


def _axes(by: By) -> list[str]:
    names = [] if by is None else [by] if isinstance(by, str) else [str(name) for name in by]
    return list(dict.fromkeys(name for name in names if name != "year"))


def _filters(where: Where) -> list[tuple[str, list[str]]]:
    def labels(value: object) -> list[str]:
        several = isinstance(value, (list, tuple, set, frozenset, range, np.ndarray))
        return [str(item) for item in value] if several else [str(value)]  # type: ignore[attr-defined]

    return [(str(axis), labels(value)) for axis, value in (where or {}).items()]


def _levels(table: pd.DataFrame, above: Any) -> NDArray[np.float64]:
    """One level a row: the number itself, an array of one a row, or column `above` of a frame joined on the
    columns both tables share."""
    if np.isscalar(above):
        return np.full(len(table), float(above))  # type: ignore[arg-type]
    if isinstance(above, np.ndarray):
        if above.shape != (len(table),):
            raise InputError(f"above has {above.size} levels, the table has {len(table)} rows [missing-level]")
        return above.astype(np.float64)
    given = pd.DataFrame(above)
    shared = [name for name in given.columns if name != "above" and name in table.columns]
    if "above" not in given.columns or not shared:
        raise InputError("above must be a number, or a frame with column above and a column of the table")
    joined = table[shared].merge(given[[*shared, "above"]], on=shared, how="left", validate="many_to_one")
    if joined["above"].isna().any():
        raise InputError("above has no level for some rows of the table [missing-level]")
    return joined["above"].to_numpy(dtype=np.float64)
