"""Writing files: under a temporary name first, so that a reader never sees half of one."""

from __future__ import annotations

import os
import secrets
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
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: a rename is atomic only within one file system.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def write_text(path: str | Path, content: str) -> Path:
    """Write UTF-8 text as `write_bytes` does; line ends stay as they are on every system."""
    return write_bytes(path, content.encode("utf-8"))
