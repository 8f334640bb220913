"""Writing files: under a temporary name first, so that a reader never sees half of one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

PARTIAL = ".partial"
"""Last part of the name of a file that is being written."""


def write_bytes(path: str | Path, content: bytes) -> Path:
    """Write a file whole or not at all, and return its path; folders above it are made.

    Parameters
    ----------
    path : str or Path
        Where the file shall be. What stood there before stays until the new content is complete.
    content : bytes
        All of it.

    Raises
    ------
    OSError
        If the folder cannot be made or written; no temporary file is left behind.
    """
    (written,) = write_together({Path(path): content})
    return written


def write_together(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write several files, each whole or not at all; all are complete before the first takes its name.

    They take their names in the order given: what tells a reader about the others comes last.

    Raises
    ------
    OSError
        As `write_bytes`.
    """
    # Beside the target: a rename is atomic only within one file system.
    partials = {path: path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}") for path in contents}
    try:
        for path, partial in partials.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file:
                file.write(contents[path])
                file.flush()
                os.fsync(file.fileno())
        for path, partial in partials.items():
            partial.replace(path)
    finally:
        for partial in partials.values():
            partial.unlink(missing_ok=True)
    return list(contents)


def write_text(path: str | Path, content: str) -> Path:
    """Write UTF-8 text as `write_bytes` does; line ends stay as they are on every system."""
    return write_bytes(path, content.encode("utf-8"))
