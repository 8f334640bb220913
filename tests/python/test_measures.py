"""Places, who has one, who is short of one: identities that hold in every draw, and small cases by hand."""

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from worlds import world

SETTINGS = ("mainstream", "special", "independent_special")
CHILDREN = {
    "area": ["A", "A", "B", "B", "A", "B", "A"],
    "age": [5, 9, 6, 12, 13, 14, 17],
    "need": ["ASD", "SEMH", "ASD", "SEMH", "ASD", "ASD", "ASD"],
    "setting": ["special", "special", "special", "special", "independent_special", "mainstream", "special"],
    "plans": [6, 4, 5, 7, 3, 40, 2],
}
SITES = {
    "site": ["X", "Y", "Z"],
    "name": ["X", "Y", "Z"],
    "setting": ["special"] * 3,
    "authority": ["-"] * 3,
    "area": ["A", "B", "B"],
    "needs": ["ASD", "ASD;SEMH", "SEMH"],
    "age_from": [4, 4, 11],
    "age_to": [18, 15, 15],
    "tolerance": [0.0, 0.2, 0.0],
}
PLACES = {
    "site": ["X", "Y", "Z", "Y"],
    "year": [2025, 2025, 2025, 2027],
    "places": [10, 10, 5, 7],
    "status": ["open", "open", "open", "approved"],
    "counted_as": ["commissioned"] * 4,
    "held_for_others": [2, 0, 0, 0],
}
TRAVEL = {
    "area": ["A", "A", "A", "B", "B", "B"],
    "site": ["X", "Y", "Z"] * 2,
    "minutes": [5, 30, 40, 30, 6, 9],
    "km": [2.0, 11.5, 14.0, 11.5, 3.0, 4.0],
}
COSTS = {
    "setting": ["special", "special", "independent_special", "mainstream"],
    "need": ["all", "SEMH", "all", "all"],
    "place_filled": [10.0, 10.0, 0.0, 0.0],
    "place_empty": [9.0, 9.0, 0.0, 0.0],
    "top_up": [12.0, 15.0, 60.0, 8.0],
    "transport": [5.0, 6.0, 9.5, 0.5],
}


def model(**tables):
    given = world(
        areas=("A", "B"),
        needs=("ASD", "SEMH"),
        ceasing={"age": ["all"], "value": [0.06]},
        new_plans={"age": ["0-2", "3-15", "16-25"], "value": [0.0, 0.004, 0.0]},
        transitions={
            "age": ["all"] * 5,
            "setting": ["mainstream", "mainstream", "special", "special", "independent_special"],
            "to_setting": ["mainstream", "special", "special", "independent_special", "independent_special"],
            "value": [0.9, 0.1, 0.96, 0.04, 1.0],
        },
        first_setting={"age": ["all"] * 3, "to_setting": list(SETTINGS), "value": [0.5, 0.4, 0.1]},
    )
    given |= {"settings": SETTINGS, "plans": CHILDREN, "sites": SITES, "places": PLACES, "travel": TRAVEL}
    return sf.Fitted.from_parameters(**(given | {"costs": COSTS} | tables))


@pytest.fixture(scope="module")
def run() -> sf.Projection:
    return sf.project(model(), to=2031, draws=300, seed=4, keep="draws", progress=False)


AXES = [[], ["area"], ["age"], ["need"], ["area", "need"], ["phase", "need_group"]]


@pytest.mark.parametrize("by", AXES)
def test_demand_is_placed_and_independent_and_waiting_in_every_draw(run: sf.Projection, by: list[str]) -> None:
    parts = [run.draws(name, by).values for name in ("placed", "independent", "waiting")]
    np.testing.assert_array_equal(run.draws("demand", by).values, sum(parts))
    assert all(part.sum() > 0 for part in parts)


def test_nobody_is_admitted_above_tolerance_and_places_are_those_of_the_tables(run: sf.Projection) -> None:
    places = run.draws("places", ["site"]).sel(draw=0)
    assert places.sel(year=2026).values.tolist() == [8, 10, 5]
    assert places.sel(year=2031).values.tolist() == [8, 7, 5]
    rolls = run.draws("placed", ["site"], ages=(0, 25))
    # Y admits up to 12 of 10 places, then 8 of 7; those already there stay.
    assert rolls.sel(site="X").max() <= 8 and rolls.sel(site="Y").max() <= 12
    assert rolls.sel(site="Y", year=2031).max() <= 12


