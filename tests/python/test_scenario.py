"""Scenarios: what the file says is what happens, and a bad one is refused whole with every fault named."""

import json
import pickle
from pathlib import Path

import pytest

import sufficiency as sf
from sufficiency.text_tables import toml_text
from test_measures import model

WHY = {"reason": "test", "owner": "test"}
NEW = {
    "id": "N",
    "setting": "special",
    "area": "A",
    "km": {"A": 1.0, "B": 9.0},
    "needs": ["ASD"],
    "age_from": 4,
    "age_to": 10,
}


def add(**change: object) -> dict[str, object]:
    return {"kind": "add_places", "site": "X", "places": 4, "opens": "2026-09"} | WHY | change


def scale(**change: object) -> dict[str, object]:
    return {"kind": "scale_rate", "rate": "new_plans", "factor": 1.1, "from": 2026} | WHY | change


def given(change: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in change.items() if value is not None}


def regime(**change: object) -> dict[str, object]:
    what = {"kind": "regime", "name": "reform", "weight": 0.3, "rate": "new_plans", "factor": 1.5, "from": 2027}
    return given(what | WHY | change)


def homes(**change: object) -> dict[str, object]:
    what = {"kind": "housing", "areas": ["A"], "dwellings": 900, "pupil_yield": 0.5, "from": 2027, "years": 2}
    return given(what | WHY | change)


def moving(**change: object) -> dict[str, object]:
    return given({"kind": "migration", "children_a_year": 100, "from": 2027} | WHY | change)


STOCK = {"area": ["A", "B"], "age": [6, 9], "need": ["ASD", "SEMH"], "kind": ["top_up"] * 2, "children": [30, 50]}


def convert(**change: object) -> dict[str, object]:
    what = {"kind": "convert_support", "support": "top_up", "share": 1.0, "from": 2027, "years": 3}
    return what | {"required": {"mainstream": 0.5, "special": 0.5}} | WHY | change


def scenario(*changes: dict[str, object]) -> sf.Scenario:
    return sf.Scenario(name="test", changes=changes)


def project(*scenarios: sf.Scenario, draws: int = 40, **options: object) -> sf.Projection:
    return sf.project(
        options.pop("fitted", None) or model(support=STOCK),
        to=2031,
        draws=draws,
        seed=3,
        scenario=scenarios or None,
        progress=False,
        **options,
    )


def places(run: sf.Projection, site: str) -> list[float]:
    table = run.places("site")
    return table[table["site"] == site]["mean"].tolist()


SAMPLES = {"baseline", "400-places", "400-late", "incidence-10", "backlog", "inclusion", "inclusion-funding"}


def test_the_samples_read_and_those_that_this_version_knows_apply() -> None:
    fitted = sf.fit(sf.sample("leeds"))
    for name in (
        "baseline",
        "400-places",
        "400-late",
        "incidence-10",
        "backlog",
        "inclusion",
        "inclusion-funding",
    ):
        run = sf.project(
            fitted,
            to=2027,
            draws=2,
            seed=1,
            scenario=sf.read_scenario(f"leeds/{name}"),
            margins=[["year"]],
            progress=False,
        )
        assert run.recipe["scenario"] == [sf.read_scenario(f"leeds/{name}").name]
    with pytest.raises(sf.ScenarioError, match="before-base-year"):
        sf.project(fitted, to=2027, draws=2, seed=1, scenario=sf.read_scenario("leeds/2014-strategy"))
    added = sum(change["places"] for change in sf.read_scenario("leeds/400-places").changes)
    assert added == 400


def test_a_scenario_without_changes_and_a_factor_of_one_change_nothing() -> None:
    base = project()
    assert project(scenario()).digest == base.digest
    assert project(scenario(scale(factor=1.0))).digest == base.digest
    assert project(scenario(scale(factor=1.0000001))).recipe["scenario"] == ["test"]


def test_one_file_or_two_in_order_give_the_same() -> None:
    first, second = add(places=3), scale(factor={"low": 1.05, "high": 1.4})
    one, two = project(scenario(first, second)), project(scenario(first), scenario(second))
    assert one.digest == two.digest != project().digest
    assert (
        one.digest
        == project(scenario(first, second), workers=1).digest
        == project(scenario(first, second), workers=7).digest
    )


