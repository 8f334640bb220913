"""From inputs to a fitted model: what is learnt, what is flagged, what a projection then looks like."""

from __future__ import annotations

import pickle
import time
from functools import cache
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf


@cache
def leeds() -> sf.Inputs:
    return sf.sample("leeds")


@cache
def fitted() -> sf.Fitted:
    return sf.fit(leeds())


@cache
def mean_path() -> Any:
    return sf.project(fitted(), to=2035, draws=1, seed=1, expectation=True)


def small(**tables: Any) -> sf.Inputs:
    """One area with 1,000 residents of each age and plans at about England's rate; other tables as given."""
    ages = [str(age) for age in range(26)]
    population = {"year": [2025] * 26, "area": ["A"] * 26, "age": ages, "population": [1000] * 26}
    plans = {
        "year": [2025] * 3,
        "area": ["A"] * 3,
        "age": ["5", "12", "17"],
        "need": ["ASD", "SEMH", "SLCN"],
        "setting": ["mainstream", "special", "fe"],
        "plans": [200, 300, 100],
    }
    frames = {
        "areas": {"area": ["A"], "name": ["A"], "planning_area": ["A"]},
        "population": population,
        "plans": plans,
    } | tables
    who = {"schema": "1.0", "name": "Small", "code": "X1", "base_year": 2025}
    return sf.Inputs.from_frames(who, **frames)


def test_the_sample_is_fitted_within_half_a_second() -> None:
    leeds()
    begun = time.process_time()
    sf.fit(leeds())
    assert time.process_time() - begun < 0.5


def test_every_flag_has_a_meaning_and_leeds_raises_those_it_should() -> None:
    table = fitted().flag_table()
    assert (table["meaning"] != "").all()
    assert {"backlog", "ceasing-event-left-out", "inferred-margins", "throughput-limited"} <= set(fitted().flags)
    assert "throughput-only" not in fitted().flags


def test_the_summary_says_what_was_data_inferred_or_prior() -> None:
    summary = fitted().summary()
    assert list(summary.columns) == ["quantity", "value", "status", "source"]
    assert set(summary["status"]) == {"data", "inferred", "prior"}
    assert summary["quantity"].is_unique
    ceasing = summary.set_index("quantity").loc["ceasing"]
    assert "2024 left out as an event" in ceasing["source"]
    assert "<table>" in fitted()._repr_html_()


def test_a_fit_is_the_same_again_and_after_pickling() -> None:
    assert sf.fit(leeds()).fingerprint == fitted().fingerprint
    restored = pickle.loads(pickle.dumps(fitted()))
    assert restored.fingerprint == fitted().fingerprint
    assert restored.flags == fitted().flags


def test_history_limits_what_is_learnt_from() -> None:
    short = sf.fit(leeds(), history=(2015, 2022))
    assert short.fingerprint != fitted().fingerprint
    assert {"age-profile-prior", "transitions-prior", "throughput-only"} <= set(short.flags)


@pytest.mark.parametrize("history", [(2022, 2015), (2015,), "all"])
def test_a_history_that_is_none_is_refused(history: Any) -> None:
    with pytest.raises(sf.InputError, match="history must be"):
        sf.fit(leeds(), history=history)


def test_fit_refuses_what_is_not_inputs() -> None:
    with pytest.raises(sf.InputError, match="read_inputs"):
        sf.fit("leeds")  # type: ignore[arg-type]


def test_total_plans_of_leeds_follow_the_path_they_are_fitted_to() -> None:
    run = sf.project(fitted(), to=2028, draws=200, seed=1, progress=False)
    plans = run.plans().set_index("year")
    # The stand-alone prototype of the same law gives 6,690 / 7,155 / 7,699 for 2026. It asks for 1,474 new plans
    # in the middle with the chances of ceasing it had; with those learnt from own records by age 88 more cease, so
    # 1,562. Capacity allows 958 (the record) x exp(0.34) = 1,346: 216 fewer, 3.0% of 7,155, and every draw is held
    # back by the same share. 3% for its other constants, this engine's own chance and 200 draws.
    for name, expected in (("p5", 6690), ("p50", 7155), ("p95", 7699)):
        assert plans.loc[2026, name] == pytest.approx(expected * (1 - 216 / 7155), rel=0.03)
    assert plans["p50"].is_monotonic_increasing
    assert plans["sd"].is_monotonic_increasing


def test_demand_of_no_need_or_district_runs_away() -> None:
    plans = mean_path().plans().set_index("year")["mean"]
    for by in ("need_group", "planning_area", "phase"):
        table = mean_path().demand(by=["year", by]).pivot(index=by, columns="year", values="mean")
        large = table[table[2025] >= 50]
        growth = large[2035] / large[2025]
        # Half to twice the growth of all plans: shares move, none takes over.
        assert (growth / (plans[2035] / plans[2025])).between(0.5, 2.0).all(), growth


def test_the_mean_path_by_age_has_no_jumps() -> None:
    table = mean_path().plans(by=["year", "age"])
    cohorts = table.assign(born=table["year"] - table["age"].astype(int)).sort_values("year")
    for year in (2030, 2034):
        now = table[table["year"] == year].set_index("age")["mean"]
        later = table[table["year"] == year + 1].set_index("age")["mean"]
        school = [str(age) for age in range(5, 19)]
        now.index, later.index = now.index.astype(str), later.index.astype(str)
        assert (later[school] / now[school]).between(0.9, 1.3).all()
    assert cohorts["mean"].ge(0).all()


