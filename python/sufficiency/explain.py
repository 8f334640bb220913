"""What moved a measure between two Januaries: parts that add up, draw by draw."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.expectation import Expectation
from sufficiency.frames import FrameKind, axis_column, converted
from sufficiency.orders import EXACT, Plan, exact, rotations, shares
from sufficiency.progress import progress_bar
from sufficiency.projection import Projection
from sufficiency.recipe import cores, whole
from sufficiency.tables import SCHOOL_AGES, By, asked
from sufficiency.words import about, change, from_to

if TYPE_CHECKING:
    import xarray as xr

AGEING = "ageing"
FACTORS = {
    "population": "residents born by the first January, at each age and in each area",
    "births": "residents born since",
    AGEING: "what is left when all else stays: children grow older, and plans are made, reviewed and ended at the "
    "first January's rates",
    "migration": "children with a plan who come from and leave for other authorities, and residents whom a "
    "scenario lets move in",
    "housing": "residents of new homes beyond the trend",
    "incidence": "new plans a resident child: trend, yearly shocks, scaled rates, support that becomes plans",
    "mix": "needs of new plans where they drift, settings where children are redirected",
    "retention": "chances that a plan ceases, where a scenario scales them",
    "assessment throughput": "requests, lateness and recent issues that pull on new plans, and backlogs cleared",
    "places": "places that open and close",
}
"""The factors in the order of tables, and what each of them is."""

DRAWS = 200
BLOCKS = 10
"""Groups of draws with an order of their own, where orders are sampled. Chosen: each adds cases to build, and with
ten the chance order is a small part of the Monte Carlo error."""

QUANTILES = {"p5": 0.05, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}
NO_SEATS = ("plans", "new_plans", "demand")
SEATED_AXES = ("setting", "site", "in_authority")


def explain(
    projection: Projection,
    from_year: int,
    to_year: int,
    measure: str = "demand",
    by: By = None,
    *,
    where: Mapping[str, object] | None = None,
    draws: int | None = None,
    workers: int | None = None,
    progress: bool | None = None,
    **options: Any,
) -> Explanation:
    """Split the change of a measure between two Januaries into what moved it.

    Each factor either follows the projection or stays, from `from_year` on, as it is in that January: levels
    (residents, rates, shares, places) stay as high; what comes on top (homes, children from elsewhere,
    backlogs) stops; yearly shocks stay away. The part of a factor is its Shapley value (Shapley 1953): the
    difference it makes, averaged over every order in which factors could be let go. What remains with all of
    them held is `ageing`. Worlds share their luck, so the parts add to the change in every draw, and each has
    its own range.

    Up to six factors that can matter take all their combinations (64 worlds at most): exact. With seven to
    nine, all rotations, in both directions, of a random circle of the factors are taken, another circle for
    each tenth of the draws: parts still add in every draw, and a little luck of the order is in their ranges
    (attribute ``method``). The cost is that of a projection of `draws` times the number of worlds (attribute
    ``worlds``).

    Parameters
    ----------
    projection : Projection
        Whose recipe is run again under held factors; scenarios are part of it.
    from_year, to_year : int
        Januaries, from the base year to the projection's last.
    measure : str
        Name of a measure, such as ``"demand"`` or ``"shortfall"``.
    by : str or sequence of str, optional
        Axes beside the factor.
    where : mapping, optional
        Axis to a value or values that count.
    draws : int, optional
        The first so many draws of the projection; 200 by default, or all if it has fewer.
    workers : int, optional
        Threads; all cores by default. Changes time, never results.
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.
    options
        Further arguments of the measure's method: ages, basis, kind, unit, beyond.

    Raises
    ------
    InputError
        If the years are not two Januaries of the projection in order, the projection has no draws, or the measure
        is not known.

    Examples
    --------
    >>> why = sf.explain(base, 2025, 2027, draws=4, progress=False)
    >>> why
    <Explanation: demand, January 2025 to 2027, 4 draws, exact>
    """
    if isinstance(projection, Expectation):
        raise InputError("a mean path has no draws to explain [expectation-no-draws]")
    years = _years(projection, from_year, to_year, measure)
    first, end = projection._core.recipe[2]
    count = min(DRAWS, end - first) if draws is None else whole("draws", draws)
    if not 1 <= count <= end - first:
        raise InputError(f"draws must be from 1 to {end - first}, those of the projection [out-of-range]")
    ask = _ask(measure, by, where, options)
    notes = _absent(projection, years, ask)
    players = [name for name in _core.factors() if name not in notes]
    plans = _plans(players, count, projection.recipe["seed"])
    parts = Parts(projection, years, ask, players)
    with progress_bar(sum(len(plan.worlds) * (b - a) for plan, (a, b) in plans), progress) as tell:
        for plan, (a, b) in plans:
            parts.add(plan, (first + a, first + b), cores() if workers is None else workers, tell)
    about_it = projection._attrs(ask) | {
        "draws": count,
        "from_year": years[0],
        "to_year": years[1],
        "method": "exact" if len(players) <= EXACT else f"rotations of {len(plans)} random circles",
        "worlds": max(len(plan.worlds) for plan, _ in plans),
        "absent": notes,
    }
    return Explanation(parts.labels, parts.values(), parts.ends(), about_it)


def _years(projection: Projection, from_year: int, to_year: int, measure: str) -> tuple[int, int]:
    recipe = projection.recipe
    first, last = whole("from_year", from_year), whole("to_year", to_year)
    earliest = recipe["base_year"] + (measure == "new_plans")
    if not earliest <= first < last <= recipe["to"]:
        raise InputError(
            f"from_year and to_year must be Januaries in order, from {earliest} to {recipe['to']} for {measure}, "
            f"got {first} and {last} [out-of-range]"
        )
    return first, last


def _ask(measure: str, by: By, where: Mapping[str, object] | None, options: Mapping[str, Any]) -> dict[str, Any]:
    known = {"ages", "basis", "kind", "unit", "beyond"}
    if unknown := sorted(set(options) - known):
        raise InputError(f"explain has no argument {unknown[0]} [unknown-argument]")
    ages = options.get("ages", (0, 25) if measure == "places" else SCHOOL_AGES)
    ask = asked(measure, by, where, **{**options, "ages": ages})
    if measure == "cost":
        axes = [*ask["by"], *(where or {})]
        ask["empty_places"] = {"site", "setting", "in_authority"}.issuperset(axes)
    return ask


def _seatless(ask: Mapping[str, Any]) -> bool:
    """Whether where children sit cannot matter."""
    axes = {*ask["by"], *(axis for axis, _ in ask["filter"])}
    return ask["measure"] in NO_SEATS and axes.isdisjoint(SEATED_AXES)


def _absent(projection: Projection, years: tuple[int, int], ask: Mapping[str, Any]) -> dict[str, str]:
    """Factors that cannot matter, and why."""
    there = _core.factors_present(projection._case, *years)
    notes = {name: "nothing of it in this projection" for name in _core.factors() if name not in there}
    if _seatless(ask):
        notes.setdefault("places", f"does not move {ask['measure']}")
    elif ask["measure"] == "places" and ask["kind"] != "local":
        notes |= {name: "does not move places" for name in _core.factors() if name not in ("places", *notes)}
    return notes


def _plans(players: Sequence[str], draws: int, seed: int) -> list[tuple[Plan, tuple[int, int]]]:
    """Which worlds to run for which draws."""
    if len(players) <= EXACT:
        return [(exact(len(players)), (0, draws))]
    edges = np.linspace(0, draws, min(BLOCKS, draws) + 1).astype(int)
    luck = np.random.Generator(np.random.PCG64([seed, draws, len(players)]))
    blocks = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [(rotations(luck.permutation(len(players)).tolist()), block) for block in blocks]


class Parts:
    """Gathers the parts as worlds are run."""

    def __init__(
        self, projection: Projection, years: tuple[int, int], ask: dict[str, Any], players: Sequence[str]
    ) -> None:
        self.projection, self.years, self.ask, self.players = projection, years, ask, players
        self.seats = not _seatless(ask)
        self.labels: list[tuple[str, NDArray[Any]]] = []
        self._found: list[NDArray[np.float64]] = []
        self._ends: list[NDArray[np.float64]] = []
        self._done = 0

    def add(self, plan: Plan, draws: tuple[int, int], workers: int, tell: Any) -> None:
        """Run the worlds of a plan for a range of draws."""
        names = set(self.players)
        held = [sorted(names - {self.players[at] for at in world}) for world in plan.worlds]
        before = self._done
        # What cannot move is held in no world, so that the last one is the projection's own case.
        labels, worlds = _core.held_worlds(
            self.projection._case,
            self.years,
            held,
            self.ask,
            self.seats,
            draws,
            self.projection.recipe["seed"],
            workers,
            None if tell is None else lambda done: tell(before + done),
        )
        self._done += len(held) * (draws[1] - draws[0])
        rows = labels["year"] == self.years[1]
        axes = {name: axis_column(name, texts, at)[rows] for name, texts, at in labels["axes"]}
        self.labels = [(name, axes[name]) for name in self.ask["by"]]
        ends = {world: values[:, rows] for world, values in zip(plan.worlds, worlds, strict=True)}
        start = worlds[0][:, labels["year"] == self.years[0]]
        nothing, everything = ends[frozenset()], ends[frozenset(range(len(self.players)))]
        given = shares(plan, ends, len(self.players))
        of = {name: given[at] for at, name in enumerate(self.players)} | {AGEING: nothing - start}
        zero = np.zeros_like(start)
        self._found.append(np.stack([of.get(name, zero) for name in FACTORS], axis=1))
        self._ends.append(np.stack([start, everything], axis=1))

    def values(self) -> NDArray[np.float64]:
        """Draw, factor, cell."""
        # Adding 0 turns -0 into 0.
        return np.concatenate(self._found) + 0.0

    def ends(self) -> NDArray[np.float64]:
        """Draw, first or last January, cell: the figures themselves."""
        return np.concatenate(self._ends)


class Explanation:
    """The parts of a change, draw by draw; `to_pandas` is the table, `words` the sentence.

    Nothing in it changes once it is made. `attrs` says the measure, its basis, the recipe, the method, and which
    factors could not matter and why; `ends` holds the measure itself, shape (draw, first or last January, cell).
    """

    def __init__(
        self,
        labels: Sequence[tuple[str, NDArray[Any]]],
        values: NDArray[np.float64],
        ends: NDArray[np.float64],
        attrs: Mapping[str, Any],
    ) -> None:
        self._labels, self._values, self.ends = tuple(labels), values, ends
        self.attrs = dict(attrs)

    def table(self, *, totals: bool = False, as_: FrameKind = "pandas") -> Any:
        """Parts by axis and factor: mean, sd, p5 to p95, mcse over draws, and a note where a part is 0 for good.

        Parameters
        ----------
        totals : bool
            Add the whole change as factor `all`.
        as_ : {"pandas", "polars", "arrow"}
            Kind of frame.

        Examples
        --------
        >>> why.table()["factor"].tolist()[:3]
        ['population', 'births', 'ageing']
        """
        names, values = list(FACTORS), self._values
        if totals:
            names, values = [*names, "all"], np.concatenate([values, self._change()[:, None]], axis=1)
        draws, factors, cells = values.shape
        columns: dict[str, Any] = {name: np.repeat(column, factors) for name, column in self._labels}
        columns["factor"] = names * cells
        flat = values.transpose(2, 1, 0).reshape(-1, draws)
        columns["mean"] = flat.mean(axis=1)
        columns["sd"] = flat.std(axis=1, ddof=1) if draws > 1 else np.zeros(len(flat))
        # Type 7, as everywhere: NumPy's default.
        columns |= {name: np.quantile(flat, q, axis=1) for name, q in QUANTILES.items()}
        columns["mcse"] = columns["sd"] / np.sqrt(draws)
        columns["note"] = [self.attrs["absent"].get(name, "") for name in columns["factor"]]
        frame = pd.DataFrame(columns)
        frame.attrs.update(self.attrs)
        return converted(frame, as_)

    def to_pandas(self) -> pd.DataFrame:
        """`table()`.

        Examples
        --------
        >>> len(why.to_pandas())
        10
        """
        return self.table()  # type: ignore[no-any-return]

    def to_polars(self) -> Any:
        """`table()` as polars.

        Examples
        --------
        >>> why.to_polars().height
        10
        """
        return self.table(as_="polars")

    def to_arrow(self) -> Any:
        """`table()` as an Arrow table.

        Examples
        --------
        >>> why.to_arrow().num_rows
        10
        """
        return self.table(as_="arrow")

    def draws(self) -> xr.DataArray:
        """Every draw, dimensions draw, factor, cell; cells carry the axes as coordinates. They add to `change`.

        Examples
        --------
        >>> why.draws().dims
        ('draw', 'factor', 'cell')
        """
        import xarray as xr

        coordinates: dict[str, Any] = {"draw": np.arange(len(self._values)), "factor": list(FACTORS)}
        coordinates |= {name: ("cell", column) for name, column in self._labels}
        return xr.DataArray(
            self._values.copy(), dims=("draw", "factor", "cell"), coords=coordinates, attrs=dict(self.attrs)
        )

    def _change(self) -> NDArray[np.float64]:
        return self.ends[:, 1] - self.ends[:, 0]

    def words(self) -> str:
        """What happened and why in a few sentences, one paragraph a cell; ranges hold 8 draws in 10.

        Examples
        --------
        >>> why.words().split(" goes from ")[0]
        'Demand'
        """
        return "\n".join(self._paragraph(cell) for cell in range(self._values.shape[2]))

    def _paragraph(self, cell: int) -> str:
        attrs = self.attrs
        where = ", ".join(f"{name} {column[cell]}" for name, column in self._labels)
        start, end = self.ends[:, :, cell].mean(axis=0)
        whole_change = self._change()[:, cell]
        low, high = np.quantile(whole_change, [0.1, 0.9])
        told = from_to(start, end)
        name = attrs["measure"].replace("_", " ").capitalize()
        lines = [
            f"{name}{f' ({where})' if where else ''} goes from {told[0]} in January {attrs['from_year']} to "
            f"{told[1]} on average in January {attrs['to_year']}: {change(whole_change.mean())} "
            f"({change(low)} to {change(high)})."
        ]
        means = self._values[:, :, cell].mean(axis=0)
        order = [at for at in np.argsort(-np.abs(means)) if abs(means[at]) >= 0.5][:3]
        ranges = np.quantile(self._values[:, :, cell], [0.1, 0.9], axis=0)
        named = [
            f"{list(FACTORS)[at]} {change(means[at])} ({change(ranges[0, at])} to {change(ranges[1, at])})"
            for at in order
        ]
        if named:
            lines.append(f"The largest parts: {'; '.join(named)}.")
        if AGEING in [list(FACTORS)[at] for at in order]:
            lines.append(
                f"Ageing is what the rates and residents of January {attrs['from_year']} bring by themselves."
            )
        lines.append(f"Rests on {about(attrs['draws'])} draws.")
        return " ".join(lines)

    def __repr__(self) -> str:
        attrs = self.attrs
        return (
            f"<Explanation: {attrs['measure']}, January {attrs['from_year']} to {attrs['to_year']}, "
            f"{attrs['draws']:,} draws, {attrs['method']}>"
        )

    def _repr_html_(self) -> str:
        shown = self.table(totals=True).drop(columns=["sd", "p5", "p25", "p75", "p95", "mcse"])
        caption = f"<caption>{html.escape(self.words())}</caption>"
        text: str = shown.to_html(index=False, border=0, float_format="{:,.1f}".format)
        return text.replace(">\n", f">\n  {caption}\n", 1).replace("<th>", '<th scope="col">')
