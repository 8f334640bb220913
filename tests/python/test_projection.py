"""The face of a projection: columns, order, filters, conversions, errors, interruption."""

import numpy as np
import pytest

import sufficiency as sf
from interrupts import seconds_to_stop
from sufficiency import _core
from worlds import world

COLUMNS = ["mean", "sd", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "mcse"]


@pytest.fixture(scope="module")
def projection() -> sf.Projection:
    model = world(
        children={5: 40, 12: 30, 17: 20},
        areas=("LS10", "LS1"),
        needs=("SEMH", "ASD"),
        ceasing={"age": ["all"], "value": [0.05]},
        new_plans={"age": ["all"], "value": [0.004]},
    )
    fitted = sf.Fitted.from_parameters(**model)
    return sf.project(fitted, to=2028, draws=300, seed=1, keep="draws", progress=False)


def test_columns_and_order_are_those_of_the_contract(projection: sf.Projection) -> None:
    table = projection.plans(["need", "area"])
    assert list(table.columns) == ["year", "need", "area", *COLUMNS]
    assert list(table["year"].unique()) == [2025, 2026, 2027, 2028]
    assert list(table["need"].unique()) == ["SEMH", "ASD"], "declared order"
    assert list(table["area"].unique()) == ["LS10", "LS1"]
    assert list(projection.new_plans()["year"]) == [2026, 2027, 2028], "flows start at the January after"


def test_quantiles_are_those_of_the_kept_draws(projection: sf.Projection) -> None:
    draws = projection.draws("plans", ["need"])
    assert draws.dims == ("draw", "year", "need")
    table = projection.plans("need", above=30)
    for row in table.itertuples():
        values = draws.sel(year=row.year, need=row.need).values
        assert np.allclose(
            [row.p5, row.p50, row.p95], np.quantile(values, [0.05, 0.5, 0.95]), atol=1e-12, rtol=1e-12
        )
        assert row.mean == pytest.approx(values.mean(), rel=1e-12)
        assert row.p_above == pytest.approx((values > 30).mean())


def test_where_counts_only_those_children(projection: sf.Projection) -> None:
    draws = projection.draws("plans", ["age", "need"])
    primary = projection.plans("need", where={"phase": "primary"})
    several = projection.plans(where={"age": [5, 6, 7], "need": "ASD"})
    assert primary["mean"].to_numpy() == pytest.approx(
        draws.sel(age=range(4, 11)).sum("age").mean("draw").values.ravel()
    )
    assert several["mean"].to_numpy() == pytest.approx(
        draws.sel(age=[5, 6, 7], need="ASD").sum("age").mean("draw").values
    )
    assert list(projection.plans("need", where={"need": "ASD"})["need"].unique()) == ["ASD"]


def test_demand_is_of_school_age_and_specialist_settings(projection: sf.Projection) -> None:
    plans = projection.draws("plans", ["age", "setting"]).sel(setting="special")
    demand = projection.demand()["mean"].to_numpy()
    assert demand == pytest.approx(plans.sel(age=range(4, 16)).sum("age").mean("draw").values)
    sixth = projection.demand(ages=(16, 18))["mean"].to_numpy()
    assert sixth == pytest.approx(plans.sel(age=range(16, 19)).sum("age").mean("draw").values)
    assert "observed" in projection.demand().attrs["basis"]


def test_totals_add_up_and_levels_join_by_shared_columns(projection: sf.Projection) -> None:
    table = projection.plans(["area", "need"], totals=True)
    first = table[table["year"] == 2028].set_index(["area", "need"])["mean"]
    assert first["all", "all"] == pytest.approx(first.drop("all", level=0).drop("all", level=1).sum())
    levels = {"need": ["ASD", "SEMH"], "above": [10, 20]}
    joined = projection.plans("need", above=levels)
    asd = projection.plans("need", above=10)
    assert (
        joined[joined["need"] == "ASD"]["p_above"].to_numpy() == asd[asd["need"] == "ASD"]["p_above"].to_numpy()
    ).all()


def test_conversions_keep_every_figure(projection: sf.Projection) -> None:
    plain = projection.plans("need")
    polars = projection.plans("need", as_="polars")
    arrow = projection.plans("need", as_="arrow")
    assert polars.columns == list(plain.columns) == arrow.column_names
    assert (polars["mean"].to_numpy() == plain["mean"].to_numpy()).all()
    assert (arrow["p95"].to_numpy() == plain["p95"].to_numpy()).all()
    assert "<table" in projection._repr_html_()
    assert "300 draws" in repr(projection)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"draws": 0}, "draws"),
        ({"draws": 2.5}, "draws"),
        ({"draws": 10**9}, "draws"),
        ({"to": 2024}, "horizon"),
        ({"to": 2025}, "horizon"),
        ({"to": 2200}, "horizon"),
        ({"workers": 0}, "workers"),
        ({"workers": 100_000}, "workers"),
        ({"seed": -1}, "seed"),
        ({"keep": "everything"}, "keep"),
        ({"margins": [["postcode"]]}, "postcode"),
    ],
)
def test_bad_arguments_are_input_errors_that_name_the_rule(arguments: dict, word: str) -> None:
    fitted = sf.Fitted.from_parameters(**world())
    with pytest.raises(sf.InputError, match=word):
        sf.project(fitted, **({"to": 2030, "draws": 10, "seed": 1} | arguments))


