"""What moved a measure: parts add up in every draw, go to the factor that moved, and are Shapley's."""

import pickle
from itertools import permutations
from typing import Any

import numpy as np
import pytest

import sufficiency as sf
from interrupts import seconds_to_stop
from sufficiency.explain import FACTORS
from sufficiency.orders import exact, rotations, shares
from test_measures import PLACES, model
from test_scenario import STOCK, add, convert, homes, moving, scale, scenario
from worlds import AGES, world

ROOM = {"progress": False, "workers": 2}


def flat(value: float) -> dict[str, list[object]]:
    return {"age": ["all"], "value": [value]}


def path(*factors: float, ages: range = AGES) -> dict[str, list[Any]]:
    """Residents of 1,000 an age in the base year, times one factor a year at some ages."""
    cells = [(2026 + j, age, factor if age in ages else 1.0) for j, factor in enumerate(factors) for age in AGES]
    return {
        "year": [year for year, _, _ in cells],
        "area": ["A"] * len(cells),
        "age": [age for _, age, _ in cells],
        "population": [1000.0 * factor for _, _, factor in cells],
    }


def projected(fitted: sf.Fitted, *changes: dict[str, object], to: int = 2029, draws: int = 60) -> sf.Projection:
    plans = [scenario(*changes)] if changes else None
    return sf.project(fitted, to=to, draws=draws, seed=5, scenario=plans, keep="draws", progress=False)


def part(found: sf.Explanation, factor: str) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = found.draws().sel(factor=factor).to_numpy()
    return values


def other_than(found: sf.Explanation, *factors: str) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = found.draws().drop_sel(factor=list(factors)).to_numpy()
    return values


def test_parts_add_to_the_change_in_every_draw() -> None:
    base = sf.project(sf.fit(sf.sample("leeds")), to=2028, draws=30, seed=2, keep="draws", progress=False)
    found = sf.explain(base, 2025, 2028, by="need_group", **ROOM)
    demand = base.draws("demand", "need_group")
    change = (demand.sel(year=2028) - demand.sel(year=2025)).to_numpy()
    parts = found.draws().sum("factor").to_numpy()
    assert np.allclose(parts, change, rtol=0.0, atol=1e-9)
    assert found.attrs["method"] == "exact"
    table = found.to_pandas()
    assert list(table["factor"].unique()) == list(FACTORS)
    assert list(table.columns[:3]) == ["need_group", "factor", "mean"]
    whole = found.table(totals=True).groupby("need_group")["mean"]
    assert np.allclose(whole.apply(lambda means: means.iloc[:-1].sum() - means.iloc[-1]), 0.0, atol=1e-9)
    mine = np.quantile(part(found, "incidence")[:, 0], 0.1)
    assert np.isclose(table.query("factor == 'incidence'")["p10"].iloc[0], mine)


def test_where_only_residents_change_nothing_goes_to_incidence() -> None:
    fitted = sf.Fitted.from_parameters(
        **world(new_plans=flat(0.01), exposure_path=path(1.5, 2.0, 2.5, 3.0), ceasing=flat(0.1))
    )
    found = sf.explain(projected(fitted), 2025, 2029, "plans", **ROOM)
    assert part(found, "population").mean() > 50 and part(found, "births").mean() > 5
    assert not other_than(found, "population", "births", "ageing").any()
    # Children of 0 to 3 in 2029 are born since; where plans are made at school age only, births can move nothing.
    rates = {"age": ["0-3", "4-25"], "value": [0.0, 0.01]}
    later = sf.Fitted.from_parameters(**world(new_plans=rates, exposure_path=path(1.5, 2.0, 2.5, 3.0)))
    dummy = sf.explain(projected(later), 2025, 2029, "plans", **ROOM)
    assert "births" not in dummy.attrs["absent"] and not part(dummy, "births").any()


def test_a_year_of_new_plans_splits_as_worked_out_by_hand() -> None:
    # 4,000 children at four ages, 2% a year; residents times 1.5, rates times 2: 80 -> 240 new plans expected.
    rates = {"age": ["0-4", "5-8", "9-25"], "value": [0.0, 0.02, 0.0]}
    levels = {"year": [2025, 2026], "need": ["ASD", "ASD"], "value": [1.0, 2.0]}
    fitted = sf.Fitted.from_parameters(**world(new_plans=rates, exposure_path=path(1.5), levels=levels))
    found = sf.explain(projected(fitted, to=2026, draws=400), 2025, 2026, "plans", draws=400, **ROOM)
    expected = {"ageing": 80.0, "population": 80 * 0.5 * (1 + 2) / 2, "incidence": 80 * 1.0 * (1 + 1.5) / 2}
    for factor, mean in expected.items():
        values = part(found, factor)[:, 0]
        # Four standard errors: one false alarm in 16,000 a factor.
        assert abs(values.mean() - mean) < 4 * values.std(ddof=1) / 20, factor
    assert np.isclose(sum(expected.values()), 240)
    assert not other_than(found, *expected).any()


