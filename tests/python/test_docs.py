"""What the reference says is so: every public thing has an example, and every example runs."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sufficiency as sf
from sufficiency.frames import DIMENSIONS
from sufficiency.template import write_template

INSIDE = {"Inputs.with_reading"}
"""Methods without an underscore that only other modules of the package call."""


def public() -> Iterator[tuple[str, Any]]:
    """Every public function, class and method with its dotted name; properties and errors are facts, not verbs."""
    for module, names in ((sf, sf.__all__), (sf.plots, sf.plots.__all__)):
        prefix = "" if module is sf else "plots."
        for name in names:
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                yield prefix + name, thing
            elif inspect.isclass(thing) and not issubclass(thing, Exception):
                for method, _ in inspect.getmembers(thing, callable):
                    found = inspect.getattr_static(thing, method)
                    if (
                        f"{name}.{method}" not in INSIDE
                        and not method.startswith("_")
                        and not isinstance(found, property)
                    ):
                        yield f"{name}.{method}", getattr(thing, method)


EVERYTHING = {thing: name for name, thing in reversed(list(public()))}
EVERYTHING = {name: thing for thing, name in EVERYTHING.items()}
"""Each once: methods that two classes share are tested under the name of the first."""


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """The names that the package's own docstring makes."""
    found: dict[str, Any] = {}
    for example in doctest.DocTestParser().get_examples(sf.__doc__ or ""):
        exec(example.source, found)
    return found


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_public_thing_says_what_it_gives_and_shows_it(
    name: str, names: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = inspect.getdoc(EVERYTHING[name]) or ""
    assert text and text.splitlines()[0].rstrip().endswith((".", ":")), "a first sentence"
    examples = doctest.DocTestParser().get_doctest(text, dict(names), name, None, None)
    assert examples.examples, "an example"
    monkeypatch.chdir(tmp_path)
    write_template("my-tables")
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples, out=report.append)
    assert result.failed == 0, "".join(report)


def test_no_example_is_left_out() -> None:
    assert not [name for name, thing in EVERYTHING.items() if "+SKIP" in (inspect.getdoc(thing) or "")]


CONCEPTS = Path(__file__).parents[2] / "docs" / "concepts.md"


def test_every_column_head_and_axis_stands_in_the_concepts(names: dict[str, Any]) -> None:
    base, fitted, inputs = names["base"], names["fitted"], names["inputs"]
    tables = [
        *(base.plans(axis, above=1) for axis in DIMENSIONS),
        base.shortfall(),
        base.summary(),
        names["change"].plans(),
        fitted.summary(),
        fitted.flag_table(),
        fitted.moves(),
        inputs.summary(),
        inputs.sources(),
        inputs.flag_table(),
        names["plan"].summary(),
        names["tested"].scores(),
        names["why"].table(),
        names["tested"].skill(),
        names["tested"].summary(),
    ]
    heads = {str(head) for table in tables for head in table.columns}
    explained = set(re.findall(r"`([a-z_0-9]+)`", CONCEPTS.read_text("utf-8")))
    assert heads <= explained, sorted(heads - explained)


def test_the_glossary_explains_no_column_that_is_not_there(names: dict[str, Any]) -> None:
    glossary = CONCEPTS.read_text("utf-8").split("## Glossary of columns")[1]
    listed = {word for row in re.findall(r"^\| (`.*?) \|", glossary, re.M) for word in re.findall(r"`(\w+)`", row)}
    source = " ".join(path.read_text("utf-8") for path in Path(sf.__file__).parent.glob("*.py"))
    core = (Path(__file__).parents[2] / "src/python/arrays.rs").read_text("utf-8")
    assert not [word for word in listed if f'"{word}"' not in source + core and not word.startswith("cover_")]
