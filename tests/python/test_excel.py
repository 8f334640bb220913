"""Workbooks: the blank template, tables read from sheets, and bytes that are no workbook."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

import sufficiency as sf
from sufficiency import _core, excel
from sufficiency.template import write_template
from sufficiency.template_workbook import COLUMN_NOTES, TABLE_NOTES, write_workbook


def slugs(caught: Any) -> set[tuple[Any, ...]]:
    return {(each["slug"], each["table"], each["row"], each["column"]) for each in caught.value.problems}


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook of these sheets; a leading = is a formula with its kept value, dates are dates."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "dd-mmm"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(at, column, cell, day)
                    elif isinstance(cell, tuple):
                        sheet.write_formula(at, column, cell[0], None, cell[1])
                    else:
                        sheet.write(at, column, cell)
    return path


AUTHORITY = [["key", "value"], ["schema", 1.0], ["name", "Example"], ["code", "E1"], ["base_year", 2025]]
AREAS = [["area", "name", "planning_area"], ["A", "Ay", "P"]]
POPULATION = [["year", "area", "age", "population"], *[[2025, "A", age, 100] for age in range(26)]]
PLANS = [["year", "area", "age", "need", "setting", "plans"], [2025, "A", "5-10", "ASD", "special", 3]]
GOOD = {"authority": AUTHORITY, "areas": AREAS, "population": POPULATION, "plans": PLANS}


def test_the_example_workbook_reads_as_the_same_tables_as_the_folder(tmp_path: Path) -> None:
    write_template(tmp_path / "folder")
    write_workbook(tmp_path / "tables.xlsx", example=True)
    folder, workbook = sf.read_inputs(tmp_path / "folder"), sf.read_inputs(tmp_path / "tables.xlsx")
    assert folder.tables == workbook.tables
    for name in folder.tables:
        ours = workbook.table(name)[list(folder.table(name).columns)]
        pd.testing.assert_frame_equal(folder.table(name), ours, check_dtype=False)
    assert (folder.name, folder.code, folder.base_year) == (workbook.name, workbook.code, workbook.base_year)
    assert sf.fit(workbook).base_year == 2025


def test_the_blank_workbook_has_every_table_and_column_and_asks_for_what_is_missing(tmp_path: Path) -> None:
    sheets = {sheet.name: sheet for sheet in excel.read_sheets(write_workbook(tmp_path / "blank.xlsx"))}
    for name, _, columns, optional in _core.input_tables():
        assert sheets[name].heads == [*columns, *optional] and not sheets[name].rows
        assert name in TABLE_NOTES
        assert {*columns, *optional} <= {*COLUMN_NOTES, "setting"} | set(columns), name
    with pytest.raises(sf.InputError) as caught:
        sf.read_inputs(tmp_path / "blank.xlsx")
    assert {each["table"] for each in caught.value.problems} == {"authority", "areas", "population", "plans"} - (
        {"areas", "population", "plans"} if len(caught.value.problems) == 1 else set()
    )
    with pytest.raises(sf.InputError, match="file-exists"):
        write_workbook(tmp_path / "blank.xlsx")


def test_every_column_of_the_template_has_a_note() -> None:
    for name, _, columns, optional in _core.input_tables():
        for column in (*columns, *optional):
            assert column in COLUMN_NOTES, (name, column)


def test_the_blank_workbook_limits_cells_to_the_codes_of_the_core(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(write_workbook(tmp_path / "blank.xlsx"))
    rules = {str(rule.sqref).split(":")[0]: rule for rule in workbook["plans"].data_validations.dataValidation}
    heads = [cell.value for cell in workbook["plans"][1]]
    where = rules[f"{'ABCDEFG'[heads.index('need')]}2"].formula1.split("!")[1].replace("$", "")
    listed = [cell[0].value for cell in workbook["Lists"][where]]
    assert listed == ["all", *sf.sample().codes["need"]]
    assert workbook["plans"][f"{'ABCDEFG'[heads.index('age')]}7"].number_format in ("@", "General")
    assert workbook["plans"].column_dimensions["ABCDEFG"[heads.index("age")]].width > 10


def test_sheets_beside_csv_tables_are_read_with_them(tmp_path: Path) -> None:
    write_template(tmp_path / "t")
    before = sf.read_inputs(tmp_path / "t")
    sites, places = before.table("sites"), before.table("places")
    for name in ("sites", "places"):
        (tmp_path / "t" / f"{name}.csv").unlink()
    rows = {
        name: [list(table.columns), *table.astype(str).values.tolist()]
        for name, table in (("Sites", sites), ("Places", places))
    }
    book(tmp_path / "t" / "provision.xlsx", **rows, Notes=[["ask about S1"]])
    after = sf.read_inputs(tmp_path / "t")
    pd.testing.assert_frame_equal(after.table("places"), places)
    # One sheet under any name is the table that the file is called after.
    (tmp_path / "t" / "provision.xlsx").unlink()
    book(tmp_path / "t" / "sites.xlsx", Sheet1=rows["Sites"])
    book(tmp_path / "t" / "places.xlsx", Sheet1=rows["Places"])
    pd.testing.assert_frame_equal(sf.read_inputs(tmp_path / "t").table("sites"), sites)
    (tmp_path / "t" / "~$places.xlsx").write_bytes(b"lock")
    assert sf.read_inputs(tmp_path / "t").tables == before.tables


def test_a_table_or_the_authority_given_twice_is_refused(tmp_path: Path) -> None:
    write_template(tmp_path / "t")
    book(tmp_path / "t" / "more.xlsx", areas=AREAS, authority=AUTHORITY)
    with pytest.raises(sf.InputError) as caught:
        sf.read_inputs(tmp_path / "t")
    assert {("duplicate-table", "areas"), ("duplicate-table", "authority")} <= {
        found[:2] for found in slugs(caught)
    }


def test_an_open_document_workbook_reads_as_an_excel_one(tmp_path: Path) -> None:
    ods(tmp_path / "t.ods", GOOD)
    book(tmp_path / "t.xlsx", **GOOD)
    first, second = sf.read_inputs(tmp_path / "t.ods"), sf.read_inputs(tmp_path / "t.xlsx")
    for name in first.tables:
        pd.testing.assert_frame_equal(first.table(name), second.table(name))


def test_faults_of_cells_name_sheet_row_and_column(tmp_path: Path) -> None:
    plans = [PLANS[0], [2025, "A", 7, "ASDD", "special", 3], [2025, "A", 8, "ASD", "special", -1]]
    with pytest.raises(sf.InputError) as caught:
        sf.read_inputs(book(tmp_path / "t.xlsx", **{**GOOD, "plans": plans}))
    assert {("unknown-need", "plans", 1, "need"), ("negative-count", "plans", 2, "plans")} <= slugs(caught)


def test_numbers_dates_and_text_that_look_like_each_other(tmp_path: Path) -> None:
    plans = [
        PLANS[0],
        ["2025", "A", "7", "ASD", "special", "3"],  # numbers typed as text
        [2025.0, "A", 8.0, "ASD", "special", 4.0],
        [("=2000+25", 2025), "A", "9-10", "ASD", "special", ("=2+3", 5)],  # kept values of formulas
    ]
    read = sf.read_inputs(book(tmp_path / "t.xlsx", **{**GOOD, "plans": plans})).table("plans")
    assert read["age"].tolist() == ["7", "8", "9-10"] and read["plans"].tolist() == [3, 4, 5]
    plans[3][2] = date(2025, 10, 9)  # what a spreadsheet makes of 9-10
    with pytest.raises(sf.InputError, match="as text before typing") as caught:
        sf.read_inputs(book(tmp_path / "u.xlsx", **{**GOOD, "plans": plans}))
    assert slugs(caught) == {("bad-age", "plans", 3, "age")}


def test_lists_of_the_authority_come_from_sheets(tmp_path: Path) -> None:
    sheets = {
        **GOOD,
        "needs": [["code", "name", "group"], ["ASD", "autism", "communication"], ["LD", "learning", "learning"]],
        "psi": [["setting", "need", "share"], ["mainstream", "", 0.05], ["mainstream", "ASD", 0.1]],
        "sources": [["table", "status", "source"], ["plans", "own", "us"]],
    }
    inputs = sf.read_inputs(book(tmp_path / "t.xlsx", **sheets))
    assert inputs.codes["need"] == ["ASD", "LD"]
    assert inputs.sources()["source"].tolist() == ["us"] and "sources-missing" not in inputs.flags
    sheets["authority"] = [*AUTHORITY[:4], ["base_year", "soon"]]
    with pytest.raises(sf.InputError, match="authority, row 4"):
        sf.read_inputs(book(tmp_path / "u.xlsx", **sheets))


HOSTILE = {
    "empty": b"",
    "text": b"year,area\n2025,A\n",
    "half a zip": b"PK\x03\x04" + b"\0" * 40,
    "not a zip": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_bytes_that_are_no_workbook_are_an_input_error(tmp_path: Path, kind: str, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_bytes(HOSTILE[kind])
    with pytest.raises(sf.InputError, match="unreadable-file"):
        sf.read_inputs(path)


def test_a_damaged_workbook_is_read_or_refused_but_never_crashes(tmp_path: Path) -> None:
    rng = random.Random(1)
    for suffix in (".xlsx", ".ods"):
        path = tmp_path / f"good{suffix}"
        (book(path, **GOOD) if suffix == ".xlsx" else ods(path, GOOD)).touch()
        good = path.read_bytes()
        for _ in range(150):
            broken = bytearray(good)
            for _ in range(rng.choice([1, 3, 30])):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            if rng.random() < 0.2:
                broken = broken[: rng.randrange(len(broken))]
            (tmp_path / f"broken{suffix}").write_bytes(bytes(broken))
            try:
                sf.read_inputs(tmp_path / f"broken{suffix}")
            except sf.InputError as error:
                assert error.problems or "[" in str(error)


def test_damaged_xml_inside_a_sound_zip_is_read_or_refused(tmp_path: Path) -> None:
    rng = random.Random(2)
    good = {".xlsx": book(tmp_path / "good.xlsx", **GOOD), ".ods": ods(tmp_path / "good.ods", GOOD)}
    for suffix, path in good.items():
        for _ in range(150):
            _rewritten(path, tmp_path / f"broken{suffix}", rng)
            try:
                sf.read_inputs(tmp_path / f"broken{suffix}")
            except sf.InputError as error:
                assert error.problems or "[" in str(error)


def _rewritten(source: Path, target: Path, rng: random.Random) -> None:
    """The same zip with a few bytes of its parts changed, checksums and all."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as out:
        for entry in archive.infolist():
            text = bytearray(archive.read(entry))
            if entry.filename.endswith(".xml") and rng.random() < 0.5 and len(text):
                for _ in range(rng.choice([1, 4])):
                    text[rng.randrange(len(text))] = rng.choice(b"<>\"'&0123456789/A=")
            out.writestr(entry.filename, bytes(text))


