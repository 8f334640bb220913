"""The tests of the report bring their own browser: they use any, install one where they may, and never skip."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import browser


def test_a_browser_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, code in (("chromium", 1), ("microsoft-edge", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.delenv("SUFFICIENCY_BROWSER", raising=False)
    monkeypatch.setattr(
        browser.shutil, "which", lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None
    )
    assert browser.find() == str(tmp_path / "microsoft-edge")


def test_without_a_browser_tests_fail_in_one_line_and_are_not_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(browser, "install", lambda: None)
    with pytest.raises(AssertionError, match="apt-get install chromium"), browser.launched():
        pass
    assert browser.main() == 1
    assert capsys.readouterr().err.strip().count("\n") == 0


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="not run: no users here")
@pytest.mark.parametrize(("user", "installs"), [(0, True), (1000, False)])
def test_debian_s_chromium_is_installed_only_as_root(
    user: int, installs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: called.append(command))
    browser.install()
    assert any("chromium" in command for command in called) == installs
