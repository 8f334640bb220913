"""Projections: run once, tabulated in any way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.frames import converted, draws_array
from sufficiency.projection_files import public_files, run_files, run_of
from sufficiency.recipe import cores
from sufficiency.saving import load_folder, same_model, save_folder
from sufficiency.scenario import Scenario
from sufficiency.showing import html_table, shown_years
from sufficiency.tables import SCHOOL_AGES, By, Tables, asked, axes_of

if TYPE_CHECKING:
    import xarray as xr

RATIOS = ("utilisation", "travel")
UNITS = {"utilisation": "share of places", "travel": "km", "cost": "thousand pounds a year", "places": "places"}
"""What a measure counts where it is not children."""
SHOWN = ("plans", "new_plans", "demand")


class Projection(Tables):
    """A run: its recipe, and exact histograms of what was counted.

    Every table method returns the `by` columns, then mean, sd, p5, p10, p25, p50, p75, p90, p95 over draws and
    mcse, the Monte Carlo standard error of the mean. Rows sort by year, then by axis in declared code order.
    """

    _shown: tuple[str, ...] = ("mean", "p10", "p50", "p90")

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
        return run_files(self._core, self.fitted, self.scenarios, self._options)

    @classmethod
    def _from_files(cls, files: dict[str, bytes]) -> Projection:
        return cls(*run_of(files))

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
        public, disclosure = public_files(self)  # First: it may count, and what was counted is kept.
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
        columns = ["measure", "year", *self._shown]
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