def test_places_open_by_ramp_year_groups_and_delay_and_close() -> None:
    assert places(project(scenario(add())), "X") == [8, 8, 12, 12, 12, 12, 12]
    assert places(project(scenario(add(opens="2027-01", ramp=[0.5, 0.75, 1.0]))), "X") == [
        8,
        8,
        10,
        11,
        12,
        12,
        12,
    ]
    whole = {"site": NEW, "places": 7, "fill": "entry_years"}
    assert places(project(scenario(add(**whole))), "N") == [0, 0, 1, 2, 3, 4, 5]
    late = project(scenario(add(places=100, delay_years={"0": 0.25, "2": 0.75})), draws=4_000)
    mean = places(late, "X")
    assert mean[1] == 8 and abs(mean[2] - 33) < 3 and mean[4] == 108
    gone = {"kind": "remove_places", "site": "Y", "places": "all", "closes": "2028-09"} | WHY
    assert places(project(scenario(gone)), "Y") == [10, 10, 7, 7, 0, 0, 0]
    fewer = gone | {"places": 2}
    assert places(project(scenario(fewer)), "Y") == [10, 10, 7, 7, 5, 5, 5]
    part = project(scenario(add(site="Y", needs=["ASD"], age_from=4, age_to=10)))
    assert places(part, "Y") == [10, 10, 11, 11, 11, 11, 11]


def test_a_lever_pays_in_pairing_and_never_loses_a_new_plan() -> None:
    more, room = scenario(scale(factor=1.05)), scenario(add(places=60))
    base = project(draws=400, keep="draws")
    for option, measure, kind in ((more, "new_plans", "cell"), (room, "shortfall", "local")):
        run = project(option, draws=400, keep="draws", fitted=base.fitted)
        after, before = (each.draws(measure, kind=kind).sel(year=2030).values for each in (run, base))
        paired, unpaired = (after - before).var(), after.var() + before.var()
        assert unpaired >= 10 * paired > 0, (measure, unpaired / paired)
    cells = ["area", "age", "need"]
    one, two = (
        project(*each, draws=40, keep="draws", margins=[cells], measures=["new_plans"])
        .draws("new_plans", cells)
        .values
        for each in ([], [more])
    )
    assert (two >= one).all() and (two > one).any()


def test_the_parts_of_a_change_add_to_the_whole() -> None:
    base = project(draws=50)
    changes = [add(), scale(factor={"low": 1.1, "high": 1.3}), add(site="Z", places=2)]
    option = project(scenario(*changes), draws=50, fitted=base.fitted)
    whole = sf.compare(base, option, progress=False)
    parts = whole.split("shortfall", kind="local")
    assert parts.groupby("position")["what"].first().tolist() == ["add_places", "scale_rate", "add_places"]
    total = parts.groupby("year")["mean"].sum().to_numpy()
    assert total == pytest.approx(whole.shortfall(kind="local")["mean"].to_numpy())
    with pytest.raises(sf.InputError, match="no change to split"):
        sf.compare(base, base, progress=False).split("waiting")


def redirect(**change: object) -> dict[str, object]:
    given = {"kind": "redirect", "from_setting": "special", "to_setting": "mainstream", "share": 0.3, "from": 2026}
    return given | WHY | change


def test_a_redirect_moves_a_share_of_those_who_are_given_a_setting_and_nobody_else() -> None:
    axes = ["age", "setting"]
    # Without sites a child is where its plan says.
    fitted = model(sites=None, places=None, travel=None)

    def new_plans(*changes: dict[str, object]) -> sf.Projection:
        options = {"draws": 600, "keep": "draws", "margins": [axes], "measures": ["new_plans", "plans"]}
        return project(*([scenario(*changes)] if changes else []), fitted=fitted, **options)

    base, run = new_plans(), new_plans(redirect(at=["new_plan"], ages=[4, 10], full=2029))
    before, after = (each.draws("new_plans", axes) for each in (base, run))
    moved = (before - after).sel(setting="special")
    assert (moved >= 0).all() and moved.sel(age=12).sum() == moved.sel(age=3).sum() == 0
    assert ((after - before).sel(setting="mainstream") == moved).all()
    assert ((after - before).sel(setting="independent_special") == 0).all()
    special = before.sel(setting="special", age=slice(4, 10)).sum(["draw", "age"])
    share = moved.sel(age=slice(4, 10)).sum(["draw", "age"]) / special
    for year, expected in ((2026, 0.075), (2027, 0.15), (2029, 0.3), (2031, 0.3)):
        # Four standard errors of a share of so many children.
        error = 4 * (expected * (1 - expected) / float(special.sel(year=year))) ** 0.5
        assert abs(float(share.sel(year=year)) - expected) < error, year
    assert new_plans(redirect(share=0.0)).digest == base.digest
    everybody = new_plans(redirect(share=1.0)).draws("new_plans", axes)
    assert everybody.sel(setting="special", year=slice(2026, 2031)).sum() == 0
    mean = sf.project(run.fitted, to=2031, seed=1, expectation=True, scenario=scenario(redirect(share=0.4)))
    many = project(
        scenario(redirect(share=0.4)), draws=4_000, margins=[["setting"]], measures=["plans"], fitted=fitted
    )
    expected, found = (each.plans("setting").query("year == 2031") for each in (mean, many))
    gap = abs(found["mean"].to_numpy() - expected["mean"].to_numpy()) / found["mcse"].to_numpy()
    assert gap.max() < 4.5, gap