def test_seed_has_no_default() -> None:
    with pytest.raises(TypeError):
        sf.project(sf.Fitted.from_parameters(**world()), to=2030)  # type: ignore[call-arg]


def test_unknown_axes_codes_and_levels_are_named_with_the_nearest(projection: sf.Projection) -> None:
    with pytest.raises(sf.InputError, match="did you mean need"):
        projection.plans("needs")
    with pytest.raises(sf.InputError, match="did you mean ASD"):
        projection.plans("need", where={"need": "ASDD"})
    with pytest.raises(sf.InputError, match="level"):
        projection.plans("need", above={"need": ["ASD"], "above": [1]})
    with pytest.raises(sf.InputError, match="latent"):
        projection.demand(basis="guess")
    with pytest.raises(sf.InputError, match="no-sites"):
        projection.shortfall()


def test_every_problem_of_explicit_tables_is_reported_at_once() -> None:
    model = world(children={5: 10})
    model["ceasing"] = {"age": ["0-10", "5-25"], "value": [0.1, 1.4]}
    model["plans"] = dict(model["plans"]) | {"need": ["ASDD"]}
    with pytest.raises(sf.InputError) as caught:
        sf.Fitted.from_parameters(**model)
    assert {"unknown-code"} <= {problem["slug"] for problem in caught.value.problems}
    model["plans"]["need"] = ["ASD"]
    with pytest.raises(sf.InputError) as caught:
        sf.Fitted.from_parameters(**model)
    slugs = {problem["slug"] for problem in caught.value.problems}
    assert {"overlapping-rows", "bad-parameter"} <= slugs


def test_a_missing_parameter_row_is_an_error() -> None:
    model = world(children={5: 10}, new_plans={"age": ["0-24"], "value": [0.1]})
    with pytest.raises(sf.InputError, match="missing-rows"):
        sf.Fitted.from_parameters(**model)


def test_shares_of_independent_places_cover_every_phase_and_need_once() -> None:
    def slugs(*phases: str) -> dict[str, str]:
        shares = {"phase": phases, "need": ["ASD", "all", "ASD"], "share": [0.1, 0.2, 0.4]}
        with pytest.raises(sf.InputError) as caught:
            sf.Fitted.from_parameters(**world(independent_share=shares))
        return {problem["slug"]: problem["message"] for problem in caught.value.problems}

    assert set(slugs("primary", "primary", "secondary")) == {"overlapping-rows", "missing-rows"}
    assert "nearest is secondary" in slugs("primary", "primary", "secndary")["unknown-code"]


def test_ctrl_c_stops_within_a_second_and_leaves_everything_usable() -> None:
    model = world(children={5: 20_000}, new_plans={"age": ["all"], "value": [0.05]}, residents=5_000)
    fitted = sf.Fitted.from_parameters(**model)
    assert seconds_to_stop(lambda: sf.project(fitted, to=2050, draws=1_000_000, seed=1, progress=False)) < 1.0
    assert sf.project(fitted, to=2026, draws=2, seed=1, progress=False).plans().shape[0] == 2


def test_progress_is_told_and_can_be_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = sf.Fitted.from_parameters(**world(children={5: 10}))
    sf.project(fitted, to=2026, draws=10, seed=1, progress=False)
    assert capsys.readouterr().err == ""


def test_work_is_counted_exactly_and_the_same_on_every_machine(projection: sf.Projection) -> None:
    child_years, words = _core.work(projection.fitted._core, 2028, (0, 300), 1)
    draws = projection.draws("plans", ["age"])
    # Everybody with a plan in January but those who pass the age limit is asked once in the year that follows.
    assert child_years == int(draws.sel(year=[2025, 2026, 2027], age=list(range(25))).sum())
    parts = [_core.work(projection.fitted._core, 2028, part, 1) for part in ((0, 100), (100, 300))]
    assert (child_years, words) == tuple(map(sum, zip(*parts, strict=True)))
    # Made by this test: it changes only in a commit that says why the engine does more, or less.
    assert (child_years, words) == (425258, 914306)


def test_what_would_not_fit_in_memory_is_refused_with_what_was_asked_and_what_is_allowed() -> None:
    codes = {"areas": tuple(f"A{i}" for i in range(200)), "needs": tuple(f"N{i}" for i in range(60))}
    fitted = sf.Fitted.from_parameters(**world(children={5: 1}, **codes))
    axes = ["area", "age", "need", "setting"]
    with pytest.raises(sf.InputError, match=r"series were asked for.*20000000.*\[too-many-series\]"):
        sf.project(fitted, to=2065, draws=1, seed=1, margins=[axes], progress=False)
    base = sf.project(fitted, to=2065, draws=1, seed=1, measures=["plans"], margins=[[]], progress=False)
    with pytest.raises(sf.InputError, match=r"\[too-many-series\]"):
        base.plans(axes)
    with pytest.raises(sf.InputError, match=r"of 9000000 draws were to be kept.*500000000.*\[too-many-kept\]"):
        sf.project(fitted, to=2065, draws=9_000_000, seed=1, margins=[["need"]], keep="draws", progress=False)
