"""Every figure of the page is one that was released: writers refuse others, and none takes another way."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sufficiency as sf
from packs import small
from sufficiency.release import Released, figure_columns
from sufficiency.report import asked
from sufficiency.report.asked import Option, figures_of
from sufficiency.report.model import Chance, Count, Difference, Page, Section, Shift, Spread
from sufficiency.report.page import page_of
from sufficiency.report.writers import written
from sufficiency.words import about

CONSTANTS = range(101)
"""What the page says by itself: ages, odds, classes, how many sites; the sample's totals are all larger."""


@pytest.fixture(scope="module")
def leeds() -> list[sf.Projection]:
    fitted = sf.fit(sf.sample("leeds"))
    plan = sf.read_scenario("leeds/400-places")
    return [
        sf.project(fitted, to=2031, draws=20, seed=1, scenario=scenario, progress=False)
        for scenario in (None, plan)
    ]


def planted(tables: dict[str, Released], rng: np.random.Generator) -> None:
    """Puts made-up figures, all larger than any of the authority's, in place of those that were released."""
    for each in tables.values():
        held = each._table  # type: ignore[attr-defined]
        for name in figure_columns(held):
            if name.startswith("p_"):
                held[name] = rng.integers(21, 79, len(held)) / 100
            else:
                low = {"p10": 2.0, "p25": 2.2, "p75": 2.8, "p90": 3.0}.get(name, 2.5)
                held[name] = np.round(low * 1e9 + rng.uniform(0, 1e8, len(held)), -1)


def section_of(page: Page, anchor: str) -> Section:
    return next(section for section in page.sections if section.anchor == anchor)


def cells(page: Page) -> Iterator[tuple[str, list[float], list[float]]]:
    """Table, figures and chances of every cell that holds any."""
    for section in page.sections:
        for table in section.tables:
            for cell in (cell for row in table.rows for cell in row):
                if isinstance(cell, (Count, Shift)):
                    yield table.name, [cell.value], []
                elif isinstance(cell, (Spread, Difference)):
                    yield table.name, [float(cell.row[name]) for name in ("p10", "p50", "p90")], []
                elif isinstance(cell, Chance):
                    yield table.name, [], [cell.value]


def test_every_figure_of_the_page_comes_out_of_release(
    leeds: list[sf.Projection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures planted by the floor: a number that went round it is not among them, nor a difference of two."""
    real, out = asked.release, {}

    def planting(*arguments: Any, **options: Any) -> dict[str, Released]:
        out.update(real(*arguments, **options))
        planted(out, np.random.default_rng(1))
        return out

    monkeypatch.setattr(asked, "release", planting)
    page = page_of(leeds)
    told: set[float] = set()
    for each in page.released:
        table = each.figures()
        told |= {round(float(value), 6) for name in figure_columns(table) for value in table[name]}

    def gap(figure: float) -> bool:
        return any(round(value + figure, 6) in told for value in told)

    found = list(cells(page))
    assert {"places", "options", "chances", "what matters", "areas", "look-up"} <= {name for name, _, _ in found}
    for name, figures, chances in found:
        for figure in figures:
            if not np.isnan(figure) and round(figure, 6) not in told:
                assert name in ("places", "what matters") and gap(figure), (name, figure)
        for chance in chances:
            assert {round(chance, 6), round(1 - chance, 6)} & told, (name, chance)
    texts = [*page.answer, *(line for head in page.headlines for line in head.says)]
    texts += [words for head in page.headlines for _, words in head.figures]
    texts += [figure.alternative for section in page.sections for figure in section.figures]
    texts += [line for section in page.sections for line in (section.title, section.caption)]
    moved = [
        cell.value for row in section_of(page, "matters").tables[0].rows for cell in row if type(cell) is Shift
    ]
    demand = out["0: demand"].figures().iloc[-1]
    half = (float(demand["p90"]) - float(demand["p10"])) / 2
    near = {about(abs(value)) for value in (*told, *moved, half)}
    near |= {f"{abs(value) / 1000:,.{places}f}" for value in told for places in (0, 1)}
    own = {*map(str, CONSTANTS), *map(str, range(2017, 2032)), "400"}
    for text in texts:
        numbers = {each.rstrip(",") for each in re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", text)}
        assert not numbers - near - own, text


def test_writers_refuse_a_page_of_what_was_not_released() -> None:
    runs = small(5)
    page, figures = page_of(runs), figures_of(runs)
    raw = runs[0].demand()
    for released in ((), (*page.released[1:], raw)):
        for ending in (".html", ".pdf", ".xlsx"):
            with pytest.raises(TypeError, match="released"):
                written(dataclasses.replace(page, released=released), ending)
    option = Option("raw", runs[0], {"demand": raw})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="released"):
        option.table("demand")
    stressed = dataclasses.replace(figures, release={"stress: unchanged": raw})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="released"):
        _ = stressed.stresses


def test_all_that_a_page_shows_is_released_in_one_call(leeds: list[sf.Projection]) -> None:
    figures = figures_of(leeds)
    names = {name for option in figures.options for name in option.tables}
    assert {"demand", "minimum", "change in cost", "use by site"} <= names
    assert sum(name.startswith("stress: ") for name in figures.release) == 5
    assert len(figures.release) == sum(len(option.tables) for option in figures.options) + 5
    assert {each.profile for each in figures.release.values()} == {"public"}
