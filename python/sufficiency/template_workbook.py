"""A blank workbook of input tables: a sheet a table, heads with notes, lists of the codes that a cell may hold."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.files import write_bytes
from sufficiency.inputs import Inputs
from sufficiency.template import AUTHORITY, template_tables
from sufficiency.text_tables import WHOLE

ROWS = 20_000
"""Rows that lists and rules reach down to (our choice: an authority's largest table but places by district and
age).
"""

TABLE_NOTES = {
    "areas": "home areas, such as postcode districts, and your own grouping of them",
    "population": "residents for each January: the mid-year estimate of the year before",
    "population_control": "official totals of the authority, and its projection",
    "plans": "plans in force each January; margins may be stacked with the word all",
    "flows": "new, ceased, moved and transferred plans; those of calendar year Y-1 carry year Y",
    "requests": "requests for assessment of the calendar year before",
    "waiting": "children documented as needing a specialist place, with none yet",
    "support": "children supported without a plan",
    "sites": "schools and bases with places",
    "places": "places by site from a January on; they carry forward, 0 closes",
    "occupied": "who sits where in the base year",
    "travel": "the way from each area to each site",
    "costs": "thousand pounds a year",
}
COLUMN_NOTES = {
    "area": "code of an area in sheet areas; all for a margin",
    "year": "January census, such as 2025",
    "age": "whole years on 31 August before the January: 7, or 5-10 (the column is text), or all",
    "need": "code of a need; all for a margin",
    "setting": "where the child is; all for a margin",
    "required": "what the plan asks for",
    "plans": "children, a whole number",
    "population": "residents, a whole number",
    "children": "a whole number",
    "flow": "new, ceased, moved, transfer_in or transfer_out",
    "to_need": "need after a move; all if it stayed",
    "to_setting": "setting after a move; all if there was none",
    "latitude": "degrees; may be blank",
    "longitude": "degrees; may be blank",
    "planning_area": "your own grouping of areas",
    "name": "in words",
    "site": "code of a site in sheet sites",
    "authority": "ONS code of the authority that it stands in; your own code makes it yours",
    "needs": "needs that it admits, with ; between them: ASD;SEMH",
    "age_from": "youngest age",
    "age_to": "oldest age",
    "host": "the school that it is part of",
    "tolerance": "share of its places that may be filled beyond them, such as 0.05",
    "places": "a whole number",
    "status": "open, approved or proposed",
    "counted_as": "commissioned, capacity, physical or roll",
    "held_for_others": "places that other authorities' children are expected to fill",
    "kind": "of support, a word of your own",
    "requests": "received in the calendar year before",
    "agreed": "of these, agreed to assess",
    "issued": "plans issued in the calendar year before",
    "within_20_weeks": "of these, within 20 weeks",
    "minutes": "one way",
    "km": "one way",
    "place_filled": "thousand pounds a filled place a year",
    "place_empty": "thousand pounds an empty place a year",
    "top_up": "thousand pounds a child a year",
    "transport": "thousand pounds a child a year",
}
WORDS = {
    "flow": ("new", "ceased", "moved", "transfer_in", "transfer_out"),
    "status": ("open", "approved", "proposed"),
    "counted_as": ("commissioned", "capacity", "physical", "roll"),
}
WITH_ALL = frozenset({"need", "setting", "required", "to_need", "to_setting"})
AUTHORITY_NOTES = {
    "schema": "version of these tables: leave it",
    "name": "name of the authority",
    "code": "ONS code, such as E08000035",
    "base_year": "the January that the projection starts from",
    "price_year": "of the costs",
    "currency": "GBP",
}
LISTS = {
    "sources": ("table", "part", "status", "source", "licence", "age_base"),
    "needs": ("code", "name", "group"),
    "settings": ("code", "name", "specialist", "commissioned", "age_from", "age_to"),
    "psi": ("setting", "need", "share"),
}


def write_workbook(path: str | Path, *, example: bool = False) -> Path:
    """Write a workbook that `read_inputs` reads once it is filled in.

    Parameters
    ----------
    path : str or Path
        A new .xlsx file.
    example : bool
        Whether the invented authority of the CSV template stands in it, to be overwritten.

    Raises
    ------
    InputError
        If the file is there already: nothing is overwritten.
    """
    target = Path(path)
    if target.exists():
        raise InputError(f"{target} is there already: a template is a new file [file-exists]")
    try:
        import xlsxwriter
    except ImportError as error:
        raise InputError(
            "writing a workbook needs XlsxWriter [missing-package]\n\nhint: pip install 'sufficiency[excel]'"
        ) from error
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    _Template(book, template_tables() if example else {}).write()
    book.close()
    return write_bytes(target, content.getvalue())


class _Template:
    """The sheets of one workbook."""

    def __init__(self, book: Any, rows: dict[str, tuple[str, list[list[str]]]]) -> None:
        self.book, self.rows = book, rows
        self.required = book.add_format(
            {"bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF", "border": 1}
        )
        self.optional = book.add_format({"italic": True, "bg_color": "#E6E6E6", "border": 1})
        self.text = book.add_format({"num_format": "@"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.codes = _codes()
        self.lists: dict[str, str] = {}

    def write(self) -> None:
        self._readme()
        self._authority()
        self._lists()
        for name, required, columns, optional in _core.input_tables():
            self._table(name, required, columns, optional)
        for name, heads in LISTS.items():
            sheet = self.book.add_worksheet(name)
            self._heads(sheet, heads, ())
            if name == "sources" and self.rows:
                sheet.write_row(1, 0, ["all", "", "synthetic", "invented, to show the form"])

    def _readme(self) -> None:
        sheet = self.book.add_worksheet("Read me")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90, self.wrap)
        sheet.write(0, 0, "Input tables of one authority", self.title)
        lines = [
            (
                "What to do",
                "Fill in sheet authority and the tables that you have, then check: sufficiency check THIS FILE",
            ),
            ("Dark heads", "columns that a table must have"),
            ("Light heads", "columns that may be left blank, or deleted"),
            ("Sheets left empty", "count as tables that are not given"),
            ("Your own notes", "belong in a sheet called Notes: it is not read"),
        ]
        for at, line in enumerate(lines, start=2):
            sheet.write_row(at, 0, line)
        for at, (name, required, _, _) in enumerate(_core.input_tables(), start=len(lines) + 3):
            need = "needed" if required else "if you have it"
            sheet.write_row(at, 0, (name, f"{TABLE_NOTES[name]} ({need})"))

    def _authority(self) -> None:
        sheet = self.book.add_worksheet("authority")
        self._heads(sheet, ("key", "value", "note"), ())
        sheet.set_column(1, 2, 40, self.text)
        given = _authority_values() if self.rows else {"schema": "1.0", "currency": "GBP"}
        for at, (key, note) in enumerate(AUTHORITY_NOTES.items(), start=1):
            sheet.write_string(at, 0, key)
            sheet.write_string(at, 1, given.get(key, ""), self.text)
            sheet.write_string(at, 2, note)

    def _lists(self) -> None:
        """The codes that cells may hold, on a sheet of their own so that they can be read and looked up."""
        sheet = self.book.add_worksheet("Lists")
        columns = {"need": self.codes["need"], "setting": self.codes["setting"]} | {
            k: list(v) for k, v in WORDS.items()
        }
        columns |= {f"{name} or all": ["all", *self.codes[name]] for name in ("need", "setting")}
        for at, (name, codes) in enumerate(columns.items()):
            sheet.write(0, at, name, self.optional)
            sheet.write_column(1, at, codes)
            letter = chr(ord("A") + at)
            self.lists[name] = f"=Lists!${letter}$2:${letter}${len(codes) + 1}"
        sheet.set_column(0, len(columns), 22)

    def _table(self, name: str, required: bool, columns: list[str], optional: list[str]) -> None:
        sheet = self.book.add_worksheet(name)
        head, rows = self.rows.get(name, ("", []))
        listed = head.split(",") if head else []
        heads = [*listed, *[column for column in (*columns, *optional) if column not in listed]]
        self._heads(sheet, heads, optional)
        for at, column in enumerate(heads):
            self._rule(sheet, name, at, column)
        for at, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if heads[place] != "age" and _is_number(cell):
                    sheet.write_number(at, place, float(cell))
                elif cell:
                    sheet.write_string(at, place, cell, self.text if heads[place] == "age" else None)

    def _heads(self, sheet: Any, heads: Any, optional: Any) -> None:
        for at, head in enumerate(heads):
            sheet.write_string(0, at, head, self.optional if head in optional else self.required)
            if head in COLUMN_NOTES:
                sheet.write_comment(0, at, COLUMN_NOTES[head], {"x_scale": 2})
        sheet.set_column(0, max(len(heads) - 1, 0), 17)
        sheet.freeze_panes(1, 0)

    def _rule(self, sheet: Any, table: str, at: int, column: str) -> None:
        """What a cell of a column may hold, as far as a spreadsheet can say it."""
        if column == "age":
            # As text, or 5-10 becomes the fifth of October.
            sheet.set_column(at, at, 17, self.text)
            return
        rule: dict[str, Any] = {"ignore_blank": True, "error_type": "warning"}
        kind = (
            "need"
            if column in ("need", "to_need")
            else "setting"
            if column in ("setting", "to_setting", "required")
            else column
        )
        if kind in ("need", "setting"):
            margins = table not in ("sites", "occupied") and column in WITH_ALL
            rule |= {"validate": "list", "source": self.lists[f"{kind} or all" if margins else kind]}
        elif column in WORDS:
            rule |= {"validate": "list", "source": self.lists[column]}
        elif column == "area" and table != "areas":
            rule |= {"validate": "list", "source": f"=areas!$A$2:$A${ROWS}"}
        elif column == "site" and table != "sites":
            rule |= {"validate": "list", "source": f"=sites!$A$2:$A${ROWS}"}
        elif column in WHOLE or column in ("held_for_others", "age_from", "age_to"):
            rule |= {"validate": "integer", "criteria": ">=", "value": 0}
            rule |= {"error_title": column, "error_message": "a whole number of 0 or more"}
        elif column in COLUMN_NOTES and column in ("latitude", "longitude", "tolerance", "minutes", "km"):
            rule |= {"validate": "decimal", "criteria": "between", "minimum": -180, "maximum": 100_000}
        else:
            return
        sheet.data_validation(1, at, ROWS, at, rule)


def _codes() -> dict[str, list[str]]:
    """Needs and settings in declared order, asked of the core: an authority with no lists has the defaults."""
    ages = [str(age) for age in range(26)]
    inputs = Inputs.from_frames(
        {"schema": "1.0", "name": "-", "code": "-", "base_year": 2025},
        areas={"area": ["A"], "name": ["A"], "planning_area": ["A"]},
        population={"year": [2025] * 26, "area": ["A"] * 26, "age": ages, "population": [1] * 26},
        plans={"year": [2025], "area": ["A"], "age": [7], "need": ["ASD"], "setting": ["ap"], "plans": [1]},
    )
    return inputs.codes


def _authority_values() -> dict[str, str]:
    """Keys of the example's ``authority.toml``."""
    import tomllib

    return {key: str(value) for key, value in tomllib.loads(AUTHORITY).items() if not isinstance(value, list)}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
