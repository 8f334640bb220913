"""Back-tests: scores are what they say, forecasts use nothing later, and the table adds up."""

import numpy as np
import pandas as pd
import pytest
from scoringrules import crps_ensemble

import sufficiency as sf
from sufficiency.backtest import OURS, actual_plans, seed_of
from sufficiency.naive import NAIVES, POOLED, log_drift
from sufficiency.scores import crps, inside, pit


@pytest.fixture(scope="module")
def inputs() -> sf.Inputs:
    return sf.sample("leeds")


@pytest.fixture(scope="module")
def result(inputs: sf.Inputs) -> sf.Backtest:
    return sf.backtest(inputs, origins=[2019, 2021], horizons=[1, 2, 3], draws=60, seed=1)


def test_crps_is_that_of_scoringrules() -> None:
    rng = np.random.default_rng(1)
    for n in (2, 7, 400):
        draws = rng.gamma(3, 20, n)
        for actual in (0.0, 35.0, 500.0):
            assert crps(draws, actual) == pytest.approx(
                float(crps_ensemble(actual, draws, estimator="nrg")), rel=1e-9
            )


def test_pit_of_a_true_forecast_is_uniform_and_its_intervals_cover_what_they_say() -> None:
    # 2,000 Poisson truths under their own law. Kolmogorov-Smirnov at 0.1%: 1.95 / sqrt(2000).
    rng = np.random.default_rng(2)
    draws = np.sort(rng.poisson(9, 4_000)).astype(float)
    truths = rng.poisson(9, 2_000).astype(float)
    found = np.sort([pit(draws, truth, u) for truth, u in zip(truths, rng.random(2_000), strict=True)])
    assert np.abs(found - (np.arange(2_000) + 0.5) / 2_000).max() < 1.95 / 2_000**0.5
    wrong = np.sort([pit(0.8 * draws, truth, 0.5) for truth in truths])
    assert np.abs(wrong - (np.arange(2_000) + 0.5) / 2_000).max() > 0.1
    # A discrete 90% interval holds a little more than 90%: 0.93 here.
    assert 0.91 < np.mean([inside(draws, truth, 90) for truth in truths]) < 0.96


def test_what_came_is_what_was_published(inputs: sf.Inputs) -> None:
    actual = actual_plans(inputs)
    assert actual["total"].loc[[2021, 2025]].tolist() == [4689.0, 6093.0]
    groups = actual.drop(columns=["total", "special"]).dropna()
    assert (groups.sum(axis=1) == actual.loc[groups.index, "total"]).all()


def test_a_forecast_uses_nothing_later(inputs: sf.Inputs) -> None:
    """The same forecast from inputs whose later years are wrong."""
    raw = {name: inputs.table(name) for name in inputs.as_of(2020).tables}
    authority = inputs.as_of(2020)._inner.authority
    for name, column in (
        ("plans", "plans"),
        ("flows", "plans"),
        ("requests", "requests"),
        ("population", "population"),
    ):
        later = raw[name]["year"] > 2020
        raw[name].loc[later, column] *= 3
    twisted = sf.Inputs.from_frames(authority, published=inputs.published, **raw).as_of(2020)
    assert sf.fit(twisted).fingerprint == sf.fit(inputs.as_of(2020)).fingerprint
    assert max(inputs.as_of(2020).table("plans")["year"]) == 2020 == inputs.as_of(2020).base_year


def test_one_row_a_model_and_forecast_and_scores_are_their_means(result: sf.Backtest) -> None:
    table = result.forecasts
    assert not table.duplicated(["model", "authority", "origin", "horizon", "part"]).any()
    assert set(table["model"]) == {OURS, *NAIVES}  # one authority has no others to take errors from
    total = table[(table["model"] == OURS) & (table["part"] == "total") & (table["horizon"] == 1)]
    scores = result.scores()
    row = scores[(scores["model"] == OURS) & (scores["part"] == "total") & (scores["horizon"] == 1)].iloc[0]
    assert row["crps"] == pytest.approx(100 * total["crps"].sum() / total["stock"].sum())
    assert row["mape"] == pytest.approx((100 * (total["p50"] / total["actual"] - 1)).abs().mean())
    skill = result.skill(by=["part"]).set_index(["model", "part"])["skill"]
    ours = table[table["model"] == OURS].groupby("part")["crps"].sum()
    flat = table[table["model"] == "flat"].groupby("part")["crps"].sum()
    assert skill["flat", "total"] == pytest.approx(1 - ours["total"] / flat["total"])
    assert skill["best of the naive set", "total"] == min(skill[name, "total"] for name in NAIVES)
    assert "<caption>" in result._repr_html_() and "1 authority," in repr(result)


def test_the_same_seed_gives_the_same_back_test(inputs: sf.Inputs, result: sf.Backtest) -> None:
    again = sf.backtest(inputs, origins=[2021, 2019], horizons=[3, 1, 2], draws=60, seed=1)
    pd.testing.assert_frame_equal(again.forecasts, result.forecasts)


def test_every_forecast_has_luck_of_its_own(inputs: sf.Inputs, result: sf.Backtest) -> None:
    """Under one seed for all, the draws of every authority would err together."""
    seeds = {seed_of(1, code, origin) for code in ("E1", "E2", "E3") for origin in range(2017, 2022)}
    assert len(seeds) == 15 and seed_of(2, "E1", 2017) not in seeds
    table = result.forecasts.set_index(["model", "origin", "horizon", "part"])
    for origin in (2019, 2021):
        run = sf.project(
            sf.fit(inputs.as_of(origin)),
            to=origin + 1,
            draws=60,
            seed=seed_of(1, inputs.code, origin),
            measures=["plans"],
            margins=[["year"]],
            progress=False,
        )
        middle = run.plans().set_index("year").loc[origin + 1, "p50"]
        assert table.loc[(OURS, origin, 1, "total"), "p50"] == middle


def test_drift_goes_on_by_the_mean_growth() -> None:
    history = pd.Series([100.0, 110.0, 121.0, 133.1], index=range(2011, 2015))
    draws = log_drift(3)(history, 2, 0.0)
    assert draws is not None and np.median(draws) == pytest.approx(133.1 * 1.21, rel=1e-3)
    assert log_drift(3)(history.iloc[-2:], 1, 0.0) is None


def test_the_pooled_benchmark_takes_the_errors_of_the_other_authorities() -> None:
    from sufficiency.backtest import _with_pooled

    rows = [
        {"model": POOLED, "authority": f"E{i}", "origin": 2020, "horizon": 1, "part": "total", "stock": 90.0}
        | {"actual": 100.0 + i, "p50": 100.0}
        for i in range(21)
    ]
    found = pd.DataFrame(_with_pooled(rows, np.random.default_rng(1)))
    assert len(found) == 21
    # Leaving out the largest error of all leaves 0 to 19: its own is not among them.
    assert found.loc[found["authority"] == "E20", "p50"].iloc[0] == pytest.approx(109.5)


def test_nothing_to_compare_is_an_error(inputs: sf.Inputs) -> None:
    with pytest.raises(sf.InputError, match="nothing-to-compare"):
        sf.backtest(inputs, origins=[2025], horizons=[1], draws=10, seed=1)
    with pytest.raises(TypeError):
        sf.backtest(inputs, origins=[2021])  # type: ignore[call-arg]