def test_factors_that_do_the_same_get_the_same() -> None:
    rates = {"age": ["all"], "value": [0.01]}
    levels = {"year": [2025, 2026], "need": ["ASD", "ASD"], "value": [1.0, 1.5]}
    fitted = sf.Fitted.from_parameters(
        **world(new_plans=rates, exposure_path=path(1.5, ages=range(1, 26)), levels=levels)
    )
    rows = {"phase": "primary"}
    found = sf.explain(projected(fitted, to=2026), 2025, 2026, "plans", where=rows, **ROOM)
    assert part(found, "population").any()
    assert np.array_equal(part(found, "population"), part(found, "incidence"))


CHANGES = {
    "housing": homes(),
    "migration": moving(plans_a_year=20),
    "incidence": scale(factor=1.5),
    "retention": scale(rate="ceasing", factor=0.2),
    "mix": {
        "kind": "redirect",
        "from_setting": "special",
        "to_setting": "mainstream",
        "share": 0.5,
        "from": 2026,
        "reason": "test",
        "owner": "test",
    },
    "places": add(places=8, opens="2026-09"),
}


def quiet(**tables: Any) -> sf.Fitted:
    """Nothing moves but children who grow older, new plans and endings at constant rates."""
    standing = {name: column[:3] for name, column in PLACES.items()}
    return model(support=STOCK, new_plans=flat(0.004), ceasing=flat(0.1), places=standing, **tables)


@pytest.mark.parametrize("factor", CHANGES)
def test_the_part_of_the_only_factor_that_moves_is_the_paired_difference(factor: str) -> None:
    fitted = quiet()
    measure = "waiting" if factor == "places" else "demand"
    before, after = projected(fitted), projected(fitted, CHANGES[factor])
    found = sf.explain(after, 2025, 2029, measure, **ROOM)
    difference = (after.draws(measure) - before.draws(measure)).sel(year=2029).to_numpy()
    assert difference.any()
    assert np.array_equal(part(found, factor)[:, 0], difference)
    alone = before.draws(measure)
    assert np.array_equal(part(found, "ageing")[:, 0], (alone.sel(year=2029) - alone.sel(year=2025)).to_numpy())
    assert not other_than(found, factor, "ageing").any()
    assert set(found.attrs["absent"]) == set(FACTORS) - {factor, "ageing"}


def test_support_that_becomes_plans_is_incidence() -> None:
    after = projected(quiet(), convert())
    found = sf.explain(after, 2025, 2029, "plans", **ROOM)
    assert part(found, "incidence").mean() > 30 and not other_than(found, "incidence", "ageing").any()


def test_a_backlog_cleared_is_assessment_throughput() -> None:
    fitted = sf.fit(sf.sample("leeds"))
    clear = {"kind": "clear_backlog", "plans": 600, "from": 2026, "years": 2, "reason": "test", "owner": "test"}
    plain, cleared = projected(fitted, to=2027, draws=8), projected(fitted, clear, to=2027, draws=8)
    more = sf.explain(cleared, 2025, 2027, "plans", **ROOM)
    less = sf.explain(plain, 2025, 2027, "plans", **ROOM)
    added = part(more, "assessment throughput") - part(less, "assessment throughput")
    assert 400 < added.mean() < 700
    # What was cleared by the first January is part of how things stand: then only its last year is left.
    late = sf.explain(cleared, 2026, 2027, "plans", **ROOM)
    still = sf.explain(plain, 2026, 2027, "plans", **ROOM)
    half = part(late, "assessment throughput") - part(still, "assessment throughput")
    assert 200 < half.mean() < 400


def test_worlds_share_all_that_comes_before_the_first_january() -> None:
    run = projected(quiet(), *CHANGES.values(), convert(**{"from": 2026}))
    found = sf.explain(run, 2027, 2029, "waiting", **ROOM)
    waiting = run.draws("waiting")
    assert np.array_equal(found.ends[:, 0, 0], waiting.sel(year=2027).to_numpy())
    assert np.array_equal(found.ends[:, 1, 0], waiting.sel(year=2029).to_numpy())


