"""Every figure of the page: all tables are asked for in one place, released in one call, and read from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.expectation import Expectation
from sufficiency.plain import plain
from sufficiency.projection import Projection
from sufficiency.release import Earlier, Released, release, shown
from sufficiency.report.pairs import MEASURES, difference, short_runs
from sufficiency.report.say import BASE
from sufficiency.report.stresses import stress_tables, stresses
from sufficiency.tables import SCHOOL_AGES
from sufficiency.tables import asked as asked_table

FULL = 0.85
JUST_BELOW = 0.8499  # utilisation is counted in steps of 0.001, and chances are of being strictly above
GROUP = ["phase", "need_group"]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Option:
    """One projection as the page shows it: its name, and its released tables by name."""

    name: str
    run: Projection
    tables: Mapping[str, Released]
    is_base: bool = False

    @cached_property
    def _figures(self) -> dict[str, pd.DataFrame]:
        return {name: shown(table).figures() for name, table in self.tables.items()}

    def table(self, name: str) -> pd.DataFrame:
        """Figures of a released table, such as ``"demand by need_group"``."""
        return self._figures[name]

    def at(self, name: str, year: int) -> pd.DataFrame:
        """The rows of one January."""
        table = self.table(name)
        return table[table["year"] == year].reset_index(drop=True)

    def emptiness(self, axis: str, year: int) -> pd.DataFrame:
        """axis, p_empty: the chance of standing under 85% full of sites or settings with places; NaN: withheld."""
        use, places = self.at(f"use by {axis}", year), self.at(f"places by {axis}", year)
        both = use[[axis, "p_above"]].merge(places[[axis, "mean"]], on=axis)
        both["p_empty"] = 1 - both["p_above"]
        return both.loc[both["mean"] > 0, [axis, "p_empty"]].reset_index(drop=True)

    def row(self, name: str, year: int) -> pd.Series:
        """The one row of one January of a table by year."""
        return self.at(name, year).iloc[0]

    @property
    def quoted(self) -> str:
        """Its name inside a sentence."""
        return "no change" if self.is_base else f"“{self.name}”"


@dataclass(frozen=True)
class Figures:
    """All that the page is made of: the options, the first of which is no change, and the Januaries it shows."""

    options: list[Option]
    years: list[int]
    place: str
    paired_draws: int
    release: Mapping[str, Released]
    """All that the page rests on, as it was released in one call."""
    watermark: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def stresses(self) -> pd.DataFrame:
        """name (short), what, change: one assumption moved at a time, largest first."""
        return stresses(_under(self.release, "stress"), self.last)

    @property
    def base(self) -> Option:
        """No change."""
        return self.options[0]

    @property
    def compared(self) -> tuple[str, ...]:
        """Measures in which options are compared with no change; cost only where there are unit costs."""
        return _compared(self.base.run)

    @property
    def others(self) -> list[Option]:
        """The options that are compared with no change."""
        return self.options[1:]

    @property
    def last(self) -> int:
        """Last January."""
        return self.years[-1]


def figures_of(
    runs: Sequence[Projection],
    profile: str = "public",
    reason: str | None = None,
    earlier: Earlier | Sequence[Earlier] | None = None,
) -> Figures:
    """Ask, release, and hand over.

    Raises
    ------
    InputError
        If the projections differ by more than scenarios, a reform is in some of the futures of one of them, or the
        profile is restricted without a reason.
    """
    if any(isinstance(run, Expectation) for run in runs):
        raise InputError("a mean path has no ranges to report; project with draws [expectation-no-draws]")
    _no_blend(runs)
    short = short_runs(runs)
    # Everything that the page shows of children stands in this one set: no two tables tell what neither does.
    asked = {f"0: {name}": table for name, table in _of_base(runs[0], short[0]).items()}
    for position, run in enumerate(runs):
        asked |= {f"{position}: {name}": table for name, table in _of_each(run, short[position]).items()}
        if position:
            for name in _compared(run):
                asked[f"{position}: change in {name}"] = difference(short[0], short[position], name)
    asked |= {f"stress: {name}": table for name, table in stress_tables(runs[0]).items()}
    released = release(asked, list(runs), profile=profile, reason=reason, earlier=earlier)
    options = [
        Option(_name(run, position), run, _under(released, str(position)), position == 0)
        for position, run in enumerate(runs)
    ]
    inputs = runs[0].fitted._recipe.get("inputs")
    return Figures(
        options,
        _years(runs[0]),
        plain(inputs.name, 60) if inputs is not None else "the authority",
        int(short[0].recipe["draws"]),
        released,
        next(iter(released.values())).watermark or "",
        tuple(dict.fromkeys(note for table in released.values() for note in table.notes)),
    )


def _compared(run: Projection) -> tuple[str, ...]:
    return tuple(name for name in MEASURES if name != "cost" or run._has_costs)


def _under(released: Mapping[str, Released], part: str) -> dict[str, Released]:
    """The tables of one option, or of the stresses, under their own names."""
    return {key.partition(": ")[2]: table for key, table in released.items() if key.startswith(f"{part}: ")}


def _of_each(run: Projection, short: Projection) -> dict[str, pd.DataFrame]:
    return {
        "demand": run.demand(),
        "demand by need_group": run.demand("need_group"),
        "shortfall": run.shortfall(),
        "shortfall by group": run.shortfall(GROUP),
        "shortfall by need_group": run.shortfall("need_group"),
        "use by site": run.utilisation("site", above=JUST_BELOW),
        "places by site": run.places("site", ages=SCHOOL_AGES),
        "use by setting": short.utilisation("setting", above=JUST_BELOW),
        "places by setting": short.places("setting", ages=SCHOOL_AGES),
    }


def _of_base(base: Projection, short: Projection) -> dict[str, pd.DataFrame]:
    """Who needs a place, has one, and goes without, by planning area of home, as things stand; and the minimum."""
    by = "planning_area"
    tables = {"minimum": short.shortfall(kind="minimum"), f"demand by {by}": base.demand(by)}
    if not tables[f"demand by {by}"].empty:
        tables[f"placed by {by}"] = base.placed(by)
        # The local shortfall without its chances: those would run the recipe again.
        tables[f"short by {by}"] = base._measure(asked_table("shortfall", by, kind="local"), None, "pandas")
    return tables


def _name(run: Projection, position: int) -> str:
    names = ", then ".join(plain(scenario.name, 60) for scenario in run.scenarios if plain(scenario.name))
    return names or (BASE if position == 0 else f"Option {position}")


def _years(run: Projection) -> list[int]:
    """Now, on the way, and the last January."""
    first, last = int(run.recipe["base_year"]), int(run.recipe["to"])
    return list(dict.fromkeys([first, 2030 if first < 2030 < last else (first + last + 1) // 2, last]))


def _no_blend(runs: Sequence[Projection]) -> None:
    """A reform is shown with it and without it: a mixture of both is nobody's future."""
    blended = [
        plain(change["name"])
        for run in runs
        for scenario in run.scenarios
        for change in scenario.changes
        if change["kind"] == "regime" and 0 < float(change["weight"]) < 1
    ]
    if blended:
        raise InputError(
            f"{', '.join(sorted(set(blended)))} comes in a share of the draws: a report shows a reform with it "
            "and without it, never a blend [blended-reform]\n\n"
            "hint: project once without the change and once with weight = 1, and report both"
        )
