"""The manifest of a pack: what it was made of, what disclosure control did, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sufficiency.disclosure.earlier import FIGURES, saved
from sufficiency.files import write_bytes, write_together
from sufficiency.report.asked import Figures, Option
from sufficiency.report.page import sources_of
from sufficiency.saving import MANIFEST, PACK, json_bytes, load_folder, sealed


def write_pack(contents: Mapping[Path, bytes], figures: Figures, *, folder: bool) -> None:
    """Write the files of a pack, its released figures for the next release, and its manifest last.

    Beside a file that was asked for by itself the two are named after it.
    """
    first = next(iter(contents))
    figures_at, manifest_at = (first.with_name(f"{first.stem}.{name}") for name in (FIGURES, MANIFEST))
    if folder:
        manifest_at = first.with_name(MANIFEST)
    files = {**contents, figures_at: saved(figures.release)}
    listed = {path.name: content for path, content in files.items() if path.parent == first.parent}
    write_together({**files, manifest_at: json_bytes(sealed(PACK, about(figures), listed))})


def add_to_pack(folder: Path, names: Sequence[str]) -> None:
    """List further files of a pack's folder in its manifest."""
    pack = load_folder(folder, PACK)
    files = pack.files | {name: (folder / name).read_bytes() for name in names}
    told = {name: pack.manifest[name] for name in pack.manifest if name not in OURS}
    write_bytes(folder / MANIFEST, json_bytes(sealed(PACK, told, files)))


OURS = ("schema", "kind", "version", "files", "seal")


def about(figures: Figures) -> dict[str, Any]:
    """How a pack was made. It may be published, so no hash of the authority's tables is in it.

    A hash of a table tells whoever knows the rest of it which of a few guesses at what is withheld is true. The
    fingerprint of the fit rests on every table at once, far more than anybody outside knows.
    """
    run = figures.base.run
    return {
        "authority": figures.place,
        "recipe": {name: value for name, value in run.recipe.items() if name != "scenario"},
        "paired_draws": figures.paired_draws,
        "fingerprint": run.fitted.fingerprint,
        "inputs": sources_of(figures),
        "options": [_option(option) for option in figures.options],
        "flags": run.fitted.flags,
        "disclosure": {
            "profile": next(iter(figures.release.values())).profile,
            "watermark": figures.watermark or None,
            "notes": list(figures.notes),
        },
    }


def _option(option: Option) -> dict[str, Any]:
    scenarios = [{"name": each.name, "changes": each.changes} for each in option.run.scenarios]
    return {"name": option.name, "case": option.run._case.fingerprint, "digest": option.run.digest} | {
        "scenarios": scenarios
    }
