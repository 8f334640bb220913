"""From one page to the content of a file, by its ending."""

from __future__ import annotations

import dataclasses
from typing import Any

from sufficiency.plain import plain
from sufficiency.release import shown
from sufficiency.report.model import Page

LONGEST_LINE = 1_200  # characters of a sentence; names inside it are cut far shorter where it is made

AS_THEY_ARE = ("svg", "released")


def written(page: Page, ending: str) -> bytes:
    """The content of an .html, .pdf or .xlsx file.

    Raises
    ------
    TypeError
        If the page rests on a table that was not released, or on none.
    """
    if not page.released:
        raise TypeError("a page says which released tables it rests on")
    for table in page.released:
        shown(table)
    page = plained(page)
    if ending == ".html":
        from sufficiency.report.html import html_of

        return html_of(page)
    if ending == ".pdf":
        from sufficiency.report.pdf import pdf_of

        return pdf_of(page)
    from sufficiency.report.xlsx import xlsx_of

    return xlsx_of(page)


def plained(value: Any) -> Any:
    """The page with every text on one line and without control or direction characters, whoever made it.

    Drawings are left as they are, for their text was made plain before it was drawn, and is escaped in them; so
    are the released tables, of which nothing is written.
    """
    if isinstance(value, str):
        return plain(value, LONGEST_LINE)
    if isinstance(value, (list, tuple)):
        return type(value)(plained(each) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.name not in AS_THEY_ARE}
        return dataclasses.replace(value, **{name: plained(each) for name, each in fields.items()})
    return value
