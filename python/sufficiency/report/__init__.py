"""The board report: one page model, written as a file that needs no script, no network and no other file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sufficiency.errors import InputError
from sufficiency.files import write_text
from sufficiency.projection import Projection


def report(projections: Projection | Sequence[Projection], path: str | Path, *, title: str | None = None) -> Path:
    """Write a page that a board can decide from.

    Parameters
    ----------
    projections : Projection or sequence of Projection
        What stays as it is first, then the options: of one fit, seed and draws, with sites. Each is named by its
        scenarios.
    path : str or Path
        An `.html` file: one file, no script, nothing fetched.
    title : str, optional
        Heading of the page; by default what the page is about.

    Returns
    -------
    Path
        The file. Figures are of the whole authority; by planning area, those that rest on fewer than 10 children
        in the base year are withheld, and with them enough others that no total gives them away.

    Raises
    ------
    InputError
        If the projections differ by more than scenarios, have no sites, or the ending is not `.html`.

    Examples
    --------
    >>> sf.report([base, option], "board.html").name
    'board.html'
    """
    runs = [projections] if isinstance(projections, Projection) else list(projections)
    target = Path(path)
    if target.suffix.lower() != ".html":
        raise InputError(f"a report is an .html file, got {target.name} [unknown-ending]")
    if not runs:
        raise InputError("a report needs at least one projection [nothing-to-report]")
    if not all(run._core.has_sites for run in runs):
        raise InputError(
            "a report needs sites and places: without them nobody can be short of one [no-sites]\n\n"
            "hint: give sites.csv and places.csv; `sufficiency template` shows both"
        )
    from sufficiency.report.page import page_of
    from sufficiency.report.write import html_of

    return write_text(target, html_of(page_of(runs, title)))
