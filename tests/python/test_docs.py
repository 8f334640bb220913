"""What the reference says is so: every public thing has an example, and every example runs."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf
from sufficiency.frames import DIMENSIONS
from sufficiency.template import write_template
from sufficiency.template_workbook import COLUMN_NOTES

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


CODES = {"old_la_code": "383", "region_code": "E12000003", "country_code": "E92000001"}
TABLES: dict[str, Callable[[dict[str, Any]], list[pd.DataFrame]]] = {
    "Projection.summary": lambda made: [made["base"].summary()],
    "Projection.to_pandas": lambda made: [made["base"].to_pandas()],
    "Comparison.summary": lambda made: [made["change"].summary()],
    "Comparison.split": lambda made: [made["change"].split("plans")],
    "Fitted.summary": lambda made: [made["fitted"].summary()],
    "Fitted.flag_table": lambda made: [made["fitted"].flag_table()],
    "Fitted.moves": lambda made: [made["fitted"].moves()],
    "Fitted.residents": lambda made: [made["fitted"].residents(2027)],
    "Inputs.summary": lambda made: [made["inputs"].summary()],
    "Inputs.sources": lambda made: [made["inputs"].sources()],
    "Inputs.flag_table": lambda made: [made["inputs"].flag_table()],
    "Inputs.issues": lambda made: [made["inputs"].issues()],
    "Inputs.corrections": lambda made: [made["inputs"].corrections()],
    "Inputs.account": lambda made: [made["inputs"].account(by) for by in ("year", "reason")],
    "Inputs.table": lambda made: [made["inputs"].table(name) for name in [*made["inputs"].tables, "base"]],
    "Scenario.summary": lambda made: [made["plan"].summary()],
    "Backtest.scores": lambda made: [made["tested"].scores()],
    "Backtest.skill": lambda made: [made["tested"].skill()],
    "Backtest.summary": lambda made: [made["tested"].summary()],
    "Backtest.interval": lambda made: [made["tested"].interval()],
    "Explanation.to_pandas": lambda made: [made["why"].to_pandas()],
    "SitingResult.to_pandas": lambda made: [made["sited"].to_pandas()],
    "SitingResult.value": lambda made: [made["sited"].value()],
    "SitingResult.curve": lambda made: [made["sited"].curve()],
    "SitingResult.empty": lambda made: [made["sited"].empty()],
    "SitingResult.regret": lambda made: [made["sited"].regret()],
    "SitingResult.patterns": lambda made: [made["sited"].patterns()],
    "SitingResult.learning": lambda made: [made["sited"].learning()],
    "Released.to_pandas": lambda made: [made["released"].to_pandas()],
    "Released.figures": lambda made: [made["released"].figures()],
    "Scap.to_pandas": lambda made: [made["scap"].to_pandas(), made["scap"].checks],
    "dsg": lambda made: [sf.dsg(made["base"]).table],
    "open_data": lambda made: [sf.open_data(made["released"], made["base"], **CODES).table],
    "yearly": lambda made: [sf.yearly(made["inputs"], made["earlier"])],
}
"""Every public thing that gives a table (the measures apart, which are told by their axes), and how to get it."""


def test_every_table_is_among_those_whose_heads_are_looked_up() -> None:
    gives = {name: str(inspect.signature(thing).return_annotation) for name, thing in EVERYTHING.items()}
    assert {name for name, kind in gives.items() if kind in ("pd.DataFrame", "Released")} == set(TABLES)


def test_every_column_head_and_axis_stands_in_the_concepts(names: dict[str, Any]) -> None:
    base, fitted, inputs = names["base"], names["fitted"], names["inputs"]
    far = sf.project(fitted, to=2032, draws=5, seed=1, progress=False)
    earlier = sf.project(sf.fit(inputs.as_of(2024)), to=2025, draws=5, seed=1, progress=False)
    released = sf.release({"demand": base.demand()}, base)["demand"]
    made = {**names, "earlier": earlier, "released": released, "scap": sf.scap(far, la_number="383")}
    measured = [*(base.plans(axis, above=1) for axis in DIMENSIONS), names["change"].plans()]
    measured += [base.shortfall(kind=kind) for kind in ("cell", "local", "minimum")]
    measured += [base.travel(beyond=45), base.share("demand", "need"), base.cost()]
    heads = {str(head) for table in measured for head in table.columns}
    heads |= {str(head) for tables in TABLES.values() for table in tables(made) for head in table.columns}
    page = CONCEPTS.read_text("utf-8")
    explained = set(re.findall(r"`([a-z_0-9]+)`", page))
    assert "`year_1` to `year_11`" in page
    explained |= {f"year_{group}" for group in range(1, 12)}
    assert heads <= explained, sorted(heads - explained)


def test_the_columns_of_input_tables_are_explained_as_in_the_workbook() -> None:
    listed = CONCEPTS.read_text("utf-8").split("### Tables of inputs")[1]
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", listed, re.M) == list(COLUMN_NOTES.items())


def test_the_glossary_explains_no_column_that_is_not_there() -> None:
    glossary = CONCEPTS.read_text("utf-8").split("## Glossary of columns")[1]
    listed = {word for row in re.findall(r"^\| (`.*?) \|", glossary, re.M) for word in re.findall(r"`(\w+)`", row)}
    source = " ".join(path.read_text("utf-8") for path in Path(sf.__file__).parent.rglob("*.py"))
    core = (Path(__file__).parents[2] / "src/python/arrays.rs").read_text("utf-8")
    unknown = [word for word in listed if f'"{word}"' not in source + core and f"`{word}`" not in source]
    assert not [word for word in unknown if not re.fullmatch(r"cover_\d+|in_\d+|forecast_p\d+|year_\d+", word)]