def test_shares_in_special_schools_keep_their_pattern_by_age() -> None:
    placed = mean_path().plans(by=["year", "age", "setting"])
    placed["age"] = placed["age"].astype(int)
    total = placed.groupby(["year", "age"])["mean"].sum()
    special = placed[placed["setting"].isin(["special", "partnership"])].groupby(["year", "age"])["mean"].sum()
    share = (special / total).unstack("year")
    school = share.loc[5:15]
    assert (school[2035] - school[2025]).abs().mean() < 0.1
    assert share.loc[20:, 2035].max() < 0.05


def test_settings_that_nobody_is_in_stay_empty_and_unknown_ones_empty_out() -> None:
    placed = mean_path().plans(by=["year", "setting"]).pivot(index="setting", columns="year", values="mean")
    assert placed.loc["sen_unit"].sum() == 0
    assert placed.loc["unknown", 2026] == 0
    base = leeds().table("base").groupby("setting")["plans"].sum()
    assert placed.loc["unknown", 2025] == base["unknown"]


def test_without_any_past_priors_stand_in_and_say_so() -> None:
    fit = sf.fit(small())
    expected = {
        "throughput-only",
        "ceasing-prior",
        "transitions-prior",
        "age-profile-prior",
        "transfers-assumed",
    }
    assert expected <= set(fit.flags)
    assert "prior-includes-authority" not in fit.flags
    plans = sf.project(fit, to=2030, draws=50, seed=1, progress=False).plans().set_index("year")["p50"]
    # England's plans grow by about 10% a year and slow down: half as many again in five years, or twice.
    assert 750 < plans[2030] < 1300


def test_own_settings_and_needs_are_fitted_too() -> None:
    who = {
        "schema": "1.0",
        "name": "Own codes",
        "code": "X2",
        "base_year": 2025,
        "settings": [
            {"code": "class", "name": "class in a school", "specialist": True, "commissioned": True},
            {"code": "elsewhere", "name": "elsewhere", "specialist": False, "commissioned": False},
        ],
        "needs": [{"code": "X", "name": "any", "group": "learning"}],
    }
    given = small()
    plans = pd.DataFrame(
        {"year": [2025], "area": ["A"], "age": ["9"], "need": ["X"], "setting": ["class"], "plans": [30]}
    )
    inputs = sf.Inputs.from_frames(
        who, areas=given.table("areas"), population=given.table("population"), plans=plans
    )
    fit = sf.fit(inputs)
    run = sf.project(fit, to=2028, draws=20, seed=1, progress=False)
    assert run.plans().set_index("year").loc[2028, "mean"] > 20


def test_requests_that_are_missing_are_flagged_as_throughput_only() -> None:
    tables = {name: leeds().table(name) for name in leeds().tables if name not in ("requests",)}
    known = {name: table for name, table in tables.items() if name in ("areas", "population", "plans", "flows")}
    who = {"schema": "1.0", "name": "Leeds", "code": "E08000035", "base_year": 2025}
    assert "throughput-only" in sf.fit(sf.Inputs.from_frames(who, **known)).flags


def test_samples_are_named_when_one_is_unknown() -> None:
    with pytest.raises(sf.InputError, match="leeds"):
        sf.sample("york")


def with_flows(requests: list[int] | None, issued: list[int]) -> sf.Inputs:
    """A small world of seven Januaries to 2025 with these requests and issued plans; half of requests agreed."""
    years = list(range(2019, 2026))
    given = small()
    past = pd.DataFrame(
        {"year": years[:-1], "area": "all", "age": "all", "need": "all", "setting": "all"}
        | {"plans": [600 - 20 * (2025 - year) for year in years[:-1]]}
    )
    plans = pd.concat([past, given.table("plans")])
    flows = {"year": years, "flow": "new", "age": "all", "need": "all", "setting": "all"}
    tables = {"plans": plans, "flows": pd.DataFrame(flows | {"plans": issued})}
    if requests is not None:
        agreed = [n // 2 for n in requests]
        columns = {"year": years, "requests": requests, "agreed": agreed, "issued": issued}
        tables["requests"] = pd.DataFrame(columns)
    return small(**tables)


def test_need_is_read_from_requests_where_issue_doubles_by_clearing_a_backlog() -> None:
    issued = [60, 40, 30, 40, 50, 60, 80]
    fit = sf.fit(with_flows([160] * 7, issued))
    need = fit.summary().set_index("quantity").loc["need, from requests", "value"]
    # Requests are flat: so is need, within 1% a year, while issue doubled in three years.
    assert abs(float(need.split("%")[0])) < 1.0
    assert float(need.split("issued ")[1].split("%")[0]) > 20
    assert "throughput-only" not in fit.flags
    assert "throughput-only" in sf.fit(with_flows(None, issued)).flags


def test_a_regime_is_declared_and_nothing_is_learnt_across_it() -> None:
    inputs = leeds()
    tables = {name: inputs.table(name) for name in ("areas", "population", "plans", "flows", "requests")}
    who = {"schema": "1.0", "name": "Leeds", "code": "E08000035", "base_year": 2025}
    free = sf.fit(sf.Inputs.from_frames(who, **tables))
    who["events"] = [{"kind": "regime", "year": 2025, "reason": "new rules"}]
    cut = sf.fit(sf.Inputs.from_frames(who, **tables))
    assert cut.fingerprint != free.fingerprint
    assert {"throughput-only", "age-profile-prior", "transitions-prior"} <= set(cut.flags)
    who["events"] = [{"kind": "strike", "year": 2025, "reason": "new rules"}]
    with pytest.raises(sf.InputError, match="clear_out or regime"):
        sf.Inputs.from_frames(who, **tables)
