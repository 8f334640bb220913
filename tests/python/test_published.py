"""The official files, read as published: recognised, cut at a January, faults handled."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sufficiency.national import england
from sufficiency.published import (
    Release,
    age_code,
    establishment_settings,
    leaf_settings,
    need_codes,
    placement_label_settings,
    plain_words,
    read_release,
    read_tables,
)

REPOSITORY = Path(__file__).resolve().parents[2]
# County, unitary, metropolitan, London, small, one recoded, one with totals only in 2024, England.
AUTHORITIES = [
    "E08000035",
    "E08000025",
    "E10000016",
    "E06000017",
    "E09000012",
    "E06000060",
    "E92000001",
]
COLUMNS = {
    "areas": ["area", "name", "latitude", "longitude", "planning_area"],
    "population": ["year", "area", "age", "population"],
    "population_control": ["year", "age", "population"],
    "plans": ["year", "area", "age", "need", "setting", "plans"],
    "flows": ["year", "flow", "age", "need", "setting", "to_need", "to_setting", "plans"],
    "requests": ["year", "requests", "agreed", "issued", "within_20_weeks"],
}
SETTINGS = {
    "mainstream",
    "resourced",
    "sen_unit",
    "special",
    "nmss",
    "independent_special",
    "independent_mainstream",
    "ap",
    "hospital",
    "spi",
    "fe",
    "eotas",
    "parental",
    "early_years",
    "unplaced",
    "neet",
    "other",
    "unknown",
}


@pytest.fixture(scope="module")
def release(real: Path) -> Release:
    return read_release(real)


_WHOLE: dict[str, tuple[dict[str, Any], dict[str, pd.DataFrame]]] = {}


def _whole(release: Release, code: str) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Everything of one authority, read once for all tests."""
    if code not in _WHOLE:
        _WHOLE[code] = read_tables(release, code)
    return _WHOLE[code]


def _margin(cells: pd.DataFrame, *axes: str) -> pd.DataFrame:
    """Cells divided by exactly these axes."""
    keep = pd.Series(True, index=cells.index)
    for axis in ("age", "need", "setting"):
        keep &= cells[axis].ne("all") if axis in axes else cells[axis].eq("all")
    return cells[keep]


def _by_year(cells: pd.DataFrame, *axes: str) -> dict[int, int]:
    sums = _margin(cells, *axes).groupby("year")["plans"].sum()
    return dict(zip(sums.index.tolist(), sums.tolist(), strict=True))


# Codes: need no data.


def test_thirty_five_leaf_columns_map_once_to_known_settings() -> None:
    assert len(leaf_settings()) == 35
    assert set(leaf_settings().values()) <= SETTINGS
    assert set(establishment_settings().values()) <= SETTINGS
    assert set(placement_label_settings().values()) <= SETTINGS
    assert not any("total" in column or column.endswith("_pc") for column in leaf_settings())
    assert "ed_elsewhere" not in leaf_settings()


def test_needs_are_those_of_sen2_and_unknown() -> None:
    assert need_codes()["asd"] == "ASD"
    assert need_codes()["need_unknown"] == "UNK"
    assert len(need_codes()) == 13


def test_one_setting_worded_twice_is_one_setting() -> None:
    labels = ["Special - academy/free school", "Special \u2013 Academy/free  schools"]
    assert {placement_label_settings()[plain_words(label)] for label in labels} == {"special"}


@pytest.mark.parametrize(
    ("label", "age"),
    [
        ("under 3", "0-2"),
        ("age 2 and under", "0-2"),
        ("Under 5", "0-4"),
        ("Age 5 to 10", "5-10"),
        ("age 20 and over", "20-25"),
        ("Aged 7", "7"),
        ("Total", "all"),
        ("Age unknown", None),
        ("unknown", None),
    ],
)
def test_every_age_label_has_one_code(label: str, age: str | None) -> None:
    assert age_code(label) == age


