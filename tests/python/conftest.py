"""What several tests need: the folder of official files, and a Ctrl-C that is heard."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Hear Ctrl-C: a shell that starts tests in the background has it ignored, and tests of it would never end."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def real() -> Path:
    """Folder of official files: `SUFFICIENCY_REAL`, or beside the checkout. Tests of them do not run without."""
    named = os.environ.get("SUFFICIENCY_REAL")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data" / "real"
    if not folder.is_dir():
        pytest.skip("not run: no data")
    return folder