def test_local_shortfall_is_independent_and_waiting_and_over_number(run: sf.Projection) -> None:
    local = run.draws("shortfall", kind="local", ages=(0, 25)).values
    parts = [run.draws(name, ages=(0, 25)).values for name in ("independent", "waiting")]
    rolls, places = run.draws("placed", ["site"], ages=(0, 25)), run.draws("places", ["site"])
    over = np.maximum(rolls.values - places.values, 0).sum(axis=2)
    np.testing.assert_array_equal(local, sum(parts) + over)
    held = run.draws("places", kind="local", ages=(0, 25)).values
    np.testing.assert_array_equal(held, rolls.values.sum(axis=2) - over)
    assert over.max() > 0


def test_cell_shortfall_is_demand_without_places_summed_over_cells(run: sf.Projection) -> None:
    by = ["phase", "need_group"]
    demand, places = run.draws("demand", by).values, run.draws("places", by, ages=(4, 15)).values
    short = np.maximum(demand - places, 0)
    np.testing.assert_array_equal(run.draws("shortfall", by).values, short)
    np.testing.assert_array_equal(run.draws("shortfall").values, short.sum(axis=(2, 3)))
    table, draws = run.shortfall(), run.draws("shortfall").values
    np.testing.assert_allclose(table["p_shortfall"], (draws > 0).mean(axis=0))
    np.testing.assert_allclose(table["p_over_10"], (draws > 10).mean(axis=0))
    whole = np.sort(run.draws("demand").values, axis=0)
    assert table["places_80"].tolist() == whole[239].tolist()
    assert table["places_90"].tolist() == whole[269].tolist()


def test_the_minimum_is_a_floor_that_a_solver_agrees_with(run: sf.Projection) -> None:
    minimum = run.draws("shortfall", kind="minimum").values
    assert (minimum <= run.draws("shortfall", kind="local").values).all()
    assert (minimum < run.draws("shortfall", kind="local").values).any()
    from scipy.optimize import linprog

    ages, needs = range(4, 16), ("ASD", "SEMH")
    demand = run.draws("demand", ["age", "need"])
    outside = run.draws("placed", ["site", "age"], ages=(0, 25))
    places = run.draws("places", ["site"])
    pairs = [
        (cell, site)
        for cell, (age, need) in enumerate((a, n) for a in ages for n in needs)
        for site in range(3)
        if SITES["age_from"][site] <= age <= SITES["age_to"][site] and need in SITES["needs"][site].split(";")
    ]
    limits = np.array([[cell == c for cell, _ in pairs] for c in range(24)])
    rooms = np.array([[site == s for _, site in pairs] for s in range(3)])
    for draw in range(0, 300, 20):
        year = 2025 + draw // 20 % 7
        children = demand.sel(draw=draw, year=year).values.ravel()
        taken = outside.sel(draw=draw, year=year)
        others = [taken.sel(site=s).where(~taken["age"].isin(list(ages)), 0).sum() for s in "XYZ"]
        room = np.maximum(places.sel(draw=draw, year=year).values - np.array([int(n) for n in others]), 0)
        best = linprog(
            -np.ones(len(pairs)), A_ub=np.vstack([limits, rooms]), b_ub=np.concatenate([children, room])
        )
        assert minimum[draw, year - 2025] == children.sum() + round(best.fun)


def test_travel_utilisation_cost_and_shares_by_hand() -> None:
    # Nothing happens: the base year's children, seated as the table says.
    still = {
        "ceasing": {"age": ["all"], "value": [0.0]},
        "new_plans": {"age": ["all"], "value": [0.0]},
        "transitions": {"age": ["all"] * 3, "setting": SETTINGS, "to_setting": SETTINGS, "value": [1.0] * 3},
    }
    seats = {
        "site": ["X", "Y", "Y", "Z", "Y"],
        "year": [2025] * 5,
        "age": [5, 6, 9, 12, 12],
        "need": ["ASD", "ASD", "SEMH", "SEMH", "SEMH"],
        "plans": [6, 5, 3, 4, 2],
    }
    base = sf.project(model(occupied=seats, **still), to=2026, draws=3, seed=1, progress=False)
    first = {"year": 2025}

    def figures(table: pd.DataFrame) -> list[float]:
        return table[table["year"] == first["year"]]["mean"].tolist()

    assert figures(base.placed("site")) == [6, 10, 4]
    assert figures(base.waiting()) == [1 + 1] and figures(base.independent()) == [3]
    # 6 of 2.0 km, then at Y 5 of 3.0, 3 of 11.5 (from A), 2 of 3.0; at Z 4 of 4.0.
    assert figures(base.travel()) == pytest.approx([round((12 + 15 + 34.5 + 6 + 16) / 20, 1)])
    assert figures(base.travel(beyond=20, unit="minutes")) == [3]
    assert figures(base.utilisation("site")) == pytest.approx([6 / 8, 1.0, 0.8], abs=5e-4)
    # Children: special ASD 27 each (11), SEMH 31 each (9), independent 69.5 each (3), 42 in mainstream at 8.5 and
    # the two of 17 who wait there; places that nobody fills: 2 at X, 1 at Z.
    children = 11 * 27 + 9 * 31 + 3 * 69.5 + (40 + 2 + 2) * 8.5
    assert figures(base.cost("need", totals=True))[-1] == pytest.approx(children, abs=1)
    assert figures(base.cost()) == pytest.approx([children + 3 * 9], abs=1)
    shares = base.share("plans", ["need", "in_authority"], within=["need"])
    asd = shares[(shares["year"] == 2025) & (shares["need"] == "ASD")].set_index("in_authority")["mean"]
    assert asd[True] == pytest.approx(53 / 56, abs=5e-4) and asd[True] + asd[False] == pytest.approx(1.0)
    assert shares["in_authority"].dtype == bool


