"""The board report: one model of the page, written as HTML, as an accessible PDF and as an Excel workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sufficiency.errors import InputError
from sufficiency.projection import Projection
from sufficiency.release import Earlier

ENDINGS = (".html", ".pdf", ".xlsx")
FOLDER_NAME = "board"


def report(
    projections: Projection | Sequence[Projection],
    path: str | Path | Sequence[str | Path],
    *,
    title: str | None = None,
    profile: str = "public",
    reason: str | None = None,
    earlier: Earlier | Sequence[Earlier] | None = None,
) -> Path | list[Path]:
    """Write what a board can decide from: as a page, a PDF, a workbook, or all three.

    Parameters
    ----------
    projections : Projection or sequence of Projection
        What stays as it is first, then the options: of one fit, seed and draws, with sites. Each is named by its
        scenarios. A reform is shown with it and without it, as two projections, never as a share of the draws.
        Where they kept their draws differences rest on all of them, else on the first 300 run again, and the page
        says so: `project` with ``keep="report"`` does it.
    path : str, Path or sequence of them
        A file ending in `.html` (one file, nothing fetched), `.pdf` (PDF/UA-1) or `.xlsx`; several such files; or
        a folder, which gets board.html, board.pdf and board.xlsx.
    title : str, optional
        Heading of the page; by default what the page is about.
    profile : {"public", "partner", "restricted"}
        Who it is for, as in `release`. Restricted withholds nothing and is watermarked.
    reason : str, optional
        Why a restricted report is needed; it stands in the watermark.
    earlier : optional
        Releases that are out already, such as the folder of last year's pack: as in `release`.

    Returns
    -------
    Path or list of Path
        The file, or the files if a folder or several were asked for. All figures are released together, as
        `release` does it. Beside them stand their manifest, which `verify` reads, and the released figures for
        `earlier` of the next release: manifest.json and board.figures.json in a folder, else named after the
        first file.

    Raises
    ------
    InputError
        If the projections differ by more than scenarios, have no sites, hold a reform in some of their draws, are
        restricted without a reason, the ending is not one of the three, an earlier release cannot be read, or a
        package is missing.

    Examples
    --------
    >>> sf.report([base, option], "board.html").name
    'board.html'
    """
    runs = [projections] if isinstance(projections, Projection) else list(projections)
    targets = _targets(path)
    if not runs:
        raise InputError("a report needs at least one projection [nothing-to-report]")
    if not all(run._core is None or run._core.has_sites for run in runs):
        raise InputError(
            "a report needs sites and places: without them nobody can be short of one [no-sites]\n\n"
            "hint: give sites.csv and places.csv; `sufficiency template` shows both"
        )
    try:
        from sufficiency.report.asked import figures_of
        from sufficiency.report.pack import write_pack
        from sufficiency.report.page import page_from
        from sufficiency.report.writers import written

        figures = figures_of(runs, profile, reason, earlier)
        page = page_from(figures, title)
        # All are made before any is written: a reader never finds a page beside yesterday's workbook.
        contents = {target: written(page, target.suffix.lower()) for target in targets}
    except ImportError as error:
        raise InputError(
            f"{error.name} is missing [missing-package]\n\nhint: pip install 'sufficiency[report]'"
        ) from error
    one = isinstance(path, (str, Path)) and len(targets) == 1
    write_pack(contents, figures, folder=isinstance(path, (str, Path)) and not one)
    return targets[0] if one else targets


def _targets(path: str | Path | Sequence[str | Path]) -> list[Path]:
    """The files to write, from one file, several, or a folder."""
    if isinstance(path, (str, Path)):
        if not Path(path).suffix or Path(path).is_dir():
            return [Path(path) / f"{FOLDER_NAME}{ending}" for ending in ENDINGS]
        paths = [Path(path)]
    else:
        paths = [Path(each) for each in path]
    wrong = [target.name for target in paths if target.suffix.lower() not in ENDINGS]
    if wrong or not paths:
        raise InputError(
            f"a report ends in {', '.join(ENDINGS)}, or is a folder; got {', '.join(wrong) or 'nothing'} "
            "[unknown-ending]"
        )
    return paths