def test_an_uncertain_factor_keeps_to_its_interval() -> None:
    run = project(
        scenario(scale(factor={"low": 2.0, "high": 4.0})), draws=4_000, measures=["new_plans"], margins=[[]]
    )
    base = project(draws=4_000, measures=["new_plans"], margins=[[]])
    ratio = run.new_plans()["mean"].iloc[0] / base.new_plans()["mean"].iloc[0]
    # The mean of a lognormal with median sqrt(8) and 80% from 2 to 4.
    sd = 0.6931471805599453 / (2 * 1.2815515655446004)
    assert ratio == pytest.approx(8**0.5 * 2.718281828459045 ** (sd**2 / 2), rel=0.02)


NOTHING = [
    scale(factor=1.0, areas=["A"]),
    scale(rate="ceasing", factor=1.0, ages=[3, 7]),
    scale(rate="transfers_out", factor=3.0),
    regime(weight=0.0),
    regime(factor=1.0),
    homes(dwellings=0),
    moving(children_a_year=0, plans_a_year=0),
    convert(share=0.0),
]


@pytest.mark.parametrize("change", NOTHING, ids=lambda change: str(change["kind"]))
def test_a_change_of_nothing_differs_by_exactly_nothing(change: dict[str, object]) -> None:
    assert project(scenario(change)).digest == project().digest


SOMETHING = [
    scale(factor=1.4, areas=["B"], ages=[5, 9]),
    scale(rate="ceasing", factor=2.5, ages=[5, 15], needs=["SEMH"]),
    regime(cohorts_from=2024),
    homes(dwellings={"low": 2000, "high": 2001}),
    moving(plans_a_year=20, areas=["B"], children_a_year=3000),
    convert(at=["phase_transfer"]),
    convert(share=0.4, ages=[8, 12]),
]


@pytest.mark.parametrize("change", SOMETHING, ids=lambda change: str(change["kind"]))
def test_the_mean_of_the_draws_is_the_mean_path(change: dict[str, object]) -> None:
    # 84 means, each off by more than 4.5 standard errors with chance 7e-6: a false alarm in 1,700 runs.
    fitted = model(support=STOCK)
    options = {"to": 2031, "seed": 5, "scenario": scenario(change), "progress": False}
    run = sf.project(fitted, draws=4_000, measures=["plans"], margins=[["area", "need"]], **options)
    mean = sf.project(fitted, expectation=True, **options)
    unchanged = sf.project(fitted, to=2031, seed=5, expectation=True)
    found, expected = run.plans(["area", "need"]), mean.plans(["area", "need"])
    gap = (found["mean"] - expected["mean"]).abs() / found["mcse"].where(found["mcse"] > 0, 1e-9)
    assert gap.max() < 4.5, change
    assert (unchanged.plans(["area", "need"])["mean"] - expected["mean"]).abs().max() > 1, change


def test_a_stock_runs_out() -> None:
    def new_plans(*changes: dict[str, object]) -> object:
        kept = {"draws": 30, "measures": ["new_plans"], "margins": [["age"]], "keep": "draws"}
        return project(scenario(*changes), **kept).draws("new_plans").sum("year")

    assert (new_plans(convert(years=3)) - new_plans() == 80).all()


def test_changes_of_one_regime_come_together_or_not_at_all() -> None:
    both = scenario(
        regime(weight=0.3, rate="new_plans", factor=4.0, needs=["ASD"]),
        regime(weight=0.3, rate="new_plans", factor=4.0, needs=["SEMH"]),
    )
    options = {"draws": 400, "measures": ["new_plans"], "margins": [["need"]], "keep": "draws"}
    changed = project(both, **options).draws("new_plans", "need") != project(**options).draws("new_plans", "need")
    came = changed.any("year")
    assert (came.isel(need=0) == came.isel(need=1)).mean() > 0.99
    # 400 draws at 0.3: outside 0.2 to 0.4 with chance 1e-5.
    assert 0.2 < came.isel(need=0).mean() < 0.4
    with pytest.raises(sf.ScenarioError, match="changes-fight"):
        project(scenario(regime(), regime(weight=0.4)))


