"""Statutory and standard outputs: they re-add to the draws, regroup as the standards say, refuse what is wrong."""

import io

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from sufficiency.release import csv_bytes
from sufficiency.returns.codes import academic_year, dated, regrouped
from sufficiency.returns.scap import HEADS, planning_areas

YEARS = {"primary": 5, "secondary": 7}


@pytest.fixture(scope="module")
def run() -> sf.Projection:
    return sf.project(sf.fit(sf.sample("leeds")), to=2032, draws=41, seed=2, progress=False)


@pytest.fixture(scope="module")
def found(run: sf.Projection) -> sf.Scap:
    return sf.scap(run)


def test_the_return_re_adds_to_the_draws_under_its_rounding_rule(run: sf.Projection, found: sf.Scap) -> None:
    again = sf.project(
        run.fitted, to=2032, draws=41, seed=2, keep="draws", progress=False,
        margins=[["age", "setting"]], measures=["demand", "plans"],
    )  # fmt: skip
    demand = again.draws("demand", ["age", "setting"])
    plans = again.draws("plans", ["age", "setting"])
    parts = {
        "UR": [(demand, "resourced"), (demand, "sen_unit")],
        "SS": [(demand, "special"), (demand, "partnership"), (demand, "nmss")],
        "IN": [(demand, "independent_special"), (plans, "independent_mainstream")],
        "AP": [(plans, "ap")],
    }
    rows = found.table.table.to_dict("records")
    assert len(rows) == 2 * 4 * (6 + 8)
    for row in rows:
        year = 2000 + int(row["academic_year"][-2:])
        groups = range(7) if "-P-" in row["planning_area_code"] else range(7, 12)
        summary = np.median if row["statistic"] == "median" else np.mean
        total = 0.0
        for group, head in enumerate(HEADS):
            if group not in groups:
                assert row[head] == "z"
                continue
            pupils = sum(
                each.sel(year=year, age=group + 4, setting=code).values
                for each, code in parts[row["provision_type"]]
            )
            assert row[head] == np.floor(summary(pupils) + 0.5)
            total = total + pupils
        assert row["total"] == np.floor(summary(total) + 0.5)


def test_horizons_year_groups_and_academic_years(found: sf.Scap) -> None:
    table = found.table.table
    assert academic_year(2026) == "2025/26" and academic_year(2000) == "1999/00"
    for code, held in table.groupby("planning_area_code"):
        phase = "primary" if "-P-" in code else "secondary"
        assert code.startswith("383")
        forecast = held.loc[held["figure"] == "forecast", "academic_year"].unique()
        assert list(forecast) == [academic_year(2025 + ahead) for ahead in range(1, YEARS[phase] + 1)]
        assert list(held.loc[held["figure"] == "actual", "academic_year"].unique()) == ["2024/25"]
    assert table["planning_area_code"].nunique() == 8
    assert "need" not in table.columns and "year_12" not in table.columns


def test_checks_find_the_census_a_far_off_forecast_and_odd_survival(run: sf.Projection, found: sf.Scap) -> None:
    checks = found.checks.set_index("check")
    assert checks.loc["census", "ok"] and checks.loc["back-check", "ok"] is None
    before = found.table.table.copy()
    before.loc[before["figure"] == "actual", "figure"] = "forecast"
    assert sf.scap(run, previous=before).checks.set_index("check").loc["back-check", "ok"]
    before["total"] = before["total"] * 2
    far = sf.scap(run, previous=before).checks.set_index("check").loc["back-check"]
    assert not far["ok"] and "383-P-SS" in far["finding"]
    from sufficiency.returns.checks import survival_check

    table = found.table.table
    assert survival_check(table)[0]["ok"]
    hit = (table["planning_area_code"] == "383-P-SS") & (table["academic_year"] == "2027/28")
    table.loc[hit, "year_3"] = [5 * value for value in table.loc[hit, "year_3"]]
    assert "383-P-SS year_3 2027/28" in str(survival_check(table)[0]["finding"])


