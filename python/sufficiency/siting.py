"""Where, what kind and when to open places: the option that helps most, and how far to trust it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.candidates import Candidate, candidates_of, default_frame
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.learning import GROUPS, perfect_information, value_of_learning
from sufficiency.progress import progress_bar
from sufficiency.projection import cores, project, whole
from sufficiency.scenario import Scenario
from sufficiency.words import about

WEIGHTS = {"unmet": 1.0, "independent": 0.5, "travel": 0.01, "cost": 0.001}
"""What a child waiting for a year, a child in an independent school, a kilometre of one child's way to school and 1,000
pounds a year weigh. Chosen by the authors, in children waiting: two children in independent schools, 100 km or a
million pounds weigh as much as one or, for the million, a thousand. Your own values should replace them."""

DRAWS = 40
EVALUATIONS = 250
AGAIN = 120
EXHAUSTIVE = 400
"""Draws of the search, most options tried in it, in searches under other regimes and patterns, and most options that are
all tried. Chosen: an option of ten years and 40 draws of the sample takes about an eighth of a second on one core."""
FULL = 0.85
SPREAD = 0.3
"""Log standard deviation of the factors that draw another pattern of districts. Chosen: about what published shares of
children with a plan differ by between districts of one authority."""
CURVE_BEYOND = 40

Scenarios = Scenario | Sequence[Scenario] | None


def site_places(
    fitted: Fitted,
    *,
    places: int = 400,
    to: int | None = None,
    seed: int,
    draws: int = DRAWS,
    scenario: Scenarios = None,
    candidates: Any = None,
    weights: Mapping[str, float] | None = None,
    budget: float | Mapping[int, float] | None = None,
    regimes: Mapping[str, Scenarios] | None = None,
    patterns: int | None = None,
    evaluations: int = EVALUATIONS,
    workers: int | None = None,
    progress: bool | None = None,
) -> SitingResult:
    """Choose where, what kind and when to open up to so many places.

    Maximises the expected fall of weighted children without a place, children in independent schools, travel and cost,
    over draws that are frozen once (sample-average approximation: Kleywegt, Shapiro and Homem-de-Mello 2002). Places
    are added module by module where they gain most, then exchanged; where there are few options all are tried. The
    choice is scored again on as many fresh draws: what was chosen because it looked best looks better than it is.

    Parameters
    ----------
    fitted : Fitted
        A model with sites and places.
    places : int
        Most new places.
    to : int, optional
        Last January that counts; ten years after the base year by default.
    seed : int
        Seed of all randomness.
    draws : int
        Frozen draws; as many fresh ones follow them.
    scenario : Scenario or sequence of Scenario, optional
        What happens anyway.
    candidates : frame, optional
        A row a site: site, module (places), most (modules), opens (months such as ``"2027-09;2028-09"``), capital
        (thousand pounds a place); a new site also has setting, area, needs (``"ASD;SLCN"``), age_from, age_to, and
        may have name and km. By default all sites that stand, and a new one of each kind in each planning area.
    weights : mapping, optional
        Of unmet, independent, travel and cost; see `WEIGHTS` for the default, which is a choice.
    budget : float or mapping, optional
        Most capital, thousand pounds: in all, or by calendar year of opening.
    regimes : mapping of str to Scenario, optional
        Other futures in which the choice is made again, each as likely as what is projected: for regret.
    patterns : int, optional
        Other patterns of where children live in which the choice is made again; two by default where there is more
        than one area, as the pattern of districts is hardly ever published.
    evaluations : int
        Most options tried.
    workers : int, optional
        Threads; all cores by default. Changes time, never results.
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.

    Returns
    -------
    SitingResult
        `scenario` is the choice, ready for `project`; tables say what it does and how far to trust it.

    Raises
    ------
    InputError
        If the model has no sites, a candidate is malformed, or an argument is out of range.
    ScenarioError
        If a candidate names an unknown code or opens in the past.
    """
    to = fitted.base_year + 10 if to is None else whole("to", to)
    found = candidates_of(default_frame(fitted) if candidates is None else candidates, fitted)
    weighed = _weights(weights)
    limits = Limits(whole("places", places), *_budget(budget, found), evaluations)
    job = Job(fitted, found, weighed, limits, to, whole("seed", seed, 2**64 - 1), whole("draws", draws),
              _listed(scenario), cores() if workers is None else workers, progress)  # fmt: skip
    return job.run(
        dict(regimes or {}), (2 if len(fitted.codes["area"]) > 1 else 0) if patterns is None else patterns
    )


class Limits:
    """What an option may not pass."""

    def __init__(self, places: int, capital: float, by_year: list[tuple[int, float]], evaluations: int) -> None:
        self.places, self.capital, self.by_year, self.evaluations = places, capital, by_year, evaluations


def _listed(scenario: Scenarios) -> list[Scenario]:
    return [] if scenario is None else [scenario] if isinstance(scenario, Scenario) else list(scenario)


def _weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    given = WEIGHTS if weights is None else dict.fromkeys(WEIGHTS, 0.0) | dict(weights)
    if unknown := [name for name in given if name not in WEIGHTS]:
        raise InputError(f"weights have no {unknown[0]}; they take {', '.join(WEIGHTS)} [unknown-weight]")
    if any(not 0 <= value < 1e9 for value in given.values()):
        raise InputError("weights must be 0 or more [out-of-range]")
    return {name: float(given[name]) for name in WEIGHTS}


def _budget(
    budget: float | Mapping[int, float] | None, candidates: Sequence[Candidate]
) -> tuple[float, list[tuple[int, float]]]:
    if budget is None:
        return 1e15, []
    if any(candidate.capital <= 0 for candidate in candidates):
        raise InputError("a budget needs the column capital of every candidate [missing-column]")
    if isinstance(budget, Mapping):
        return 1e15, [(int(year), float(most)) for year, most in budget.items()]
    return float(budget), []


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

    def search(self, core: Any, what: str, evaluations: int, beyond: int = 0) -> dict[str, Any]:
        """The best option of a model over its first draws."""
        given = [
            ([candidate.scenario(n)._core for n in range(1, candidate.most + 1)], candidate.module,
             candidate.capital, int(candidate.opens[:4]), candidate.group)
            for candidate in self.candidates
        ]  # fmt: skip
        limits = self.limits
        with progress_bar(evaluations, self.progress, unit="option", about=what) as tell:
            return _core.Siting.search(  # type: ignore[no-any-return]
                self.frozen(core, (0, self.draws)), given, limits.places, beyond, limits.capital, limits.by_year,
                tuple(self.weights[name] for name in self.order), self.from_year, (EXHAUSTIVE, evaluations), tell,
            )  # fmt: skip

    def figures(self, siting: Any, option: Sequence[int]) -> NDArray[np.float64]:
        """Figures of an option by draw, and their weighted sum as the last column."""
        figures = siting.place(self.chosen(option), self.from_year, [])[0]
        weighted = figures @ np.array([self.weights[name] for name in self.order])
        return np.column_stack([figures, weighted])

    def chosen(self, option: Sequence[int]) -> list[Any]:
        """An option as core scenarios."""
        return [c.scenario(n)._core for c, n in zip(self.candidates, option, strict=True) if n]

    def run(self, regimes: dict[str, Scenarios], patterns: int) -> SitingResult:
        """Search, score again, and ask how far the choice can be trusted."""
        core = self.core()
        found = self.search(core, "siting", self.limits.evaluations, CURVE_BEYOND)
        option = tuple(found["modules"])
        nothing = (0,) * len(option)
        seen, fresh = self.frozen(core, (0, self.draws)), self.frozen(core, (self.draws, 2 * self.draws))
        base = self.figures(fresh, nothing)
        again = {
            name: self._again(self.core(_listed(more)), name) for name, more in regimes.items()
        }  # fmt: skip
        elsewhere = []
        for number in range(1, patterns + 1):
            other = _core.with_pattern(self.fitted._core, self.seed + number, SPREAD)
            elsewhere.append(self._again(self.core(fitted=other), f"pattern {number}"))
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

    def _again(self, core: Any, what: str) -> tuple[tuple[int, ...], Any]:
        """The choice made again in another future, and fresh draws of that future."""
        found = self.search(core, what, min(AGAIN, self.limits.evaluations))
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
            self.fitted, to=self.to, seed=self.seed, draws=2 * self.draws, draws_range=(self.draws, 2 * self.draws),
            scenario=self.scenarios or None, keep="draws", measures=["demand"], workers=self.workers, progress=False,
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
        return [axis for axis in GROUPS if axis != "planning_area" or len(self.fitted.codes["area"]) > 1]


def _first_census(opens: str) -> int:
    try:
        year, month = (int(part) for part in opens.split("-"))
    except ValueError as error:
        raise InputError(f"a month of opening is written 2027-09, got {opens!r} [bad-month]") from error
    return year + (month > 1)


class SitingResult:
    """A choice of places, and how far to trust it. Nothing in it changes once it is made.

    `scenario` is the choice as an `sf.Scenario`. Values are falls of the weighted figures, in children waiting a year if
    the weights are the default ones, averaged over the Januaries from the first opening on.
    """

    def __init__(self, scenario: Scenario, tables: Mapping[str, pd.DataFrame], attrs: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self._tables, self.attrs = dict(tables), dict(attrs)

    def _table(self, name: str) -> pd.DataFrame:
        table = self._tables[name].copy()
        table.attrs.update(self.attrs)
        return table

    def to_pandas(self) -> pd.DataFrame:
        """What is opened: site, setting, area, whether it is new, places, month of opening, capital."""
        return self._table("chosen")

    def value(self) -> pd.DataFrame:
        """Falls a year by figure: over the draws it was `searched` on, and mean, p10, p50, p90, mcse on fresh draws.

        The first is the larger one: the optimiser's curse (Smith and Winkler 2006). Quote the second.
        """
        return self._table("value")

    def curve(self) -> pd.DataFrame:
        """Value by number of places as single steps add them, and what 10 more are worth there, on fresh draws."""
        return self._table("curve")

    def empty(self) -> pd.DataFrame:
        """By site and year: mean share of its places filled, and the chance that fewer than 85% are."""
        return self._table("empty")

    def regret(self) -> pd.DataFrame:
        """Value of the choice made for one future if another comes, and what it loses against the best one then."""
        return self._table("regret")

    def patterns(self) -> pd.DataFrame:
        """The choice made again where children live elsewhere: whether it is the same, and what keeping it loses."""
        return self._table("patterns")

    def learning(self) -> pd.DataFrame:
        """What knowing something before choosing is worth, most first; `by_chance` is what noise alone would show."""
        table = self._table("learning")
        return table.sort_values("value", ascending=False, ignore_index=True)

    @property
    def settled(self) -> bool | None:
        """Whether the same places are chosen in every pattern of districts; None if no other was tried."""
        table = self._tables["patterns"]
        return bool(table["same_choice"].all()) if len(table) else None

    def summary(self) -> str:
        """The choice in a few sentences."""
        chosen, attrs = self._tables["chosen"], self.attrs
        if chosen.empty:
            return "Opening nothing does best with these weights and limits."
        value = self._tables["value"].set_index("figure")
        kinds = chosen.groupby("setting", sort=False)["places"].sum()
        kinds_said = ", ".join(f"{count} {setting}" for setting, count in kinds.items())
        weighted = value.loc["weighted"]
        said = [
            f"{chosen['places'].sum()} places at {len(chosen)} sites ({kinds_said}).",
            f"On fresh draws about {about(value.loc['unmet', 'mean'])} fewer children wait and "
            f"{about(value.loc['independent', 'mean'])} fewer are in independent schools, a year on average from "
            f"January {attrs['from_year']} to {attrs['to']}.",
            f"Weighted value {weighted['mean']:,.1f} (it looked like {weighted['searched']:,.1f} on the draws of the "
            f"search; {attrs['evaluations']} options tried: {attrs['method']}).",
        ]
        late = self._tables["empty"]
        risky = late[late["year"] == attrs["to"]].query("p_under_85 > 0.2")
        if len(risky):
            said.append(f"May stand partly empty in {attrs['to']}: {', '.join(risky['site'])}.")
        if self.settled is False:
            common = self._tables["patterns"]["places_in_common"].min()
            said.append(
                "Location not settled: where children live is uncertain, and other patterns of districts choose other "
                f"sites (as little as {common:.0%} of the places in common)."
            )
        elif self.settled:
            said.append("The same places are chosen in every pattern of districts tried.")
        return " ".join(said)

    def __repr__(self) -> str:
        chosen = self._tables["chosen"]
        return f"<SitingResult: {chosen['places'].sum()} places at {len(chosen)} sites>"

    def _repr_html_(self) -> str:
        parts = [f"<p>{html.escape(self.summary())}</p>"]
        for name, caption in (
            ("chosen", "What is opened"),
            ("value", "Falls a year"),
            ("learning", "Worth learning"),
        ):
            text = self._tables[name].to_html(index=False, border=0, float_format="{:,.2f}".format)
            text = text.replace(">\n", f">\n  <caption>{caption}</caption>\n", 1)
            parts.append(text.replace("<th>", '<th scope="col">'))
        return "".join(parts)
