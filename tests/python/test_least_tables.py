"""An authority of plans, places and residents alone gets all the way: no coordinates, no travel, no costs."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf

AREAS = {"N1": "North", "N2": "North", "C1": "Centre", "S1": "South"}
NEEDS = ["ASD", "SEMH", "SLCN", "MLD", "SLD", "PD", "HI"]
SETTINGS = ["mainstream", "resourced", "special", "independent_special"]
WHO = {"schema": "1.0", "name": "Wealdshire", "code": "E10000097", "base_year": 2025}
OPTION = {
    "kind": "add_places",
    "site": {"id": "yew", "name": "Yew base", "setting": "resourced", "area": "S1", "needs": ["ASD", "SLCN"]}
    | {"age_from": 4, "age_to": 15},
    "places": 40,
    "opens": "2026-09",
    "reason": "growth in the south",
    "owner": "Head of SEND",
}


def tables() -> dict[str, Any]:
    cells = [
        (year, area, age, need, setting, 1 + (age + at + len(area)) % 3)
        for year in (2024, 2025)
        for area in AREAS
        for age in range(4, 17)
        for at, need in enumerate(NEEDS)
        for setting in SETTINGS
        if (age + at) % 2 == SETTINGS.index(setting) % 2
    ]
    people = [(year, area, age, 900) for year in (2024, 2025) for area in AREAS for age in range(26)]
    ages = {"age_from": [4, 4, 4], "age_to": [18, 16, 11]}
    sites = {"site": ["oak", "elm", "base"], "name": ["Oak", "Elm", "Base"], "area": ["N1", "C1", "S1"]}
    sites |= {"setting": ["special", "special", "resourced"], "authority": ["E10000097"] * 3}
    places = {"site": ["oak", "elm", "base"], "year": [2025] * 3, "places": [120, 90, 60], "status": ["open"] * 3}
    return {
        "areas": pd.DataFrame({"area": list(AREAS), "name": list(AREAS), "planning_area": list(AREAS.values())}),
        "population": pd.DataFrame(people, columns=["year", "area", "age", "population"]),
        "plans": pd.DataFrame(cells, columns=["year", "area", "age", "need", "setting", "plans"]),
        "flows": {"year": [2025] * 2, "flow": ["new", "ceased"], "plans": [180, 60]}
        | {name: ["all"] * 2 for name in ("age", "need", "setting")},
        "sites": sites | ages | {"needs": [";".join(NEEDS)] * 3},
        "places": places | {"counted_as": ["commissioned"] * 3},
    }


@pytest.fixture(scope="module")
def base() -> sf.Projection:
    fitted = sf.fit(sf.Inputs.from_frames(WHO, **tables()))
    return sf.project(fitted, to=2032, draws=20, seed=1, progress=False)


def test_without_coordinates_children_take_places_near_home_by_planning_area(base: sf.Projection) -> None:
    assert "travel-unknown" in base.fitted.flags and "travel-estimated" not in base.fitted.flags
    # Oak and Elm admit nearly the same children: who is in Oak lives in the north.
    seated = base.placed(["area", "site"], where={"setting": "special"}).query("year == 2025")
    home = seated.pivot(index="area", columns="site", values="mean")
    assert home.loc["N1", "oak"] > home.loc["N1", "elm"] and home.loc["C1", "elm"] > home.loc["C1", "oak"]
    assert base.travel(within="planning_area")["mean"].between(0.05, 1).all()
    with pytest.raises(sf.InputError, match="travel is not known in km"):
        base.travel()


def test_nothing_is_told_of_costs_that_nobody_gave(base: sf.Projection) -> None:
    with pytest.raises(sf.InputError, match="no unit costs"):
        base.cost()


def test_chart_scenario_comparison_report_sites_and_return_come_out(base: sf.Projection, tmp_path: Path) -> None:
    chart = sf.plots.fan(base, "shortfall")
    assert [path.name for path in sf.plots.save(chart, tmp_path / "short.png")] == ["short.png"]
    assert "Shortfall (cell): sum over" in str(chart.to_dict())
    plan = sf.Scenario("a base in the south", [OPTION])
    option = sf.project(base.fitted, to=2032, draws=20, seed=1, scenario=plan, progress=False)
    change = sf.compare(base, option, progress=False)
    assert change.places().query("year == 2027")["mean"].item() == 40
    assert "cost" not in set(change.summary()["measure"])
    sf.report([base, option], tmp_path / "pack.html")
    page = (tmp_path / "pack.html").read_text("utf-8")
    assert "no unit costs were given" in page and "Cost a year against no change" not in page
    assert sf.scap(base, la_number="999").to_pandas()["total"].notna().all()
    sited = sf.site_places(base.fitted, places=20, to=2030, draws=10, seed=1, patterns=0)
    assert sited.to_pandas()["places"].sum() <= 20


def test_coordinates_of_some_areas_are_refused_with_the_rest_of_the_faults() -> None:
    given = tables()
    areas = given["areas"].assign(latitude=[51.2, 51.3, None, 51.0], longitude=[0.3, 0.4, None, 0.2])
    with pytest.raises(sf.InputError, match='how far area "C1" is') as refused:
        sf.Inputs.from_frames(WHO, **{**given, "areas": areas})
    assert [(each["slug"], each["row"]) for each in refused.value.problems] == [("travel-missing", 3)]
