"""Released together, tables give no small count away: an attacker with a solver of its own tries."""

import dataclasses
import itertools
import logging
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import sufficiency as sf
from attacker import pack_widths, widths
from sufficiency import _core
from sufficiency.disclosure.counts import counts_of
from sufficiency.disclosure.rules import RATIO_BASE
from sufficiency.disclosure.system import System
from sufficiency.release import Released, csv_bytes, describe, stack, write_csv
from sufficiency.tables import asked

BASE = 2025
BASE_STEP = 5


def children(seed: int, areas: int = 6, needs: int = 4, phases: int = 1, most: int = 40) -> pd.DataFrame:
    """Children of an authority at random: many cells small, some large."""
    rng = np.random.default_rng(seed)
    rows = []
    for area, need, age in itertools.product(range(areas), range(needs), [4, 11][:phases]):
        size = int(rng.choice([0, 1, 3, 8, 12, most], p=[0.2, 0.2, 0.2, 0.15, 0.15, 0.1]))
        rows.append((f"A{area}", f"P{area * 2 // areas}", f"N{need}", f"G{need // 2}", age, size))
    return pd.DataFrame(rows, columns=["area", "planning_area", "need", "need_group", "age", "children"])


def table(held: pd.DataFrame, *axes: str) -> pd.DataFrame:
    """The base-year table of children by axes."""
    if not axes:
        return pd.DataFrame({"year": [BASE], "mean": [float(held["children"].sum())]})
    summed = held.groupby(list(axes), sort=False)["children"].sum().astype(float).rename("mean").reset_index()
    summed.insert(0, "year", BASE)
    return summed


def shown(released: dict[str, Released]) -> dict[str, pd.DataFrame]:
    return {name: each.table for name, each in released.items()}


def check(released: dict[str, Released], held: pd.DataFrame, threshold: int = 10) -> None:
    """No count under the threshold is shown, and what is shown is the count rounded."""
    for each in released.values():
        axes = [axis for axis in each.table.columns if axis not in ("year", "mean")]
        truth = table(held, *axes).set_index(axes)["mean"] if axes else None
        for row in each.table.to_dict("records"):
            if truth is None or not {"area", "planning_area"} & set(axes):
                continue
            count = truth[tuple(row[axis] for axis in axes) if len(axes) > 1 else row[axes[0]]]
            if row["mean"] != "c":
                assert count >= threshold and abs(row["mean"] - count) <= 2 and row["mean"] % BASE_STEP == 0


SETS = (
    [(), ("area",)],
    [(), ("area",), ("planning_area",), ("need",)],
    [("area", "need"), ("planning_area",), ("need_group",)],
    [("area", "need"), ("planning_area", "need"), ("planning_area", "need_group"), ("area",), ()],
    [("planning_area", "need"), ("need_group",), ("area",)],
)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("axes", SETS, ids=lambda axes: "+".join("x".join(each) or "all" for each in axes))
def test_an_attacker_who_knows_all_tables_is_left_a_rounding_base(seed: int, axes: list[tuple[str, ...]]) -> None:
    held = children(seed)
    tables = {"x".join(each) or "all": table(held, *each) for each in axes}
    released = sf.release(tables, held)
    check(released, held)
    found = widths(shown(released), held, ["area", "need"], whole=False)
    assert all(width >= BASE_STEP - 1e-3 for width in found.values()), min(found.values())


@pytest.mark.parametrize("seed", range(6))
def test_a_brute_force_attacker_who_knows_that_children_are_whole_is_left_a_rounding_base(seed: int) -> None:
    held = children(100 + seed, areas=3, needs=2, most=14)
    tables = {"one": table(held, "area", "need"), "two": table(held, "planning_area"), "three": table(held)}
    released = sf.release(tables, held)
    check(released, held)
    found = widths(shown(released), held, ["area", "need"], whole=True)
    assert all(width >= BASE_STEP - 1e-3 for width in found.values())


PAIRS = (
    [("area", "need"), ("area", "phase"), ("need", "phase")],
    [("planning_area", "need"), ("area", "phase"), ("need", "phase")],
    [("area", "need"), ("planning_area", "phase"), ("need_group", "phase"), ()],
)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("axes", PAIRS, ids=lambda axes: "+".join("x".join(each) or "all" for each in axes))
def test_tables_that_meet_in_pairs_do_not_give_a_cell_away(seed: int, axes: list[tuple[str, ...]]) -> None:
    held = children(1000 + seed, areas=4, needs=3, phases=2, most=30)
    held["phase"] = ["primary" if age < 11 else "secondary" for age in held["age"]]
    released = sf.release({"x".join(each) or "all": table(held, *each) for each in axes}, held)
    found = widths(shown(released), held, ["area", "need", "age"], whole=False)
    assert all(width >= BASE_STEP - 1e-3 for width in found.values()), min(found.values())