def test_wrong_planning_areas_are_refused_all_at_once(run: sf.Projection) -> None:
    right = dated("scap_areas", 2025)
    geographic = run.fitted._recipe["inputs"].table("areas")
    with pytest.raises(sf.InputError, match="wrong-planning-areas") as refused:
        sf.scap(run, areas=geographic)
    assert "not by geography" in str(refused.value)
    wrong = right.copy()
    wrong.loc[0, "provision_type"] = "SS"
    wrong.loc[5, "code"] = "999-S-IN"
    wrong.loc[6, "last_year_group"] = "13"
    with pytest.raises(sf.InputError) as refused:
        planning_areas(wrong, "383")
    words = [str(each["message"]) for each in refused.value.problems]
    assert "primary UR is missing" in words and "primary SS is there twice" in words
    assert (
        "code 999-S-IN is not of authority 383" in words
        and "code 383-S-SS has year groups of another phase" in words
    )
    with pytest.raises(sf.InputError, match="horizon-too-short"):
        sf.scap(sf.project(run.fitted, to=2031, draws=2, seed=1, progress=False))


def test_non_maintained_special_schools_stand_in_both_places(run: sf.Projection) -> None:
    scap, dsg = regrouped(run, "scap"), regrouped(run, "dsg")
    assert (scap["nmss"], dsg["nmss"]) == ("SS", "nmss_independent")
    assert (scap["independent_mainstream"], dsg["independent_mainstream"]) == ("IN", "nmss_independent")
    assert set(scap.values()) == {"UR", "IN", "SS", "AP", ""}
    plan = sf.dsg(run, years=[2025]).table
    assert plan["category"].nunique() == 7 and plan["age_band"].nunique() == 5
    assert len(plan) == 7 * 5 * len(run.fitted.codes["need"])
    assert plan["mean"].sum() == 6093
    by_setting = run.plans("setting").query("year == 2025").set_index("setting")["mean"]
    independent = plan.loc[plan["category"] == "nmss_independent", "mean"].sum()
    assert independent == by_setting[["nmss", "independent_special", "independent_mainstream"]].sum()
    band = run.plans("age").query("year == 2025 and 16 <= age <= 19")["mean"].sum()
    assert plan.loc[plan["age_band"] == "16_19", "mean"].sum() == band


def test_open_data_layout_and_symbols(run: sf.Projection) -> None:
    released = sf.release({"areas": run.demand("area"), "all": run.demand()}, run)
    text = csv_bytes(sf.open_data(released["areas"], run)).decode()
    tidy = pd.read_csv(io.StringIO(text), dtype=str)
    head = ["time_period", "time_identifier", "geographic_level", "country_code", "region_code", "old_la_code"]
    assert list(tidy.columns[:9]) == [*head, "new_la_code", "la_name", "area"]
    assert tidy.loc[0, ["time_period", "old_la_code", "new_la_code", "la_name"]].tolist() == [
        "202425", "383", "E08000035", "Leeds",
    ]  # fmt: skip
    assert "c" in set(tidy["mean"]) and all(name == name.lower() for name in tidy.columns)
    whole = sf.open_data(released["all"], run).table
    assert set(whole["geographic_level"]) == {"Local authority"} and whole["mean"].iloc[0] == 2356
    assert sf.open_data(sf.dsg(run, years=[2026]), run).table["time_period"].eq("202526").all()
    with pytest.raises(TypeError, match="released tables only"):
        sf.open_data(run.demand(), run)


def test_an_authority_without_a_number_is_asked_for_it(run: sf.Projection) -> None:
    from test_measures import model

    explicit = sf.project(model(), to=2032, draws=3, seed=1, progress=False)
    with pytest.raises(sf.InputError, match="no-authority-code"):
        sf.scap(explicit)
    assert sf.scap(explicit, la_number="999").table.table["planning_area_code"].str.startswith("999").all()


def test_a_forecast_shows_itself_as_accessible_tables(found: sf.Scap) -> None:
    shown = found._repr_html_()
    assert shown.count("<caption>") == 2 and 'scope="col"' in shown and "academic" in shown
    assert found.to_pandas().equals(found.table.table)
