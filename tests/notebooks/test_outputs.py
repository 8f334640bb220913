"""What the notebooks printed when `make notebooks` ran them: pictures with words, no addresses, no warnings."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest

EXECUTED = Path(__file__).parents[2] / "out" / "notebooks"
NOTEBOOKS = sorted(path.name for path in (EXECUTED.parents[1] / "notebooks").glob("*.ipynb"))


def code_cells(name: str) -> list[Any]:
    file = EXECUTED / name
    assert file.exists(), "not run: `make notebooks` makes the executed copies"
    return [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]


def texts(cells: list[Any]) -> list[tuple[str, str]]:
    """Everything shown, as (kind, text)."""
    found = []
    for cell in cells:
        for output in cell.outputs:
            if output.output_type == "stream":
                found.append((output.name, output.text))
            else:
                found += [(kind, str(text)) for kind, text in output.get("data", {}).items()]
    return found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_ran_in_order_and_in_under_a_minute(name: str) -> None:
    cells = code_cells(name)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    times = [cell.metadata["execution"] for cell in cells]
    moments = [datetime.fromisoformat(each[key]) for each in times for key in each if key.startswith(("iopub", "shell"))]
    assert (max(moments) - min(moments)).total_seconds() < 60


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_pictures_are_static_and_have_words(name: str) -> None:
    pages = [text for kind, text in texts(code_cells(name)) if kind == "text/html"]
    pictures = [page for page in pages if page.startswith("<img")]
    assert len(pictures) >= 3
    assert all(len(re.search(r' alt="([^"]+)"', picture)[1]) > 60 for picture in pictures)  # type: ignore[index]
    assert not any("<script" in page for page in pages)
    tables = [page for page in pages if "<table" in page]
    assert tables


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nothing_is_fetched_and_nothing_is_complained_of(name: str) -> None:
    for kind, text in texts(code_cells(name)):
        addresses = {each.split("/")[2] for each in re.findall(r"https?://[^\s\"'<>]+", text)}
        assert addresses <= {"www.w3.org"}, "only names of SVG namespaces"
        assert kind != "stderr" or not re.search(r"[Ww]arning|Error", text), text
