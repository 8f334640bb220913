"""Siting: options over frozen draws are what the engine gives, the search finds the best, its doubts are told."""

import io
import json
import pickle
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from sufficiency import _core
from sufficiency.cli import main
from sufficiency.siting.candidates import candidates_of, default_frame
from sufficiency.siting.learning import partial_information, perfect_information, value_of_learning
from test_measures import PLACES, model
from test_scenario import NEW, WHY, add, scale, scenario

DRAWS = 12
QUICK: dict[str, Any] = {"seed": 3, "draws": DRAWS, "to": 2031, "workers": 2, "progress": False, "patterns": 0}
WEIGHTS = (1.0, 0.5, 0.01, 0.0)


def tight(**tables: Any) -> sf.Fitted:
    """More children than places."""
    rates = {"age": ["0-3", "4-13", "14-25"], "value": [0.0, 0.006, 0.0]}
    standing = {name: column[:3] for name, column in PLACES.items()}
    return model(new_plans=rates, places=standing, **tables)


def sites(**columns: Any) -> dict[str, list[Any]]:
    """One site that grows, and two new ones."""
    given = {
        "site": ["Z", "near", "far"],
        "setting": ["", "special", "special"],
        "area": ["", "A", "B"],
        "needs": ["", "ASD", "ASD;SEMH"],
        "age_from": [None, 4, 4],
        "age_to": [None, 10, 15],
        "module": [4, 6, 5],
        "most": [2, 2, 2],
        "opens": ["2026-09", "2027-09", "2026-09"],
        "km": [None, {"A": 1.0, "B": 12.0}, {"A": 15.0, "B": 2.0}],
    }
    return given | columns


def frozen(fitted: sf.Fitted, draws: int = DRAWS) -> Any:
    return _core.Siting.freeze(fitted._core, 2031, (0, draws), 3, 2, None)


def searched(siting: Any, found: list[Any], places: int, most: tuple[int, int], **limits: Any) -> dict[str, Any]:
    given = [
        ([c.scenario(n)._core for n in range(1, c.most + 1)], c.module, c.capital, int(c.opens[:4]), c.group)
        for c in found
    ]
    capital, by_year = limits.get("capital", 1e15), limits.get("by_year", [])
    result: dict[str, Any] = siting.search(
        given, places, 0, capital, by_year, WEIGHTS, 2027, most, limits.get("start"), None
    )
    return result


def weighted(siting: Any, found: list[Any], option: tuple[int, ...]) -> float:
    chosen = [c.scenario(n)._core for c, n in zip(found, option, strict=True) if n]
    figures: float = (siting.place(chosen, 2027, [])[0] @ np.array(WEIGHTS)).mean()
    return figures


def test_an_option_over_frozen_draws_is_what_the_engine_gives_under_its_scenario() -> None:
    fitted = tight()
    late = add(places=6, delay_years={"0": 0.5, "1": 0.5})
    grown = add(site=NEW | {"needs": ["ASD", "SEMH"]}, places=12, opens="2027-09", fill="entry_years")
    for changes in ([], [late], [late, grown]):
        option = scenario(*changes) if changes else None
        figures, codes, rolls, room = frozen(fitted).place([option._core] if option else [], 2028, ["N", "X"])
        run = sf.project(
            fitted, to=2031, draws=DRAWS, seed=3, scenario=option, keep="draws", progress=False
        ).draws  # fmt: skip
        years = {
            name: run(name).sel(year=slice(2028, 2031)) for name in ("waiting", "independent", "placed", "travel")
        }
        assert years["waiting"].any() and years["placed"].any()
        for at, name in enumerate(("waiting", "independent")):
            assert np.array_equal(figures[:, at], years[name].mean("year").to_numpy()), name
        way = (years["travel"] * years["placed"]).mean("year").to_numpy()
        assert np.allclose(figures[:, 2], way, rtol=1e-12)
        seated = run("placed", "site", ages=(0, 25)).sel(site=codes, year=slice(2026, 2031)).to_numpy()
        assert np.array_equal(rolls, seated)
        assert np.array_equal(room, run("places", "site").sel(site=codes, year=slice(2026, 2031)).to_numpy())


