"""Inputs at the border: every bad table is refused whole, with table, row, column and slug."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import sufficiency as sf
from sufficiency import _core
from sufficiency.text_tables import toml_text

LEEDS = Path(sf.__file__).parent / "sample" / "leeds"
AUTHORITY = {
    "schema": "1.0",
    "name": 'The "Example" council',
    "code": "E00000001",
    "base_year": 2025,
    "sources": [{"table": "plans", "status": "own", "source": "us"}],
}


def example() -> dict[str, dict[str, list[Any]]]:
    """Two areas, residents of every age in two Januaries, four rows of plans."""
    cells = [(year, area, age) for year in (2024, 2025) for area in "AB" for age in range(26)]
    return {
        "areas": {"area": ["A", "B"], "name": ["Ay", "Bee"], "planning_area": ["P", "P"]},
        "population": {
            "year": [year for year, _, _ in cells],
            "area": [area for _, area, _ in cells],
            "age": [age for _, _, age in cells],
            "population": [100] * len(cells),
        },
        "plans": {
            "year": [2025, 2025, 2025, 2025],
            "area": ["A", "A", "B", "B"],
            "age": [7, 8, 7, 12],
            "need": ["ASD", "SEMH", "ASD", "SLD"],
            "setting": ["special", "mainstream", "special", "special"],
            "plans": [3, 4, 5, 6],
        },
    }


def problems_of(tables: dict[str, Any], authority: Any = AUTHORITY, **options: Any) -> list[dict[str, Any]]:
    with pytest.raises(sf.InputError) as caught:
        sf.Inputs.from_frames(authority, **tables, **options)
    return caught.value.problems


BAD_CELLS = [
    ("plans", 0, "plans", -3, "negative-count"),
    ("plans", 1, "plans", 3.5, "not-whole"),
    ("plans", 2, "plans", "", "blank-cell"),
    ("plans", 2, "plans", None, "blank-cell"),
    ("plans", 2, "plans", float("nan"), "blank-cell"),
    ("plans", 2, "plans", "NaN", "not-a-number"),
    ("plans", 3, "plans", float("inf"), "not-a-number"),
    ("plans", 3, "plans", "x", "not-a-number"),
    ("plans", 3, "plans", 1e9, "out-of-bounds"),
    ("plans", 0, "need", "ASDD", "unknown-need"),
    ("plans", 0, "need", "", "blank-cell"),
    ("plans", 1, "setting", "specail", "unknown-setting"),
    ("plans", 1, "area", "C", "unknown-area"),
    ("plans", 1, "age", 26, "bad-age"),
    ("plans", 1, "age", "10-5", "bad-age"),
    ("plans", 1, "year", "2024/25", "bad-year"),
    ("population", 5, "population", -1, "negative-count"),
    ("population", 5, "area", "C", "unknown-area"),
    ("population", 30, "age", 26, "bad-age"),
    ("areas", 1, "area", "A", "duplicate-key"),
    ("areas", 1, "area", "all", "bad-code-list"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "slug"), BAD_CELLS)
def test_a_bad_cell_is_named_by_table_row_column_and_slug(
    table: str, row: int, column: str, value: object, slug: str
) -> None:
    tables = example()
    tables[table][column][row] = value
    found = [(p["slug"], p["table"], p["row"], p["column"]) for p in problems_of(tables)]
    assert (slug, table, row + 1, column) in found


def test_all_problems_come_at_once_and_nothing_is_loaded() -> None:
    tables = example()
    tables["plans"]["plans"][0] = -3
    tables["plans"]["need"][1] = "ASDD"
    tables["population"]["age"][0] = 26
    tables["areas"]["planing_area"] = tables["areas"].pop("planning_area")
    found = {(p["slug"], p["table"]) for p in problems_of(tables)}
    assert found == {
        ("negative-count", "plans"),
        ("unknown-need", "plans"),
        ("bad-age", "population"),
        ("missing-column", "areas"),
        ("unknown-column", "areas"),
    }


def test_messages_never_hold_a_count_of_children() -> None:
    tables = example()
    tables["plans"]["plans"][0] = "-31337"
    tables["population"]["population"][0] = "31337.5"
    assert "31337" not in " ".join(str(p["message"]) + str(p["hint"]) for p in problems_of(tables))


def test_the_nearest_known_name_is_the_hint() -> None:
    tables = example()
    tables["plans"]["need"][0] = "ASDD"
    tables["plans"]["settings"] = tables["plans"].pop("setting")
    hints = {p["slug"]: p["hint"] for p in problems_of(tables)}
    assert "ASD" in hints["unknown-need"]
    assert "setting" in hints["unknown-column"]


def test_missing_and_unknown_tables_are_named() -> None:
    tables = example()
    tables["plan"] = tables.pop("plans")
    assert {p["slug"] for p in problems_of(tables)} == {"missing-table", "unknown-table"}


def test_duplicate_rows_and_overlapping_ages_are_refused() -> None:
    tables = example()
    for column in tables["plans"].values():
        column.append(column[0])
    tables["population"]["age"][1] = "0-3"
    slugs = [(p["slug"], p["table"], p["row"]) for p in problems_of(tables)]
    assert ("duplicate-key", "plans", 5) in slugs
    assert ("overlapping-ages", "population", 2) in slugs


def test_years_with_a_gap_are_refused() -> None:
    tables = example()
    tables["plans"]["year"][0] = 2022
    tables["population"]["year"][:52] = [2022] * 52
    found = {(p["slug"], p["table"]) for p in problems_of(tables)}
    assert found == {("year-gap", "plans"), ("year-gap", "population")}


def test_a_base_year_without_residents_or_plans_is_refused() -> None:
    authority = AUTHORITY | {"base_year": 2026}
    found = {p["slug"] for p in problems_of(example(), authority)}
    assert found == {"base-year-without-population", "base-year-without-plans"}


def test_base_year_margins_that_disagree_are_named_and_published_ones_scaled() -> None:
    tables = example()
    tables["plans"] = {
        "year": [2025] * 4,
        "area": ["all"] * 4,
        "age": ["5-10", "11-15", "all", "all"],
        "need": ["all"] * 4,
        "setting": ["all", "all", "special", "mainstream"],
        "plans": [600, 400, 500, 700],
    }
    (problem,) = problems_of(tables)
    assert problem["slug"] == "margins-disagree"
    assert "(age band) and (setting)" in problem["message"]
    inputs = sf.Inputs.from_frames(AUTHORITY, published=True, **tables)
    assert {"margins-differ", "need-unknown", "area-spread", "age-spread"} <= set(inputs.flags)
    base = inputs.table("base")
    assert base["plans"].sum() == 1_000
    assert base.loc[base["age"] < 11, "plans"].sum() == 600


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"base_year": "2025"}, "bad-authority"),
        ({"base_yaer": 2025}, "bad-authority"),
        ({"schema": "2.0"}, "newer-schema"),
        ({"needs": [{"code": "ASD", "group": "autism"}]}, "bad-code-list"),
        ({"settings": [{"code": "special", "age_from": 30}]}, "bad-code-list"),
        ({"latent": {"psi": {"mainstream": 1.5}}}, "bad-share"),
        ({"latent": {"psi": {"mainstraem": 0.5}}}, "unknown-setting"),
    ],
)
def test_a_bad_authority_is_refused(change: dict[str, Any], slug: str) -> None:
    assert slug in {p["slug"] for p in problems_of(example(), AUTHORITY | change)}


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        ("café;".encode("latin-1"), "wrong-encoding"),
        ("year,area".encode("utf-16"), "wrong-encoding"),
        (b"", "empty-table"),
        (b"year,area,age,need,setting,plans\n", "empty-table"),
        (b"year,area,age,need,setting,plans\n2025,LS1,7,ASD,special\n", "ragged-row"),
        (b"\x00\x01\x02", "wrong-encoding"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: bytes, slug: str) -> None:
    folder = tmp_path / "leeds"
    shutil.copytree(LEEDS, folder, ignore=shutil.ignore_patterns("comparison"))
    (folder / "plans.csv").write_bytes(content)
    with pytest.raises(sf.InputError) as caught:
        sf.read_inputs(folder)
    assert [(p["slug"], p["table"]) for p in caught.value.problems] == [(slug, "plans")]


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(sf.InputError, match="cannot be read"):
        sf.read_inputs(tmp_path / "nowhere")


def test_the_sample_is_read_from_csv_and_parquet_alike(tmp_path: Path) -> None:
    inputs = sf.read_inputs(LEEDS)
    assert inputs.table("base")["plans"].sum() == 6_093
    assert inputs.flags == []
    assert {"published", "synthetic"} <= set(inputs.sources()["status"])
    shutil.copy(LEEDS / "authority.toml", tmp_path)
    for file in LEEDS.glob("*.csv"):
        pd.read_csv(file, dtype=str, keep_default_na=False).to_parquet(tmp_path / f"{file.stem}.parquet")
    again = sf.read_inputs(tmp_path)
    assert again.tables == inputs.tables
    pd.testing.assert_frame_equal(again.table("base"), inputs.table("base"))


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    shutil.copytree(LEEDS, tmp_path / "leeds")
    for name in ("plans.csv", "authority.toml"):
        file = tmp_path / "leeds" / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert sf.read_inputs(tmp_path / "leeds").base_year == 2025


def test_pandas_polars_and_mappings_give_the_same_inputs() -> None:
    tables = example()
    plain = sf.Inputs.from_frames(AUTHORITY, **tables)
    for frame in (pd.DataFrame, pl.DataFrame):
        other = sf.Inputs.from_frames(AUTHORITY, **{name: frame(table) for name, table in tables.items()})
        pd.testing.assert_frame_equal(other.table("base"), plain.table("base"))
        assert repr(other) == repr(plain)


def test_inputs_pickle_and_print() -> None:
    inputs = sf.Inputs.from_frames(AUTHORITY, **example())
    again = pickle.loads(pickle.dumps(inputs))
    pd.testing.assert_frame_equal(again.table("plans"), inputs.table("plans"))
    assert again.check().name == 'The "Example" council'
    assert "<caption>" in inputs._repr_html_()
    assert 'scope="row"' in inputs._repr_html_()
    assert "&quot;Example&quot;" in inputs._repr_html_()


def test_whole_decimals_count_as_whole_numbers() -> None:
    tables = example()
    tables["plans"]["plans"] = [3.0, 4.0, 5.0, "6.0"]
    inputs = sf.Inputs.from_frames(toml_text(AUTHORITY), **tables)
    assert inputs.table("plans")["plans"].tolist() == [3, 4, 5, 6]


def test_every_slug_has_a_meaning_and_stands_once() -> None:
    faults, flags = _core.input_slugs()
    names = [name for name, _ in faults + flags]
    assert len(set(names)) == len(names)
    assert all(meaning for _, meaning in faults + flags)