# A folder made by hand: small enough to check by eye.

_LEAD = "time_period,geographic_level,region_name,new_la_code,la_name,breakdown_topic,breakdown"


def _write(path: Path, header: str, *rows: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8-sig")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Three authorities of one region that all show the region's total of new plans."""
    names = [("E08000001", "Ay"), ("E08000002", "Bee"), ("E08000003", "Cee")]
    places = "mainstream_academy,special_la_maintained,special_total,await_prov_2022"
    stock, new = [], []
    for code, name in names:
        start = f"Local authority,Middle,{code},{name}"
        total, aged = "All EHC plans", "Child or young persons age"
        stock += [
            f"202122,{start},{total},{total},10,4,5,5,1",
            f"202324,{start},{total},{total},12,6,6,6,x",
            f"202324,{start},{aged},under 3,2,2,x,0,x",
            f"202324,{start},{aged},age 7,10,4,6,6,x",
        ]
        new += [
            f"2023,{start},New EHC plans,New EHC plans,9,2,1,1,x",
            f"2023,{start},Age when plan started,age 4,1,1,0,0,x",
            f"2023,{start},Age when plan started,age 20 and over,2,1,1,1,x",
        ]
    _write(tmp_path / "one" / "a.csv", f"{_LEAD},ehcplans,{places}", *stock)
    _write(tmp_path / "two" / "deep" / "b.csv", f"{_LEAD},new_ehc_plans,{places}", *new)
    ages = ",".join(f"age_{age}" for age in range(26))
    people = [f"E08000001,Ay,{year}," + ",".join(["100"] * 26) for year in (2020, 2021, 2022)]
    _write(tmp_path / "two" / "c.csv", f"area_code,area_name,year,{ages}", *people)
    _write(tmp_path / "two" / "other.csv", "colour,number", "red,1")
    return tmp_path


def test_leaves_are_added_and_totals_are_not(made: Path) -> None:
    plans = read_tables(made, "E08000001")[1]["plans"]
    cells = _margin(plans[plans["year"] == 2024], "setting").set_index("setting")["plans"]
    assert cells.to_dict() == {"mainstream": 6, "special": 6}


def test_unavailable_is_absent_and_nought_is_nought(made: Path) -> None:
    tables = read_tables(made, "E08000001")[1]
    plans = _margin(tables["plans"], "age", "setting").set_index(["age", "setting"])["plans"]
    assert ("0-2", "special") not in plans.index
    new = _margin(tables["flows"], "age", "setting").set_index(["age", "setting"])["plans"]
    assert new["4", "special"] == 0


def test_undivided_awaiting_is_unknown_and_flagged(made: Path) -> None:
    authority, tables = read_tables(made, "E08000001")
    january = tables["plans"][tables["plans"]["year"] == 2022]
    assert _margin(january, "setting").set_index("setting")["plans"]["unknown"] == 1
    flags = {(flag["flag"], *flag["years"]) for flag in authority["flags"]}
    assert ("awaiting-undivided", 2022) in flags


def test_a_total_shown_by_a_whole_region_gives_way_to_the_sum_over_ages(made: Path) -> None:
    authority, tables = read_tables(made, "E08000002")
    assert _by_year(tables["flows"]) == {2024: 3}
    assert {"repeated-total"} <= {flag["flag"] for flag in authority["flags"]}


def test_missing_mid_year_is_aged_on_and_flagged(made: Path) -> None:
    authority, tables = read_tables(made, "E08000001")
    assert tables["population"]["year"].max() == 2024
    assert set(tables["population"]["population"]) == {100}
    flag = next(f for f in authority["flags"] if f["flag"] == "population-rolled-forward")
    assert flag["years"] == [2024]
    derived = [s for s in authority["sources"] if s["table"] == "population"]
    assert {source["status"] for source in derived} == {"published", "derived"}


def test_an_absent_authority_names_the_nearest(made: Path) -> None:
    with pytest.raises(ValueError, match=r"E0800000[123] \((Ay|Bee|Cee)\)"):
        read_tables(made, "E08000009")
    with pytest.raises(ValueError, match="no file of plans in force"):
        read_tables(made / "two", "E08000001")


# The official files.


@pytest.mark.parametrize("code", AUTHORITIES)
def test_every_table_has_exactly_its_columns_and_no_cell_twice(release: Release, code: str) -> None:
    authority, tables = _whole(release, code)
    assert authority["code"] == code
    assert authority["base_year"] == tables["plans"]["year"].max()
    for name, table in tables.items():
        assert list(table.columns) == COLUMNS[name]
        counts = ("plans", "population", "requests", "agreed", "issued", "within_20_weeks")
        keys = [column for column in table.columns if column not in counts]
        assert not table.duplicated(keys).any()
        named = [key for key in keys if key not in ("latitude", "longitude")]
        assert not table[named].isna().any(axis=None)
    assert set(tables["plans"]["setting"]) <= SETTINGS | {"all"}
    assert tables["plans"]["area"].eq(code).all()
    assert {source["status"] for source in authority["sources"]} <= {"published", "derived"}


@pytest.mark.parametrize("code", AUTHORITIES)
@pytest.mark.parametrize("as_of", [2016, 2019, 2022, 2024])
def test_nothing_later_than_as_of_appears_or_matters(release: Release, code: str, as_of: int) -> None:
    tables = read_tables(release, code, as_of)[1]
    for name in ("plans", "flows", "requests", "population"):
        years = tables[name]["year"]
        assert years.empty or years.max() <= as_of
    assert tables["plans"]["year"].max() == as_of
    assert ("population_control" in tables) == (as_of >= 2021)
    whole = _whole(release, code)[1]
    for name in ("plans", "flows", "population"):
        early = whole[name][whole[name]["year"] <= as_of].reset_index(drop=True)
        pd.testing.assert_frame_equal(tables[name], early, check_dtype=False)


def test_leeds_january_2025_is_one_total_in_every_margin(release: Release) -> None:
    plans = read_tables(release, "Leeds")[1]["plans"]
    axes = [(), ("age",), ("need",), ("setting",), ("age", "setting")]
    for each in [*axes, ("age", "need"), ("need", "setting")]:
        assert _by_year(plans, *each)[2025] == 6093
    age = _margin(plans[plans["year"] == 2025], "age")["age"]
    assert list(age) == ["0-2", *[str(year) for year in range(3, 26)]]


def test_leeds_breaks_stand_as_published(release: Release) -> None:
    authority, tables = _whole(release, "E08000035")
    ages, placed = _by_year(tables["plans"], "age"), _by_year(tables["plans"], "setting")
    assert (ages[2018], placed[2018]) == (3353, 3311)
    assert (ages[2016], placed[2016]) == (2287, 2298)
    differ = {f["table"]: f["years"] for f in authority["flags"] if f["flag"] == "margins-differ"}
    assert differ["plans"] == [2016, 2018]


def test_leeds_awaiting_counts_as_unplaced_only_at_school_age(release: Release) -> None:
    plans = _whole(release, "E08000035")[1]["plans"]
    january = _margin(plans[plans["year"] == 2022], "setting").set_index("setting")["plans"]
    # 480 awaiting: 461 over and 4 under school age, 15 of school age
    assert (january["unplaced"], january["unknown"]) == (15, 465)


def test_leeds_flows_close_the_published_year(release: Release) -> None:
    flows = _whole(release, "E08000035")[1]["flows"]
    total = _margin(flows).set_index(["year", "flow"])["plans"]
    assert (total[2025, "new"], total[2025, "ceased"] + total[2025, "transfer_out"]) == (773, 282)
    assert total[2023, "new"] == 357
    assert (total[2022, "ceased"], total[2022, "transfer_out"]) == (143, 15)


def test_leeds_requests_are_blank_where_not_published(release: Release) -> None:
    requests = _whole(release, "E08000035")[1]["requests"].set_index("year")
    assert requests.loc[2022].dropna().to_dict() == {
        "requests": 803,
        "issued": 548,
        "within_20_weeks": 486,
    }
    assert requests.loc[2025, "agreed"] == 1672


def test_every_yorkshire_authority_escapes_the_regional_total(release: Release) -> None:
    rows = release.tables["new_plans"]
    codes = rows[(rows["year"] == 2023) & (rows["new_ehc_plans"] == 6078)]["authority"].unique()
    assert len([code for code in codes if code]) > 10
    for code in [code for code in codes if code][:3]:
        flows = _whole(release, code)[1]["flows"]
        new = flows[flows["flow"] == "new"]
        assert _by_year(new)[2023] == _by_year(new, "age")[2023] < 1000


def test_totals_alone_stay_totals_alone(release: Release) -> None:
    authority, tables = _whole(release, "E09000012")  # Hackney, January 2024
    january = tables["plans"][tables["plans"]["year"] == 2024]
    assert len(january) == 1
    assert any(flag["flag"] == "total-only" for flag in authority["flags"])


def test_percentages_never_become_counts(release: Release) -> None:
    authority, tables = _whole(release, "E08000025")
    assert tables["plans"]["need"].eq("all").all()
    assert any(flag["flag"] == "need-not-published" for flag in authority["flags"])


def test_population_of_january_is_the_mid_year_before(release: Release) -> None:
    population = _whole(release, "E08000035")[1]["population"].set_index(["year", "age"])
    assert population.loc[(2024, "0"), "population"] == 8478  # mid-2023
    control = _whole(release, "E08000035")[1]["population_control"].set_index(["year", "age"])
    assert control.loc[(2024, "0"), "population"] == 8478
    assert control.loc[(2025, "0"), "population"] == 9720  # 2018-based, mid-2024


def test_file_names_and_folders_do_not_matter(real: Path, tmp_path: Path) -> None:
    wanted = [path for path in real.rglob("*.csv") if path.parent.name != "os-postcodes-leeds"]
    for number, path in enumerate(sorted(wanted, reverse=True)):
        folder = tmp_path / f"nested{number % 3}" / "deeper"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / f"file{number}.csv")
    renamed, named = read_tables(tmp_path, "E08000025"), read_tables(real, "E08000025")
    assert renamed[0] == named[0]
    for name, table in named[1].items():
        pd.testing.assert_frame_equal(renamed[1][name], table)


