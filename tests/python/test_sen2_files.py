"""Person-level returns in any layout, with any mapping; what is not known; and the tables that go along."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf
from sen2_world import AREAS, NATURAL, WHO, World, make_world, read
from sufficiency import sen2
from sufficiency.sen2.modules import module_of, year_in


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1_500, seed=3)


@pytest.fixture(scope="module")
def clean(world: World, tmp_path_factory: pytest.TempPathFactory) -> sf.Inputs:
    return read(world, tmp_path_factory.mktemp("clean"))


def test_any_reasonable_layout_reads_the_same(clean: sf.Inputs, tmp_path: Path) -> None:
    small = make_world(300, years=(2024, 2025), seed=2)
    want = read(small, tmp_path / "folders").table("plans")
    options = {"authority": WHO, "population": small.population, "partnerships": small.partnerships}

    def same(folder: Any, **more: Any) -> None:
        pd.testing.assert_frame_equal(sf.read_sen2(folder, **options, **more).table("plans"), want)

    flat, other, sheets = tmp_path / "flat", tmp_path / "other", tmp_path / "sheets"
    for place in (
        flat,
        other / "a",
        other / "b",
        sheets,
        tmp_path / "parquet" / "2023-24",
        tmp_path / "parquet" / "2024_25",
    ):
        place.mkdir(parents=True)
    books = {year: pd.ExcelWriter(sheets / f"sen2 {year}.xlsx", engine="xlsxwriter") for year in small.years}
    for (module, year), table in small.tables.items():
        table = table.drop(columns="_child")
        table.to_csv(flat / f"Blade-Export_18-01-{year}_{module}.csv", index=False)
        # Heads as people type them, and a file from a Windows system.
        heads = {column: column.upper().replace("TABLEID", " Table ID") for column in table.columns}
        heads["RequestsTableID"], heads["ActivePlansTableID"] = "request_id", "Active plan key"
        if module == "person":
            table = table.assign(Surname=table["Surname"] + "\u00e9")
        table.rename(columns=heads).to_csv(
            other / "ab"[year == 2025] / f"{module}.csv", index=False, encoding="cp1252"
        )
        table.to_excel(books[year], sheet_name=module, index=False)
        table.to_parquet(tmp_path / "parquet" / ("2023-24" if year == 2024 else "2024_25") / f"{module}.parquet")
    for book in books.values():
        book.close()
    small.establishments.to_csv(flat / "edubasealldata.csv", index=False)
    same(flat)
    same({2024: other / "a", 2025: other / "b"}, establishments=small.establishments)
    same(sheets, establishments=small.establishments)
    same(tmp_path / "parquet", establishments=flat / "edubasealldata.csv")
    # The header module says which January it is where no name does.
    for name, year in (("a", 2024), ("b", 2025)):
        header = pd.DataFrame({"Collection": ["SEN2"], "Year": [year], "ReferenceDate": [f"{year}-01-18"]})
        header.to_csv(other / name / "sen2.csv", index=False)
    same(other, establishments=small.establishments)


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2024", 2024),
        ("SEN2 2023-24", 2024),
        ("2023_24", 2024),
        ("export_18-01-2024", 2024),
        ("20240118", 2024),
        ("2024-01-18", 2024),
        ("person", None),
        ("v2", None),
    ],
)
def test_the_january_of_a_name(name: str, year: int | None) -> None:
    assert year_in(name) == year


def test_modules_are_known_by_their_columns() -> None:
    assert module_of(["Person Birth Date", "UPN"]) == "person"
    assert module_of(["urn", "sensetting", "placementrank"]) == "plan_detail"
    assert module_of(["urn", "sensetting", "placementrank", "entrydate"]) == "placement_detail"
    assert module_of(["URN", "TypeOfEstablishment (name)"]) == "establishments"
    assert module_of(["year", "area", "plans"]) is None


def test_what_is_missing_is_said_all_at_once(world: World, tmp_path: Path) -> None:
    folder = world.write(tmp_path)
    (folder / "2024" / "export_person.csv").unlink()
    (folder / "2025" / "export_sen_need.csv").unlink()
    (folder / "2025" / "copy.csv").write_bytes((folder / "2025" / "export_person.csv").read_bytes())
    with pytest.raises(sf.InputError) as caught:
        sf.read_sen2(folder, authority=WHO, population=world.population)
    found = {(each["slug"], each["table"]) for each in caught.value.problems}
    wanted = {
        ("sen2-module-missing", "person"),
        ("sen2-module-missing", "sen_need"),
        ("sen2-module-twice", "person"),
    }
    assert found == wanted
    with pytest.raises(sf.InputError, match="sen2-one-january"):
        sf.read_sen2({2025: tmp_path / "2023"}, authority=WHO, population=world.population)
    with pytest.raises(sf.InputError, match="unreadable-file"):
        sf.read_sen2(tmp_path / "nowhere", authority=WHO, population=world.population)


def test_modules_that_do_not_belong_together_are_refused(world: World, tmp_path: Path) -> None:
    folder = world.write(tmp_path)
    (folder / "edubase.csv").unlink()
    with pytest.raises(sf.InputError, match="establishments-missing"):
        sf.read_sen2(folder, authority=WHO, population=world.population)
    plans = pd.read_csv(folder / "2025" / "export_active_plans.csv", dtype=str).drop(columns="RequestsTableID")
    plans.to_csv(folder / "2025" / "export_active_plans.csv", index=False)
    with pytest.raises(sf.InputError, match="sen2-"):
        sf.read_sen2(folder, authority=WHO, population=world.population, establishments=world.establishments)


# --- settings, needs, homes


def test_the_mapping_and_local_exceptions_can_be_changed(world: World, tmp_path: Path) -> None:
    rules = sen2.setting_table()
    rules["setting"] = rules["setting"].where(rules["code"].ne("14"), "hospital")
    silc = world.partnerships["urn"].iloc[0]
    local = pd.DataFrame({"urn": [silc], "flag": ["any"], "setting": ["special"]})
    inputs = read(world, tmp_path, settings=rules, partnerships=local)
    totals = inputs.table("plans").groupby("setting")["plans"].sum()
    truth = world.states.groupby("setting").size()
    assert totals["hospital"] == truth["ap"] and "ap" not in totals and "partnership" not in totals
    assert totals["special"] == truth["special"] + truth["partnership"]


def test_every_setting_of_the_mapping_is_one_of_ours_and_each_code_stands_once() -> None:
    rules = sen2.setting_table()
    ours = set(sf.sample().codes["setting"])
    assert set(rules["setting"]) | set(rules["with_sen_unit"]) | set(rules["with_resourced"]) <= ours | {""}
    spans = rules.groupby(["kind", "code", "age_from"]).size()
    assert spans.max() == 1
    needs = pd.DataFrame(sen2.tables.need_table())
    assert set(needs["code"]) == set(sf.sample().codes["need"])


def test_not_in_education_is_a_wait_at_school_age_and_neet_after(tmp_path: Path) -> None:
    small = make_world(300, years=(2024, 2025), seed=2)
    for year in small.years:
        place = small.tables["placement_detail", year]
        there = place["SENSetting"].isin(["NEET", "OTH"])
        small.tables["placement_detail", year] = place.assign(SENSetting=place["SENSetting"].mask(there, "NIEO"))
    plans = read(small, tmp_path).table("plans")
    ages = plans["age"].astype(int)
    assert ages[plans["setting"].eq("neet")].min() >= 16
    assert ages[plans["setting"].eq("unplaced")].max() <= 15 and len(ages)


def test_compound_needs_are_needs_of_their_own_when_asked_for(world: World, tmp_path: Path) -> None:
    inputs = read(world, tmp_path, compound_needs=["ASD+SLD", "SEMH+SLCN"])
    truth = world.states["need"].mask(world.states["need"].eq("ASD") & world.states["second"].eq("SLD"), "ASD+SLD")
    wanted = truth.where(~(truth.eq("SEMH") & world.states["second"].eq("SLCN")), "SEMH+SLCN")
    totals = inputs.table("plans").groupby("need")["plans"].sum()
    assert totals["ASD+SLD"] == wanted.eq("ASD+SLD").sum() > 0
    assert totals["SEMH+SLCN"] == wanted.eq("SEMH+SLCN").sum() > 0
    base = sf.project(sf.fit(inputs), to=2026, draws=20, seed=1)
    groups = base.plans(by=["need", "need_group"]).query("year == 2025").set_index("need")["need_group"]
    assert groups["ASD+SLD"] == "communication" and groups["SEMH+SLCN"] == "semh"
    with pytest.raises(sf.InputError, match="unknown-need"):
        read(world, tmp_path, compound_needs=["ASD"])


def test_homes_that_are_not_known_are_an_area_of_their_own_and_can_be_projected(tmp_path: Path) -> None:
    lost = make_world(600, years=(2024, 2025), seed=2)
    active = lost.tables["active_plans", 2025]["_child"]
    person = lost.tables["person", 2025]
    gone = person["_child"].isin(active[:40])
    lost.tables["person", 2025] = person.assign(Postcode=person["Postcode"].mask(gone, "ZZ99 3VZ"))
    inputs = read(lost, tmp_path)
    base = inputs.table("base")
    assert base.loc[base["area"].eq("elsewhere"), "plans"].sum() == 40
    projected = sf.project(sf.fit(inputs), to=2026, draws=20, seed=1).plans(by=["area"])
    assert projected.query("year == 2025 and area == 'elsewhere'")["mean"].item() == 40


def test_without_districts_everybody_lives_in_the_authority(world: World, tmp_path: Path) -> None:
    whole = world.population.groupby(["year", "age"], as_index=False)["population"].sum().assign(area="E10000099")
    inputs = read(world, tmp_path, population=whole)
    assert set(inputs.table("plans")["area"]) == {"E10000099"}
    assert set(inputs.issues()["slug"]) == {"transferred-in"}
    areas = pd.DataFrame({"area": AREAS, "name": AREAS, "planning_area": "P"})
    myeb = published(whole, "E10000099")
    with pytest.raises(sf.InputError, match="population-not-by-area"):
        read(world, tmp_path, population=myeb, areas=areas)


def published(whole: pd.DataFrame, code: str) -> pd.DataFrame:
    """Residents in the layout of the mid-year estimates: a row per sex and age, a column per mid-year."""
    wide = whole.assign(mid=lambda t: "population_" + (t["year"] - 1).astype(str))
    wide = wide.pivot(index="age", columns="mid", values="population").reset_index()
    parts = [wide.assign(sex=sex) for sex in ("M", "F")]
    for column in (name for name in wide.columns if str(name).startswith("population")):
        parts[0][column] = wide[column] // 2
        parts[1][column] = wide[column] - wide[column] // 2
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "ladcode23", code)
    return table.assign(laname23="Exampleshire", country="E")


def test_residents_come_from_a_file_of_mid_year_estimates(world: World, tmp_path: Path) -> None:
    whole = world.population.groupby(["year", "age"], as_index=False)["population"].sum()
    path = tmp_path / "MYEB1.csv"
    text = published(whole[whole["year"].lt(2025)], "E10000099").to_csv(index=False)
    path.write_text("Mid-year population estimates, by sex and single year of age\n" + text)
    inputs = read(world, tmp_path / "w", population=path)
    ours = inputs.table("population")
    assert set(ours["area"]) == {"E10000099"} and sorted(ours["year"].unique()) == world.years
    known = ours[ours["year"].lt(2025)].assign(age=lambda t: t["age"].astype(int))
    both = known.merge(whole, on=["year", "age"])
    assert len(both) == 4 * 26 and both["population_x"].eq(both["population_y"]).all()
    assert "population-rolled-forward" in inputs.flags
    with pytest.raises(sf.InputError, match="population-not-found"):
        read(world, tmp_path / "w", population=path, authority={"name": "X", "code": "E06000001"})
    with pytest.raises(sf.InputError, match="population-layout"):
        read(world, tmp_path / "w", population=pd.DataFrame({"a": [1]}))


def test_what_waits_is_a_named_type_without_a_place_at_school_age(world: World, clean: sf.Inputs) -> None:
    waits = world.states.query("setting == 'unplaced' and 4 <= age <= 15")
    waiting = clean.table("waiting")
    assert waiting["plans"].sum() == len(waits) > 0
    other = make_world(1_500, seed=3)
    assert waiting.groupby("year")["plans"].sum().to_dict() == waits.groupby("year").size().to_dict()
    assert len(other.states) == len(world.states)


def test_a_plan_that_names_a_type_and_no_place_waits_unless_another_plan_stands(tmp_path: Path) -> None:
    small = make_world(400, years=(2024, 2025), seed=4)
    before = read(small, tmp_path / "before").table("waiting").groupby("year")["plans"].sum()
    pupils = small.states.query("year == 2025 and setting == 'mainstream' and 4 <= age <= 15")["child"].tolist()
    detail = small.tables["plan_detail", 2025]
    typed, ordinary, old = (detail["_child"].isin(pupils[at : at + 2]) for at in (0, 2, 4))
    no_place = {"URN": "", "SENUnitIndicator": "", "ResourcedProvisionIndicator": "", "SENSetting": "OTH"}
    for rows, kind in ((typed, "special"), (ordinary, "Mainstream school")):
        for column, value in (no_place | {"SENSettingOther": kind}).items():
            detail[column] = detail[column].mask(rows, value)
    # A plan that ceased long ago named a type too: it does not stand.
    earlier = detail[old].assign(**no_place, SENSettingOther="special")
    earlier["NamedPlanTableID"] = "old-" + earlier["NamedPlanTableID"]
    plans = small.tables["named_plan", 2025]
    ceased = plans[plans["_child"].isin(pupils[4:6])].assign(CeaseReason="9")
    ceased = ceased.assign(
        NamedPlanTableID="old-" + ceased["NamedPlanTableID"], StartDate="2015-01-01", CeaseDate="2016-01-01"
    )
    small.tables["named_plan", 2025] = pd.concat([ceased, plans], ignore_index=True)
    small.tables["plan_detail", 2025] = pd.concat([earlier, detail], ignore_index=True)
    waiting = read(small, tmp_path / "after").table("waiting").groupby("year")["plans"].sum()
    assert (waiting - before).to_dict() == {2024: 0, 2025: 2}


def test_requests_are_of_the_calendar_year_before(world: World, clean: sf.Inputs) -> None:
    requests = clean.table("requests").set_index("year")
    for year in world.years[1:]:
        asked = world.tables["requests", year]
        received = pd.to_datetime(asked["ReceivedDate"])
        of_year = received.dt.year.eq(year - 1)
        assert requests.loc[year, "requests"] == of_year.sum()
        assert requests.loc[year, "agreed"] == (of_year & asked["RequestOutcome"].eq("Y")).sum()
        named = world.tables["named_plan", year].merge(asked[["_child", "ReceivedDate"]], on="_child")
        into = world.tables["active_plans", year]
        named = named[~named["_child"].isin(into.loc[into["TransferLA"].ne(""), "_child"])]
        start = pd.to_datetime(named["StartDate"])
        issued = start.dt.year.eq(year - 1)
        assert requests.loc[year, "issued"] == issued.sum()
        soon = (start - pd.to_datetime(named["ReceivedDate"])).dt.days.le(140)
        assert requests.loc[year, "within_20_weeks"] == (issued & soon).sum()


def test_other_tables_go_along(world: World, tmp_path: Path) -> None:
    sites = {"site": ["S"], "name": ["S"], "setting": ["special"], "authority": ["E10000099"], "area": ["QX1"]}
    sites |= {"needs": ["ASD;SEMH;SLCN;SLD;MLD"], "age_from": [4], "age_to": [18]}
    places = {"site": ["S"], "year": [2025], "places": [400], "status": ["open"], "counted_as": ["commissioned"]}
    (tmp_path / "places.csv").write_text(pd.DataFrame(places).to_csv(index=False))
    travel = {"area": AREAS, "site": ["S"] * len(AREAS), "minutes": [20] * len(AREAS), "km": [8] * len(AREAS)}
    inputs = read(world, tmp_path / "w", sites=sites, places=tmp_path / "places.csv", travel=travel)
    base = sf.project(sf.fit(inputs), to=2026, draws=20, seed=1)
    assert base.places().query("year == 2025")["mean"].item() == 400


def test_seats_are_counted_where_sites_are_called_by_their_urn(world: World, tmp_path: Path) -> None:
    last = world.states.query("year == 2025")
    register = world.establishments
    special = register.loc[register["TypeOfEstablishment (code)"].eq("7"), "URN"].tolist()
    n = len(special)
    sites = {"site": [f"{urn}-main" for urn in special], "name": special, "setting": ["special"] * n}
    sites |= {"authority": ["E10000099"] * n, "area": ["QX1"] * n, "age_from": [0] * n, "age_to": [25] * n}
    sites["needs"] = [";".join(sorted(set(last["need"])))] * n
    places = {"site": sites["site"], "year": [2025] * n, "places": [400] * n, "status": ["open"] * n}
    places["counted_as"] = ["commissioned"] * n
    pairs = [(area, site) for area in AREAS for site in sites["site"]]
    travel = pd.DataFrame(pairs, columns=["area", "site"]).assign(minutes=20, km=8)
    inputs = read(world, tmp_path / "a", sites=sites, places=places, travel=travel)
    assert inputs.table("occupied")["plans"].sum() == last["setting"].eq("special").sum()
    assert "seats-inferred" not in sf.fit(inputs).flags
    # Other codes say nothing about who sits where.
    named = sites | {"site": [f"school {k}" for k in range(n)]}
    other = read(world, tmp_path / "b", sites=named)
    assert "occupied" not in other.tables


def test_a_provider_known_by_its_ukprn_alone_is_found_in_the_register(world: World, tmp_path: Path) -> None:
    small = make_world(300, years=(2024, 2025), seed=2)
    register = small.establishments.assign(UKPRN=[f"1{urn}" for urn in small.establishments["URN"]])
    colleges = set(register.loc[register["TypeOfEstablishment (code)"].isin(["18", "32"]), "URN"])
    unlisted = sorted(colleges)[0]
    for year in small.years:
        place = small.tables["placement_detail", year]
        there = place["URN"].isin(colleges)
        ukprn = place["URN"].map(lambda urn: "19999999" if urn == unlisted else f"1{urn}")
        place = place.assign(UKPRN=place["UKPRN"].mask(there, ukprn), URN=place["URN"].mask(there, ""))
        small.tables["placement_detail", year] = place
    inputs = read(small, tmp_path, establishments=register)
    truth = small.states.groupby("setting").size()
    totals = inputs.table("plans").groupby("setting")["plans"].sum()
    assert totals["spi"] == truth["spi"] > 0 and totals["fe"] == truth["fe"]
    assert set(inputs.issues()["slug"]) <= NATURAL


def test_modules_may_name_the_child_by_upn_alone(clean: sf.Inputs, tmp_path: Path) -> None:
    bare = make_world(1_500, seed=3)
    ids = [f"{name}TableID" for name in ("Person", "Requests", "Assessment", "NamedPlan", "ActivePlans")]
    for (module, year), table in bare.tables.items():
        upns = bare.tables["person", year].set_index("_child")["UPN"] if module != "person" else None
        plain = table if upns is None else table.assign(UPN=table["_child"].map(upns))
        bare.tables[module, year] = plain
    for key, table in bare.tables.items():
        bare.tables[key] = table.drop(columns=[column for column in ids if column in table])
    inputs = read(bare, tmp_path)
    for name in ("plans", "flows", "requests"):
        pd.testing.assert_frame_equal(inputs.table(name), clean.table(name))
    assert set(inputs.issues()["slug"]) == NATURAL


def test_files_that_are_no_tables_are_refused_or_left_alone(world: World, tmp_path: Path) -> None:
    small = make_world(120, years=(2024, 2025), seed=2)
    folder = small.write(tmp_path)
    options = {"authority": WHO, "population": small.population, "partnerships": small.partnerships}
    (folder / "2024" / "notes.csv").write_bytes(bytes(range(256)) * 9)
    (folder / "2024" / "photo.png").write_bytes(b"not ours")
    (folder / "2024" / "empty.csv").write_bytes(b"")
    want = sf.read_sen2(folder, **options)
    assert len(want.table("plans"))
    person = folder / "2024" / "export_person.csv"
    lines = person.read_text().splitlines()
    for broken in ([lines[0], lines[1] + ",more,cells"], [*lines, lines[1] + ",more,cells"]):
        person.write_text("\n".join(broken) + "\n")
        with pytest.raises(sf.InputError, match="unreadable-file") as caught:
            sf.read_sen2(folder, **options)
        assert "Synthetic" not in str(caught.value)
    (folder / "2024" / "book.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(sf.InputError, match="unreadable-file"):
        sf.read_sen2(folder, **options)
    with pytest.raises(sf.InputError, match="bad-authority"):
        sf.read_sen2(folder, **(options | {"authority": "E10000099"}))


def test_what_was_read_is_kept_with_the_inputs(clean: sf.Inputs, tmp_path: Path) -> None:
    clean.save(tmp_path / "kept")
    again, copy = sf.Inputs.load(tmp_path / "kept"), pickle.loads(pickle.dumps(clean))
    for other in (again, copy):
        pd.testing.assert_frame_equal(other.issues(), clean.issues())
        pd.testing.assert_frame_equal(other.account(), clean.account())
        pd.testing.assert_frame_equal(other.account("reason"), clean.account("reason"))
    assert sf.verify(tmp_path / "kept")
    assert sf.sample().issues().empty and list(sf.sample().issues()) == list(clean.issues())
    with pytest.raises(sf.InputError, match="unknown-axis"):
        clean.account("month")  # type: ignore[arg-type]
