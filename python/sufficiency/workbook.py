"""Input tables in a workbook: sheets named as tables, and sheets that say what ``authority.toml`` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.excel import SUFFIXES, Sheet, cell_text, is_date, read_sheets, sheet_error

TextTables = dict[str, dict[str, list[str]]]
NOTES = frozenset({"readme", "notes", "codes", "lists", "changes"})
"""Sheets that are no tables and are left alone, and so are those whose name starts with an underscore."""
LISTS = ("sources", "needs", "settings", "psi")
"""Sheets that are lists of ``authority.toml``; `psi` has setting, need (may be blank) and share."""
WHOLE_KEYS = frozenset({"base_year", "price_year", "age_from", "age_to"})
YES_OR_NO = frozenset({"specialist", "commissioned"})
AGE_COLUMNS = frozenset({"age", "age_from", "age_to"})


def workbooks_of(folder: Path) -> list[Path]:
    """The workbooks of a folder, but for the lock files that a spreadsheet program leaves."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [file for file in files if file.suffix.lower() in SUFFIXES and not file.name.startswith(("~$", "."))]


def read_workbook(path: Path) -> tuple[TextTables, dict[str, Any] | None]:
    """Tables of a workbook by name, and the content of ``authority.toml`` if a sheet holds it.

    A sheet with heads and no rows is a table that was not given, and so is a blank column that a table may lack.
    A workbook with a single sheet of another name is
    the table that the file is named after.

    Raises
    ------
    InputError
        If the file is no workbook, or cells were turned into dates; all at once.
    """
    sheets = read_sheets(path)
    named = {plain(sheet.name): sheet for sheet in sheets if not sheet.name.startswith("_")}
    tables = {name: optional for name, _, _, optional in _core.input_tables()}
    if len(sheets) == 1 and plain(sheets[0].name) not in {*tables, "authority", *LISTS}:
        named = {plain(path.stem): sheets[0]}
    problems: list[dict[str, object]] = []
    found: TextTables = {}
    for name, sheet in named.items():
        if name.replace("_", "") in NOTES or name in ("authority", *LISTS) or not sheet.rows:
            continue
        problems += _dates(name, sheet)
        columns = Sheet(name, sheet.heads, sheet.rows).columns()
        # The template has heads for what may be given; such a column with nothing in it was not.
        unused = [
            head for head in tables.get(name, []) if not any(cell.strip() for cell in columns.get(head, ["x"]))
        ]
        found[name] = {head: cells for head, cells in columns.items() if head not in unused}
    if problems:
        lines = [f"{each['table']}, row {each['row']}, {each['column']}: {each['message']}" for each in problems]
        error = InputError("\n".join(f"{line} [bad-age]" for line in lines) + f"\n\nhint: {problems[0]['hint']}")
        error.problems = problems
        raise error
    return found, _authority(named) if "authority" in named else None


def plain(name: str) -> str:
    """A sheet name as a table is called: `Population control` is population_control."""
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def _dates(name: str, sheet: Sheet) -> list[dict[str, object]]:
    """Age ranges that the spreadsheet took for dates: 5-10 can no longer be told from 10-5."""
    message, hint = "a date stands where an age should", "format the column as text before typing 5-10"
    return [
        {"slug": "bad-age", "table": name, "row": row, "column": head, "message": message, "hint": hint}
        for at, head in enumerate(sheet.heads)
        if head in AGE_COLUMNS
        for row, cells in enumerate(sheet.rows, start=1)
        if is_date(cells[at])
    ]


def _authority(named: dict[str, Sheet]) -> dict[str, Any]:
    """The content of ``authority.toml``: rows of key and value, and lists from sheets of their own."""
    sheet = named["authority"]
    content: dict[str, Any] = {"name": "", "code": ""}  # blank ones are named by the check
    for at, row in enumerate(sheet.rows, start=1):
        key, value = cell_text(row[0]).strip(), cell_text(row[1]).strip() if len(row) > 1 else ""
        if key and value:
            content[key] = _value(key, value, "authority", at)
    if "schema" in content:
        # 1.0 typed into a cell is the number 1.
        content["schema"] = content["schema"] if "." in content["schema"] else f"{content['schema']}.0"
    for name in LISTS:
        listed = named.get(name)
        if listed is None or not listed.rows:
            continue
        columns = listed.columns()
        entries = [
            {
                head: _value(head, cell.strip(), name, at)
                for head, cell in zip(columns, cells, strict=True)
                if cell.strip()
            }
            for at, cells in enumerate(zip(*columns.values(), strict=True), start=1)
        ]
        entries = [entry for entry in entries if entry]
        if name == "psi":
            content["latent"] = {"psi": {_psi_key(entry): entry.get("share", "") for entry in entries}}
        elif entries:
            content[name] = entries
    return content


def _psi_key(entry: dict[str, Any]) -> str:
    need = f".{entry['need']}" if entry.get("need") else ""
    return f"{entry.get('setting', '')}{need}"


def _value(key: str, text: str, sheet: str, row: int) -> Any:
    if key in YES_OR_NO:
        return text.lower() in ("true", "yes", "y", "1")
    if key == "share":
        try:
            return float(text)
        except ValueError:
            return text
    if key in WHOLE_KEYS:
        try:
            return int(text)
        except ValueError as error:
            message = f"{key} must be a whole number, got {text[:40]!r}"
            raise sheet_error("bad-authority", sheet, message, row=row, column=key) from error
    return text
