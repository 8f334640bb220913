"""Comparisons: what one projection changes against another, draw by draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.expectation import Expectation
from sufficiency.frames import FrameKind, converted
from sufficiency.progress import progress_bar
from sufficiency.projection import Projection
from sufficiency.recipe import cores
from sufficiency.scenario import Scenario
from sufficiency.showing import html_table, shown_years
from sufficiency.tables import MEASURES, By, Tables


def compare(first: Projection, second: Projection, *, progress: bool | None = None) -> Comparison:
    """The second projection less the first, draw by draw.

    Both recipes are run again in lockstep: draw 17 of one meets the same luck as draw 17 of the other, so the
    difference has its own distribution, narrower than either.

    Parameters
    ----------
    first, second : Projection
        Of one fit, one seed, the same draws and last January; they differ by their scenarios.
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.

    Raises
    ------
    InputError
        If they differ by more than scenarios.

    Examples
    --------
    >>> change = sf.compare(base, option, progress=False)
    >>> bool(change.places()["mean"].iloc[-1] > 0)
    True
    """
    alike(first, second)
    return Comparison(first, second, progress)


def alike(first: Projection, second: Projection) -> None:
    """Refuse projections whose draws cannot be paired.

    Raises
    ------
    InputError
        If they differ by more than scenarios.
    """
    if isinstance(first, Expectation) or isinstance(second, Expectation):
        raise InputError("a mean path has no draws to compare [expectation-no-draws]")
    mine, theirs = first.recipe, second.recipe
    names = ("base_year", "to", "draws", "seed")
    unlike = [name for name in names if mine[name] != theirs[name]]
    if unlike:
        said = ", ".join(f"{name} {mine[name]} and {theirs[name]}" for name in unlike)
        raise InputError(
            f"projections can be compared if all but scenarios is the same; these have {said} [unlike]"
        )
    if "draws_range" in mine or "draws_range" in theirs:
        raise InputError("a range of draws cannot be compared; merge the ranges first [unlike]")
    if first.fitted.fingerprint != second.fitted.fingerprint:
        raise InputError("projections can be compared if they are of the same fit; these are of two [unlike]")


COUNTED = [[], ["phase", "need_group"]]
"""Groupings counted at once; any other `by` runs both recipes again."""


class Comparison(Tables):
    """Figures of the second projection less those of the first: columns as in a Projection, and `p_below_zero`."""

    def __init__(self, first: Projection, second: Projection, progress: bool | None = None) -> None:
        self.first, self.second = first, second
        recipe, sites = first.recipe, first._core.has_sites
        with progress_bar(recipe["draws"], progress) as tell:
            self._core = _core.Projection.run(
                first._case,
                recipe["to"],
                (0, recipe["draws"]),
                recipe["seed"],
                cores(),
                [name for name in MEASURES if sites or name in ("plans", "new_plans", "demand")],
                COUNTED,
                False,
                tell,
                second._case,
            )

    def _parts(self, ask: dict[str, Any]) -> dict[str, Any]:
        return self._core.table(ask)

    def _share_above(self, ask: dict[str, Any], level: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._core.share_above(ask, level)

    def _measure(self, ask: dict[str, Any], above: Any, as_: FrameKind) -> Any:
        table = super()._measure(ask, above, "pandas")
        just_below = np.full(len(table), -1e-9)
        table["p_below_zero"] = 1.0 - self._core.share_above(ask, just_below)
        return converted(table, as_)

    def split(self, measure: str, by: By = None, **options: Any) -> pd.DataFrame:
        """What each change of the second projection's scenarios adds, in the order in which they apply.

        Runs each change beside what went before it, draw by draw, so the means of the parts add to the mean of the
        whole change exactly. Another order can split it differently.

        Parameters
        ----------
        measure : str
            Name of a measure, such as ``"shortfall"``.
        by : str or sequence of str
            Axes beside year.
        options
            Further arguments of the measure's method, such as ``kind="local"``.

        Returns
        -------
        DataFrame
            position (from 1), scenario, what, then the columns of the measure.

        Raises
        ------
        InputError
            If the second projection's scenarios do not begin with those of the first.

        Examples
        --------
        >>> more = sf.read_scenario("leeds/incidence-10")
        >>> up = sf.project(fitted, to=2028, draws=50, seed=1, scenario=more, progress=False)
        >>> parts = sf.compare(base, up, progress=False).split("demand")
        >>> parts["what"].unique().tolist()
        ['scale_rate']
        """
        before = self.first.scenarios
        if self.second.scenarios[: len(before)] != before:
            raise InputError("the second projection's scenarios must begin with the first's [unlike]")
        steps = [step for each in self.second.scenarios[len(before) :] for step in each.single_changes()]
        if not steps:
            raise InputError("the projections have the same scenarios: there is no change to split [unlike]")
        applied, parts = list(before), []
        for position, step in enumerate(steps, start=1):
            earlier, applied = applied, [*applied, step]
            part = Comparison(self._with(earlier), self._with(applied), False)
            table: pd.DataFrame = getattr(part, measure)(by, **options)
            table.insert(0, "what", step.changes[0]["kind"] if step.changes else "nothing")
            table.insert(0, "scenario", step.name)
            table.insert(0, "position", position)
            parts.append(table)
        return pd.concat(parts, ignore_index=True)

    def _with(self, scenarios: Sequence[Scenario]) -> Projection:
        """The first projection's recipe under other scenarios, not run: a comparison runs it."""
        case = self.first.fitted._core
        if scenarios:
            case = _core.with_scenarios(case, [each._core for each in scenarios])
        return Projection(self.first._core, self.first.fitted, case, scenarios, self.first._options)

    @property
    def recipe(self) -> dict[str, Any]:
        """The recipe that both share, and which is less which."""
        return self.first.recipe | {"difference": "second less first", "second": self.second.recipe["scenario"]}

    @property
    def _models(self) -> list[str]:
        return [self.first._case.fingerprint, self.second._case.fingerprint]

    @property
    def digest(self) -> str:
        """Hash of everything counted so far: equal for equal results."""
        return self._core.digest

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (Comparison, (self.first, self.second, False))

    def __repr__(self) -> str:
        recipe = self.recipe
        return f"<Comparison: {recipe['draws']:,} paired draws to January {recipe['to']}, second less first>"

    def summary(self) -> pd.DataFrame:
        """What changes in the whole authority, half-way and at the end.

        Returns
        -------
        DataFrame
            measure, year, mean, p10, p50, p90 of the second less the first (children, places or thousand pounds),
            and `p_below_zero`, the share of draws in which it is less.

        Examples
        --------
        >>> change.summary()["measure"].unique().tolist()
        ['plans', 'demand', 'places', 'waiting', 'independent', 'shortfall', 'cost']
        """
        names = ["plans", "demand"]
        if self._core.has_sites:
            names += ["places", "waiting", "independent", "shortfall"]
        if self._core.has_costs:
            names.append("cost")
        columns = ["measure", "year", "mean", "p10", "p50", "p90", "p_below_zero"]
        years = shown_years(self.recipe["base_year"], self.recipe["to"])[1:]
        tables = [getattr(self, name)().assign(measure=name) for name in names]
        shown = [table[table["year"].isin(years)][columns] for table in tables]
        whole: pd.DataFrame = pd.concat(shown, ignore_index=True)
        return whole

    def _repr_html_(self) -> str:
        first, second = (", then ".join(names) or "as things stand" for names in _scenarios(self.recipe))
        table = self.summary()
        table["p_below_zero"] = [f"{share:.0%}" for share in table["p_below_zero"]]
        return html_table(f"{second}, less {first}: paired draw by draw, children by January", table, row_heads=2)


def _scenarios(recipe: dict[str, Any]) -> tuple[list[str], list[str]]:
    return recipe["scenario"], recipe["second"]
