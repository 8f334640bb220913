"""Saved folders: a manifest with the hash of every file, what is restricted, and what may be shown to others."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sufficiency._core import __version__
from sufficiency.errors import InputError
from sufficiency.files import write_bytes

SCHEMA = (1, 0)
MANIFEST = "manifest.json"
PACK = "pack"
"""Kind of a manifest that stands beside published files, whatever else lies in their folder."""


@dataclass(frozen=True)
class Saved:
    """A saved folder that was read whole: its manifest and the content of every file by path."""

    manifest: dict[str, Any]
    files: dict[str, bytes]

    def under(self, folder: str) -> dict[str, bytes]:
        """Files below a folder, by path within it."""
        return {
            path[len(folder) + 1 :]: held for path, held in self.files.items() if path.startswith(f"{folder}/")
        }

    def json(self, path: str) -> Any:
        """A JSON file of the folder.

        Raises
        ------
        InputError
            If it is absent or not JSON.
        """
        try:
            return json.loads(self.files[path])
        except (KeyError, ValueError) as error:
            raise damaged(path, "cannot be read") from error


@dataclass(frozen=True)
class Verification:
    """What `verify` found; true if nothing is wrong."""

    path: Path
    manifest: dict[str, Any]
    problems: list[dict[str, object]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every file is as it was written."""
        return not self.problems

    def __bool__(self) -> bool:
        return self.ok


def damaged(path: str, what: str) -> InputError:
    """An error that names a file of a saved folder."""
    error = InputError(f"{path} {what} [damaged-file]\n\nhint: save it again, or restore it from a copy")
    error.problems = [_problem(path, what)]
    return error


def _problem(path: str, what: str, slug: str = "damaged-file") -> dict[str, object]:
    return {"slug": slug, "table": path, "row": None, "column": None, "message": what, "hint": None}


