"""JupyterLab started for real: a notebook is opened, run and seen, and nothing leaves the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import sufficiency as sf

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOTEBOOK = "02_your_own_data.ipynb"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="not run: no Chromium")


@pytest.fixture
def files() -> Iterator[str]:
    """A folder of a short name, through which a kernel is spoken to: a port picked for it may be taken before it binds."""
    with tempfile.TemporaryDirectory() as folder:
        yield folder


@pytest.fixture
def lab(tmp_path: Path, files: str) -> Iterator[str]:
    """Address of a JupyterLab that serves a copy of the notebooks."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": str(Path(sf.__file__).parents[1]),
        "IPYTHONDIR": str(ROOT / "tests" / "ipython"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=127.0.0.1", "--IdentityProvider.token=", "--LabApp.news_url="]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--KernelManager.transport=ipc", f"--KernelManager.ip={files}/kernel"]
    command += [f"--ServerApp.root_dir={tmp_path / 'notebooks'}"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2)
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, "JupyterLab did not start"
                time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_a_notebook_runs_in_jupyterlab_and_its_pictures_are_seen(lab: str) -> None:
    from playwright.sync_api import sync_playwright

    asked: set[str] = set()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.on("request", lambda request: asked.add(request.url.split("/")[2].split(":")[0]))
        page.goto(f"{lab}/lab/tree/{NOTEBOOK}?reset", timeout=120_000)
        page.locator(".jp-Notebook").wait_for(timeout=120_000)
        page.locator("text=Python 3 (ipykernel) | Idle").first.wait_for(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        last = page.locator('img[alt^="Specialist demand in Eastmoor rises most"]')
        last.wait_for(state="attached", timeout=120_000)
        pictures = page.locator(".jp-RenderedHTMLCommon img")
        widths = pictures.evaluate_all("all => all.map(each => each.naturalWidth)")
        words = pictures.evaluate_all("all => all.map(each => each.alt.length)")
        errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]').count()
        if shot := os.environ.get("SUFFICIENCY_SHOT"):
            last.scroll_into_view_if_needed()
            page.screenshot(path=shot)
        browser.close()
    assert len(widths) == 3 and min(widths) > 300 and min(words) > 60
    assert errors == 0
    assert {host for host in asked if host} <= {"127.0.0.1"}, "nothing was asked of anybody else"