def test_costs_of_two_options_differ_as_in_the_engine() -> None:
    fitted, option = tight(), scenario(add(places=6))
    siting = frozen(fitted)
    mine = siting.place([option._core], 2028, [])[0][:, 3] - siting.place([], 2028, [])[0][:, 3]
    with_it, without = (
        sf.project(fitted, to=2031, draws=DRAWS, seed=3, scenario=each, keep="draws", progress=False)
        .draws("cost")
        .sel(year=slice(2028, 2031))
        .mean("year")
        .to_numpy()
        for each in (option, None)
    )
    # Each year's cost is rounded to a thousand pounds once.
    assert np.abs(mine - (with_it - without)).max() <= 1.0 and mine.any()


@pytest.mark.parametrize("places", [6, 11, 16])
def test_steps_and_exchanges_find_what_trying_everything_finds(places: int) -> None:
    fitted = tight()
    siting, found = frozen(fitted), candidates_of(sites(), fitted)
    nothing = weighted(siting, found, (0, 0, 0))
    allowed = [
        option
        for option in product(range(3), repeat=3)
        if sum(n * c.module for n, c in zip(option, found, strict=True)) <= places
    ]
    best = max(allowed, key=lambda option: nothing - weighted(siting, found, option))
    full = searched(siting, found, places, (1_000, 500))
    assert full["exhaustive"] and full["evaluations"] == len(allowed)
    assert tuple(full["modules"]) == best
    assert np.isclose(full["value"], nothing - weighted(siting, found, best)) and full["value"] > 0
    quick = searched(siting, found, places, (0, 500))
    assert not quick["exhaustive"]
    assert np.isclose(quick["searched"], full["value"]), "the gap of the search on a small case is 0"
    # A start that is known is never lost, however few options may be tried.
    told = searched(siting, found, places, (0, 1), start=list(best))
    assert np.isclose(told["value"], full["value"])


def test_limits_are_kept() -> None:
    fitted = tight()
    siting = frozen(fitted)
    found = candidates_of(sites(opens=["2026-09", "2026-09;2027-09", "2026-09"], capital=[50.0] * 3), fitted)
    assert [c.group for c in found] == [0, 1, 1, 2]
    for capital, by_year in ((500.0, []), (1e15, [(2026, 500.0)]), (1e15, [(2026, 0.0), (2027, 600.0)])):
        for most in ((1_000, 500), (0, 500)):
            modules = searched(siting, found, 22, most, capital=capital, by_year=by_year)["modules"]
            spent = dict.fromkeys((2026, 2027), 0.0)
            for c, n in zip(found, modules, strict=True):
                spent[int(c.opens[:4])] += n * c.capital
            assert sum(spent.values()) <= capital
            assert all(spent[year] <= limit for year, limit in by_year)
            assert sum(n * c.module for c, n in zip(found, modules, strict=True)) <= 22
            assert min(modules[1], modules[2]) == 0 and any(modules)


def test_the_choice_is_a_scenario_that_does_in_a_projection_what_is_said() -> None:
    fitted = tight()
    result = sf.site_places(fitted, places=11, candidates=sites(), **QUICK)
    assert result.scenario.changes and result.to_pandas()["places"].sum() <= 11
    runs = [
        sf.project(fitted, to=2031, draws=2 * DRAWS, seed=3, scenario=each, keep="draws", progress=False)
        for each in (None, result.scenario)
    ]
    first = result.attrs["from_year"]
    before, after = (run.draws("waiting").sel(year=slice(first, 2031)).mean("year") for run in runs)
    fall = (before - after).to_numpy()
    row = result.value().set_index("figure").loc["unmet"]
    assert np.isclose(row["searched"], fall[:DRAWS].mean()) and np.isclose(row["mean"], fall[DRAWS:].mean())
    again = sf.site_places(fitted, places=11, candidates=sites(), **QUICK | {"workers": 1})
    assert again.scenario == result.scenario and again.value().equals(result.value())


