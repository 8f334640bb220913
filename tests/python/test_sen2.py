"""Person-level returns: counts equal what is true of the invented children, every planted fault is found."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf
from sen2_faults import Planter
from sen2_world import NATURAL, WHO, World, age_on, census, counted, make_world, read
from sufficiency import sen2
from sufficiency.sen2.dates import ages_at_august, census_day, parse_dates

KEYS = ["year", "area", "age", "need", "setting"]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1_500, seed=3)


@pytest.fixture(scope="module")
def clean(world: World, tmp_path_factory: pytest.TempPathFactory) -> sf.Inputs:
    return read(world, tmp_path_factory.mktemp("clean"))


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
        "plan-names-place",
        "placed-beside-plan",
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


def test_a_plan_that_names_a_place_which_the_child_does_not_have_is_demand_until_it_is_taken(
    tmp_path: Path,
) -> None:
    # Nine children in mainstream classes at both Januaries whose plans name a special school: three at the first
    # January alone, three at both, and three at the first who are in that school by the second.
    small = make_world(1_500, years=(2024, 2025), seed=6)
    before = read(small, tmp_path / "before")
    states = small.states.query("setting == 'mainstream' and 4 <= age <= 14")
    twice = states.groupby("child")["year"].nunique()
    chosen = sorted(twice.index[twice.eq(2)])[:9]
    special = small.establishments.loc[small.establishments["TypeOfEstablishment (code)"].eq("7"), "URN"].iloc[0]
    blank = dict.fromkeys(["SENUnitIndicator", "ResourcedProvisionIndicator", "SENSetting", "SENSettingOther"], "")

    def name_special(module: str, year: int, children: list[int]) -> None:
        table = small.tables[module, year]
        mine = table["_child"].isin(children) & (
            table["LeavingDate"].eq("") if "LeavingDate" in table else table["_child"].ge(0)
        )
        changes = blank | {"URN": special}
        small.tables[module, year] = table.assign(**{k: table[k].mask(mine, v) for k, v in changes.items()})

    name_special("plan_detail", 2024, chosen)
    name_special("plan_detail", 2025, chosen[3:])
    name_special("placement_detail", 2025, chosen[6:])
    inputs = read(small, tmp_path / "after")
    plans = inputs.table("plans").query("setting != required")
    assert set(zip(plans["setting"], plans["required"], strict=True)) == {("mainstream", "special")}
    assert plans.groupby("year")["plans"].sum().to_dict() == {2024: 9, 2025: 3}
    assert (inputs.issues()["slug"] == "plan-names-place").sum() == 12
    # Only the first three have moved between required settings: back from special to mainstream.
    keys = ["flow", "setting", "to_setting"]
    moves = [each.table("flows").groupby(keys)["plans"].sum() for each in (before, inputs)]
    change = moves[1].sub(moves[0], fill_value=0)
    assert change[change.ne(0)].to_dict() == {("moved", "special", "mainstream"): 3}
    # The engine's table counts them where the plan asks for them.
    specials = [each.table("base").query("setting == 'special'")["plans"].sum() for each in (before, inputs)]
    assert specials[1] - specials[0] == 6
    base = [sf.project(sf.fit(each), to=2026, draws=2, seed=1).demand() for each in (before, inputs)]
    assert base[1].loc[0, "mean"] - base[0].loc[0, "mean"] == 6


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
    needs = world.tables["sen_need", 2025]
    at_row = int(needs["SENTypeRank"].eq("1").to_numpy().argmax())
    need = needs.iloc[at_row]
    upn = world.tables["person", 2025]
    child = upn[upn["_child"].eq(need["_child"])].iloc[0]
    at = {"module": "sen_need", "year": 2025, "column": "sentype"}
    table = corrections(
        [
            at | {"row": at_row + 1, "from": need["SENType"], "to": "VI"},
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
            at | {"row": at_row + 1, "from": "VI", "to": "HI", "reason": ""},
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
