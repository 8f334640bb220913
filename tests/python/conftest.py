"""What several tests need: the folder of official files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real() -> Path:
    """Folder of official files: `SUFFICIENCY_REAL`, or beside the checkout. Tests of them do not run without."""
    named = os.environ.get("SUFFICIENCY_REAL")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data" / "real"
    if not folder.is_dir():
        pytest.skip("not run: no data")
    return folder
