"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sufficiency.files import write_bytes, write_text


def test_a_file_is_written_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = write_text(tmp_path / "new" / "table.csv", "é\n")
    assert path.read_bytes() == "é\n".encode()
    write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert [item.name for item in path.parent.iterdir()] == ["table.csv"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_text(tmp_path / "table.csv", "old")

    def full_disk(self: Path, target: Path) -> Path:
        raise OSError(28, "no space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["table.csv"]