def test_rounding_alone_would_leak() -> None:
    """What the attacker finds where small cells are only rounded: the test above can fail."""
    held = pd.DataFrame({"area": ["A", "B"], "planning_area": ["P", "P"], "need": ["N", "N"], "children": [3, 60]})
    leaky = {"areas": table(held, "area"), "all": table(held)}
    leaky["areas"]["mean"] = np.array(["c", 60.0], dtype=object)
    assert min(widths(leaky, held, ["area", "need"], whole=False).values()) < BASE_STEP
    released = sf.release({"areas": table(held, "area"), "all": table(held)}, held)
    assert set(released["areas"].table["mean"]) == {"c"} and released["all"].table["mean"].tolist() == [63.0]


def test_partner_shows_more_than_public_and_restricted_all_with_a_watermark() -> None:
    held = pd.DataFrame(
        {"area": list("ABCD"), "planning_area": ["P"] * 4, "need": ["N"] * 4, "children": [7, 8, 40, 50]}
    )
    tables = {"areas": table(held, "area")}
    public, partner = (sf.release(tables, held, profile=name)["areas"] for name in ("public", "partner"))
    assert public.table["mean"].tolist() == ["c", "c", 40.0, 50.0]
    assert partner.table["mean"].tolist() == [5.0, 10.0, 40.0, 50.0]
    with pytest.raises(sf.InputError, match="no-reason"):
        sf.release(tables, held, profile="restricted", reason=" ")
    restricted = sf.release(tables, held, profile="restricted", reason="audit by the authority")["areas"]
    assert restricted.table["mean"].tolist() == [7.0, 8.0, 40.0, 50.0]
    assert restricted.watermark is not None and "audit by the authority" in restricted.watermark
    assert csv_bytes(restricted).decode().splitlines()[1].count("RESTRICTED") == 1
    with pytest.raises(sf.InputError, match="unknown-profile"):
        sf.release(tables, held, profile="secret")


def test_nobody_else_makes_a_released_table_and_writers_take_nothing_else(tmp_path) -> None:
    held = children(1)
    released = sf.release({"areas": table(held, "area")}, held)["areas"]
    with pytest.raises(TypeError, match="only sufficiency"):
        Released(object(), table(held, "area"), {})
    with pytest.raises(TypeError):
        pickle.dumps(released)
    with pytest.raises(TypeError):
        dataclasses.replace(released, profile="partner")
    with pytest.raises(dataclasses.FrozenInstanceError):
        released.profile = "partner"  # type: ignore[misc]
    for write in (csv_bytes, lambda each: write_csv(each, tmp_path / "a.csv"), lambda each: stack([each])):
        with pytest.raises(TypeError, match="released tables only"):
            write(table(held, "area"))
    mine = released.table
    mine["mean"] = 1.0
    assert "c" in set(released.table["mean"])
    assert not list(tmp_path.iterdir())
    assert describe(released, {"source": "synthetic"}).table["source"].eq("synthetic").all()
    with pytest.raises(sf.InputError, match="unknown-column"):
        describe(released, {"name of the child": "secret"})


def test_what_was_withheld_stays_withheld_and_what_was_shown_gives_nothing_away() -> None:
    held = children(3)
    first = sf.release({"areas": table(held, "area"), "all": table(held)}, held)
    second = sf.release(
        {"areas": table(held, "area"), "planning": table(held, "planning_area")}, held, earlier=first
    )
    before, now = first["areas"].table["mean"], second["areas"].table["mean"]
    assert all(b != "c" or n == "c" for b, n in zip(before, now, strict=True))
    both = {f"1 {name}": each for name, each in shown(first).items()} | shown(second)
    assert min(widths(both, held, ["area", "need"], whole=False).values()) >= BASE_STEP - 1e-3


CANARY = "canary-7f3a"


