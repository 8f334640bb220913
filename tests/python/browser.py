"""A real browser for the tests: any that is installed, else Debian's chromium; run as a program, gets one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge",
)  # fmt: skip
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/mnt/c/Program Files/Google/Chrome/Application/chrome.exe",
)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAY_OUT = (
    "the browser tests need a browser: install one (Debian: apt-get install chromium), or name one in "
    "SUFFICIENCY_BROWSER"
)


def find() -> str | None:
    """Path of a Chrome, Chromium or Edge that works."""
    named = os.environ.get("SUFFICIENCY_BROWSER")
    candidates = [named] if named else [*filter(None, map(shutil.which, NAMES)), *ELSEWHERE]
    return next((path for path in candidates if path and Path(path).exists() and _works(path)), None)


def _works(path: str) -> bool:
    """Whether it starts: Ubuntu's `chromium` may be a note that asks for a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> None:
    """Install Debian's chromium where that is allowed: as root, with apt-get."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return
    print("installing chromium for the browser tests", file=sys.stderr)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"],
    ):
        subprocess.run(command, check=False, **quiet)


@contextmanager
def launched() -> Iterator[Any]:
    """A browser. Where there is none the test fails and says how to get one: it is never skipped."""
    from playwright.sync_api import sync_playwright

    path = find()
    assert path, WAY_OUT
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Any, **options: Any) -> Iterator[Any]:
    """A page without a network; `page.faults` lists requests elsewhere, errors of console and script, dialogs."""
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    faults: list[str] = []
    page.faults = faults
    page.on("request", lambda request: _note(faults, request.url))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
    try:
        yield page
    finally:
        context.close()


def _note(faults: list[str], address: str) -> None:
    if not address.startswith(("file:", "data:")):
        faults.append(f"request {address}")


def main() -> int:
    """Make sure of a browser; 0 if there is one."""
    path = find()
    if path is None:
        install()
        path = find()
    if path is None:
        print(WAY_OUT, file=sys.stderr)
        return 1
    print(f"browser tests use {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
