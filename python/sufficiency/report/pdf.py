"""The page as PDF/UA-1: tagged, with text alternatives, or not written at all."""

from __future__ import annotations

import json
import unicodedata
from importlib import resources
from typing import Any

import typst

from sufficiency.report.html import ATTRIBUTION
from sufficiency.report.model import Cell, Chance, Page, Section, Table
from sufficiency.report.say import filled_dots

SIGNS = "–—‘’“”…−±£"
LONG = 80  # rows; our choice: a table longer than two pages of a PDF is in the workbook and the HTML page only


def pdf_of(page: Page) -> bytes:
    """The page as PDF. Text goes to the template as data, so nothing in a name is markup."""
    template = resources.files("sufficiency.report").joinpath("page.typ").read_bytes()
    content = {
        "title": page.title,
        "answer": page.answer,
        "headlines": [
            {"question": h.question, "figures": [list(figure) for figure in h.figures], "says": h.says}
            for h in page.headlines
        ],
        "cautions": page.cautions,
        "sections": [_section(section) for section in page.sections],
        "made": [list(line) for line in page.made],
        "watermark": page.watermark,
        "attribution": ATTRIBUTION,
    }
    try:
        return _compiled(template, json.dumps(content))
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # PDF/UA refuses letters that no font at hand has: a question mark stands for them.
        return _compiled(template, json.dumps(_drawable(content)))


def _compiled(template: bytes, page: str) -> bytes:
    made = typst.compile(template, format="pdf", sys_inputs={"page": page}, pdf_standards=["ua-1"], timestamp=0)
    assert isinstance(made, bytes)
    return made


def _drawable(value: Any) -> Any:
    """Text with only what the fonts that typst carries can show: Latin, Greek, Cyrillic, and our own signs."""
    if isinstance(value, str):
        return "".join(_letter(c) for c in unicodedata.normalize("NFC", value))
    if isinstance(value, list):
        return [_drawable(each) for each in value]
    return {key: _drawable(each) for key, each in value.items()} if isinstance(value, dict) else value


def _letter(c: str) -> str:
    if unicodedata.combining(c):
        return ""
    return c if c < "\u0250" or "\u0386" <= c <= "\u045f" or c in SIGNS else "?"


def _section(section: Section) -> dict[str, Any]:
    long = [table for table in section.tables if len(table.rows) > LONG]
    says = list(section.says) + [f"{table.caption}: in the workbook and on the HTML page." for table in long]
    return {
        "title": section.title,
        "says": says,
        "figures": [{"title": f.title, "svg": f.svg, "alternative": f.alternative} for f in section.figures],
        "caption": section.caption,
        "tables": [_table(table) for table in section.tables if table not in long],
    }


def _dots(cell: Cell) -> int | None:
    return filled_dots(cell.value) if isinstance(cell, Chance) and cell.dots else None


def _table(table: Table) -> dict[str, Any]:
    rows = [[{"text": cell.text, "dots": _dots(cell)} for cell in row] for row in table.rows]
    return {"caption": table.caption, "heads": table.heads, "rows": rows, "note": table.note}
