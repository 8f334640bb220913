"""Laws that every projection keeps, and closed forms that it meets."""

import itertools
import pickle

import numpy as np
import pytest

import sufficiency as sf
from oracle.model import random_model
from worlds import world

ALL = ["area", "age", "need", "setting"]


def run(model: dict, to: int = 2030, draws: int = 200, seed: int = 1, **options: object) -> sf.Projection:
    return sf.project(sf.Fitted.from_parameters(**model), to=to, draws=draws, seed=seed, progress=False, **options)


def kept(model: dict, measure: str, by: list[str], **options: object) -> np.ndarray:
    return run(model, keep="draws", margins=[by], measures=[measure], **options).draws(measure, by).values


def fixed(model: dict) -> dict:
    """The same model with every random table at its mean: rates are then known."""
    point = dict(model)
    for name, table in model.items():
        if not isinstance(table, dict) or name in ("shocks", "population_walk"):
            continue
        table = dict(table)
        if "beta" in table:
            alpha, beta = (np.asarray(table.pop(key), float) for key in ("alpha", "beta"))
            table["value"] = list(alpha / (alpha + beta))
        elif "alpha" in table:
            table["value"] = table.pop("alpha")
        elif "shape" in table:
            table.pop("shape")
            table["value"] = table.pop("mean")
        point[name] = table
    point.pop("shocks", None)
    point.pop("population_walk", None)
    return point


# Expectation and matrix powers


def cohort_by_matrix(hazard: float, stay: float, years: int, children: int) -> tuple[float, float]:
    """Expected children in special and mainstream after some years, by powers of the yearly matrix."""
    matrix = (1 - hazard) * np.array([[stay, 1 - stay], [0.0, 1.0]])
    return tuple(children * np.array([1.0, 0.0]) @ np.linalg.matrix_power(matrix, years))


def one_cohort(hazard: float = 0.1, stay: float = 0.8, children: int = 400) -> dict:
    return world(
        children={5: children},
        ceasing={"age": ["all"], "value": [hazard]},
        transitions={
            "age": ["all"] * 3,
            "setting": ["special", "special", "mainstream"],
            "to_setting": ["special", "mainstream", "mainstream"],
            "value": [stay, 1 - stay, 1.0],
        },
    )


def test_expectation_mode_equals_matrix_powers() -> None:
    table = run(one_cohort(), to=2035, expectation=True).plans("setting", where={"age": list(range(26))})
    for year in range(2026, 2036):
        special, mainstream = cohort_by_matrix(0.1, 0.8, year - 2025, 400)
        rows = table[table["year"] == year].set_index("setting")["mean"]
        assert rows["special"] == pytest.approx(special, rel=1e-9)
        assert rows["mainstream"] == pytest.approx(mainstream, rel=1e-9)


def test_means_agree_with_expectation_at_fixed_parameters() -> None:
    """Cells pooled to at least 50 expected events; family-wise false alarm 0.1% (Bonferroni)."""
    tests = []
    draws = 20_000
    for seed in range(12):
        model = random_model(seed)
        years = model.pop("years")
        model = fixed(model)
        model["exposure"] = "residents"
        to = model["base_year"] + years
        simulated, expected = run(model, to=to, draws=draws), run(model, to=to, expectation=True)
        for by in (["need", "setting"], ["area", "age"]):
            figures, means = simulated.plans(by), expected.plans(by)["mean"].to_numpy()
            enough = (means * draws >= 50) & (figures["sd"].to_numpy() > 0)
            z = (figures["mean"].to_numpy() - means)[enough] / figures["mcse"].to_numpy()[enough]
            tests.append(z)
            certain = figures["sd"].to_numpy() == 0
            assert np.abs(figures["mean"].to_numpy() - means)[certain & enough].max(initial=0) < 1e-9
    z = np.concatenate(tests)
    # Two-sided normal quantile of 0.001 / n for n up to a few thousand series.
    assert len(z) > 500
    assert np.abs(z).max() < 5.3


def test_doubling_base_and_exposure_doubles_expectations_exactly() -> None:
    for seed in range(6):
        model = random_model(seed)
        years = model.pop("years")
        model.pop("transfers_in", None)
        double = {name: dict(table) if isinstance(table, dict) else table for name, table in model.items()}
        for name, columns in (
            ("plans", ["plans"]),
            ("population", ["population"]),
            ("population_flows", ["arrive"]),
            ("exposure_path", ["population"]),
        ):
            if name in double:
                for column in columns:
                    double[name][column] = [2 * value for value in double[name][column]]
        to = model["base_year"] + years
        once = run(model, to=to, expectation=True).plans(ALL)["mean"].to_numpy()
        twice = run(double, to=to, expectation=True).plans(ALL)["mean"].to_numpy()
        assert (twice == 2 * once).all()


def test_zero_rates_leave_only_ageing_and_the_age_limit() -> None:
    held = {age: age + 1 for age in range(26)}
    counts = kept(world(children=held), "plans", ["age"], to=2035, draws=3)
    for year in range(11):
        expected = [0] * year + [age + 1 for age in range(26 - year)]
        assert (counts[:, year] == expected).all()


# Variances


def survivors(draws: int, hazard: tuple[float, float], children: int) -> np.ndarray:
    model = world(
        children={5: children},
        ceasing={"age": ["all"], "alpha": [hazard[0]], "beta": [hazard[1]]},
    )
    return kept(model, "plans", [], to=2035, draws=draws)[:, -1].ravel()


