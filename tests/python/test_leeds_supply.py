"""The supply half of the Leeds sample: published part-totals, seats that add up, scenarios that parse."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "python" / "sufficiency" / "sample" / "leeds"
MAKER = REPOSITORY / "python" / "makers" / "leeds"
TABLES = ("sites", "places", "occupied", "waiting", "costs")
COMMISSIONED = ["special", "partnership", "resourced"]
SCENARIOS = {
    *("baseline", "400-places", "400-late", "inclusion", "incidence-10", "backlog"),
    *("inclusion-funding", "2014-strategy"),
}
KINDS = {
    *("add_places", "remove_places", "scale_rate", "redirect", "clear_backlog", "housing"),
    *("migration", "convert_support", "regime"),
}
GROUPS = {
    **dict.fromkeys(("SPLD", "MLD", "SLD", "PMLD", "DS", "OTH"), "learning"),
    **dict.fromkeys(("SLCN", "ASD"), "communication"),
    "SEMH": "semh",
    **dict.fromkeys(("HI", "VI", "MSI", "PD"), "sensory_physical"),
}

# directly_funded_high_needs_places_2020_21_2023_24.csv, Leeds, autumn (January 2020: summer 2020):
# to age 15, after, of academies; then of the free school; then of academy resourced provision
FUNDED = {
    2020: ((340, 0), (51, 21), (46, 6)),
    2021: ((340, 0), (60, 20), (49, 3)),
    2022: ((569, 30), (51, 33), (74, 3)),
    2023: ((584, 32), (51, 33), (92, 3)),
    2024: ((585, 44), (51, 33), (105, 3)),
}
SPECIAL_FUNDED = {2021: 420, 2022: 683, 2023: 700, 2024: 713}
RESOURCED_FUNDED = {2021: 52, 2022: 77, 2023: 95, 2024: 108}
PREFIXES = ("special-academy-", "special-free-", "resourced-academy-")


def read(name: str) -> pd.DataFrame:
    """One table of the sample; blanks stay text."""
    return pd.read_csv(SAMPLE / f"{name}.csv", keep_default_na=False)


def scenario(name: str) -> dict[str, Any]:
    """One scenario file, as TOML reads it."""
    return tomllib.loads((SAMPLE / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))


def phase(age: int) -> str:
    """Phase of a part or a child; the few under 4 and over 18 with the first and the last."""
    return "primary" if age <= 10 else "secondary" if age <= 15 else "sixth_form"


@pytest.fixture(scope="module")
def base() -> pd.DataFrame:
    plans = read("plans")
    plans = plans[plans["year"] == 2025]
    return plans.assign(age=plans["age"].astype(int))


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    table = read("places").merge(read("sites")[["site", "setting", "authority"]], on="site")
    table["phase"] = table["age_to"].map(phase)
    table["group"] = table["needs"].str.split(";").str[0].map(GROUPS)
    return table.assign(ours=table["places"] - table["held_for_others"])


@pytest.fixture(scope="module")
def seated() -> pd.DataFrame:
    table = read("occupied").merge(read("sites"), on="site")
    return table.assign(phase=table["age"].map(phase), group=table["need"].map(GROUPS))


@pytest.mark.parametrize("year", FUNDED)
def test_directly_funded_places_are_as_published(places: pd.DataFrame, year: int) -> None:
    of_year = places[places["year"] == year]
    for prefix, expected in zip(PREFIXES, FUNDED[year], strict=True):
        there = of_year[of_year["site"].str.startswith(prefix)]
        after = there["phase"] == "sixth_form"
        assert (there.loc[~after, "places"].sum(), there.loc[after, "places"].sum()) == expected


@pytest.mark.parametrize("year", SPECIAL_FUNDED)
def test_part_totals_of_the_four_septembers_are_420_683_700_713_and_52_77_95_108(
    places: pd.DataFrame, year: int
) -> None:
    of_year = places[places["year"] == year]
    assert of_year.loc[of_year["site"].str.startswith(PREFIXES[:2]), "places"].sum() == SPECIAL_FUNDED[year]
    resourced = of_year["site"].str.startswith(PREFIXES[2])
    assert of_year.loc[resourced, "places"].sum() == RESOURCED_FUNDED[year]


def test_children_sit_at_97_to_103_in_100_of_places_by_phase_and_need_group(
    places: pd.DataFrame, seated: pd.DataFrame
) -> None:
    by = ["phase", "group"]
    now = places[(places["year"] == 2025) & places["setting"].isin(COMMISSIONED)]
    there = seated[seated["setting"].isin(COMMISSIONED)]
    shares = there.groupby(by)["plans"].sum() / now.groupby(by)["ours"].sum()
    assert len(shares) == 12
    assert shares.between(0.97, 1.03).all(), shares
    settings = there.groupby("setting")["plans"].sum() / now.groupby("setting")["ours"].sum()
    assert settings.between(0.97, 1.03).all(), settings


def test_seats_add_up_to_plans_by_setting_age_and_need(base: pd.DataFrame, seated: pd.DataFrame) -> None:
    keys = ["setting", "age", "need"]
    there = base[base["setting"].isin([*COMMISSIONED, "ap"])]
    assert seated.groupby(keys)["plans"].sum().to_dict() == there.groupby(keys)["plans"].sum().to_dict()
    totals = seated.groupby("setting")["plans"].sum().to_dict()
    assert totals == {"special": 2014, "partnership": 201, "resourced": 270, "ap": 2}
    assert set(seated["year"]) == {2025}
    assert not seated.duplicated(["site", "age", "need"]).any()


def test_every_child_is_at_a_site_and_a_part_that_admit_age_and_need(
    places: pd.DataFrame, seated: pd.DataFrame
) -> None:
    now = places[(places["year"] == 2025) & (places["places"] > 0)].to_dict("records")
    for child in seated.to_dict("records"):
        assert child["need"] in child["needs"].split(";"), child["site"]
        assert child["age_from"] <= child["age"] <= child["age_to"], child["site"]
        admitting = [
            part
            for part in now
            if part["site"] == child["site"]
            and part["age_from"] <= child["age"] <= part["age_to"]
            and child["need"] in part["needs"].split(";")
        ]
        assert len(admitting) == 1, child["site"]


def test_parts_of_a_site_do_not_overlap_and_lie_within_it(places: pd.DataFrame) -> None:
    sites = {row["site"]: row for row in read("sites").to_dict("records")}
    for (site, _), parts in places.groupby(["site", "year"]):
        taken: set[tuple[int, str]] = set()
        for part in parts.to_dict("records"):
            cells = {
                (age, need)
                for age in range(part["age_from"], part["age_to"] + 1)
                for need in part["needs"].split(";")
            }
            assert not taken & cells, site
            taken |= cells
        whole = sites[str(site)]
        assert all(whole["age_from"] <= age <= whole["age_to"] for age, _ in taken), site
        assert {need for _, need in taken} == set(whole["needs"].split(";")), site


def test_places_are_whole_open_and_more_than_those_held_for_others(places: pd.DataFrame) -> None:
    assert (places["ours"] >= 0).all()
    assert set(places["status"]) == {"open"}
    assert set(places["counted_as"]) == {"commissioned"}
    assert sorted(set(places["year"])) == list(range(2020, 2026))
    closed = places.groupby(["site", "year"])["places"].sum()
    assert closed[closed == 0].index.to_list() == [("special-north-west-1", 2022)]


def test_growth_agrees_with_the_published_more_than_450_places_since_2020(places: pd.DataFrame) -> None:
    # leeds_published_facts.csv, leeds_specialist_places_created_since_2020, March 2025
    own = places[places["setting"].isin(COMMISSIONED) & (places["authority"] != "elsewhere")]
    by_year = own.groupby("year")["places"].sum()
    assert 450 < by_year[2025] - by_year[2021] < 550
    special = own[(own["year"] == 2022) & (own["setting"] != "resourced")]
    assert special["places"].sum() == 1884


def test_sites_are_in_a_district_or_have_coordinates() -> None:
    sites, areas = read("sites"), set(read("areas")["area"])
    assert sites["site"].is_unique and sites["name"].is_unique
    placed = sites["area"].isin(areas)
    assert (placed ^ (sites["latitude"] != "")).all()
    assert (sites.loc[~placed, "authority"] == "elsewhere").all()
    assert (sites.loc[sites["setting"].isin(["partnership", "resourced"]), "host"] != "").all()


def test_those_waiting_are_few_of_school_age_and_among_plans_outside_specialist_places(
    base: pd.DataFrame,
) -> None:
    waiting = read("waiting")
    assert int(waiting["plans"].sum()) == 40
    assert waiting["age"].between(4, 15).all()
    keys = ["area", "age", "need"]
    outside = base[base["setting"].isin(["mainstream", "unplaced"])].groupby(keys)["plans"].sum()
    found = waiting.groupby(keys)["plans"].sum()
    assert (found <= outside.loc[found.index]).all()


def test_costs_are_thousands_of_pounds_and_the_readme_gives_each_row_its_basis() -> None:
    costs = read("costs")
    figures = costs[["place_filled", "place_empty", "top_up", "transport"]]
    assert ((figures >= 0) & (figures < 150)).all(axis=None)
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for row in costs.to_dict("records"):
        starts = [f"| {row['setting']} | {row['need']} | {status} | " for status in ("cited", "elicited")]
        assert any(start in readme for start in starts), row["setting"]
    assert not costs.duplicated(["setting", "need"]).any()


def test_every_supply_table_states_its_status_in_both_texts() -> None:
    authority = tomllib.loads((SAMPLE / "authority.toml").read_text(encoding="utf-8"))
    assert {source["table"] for source in authority["sources"]} >= set(TABLES)
    published = [s["part"] for s in authority["sources"] if (s["table"], s["status"]) == ("places", "published")]
    assert len(published) == 1
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for name in TABLES:
        assert f"| {name}.csv |" in readme
    assert "| unreconciled | 150 |" in readme


def test_scenarios_are_there_and_every_change_has_a_reason_and_an_owner() -> None:
    assert {path.stem for path in (SAMPLE / "scenarios").glob("*.toml")} == SCENARIOS
    for name in SCENARIOS:
        read_file = scenario(name)
        assert set(read_file) == {"schema", "name", "change"}
        assert read_file["schema"] == "1.0"
        for change in read_file["change"]:
            assert change["kind"] in KINDS
            assert change["reason"] and change["owner"]
    assert scenario("baseline")["change"] == []


def test_the_400_places_sum_to_400_by_setting_and_phase() -> None:
    changes = scenario("400-places")["change"]
    known = read("sites").set_index("site")["setting"]
    sums: dict[tuple[str, str], int] = {}
    for change in changes:
        site = change["site"]
        new = isinstance(site, dict)
        part = site if new else change
        setting = site["setting"] if new else known[site]
        key = (setting, phase(part["age_to"]))
        sums[key] = sums.get(key, 0) + change["places"]
        assert 2026 <= int(change["opens"][:4]) <= 2029
        assert change.get("fill") == "entry_years" or change["ramp"][-1] == 1.0
        assert sum(change["delay_years"].values()) == pytest.approx(1.0)
    assert sums == {
        ("partnership", "primary"): 70,
        ("partnership", "secondary"): 80,
        ("resourced", "primary"): 40,
        ("resourced", "secondary"): 50,
        ("special", "primary"): 50,
        ("special", "secondary"): 110,
    }
    assert sum(sums.values()) == 400


def test_400_late_is_the_400_places_two_years_later_and_nothing_else() -> None:
    on_time, late = scenario("400-places")["change"], scenario("400-late")["change"]
    for change in on_time:
        year, month = change["opens"].split("-")
        change["opens"] = f"{int(year) + 2}-{month}"
    assert late == on_time


def test_the_2014_strategy_is_200_places() -> None:
    assert sum(change["places"] for change in scenario("2014-strategy")["change"]) == 200


def test_converted_support_goes_to_settings_that_sum_to_one() -> None:
    (change,) = scenario("inclusion-funding")["change"]
    assert change["support"] in set(read("support")["kind"])
    assert sum(change["required"].values()) == pytest.approx(1.0)


def test_no_real_school_name_stands_in_the_sample(real: Path) -> None:
    schools = pd.read_csv(real / "leeds-published" / "leeds_specialist_schools.csv")
    facts = ("Springwell", "Broomfield", "Elmete", "Penny Field", "Green Meadows", "West Oaks", "SILC")
    names = {*schools["name"], *facts[:-1], "Lighthouse", "John Jamieson"}
    files = [*(SAMPLE / f"{name}.csv" for name in TABLES), *(SAMPLE / "scenarios").glob("*.toml")]
    for path in files:
        text = path.read_text(encoding="utf-8").lower()
        for name in names:
            assert name.lower() not in text, (path.name, name)
        for urn in schools["urn"].dropna().astype(int):
            assert str(urn) not in text


def test_tables_are_utf8_with_line_feeds() -> None:
    for name in TABLES:
        content = (SAMPLE / f"{name}.csv").read_bytes()
        assert b"\r" not in content
        assert content.decode("utf-8").endswith("\n")


def test_making_the_supply_tables_again_gives_the_same_bytes(real: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(MAKER), "--real", str(real), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    for name in (*(f"{table}.csv" for table in TABLES), "authority.toml", "README.md"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name
