"""Workbooks in: the sheets of an .xlsx or .ods file as tables of text. Formulas count by the values kept with
them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from sufficiency.errors import InputError

SUFFIXES = (".xlsx", ".xlsm", ".ods")
LARGEST_BYTES = 512 << 20
"""Largest workbook, unpacked: as large as the largest CSV file that is read."""
MOST_CELLS = 4_000_000
"""Most cells of a sheet, blank ones inside it included (our choice: ten times an authority's largest table)."""

_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,3})(\d{1,9})\s*["']""")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """One sheet: its heads and rows as text, blank rows at the end left out."""

    name: str
    heads: list[str]
    rows: list[list[Any]]

    def columns(self) -> dict[str, list[str]]:
        """Columns of text by head, as a CSV file would hold them.

        Raises
        ------
        InputError
            If two columns have one head.
        """
        for head in self.heads:
            if self.heads.count(head) > 1:
                raise sheet_error("duplicate-column", self.name, f"column {head!r} stands twice", column=head)
        return {head: [cell_text(row[at]) for row in self.rows] for at, head in enumerate(self.heads)}

    def frame(self) -> pd.DataFrame:
        """A frame of text."""
        cells = [[cell_text(cell) for cell in row] for row in self.rows]
        return pd.DataFrame(cells, columns=pd.Index(self.heads), dtype=object)


def sheet_error(
    slug: str, sheet: str, message: str, hint: str | None = None, row: int | None = None, column: str | None = None
) -> InputError:
    """An error that names a sheet, and row and column in it if they are known."""
    where = ", ".join([sheet, *([f"row {row}"] if row else []), *([column] if column else [])])
    error = InputError(f"{where}: {message} [{slug}]" + (f"\n\nhint: {hint}" if hint else ""))
    problem: dict[str, object] = {"slug": slug, "table": sheet, "row": row, "column": column}
    error.problems = [problem | {"message": message, "hint": hint}]
    return error


def read_sheets(path: str | Path) -> list[Sheet]:
    """Every sheet of a workbook that has a header row; the first row that is not blank holds the heads.

    Parameters
    ----------
    path : str or Path
        An .xlsx, .xlsm or .ods file. Macros are not run, formulas not computed: their kept values are read, and a
        formula that failed reads as blank.

    Raises
    ------
    InputError
        If the file is not a workbook, is protected by a password, or would unpack to more than any authority's.
    """
    path = Path(path)
    try:
        import python_calamine
    except ImportError as error:
        hint = "pip install 'sufficiency[excel]'"
        raise sheet_error(
            "unreadable-file", path.name, "reading a workbook needs python-calamine", hint
        ) from error
    _measure(path)
    try:
        with python_calamine.load_workbook(str(path)) as workbook:
            found = [
                (sheet.name, workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
                for sheet in workbook.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in the reader is no `Exception`, and bytes may be anything
        message = f"{path.name} cannot be read as a workbook ({type(error).__name__})"
        raise sheet_error(
            "unreadable-file", path.name, message, "save it again as .xlsx, without a password"
        ) from None
    return [sheet for sheet in (_sheet(name, cells) for name, cells in found) if sheet is not None]


def _sheet(name: str, cells: list[list[Any]]) -> Sheet | None:
    """Heads and rows; columns without a head are left out if they hold nothing."""
    filled = [at for at, row in enumerate(cells) if any(cell_text(cell).strip() for cell in row)]
    if not filled:
        return None
    heads = [cell_text(cell).strip() for cell in cells[filled[0]]]
    body = cells[filled[0] + 1 : filled[-1] + 1]
    kept = [at for at, head in enumerate(heads) if head or any(cell_text(row[at]).strip() for row in body)]
    return Sheet(name.strip(), [heads[at] for at in kept], [[row[at] for at in kept] for row in body])


def cell_text(cell: Any) -> str:
    """A cell as a CSV file would hold it: whole numbers without a point, dates as 2025-01-16."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return "" if cell is None else str(cell)


def is_date(cell: Any) -> bool:
    """Whether a spreadsheet has taken a cell for a date (`5-10` typed into a cell becomes the fifth of
    October).
    """
    return isinstance(cell, date)


def _measure(path: Path) -> None:
    """Refuse what would unpack to more than fits, before the reader unpacks it."""
    too_large = sheet_error("table-too-large", path.name, "the workbook is larger than any authority's")
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for entry in archive.infolist():
                # A sheet may lie anywhere in the archive, so every part is looked at.
                rows = columns = cells = 0
                tail = b""
                with archive.open(entry) as file:
                    while chunk := file.read(_CHUNK):
                        total += len(chunk)
                        if total > LARGEST_BYTES:
                            raise too_large
                        rows, columns = _furthest(tail + chunk, rows, columns)
                        cells += len(_CELL_TAG.findall(chunk))
                        tail = chunk[-64:]
                if max(rows * columns, cells) > MOST_CELLS:
                    raise too_large
                if entry.filename == "content.xml":
                    with archive.open(entry) as file:
                        if max(_ods_cells(file), default=0) > MOST_CELLS:
                            raise too_large
    except InputError:
        raise
    except OSError as error:
        message = f"{path.name} cannot be read: {error.strerror or error}"
        raise sheet_error("unreadable-file", path.name, message) from error
    except Exception as error:  # zipfile, zlib and the parser raise many kinds on bytes that are not theirs
        message = f"{path.name} is not a workbook ({type(error).__name__})"
        raise sheet_error("unreadable-file", path.name, message, "save it as .xlsx or .ods") from None


def _furthest(text: bytes, rows: int, columns: int) -> tuple[int, int]:
    """The lowest row and the rightmost column that a piece of a sheet names."""
    for letters, number in _CELL.findall(text):
        rows = max(rows, int(number))
        column = 0
        for letter in letters.upper():
            column = 26 * column + letter - 64
        columns = max(columns, column)
    return rows, max(columns, 1)


def _ods_cells(file: Any) -> Iterator[int]:
    """Cells of each sheet of an OpenDocument table once repeats are written out, blank ones at the ends left
    out.
    """
    row_at = column_at = widest = lowest = furthest = 0
    for event, element in ElementTree.iterparse(file, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag == f"{_ODF}table":
                row_at = widest = lowest = 0
            elif tag == f"{_ODF}table-row":
                column_at = furthest = 0
            continue
        if tag in (f"{_ODF}table-cell", f"{_ODF}covered-table-cell"):
            column_at += _repeat(element, "number-columns-repeated")
            # A cell with anything in it: a value, or text below.
            if any(key.endswith("value-type") for key in element.attrib) or len(element):
                furthest = column_at
        elif tag == f"{_ODF}table-row":
            row_at += _repeat(element, "number-rows-repeated")
            if furthest:
                lowest, widest = row_at, max(widest, furthest)
            element.clear()
        elif tag == f"{_ODF}table":
            yield lowest * widest
            element.clear()


def _repeat(element: ElementTree.Element, name: str) -> int:
    return max(1, int(element.get(_ODF + name, "1")))
