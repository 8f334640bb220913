"""Projections: run once, tabulated in any way."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import Error, InputError
from sufficiency.fitted import Fitted
from sufficiency.frames import converted, draws_array
from sufficiency.kept import recipe_files, recipe_of, sheet_bytes, sheets_of
from sufficiency.progress import progress_bar
from sufficiency.saving import damaged, json_bytes, load_folder, same_model, save_folder
from sufficiency.scenario import Scenario
from sufficiency.tables import MEASURES, SCHOOL_AGES, By, Tables, asked

if TYPE_CHECKING:
    import xarray as xr

RATIOS = ("utilisation", "travel")
SHOWN = ("plans", "new_plans", "demand")


def project(
    fitted: Fitted,
    *,
    to: int,
    seed: int,
    draws: int = 2_000,
    scenario: Scenario | Sequence[Scenario] | None = None,
    workers: int | None = None,
    measures: Sequence[str] | None = None,
    margins: Sequence[Sequence[str]] | None = None,
    keep: str | None = None,
    expectation: bool = False,
    draws_range: tuple[int, int] | None = None,
    cluster: Any = None,
    checkpoint: str | Path | None = None,
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
    scenario : Scenario or sequence of Scenario, optional
        Changes to apply, in this order.
    workers : int, optional
        Threads; all cores by default. Changes time, never results.
    measures : sequence of str, optional
        Counted at once; any other is counted when asked for. By default all that the fit has tables for.
    margins : sequence of sequences of str, optional
        Groupings counted at once, replacing the default ones. Any other `by` runs the recipe again.
    keep : {"draws"}, optional
        Keep every draw, for `Projection.draws`.
    expectation : bool
        Run the mean path instead of draws (`plans`, `new_plans`, `demand`).
    draws_range : (int, int), optional
        First draw and the one after the last, to run only these of `draws`; `merge` puts ranges together.
    cluster : distributed.Client, optional
        Run ranges of draws on the workers of this Dask client. The bytes are the same; a worker that is lost is
        replaced by Dask.
    checkpoint : str or Path, optional
        A folder in which ranges of draws are kept as they finish: the same call after a crash goes on from there.
        It holds counts of children: treat it as restricted.
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.

    Raises
    ------
    InputError
        If an argument is out of range; the message names the rule.
    """
    if keep not in (None, "draws"):
        raise InputError(f"keep must be None or 'draws', got {keep!r} [unknown-keep]")
    draws, seed, to = whole("draws", draws), whole("seed", seed, 2**64 - 1), whole("to", to)
    workers = None if workers is None else whole("workers", workers)
    scenarios = [] if scenario is None else [scenario] if isinstance(scenario, Scenario) else list(scenario)
    case = fitted._core
    if scenarios:
        case = _core.with_scenarios(case, [each._core for each in scenarios])
    if expectation:
        return Expectation(fitted, to, case, scenarios)
    names = None if margins is None else [[str(name) for name in margin] for margin in margins]
    first, end = (0, draws) if draws_range is None else map(int, draws_range)
    if not 0 <= first < end <= draws:
        raise InputError(f"draws_range must lie within 0 to {draws}, got {first} to {end} [out-of-range]")
    options = {"measures": None if measures is None else list(measures), "margins": names, "of": draws}
    recipe = Recipe(fitted, scenarios, to, seed, keep == "draws", options)
    with progress_bar(end - first, progress) as tell:
        if cluster is not None or checkpoint is not None:
            from sufficiency.ranges import run_in_ranges

            core = run_in_ranges(recipe, case, (first, end), cores() if workers is None else workers,
                                 cluster, checkpoint, tell)  # fmt: skip
        else:
            core = recipe.run(case, (first, end), cores() if workers is None else workers, tell)
    return Projection(core, fitted, case, scenarios, options)


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
        if not self.scenarios:
            return self.fitted._core
        return _core.with_scenarios(self.fitted._core, [each._core for each in self.scenarios])

    def run(self, case: Any, draws: tuple[int, int], workers: int, tell: Callable[[int], object] | None) -> Any:
        """Run a range of draws of the case."""
        measures = list(MEASURES if self.options["measures"] is None else self.options["measures"])
        return _core.Projection.run(
            case, self.to, draws, self.seed, workers, measures, self.options["margins"], self.keep, tell
        )


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def whole(name: str, value: object, largest: int = 2**31 - 1) -> int:
    """The value as a whole number from 0 to `largest`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 0 <= int(value) <= largest:  # type: ignore[call-overload]
        raise InputError(f"{name} must be a whole number from 0 to {largest}, got {value!r} [out-of-range]")
    return int(value)  # type: ignore[call-overload,no-any-return]


class Projection(Tables):
    """A run: its recipe, and exact histograms of what was counted.

    Every table method returns the `by` columns, then mean, sd, p5, p10, p25, p50, p75, p90, p95 over draws and
    mcse, the Monte Carlo standard error of the mean. Rows sort by year, then by axis in declared code order.
    """

    def __init__(
        self, core: Any, fitted: Fitted, case: Any, scenarios: Sequence[Scenario], options: dict[str, Any]
    ) -> None:
        self._core = core
        self.fitted = fitted
        self.scenarios = tuple(scenarios)
        self._case = case
        self._options = options

    def _parts(self, ask: dict[str, Any]) -> dict[str, Any]:
        return self._core.table(ask)  # type: ignore[no-any-return]

    def _share_above(self, ask: dict[str, Any], level: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._core.share_above(ask, level)  # type: ignore[no-any-return]

    def _with_chances(self, table: pd.DataFrame, ask: dict[str, Any]) -> pd.DataFrame:
        demand = ask | {"measure": "demand"}
        table["demand"] = self._parts(demand)["columns"]["mean"]
        table["places"] = self._parts(ask | {"measure": "places"})["columns"]["mean"]
        for name, level in (("p_shortfall", 0), ("p_over_10", 10), ("p_over_50", 50)):
            table[name] = self._share_above(ask, np.full(len(table), float(level)))
        for name, sure in (("places_80", 0.8), ("places_90", 0.9)):
            table[name] = self._core.enough(demand, sure)
        return table

    def draws(
        self,
        measure: str = "plans",
        by: By = None,
        *,
        ages: tuple[int, int] | None = None,
        basis: str = "observed",
        kind: str = "cell",
    ) -> xr.DataArray:
        """Every draw of a measure, dimensions draw, year, then `by` in the order given.

        `ages`, `basis` and `kind` as in the method of the measure.

        Raises
        ------
        InputError
            If the projection was made without ``keep="draws"``.
        """
        usual = (0, 25) if measure == "places" and kind != "local" else SCHOOL_AGES
        ask = asked(measure, by, ages=usual if ages is None else ages, basis=basis, kind=kind)
        found = self._core.draws(ask)
        if found is None:
            raise InputError("this projection kept no draws; project with keep='draws' [no-draws-kept]")
        rows, values = found
        if measure not in RATIOS:
            values = values.astype(np.int32)
        return draws_array(rows, values, ask["by"], self._attrs(ask))

    @property
    def recipe(self) -> dict[str, Any]:
        """First and last January, draws, seed and version: with the fit, all that decides the result."""
        base_year, to, (first, end), seed, _, _ = self._core.recipe
        recipe = {"base_year": base_year, "to": to, "draws": end - first, "seed": seed}
        recipe |= {"version": _core.__version__, "scenario": [each.name for each in self.scenarios]}
        return recipe if end - first == self._options["of"] else recipe | {"draws_range": [first, end]}

    @property
    def _models(self) -> list[str]:
        return [self._case.fingerprint]

    @property
    def digest(self) -> str:
        """Hash of everything counted so far: equal for equal results."""
        return self._core.digest  # type: ignore[no-any-return]

    def to_pandas(self) -> pd.DataFrame:
        """Plans, new plans and demand by year, with a column `measure`."""
        tables = [self._measure(asked(measure, None), None, "pandas").assign(measure=measure) for measure in SHOWN]
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
        return (Projection._from_files, (self._files(),))

    def _files(self) -> dict[str, bytes]:
        """The whole projection as files: fit, scenarios, recipe, exact histograms."""
        _, to, draws, seed, workers, keep = self._core.recipe
        recipe = {"to": to, "draws": draws, "seed": seed, "workers": workers, "keep": keep}
        recipe |= {"options": self._options, "margins": self._core.margins}
        files = {f"fit/{name}": content for name, content in recipe_files(self.fitted._recipe).items()}
        for position, scenario in enumerate(self.scenarios, start=1):
            files[f"scenarios/{position:02}.toml"] = scenario.to_toml().encode()
        return files | {"recipe.json": json_bytes(recipe), "histograms.npz": sheet_bytes(self._core.sheets())}

    @classmethod
    def _from_files(cls, files: dict[str, bytes]) -> Projection:
        from sufficiency.fitted import restored

        within = {name[4:]: content for name, content in files.items() if name.startswith("fit/")}
        fitted = restored(recipe_of(within))
        texts = [files[name].decode() for name in sorted(files) if name.startswith("scenarios/")]
        scenarios = [Scenario._read(text, "scenario") for text in texts]
        try:
            recipe = json.loads(files["recipe.json"])
            to, draws, seed, options = recipe["to"], tuple(recipe["draws"]), recipe["seed"], recipe["options"]
            again = Recipe(fitted, scenarios, to, seed, recipe["keep"], options)
            sheets = sheets_of(files["histograms.npz"])
            case = again.case()
            core = _core.Projection.restored(
                case, to, draws, seed, recipe["workers"], recipe["keep"], recipe["margins"], sheets
            )
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            if isinstance(error, Error):
                raise
            raise damaged("restricted/recipe.json", "cannot be read") from error
        return cls(core, fitted, case, scenarios, options)

    def save(self, path: str | Path) -> Path:
        """Write the projection as a folder that `Projection.load` and `sf.verify` read.

        `public/` holds figures of the whole authority by year, which may be shown; `restricted/` the fit, the
        recipe and the exact histograms, which tell counts of children and may not. A folder saved before at
        this path is replaced, whole or not at all.

        Raises
        ------
        InputError
            If something else stands at the path.
        """
        public = self._public()  # First: it may count, and what was counted is kept.
        files = {f"restricted/{name}": content for name, content in self._files().items()}
        about = {
            "recipe": self.recipe,
            "fingerprint": self.fitted.fingerprint,
            "case": self._case.fingerprint,
            "digest": self.digest,
            "flags": self.fitted.flags,
            "scenarios": [{"name": each.name, "changes": each.changes} for each in self.scenarios],
        }
        return save_folder(path, "projection", files | public, about)

    @classmethod
    def load(cls, path: str | Path) -> Projection:
        """A projection that `save` wrote: the same tables, without running it again.

        Raises
        ------
        InputError
            If a file was changed, the folder is of a newer version, or this version makes another model of it.
        """
        saved = load_folder(path, "projection")
        projection = cls._from_files(saved.under("restricted"))
        same_model(projection.fitted.fingerprint, saved.manifest, "projection")
        return projection

    def _public(self) -> dict[str, bytes]:
        """Authority-wide figures by year, as CSV, each row with its measure and basis."""
        from sufficiency.release import csv_bytes, describe, release, stack

        measures = ["plans", "new_plans", "demand"]
        if self._core.has_sites:
            measures += ["places", "placed", "waiting", "independent", "utilisation", "shortfall"]
        out = release({measure: getattr(self, measure)() for measure in measures}, self)
        parts = {
            measure: describe(each, {"measure": measure, "basis": each.basis}) for measure, each in out.items()
        }
        files = {}
        if "shortfall" in parts:
            files["public/shortfall.csv"] = csv_bytes(parts.pop("shortfall"))
        return files | {"public/by_year.csv": csv_bytes(stack(list(parts.values())))}

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


class Expectation(Projection):
    """The mean path: tables hold one column of figures, `mean`."""

    def __init__(self, fitted: Fitted, to: int, case: Any, scenarios: Sequence[Scenario]) -> None:
        super().__init__(None, fitted, case, scenarios, {})
        self._to = to

    def _parts(self, ask: dict[str, Any]) -> dict[str, Any]:
        return _core.expected(self._case, self._to, ask)

    def _share_above(self, ask: dict[str, Any], level: NDArray[np.float64]) -> NDArray[np.float64]:
        raise InputError("the mean path has no draws to be above anything [expectation-no-chances]")

    def draws(
        self,
        measure: str = "plans",
        by: By = None,
        *,
        ages: tuple[int, int] | None = None,
        basis: str = "observed",
        kind: str = "cell",
    ) -> xr.DataArray:
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
        recipe = {"to": self._to, "seed": 0, "expectation": True, "scenario": list(self.scenarios)}
        return (_again, (self.fitted, recipe))

    def __repr__(self) -> str:
        return f"<Projection: mean path, January {self.fitted.base_year} to {self._to}>"

    def _repr_html_(self) -> str:
        return self.to_pandas().round(0).to_html(index=False, border=0)


def _again(fitted: Fitted, recipe: dict[str, Any]) -> Projection:
    return project(fitted, progress=False, **recipe)
