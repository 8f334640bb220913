"""Pair tables: what `read_transitions` makes of one row per child and pair of Januaries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import sufficiency as sf
from synthetic import AGES, Year, class_of, step, typical

NEEDS = ("ASD", "SEMH", "MLD", "OTHER")
SETTINGS = ("MMS", "MSS", "ISS", "FEC")
FIRST, LAST = 2019, 2024  # calendar years of the pairs
RESIDENTS = 12_000


@cache
def world() -> list[Year]:
    """Januaries `FIRST` to `LAST` + 1 of a growing authority of some 8,000 plans."""
    rng, known = np.random.default_rng(7), typical()
    years = [Year(np.zeros((AGES, 4, 4), int))]
    for _ in range(40):
        years = [step(rng, years[-1].stock, known, known.incidence * RESIDENTS)]
    for at in range(LAST - FIRST + 1):
        years.append(step(rng, years[-1].stock, known, known.incidence * RESIDENTS * 1.06**at))
    return years


def rows_of(year: Year, calendar_year: int) -> pd.DataFrame:
    """One row per child, in the peer's columns."""
    kinds = ((year.moved, "both"), (year.ceased, "ends"), (year.new, "begins"))
    parts = []
    for counts, kind in kinds:
        cell = np.repeat(np.argwhere(counts), counts[counts > 0], axis=0)
        age, need, setting = cell[:, 0], np.array(NEEDS)[cell[:, 1]], np.array(SETTINGS)[cell[:, -1]]
        was = np.array(SETTINGS)[cell[:, 2]]
        begins, ends = kind == "begins", kind == "ends"
        parts.append(
            pd.DataFrame(
                {
                    "calendar-year": calendar_year,
                    "setting-1": "NONSEND" if begins else was,
                    "need-1": "NONSEND" if begins else need,
                    "academic-year-1": age - 5,
                    "setting-2": "NONSEND" if ends else setting,
                    "need-2": "NONSEND" if ends else need,
                    "academic-year-2": age - 4,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@cache
def pairs() -> pd.DataFrame:
    years = zip(world()[1:], range(FIRST, LAST + 1), strict=True)
    return pd.concat([rows_of(year, at) for year, at in years], ignore_index=True)


@cache
def people() -> pd.DataFrame:
    rows = [(year, age - 4, RESIDENTS) for year in range(FIRST, LAST + 9) for age in range(AGES)]
    return pd.DataFrame(rows, columns=["calendar-year", "academic-year", "population"])


@cache
def inputs() -> sf.Inputs:
    return sf.read_transitions(pairs(), people(), specialist=["MSS", "ISS"], need_groups={"OTHER": "learning"})


def test_stocks_of_every_january_are_those_of_the_world() -> None:
    plans = inputs().table("plans")
    for year, counted in zip(world(), range(FIRST, LAST + 2), strict=True):
        rows = plans[plans["year"] == counted]
        found = np.zeros((AGES, 4, 4), int)
        at = ([int(a) for a in rows["age"]], [NEEDS.index(n) for n in rows["need"]])
        found[(*at, [SETTINGS.index(s) for s in rows["setting"]])] = rows["plans"]
        assert (found == year.stock).all()
    assert inputs().base_year == LAST + 1
    assert inputs().codes["setting"] == sorted(SETTINGS)


def test_every_child_of_a_january_is_there_before_or_new_and_there_after_or_ceased() -> None:
    plans, flows = inputs().table("plans"), inputs().table("flows")
    stock = plans.groupby("year")["plans"].sum()
    flow = flows.groupby(["flow", "year"])["plans"].sum()
    for year in range(FIRST + 1, LAST + 2):
        assert stock[year] == stock[year - 1] + flow["new", year] - flow["ceased", year]
    by_age = flows.astype({"age": int}).groupby(["flow", "year", "age"])["plans"].sum()
    for at, year in enumerate(world()[1:]):
        # At the age turned by the second January; whoever turns 26 stands at 25.
        ceased = year.ceased.sum(axis=(1, 2))
        ceased[AGES - 1] += ceased[AGES]
        for flow, counts in (("ceased", ceased), ("new", year.new.sum(axis=(1, 2)))):
            found = by_age[flow, FIRST + at + 1].reindex(range(AGES), fill_value=0)
            assert found.tolist() == counts[:AGES].tolist()
    into = flows[flows["flow"] == "moved"].groupby(["year", "to_setting"])["plans"].sum()
    for at, year in enumerate(world()[1:]):
        moved = year.moved.sum(axis=(0, 1))
        assert into[FIRST + at + 1, "MSS"] == moved[:, 1].sum() - moved[1, 1]


def test_frames_of_any_library_paths_and_any_order_of_rows_give_the_same_inputs(tmp_path: Path) -> None:
    file, residents = tmp_path / "transitions.csv", tmp_path / "population.csv"
    pairs().sample(frac=1, random_state=1).to_csv(file, index=False)
    people().to_csv(residents, index=False, encoding="utf-8-sig")
    options: dict[str, Any] = {"specialist": ["MSS", "ISS"], "need_groups": {"OTHER": "learning"}}
    read = sf.read_transitions(file, str(residents), **options)
    polars = sf.read_transitions(pl.from_pandas(pairs()), pl.from_pandas(people()), **options)
    for other in (read, polars):
        assert other._raw() == inputs()._raw()


def test_the_fit_takes_the_moves_as_data() -> None:
    fitted = sf.fit(inputs())
    summary = fitted.summary().set_index("quantity")["status"]
    assert summary["moves between settings"] == "data"
    assert not {"transitions-prior", "inferred-margins", "ceasing-prior"} & set(fitted.flags)
    assert (fitted.flag_table()["meaning"] != "").all()


def moved_on(fitted: sf.Fitted, settings: Sequence[str] = SETTINGS) -> np.ndarray:
    """Expected children by age and setting a year on, if nobody ceases or joins; shape (age, setting)."""
    table = run_on(fitted).groupby(["age", "setting"])["mean"].sum().unstack()
    return table.reindex(range(AGES))[list(settings)].fillna(0).to_numpy()


def run_on(fitted: sf.Fitted) -> pd.DataFrame:
    """The same by age, need and setting, as a table."""
    rates = ("new_plans", "ceasing", "transfers_out")
    about = {"from": LAST + 2, "reason": "moves alone", "owner": "test"}
    nothing = sf.Scenario(
        "moves alone", [{"kind": "scale_rate", "rate": rate, "factor": 0.0} | about for rate in rates]
    )
    run = sf.project(fitted, to=LAST + 2, draws=1, seed=1, expectation=True, scenario=nothing)
    table = run.plans(by=["year", "age", "need", "setting"])
    return table[table["year"] == LAST + 2]


def test_projected_shares_of_settings_are_those_of_the_generating_matrix() -> None:
    """At each phase transfer and over the years within phases.

    Error stated: 3 percentage points against the rows that were counted: England's rows, worth 25 children, pull
    by up to 2 (at 16: ours send half to college, England's none of such a code), and arrivals, 2.5% of children
    who have not moved, make 1. Five against the matrix: rows of 300 to 600 children over three years are off by up
    to 2 (three sd over all settings).
    """
    last, known = world()[-3:], typical()
    stock = last[-1].stock
    found = moved_on(sf.fit(inputs()))
    for ages in (range(5, 11), [11], range(12, 16), [16]):
        counted = sum(year.moved[list(ages)].sum(axis=(0, 1)) for year in last)
        counted = counted / np.maximum(counted.sum(axis=1, keepdims=True), 1)
        shares = found[list(ages)].sum(axis=0) / found[list(ages)].sum()
        there = sum(stock[age - 1].sum(axis=0) for age in ages)
        for row, error in ((known.moves[class_of(ages[0]), 0], 0.05), (counted, 0.03)):
            assert np.abs(shares - there @ row / there.sum()).max() < error, (ages, shares, there @ row)


def test_without_its_moves_the_same_inputs_miss_the_matrix() -> None:
    """The claim above can fail: England's moves alone are far off."""
    tables = {name: inputs().table(name) for name in inputs().tables}
    flows = tables["flows"]
    base = tables["plans"]["year"] == LAST + 1
    tables |= {"flows": flows[flows["flow"] != "moved"], "plans": tables["plans"][base]}
    bare = sf.Inputs.from_frames(inputs()._inner.authority, **tables)
    stock, known = world()[-1].stock, typical()
    found = moved_on(sf.fit(bare))[16]
    expected = stock[15].sum(axis=0) @ known.moves[class_of(16), 0]
    assert np.abs(found / found.sum() - expected / expected.sum()).max() > 0.15


def test_changes_of_need_are_learnt_from_the_rows() -> None:
    """6% of children with autism are recorded with SEMH a year later, of three Januaries and more.

    Error stated: half a percentage point. 10,000 children of 5 to 15 tell a share of 6% to 0.25 (one standard
    error), England's 1% or so, worth 200 children of each class of age, pulls by 0.1.
    """
    rows, rng = pairs().copy(), np.random.default_rng(8)
    autism = rows["need-1"].eq("ASD") & rows["need-2"].eq("ASD")
    rows.loc[autism & (rng.random(len(rows)) < 0.06), "need-2"] = "SEMH"
    changing = sf.read_transitions(rows, people(), specialist=["MSS", "ISS"], need_groups={"OTHER": "learning"})
    fitted = sf.fit(changing)
    assert "need-changes-prior" not in fitted.flags

    def grown(fit: sf.Fitted, tables: sf.Inputs) -> float:
        """Children of 5 to 15 with autism a year on, arrivals with a plan among them, over those of 4 to 14."""
        plans = tables.table("plans").query("year == @LAST + 1 and need == 'ASD'").astype({"age": int})
        later = run_on(fit).query("need == 'ASD' and 5 <= age <= 15")["mean"].sum()
        return float(later / plans[plans["age"].between(4, 14)]["plans"].sum())

    # As many arrive in either: the difference is the changes.
    assert grown(sf.fit(inputs()), inputs()) - grown(fitted, changing) == pytest.approx(0.06, abs=0.005)


@pytest.mark.parametrize("known_by", [["age"], ["age", "setting"]])
def test_new_plans_of_unknown_setting_are_not_taken_for_moves(known_by: list[str]) -> None:
    """Moves inferred from Januaries, new plans known by margins only.

    Error stated: 2 percentage points against the matrix (England's first settings stand in). Taken for children
    who moved, new plans, mostly in mainstream, made special and independent schools 5 points too small at 11.
    """
    codes = dict(zip(SETTINGS, ("mainstream", "special", "independent_special", "fe"), strict=True))
    renamed = pairs().replace({"setting-1": codes, "setting-2": codes})
    whole = sf.read_transitions(renamed, people(), need_groups={"OTHER": "learning"})
    tables = {name: whole.table(name) for name in whole.tables}
    flows = tables["flows"]
    new = flows[flows["flow"] == "new"]
    axes = ["age", "need", "setting", "to_need", "to_setting"]

    def without(axis: str) -> dict[str, str]:
        return {other: "all" for other in axes if other != axis}

    margins = [
        new.groupby(["year", axis], as_index=False)["plans"].sum().assign(flow="new", **without(axis))
        for axis in known_by
    ]
    tables["flows"] = pd.concat([flows[flows["flow"] == "ceased"], *margins])
    stock, known = world()[-1].stock, typical()
    fitted = sf.fit(sf.Inputs.from_frames(whole._inner.authority, **tables))
    assert "inferred-margins" in fitted.flags
    found = moved_on(fitted, list(codes.values()))
    for ages in (range(5, 11), [11], range(12, 16)):
        there = sum(stock[age - 1].sum(axis=0) for age in ages)
        shares = found[list(ages)].sum(axis=0) / found[list(ages)].sum()
        expected = there @ known.moves[class_of(ages[0]), 0] / there.sum()
        assert np.abs(shares - expected)[1:].max() < 0.02, (ages, shares, expected)


def test_the_fit_projects_specialist_demand() -> None:
    run = sf.project(sf.fit(inputs()), to=LAST + 4, draws=100, seed=1, progress=False)
    demand = run.demand().set_index("year")["mean"]
    school = world()[-1].stock[4:16]
    assert demand[LAST + 1] == school[:, :, 1:3].sum()
    assert 0.7 < demand[LAST + 4] / demand[LAST + 1] < 1.6
    assert {"ISS", "MSS"} <= set(run.plans(by=["year", "setting"])["setting"])


def test_what_was_assumed_of_codes_is_flagged_by_name() -> None:
    guessed = sf.read_transitions(pairs(), people())
    table = guessed.flag_table().set_index("flag")["meaning"]
    assert "MMS" in table["specialist-assumed"] and "OTHER" in table["need-groups-assumed"]
    ours = pairs().replace({"MMS": "mainstream", "MSS": "special", "ISS": "independent_special", "FEC": "fe"})
    known = sf.read_transitions(ours.replace({"OTHER": "PD"}), people())
    assert "specialist-assumed" not in known.flags and "need-groups-assumed" not in known.flags
    run = sf.project(sf.fit(known), to=LAST + 2, draws=10, seed=1, progress=False)
    assert run.demand()["mean"].iloc[0] == world()[-1].stock[4:16, :, 1:3].sum()


def test_stocks_that_differ_and_repeated_year_groups_are_flagged() -> None:
    odd = pairs().copy()
    inside = odd[(odd["setting-1"] != "NONSEND") & (odd["setting-2"] != "NONSEND")]
    odd.loc[inside.index[0], "academic-year-2"] -= 1
    read = sf.read_transitions(odd, people(), specialist=["MSS"])
    assert {"year-group-repeated", "stocks-differ"} <= set(read.flags)
    assert "stocks-differ" not in inputs().flags


def test_residents_end_a_year_early_at_most() -> None:
    early = people()[people()["calendar-year"] <= LAST]
    read = sf.read_transitions(pairs(), early, specialist=["MSS"])
    assert "population-rolled-forward" in read.flags
    assert read.table("population").query("year == @LAST + 1")["population"].eq(RESIDENTS).all()
    with pytest.raises(sf.InputError, match="base-year-without-population"):
        sf.read_transitions(pairs(), people()[people()["calendar-year"] < LAST])


def test_every_fault_is_reported_at_once_by_row_and_never_by_count() -> None:
    rows = {
        "calendar-year": [2023, 2023, 2023, 1066, 2023],
        "setting-1": ["MMS", "NONSEND", "MMS", "MMS", "MMS+"],
        "need-1": ["ASD", "NONSEND", "", "ASD", "NONSEND"],
        "academic-year-1": [5, "", 6, "x", 7],
        "setting-2": ["MMS", "NONSEND", "MSS", "MMS", "MMS"],
        "need-2": ["ASD", "NONSEND", "ASD", "ASD", "ASD"],
        "academic-year-2": [9, "", 7, 30, 8],
    }
    residents = {"calendar-year": [2024] * 3, "academic-year": [1, 1, 99], "population": [4711, -1, "many"]}
    with pytest.raises(sf.InputError) as caught:
        sf.read_transitions(rows, residents, specialist=["nowhere"], need_groups={"ASD": "autism"})
    found = {(p["slug"], p["table"], p["row"]) for p in caught.value.problems}
    assert found == {
        ("bad-year", "transitions", 4),
        ("blank-cell", "transitions", 3),
        ("bad-code-list", "transitions", 5),
        ("half-outside", "transitions", 5),
        ("not-a-number", "transitions", 4),
        ("bad-age", "transitions", 4),
        ("outside-twice", "transitions", 2),
        ("bad-step", "transitions", 1),
        ("duplicate-key", "population", 2),
        ("negative-count", "population", 2),
        ("bad-age", "population", 3),
        ("not-a-number", "population", 3),
        ("unknown-setting", "argument specialist", None),
        ("unknown-word", "argument need_groups", None),
    }
    assert "4711" not in str(caught.value) and str(caught.value).startswith("14 problems")


def test_missing_columns_years_and_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(sf.InputError, match="missing-column") as caught:
        sf.read_transitions(pairs().drop(columns=["need-2"]), {"calendar-year": []})
    assert {p["column"] for p in caught.value.problems} == {"need-2", "academic-year", "population"}
    gap = pairs()[pairs()["calendar-year"] != FIRST + 1]
    with pytest.raises(sf.InputError, match=rf"no pairs of {FIRST + 1} \[year-gap\]"):
        sf.read_transitions(gap, people())
    with pytest.raises(sf.InputError, match="unreadable-file"):
        sf.read_transitions(tmp_path / "absent.csv", people())
    with pytest.raises(sf.InputError, match="unreadable-file"):
        sf.read_transitions(3, people())