def json_bytes(content: Any) -> bytes:
    """JSON with sorted keys: the same content gives the same bytes."""
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def sealed(kind: str, about: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """A manifest: what was saved, the hash of every file, and a seal on the manifest itself."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {"schema": ".".join(map(str, SCHEMA)), "kind": kind, "version": __version__, **about}
    manifest["files"] = hashes
    return manifest | {"seal": _seal(manifest)}


def _seal(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json_bytes({key: value for key, value in manifest.items() if key != "seal"})).hexdigest()


def save_folder(path: str | Path, kind: str, files: Mapping[str, bytes], about: Mapping[str, Any]) -> Path:
    """Write a folder whole or not at all.

    Everything is written beside the target first and then takes its name. Where a folder saved before stands it is
    moved aside for that moment; whoever reads next after a crash finds the old one or the new one.

    Raises
    ------
    InputError
        If something else than a saved folder stands there: it is left alone.
    OSError
        If it cannot be written.
    """
    target = Path(path)
    _settle(target)
    if target.exists() and saved_kind(target) in (None, PACK):
        raise InputError(f"{target} is not a saved folder; nothing was written over it [not-saved-here]")
    manifest = sealed(kind, about, files)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        for name, content in {**files, MANIFEST: json_bytes(manifest)}.items():
            write_bytes(fresh / name, content)
        if target.exists():
            target.replace(_aside(target))
        fresh.replace(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(_aside(target), ignore_errors=True)
    return target


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.before")


def _settle(target: Path) -> None:
    """Finish what a crash between two renames left: the old folder takes its name again, or goes."""
    aside = _aside(target)
    if aside.exists():
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.replace(target)


def load_folder(path: str | Path, kind: str) -> Saved:
    """A saved folder, every file compared with its hash.

    Raises
    ------
    InputError
        If it is not such a folder, was saved by a newer version, or a file is not what was written.
    """
    manifest, files, problems = _read(Path(path))
    if problems:
        error = InputError(
            "; ".join(f"{each['table']} {each['message']}" for each in problems) + " [damaged-file]"
        )
        error.problems = problems
        raise error
    if manifest.get("kind") != kind:
        raise InputError(f"{path} holds a saved {manifest.get('kind')}, not a {kind} [other-kind]")
    return Saved(manifest, files)


def saved_kind(path: str | Path) -> str | None:
    """What a saved folder holds (inputs, fitted, projection, pack); None if it is not one."""
    try:
        kind = json.loads((Path(path) / MANIFEST).read_bytes()).get("kind")
    except (OSError, ValueError, AttributeError):
        return None
    return kind if isinstance(kind, str) else None


def verify(path: str | Path) -> Verification:
    """Whether every file of a saved folder or a board pack is as it was written: one changed byte is found.

    Parameters
    ----------
    path : str or Path
        A folder written by `save`, by `report` or by the command line; or a report's file, beside its manifest.

    Returns
    -------
    Verification
        True if all is well; `problems` names each file that is changed, missing or not listed; `manifest` says how
        it was made. A pack may lie among other files: those are no part of it, so they are not looked at.

    Raises
    ------
    InputError
        If it is not a saved folder, or was saved by a newer version.

    Examples
    --------
    >>> folder = base.save("my-run")
    >>> sf.verify(folder).problems
    []
    """
    manifest, _, problems = _read(Path(path))
    return Verification(Path(path), manifest, problems)


def manifest_of(file: Path) -> Path:
    """The manifest that lists a file: its own, named after it, else that of its folder."""
    if file.name.endswith(MANIFEST):
        return file
    own = file.with_name(f"{file.name.partition('.')[0]}.{MANIFEST}")
    return own if own.is_file() else file.with_name(MANIFEST)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, bytes], list[dict[str, object]]]:
    folder, told = (path.parent, manifest_of(path)) if path.is_file() else (path, path / MANIFEST)
    if not path.is_file():
        _settle(folder)
    try:
        content = told.read_bytes()
        manifest = json.loads(content)
    except FileNotFoundError as error:
        hint = "hint: the folder that save, report or the command line wrote"
        raise InputError(f"{path} is not a saved folder [not-saved-here]\n\n{hint}") from error
    except (OSError, ValueError) as error:
        raise damaged(told.name, "cannot be read") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise damaged(told.name, "is not a manifest")
    if _version_of(manifest) > SCHEMA:
        raise InputError(
            f"{folder} has schema {manifest.get('schema')}, this version reads up to "
            f"{'.'.join(map(str, SCHEMA))} [newer-schema]\n\nhint: pip install --upgrade sufficiency"
        )
    as_written = manifest.get("seal") == _seal(manifest) and content == json_bytes(manifest)
    problems = [] if as_written else [_problem(told.name, "was changed")]
    # A pack lies among other files; and a manifest that somebody made names nothing outside its folder.
    listed = [folder / name for name in manifest["files"] if name == Path(name).name]
    among = listed if manifest.get("kind") == PACK else sorted(folder.rglob("*"))
    held = {file.relative_to(folder).as_posix(): file for file in among if file.is_file()}
    files = {}
    for name, expected in manifest["files"].items():
        if name not in held:
            problems.append(_problem(name, "is missing"))
            continue
        files[name] = held[name].read_bytes()
        if hashlib.sha256(files[name]).hexdigest() != expected:
            problems.append(_problem(name, "was changed"))
    known = {told.name, *manifest["files"]}
    problems += [_problem(name, "is not listed", "unlisted-file") for name in held if name not in known]
    return manifest, files, problems


def _version_of(manifest: Mapping[str, Any]) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in str(manifest.get("schema")).split("."))
    except ValueError as error:
        raise damaged(MANIFEST, "has no schema version") from error


def same_model(found: str, manifest: Mapping[str, Any], what: str) -> None:
    """Refuse a saved folder whose model comes out differently in this version.

    Raises
    ------
    InputError
        With both versions.
    """
    if manifest.get("fingerprint") != found:
        raise InputError(
            f"this {what} was saved by version {manifest.get('version')}; version {__version__} makes another "
            "model of it [other-version]\n\nhint: fit and project again, or use the version that saved it"
        )
