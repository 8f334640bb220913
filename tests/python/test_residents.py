"""Residents in the layouts that ONS and nomis publish: all read as the same figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sufficiency.published import read_release, read_tables
from sufficiency.published.residents import header_line, is_population, read_residents, residents

CODES = ("E08000035", "E06000001")
YEARS = (2021, 2022, 2023)


def truth() -> pd.DataFrame:
    """Invented residents: authority, mid_year, age, males, females."""
    rng = np.random.default_rng(4)
    cells = [
        (code, year, age, *rng.integers(400, 5_000, 2)) for code in CODES for year in YEARS for age in range(26)
    ]
    return pd.DataFrame(cells, columns=["authority", "mid_year", "age", "males", "females"])


def wanted(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.assign(population=(table["males"] + table["females"]).astype(float))
    return ordered(rows[["authority", "mid_year", "age", "population"]])


def ordered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["authority", "mid_year", "age"], ignore_index=True)


def mid_year_estimates(table: pd.DataFrame, first: str = "population_") -> pd.DataFrame:
    """As ONS publish them by local authority: a row per area, sex and age, a column per mid-year; 90 is 90 and
    over.
    """
    long = table.melt(["authority", "mid_year", "age"], ["males", "females"], "sex", "n")
    wide = long.pivot(index=["authority", "sex", "age"], columns="mid_year", values="n").reset_index()
    old = wide.query("age == 25").assign(age=90)
    wide = pd.concat([wide, old], ignore_index=True)
    wide["sex"] = wide["sex"].map({"males": "M", "females": "F"})
    wide.columns = pd.Index([f"{first}{name}" if isinstance(name, int) else name for name in wide.columns])
    wide = wide.rename(columns={"authority": "ladcode23"})
    return wide.assign(laname23="Somewhere, in England", country="E")


def nomis(table: pd.DataFrame, *, codes_only: bool = False, total: bool = True) -> pd.DataFrame:
    """As a long extract of nomis: one observation a row, sexes, bands and percentages among them."""
    sexes = [(1, "Male", table["males"]), (2, "Female", table["females"])]
    if total:
        sexes.append((0, "Total", table["males"] + table["females"]))
    parts = []
    for code, name, count in sexes:
        rows = table.assign(GENDER=code, GENDER_NAME=name, OBS_VALUE=count, MEASURES=20100, MEASURES_NAME="Value")
        rows = rows.assign(C_AGE=rows["age"] + 101, C_AGE_NAME="Age " + rows["age"].astype(str))
        band = rows[rows["age"].eq(5)].assign(C_AGE=2, C_AGE_NAME="Aged 5-9", OBS_VALUE=99)
        every = rows[rows["age"].eq(5)].assign(C_AGE=200, C_AGE_NAME="All Ages", OBS_VALUE=99)
        percent = rows.assign(MEASURES=20301, MEASURES_NAME="Percent", OBS_VALUE=1.5)
        parts.append(pd.concat([rows, band, every, percent]))
    long = pd.concat(parts, ignore_index=True)
    long = long.rename(columns={"mid_year": "DATE", "authority": "GEOGRAPHY_CODE"})
    long = long.assign(
        DATE_NAME=long["DATE"].astype(str), GEOGRAPHY_NAME="Somewhere", OBS_STATUS_NAME="Normal Value"
    )
    drop = ["age", "males", "females", *(["GENDER_NAME", "C_AGE_NAME", "MEASURES_NAME"] if codes_only else [])]
    return long.drop(columns=drop)


LAYOUTS = {
    "mid-year estimates": mid_year_estimates,
    "bare years": lambda table: mid_year_estimates(table, ""),
    "nomis": nomis,
    "nomis by codes": lambda table: nomis(table, codes_only=True),
    "nomis without totals": lambda table: nomis(table, total=False),
    "nomis in small letters": lambda table: nomis(table).rename(columns=str.lower),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_residents(layout: str, tmp_path: Path) -> None:
    table = truth()
    frame = LAYOUTS[layout](table)
    pd.testing.assert_frame_equal(ordered(residents(frame)), wanted(table), check_dtype=False)
    path = tmp_path / "whatever.csv"
    titles = "Estimates of the population, by sex\n\nmid-2021 to mid-2023, persons\n"
    path.write_text(titles + frame.to_csv(index=False))
    assert header_line(path)[0] == 3 and is_population(header_line(path)[1])
    pd.testing.assert_frame_equal(ordered(read_residents(path)), wanted(table), check_dtype=False)


def test_numbers_with_commas_and_persons_among_the_sexes_are_read_once(tmp_path: Path) -> None:
    table = truth()
    frame = mid_year_estimates(table)
    years = [column for column in frame.columns if column.startswith("population")]
    persons = (
        frame.groupby(["ladcode23", "age", "laname23", "country"], as_index=False)[years]
        .sum()
        .assign(sex="Persons")
    )
    both = pd.concat([frame, persons])
    both[years] = both[years].map("{:,}".format)
    (tmp_path / "t.csv").write_text(both.to_csv(index=False))
    pd.testing.assert_frame_equal(ordered(read_residents(tmp_path / "t.csv")), wanted(table), check_dtype=False)


@pytest.mark.parametrize(
    "heads",
    [
        ["lsoa21cd", "age", "population_2021"],
        ["year", "age", "sex", "births"],
        ["year", "area", "age", "population"],
        ["ladcode23", "sex", "population_2021"],
        ["geography_code", "obs_value", "date_name"],
        ["outcode", "la_code", "year", "age", "population"],
    ],
)
def test_other_tables_are_left_alone(heads: list[str]) -> None:
    assert not is_population(heads)
    with pytest.raises(ValueError, match="no layout"):
        residents(pd.DataFrame(columns=heads))


@pytest.mark.parametrize("layout", ["mid-year estimates", "nomis"])
def test_a_release_reads_the_same_with_estimates_in_either_layout(layout: str, tmp_path: Path, real: Path) -> None:
    source = real / "ons-population-las" / "la_mid_year_estimates_2009_2023_age_0_25.csv"
    plans = real / "dfe-ehcp-sen2"
    wide = pd.read_csv(source)
    wide = wide[wide["area_code"].isin(CODES)]
    long = wide.melt(["area_code", "year"], [f"age_{age}" for age in range(26)], "age", "persons")
    long = long.assign(age=long["age"].str[4:].astype(int)).rename(
        columns={"area_code": "authority", "year": "mid_year"}
    )
    halves = long.assign(males=long["persons"] // 2, females=long["persons"] - long["persons"] // 2)
    results: list[Any] = []
    for name, table in (("as copied", wide), (layout, LAYOUTS[layout](halves.drop(columns="persons")))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "plans").symlink_to(plans)
        for file in plans.glob("*.csv"):
            (folder / file.name).symlink_to(file)
        (folder / "residents.csv").write_text(table.to_csv(index=False))
        results.append(read_tables(read_release(folder), CODES[0])[1]["population"])
    pd.testing.assert_frame_equal(*results)
    assert len(results[0]) > 300
