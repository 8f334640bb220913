"""Release: no base-year count under the threshold is shown, or follows from a total and the others."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from sufficiency.errors import InputError
from sufficiency.files import write_bytes, write_text
from sufficiency.release import CONFIDENTIAL, suppressed

BASE = 2025


def table_of(counts: dict[str, float], axis: str = "area", years: int = 3) -> pd.DataFrame:
    """Counts in the base year, growing by 20 a year: later figures alone would look safe."""
    return pd.DataFrame(
        [
            {"year": BASE + later, axis: area, "mean": count + 20.0 * later, "p90": count + 25.0 * later}
            for later in range(years)
            for area, count in counts.items()
        ]
    )


def hidden_areas(table: pd.DataFrame, axis: str = "area") -> set[str]:
    return set(table.loc[table["mean"].astype(str) == CONFIDENTIAL, axis])


def test_base_counts_under_the_threshold_are_hidden_in_every_year_and_figure() -> None:
    released = suppressed(table_of({"A": 9, "B": 3, "C": 10, "D": 80}), BASE)
    assert hidden_areas(released) == {"A", "B"}
    hidden = released[released["area"].isin(["A", "B"])]
    assert (hidden[["mean", "p90"]] == CONFIDENTIAL).all(axis=None)
    shown = released[released["area"].isin(["C", "D"])]
    assert shown.loc[shown["year"] == BASE, "mean"].tolist() == [10, 80]


def test_exactly_the_threshold_is_shown_and_nothing_else_is_hidden() -> None:
    assert hidden_areas(suppressed(table_of({"A": 10, "B": 11}), BASE)) == set()


def test_a_lone_small_cell_takes_the_smallest_other_with_it() -> None:
    assert hidden_areas(suppressed(table_of({"A": 4, "B": 60, "C": 15, "D": 90}), BASE)) == {"A", "C"}


def test_hidden_cells_together_hold_the_threshold() -> None:
    assert hidden_areas(suppressed(table_of({"A": 1, "B": 2, "C": 0, "D": 30, "E": 90}), BASE)) == {*"ABCD"}


def test_groups_with_a_published_total_are_protected_one_by_one() -> None:
    counts = {"A": 4, "B": 60, "C": 15, "D": 90, "E": 5, "F": 40}
    within = {"A": "north", "B": "north", "C": "south", "D": "south", "E": "west", "F": "west"}
    assert hidden_areas(suppressed(table_of(counts), BASE, within=within)) == {*"ABEF"}


@pytest.mark.parametrize("seed", range(20))
def test_no_hidden_count_follows_from_a_total(seed: int) -> None:
    chance = random.Random(seed)
    counts = {f"area {number}": chance.choice([0, 1, 5, 9, 10, 12, 40, 200]) for number in range(12)}
    within = {area: chance.choice(["north", "south", "west"]) for area in counts}
    hidden = hidden_areas(suppressed(table_of(counts), BASE, within=within))
    for group in set(within.values()):
        members = [area for area in counts if within[area] == group]
        secret = [counts[area] for area in members if area in hidden]
        assert all(counts[area] >= 10 for area in members if area not in hidden)
        assert not secret or len(secret) == len(members) or (len(secret) > 1 and sum(secret) >= 10)


def test_a_cell_without_a_base_figure_is_hidden() -> None:
    table = table_of({"A": 50, "B": 60, "C": 70})
    table = table[~((table["year"] == BASE) & (table["area"] == "A"))]
    assert "A" in hidden_areas(suppressed(table, BASE))


def test_descriptions_years_and_margins_stay_and_the_table_given_is_not_changed() -> None:
    table = table_of({"A": 4, "B": 15, "all": 100}).assign(measure="demand", basis="observed", source="synthetic")
    before = table.copy()
    released = suppressed(table, BASE)
    pd.testing.assert_frame_equal(table, before)
    assert set(released["measure"]) == {"demand"} and set(released["year"]) == {2025, 2026, 2027}
    assert hidden_areas(released) == {"A", "B"}


def test_planning_areas_are_suppressed_too() -> None:
    released = suppressed(table_of({"North": 4, "South": 30, "West": 90}, "planning_area"), BASE)
    assert hidden_areas(released, "planning_area") == {"North", "South"}


def test_areas_by_phase_are_decided_within_each_phase() -> None:
    primary = table_of({"A": 4, "B": 60, "C": 70}).assign(phase="primary")
    secondary = table_of({"A": 50, "B": 60, "C": 70}).assign(phase="secondary")
    released = suppressed(pd.concat([primary, secondary], ignore_index=True), BASE)
    assert hidden_areas(released[released["phase"] == "primary"]) == {"A", "B"}
    assert hidden_areas(released[released["phase"] == "secondary"]) == set()


def test_a_table_without_areas_is_refused() -> None:
    with pytest.raises(InputError, match="no-area"):
        suppressed(pd.DataFrame({"year": [BASE], "need": ["ASD"], "mean": [3.0]}), BASE)


def test_a_file_is_written_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = write_text(tmp_path / "new" / "table.csv", "é\n")
    assert path.read_bytes() == "é\n".encode()
    write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert [item.name for item in path.parent.iterdir()] == ["table.csv"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_text(tmp_path / "table.csv", "old")

    def full_disk(self: Path, target: Path) -> Path:
        raise OSError(28, "no space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["table.csv"]
