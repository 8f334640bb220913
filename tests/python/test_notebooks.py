"""Notebooks as committed: pairs agree, no outputs, few lines to a chart; a real kernel can be interrupted."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupyter_client
import jupytext
import nbformat
import pytest

import sufficiency as sf
from makers import own_tables

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))


def test_there_is_a_notebook_for_each_lesson_and_a_text_for_each_notebook() -> None:
    assert [name[:2] for name in NOTEBOOKS] == [f"{at:02}" for at in range(1, len(NOTEBOOKS) + 1)]
    assert sorted(path.stem for path in FOLDER.glob("*.py")) == NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_and_text_agree(name: str) -> None:
    notebook, text = (jupytext.read(FOLDER / f"{name}.{ending}") for ending in ("ipynb", "py"))
    pairs = zip(notebook.cells, text.cells, strict=True)
    assert all((a.cell_type, a.source) == (b.cell_type, b.source) for a, b in pairs), (
        "run `make pair` and commit both"
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_valid_bare_and_asks_nothing_of_the_network(name: str) -> None:
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert not re.search(r"https?://", "".join(cell.source for cell in notebook.cells))
    assert notebook.cells[0].source.startswith(f"# {int(name[:2])}. ")
    assert notebook.cells[-1].cell_type == "markdown" or "print(" in notebook.cells[-1].source


def test_own_tables_come_to_a_shortfall_chart_in_fifteen_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = jupytext.read(FOLDER / "02_your_own_data.py")
    cell = next(cell for cell in notebook.cells if "sf.read_inputs" in cell.source)
    lines = [line for line in cell.source.splitlines() if line.strip()]
    assert len(lines) <= 15 and lines[0] == "import sufficiency as sf"
    monkeypatch.chdir(FOLDER)
    made: dict[str, Any] = {}
    exec("\n".join(lines[:-1]), made)
    chart = eval(lines[-1], made)
    assert "shortfall of places in Eastmoor" in chart._repr_mimebundle_()["text/plain"]
    inputs = made["inputs"]
    assert (len(inputs.codes["need"]), len(inputs.codes["setting"])) == (7, 4)
    assert not {"costs", "travel"} & set(inputs.tables) and not set(inputs.codes["area"]) & {"LS1", "LS10"}


def test_the_tables_of_the_invented_authority_are_those_its_maker_makes() -> None:
    for name, table in own_tables.tables().items():
        assert table.to_csv(index=False) == (FOLDER / "own_tables" / f"{name}.csv").read_text("utf-8"), name


@pytest.fixture
def kernel() -> Iterator[tuple[Any, Any]]:
    # Through files, of short names: a port picked for a kernel may be taken before it binds.
    with tempfile.TemporaryDirectory() as files:
        manager = jupyter_client.KernelManager(kernel_name="python3", transport="ipc", ip=f"{files}/kernel")
        manager.start_kernel()
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield manager, client
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def shown(client: Any, code: str) -> tuple[str, list[str]]:
    """Status of a cell and all it showed."""
    said: list[str] = []

    def hook(message: Any) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            said.append(content["text"])
        elif message["msg_type"] == "error":
            said.append(content["ename"])
        elif message["msg_type"] == "execute_result":
            said.append(content["data"]["text/plain"])

    reply = client.execute_interactive(code, output_hook=hook, timeout=60)
    return str(reply["content"]["status"]), said


LONG = "run = sf.project(fitted, to=2045, draws=200_000, seed=1)"


def interrupted(manager: Any, client: Any) -> tuple[list[str], float]:
    """Start long work, interrupt it once its bar is seen: what was shown, and seconds until the cell ended."""
    asked = client.execute(LONG, stop_on_error=False)  # Else a kernel may abort the cell asked for right after.
    said: list[str] = []
    while not any("draw" in text for text in said):  # The bar comes once draws are done.
        message = client.get_iopub_msg(timeout=60)
        said.append(str(message["content"].get("text", "")))
    manager.interrupt_kernel()
    start = time.monotonic()
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == asked:
            break
    assert reply["content"]["status"] == "error" and reply["content"]["ename"] == "KeyboardInterrupt"
    return said, time.monotonic() - start


def test_a_kernel_shows_progress_stops_within_a_second_and_goes_on(kernel: tuple[Any, Any]) -> None:
    manager, client = kernel
    status, said = shown(client, f"import sufficiency as sf; fitted = sf.fit(sf.sample('leeds')); {sf.__file__!r}")
    assert status == "ok", said
    took: list[float] = []
    while len(took) < 3 and min(took, default=9.0) >= 1.0:  # The clock counts other work on the machine too.
        said, seconds = interrupted(manager, client)
        took.append(seconds)
    assert min(took) < 1.0, took
    assert not any("Warning" in text for text in said)
    status, said = shown(client, "sf.project(fitted, to=2026, draws=20, seed=1, progress=False)")
    assert status == "ok" and "20 draws" in said[-1]
