"""Ranges of draws: run one by one, kept as they finish, on one machine or many; merged to the bytes of one run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.files import PARTIAL, write_bytes
from sufficiency.kept import SheetList, sheet_bytes, sheets_of
from sufficiency.projection import Projection
from sufficiency.recipe import Recipe
from sufficiency.saving import json_bytes

RANGES = 16
"""Ranges a run is cut into where nothing else decides: few enough to merge quickly, enough to lose little."""
Tell = Callable[[int], object] | None
Range = tuple[int, int]


def merge(projections: Sequence[Projection]) -> Projection:
    """One projection from those of ranges of its draws, in any order: the same bytes as one run.

    Parameters
    ----------
    projections : sequence of Projection
        Made with one fit, scenario, seed, `to`, `draws` and margins, and ranges that together are all draws.

    Raises
    ------
    InputError
        If a range is missing, overlaps another, or is of another recipe.

    Examples
    --------
    >>> recipe = {"to": 2026, "draws": 20, "seed": 1, "progress": False}
    >>> halves = [sf.project(fitted, **recipe, draws_range=part) for part in ((0, 10), (10, 20))]
    >>> sf.merge(halves).digest == sf.project(fitted, **recipe).digest
    True
    """
    ranges = list(projections)
    if not ranges:
        raise InputError("there is nothing to merge [missing-draws]")
    first = ranges[0]
    if any(each._options != first._options for each in ranges):
        raise InputError("these ranges are of runs with other draws, measures or margins [foreign-draws]")
    core = _core.Projection.merged([each._core for each in ranges])
    got, of = core.recipe[2], first._options["of"]
    if got != (0, of):
        missing = [f"{a}:{b}" for a, b in ((0, got[0]), (got[1], of)) if a < b]
        raise InputError(f"draws {' and '.join(missing)} are missing [missing-draws]")
    return Projection(core, first.fitted, first._case, first.scenarios, first._options)


def run_in_ranges(
    recipe: Recipe, case: Any, draws: Range, workers: int, cluster: Any, checkpoint: str | Path | None, tell: Tell
) -> Any:
    """Run a range of draws piece by piece; returns the merged core.

    Pieces found in the checkpoint's folder are not run again.
    """
    folder = None if checkpoint is None else _opened(Path(checkpoint), recipe, case, draws)
    found: dict[Range, SheetList] = {}
    for piece in _pieces(draws):
        kept = None if folder is None else _kept(folder / _name(piece))
        if kept is not None:
            found[piece] = kept
    left = [piece for piece in _pieces(draws) if piece not in found]
    done = sum(end - first for first, end in found)

    def finished(piece: Range, sheets: SheetList) -> None:
        nonlocal done
        if folder is not None:
            write_bytes(folder / _name(piece), _with_hash(sheet_bytes(sheets)))
        found[piece] = sheets
        done += piece[1] - piece[0]
        if tell is not None:
            tell(done)

    if cluster is None:
        for piece in left:
            before = done
            inner = None if tell is None else lambda n, before=before: tell(before + n)
            finished(piece, recipe.run(case, piece, workers, inner).sheets())
    else:
        _on_cluster(cluster, recipe, left, finished)
    margins = len(next(iter(found.values())))
    return _core.Projection.merged(
        [
            _core.Projection.restored(
                case, recipe.to, piece, recipe.seed, workers, recipe.keep, margins, found[piece]
            )
            for piece in _pieces(draws)
        ]
    )


def _pieces(draws: Range) -> list[Range]:
    first, end = draws
    size = max(1, -(-(end - first) // RANGES))
    return [(at, min(at + size, end)) for at in range(first, end, size)]


def _name(piece: Range) -> str:
    return f"draws-{piece[0]:08}-{piece[1]:08}.npz"


# --- many machines


def _on_cluster(
    client: Any, recipe: Recipe, pieces: list[Range], finished: Callable[[Range, SheetList], None]
) -> None:
    from distributed import as_completed

    # Sent once to every worker; Dask runs a piece again where a worker is lost.
    shared = client.scatter(recipe, broadcast=True)
    tasks = {client.submit(_piece_of, shared, piece, pure=False, retries=3): piece for piece in pieces}
    try:
        for task, sheets in as_completed(list(tasks), with_results=True):  # type: ignore[no-untyped-call]
            finished(tasks[task], sheets)
    finally:
        client.cancel(list(tasks))


def _piece_of(recipe: Recipe, piece: Range) -> SheetList:
    sheets: SheetList = recipe.run(recipe.case(), piece, 1, None).sheets()
    return sheets


# --- a folder of pieces


def _opened(folder: Path, recipe: Recipe, case: Any, draws: Range) -> Path:
    """The folder of a checkpoint, if it is new or of this very run."""
    about = {"case": case.fingerprint, "to": recipe.to, "seed": recipe.seed, "keep": recipe.keep, "draws": draws}
    wanted = json_bytes(about | {"options": recipe.options, "version": _core.__version__, "restricted": True})
    file = folder / "run.json"
    if not file.exists():
        # A run that was killed while it wrote its first file leaves no more than a partial one.
        if folder.exists() and any(not each.name.endswith(PARTIAL) for each in folder.iterdir()):
            raise InputError(f"{folder} holds something else than a checkpoint [not-saved-here]")
        write_bytes(file, wanted)
    elif file.read_bytes() != wanted:
        raise InputError(
            f"{folder} holds a checkpoint of another run (fit, scenario, seed, draws, margins or version) "
            "[foreign-draws]\n\nhint: name another folder, or delete this one"
        )
    return folder


def _with_hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest() + content


def _kept(file: Path) -> SheetList | None:
    """The piece in a file; None if there is none, or it is damaged and has to be run again."""
    if not file.exists():
        return None
    content = file.read_bytes()
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    return sheets_of(content[32:])