def test_tables_say_what_more_places_are_worth_and_where_they_stand_empty() -> None:
    fitted = tight()
    huge = sites(module=[4, 6, 2000], most=[2, 2, 1])
    result = sf.site_places(fitted, places=2010, candidates=huge, **QUICK)
    empty = result.empty()
    assert (empty[empty["site"] == "far"]["p_under_85"] == 1.0).all()
    assert empty["p_under_85"].between(0, 1).all() and (empty["year"] >= result.attrs["from_year"]).all()
    curve = result.curve()
    assert np.isclose((curve["per_10_places"] * curve["places"].diff().fillna(curve["places"]) / 10).sum(),
                      curve["value"].iloc[-1])  # fmt: skip
    assert "May stand partly empty" in result.summary() and "far" in result.summary()


def test_regret_is_0_for_the_choice_made_for_the_future_that_comes_or_a_better_one() -> None:
    fewer = scenario(scale(factor=0.3, needs=["ASD"]), scale(factor=2.5, needs=["SEMH"]))
    result = sf.site_places(tight(), places=6, candidates=sites(), regimes={"other needs": fewer}, **QUICK)
    regret = result.regret()
    assert len(regret) == 4 and (regret["regret"] >= 0).all()
    assert (regret.groupby("regime")["regret"].min() == 0).all()
    assert "which regime comes" in set(result.learning()["learn"])


def test_another_pattern_keeps_all_totals_and_moves_children() -> None:
    fitted = tight()
    by = ["area", "age", "need", "setting"]

    def base(core: Any) -> pd.DataFrame:
        run = sf.Projection(
            _core.Projection.run(core, 2026, (0, 1), 1, 1, ["plans"], [by], False, None),
            fitted,
            core,
            [],
            {"of": 1},
        )
        table = run.plans(by)
        return table[(table["year"] == 2025) & (table["mean"] > 0)]

    here = base(fitted._core)
    there = [base(_core.with_pattern(fitted._core, seed, 0.8)) for seed in (1, 2)]
    for other in there:
        for axes in (["age", "need", "setting"], ["setting"]):
            assert other.groupby(axes)["mean"].sum().equals(here.groupby(axes)["mean"].sum())
    shares = [other.groupby("area")["mean"].sum() for other in there]
    assert not shares[0].equals(shares[1])
    # Areas have as many residents each: without factors, half of the children live in each.
    even = base(_core.with_pattern(fitted._core, 1, 0.0)).groupby("area")["mean"].sum()
    assert abs(even["A"] - even["B"]) <= 7, "at most one child of each age is owed to an area"


def test_a_location_that_another_pattern_changes_is_not_settled() -> None:
    result = sf.site_places(tight(), places=12, candidates=sites(), **QUICK | {"patterns": 3})
    patterns = result.patterns()
    assert len(patterns) == 3 and patterns["places_in_common"].between(0, 1).all()
    assert result.settled == bool(patterns["same_choice"].all())
    assert ("not settled" in result.summary()) == (not result.settled)
    one = {name: column[2:] for name, column in sites().items()}
    only = sf.site_places(tight(), places=10, candidates=one, **QUICK | {"patterns": 2})
    assert only.settled and "same places are chosen in every pattern" in only.summary()


def test_information_is_worth_what_it_changes() -> None:
    # Two options, two states as likely: knowing the state is worth 5 by hand.
    states = np.array([[10.0, 0.0], [0.0, 10.0]] * 50)
    assert perfect_information(states) == 5.0
    assert perfect_information(np.array([[10.0, 0.0], [10.0, 9.0]])) == 0.0
    told = np.array([0.0, 1.0] * 50)
    # Five groups of 20: four know the state, the middle one holds half of each.
    assert partial_information(told, states) == pytest.approx((4 * 10 + 5) / 5 - 5)
    noise = np.random.default_rng(1).normal(size=100)
    assert 0 <= partial_information(noise, states) < 2.0
    demand = np.column_stack([50 + 40 * told, 50 - 40 * told])
    (_, total, _), (what, split, chance) = value_of_learning("phase", demand, states, 1)
    assert what == "which phase they are in" and split == pytest.approx(4.0)
    assert 0 < chance < 1.5 and 0 <= total < 1.5