def test_a_sheet_that_would_unpack_to_billions_of_cells_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", **GOOD)
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("plans")
        sheet.write(0, 0, "year")
        sheet.write(1_048_575, 16_383, 1)
    with pytest.raises(sf.InputError, match="table-too-large"):
        sf.read_inputs(path)
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    cell += "</table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    ods(tmp_path / "t.ods", {"plans": []}, body=row)
    with pytest.raises(sf.InputError, match="table-too-large"):
        sf.read_inputs(tmp_path / "t.ods")


def test_a_sheet_of_millions_of_cells_without_positions_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/sheets elsewhere/one", b"<row>" + b"<c><v>1</v></c>" * 4_100_000 + b"</row>")
    (tmp_path / "t.xlsx").write_bytes(content.getvalue())
    with pytest.raises(sf.InputError, match="table-too-large"):
        sf.read_inputs(tmp_path / "t.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    content = io.BytesIO()
    archive = zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
        for _ in range(520):
            file.write(b" " * (1 << 20))
    (tmp_path / "t.xlsx").write_bytes(content.getvalue())
    with pytest.raises(sf.InputError, match="table-too-large"):
        sf.read_inputs(tmp_path / "t.xlsx")


def test_a_spreadsheets_own_blank_rest_of_a_sheet_is_no_fault(tmp_path: Path) -> None:
    rest = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    ods(tmp_path / "t.ods", GOOD, rest=rest)
    assert sf.read_inputs(tmp_path / "t.ods").tables == ["areas", "plans", "population"]


def ods(path: Path, sheets: dict[str, list[list[Any]]], *, body: str = "", rest: str = "") -> Path:
    """An OpenDocument workbook as small as one can be."""
    spaces = ["office:1.0", "table:1.0", "text:1.0"]
    names = " ".join(f'xmlns:{each[:-4]}="urn:oasis:names:tc:opendocument:xmlns:{each}"' for each in spaces)
    tables = []
    for name, rows in sheets.items():
        lines = ["<table:table-row>" + "".join(map(_cell, row)) + "</table:table-row>" for row in rows]
        tables.append(f'<table:table table:name="{name}">{"".join(lines)}{body}{rest}</table:table>')
    content = f"<office:document-content {names}><office:body><office:spreadsheet>{''.join(tables)}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    number = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {number}><text:p>{value}</text:p></table:table-cell>"
