"""From one page to the content of a file, by its ending."""

from __future__ import annotations

from sufficiency.report.model import Page


def written(page: Page, ending: str) -> bytes:
    """The content of an .html, .pdf or .xlsx file."""
    if ending == ".html":
        from sufficiency.report.html import html_of

        return html_of(page)
    if ending == ".pdf":
        from sufficiency.report.pdf import pdf_of

        return pdf_of(page)
    from sufficiency.report.xlsx import xlsx_of

    return xlsx_of(page)