def test_by_default_sites_grow_and_each_planning_area_may_get_a_new_one_of_each_kind() -> None:
    fitted = sf.fit(sf.sample("leeds"))
    frame = default_frame(fitted)
    new = frame[frame["setting"].notna()]
    assert new.groupby("setting").size().to_dict() == {"partnership": 6, "resourced": 6, "special": 6}
    assert new["site"].is_unique and len(frame) > len(new) > 0
    assert len(candidates_of(frame, fitted)) == len(frame)
    assert default_frame(tight())["site"].tolist() == ["X", "Y", "Z"]


def test_a_result_prints_pickles_and_says_how_it_was_found() -> None:
    result = sf.site_places(tight(), places=6, candidates=sites(), **QUICK)
    again = pickle.loads(pickle.dumps(result))
    assert again.scenario == result.scenario and again.to_pandas().equals(result.to_pandas())
    assert "SitingResult" in repr(result) and "<caption>What is opened</caption>" in result._repr_html_()
    assert result.attrs["method"] == "every option was tried" and result.attrs["gap"] == pytest.approx(
        0.0, abs=1e-6
    )
    assert "fresh draws" in result.summary()


def test_what_cannot_be_sited_is_refused() -> None:
    fitted = tight()

    def refused(
        match: str, error: type[sf.Error] = sf.InputError, model: sf.Fitted = fitted, **given: Any
    ) -> None:
        with pytest.raises(error, match=match):
            sf.site_places(model, **QUICK | {"candidates": sites(), "places": 6} | given)

    refused("no-sites", model=model(sites=None, places=None, travel=None))
    refused("have no column place", candidates={"site": ["X"], "module": [3], "place": [1]})
    refused("need a column module", candidates={"site": ["X"]})
    refused(
        "needs needs", candidates={name: c for name, c in sites().items() if name != "needs"} | {"needs": [""] * 3}
    )
    refused("module must be", candidates=sites(module=[0, 6, 5]))
    refused("weights have no wait", weights={"wait": 1.0})
    refused("column capital", budget=100.0)
    refused("opens-too-late", candidates=sites(opens=["2040-09"] * 3))
    refused("bad-month", candidates=sites(opens=["soon"] * 3))
    refused("did you mean", error=sf.ScenarioError, candidates=sites(needs=["", "ASD", "ASDD"]))
    assert WHY


def test_the_command_prints_what_opens_and_writes_a_scenario_that_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fitted = tight()
    fitted.save(tmp_path / "fit")
    table = pd.DataFrame({"site": ["X", "Z"], "module": [3, 2], "most": [2, 2], "opens": ["2026-09"] * 2})
    table.to_csv(tmp_path / "candidates.csv", index=False)
    asked = ["site", str(tmp_path / "fit"), "--seed", "3", "--places", "8", "--to", "2030", "--draws", "6"]
    asked += ["--candidates", str(tmp_path / "candidates.csv"), "--patterns", "1"]
    with pytest.raises(SystemExit) as left:
        main([*asked, "--out", str(tmp_path / "chosen.toml")])
    said = capsys.readouterr()
    assert left.value.code == 0 and "fewer children wait" in said.err
    opened = pd.read_csv(io.StringIO(said.out))
    assert set(opened["site"]) <= {"X", "Z"} and 0 < opened["places"].sum() <= 8
    chosen = sf.read_scenario(tmp_path / "chosen.toml")
    run = sf.project(fitted, to=2030, draws=2, seed=1, scenario=chosen, progress=False)
    grown = (
        run.places("site").query("year == 2030")["mean"].sum()
        - run.places("site").query("year == 2025")["mean"].sum()
    )
    assert grown == opened["places"].sum()
    with pytest.raises(SystemExit):
        main([*asked, "--json"])
    assert json.loads(capsys.readouterr().out)["chosen"]