def survivor_variance(a: float, b: float, n: int, years: int) -> float:
    """Variance with a hazard drawn once, Beta(a, b): n (E_T - E_2T) + n^2 (E_2T - E_T^2)."""

    def stays(k: int) -> float:
        return float(np.prod([(b + i) / (a + b + i) for i in range(k)]))

    once, twice = stays(years), stays(2 * years)
    return n * (once - twice) + n**2 * (twice - once**2)


def test_survivor_variance_is_that_of_parameters_drawn_once() -> None:
    """50,000 draws: the sampling error of the ratio is about 0.7%, so 3% is over four standard errors."""
    found = survivors(50_000, (50.0, 450.0), 500)
    expected = survivor_variance(50.0, 450.0, 500, 10)
    assert found.var(ddof=1) / expected == pytest.approx(1.0, abs=0.03)


def test_a_mutant_that_redraws_every_year_fails_the_survivor_test() -> None:
    rng = np.random.default_rng(1)
    alive = np.full(50_000, 500)
    for _ in range(10):
        alive = rng.binomial(alive, 1 - rng.beta(50.0, 450.0, alive.size))
    assert abs(alive.var(ddof=1) / survivor_variance(50.0, 450.0, 500, 10) - 1) > 0.3


def one_year_of_new_plans(groups: str, draws: int) -> np.ndarray:
    areas = tuple(f"A{i}" for i in range(5))
    needs = ("ASD", "SEMH", "SLD")
    rows = [(age, need) for age in range(26) for need in needs]
    # The mutant gives every cell a shock of its own in place of one a need.
    names = [need if groups == "need" else f"{age}-{need}" for age, need in rows]
    model = world(
        areas=areas,
        needs=needs,
        residents=100,
        new_plans={"age": ["all"], "value": [0.02]},
        shocks={
            "age": [age for age, _ in rows],
            "need": [need for _, need in rows],
            "group": names,
            "shape": [20.0] * len(rows),
        },
    )
    return kept(model, "new_plans", ["need"], to=2026, draws=draws)[:, 0]


def test_variance_of_new_plans_is_poisson_plus_a_shared_shock() -> None:
    """E + w E^2 for each group, w = 1/20; 40,000 draws give a standard error of about 0.8%."""
    counts = one_year_of_new_plans("need", 40_000)
    mean = 5 * 26 * 100 * 0.02
    for need in range(3):
        assert counts[:, need].mean() == pytest.approx(mean, rel=0.01)
        assert counts[:, need].var(ddof=1) / (mean + mean**2 / 20) == pytest.approx(1.0, abs=0.05)


def test_a_mutant_with_independent_cells_fails_the_shock_test() -> None:
    counts = one_year_of_new_plans("cell", 4_000)
    mean = 5 * 26 * 100 * 0.02
    assert counts[:, 0].var(ddof=1) / (mean + mean**2 / 20) < 0.5


# Monotone and paired


def test_higher_incidence_never_yields_fewer_new_plans() -> None:
    rows = [(age, need) for age in range(26) for need in ("ASD", "SEMH")]

    def model(factor: float) -> dict:
        return world(
            areas=("A", "B"),
            needs=("ASD", "SEMH"),
            residents=700,
            new_plans={
                "age": [age for age, _ in rows],
                "need": [need for _, need in rows],
                "shape": [20.0] * len(rows),
                "mean": [factor * 0.002 * (1 + age % 5) for age, _ in rows],
            },
            shocks={"age": ["all"], "group": ["one"], "shape": [10.0]},
        )

    axes = ["area", "age", "need"]
    counts = [kept(model(factor), "new_plans", axes, to=2032) for factor in (1.0, 1.05, 1.5, 20.0)]
    for lower, higher in itertools.pairwise(counts):
        assert (higher >= lower).all()
        assert (higher > lower).any()


# Same bytes


def test_the_first_draws_of_a_longer_run_are_the_draws_of_a_shorter_one() -> None:
    model = random_model(7, "medium")
    years = model.pop("years")
    to = model["base_year"] + years
    short, long = (kept(model, "plans", ALL, to=to, draws=draws) for draws in (100, 1_000))
    assert (long[:100] == short).all()


def test_same_bytes_at_any_number_of_workers_and_after_pickling() -> None:
    model = random_model(8, "medium")
    years = model.pop("years")
    to = model["base_year"] + years
    one = run(model, to=to, draws=500, workers=1)
    for workers in (2, 7):
        assert run(model, to=to, draws=500, workers=workers).digest == one.digest
    assert pickle.loads(pickle.dumps(one)).digest == one.digest


def test_permuted_rows_and_codes_give_the_same_tables() -> None:
    model = random_model(9, "medium")
    years = model.pop("years")
    to = model["base_year"] + years
    turned = {
        name: {column: list(values)[::-1] for column, values in value.items()}
        if isinstance(value, dict) and name != "population_walk"
        else list(value)[::-1]
        if name in ("areas", "needs", "settings")
        else value
        for name, value in model.items()
    }
    key = ["year", *ALL]
    first, second = (run(each, to=to).plans(ALL).sort_values(key, ignore_index=True) for each in (model, turned))
    assert first.equals(second)


def test_any_other_grouping_is_the_one_counted_at_once() -> None:
    """A re-run for an undeclared margin sees the same children as a declared one."""
    model = random_model(10, "medium")
    years = model.pop("years")
    to = model["base_year"] + years
    declared = run(model, to=to, margins=[ALL]).plans(["need", "age"])
    asked_later = run(model, to=to, margins=[["area"]]).plans(["need", "age"])
    assert declared.equals(asked_later)
    total = run(model, to=to).plans(["age"], totals=True)
    assert (total[total["age"] == "all"]["mean"].to_numpy() == run(model, to=to).plans()["mean"].to_numpy()).all()
