"""Person-level returns: counts equal what is true of the invented children, every planted fault is found."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf
from sen2_faults import Planter
from sen2_world import AREAS, World, age_on, census, make_world
from sufficiency import sen2
from sufficiency.sen2.dates import ages_at_august, census_day, parse_dates
from sufficiency.sen2.modules import module_of, year_in

WHO = {"name": "Exampleshire", "code": "E10000099"}
NATURAL = {"moved-district", "transferred-in"}
KEYS = ["year", "area", "age", "need", "setting"]


def read(world: World, folder: Path, **options: Any) -> sf.Inputs:
    given = {"authority": WHO, "population": world.population, "partnerships": world.partnerships}
    return sf.read_sen2(world.write(folder), **{**given, **options})


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1_500, seed=3)


@pytest.fixture(scope="module")
def clean(world: World, tmp_path_factory: pytest.TempPathFactory) -> sf.Inputs:
    return read(world, tmp_path_factory.mktemp("clean"))


def counted(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    table = rows.groupby(keys).size().rename("plans").reset_index()
    return table.assign(age=table["age"].astype(str)).sort_values(keys, ignore_index=True)


def test_plans_equal_the_children_that_were_made(world: World, clean: sf.Inputs) -> None:
    ours = clean.table("plans").sort_values(KEYS, ignore_index=True)
    pd.testing.assert_frame_equal(ours[[*KEYS, "plans"]], counted(world.states, KEYS), check_dtype=False)


def test_flows_equal_what_happened_to_each_child(world: World, clean: sf.Inputs) -> None:
    keys = list(world.flows.columns)
    ours = clean.table("flows")
    ours = ours.assign(age=ours["age"].astype(str)).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(ours[[*keys, "plans"]], counted(world.flows, keys), check_dtype=False)
    assert set(ours["flow"]) == {"new", "ceased", "moved", "transfer_in", "transfer_out"}


def test_the_account_balances_and_nothing_needs_reconciling(world: World, clean: sf.Inputs) -> None:
    balance(clean)
    account = clean.account()
    assert account["year"].tolist() == world.years[1:]
    assert not account[["reconciliation_in", "reconciliation_out"]].to_numpy().any()
    assert "account-reconciled" not in clean.flags
    ended = clean.account("reason").groupby("year")["plans"].sum()
    assert ended.tolist() == (account["ceased"] + account["transfer_out"]).tolist()


def balance(inputs: sf.Inputs) -> None:
    """Plans of each January are those of the one before, and what came, less what left: by the tables alone."""
    plans = inputs.table("plans").groupby("year")["plans"].sum()
    flows = inputs.table("flows").groupby(["year", "flow"])["plans"].sum().unstack(fill_value=0)
    for year in plans.index[1:]:
        came, left = flows.loc[year, ["new", "transfer_in"]], flows.loc[year, ["ceased", "transfer_out"]]
        assert plans[year] == plans[year - 1] + came.sum() - left.sum(), year


def test_a_clean_return_has_no_issue_but_what_really_happened(world: World, clean: sf.Inputs) -> None:
    issues = clean.issues()
    assert set(issues["slug"]) == NATURAL and set(issues["severity"]) == {"note"}
    states = world.states.sort_values(["child", "year"])
    before = states.groupby("child")["area"].shift()
    moved = (before.notna() & before.ne(states["area"])).sum()
    counts = issues.groupby("slug").size()
    assert counts["moved-district"] == moved
    into = sum(
        table["TransferLA"].ne("").sum() for (name, _), table in world.tables.items() if name == "active_plans"
    )
    assert counts["transferred-in"] == into


@pytest.mark.parametrize("seed", [1, 2])
def test_every_one_of_200_planted_faults_is_found_and_the_account_still_balances(
    tmp_path: Path, seed: int
) -> None:
    faulty = make_world(1_500, seed=seed)
    planted = Planter(faulty, seed).plant(200)
    inputs = read(faulty, tmp_path)
    issues = inputs.issues()
    found = set(zip(issues["slug"], issues["module"], issues["year"], issues["row"], strict=True))
    assert len(set(planted)) == 200 and not [fault for fault in planted if fault not in found]
    assert {slug for slug, _, _, _ in planted} == {check.slug for check in sen2.CHECKS} - NATURAL
    # What else is named follows from a fault: a wrong date of birth differs in two Januaries, and so on.
    others = found - set(planted)
    assert {each[0] for each in others} <= NATURAL | {
        "birth-date-changed",
        "came-without-record",
        "left-without-record",
    }
    balance(inputs)
    assert inputs.table("plans")["plans"].sum() > 0.97 * len(faulty.states)


def test_faults_change_no_other_child(world: World, clean: sf.Inputs, tmp_path: Path) -> None:
    # A blank UPN is bridged by name and date of birth: not one count differs.
    faulty = make_world(1_500, seed=3)
    planter = Planter(faulty, 1)
    for _ in range(15):
        assert planter.fault_no_upn() and planter.fault_upn_changed() and planter.fault_duplicate_person()
        assert planter.fault_cease_reason_missing()
    for key, table in planter.tables.items():
        faulty.tables[key] = table
    inputs = read(faulty, tmp_path)
    for name in ("plans", "flows"):
        pd.testing.assert_frame_equal(inputs.table(name), clean.table(name))


def test_eight_thousand_children_in_five_januaries_take_at_most_five_seconds(tmp_path: Path) -> None:
    large = make_world(8_000, seed=1)
    folder = large.write(tmp_path)
    begun = time.process_time()
    inputs = sf.read_sen2(folder, authority=WHO, population=large.population, partnerships=large.partnerships)
    assert time.process_time() - begun < 5  # processor time of this process
    assert inputs.table("plans").query("year == 2025")["plans"].sum() >= 8_000


def test_the_fit_takes_the_moves_as_data_and_projects(world: World, clean: sf.Inputs) -> None:
    fitted = sf.fit(clean)
    summary = fitted.summary().set_index("quantity")
    assert summary.loc["moves between settings", "status"] == "data"
    assert summary.loc["arrivals with a plan", "status"] == "data"
    assert not {"inferred-margins", "transitions-prior", "transfers-assumed"} & set(fitted.flags)
    base = sf.project(fitted, to=2027, draws=40, seed=1)
    plans = base.plans().set_index("year")["mean"]
    assert plans[2025] == len(world.states.query("year == 2025"))


def test_no_message_or_table_names_a_child(tmp_path: Path) -> None:
    faulty = make_world(600, seed=5)
    Planter(faulty, 5).plant(90)
    inputs = read(faulty, tmp_path)
    said = inputs.issues().to_csv() + inputs.account().to_csv() + repr(inputs) + inputs._repr_html_()
    person = pd.concat(table for (name, _), table in faulty.tables.items() if name == "person")
    for column in ("UPN", "Surname", "Forename", "Postcode", "PersonBirthDate"):
        assert not [value for value in person[column].unique() if value and value in said], column


# --- corrections


def corrections(rows: list[dict[str, Any]]) -> pd.DataFrame:
    blank = dict.fromkeys(["module", "year", "person", "row", "column", "from", "to", "reason", "who"], "")
    return pd.DataFrame([blank | {"reason": "checked", "who": "analyst"} | row for row in rows])


def test_corrections_are_applied_logged_and_never_silent(world: World, tmp_path: Path) -> None:
    need = world.tables["sen_need", 2025].iloc[0]
    upn = world.tables["person", 2025]
    child = upn[upn["_child"].eq(need["_child"])].iloc[0]
    at = {"module": "sen_need", "year": 2025, "column": "sentype"}
    table = corrections(
        [
            at | {"row": 1, "from": need["SENType"], "to": "VI"},
            {
                "module": "1",
                "year": 2025,
                "person": child["UPN"],
                "column": "Postcode",
                "from": child["Postcode"],
                "to": "QX2 1ZZ",
            },
            at | {"row": 2, "from": "XXX", "to": "VI"},
            at | {"row": 999_999, "from": "ASD", "to": "VI"},
            at | {"row": 1, "from": "VI", "to": "HI", "reason": ""},
            {"module": "no", "year": 2025, "row": 1, "column": "a"},
            {"module": "person", "year": 2031, "row": 1, "column": "upn"},
            {"module": "person", "year": 2025, "row": 1, "column": "shoe size"},
            {
                "module": "5c",
                "year": 2025,
                "person": child["PersonTableID"],
                "column": "SEN type rank",
                "from": "1",
                "to": "1",
            },
        ]
    )
    inputs = read(world, tmp_path, corrections=table)
    log = inputs.corrections()
    assert log["applied"].tolist() == [True, True, False, False, False, False, False, False, True]
    assert log["line"].tolist() == list(range(1, 10))
    notes = [
        "something else",
        "no such row",
        "needs a reason",
        "no such module",
        "no such January",
        "no such column",
    ]
    for note, given in zip(notes, log["note"].tolist()[2:8], strict=True):
        assert note in given
    truth = world.states.copy()
    mine = truth["child"].eq(need["_child"]) & truth["year"].eq(2025)
    truth.loc[mine, ["need", "area"]] = ["VI", "QX2"]
    ours = inputs.table("plans").sort_values(KEYS, ignore_index=True)
    pd.testing.assert_frame_equal(ours[[*KEYS, "plans"]], counted(truth, KEYS), check_dtype=False)
    assert inputs.sources()["source"].str.contains("corrections [0-9a-f]{12}").any()


def test_a_correction_can_take_a_row_out(world: World, tmp_path: Path) -> None:
    doubled = make_world(1_500, seed=3)
    planter = Planter(doubled, 1)
    planter.fault_duplicate_plan()
    doubled.tables.update(planter.tables)
    slug, module, year, row = planter._located(*planter.planted[0])
    assert slug in set(read(doubled, tmp_path / "a").issues()["slug"])
    table = corrections([{"module": module, "year": year, "row": row, "column": "row", "to": "remove"}])
    mended = read(doubled, tmp_path / "b", corrections=table)
    assert slug not in set(mended.issues()["slug"]) and mended.corrections()["applied"].all()


def test_a_corrections_file_with_a_column_missing_is_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "corrections.csv").write_text("module,year,row,column,from,to,reason\n")
    with pytest.raises(sf.InputError, match="column who is missing"):
        read(world, tmp_path / "w", corrections=tmp_path / "corrections.csv")


# --- layouts


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


# --- dates


def test_census_day_is_the_third_thursday_as_it_was() -> None:
    known = ["2023-01-19", "2024-01-18", "2025-01-16", "2026-01-15"]
    assert [census_day(year) for year in range(2023, 2027)] == [pd.Timestamp(day) for day in known]
    assert all(census_day(year) == census(year) for year in range(2015, 2045))


def test_age_is_whole_years_at_the_31_august_before_the_school_year() -> None:
    births = pd.Series(pd.to_datetime(["2014-08-31", "2014-09-01", "2014-01-01", "2014-12-31", "2024-10-01"]))
    years = pd.Series([2025] * 5)
    assert ages_at_august(births, years).tolist() == [10, 9, 10, 9, -1]
    assert age_on(pd.DatetimeIndex(births), 2025).tolist() == [10, 9, 10, 9, -1]


def test_dates_are_read_as_people_write_them() -> None:
    texts = [
        "2024-01-18",
        "18/01/2024",
        "2024-Jan-18 00:00:00",
        "18-Jan-2024",
        "2024-01-18T09:30:00",
        "18-01-2024",
    ]
    assert set(parse_dates(pd.Series(texts))) == {pd.Timestamp("2024-01-18")}
    assert parse_dates(pd.Series(["", "31/02/2024", "soon", "13/13/2024"])).isna().all()


# --- checks


def test_every_check_says_what_is_assumed_and_stands_once() -> None:
    table = sen2.check_table()
    assert len(table) >= 25 and table["slug"].is_unique
    assert set(table["severity"]) == {"error", "warning", "note"}
    assert table[["message", "assumed", "module"]].ne("").all(axis=None)


def test_the_page_lists_every_check_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sen2.md").read_text()
    for check in sen2.CHECKS:
        assert (
            f"| `{check.slug}` | {check.module} | {check.severity} | {check.message} | {check.assumed} |" in page
        )
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(sen2.CHECKS)
