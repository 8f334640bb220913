"""The page as an accessible Excel workbook, to the government's guidance: one table a sheet, cover, contents."""

from __future__ import annotations

import datetime
import io
import re
import warnings
from typing import Any

import gptables
import pandas as pd

from sufficiency.plain import no_formula
from sufficiency.report.html import ATTRIBUTION
from sufficiency.report.model import Page, Section, Table, Words

# Nothing in a cell is ever a formula, a link or a number in disguise.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LEGEND = ["[c]: withheld, to protect small counts", "[z]: not applicable"]


def xlsx_of(page: Page) -> bytes:
    """The page's tables as a workbook, numbers as numbers; the answer and the headlines on its cover."""
    sheets = {_sheet_name(table): _sheet(section, table) for section in page.sections for table in section.tables}
    intro = [page.watermark] * bool(page.watermark) + page.answer
    for headline in page.headlines:
        figures = "; ".join(f"{label}: {words}" for label, words in headline.figures)
        intro.append(f"{headline.question} {figures}{'. ' if figures else ''}{' '.join(headline.says)}")
    cover = gptables.Cover(
        title=_text(page.title),
        intro=["The decision and the answer", *map(_text, intro)],
        about=["Before you rely on this", *map(_text, page.cautions), "How this was made"]
        + [_text(f"{name}: {value}") for name, value in page.made]
        + [ATTRIBUTION],
        cover_label="Cover",
    )
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns that other settings are kept than its own.
        book = gptables.produce_workbook(file, sheets, cover=cover, workbook_options=PLAIN)
    # The same page gives the same bytes.
    book.set_properties({"title": page.title[:250], "created": datetime.datetime(2000, 1, 1)})
    book.close()
    return file.getvalue()


def _sheet_name(table: Table) -> str:
    return table.name.capitalize()[:31]


def _sheet(section: Section, table: Table) -> Any:
    says = [_text(line) for line in [section.title, *section.says[:3], section.caption, table.note] if line]
    frame = frame_of(table)
    return gptables.GPTable(
        table=frame,
        table_name=re.sub(r"\W", "_", table.name),
        title=_text(table.caption),
        subtitles=says,
        instructions="This worksheet contains one table.",
        scope="",
        source="",
        legend=LEGEND,
        index_columns={2: 0},
    )


def frame_of(table: Table) -> pd.DataFrame:
    """The table with a column for each part of a cell: a range becomes three, each a number."""
    columns: dict[str, list[Any]] = {}
    for place, head in enumerate(table.heads):
        cells = [row[place] for row in table.rows]
        kinds = [each for each in cells if len(each.parts) > 1] or [
            each for each in cells if type(each) is not Words
        ]
        names = list((kinds or cells)[0].parts) if cells else [""]
        for name in names:
            values = [
                each.parts.get(name, next(iter(each.parts.values())) if len(each.parts) == 1 else "")
                for each in cells
            ]
            label, number = _text(f"{head}, {name}" if name else head), 2
            while label in columns:
                label, number = f"{label} ({number})", number + 1
            columns[label] = [_value(value) for value in values]
    return pd.DataFrame(columns, dtype=object)


def _value(value: object) -> object:
    if not isinstance(value, str):
        return value
    if len(value) == 4 and value.isdecimal():
        return int(value)  # a January
    return _text(value)


def _text(text: str) -> str:
    """Text that Excel does not take for a formula, nor gptables for a note or for nothing."""
    # gptables refuses text without a plain letter or digit, names in other scripts too.
    said = text if re.search("[a-zA-Z0-9]", text) else f"name {text}".strip()
    return str(no_formula(said.replace("$$", "$ $")))