def test_a_regime_leaves_older_cohorts_as_they_are() -> None:
    changes = scenario(regime(weight=1.0, factor=3.0, cohorts_from=2027, **{"from": 2026}))
    options = {"draws": 200, "measures": ["new_plans"], "margins": [["age"]]}
    more = sf.compare(project(**options), project(changes, **options), progress=False).new_plans("age")
    changed, age = more["mean"] != 0, more["age"].astype(int)
    # In Reception in 2027 or later: 5 in 2028, 6 in 2029.
    younger = more["year"] - age + 4 >= 2027
    assert not changed[~younger].any() and changed[younger & age.between(4, 8)].all()


FAULTS = [
    ("unknown-kind", add(kind="add_place"), "add_places"),
    ("unknown-site", add(site="XX"), "did you mean X"),
    ("unknown-need", add(site=NEW | {"needs": ["ASDD"]}), "did you mean ASD"),
    ("unknown-setting", add(site=NEW | {"setting": "specal"}), "did you mean special"),
    ("site-setting", add(site=NEW | {"setting": "mainstream"}), "specialist"),
    ("unknown-area", add(site=NEW | {"area": "Q"}), "is not known"),
    ("travel-missing", add(site=NEW | {"km": {"A": 1.0}}), "every area"),
    ("site-twice", add(site=NEW | {"id": "X"}), "there already"),
    ("bad-age", add(site=NEW | {"age_from": 12, "age_to": 9}), "0 to 25"),
    ("before-base-year", add(opens="2024-09"), "base year 2025"),
    ("bad-month", add(opens="2027-13"), "2027-09"),
    ("bad-ramp", add(ramp=[0.5, 0.9]), "end at 1"),
    ("bad-ramp", add(ramp=[0.5, 1.0], fill="entry_years"), "not both"),
    ("bad-delay", add(delay_years={"0": 0.5, "1": 0.4}), "sum to 1"),
    ("bad-delay", add(delay_years={"soon": 1.0}), "whole"),
    ("unknown-field", add(place=3), "place"),
    ("missing-field", {key: value for key, value in add().items() if key != "owner"}, "owner"),
    ("missing-field", add(reason=" "), "blank"),
    ("bad-value", add(places=-3), ""),
    ("before-base-year", scale(**{"from": 2025}), "base year"),
    ("low-above-high", scale(factor={"low": 1.2, "high": 1.1}), "above"),
    ("out-of-range", scale(factor=-0.1), "0 to"),
    ("dates-out-of-order", scale(full=2025), "after"),
    ("out-of-range", redirect(share=1.2), "0 to 1"),
    ("out-of-range", redirect(share={"low": 0.0, "high": 0.2}), "between"),
    ("unknown-setting", redirect(to_setting="mainstreem"), "did you mean mainstream"),
    ("same-setting", redirect(to_setting="special"), "another"),
    ("no-trend", {"kind": "clear_backlog", "plans": 10, "from": 2026, "years": 2} | WHY, "scale_rate"),
    ("changes-fight", {"kind": "remove_places", "site": "X", "places": 11, "closes": "2027-09"} | WHY, "has 10"),
    ("unknown-area", scale(areas=["Q"]), "did you mean"),
    ("not-by-area", scale(rate="ceasing", areas=["A"]), "new_plans"),
    ("bad-value", scale(rate="growth"), ""),
    ("no-capacity", scale(rate="capacity"), "new_plans"),
    ("out-of-range", regime(weight=1.5), "0 to 1"),
    ("missing-field", regime(name=" "), "blank"),
    ("regime-incomplete", regime(factor=None), "one of the two"),
    ("regime-incomplete", regime(from_setting="special"), "one of the two"),
    ("unknown-area", homes(areas=["Q"]), "did you mean"),
    ("no-area", homes(areas=[]), "one area"),
    ("out-of-range", homes(pupil_yield=11.0), "0 to 10"),
    ("out-of-range", homes(years=0), "1 to 40"),
    ("before-base-year", homes(**{"from": 2025}), "base year"),
    ("nobody-moves", moving(children_a_year=None), "plans_a_year"),
    ("nobody-there", moving(plans_a_year=3, ages=[0, 1]), "base year"),
    ("unknown-need", moving(needs=["ASDD"]), "did you mean ASD"),
    ("unknown-support", convert(support="top_upp"), "did you mean top_up"),
    ("shares-not-one", convert(required={"special": 0.9}), "sum to 1"),
    ("unknown-setting", convert(required={"specal": 1.0}), "did you mean special"),
    ("out-of-range", convert(share=1.2), "0 to 1"),
    ("bad-point", convert(at=["new_plan"]), "phase_transfer"),
]