def test_latent_demand_lies_between_observed_and_upper_in_every_draw(run: sf.Projection) -> None:
    observed, latent, upper = (
        run.draws("demand", basis=basis).values for basis in ("observed", "latent", "upper")
    )
    assert (observed <= latent).all() and (latent <= upper).all() and (latent < upper).any()
    assert "elicited" in run.demand(basis="latent").attrs["basis"]


def test_a_shortfall_asked_too_finely_names_the_right_kind(run: sf.Projection) -> None:
    for by, kind in ((["area"], "cell"), (["need"], "cell"), (["phase"], "minimum"), (["site"], "cell")):
        with pytest.raises(sf.InputError, match="kind='local'"):
            run.shortfall(by, kind=kind)
    with pytest.raises(sf.InputError, match="whole phases"):
        run.shortfall(ages=(5, 9))
    with pytest.raises(sf.InputError, match="kind='cell'"):
        run.shortfall(kind="local", basis="latent")
    with pytest.raises(sf.InputError, match="local"):
        run.places("area")
    expected = sf.project(model(), to=2027, seed=1, expectation=True)
    with pytest.raises(sf.InputError, match="expectation-no-places"):
        expected.shortfall()
    assert expected.demand()["mean"].iloc[0] == 27 - 2


def test_measures_asked_for_together_are_each_what_it_is_alone() -> None:
    """Many at once are counted from children in groups, one alone child by child."""
    measures = ["plans", "demand", "placed", "waiting", "independent", "cost", "shortfall:local", "utilisation"]
    margins = [["phase", "need"], ["need", "setting"], ["site"], ["area"], ["nc_year"]]
    options = {"to": 2028, "draws": 40, "seed": 6, "progress": False}
    together = sf.project(model(), measures=measures, margins=margins, **options)
    for measure in measures:
        name, _, kind = measure.partition(":")
        for by in margins if measure != "utilisation" else [["site"]]:
            alone = sf.project(model(), measures=[measure], margins=[by], **options)
            ask = {"by": by, "kind": kind} if kind else {"by": by}
            pd.testing.assert_frame_equal(getattr(together, name)(**ask), getattr(alone, name)(**ask))


def test_a_comparison_is_paired_and_exact(run: sf.Projection) -> None:
    more = sf.Scenario(
        name="More",
        changes=[
            {
                "kind": "add_places",
                "site": "X",
                "places": 6,
                "opens": "2026-09",
                "reason": "test",
                "owner": "test",
            }
        ],
    )
    fitted = run.fitted
    base = sf.project(fitted, to=2031, draws=300, seed=4, keep="draws", progress=False)
    option = sf.project(fitted, to=2031, draws=300, seed=4, keep="draws", scenario=more, progress=False)
    change = sf.compare(base, option, progress=False)
    for name, kind in (("waiting", "cell"), ("shortfall", "local"), ("placed", "cell")):
        difference = option.draws(name, kind=kind).values - base.draws(name, kind=kind).values
        ask = {"kind": kind} if name == "shortfall" else {}
        table = getattr(change, name)(**ask)
        np.testing.assert_allclose(table["mean"], difference.mean(axis=0))
        np.testing.assert_allclose(table["p_below_zero"], (difference < 0).mean(axis=0))
    assert (change.plans()["mean"] == 0).all() and (change.plans()["sd"] == 0).all()
    again = sf.compare(base, base, progress=False)
    for table in (again.shortfall(kind="local"), again.cost(), again.travel(), again.placed("site")):
        assert (table[["mean", "sd", "p5", "p95", "p_below_zero"]] == 0).all(axis=None)
    other = sf.project(fitted, to=2031, draws=300, seed=5, progress=False)
    with pytest.raises(sf.InputError, match="seed 4 and 5"):
        sf.compare(base, other)
