"""Where, what kind and when to open places: the option that helps most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.recipe import cores, whole
from sufficiency.siting.candidates import Candidate, candidates_of, default_frame
from sufficiency.siting.job import EVALUATIONS, Job, Limits, Scenarios, listed
from sufficiency.siting.result import SitingResult

WEIGHTS = {"unmet": 1.0, "independent": 0.5, "travel": 0.01, "cost": 0.001}
"""Of a child who waits, a child in an independent school, a kilometre of a child's way to school, 1,000 pounds a
year. Chosen by the authors: two children in independent schools, 100 km or a million pounds a year weigh as much
as one child who waits. Your own values should replace them."""

DRAWS = 40
PATTERNS = 2
"""Frozen draws, and other patterns of districts. Chosen: in the sample 40 draws leave a standard
error of about 1% of the value of 400 places, and an option takes an eighth of a second of one core."""


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

    Maximises the expected fall of weighted children without a place, children in independent schools, travel and
    cost, over draws that are frozen once (sample-average approximation: Kleywegt, Shapiro and Homem-de-Mello
    2002). Places are added module by module where they gain most, then exchanged; where there are few options all
    are tried. The choice is scored again on as many fresh draws: what was chosen because it looked best looks
    better than it is.

    The sample takes about half a minute of one core for the choice, and a quarter of that for each pattern and
    regime.

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

    Examples
    --------
    >>> where = {"site": ["special-south-1"], "module": [30], "most": [1], "opens": ["2026-09"], "capital": [60]}
    >>> recipe = {"to": 2028, "draws": 20, "seed": 1, "patterns": 0, "progress": False}
    >>> sf.site_places(fitted, places=30, candidates=where, **recipe)
    <SitingResult: 30 places at 1 sites>
    """
    to = fitted.base_year + 10 if to is None else whole("to", to)
    found = candidates_of(default_frame(fitted) if candidates is None else candidates, fitted)
    weighed = _weights(weights)
    limits = Limits(whole("places", places), *_budget(budget, found), evaluations)
    job = Job(fitted, found, weighed, limits, to, whole("seed", seed, 2**64 - 1), whole("draws", draws),
              listed(scenario), cores() if workers is None else workers, progress)  # fmt: skip
    return job.run(
        dict(regimes or {}), (PATTERNS if len(fitted.codes["area"]) > 1 else 0) if patterns is None else patterns
    )


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
