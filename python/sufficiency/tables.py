"""Tables of measures: what projections and comparisons have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency.errors import InputError
from sufficiency.frames import FrameKind, converted, pandas_table

MEASURES = (
    "plans",
    "new_plans",
    "demand",
    "places",
    "placed",
    "waiting",
    "shortfall",
    "utilisation",
    "independent",
    "travel",
    "cost",
)
SCHOOL_AGES = (4, 15)

DEMAND = {
    "observed": "observed (a lower bound): resident children whose required setting is specialist",
    "latent": "latent (a central estimate on an elicited share, not scored against data): observed demand, and an "
    "elicited share of children to Year 11 placed where nothing says what they require",
    "upper": "latent (an upper bound on elicited shares, not scored against data): observed demand, all children "
    "to Year 11 out of school or in alternative or independent mainstream provision, and the largest credible "
    "share of those in mainstream",
}
BASIS = {
    "plans": "children with a plan in force on census day, by the setting where they are",
    "new_plans": "plans made in the year to the census, transfers in left out",
    "placed": "resident children with a place at a site, also above its number",
    "waiting": "resident children who require a specialist place and have none",
    "independent": "resident children in independent and non-maintained schools",
    "places": "places for resident children: commissioned or physical, whichever is lower, open and approved, "
    "less those held for other authorities' children",
    "utilisation": "resident children of all ages on roll at sites, as a share of the places for them",
    "travel": "one way from home to the site, resident children placed",
    "cost": "thousand pounds a year in prices of the price year",
}
SHORTFALL = {
    "cell": "sum over phases and need groups of demand without places, authority-wide",
    "local": "children in independent schools, waiting, or seated above number, by home",
    "minimum": "fewest children without a place under any assignment by need and age, authority-wide",
}

NEAR = {
    "nearest": "share of those placed who are in the nearest suitable site",
    "planning_area": "share of those placed who are in their own planning area",
}

By = str | Sequence[str] | None
Where = Mapping[str, object] | None


class Tables:
    """Measures by year and any axes. `by` names axes, `year` always is one; see each method for its measure."""

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
            Any of area, planning_area, age, nc_year, phase, need, need_group, setting, site, in_authority; year
            always is. The setting and site are where the child is; a child in an independent school counts as out
            of the authority.
        where : mapping, optional
            Axis to a value or list of values: only those children are counted.
        totals : bool
            Add rows marked `all` for each axis.
        above : number or frame, optional
            Adds `p_above`, the share of draws strictly above the number, or above column `above` of the frame
            joined on the columns it shares.
        as_ : {"pandas", "polars", "arrow"}
            Kind of frame.

        Examples
        --------
        >>> base.plans("phase", where={"need": "ASD"}, above=500).columns[-1]
        'p_above'
        """
        return self._measure(asked("plans", by, where, totals), above, as_)

    def new_plans(
        self,
        by: By = None,
        *,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Plans made in the year to each January (not transfers in); arguments as `plans`.

        Examples
        --------
        >>> base.new_plans()["year"].tolist()
        [2026, 2027, 2028]
        """
        return self._measure(asked("new_plans", by, where, totals), above, as_)

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
        basis : {"observed", "latent", "upper"}
            Observed is a lower bound: children in mainstream who should be elsewhere are not in it. Latent is a
            central estimate and upper a bound, both resting on elicited shares that no data can score.

        Examples
        --------
        >>> int(base.demand()["p50"].iloc[0])
        2356
        """
        return self._measure(asked("demand", by, where, totals, ages=ages, basis=basis), above, as_)

    def placed(
        self,
        by: By = None,
        *,
        ages: tuple[int, int] = SCHOOL_AGES,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Children of `demand` who have a place at a site; the setting is that of the site.

        Examples
        --------
        >>> base.placed("in_authority")["in_authority"].unique().tolist()
        [True, False]
        """
        return self._measure(asked("placed", by, where, totals, ages=ages), above, as_)

    def waiting(
        self,
        by: By = None,
        *,
        ages: tuple[int, int] = SCHOOL_AGES,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Children of `demand` who wait for a place; the setting is the one that is required.

        Examples
        --------
        >>> list(base.waiting("planning_area").columns[:2])
        ['year', 'planning_area']
        """
        return self._measure(asked("waiting", by, where, totals, ages=ages), above, as_)

    def independent(
        self,
        by: By = None,
        *,
        ages: tuple[int, int] = SCHOOL_AGES,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Children of `demand` in independent and non-maintained schools, by plan or for want of a place.

        Examples
        --------
        >>> bool((base.independent()["mean"] > 0).all())
        True
        """
        return self._measure(asked("independent", by, where, totals, ages=ages), above, as_)

    def places(
        self,
        by: By = None,
        *,
        ages: tuple[int, int] = (0, 25),
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Places for resident children, by any of site, setting, in_authority, phase, need_group.

        A site's places are split over phases and need groups as its parts declare, else by the base year's
        specialist plans, the same in all draws and scenarios (flag `capacity-split-assumed` of the fit).

        Examples
        --------
        >>> base.places(["phase"], ages=(4, 15))["phase"].unique().tolist()
        ['primary', 'secondary']
        """
        return self._measure(asked("places", by, where, totals, ages=ages), above, as_)

    def utilisation(
        self,
        by: By = None,
        *,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Children on roll as a share of places: 1.0 is full.

        By any of site, setting, in_authority; in steps of 0.001, and 0 where there are no places.

        Examples
        --------
        >>> bool(base.utilisation(above=0.5)["p_above"].iloc[0])
        True
        """
        return self._measure(asked("utilisation", by, where, totals), above, as_)

    def travel(
        self,
        by: By = None,
        *,
        unit: str = "km",
        beyond: float | None = None,
        within: str | None = None,
        ages: tuple[int, int] = SCHOOL_AGES,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Mean one-way distance (``unit="km"``) or time (``"minutes"``) of children placed.

        In steps of 0.1, and 0 where nobody is placed. Other arguments as `plans`.

        Parameters
        ----------
        beyond : float, optional
            How many of them travel further than that, instead of the mean.
        within : {"nearest", "planning_area"}, optional
            Share of them who are in the nearest suitable site, or in one of the planning area where they live,
            instead of the mean; divided inside each draw, in steps of 0.001. Nearest suitable is the open site of
            the required setting with the shortest way that admits the child's need and age, full or not; if none
            of it is open, the nearest of the authority's others. Who waits or is in an independent school is
            not placed and counts on neither side.

        Raises
        ------
        InputError
            If there are no sites, travel is not known in the unit, or both `beyond` and `within` are given.

        Examples
        --------
        >>> base.travel(beyond=10).attrs["unit"]
        'children beyond the limit'
        >>> bool(base.travel("planning_area", within="nearest")["mean"].between(0, 1).all())
        True
        """
        options: dict[str, Any] = {"unit": unit, "beyond": beyond, "near": within}
        return self._measure(asked("travel", by, where, totals, ages=ages, **options), above, as_)

    def cost(
        self,
        by: By = None,
        *,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Thousand pounds a year, all children with a plan: place funding, top-up and transport.

        By year, site, setting and in_authority the places that nobody fills are paid for too; by anything of the
        child's (area, need, age) they belong to nobody and are left out. Attribute `empty_places` says which.

        Raises
        ------
        InputError
            If there are no unit costs: nothing would look like no cost.

        Examples
        --------
        >>> base.cost("setting").attrs["empty_places"]
        True
        """
        if not self._has_costs:
            raise InputError(
                "there are no unit costs [no-costs]\n\nhint: give a table costs, thousand pounds a year by setting"
            )
        axes = axes_of(by)
        empty = {"site", "setting", "in_authority"}.issuperset([*axes, *(where or {})])
        return self._measure(asked("cost", by, where, totals, empty_places=empty), above, as_)

    def share(
        self,
        measure: str,
        by: By,
        within: By = None,
        *,
        ages: tuple[int, int] = SCHOOL_AGES,
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """A measure as a share of the same measure by the axes of `within` alone, divided inside each draw.

        ``share("plans", by=["need", "in_authority"], within=["need"])`` is the share of each need's children
        placed in and out of the authority. Steps of 0.001; 0 where the whole is 0.

        Examples
        --------
        >>> by_need = base.share("plans", by=["need", "in_authority"], within=["need"])
        >>> bool((by_need["mean"] <= 1).all())
        True
        """
        if measure in ("travel", "utilisation"):
            raise InputError(f"{measure} is a ratio already; share is for counts and cost [unknown-measure]")
        options: dict[str, Any] = {"within": axes_of(within), "empty_places": False}
        return self._measure(asked(measure, by, where, totals, ages=ages, **options), above, as_)

    def shortfall(
        self,
        by: By = None,
        *,
        kind: str = "cell",
        ages: tuple[int, int] = SCHOOL_AGES,
        basis: str = "observed",
        where: Where = None,
        totals: bool = False,
        above: Any = None,
        as_: FrameKind = "pandas",
    ) -> Any:
        """Children without a place. Which of the three shortfalls is always named; none switches by itself.

        Parameters
        ----------
        kind : {"cell", "local", "minimum"}
            Cell: the sum over phases and need groups of demand without places, authority-wide; by any of phase and
            need_group. Local: children in independent schools, waiting, or seated above number, by home; by
            anything. Minimum: the fewest without a place under any assignment; by year only.

        Returns
        -------
        frame
            The `by` columns and summary columns, then means of `demand` and `places` (with kind local: places held
            by those children), `p_shortfall`, `p_over_10`, `p_over_50` (share of draws short by more than 0, 10,
            50), `places_80`, `places_90`: the least number that demand stays within in 80 and 90% of draws.

        Examples
        --------
        >>> table = base.shortfall(["phase", "need_group"])
        >>> {"p_over_10", "places_80"} <= set(table.columns)
        True
        """
        options: dict[str, Any] = {"ages": ages, "basis": basis, "kind": kind}
        ask = asked("shortfall", by, where, totals, **options)
        table = self._measure(ask, above, "pandas")
        table.attrs["kind"] = f"{kind}: {SHORTFALL[kind]}"
        return converted(self._with_chances(table, ask), as_)

    def _measure(self, ask: dict[str, Any], above: Any, as_: FrameKind) -> Any:
        table = pandas_table(self._parts(ask), ask["by"])
        if above is not None:
            table["p_above"] = self._share_above(ask, levels(table, above))
        table.attrs.update(self._attrs(ask))
        return converted(table, as_)

    def _attrs(self, ask: dict[str, Any]) -> dict[str, Any]:
        measure, basis = ask["measure"], ask["basis"]
        about: dict[str, Any] = {"measure": measure, "ages": list(ask["ages"])}
        about["basis"] = DEMAND[basis] if measure in ("demand", "shortfall") else BASIS[measure]
        if measure == "cost":
            about["empty_places"] = ask["empty_places"]
        if measure == "travel":
            about["unit"] = NEAR.get(ask["near"]) or (
                "children beyond the limit" if ask["beyond"] is not None else ask["unit"]
            )
        if ask["within"] is not None:
            about["within"] = ["year", *ask["within"]]
        # What `release` must know of a table, whatever is cut from it afterwards.
        about["asked"], about["model"] = ask, self._models
        return self.recipe | about

    @property
    def _has_costs(self) -> bool:
        core = getattr(self, "_core", None)
        return core is None or bool(core.has_costs)

    @property
    def _models(self) -> list[str]:
        """Fingerprints of what was run: one, or two of which the difference was taken."""
        raise NotImplementedError

    @property
    def recipe(self) -> dict[str, Any]:
        """What decides the result."""
        raise NotImplementedError

    def _parts(self, ask: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _share_above(self, ask: dict[str, Any], level: NDArray[np.float64]) -> NDArray[np.float64]:
        raise NotImplementedError

    def _with_chances(self, table: pd.DataFrame, ask: dict[str, Any]) -> pd.DataFrame:
        return table


def asked(measure: str, by: By, where: Where = None, totals: bool = False, **options: Any) -> dict[str, Any]:
    """A table as the core is asked for it."""
    ask: dict[str, Any] = {
        "measure": measure,
        "by": axes_of(by),
        "filter": _filters(where),
        "totals": totals,
        "ages": SCHOOL_AGES,
        "basis": "observed",
        "kind": "cell",
        "unit": "km",
        "beyond": None,
        "near": None,
        "empty_places": True,
        "within": None,
    }
    ask |= options
    ask["ages"] = (int(ask["ages"][0]), int(ask["ages"][1]))
    return ask


def axes_of(by: By) -> list[str]:
    """Names of axes, each once, without `year`."""
    names = [] if by is None else [by] if isinstance(by, str) else [str(name) for name in by]
    return list(dict.fromkeys(name for name in names if name != "year"))


def _filters(where: Where) -> list[tuple[str, list[str]]]:
    def labels(value: object) -> list[str]:
        several = isinstance(value, (list, tuple, set, frozenset, range, np.ndarray))
        return [str(item) for item in value] if several else [str(value)]  # type: ignore[attr-defined]

    return [(str(axis), labels(value)) for axis, value in (where or {}).items()]


def levels(table: pd.DataFrame, above: Any) -> NDArray[np.float64]:
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
