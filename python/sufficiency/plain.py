"""Names as they may be shown: given text comes from files and people, so it is never trusted."""

from __future__ import annotations

import unicodedata

LONGEST = 120  # characters of a name or reason that a page shows; our choice: three lines of a narrow table
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the start of a formula


def plain(text: object, longest: int = LONGEST) -> str:
    """Text on one line without control, direction or unassigned characters, shortened if it is very long.

    Direction marks could turn round a whole sentence, and NUL is not allowed in HTML, XML or Excel files.
    """
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text)[: 20 * longest])
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def no_formula(value: object) -> object:
    """A value as a spreadsheet may hold it: text that would be read as a formula starts with an apostrophe.

    Numbers stay numbers, negative ones too.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