def test_with_more_factors_orders_are_sampled_and_parts_still_add() -> None:
    moving_residents = quiet(
        population_flows={
            "area": ["A"] * 26 + ["B"] * 26,
            "age": [*AGES] * 2,
            "leave": [0.0] + [0.02] * 25 + [0.0] + [0.02] * 25,
            "arrive": [60.0] + [1.0] * 25 + [60.0] + [1.0] * 25,
        }
    )
    run = projected(moving_residents, *CHANGES.values())
    found = sf.explain(run, 2025, 2029, "waiting", **ROOM)
    assert found.attrs["method"] == "rotations of 10 random circles" and found.attrs["worlds"] == 8 * 7 + 2
    change = found.ends[:, 1, 0] - found.ends[:, 0, 0]
    assert np.allclose(found.draws().sum("factor").to_numpy()[:, 0], change, rtol=0.0, atol=1e-9)
    assert list(found.attrs["absent"]) == ["assessment throughput"]
    again = sf.explain(run, 2025, 2029, "waiting", **ROOM | {"workers": 1})
    assert np.array_equal(found.draws().to_numpy(), again.draws().to_numpy())


def game(count: int) -> dict[frozenset[int], Any]:
    luck = np.random.default_rng(4)
    return {world: luck.integers(-50, 50, size=(3, 2)).astype(float) for world in exact(count).worlds}


def average_over_orders(values: dict[frozenset[int], Any], orders: list[tuple[int, ...]], factor: int) -> Any:
    added = []
    for order in orders:
        before = frozenset(order[: order.index(factor)])
        added.append(values[before | {factor}] - values[before])
    return np.mean(added, axis=0)


def test_exact_parts_are_the_average_over_all_orders() -> None:
    values = game(4)
    given = shares(exact(4), values, 4)
    for factor in range(4):
        assert np.allclose(given[factor], average_over_orders(values, list(permutations(range(4))), factor))


def test_rotations_of_all_circles_average_to_the_exact_parts_and_each_of_them_adds() -> None:
    values = game(4)
    whole = values[frozenset(range(4))] - values[frozenset()]
    found = []
    for circle in permutations(range(4)):
        plan = rotations(circle)
        assert len(plan.worlds) == 4 * 3 + 2
        for pairs in plan.pairs.values():
            everybody = frozenset(range(4))
            reverse = {(everybody - then, everybody - world): n for world, then, n in pairs}
            assert reverse == {(world, then): n for world, then, n in pairs}, "each order comes with its reverse"
        found.append(shares(plan, values, 4))
        assert np.allclose(np.sum(found[-1], axis=0), whole)
    assert np.allclose(np.mean(found, axis=0), shares(exact(4), values, 4))


def test_an_explanation_says_what_it_is_in_words_tables_and_html() -> None:
    run = projected(quiet(), CHANGES["incidence"])
    found = sf.explain(run, 2025, 2029, **ROOM)
    text = found.words()
    assert "incidence" in text and "January 2025" in text and "60 draws" in text
    assert "The largest parts" in found._repr_html_() and 'scope="col"' in found._repr_html_()
    assert found.to_polars().shape == found.to_pandas().shape
    assert pickle.loads(pickle.dumps(found)).to_pandas().equals(found.to_pandas())
    assert "lower bound" in found.to_pandas().attrs["basis"]
    note = found.to_pandas().set_index("factor").loc["housing", "note"]
    assert note == "nothing of it in this projection"


def test_what_cannot_be_explained_is_refused() -> None:
    run = projected(quiet())
    for years in ((2024, 2029), (2025, 2030), (2027, 2027), (2029, 2025)):
        with pytest.raises(sf.InputError, match="from 2025 to 2029"):
            sf.explain(run, *years, **ROOM)
    with pytest.raises(sf.InputError, match="from 2026"):
        sf.explain(run, 2025, 2029, "new_plans", **ROOM)
    with pytest.raises(sf.InputError, match="unknown measure"):
        sf.explain(run, 2025, 2029, "demnd", **ROOM)
    with pytest.raises(sf.InputError, match="no argument limit"):
        sf.explain(run, 2025, 2029, limit=3, **ROOM)
    with pytest.raises(sf.InputError, match="1 to 60"):
        sf.explain(run, 2025, 2029, draws=61, **ROOM)
    mean_path = sf.project(quiet(), to=2029, seed=1, expectation=True)
    with pytest.raises(sf.InputError, match="expectation-no-draws"):
        sf.explain(mean_path, 2025, 2029)


def test_an_interrupt_stops_the_runs() -> None:
    run = sf.project(sf.fit(sf.sample("leeds")), to=2035, draws=100, seed=1, measures=["plans"], progress=False)
    assert seconds_to_stop(lambda: sf.explain(run, 2025, 2035, progress=False)) < 1.0
