"""One siting: searches, fresh scores, and the questions that test the choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.progress import progress_bar
from sufficiency.project import project
from sufficiency.scenario import Scenario
from sufficiency.siting.candidates import Candidate
from sufficiency.siting.learning import GROUPS, perfect_information, value_of_learning
from sufficiency.siting.result import SitingResult

EVALUATIONS = 250
AGAIN = 120
EXHAUSTIVE = 400
"""Most options tried in the search, in one under another regime or pattern, and that are all tried. Chosen."""
FULL = 0.85
SPREAD = 0.3
"""Log standard deviation of the factors that draw another pattern of districts. Chosen: districts may well have
a third more or fewer children with a plan than their residents suggest; your own figures should replace it."""
CURVE_BEYOND = 40
"""Places beyond the limit up to which the curve goes on. Chosen."""

Scenarios = Scenario | Sequence[Scenario] | None


class Limits:
    """What an option may not pass."""

    def __init__(self, places: int, capital: float, by_year: list[tuple[int, float]], evaluations: int) -> None:
        self.places, self.capital, self.by_year, self.evaluations = places, capital, by_year, evaluations


def listed(scenario: Scenarios) -> list[Scenario]:
    """None, one or several scenarios as a list."""
    return [] if scenario is None else [scenario] if isinstance(scenario, Scenario) else list(scenario)


class Job:
    """One siting: its ingredients, and the steps that make a result of them."""

    def __init__(
        self,
        fitted: Fitted,
        candidates: list[Candidate],
        weights: dict[str, float],
        limits: Limits,
        to: int,
        seed: int,
        draws: int,
        scenarios: list[Scenario],
        workers: int,
        progress: bool | None,
    ) -> None:
        self.fitted, self.candidates, self.weights, self.limits = fitted, candidates, weights, limits
        self.to, self.seed, self.draws, self.scenarios = to, seed, draws, scenarios
        self.workers, self.progress = workers, progress
        first = min(_first_census(candidate.opens) for candidate in candidates)
        if not fitted.base_year < first <= to:
            raise InputError(f"no candidate opens between January {fitted.base_year} and {to} [opens-too-late]")
        self.from_year = first
        self.order = list(_core.Siting.figures())

    def frozen(self, core: Any, draws: tuple[int, int]) -> Any:
        """Frozen draws of a model."""
        return _core.Siting.freeze(core, self.to, draws, self.seed, self.workers, None)

    def core(self, more: Sequence[Scenario] = (), fitted: Any = None) -> Any:
        """The model under what happens anyway, and more."""
        scenarios = [each._core for each in (*self.scenarios, *more)]
        base = self.fitted._core if fitted is None else fitted
        return _core.with_scenarios(base, scenarios) if scenarios else base

    def search(self, core: Any, what: str, evaluations: int, start: Sequence[int] = ()) -> dict[str, Any]:
        """The best option of a model over its first draws; exchanges may begin with one that is known."""
        given = [
            ([candidate.scenario(n)._core for n in range(1, candidate.most + 1)], candidate.module,
             candidate.capital, int(candidate.opens[:4]), candidate.group)
            for candidate in self.candidates
        ]  # fmt: skip
        limits = self.limits
        with progress_bar(evaluations, self.progress, unit="option", about=what) as tell:
            return _core.Siting.search(
                self.frozen(core, (0, self.draws)), given, limits.places, 0 if start else CURVE_BEYOND,
                limits.capital, limits.by_year,
                self._weights(), self.from_year, (EXHAUSTIVE, evaluations), list(start) or None, tell,
            )  # fmt: skip

    def _weights(self) -> tuple[float, float, float, float]:
        unmet, independent, travel, cost = (self.weights[name] for name in self.order)
        return unmet, independent, travel, cost

    def figures(self, siting: Any, option: Sequence[int]) -> NDArray[np.float64]:
        """Figures of an option by draw, and their weighted sum as the last column."""
        figures = siting.place(self.chosen(option), self.from_year, [])[0]
        return np.column_stack([figures, figures @ np.array(self._weights())])

    def chosen(self, option: Sequence[int]) -> list[Any]:
        """An option as core scenarios."""
        return [c.scenario(n)._core for c, n in zip(self.candidates, option, strict=True) if n]

    def run(self, regimes: dict[str, Scenarios], patterns: int) -> SitingResult:
        """Search, score again, and ask how far the choice can be trusted."""
        core = self.core()
        found = self.search(core, "siting", self.limits.evaluations)
        option = tuple(found["modules"])
        nothing = (0,) * len(option)
        seen, fresh = self.frozen(core, (0, self.draws)), self.frozen(core, (self.draws, 2 * self.draws))
        base = self.figures(fresh, nothing)
        again = {
            name: self._again(self.core(listed(more)), option, name) for name, more in regimes.items()
        }  # fmt: skip
        elsewhere = []
        for number in range(1, patterns + 1):
            other = _core.with_pattern(self.fitted._core, self.seed + number, SPREAD)
            elsewhere.append(self._again(self.core(fitted=other), option, f"pattern {number}"))
        near = {tuple(modules) for modules, _ in found["near"]} | {option, nothing}
        near |= {each for each, _ in (*again.values(), *elsewhere)}
        values = {each: base[:, -1] - self.figures(fresh, each)[:, -1] for each in sorted(near)}
        tables = {
            "chosen": self._chosen(option),
            "value": self._value(seen, fresh, option, nothing),
            "curve": self._curve(fresh, base, found["path"]),
            "empty": self._empty(fresh, option),
            "regret": self._regret(option, values, again),
            "patterns": self._patterns(option, elsewhere),
            "learning": self._learning(values, option, again),
        }
        about_it = {
            "to": self.to,
            "from_year": self.from_year,
            "draws": self.draws,
            "seed": self.seed,
            "places": self.limits.places,
            "weights": dict(self.weights),
            "evaluations": found["evaluations"],
            "method": "every option was tried" if found["exhaustive"] else "single steps, then exchanges",
            "gap": float(found["value"] - found["searched"]) if found["exhaustive"] else None,
            "version": _core.__version__,
        }
        changes = [c.change(n) for c, n in zip(self.candidates, option, strict=True) if n]
        name = f"{sum(change['places'] for change in changes)} places sited"
        return SitingResult(Scenario(name, changes), tables, about_it)

    def _again(self, core: Any, option: Sequence[int], what: str) -> tuple[tuple[int, ...], Any]:
        """The choice made again in another future, and fresh draws of that future."""
        found = self.search(core, what, min(AGAIN, self.limits.evaluations), option)
        return tuple(found["modules"]), self.frozen(core, (self.draws, 2 * self.draws))

    def _chosen(self, option: Sequence[int]) -> pd.DataFrame:
        rows = [
            {"site": c.site, "setting": c.setting, "area": c.area, "new": isinstance(c.what["site"], dict),
             "places": n * c.module, "opens": c.opens, "capital": n * c.capital}
            for c, n in zip(self.candidates, option, strict=True) if n
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["site", "setting", "area", "new", "places", "opens", "capital"])

    def _value(self, seen: Any, fresh: Any, option: Sequence[int], nothing: Sequence[int]) -> pd.DataFrame:
        searched = self.figures(seen, nothing) - self.figures(seen, option)
        falls = self.figures(fresh, nothing) - self.figures(fresh, option)
        return pd.DataFrame(
            {
                "figure": [*self.order, "weighted"],
                "searched": searched.mean(axis=0),
                "mean": falls.mean(axis=0),
                "p10": np.quantile(falls, 0.1, axis=0),
                "p50": np.quantile(falls, 0.5, axis=0),
                "p90": np.quantile(falls, 0.9, axis=0),
                "mcse": falls.std(axis=0, ddof=1) / np.sqrt(len(falls)) if len(falls) > 1 else 0.0,
            }
        )

    def _curve(self, fresh: Any, base: NDArray[np.float64], path: list[tuple[int, float]]) -> pd.DataFrame:
        now = [0] * len(self.candidates)
        rows, before, places = [], np.zeros(len(base)), 0
        for at, searched in path:
            now[at] += 1
            candidate = self.candidates[at]
            places += candidate.module
            value = base[:, -1] - self.figures(fresh, now)[:, -1]
            step = 10 * (value - before) / candidate.module
            rows.append(
                (places, candidate.site, searched, value.mean(), step.mean(), step.std() / len(step) ** 0.5)
            )
            before = value
        return pd.DataFrame(rows, columns=["places", "site", "searched", "value", "per_10_places", "mcse"])

    def _empty(self, fresh: Any, option: Sequence[int]) -> pd.DataFrame:
        sites = [c.site for c, n in zip(self.candidates, option, strict=True) if n]
        _, codes, rolls, places = fresh.place(self.chosen(option), self.from_year, sites)
        rows = []
        for site in dict.fromkeys(sites):
            mine = [at for at, code in enumerate(codes) if code == site]
            roll, room = rolls[:, :, mine].sum(axis=2), places[:, :, mine].sum(axis=2)
            filled = np.where(room > 0, roll / np.maximum(room, 1), np.nan)
            for step in range(filled.shape[1]):
                open_draws = filled[:, step][room[:, step] > 0]
                if self.fitted.base_year + 1 + step < self.from_year or not open_draws.size:
                    continue
                year = self.fitted.base_year + 1 + step
                rows.append((site, year, open_draws.mean(), (open_draws < FULL).mean()))
        return pd.DataFrame(rows, columns=["site", "year", "utilisation", "p_under_85"])

    def _regret(
        self,
        option: tuple[int, ...],
        values: Mapping[tuple[int, ...], NDArray[np.float64]],
        again: Mapping[str, tuple[tuple[int, ...], Any]],
    ) -> pd.DataFrame:
        choices = {"as projected": option} | {name: each for name, (each, _) in again.items()}
        rows = []
        for regime in choices:
            scored = {name: values[each] for name, each in choices.items()}
            if regime in again:
                siting = again[regime][1]
                base = self.figures(siting, (0,) * len(option))[:, -1]
                scored = {name: base - self.figures(siting, each)[:, -1] for name, each in choices.items()}
            best = max(value.mean() for value in scored.values())
            rows += [(name, regime, value.mean(), best - value.mean()) for name, value in scored.items()]
        table = pd.DataFrame(rows, columns=["chosen_for", "regime", "value", "regret"])
        table["worst_regret"] = table.groupby("chosen_for")["regret"].transform("max")
        return table

    def _patterns(self, option: tuple[int, ...], elsewhere: Sequence[tuple[tuple[int, ...], Any]]) -> pd.DataFrame:
        size = np.array([c.module for c in self.candidates])
        rows = []
        for number, (other, siting) in enumerate(elsewhere, start=1):
            common = (np.minimum(option, other) * size).sum() / max((np.array(option) * size).sum(), 1)
            loss = self.figures(siting, option)[:, -1] - self.figures(siting, other)[:, -1]
            base = self.figures(siting, (0,) * len(option))[:, -1] - self.figures(siting, option)[:, -1]
            rows.append((number, other == option, common, base.mean(), loss.mean(), loss.std() / len(loss) ** 0.5))
        heads = ["pattern", "same_choice", "places_in_common", "value", "loss", "mcse"]
        return pd.DataFrame(rows, columns=heads)

    def _learning(
        self,
        values: Mapping[tuple[int, ...], NDArray[np.float64]],
        option: tuple[int, ...],
        again: Mapping[str, tuple[tuple[int, ...], Any]],
    ) -> pd.DataFrame:
        rows = []
        if again:
            regret = self._regret(option, values, again)
            by = regret.pivot(index="chosen_for", columns="regime", values="value").to_numpy()
            rows.append(("which regime comes", perfect_information(by.T), 0.0))
        run = project(
            self.fitted, to=self.to, seed=self.seed, draws=2 * self.draws,
            draws_range=(self.draws, 2 * self.draws), scenario=self.scenarios or None, keep="draws",
            measures=["demand"], workers=self.workers, progress=False,
            margins=[[axis] for axis in self._axes()],
        )  # fmt: skip
        # Options of the same size only: opening nothing is no rival of opening what fits the limits.
        rivals = np.stack([values[each] for each in values if any(each)], axis=1)
        for axis in self._axes():
            demand = run.draws("demand", axis).sel(year=self.to).to_numpy()
            rows += value_of_learning(axis, demand, rivals, self.seed)
        rows.append(("everything", perfect_information(rivals), 0.0))
        return pd.DataFrame(rows, columns=["learn", "value", "by_chance"]).drop_duplicates(
            "learn", ignore_index=True
        )

    def _axes(self) -> list[str]:
        return [axis for axis in GROUPS if axis != "area" or len(self.fitted.codes["area"]) > 1]


def _first_census(opens: str) -> int:
    try:
        year, month = (int(part) for part in opens.split("-"))
    except ValueError as error:
        raise InputError(f"a month of opening is written 2027-09, got {opens!r} [bad-month]") from error
    return year + (month > 1)
