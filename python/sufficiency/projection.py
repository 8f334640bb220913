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
from sufficiency.showing import html_table, shown_years
from sufficiency.tables import MEASURES, SCHOOL_AGES, By, Tables, asked, axes_of

if TYPE_CHECKING:
    import xarray as xr

RATIOS = ("utilisation", "travel")
UNITS = {"utilisation": "share of places", "travel": "km", "cost": "thousand pounds a year", "places": "places"}
"""What a measure counts where it is not children."""
SHOWN = ("plans", "new_plans", "demand")
OF_REPORT: dict[str, Any] = {
    "measures": [
        "plans", "new_plans", "demand", "places", "placed", "waiting", "independent", "utilisation", "cost",
        "shortfall", "shortfall:local", "shortfall:minimum",
    ],
    "margins": [[], ["phase", "need_group"], ["planning_area"], ["site"], ["setting"]],
}  # fmt: skip
"""All that a report asks for, and what is saved beside it."""


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
        Counted at once; any other is counted when asked for. By default all that the fit has tables for. With
        `margins` a shortfall of another kind is named like ``"shortfall:minimum"``.
    margins : sequence of sequences of str, optional
        Groupings counted at once, replacing the default ones. Any other `by` runs the recipe again.
    keep : {"draws", "report"}, optional
        Keep every draw, for `Projection.draws`. With "report" only what `report` shows is counted, and its draws
        are kept: then its differences rest on all draws, and it counts nothing again.
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

    Examples
    --------
    >>> run = sf.project(fitted, to=2026, draws=20, seed=1, progress=False)
    >>> run
    <Projection: January 2025 to 2026, 20 draws, seed 1>
    """
    if keep not in (None, "draws", "report"):
        raise InputError(f"keep must be None, 'draws' or 'report', got {keep!r} [unknown-keep]")
    if keep == "report":
        measures, margins = measures or OF_REPORT["measures"], margins or OF_REPORT["margins"]
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
    recipe = Recipe(fitted, scenarios, to, seed, keep is not None, options)
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
        """Every draw of a measure, dimensions draw, year, then `by` in the order area, age, need, setting, site.

        `ages`, `basis` and `kind` as in the method of the measure.

        Raises
        ------
        InputError
            If the projection was made without ``keep="draws"``.

        Examples
        --------
        >>> base.draws("demand", by="need").dims
        ('draw', 'year', 'need')
        """
        usual = (0, 25) if measure == "places" and kind != "local" else SCHOOL_AGES
        ask = asked(measure, by, ages=usual if ages is None else ages, basis=basis, kind=kind)
        found = self._core.draws(ask)
        if found is None:
            raise InputError("this projection kept no draws; project with keep='draws' [no-draws-kept]")
        rows, values = found
        if measure not in RATIOS:
            values = values.astype(np.int32)
        return draws_array(rows, values, ask["by"], self._attrs(ask), UNITS.get(measure, "children"))

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
        """Plans, new plans and demand by year, with a column `measure`.

        Examples
        --------
        >>> base.to_pandas()["measure"].unique().tolist()
        ['plans', 'new_plans', 'demand']
        """
        tables = [self._measure(asked(measure, None), None, "pandas").assign(measure=measure) for measure in SHOWN]
        whole: pd.DataFrame = pd.concat(tables, ignore_index=True)
        whole.insert(0, "measure", whole.pop("measure"))
        return whole

    def to_polars(self) -> Any:
        """`to_pandas` as polars.

        Examples
        --------
        >>> base.to_polars().shape
        (11, 12)
        """
        return converted(self.to_pandas(), "polars")

    def to_arrow(self) -> Any:
        """`to_pandas` as an Arrow table.

        Examples
        --------
        >>> base.to_arrow().num_rows
        11
        """
        return converted(self.to_pandas(), "arrow")

    def to_xarray(
        self,
        measure: str = "plans",
        by: By = None,
        *,
        ages: tuple[int, int] | None = None,
        basis: str = "observed",
        kind: str = "cell",
    ) -> xr.DataArray:
        """Every draw of a measure as a labelled array, for arithmetic inside draws.

        Parameters
        ----------
        measure : str
            Name of a measure.
        by : str or sequence of str
            Axes beside year, at most one of each kind.
        ages, basis, kind
            As in the method of the measure.

        Returns
        -------
        DataArray
            Dimensions draw, year, then of area, age, need, setting, site those asked for, with long names and
            units; children unless the attribute units says otherwise. Two arrays of one projection meet draw by
            draw, so ``a / b`` is a ratio inside each draw; `summarise` makes a table of it.

        Raises
        ------
        InputError
            If the measure has no such axes. A projection made without ``keep="draws"`` is run again, which takes
            as long as running it.

        Examples
        --------
        >>> base.to_xarray("demand", by=["need", "age"]).dims
        ('draw', 'year', 'age', 'need')
        """
        if self._core.recipe[-1]:
            return self.draws(measure, by, ages=ages, basis=basis, kind=kind)
        _, to, draws, seed, _, _ = self._core.recipe
        kept = _core.Projection.run(self._case, to, draws, seed, cores(), [measure], [axes_of(by)], True, None)
        again = Projection(kept, self.fitted, self._case, self.scenarios, self._options)
        return again.draws(measure, by, ages=ages, basis=basis, kind=kind)

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

        Examples
        --------
        >>> base.save("my-run").name
        'my-run'
        """
        public, disclosure = self._public()  # First: it may count, and what was counted is kept.
        files = {f"restricted/{name}": content for name, content in self._files().items()}
        about = {
            "recipe": self.recipe,
            "fingerprint": self.fitted.fingerprint,
            "case": self._case.fingerprint,
            "digest": self.digest,
            "flags": self.fitted.flags,
            "scenarios": [{"name": each.name, "changes": each.changes} for each in self.scenarios],
            "inputs": self.fitted._origin(),
            "disclosure": disclosure,
        }
        return save_folder(path, "projection", files | public, about)

    @classmethod
    def load(cls, path: str | Path) -> Projection:
        """A projection that `save` wrote: the same tables, without running it again.

        Raises
        ------
        InputError
            If a file was changed, the folder is of a newer version, or this version makes another model of it.

        Examples
        --------
        >>> _ = base.save("my-run")
        >>> sf.Projection.load("my-run").digest == base.digest
        True
        """
        saved = load_folder(path, "projection")
        projection = cls._from_files(saved.under("restricted"))
        same_model(projection.fitted.fingerprint, saved.manifest, "projection")
        return projection

    def _public(self) -> tuple[dict[str, bytes], dict[str, object]]:
        """Authority-wide figures by year as CSV, rows with measure and basis; and what disclosure control did."""
        from sufficiency.release import csv_bytes, describe, release, stack

        measures = ["plans", "new_plans", "demand"]
        if self._core.has_sites:
            measures += ["places", "placed", "waiting", "independent", "utilisation", "shortfall"]
        out = release({measure: getattr(self, measure)() for measure in measures}, self)
        parts = {
            measure: describe(each, {"measure": measure, "basis": each.basis}) for measure, each in out.items()
        }
        sheets = {"public/shortfall.csv": parts.pop("shortfall")} if "shortfall" in parts else {}
        sheets["public/by_year.csv"] = stack(list(parts.values()))
        done: dict[str, object] = {
            name: {"profile": each.profile, "notes": list(each.notes)} for name, each in sheets.items()
        }
        return {name: csv_bytes(each) for name, each in sheets.items()}, done

    def __repr__(self) -> str:
        recipe = self.recipe
        return (
            f"<Projection: January {recipe['base_year']} to {recipe['to']}, "
            f"{recipe['draws']:,} draws, seed {recipe['seed']}>"
        )

    def summary(self) -> pd.DataFrame:
        """The whole authority now, half-way and at the end.

        Returns
        -------
        DataFrame
            measure, year, mean, p10, p50, p90: plans, new plans and demand; with sites also places, children
            waiting, children in independent schools, and the shortfall by cells. Children, or places.

        Examples
        --------
        >>> base.summary()["measure"].unique().tolist()
        ['plans', 'new_plans', 'demand', 'places', 'waiting', 'independent', 'shortfall']
        """
        names = [*SHOWN, *(("places", "waiting", "independent", "shortfall") if self._has_sites else ())]
        columns = [
            "measure",
            "year",
            *(("mean",) if isinstance(self, Expectation) else ("mean", "p10", "p50", "p90")),
        ]
        years = shown_years(self.recipe["base_year"], self.recipe["to"])
        tables = [getattr(self, name)().assign(measure=name) for name in names]
        whole: pd.DataFrame = pd.concat(
            [table[table["year"].isin(years)][columns] for table in tables], ignore_index=True
        )
        whole.attrs.update(self.recipe)
        return whole

    @property
    def _has_sites(self) -> bool:
        return bool(self._core.has_sites)

    def _repr_html_(self) -> str:
        recipe = self.recipe
        under = f" under {', then '.join(recipe['scenario'])}" if recipe["scenario"] else ""
        caption = (
            f"Simulated futures{under}, {recipe['draws']:,} draws, seed {recipe['seed']}: children by January"
        )
        return html_table(caption, self.summary(), row_heads=2)


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

    @property
    def _has_sites(self) -> bool:
        return False

    def _repr_html_(self) -> str:
        return html_table("Mean path: children by January", self.summary(), row_heads=2)


def _again(fitted: Fitted, recipe: dict[str, Any]) -> Projection:
    return project(fitted, progress=False, **recipe)
