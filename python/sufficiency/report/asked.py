"""Every figure of the page: all tables are asked for in one place, released in one call, and read from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.plain import plain
from sufficiency.projection import Expectation, Projection
from sufficiency.release import AREA_AXES, CONFIDENTIAL, suppressed
from sufficiency.report.pairs import MEASURES, differences, paired_draws
from sufficiency.report.say import BASE
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
    tables: Mapping[str, pd.DataFrame]
    is_base: bool = False

    def table(self, name: str) -> pd.DataFrame:
        """A released table, such as ``"demand by need_group"``."""
        return self.tables[name]

    def at(self, name: str, year: int) -> pd.DataFrame:
        """The rows of one January."""
        table = self.tables[name]
        return table[table["year"] == year].reset_index(drop=True)

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
    stresses: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def base(self) -> Option:
        """No change."""
        return self.options[0]

    @property
    def others(self) -> list[Option]:
        """The options that are compared with no change."""
        return self.options[1:]

    @property
    def last(self) -> int:
        """Last January."""
        return self.years[-1]


def figures_of(runs: Sequence[Projection]) -> Figures:
    """Ask, release, and hand over.

    Raises
    ------
    InputError
        If the projections differ by more than scenarios, or a reform is in some of the futures of one of them.
    """
    from sufficiency.report.stresses import stresses

    if any(isinstance(run, Expectation) for run in runs):
        raise InputError("a mean path has no ranges to report; project with draws [expectation-no-draws]")
    _no_blend(runs)
    minimum, changes = differences(runs)
    asked = {f"0: {name}": table for name, table in (_by_area(runs[0]) | {"minimum": minimum}).items()}
    for position, run in enumerate(runs):
        asked |= {f"{position}: {name}": table for name, table in _tables(run).items()}
    for position, change in enumerate(changes, start=1):
        asked |= {f"{position}: change in {name}": change[name] for name in MEASURES}
    released = _released(asked, int(runs[0].recipe["base_year"]))
    options = [
        Option(
            _name(run, position),
            run,
            {key.partition(": ")[2]: table for key, table in released.items() if key.startswith(f"{position}: ")},
            position == 0,
        )
        for position, run in enumerate(runs)
    ]
    inputs = runs[0].fitted._recipe.get("inputs")
    place = plain(inputs.name, 60) if inputs is not None else "the authority"
    return Figures(options, _years(runs[0]), place, paired_draws(runs), stresses(runs[0]))


def _tables(run: Projection) -> dict[str, pd.DataFrame]:
    tables: dict[str, pd.DataFrame] = {
        "demand": run.demand(),
        "demand by need_group": run.demand("need_group"),
        "shortfall": run.shortfall(),
        "shortfall by group": run.shortfall(GROUP),
        "shortfall by need_group": run.shortfall("need_group"),
        "waiting": run.waiting(),
        "independent": run.independent(),
    }
    emptiness = run.utilisation("site", above=JUST_BELOW)
    places = run.places("site", ages=SCHOOL_AGES)[["year", "site", "mean"]].rename(columns={"mean": "places"})
    sites = emptiness.merge(places, on=["year", "site"])
    sites["p_empty"] = 1 - sites["p_above"]
    tables["emptiness by site"] = sites.loc[sites["places"] > 0, ["year", "site", "p_empty"]]
    return tables


def _by_area(base: Projection) -> dict[str, pd.DataFrame]:
    """Who needs a place, has one, and goes without, by planning area of home, as things stand."""
    by = "planning_area"
    return {
        f"demand by {by}": base.demand(by),
        f"placed by {by}": base.placed(by),
        # The local shortfall without its chances: those would run the recipe again.
        f"short by {by}": base._measure(asked_table("shortfall", by, kind="local"), None, "pandas"),
    }


def _released(asked: Mapping[str, pd.DataFrame], base_year: int) -> dict[str, pd.DataFrame]:
    """The one door between what was counted and what is shown."""
    released = {}
    for name, table in asked.items():
        by_area = any(axis in table.columns for axis in AREA_AXES) and not table.empty
        released[name] = suppressed(table, base_year) if by_area else table
    return _alike_hidden(released)


def _alike_hidden(released: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """An area hidden in one table by planning area is hidden in all: their differences would tell it."""
    axis = "planning_area"
    by_area = [name for name in released if name.endswith(axis) and not released[name].empty]
    hidden = {
        area
        for name in by_area
        for area in released[name].loc[released[name]["mean"].astype(str) == CONFIDENTIAL, axis]
    }
    for name in by_area:
        table = released[name].astype({c: object for c in released[name].columns if c not in ("year", axis)})
        figures = [column for column in table.columns if column not in ("year", axis)]
        table.loc[table[axis].isin(hidden), figures] = CONFIDENTIAL
        released[name] = table
    return released


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
            f"{', '.join(sorted(set(blended)))} comes in a share of the draws: a report shows a reform with it and "
            "without it, never a blend [blended-reform]\n\n"
            "hint: project once without the change and once with weight = 1, and report both"
        )