def test_messages_and_flags_hold_no_count(release: Release) -> None:
    flags = _whole(release, "E08000035")[0]["flags"]
    years = set(range(2009, 2026))
    assert all(set(flag["years"]) <= years for flag in flags)
    # A meaning is the same for every authority, so it holds no figure.
    assert not any(character.isdigit() for flag in flags for character in flag["meaning"])


# England's series.


def test_england_has_nothing_later_than_as_of() -> None:
    assert england(2020)["year"].max() == 2020
    assert list(england().columns) == ["year", "measure", "age", "value"]
    assert not england().duplicated(["year", "measure", "age"]).any()


def test_england_is_as_published() -> None:
    series = england().set_index(["measure", "year", "age"])["value"]
    assert series["plans", 2025, "all"] == 638_745
    assert series["new_plans", 2025, "all"] == 97_747
    assert series["requests", 2025, "all"] == 154_489
    assert series["ceased", 2025, "all"] + series["transfer_out", 2025, "all"] == 44_862
    assert ("population", 2025, "0-25") not in series.index


def test_england_table_is_what_its_maker_makes(real: Path) -> None:
    maker = REPOSITORY / "python" / "makers" / "england.py"
    make = runpy.run_path(str(maker))["england_series"]
    pd.testing.assert_frame_equal(make(real), england(), check_dtype=False)