def test_a_planted_child_of_a_rare_need_is_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    held = children(5)
    one = pd.DataFrame([("A0", "P0", "RARE", "G9", 4, 1)], columns=held.columns)
    held = pd.concat([held, one], ignore_index=True)
    with caplog.at_level(logging.DEBUG):
        released = sf.release({"cells": table(held, "area", "need"), "areas": table(held, "area")}, held)
        rows = released["cells"].table.query("need == 'RARE'")
        assert len(rows) and set(rows["mean"]) == {"c"}
        assert (
            widths(shown(released), held, ["area", "need"], whole=False)["cells", "A0", "RARE"] >= BASE_STEP - 1e-3
        )
        hostile = table(held, "area").assign(child=CANARY)
        with pytest.raises(sf.InputError) as refused:
            sf.release({"areas": hostile}, held)
    assert CANARY not in str(refused.value) and CANARY not in caplog.text
    assert CANARY not in str(refused.value.problems)


# --- the Leeds pack


@pytest.fixture(scope="module")
def runs() -> tuple[sf.Projection, sf.Projection]:
    fitted = sf.fit(sf.sample("leeds"))
    options = {"to": 2028, "draws": 40, "seed": 1, "progress": False}
    plan = sf.read_scenario("leeds/400-places")
    return sf.project(fitted, **options), sf.project(fitted, scenario=plan, **options)


def test_tables_that_forgot_what_was_asked_are_refused(runs: tuple[sf.Projection, sf.Projection]) -> None:
    base = runs[0]
    areas = base.demand("area")
    merged = areas.merge(areas[["year", "area"]], on=["year", "area"])
    merged.attrs = {}
    for given, slug in ((merged, "no-origin"), (areas.drop(columns="area"), "missing-axis"), (3, "not-a-table")):
        with pytest.raises(sf.InputError, match=slug):
            sf.release({"areas": given}, base)
    with pytest.raises(sf.InputError, match="no-base"):
        sf.release({"areas": areas}, 17)


def test_a_filter_is_not_a_way_round(runs: tuple[sf.Projection, sf.Projection]) -> None:
    base = runs[0]
    small = base.demand(where={"area": "LS3"})
    assert set(sf.release({"one": small}, base)["one"].table["mean"]) == {"c"}
    rest = base.demand(where={"area": [area for area in base.fitted.codes["area"] if area != "LS3"]})
    released = sf.release({"rest": rest, "all": base.demand()}, base)
    assert set(released["rest"].table["mean"]) == {"c"}


def test_shares_are_judged_with_the_counts_they_are_made_of(runs: tuple[sf.Projection, sf.Projection]) -> None:
    """By district and phase: an attacker who multiplies out every share is left a rounding base of each count."""
    base, by = runs[0], ["area", "phase"]
    tables = {"counts": base.demand(by), "shares": base.share("demand", by, within="area")}
    out = {name: each.table[each.table["year"] == BASE] for name, each in sf.release(tables, base).items()}
    counts, shares = ({(r.area, r.phase): r.mean for r in out[name].itertuples()} for name in ("counts", "shares"))
    hidden = {key for key, value in counts.items() if value == "c"}
    shown = {key: float(value) for key, value in shares.items() if value not in ("c", "z", "low")}
    assert hidden and shown and not hidden & set(shown)
    at = {key: position for position, key in enumerate(counts)}
    rows, most = [], []
    for (area, phase), share in shown.items():
        for sign in (1.0, -1.0):
            row = np.zeros(len(at))
            for key, position in at.items():
                if key[0] == area:
                    row[position] = -sign * (share + sign * (RATIO_BASE / 2 + 0.0005))
            row[at[area, phase]] += sign
            rows.append(row)
            most.append(0.0)
    total = float(tables["counts"].query(f"year == {BASE}")["mean"].sum())
    known = [(0, None) if v == "c" else (max(float(v) - 2.5, 0), float(v) + 2.5) for v in counts.values()]
    for key in hidden:
        way = np.zeros(len(at))
        way[at[key]] = 1.0
        ends = [
            linprog(
                sign * way, A_ub=np.array(rows), b_ub=most, A_eq=np.ones((1, len(at))), b_eq=[total], bounds=known
            ).fun
            for sign in (1.0, -1.0)
        ]
        assert -ends[1] - ends[0] >= BASE_STEP - 1e-3, key