@pytest.mark.parametrize(
    ("slug", "change", "says"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_fault_is_named_with_its_line(slug: str, change: dict[str, object], says: str) -> None:
    text = 'schema = "1.0"\nname = "bad"\n\n' + "\n[[change]]\n" + toml_text(change)
    with pytest.raises(sf.ScenarioError) as caught:
        project(sf.Scenario._read(text, "bad.toml"))
    problems = {problem["slug"]: problem for problem in caught.value.problems}
    assert slug in problems and says in str(caught.value)
    assert problems[slug]["table"] == "bad.toml" and problems[slug]["row"] >= 5


def test_changes_that_fight_are_refused_and_all_problems_come_at_once() -> None:
    closing = {"kind": "remove_places", "site": "X", "places": "all", "closes": "2027-09"} | WHY
    for changes in ([closing, closing], [add(), closing], [closing, add(opens="2028-09")]):
        with pytest.raises(sf.ScenarioError, match=r"changes-fight|places-after-closing"):
            project(scenario(*changes))
    with pytest.raises(sf.ScenarioError) as caught:
        project(scenario(add(site="XX"), scale(**{"from": 2020}), add(ramp=[0.2])))
    assert [problem["slug"] for problem in caught.value.problems] == [
        "unknown-site",
        "before-base-year",
        "bad-ramp",
    ]


def test_files_that_are_no_scenarios_are_refused(tmp_path: Path) -> None:
    for text, slug in (
        ("", "newer-schema"),
        ('schema = "2.0"\nname = "x"', "newer-schema"),
        ('schema = "1.0"\nname = ""', "missing-field"),
        ('schema = "1.0"\nname = "x"\nchanges = []', "unknown-field"),
        ("schema = ", "bad-scenario"),
        ("change = 3", "bad-scenario"),
    ):
        path = tmp_path / "s.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(sf.ScenarioError, match=slug):
            sf.read_scenario(path)
    with pytest.raises(sf.InputError, match="400-places"):
        sf.read_scenario("leeds/500-places")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(sf.InputError, match="UTF-8"):
        sf.read_scenario(tmp_path / "latin.toml")


def test_a_scenario_goes_to_a_file_and_back_and_shows_who_and_why(tmp_path: Path) -> None:
    given = sf.read_scenario("leeds/400-places")
    given.save(tmp_path / "copy.toml")
    assert sf.read_scenario(tmp_path / "copy.toml") == given == pickle.loads(pickle.dumps(given))
    assert "Learning Places programme" in given._repr_html_() and "&" not in given.name
    run = project(scenario(add()), draws=10)
    assert pickle.loads(pickle.dumps(run)).digest == run.digest
    schema = sf.scenario_schema()
    assert {"schema", "name", "change"} <= set(schema["required"]) and json.dumps(schema)


def test_the_shipped_schema_is_current_and_agrees_with_the_reader() -> None:
    shipped = Path(sf.__file__).parent / "scenario.schema.json"
    assert json.loads(shipped.read_text("utf-8")) == sf.scenario_schema(), "make schema"
    import tomllib

    import jsonschema

    validator = jsonschema.Draft202012Validator(sf.scenario_schema())

    def valid(text: str) -> bool:
        return validator.is_valid(tomllib.loads(text))

    for path in (shipped.parent / "sample" / "leeds" / "scenarios").glob("*.toml"):
        text = path.read_text("utf-8")
        try:
            sf.read_scenario(path)
            read = True
        except sf.ScenarioError:
            read = False
        assert valid(text) == read, path.name
    # What the form alone can tell: the schema and the reader refuse the same.
    form = ("unknown-kind", "unknown-field", "missing-field", "bad-value")
    for slug, change, says in FAULTS:
        text = 'schema = "1.0"\nname = "bad"\n[[change]]\n' + toml_text(change)
        if slug in form and says != "blank":
            assert not valid(text), change
            with pytest.raises(sf.ScenarioError):
                sf.Scenario._read(text, "bad.toml")
