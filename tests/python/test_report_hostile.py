"""Hostile names through every writer: nothing runs, nothing is a formula, nothing lands outside the folder."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest

import sufficiency as sf
from browser import launched, opened
from hostile import names
from packs import OPTIONS, opening, small
from sufficiency.plain import FORMULA, plain
from sufficiency.release import csv_bytes, describe, release
from sufficiency.report.charts import bubbles, drawn
from sufficiency.report.model import Difference, Figure, Headline, Page, Section, Shift, Table, Words
from sufficiency.report.writers import written
from sufficiency.template import write_template

PACKS, EACH, ACROSS, DOWN = 4, 2_500, 7, 70
LOSS = Difference(pd.Series({"p10": -40.0, "p50": -30.0, "p90": -20.0}))


def page_of_names(given: list[str]) -> Page:
    """A page whose every text is a name; 35 on the page itself, the others in tables, a negative number a row."""
    own, rest = given[:35], given[35:]
    tables = []
    while rest:
        part, rest = rest[: ACROSS * DOWN], rest[ACROSS * DOWN :]
        rows: list[Any] = [
            [*map(Words, part[at : at + ACROSS]), LOSS, Shift(-15.0)] for at in range(0, len(part), ACROSS)
        ]
        rows = [row for row in rows if len(row) == ACROSS + 2]
        heads = [f"column {place}" for place in range(ACROSS + 2)]
        tables.append(Table(part[0], heads, rows, f"names {len(tables)}", part[1]))
    spots = pd.DataFrame(
        {
            "area": [plain(name, 16) for name in own[20:30]],
            "latitude": [53.0 + place / 10 for place in range(10)],
            "longitude": [-1.5 + place / 10 for place in range(10)],
            "need": range(10, 20),
            "placed": range(10),
        }
    )
    figure = Figure(own[0], drawn(bubbles(spots), "map"), own[1])
    sections = [Section(f"part-{at}", own[2 + at], own[5 + at], [own[8 + at]], [figure], own[11], [table])
                for at, table in enumerate(tables)]  # fmt: skip
    headline = Headline(own[12], [(own[13], own[14])], [own[15]])
    run = small(5)[0]
    released = tuple(release({"plans": run.plans()}, run).values())
    return Page(own[16], own[17:19], [headline], [own[19]], sections, [(own[30], own[31])], released, own[32])


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("hostile")
    given = names(PACKS * EACH)
    for number in range(PACKS):
        page = page_of_names(given[number * EACH : (number + 1) * EACH])
        for ending in (".html", ".pdf", ".xlsx"):
            (folder / f"{number}{ending}").write_bytes(written(page, ending))
    return sorted(folder.iterdir())


def test_the_names_are_as_many_and_as_bad_as_they_should_be() -> None:
    given = names(PACKS * EACH)
    assert len(given) == 10_000 and max(map(len, given)) >= 10_000
    assert any("\x00" in name for name in given) and any(name.startswith("=") for name in given)


def test_no_name_runs_in_a_browser(packs: list[Path]) -> None:
    with launched() as browser:
        for path in (path for path in packs if path.suffix == ".html"):
            with opened(browser) as page:
                page.goto(path.as_uri())
                assert page.evaluate("window.pwned") is None and page.faults == []
                assert page.locator("script").count() == 1 and page.locator("img").count() == 0
                # Without the page's policy too: escaping alone must hold.
                page.set_content(re.sub(r"<meta http-equiv[^>]*>", "", path.read_text(encoding="utf-8")))
                assert page.evaluate("window.pwned") is None and page.faults == []


def test_every_text_in_html_is_one_line_without_directions_or_control(packs: list[Path]) -> None:
    for path in (path for path in packs if path.suffix == ".html"):
        text = path.read_text(encoding="utf-8")
        assert all(unicodedata.category(c)[0] != "C" or c == "\n" for c in text)


def test_no_cell_of_a_workbook_is_a_formula_or_a_link_and_negative_numbers_survive(packs: list[Path]) -> None:
    for path in (path for path in packs if path.suffix == ".xlsx"):
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert len(cells) > EACH
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        inside = [cell for cell in cells if cell.hyperlink and "names" not in str(cell.hyperlink.location).lower()]
        assert not [cell for cell in inside if not cell.hyperlink.location], "only links between sheets"
        texts = [cell.value for cell in cells if isinstance(cell.value, str)]
        assert not [text for text in texts if text.startswith(FORMULA)]
        numbers = {cell.value for cell in cells if isinstance(cell.value, (int, float))}
        assert {-40, -30, -20, -15} <= numbers
        with zipfile.ZipFile(path) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
            assert not any("externalLink" in name or "vba" in name for name in parts.namelist())


def test_a_pdf_of_names_holds_no_action(packs: list[Path]) -> None:
    for path in (path for path in packs if path.suffix == ".pdf"):
        content = path.read_bytes()
        assert content.startswith(b"%PDF") and b"pdfuaid" in content
        streams = [content]
        for found in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                streams.append(zlib.decompress(found[1]))
            except zlib.error:
                continue
        assert len(streams) > 5
        for action in (b"/JavaScript", b"/Launch", b"/S/URI", b"/S /URI", b"/EmbeddedFile"):
            assert not any(action in stream for stream in streams), action


def test_a_drawing_of_names_is_well_formed_and_runs_nothing(packs: list[Path]) -> None:
    text = next(path for path in packs if path.suffix == ".html").read_text(encoding="utf-8")
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert drawings
    for drawing in drawings:
        tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(drawing).iter()}
        assert tags <= {"svg", "g", "path", "text", "tspan", "rect", "line", "defs", "clipPath"}, tags


def test_a_csv_of_names_holds_no_formula_and_keeps_negative_numbers() -> None:
    given = [
        name.encode("utf-8", "replace").decode() for name in names(2_000, seed=2)
    ]  # no frame holds half a letter
    counts = pd.DataFrame({"area": [f"area {place}" for place in range(2_000)], "year": 2025, "mean": 50.0})
    released = release({"t": counts}, counts.assign(children=50)[["area", "children"]])["t"]
    named = describe(released, {"source": given, "option": "=1+1"})
    rows = list(csv.DictReader(io.StringIO(csv_bytes(named).decode(), newline="")))
    assert len(rows) == 2_000 and {row["mean"] for row in rows} == {"50.0"}
    for row in rows:
        assert not row["source"].startswith(FORMULA) and row["option"] == "'=1+1"
        assert not any(unicodedata.category(c)[0] == "C" for c in row["source"])


def test_negative_numbers_stay_numbers_in_csv() -> None:
    base, option = small(20)
    change = sf.compare(base, option, progress=False)
    text = csv_bytes(release({"t": change.waiting()}, change)["t"]).decode()
    values = [float(row["mean"]) for row in csv.DictReader(io.StringIO(text))]
    assert min(values) < 0


def test_hostile_tables_and_scenarios_make_a_pack_inside_its_folder(tmp_path: Path) -> None:
    """From inputs to three files: authority, areas, planning areas, sites, scenario, reasons, owners."""
    write_template(tmp_path / "mine")
    inputs = sf.read_inputs(tmp_path / "mine")
    bad = iter([name for name in names(4_000, seed=3) if 0 < len(name.strip()) < 200 and name.isprintable()])
    frames = {name: inputs.table(name) for name in inputs.tables}
    frames["areas"]["name"] = [next(bad) for _ in frames["areas"]["name"]]
    frames["areas"]["planning_area"] = next(bad)
    frames["sites"]["name"] = [next(bad) for _ in frames["sites"]["name"]]
    authority = {"schema": "1.0", "name": next(bad), "code": inputs.code, "base_year": inputs.base_year,
                 "price_year": inputs.base_year, "currency": "GBP"}  # fmt: skip
    hostile_inputs = sf.Inputs.from_frames(authority, **frames)
    fitted = sf.fit(hostile_inputs)
    site = str(frames["sites"]["site"].iloc[0])
    change = opening(5, reason="r", owner="o").changes[0] | {"site": site}
    scenario = sf.Scenario(
        next(bad),
        [change | {"opens": f"20{at}-09", "reason": next(bad), "owner": next(bad)} for at in range(26, 29)],
    )
    runs = [sf.project(fitted, **OPTIONS), sf.project(fitted, scenario=scenario, **OPTIONS)]
    before = set(tmp_path.rglob("*"))
    sf.report(runs, tmp_path / "pack")
    assert {path.relative_to(tmp_path).as_posix() for path in set(tmp_path.rglob("*")) - before} == {
        "pack", "pack/board.html", "pack/board.pdf", "pack/board.xlsx",
        "pack/board.figures.json", "pack/manifest.json",
    }  # fmt: skip
    text = (tmp_path / "pack" / "board.html").read_text(encoding="utf-8")
    assert text.count("<script") == 1