def test_a_share_whose_parts_are_withheld_is_withheld(runs: tuple[sf.Projection, sf.Projection]) -> None:
    base, by = runs[0], ["area", "phase"]
    tables = {
        "counts": base.demand(by), "areas": base.demand("area"), "shares": base.share("demand", by, within="area"),
    }  # fmt: skip
    out = {name: each.table for name, each in sf.release(tables, base).items()}
    hidden = {(row.area, row.phase) for row in out["counts"].itertuples() if row.mean == "c"}
    wholes = set(out["areas"].query("mean == 'c'")["area"])
    shown = {(row.area, row.phase) for row in out["shares"].itertuples() if row.mean not in ("c", "z")}
    assert shown and not shown & hidden and not {area for area, _ in shown} & wholes
    alone = sf.release({"shares": tables["shares"]}, base)["shares"]
    again = sf.release({"counts": tables["counts"]}, base, earlier={"shares": alone})["counts"].table
    assert (again["mean"] == "c").any()


def test_the_attacker_counts_its_programs_and_answers_ctrl_c() -> None:
    held = children(3, areas=240, needs=12)
    system = System(counts_of(held, BASE), 10)
    for axes in (("area", "need"), ("area",), ("need",)):
        made = table(held, *axes)
        system.print_figures(system.add("-".join(axes), made, asked("plans", list(axes))))
    core, solved, when_stopped = system.core(), [], []
    _core.disclose(core, 10.0, solved.append)
    assert solved == sorted(solved) and solved[-1] > 10

    def stop(done: int) -> None:
        when_stopped.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _core.disclose(core, 10.0, stop)
    assert when_stopped[-1] < solved[-1]


def test_figures_as_numbers_and_notes_in_words(runs: tuple[sf.Projection, sf.Projection]) -> None:
    base = runs[0]
    released = sf.release({"areas": base.demand("area"), "all": base.demand()}, base)
    figures = released["areas"].figures()
    assert figures["p50"].dtype == float and figures["p50"].isna().any()
    assert any("withheld" in note for note in released["areas"].notes)
    assert released["all"].table["mean"].dtype == float and released["all"].basis.startswith("observed")
    first = released["all"].table.iloc[0]
    assert first["mean"] == 2356


def pack(runs: tuple[sf.Projection, sf.Projection]) -> dict[str, pd.DataFrame]:
    """Tables such as a board sees, of both scenarios."""
    tables = {}
    for name, run in zip(("as it is", "400 places"), runs, strict=True):
        for measure, axes in (
            ("demand", ([], "planning_area", "area", "need", "need_group", "phase")),
            ("waiting", ([], "planning_area", "need_group")),
            ("independent", ([], "planning_area", "need_group", "phase")),
            ("placed", ([], "planning_area", "setting", "site")),
        ):
            for by in axes:
                tables[f"{name}, {measure} by {by}"] = getattr(run, measure)(by)
        tables[f"{name}, shortfall by planning area"] = run.shortfall("planning_area", kind="local")
        tables[f"{name}, shortfall"] = run.shortfall()
        tables[f"{name}, utilisation"] = run.utilisation("site")
    return tables


def test_the_leeds_pack_gives_nothing_away_over_scenarios_and_releases(
    runs: tuple[sf.Projection, sf.Projection],
) -> None:
    base = runs[0]
    tables = pack(runs)
    areas = {name: each for name, each in tables.items() if "by planning_area" in name or "by area" in name}
    first = sf.release(areas, list(runs))
    second = sf.release(tables, list(runs), earlier=first)
    released = [each.table for out in (first, second) for each in out.values()]
    places = base.places(["site", "setting"])
    sites = {str(row.site): str(row.setting) for row in places[places["mean"] > 0].itertuples()}
    inputs = base.fitted._recipe["inputs"].table("areas")
    needs = base.plans(["need", "need_group"])
    groups = {
        "area": dict(zip(inputs["area"], inputs["planning_area"], strict=True)),
        "need": dict(zip(needs["need"], needs["need_group"], strict=True)),
        "phase": {"primary": "", "secondary": ""},
    }
    for year in (2025, 2028):
        found = pack_widths(released, year, groups, sites)
        assert len(found) > 20
        assert min(found.values()) >= BASE_STEP - 1e-3, min(found, key=lambda name: found[name])
    # Below the authority, nothing is shown of a cell that rests on fewer than 10 base-year children.
    for name, each in second.items():
        axes = [axis for axis in each.table.columns if axis in ("area", "planning_area", "site")]
        truth = tables[name]
        if axes and "utilisation" not in name and "shortfall" not in name:
            few = truth.loc[(truth["year"] == BASE) & (truth["mean"] < 10), axes[0]]
            assert set(each.table.loc[each.table[axes[0]].isin(few), "mean"]) <= {"c"}
