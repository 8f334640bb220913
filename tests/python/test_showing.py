"""Objects show themselves: tables with captions and scopes, words in a terminal, no counts where none may be."""

from __future__ import annotations

import html.parser
from typing import Any

import pytest

import sufficiency as sf
from worlds import world

RECIPE: dict[str, Any] = {"to": 2028, "draws": 30, "seed": 1, "progress": False}


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    inputs = sf.sample("leeds")
    fitted = sf.fit(inputs)
    scenario = sf.read_scenario("leeds/400-places")
    base, option = (sf.project(fitted, **RECIPE, scenario=each) for each in (None, scenario))
    return {
        "Inputs": inputs,
        "Fitted": fitted,
        "Scenario": scenario,
        "Projection": base,
        "option": option,
        "Expectation": sf.project(fitted, to=2028, seed=1, expectation=True),
        "Comparison": sf.compare(base, option, progress=False),
        "Backtest": sf.backtest(inputs, [2020], [1, 2], draws=30, seed=1, progress=False),
    }


NAMES = ["Inputs", "Fitted", "Scenario", "Projection", "option", "Expectation", "Comparison", "Backtest"]


class Reader(html.parser.HTMLParser):
    """Collects heads, captions, and whether tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.captions = self.tables = 0
        self.scopes: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.captions += tag == "caption"
        self.tables += tag == "table"
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_an_accessible_table(name: str, objects: dict[str, Any]) -> None:
    reader = Reader()
    reader.feed(objects[name]._repr_html_())
    assert not reader.open, "every tag closes"
    assert reader.tables == reader.captions >= 1
    assert set(reader.scopes) == {"col", "row"}


@pytest.mark.parametrize("name", NAMES)
def test_every_object_has_a_summary_and_a_short_repr(name: str, objects: dict[str, Any]) -> None:
    thing = objects[name]
    assert len(thing.summary()) >= 1
    assert len(repr(thing)) < 1_000 and "\n" not in repr(thing) and "object at 0x" not in repr(thing)


def test_summaries_are_the_tables(objects: dict[str, Any]) -> None:
    base, paired = objects["Projection"], objects["Comparison"]
    summary = base.summary()
    assert list(summary["year"].unique()) == [2025, 2027, 2028]
    for measure in ("demand", "shortfall", "waiting"):
        mine = summary[summary["measure"] == measure].set_index("year")["p50"]
        table = getattr(base, measure)().set_index("year")["p50"]
        assert mine.to_dict() == table.loc[mine.index].to_dict()
    change = paired.summary().query("measure == 'places' and year == 2028")
    assert change["p50"].tolist() == paired.places().query("year == 2028")["p50"].tolist()
    assert "400 new places, less as things stand" in paired._repr_html_()
    assert "under 400 new places" in objects["option"]._repr_html_()


def test_inputs_and_fits_show_no_count_of_children(objects: dict[str, Any]) -> None:
    plans = int(objects["Projection"].plans().iloc[0]["mean"])
    for name in ("Inputs", "Fitted"):
        for text in (objects[name]._repr_html_(), repr(objects[name]), objects[name].summary().to_string()):
            assert f"{plans}" not in text and f"{plans:,}" not in text


def test_what_is_written_by_hand_is_escaped() -> None:
    change = {"kind": "scale_rate", "rate": "new_plans", "factor": 1.1, "from": 2027, "owner": "a"}
    scenario = sf.Scenario("<b>bold</b>", [change | {"reason": "<i>why</i>"}])
    assert "<b>" not in scenario._repr_html_() and "&lt;i&gt;why" in scenario._repr_html_()


def test_a_model_from_explicit_tables_shows_itself_too() -> None:
    fitted = sf.Fitted.from_parameters(**world(children={7: 30}))
    assert "January 2025" in fitted._repr_html_()
    run = sf.project(fitted, to=2026, draws=5, seed=1, progress=False)
    assert set(run.summary()["measure"]) == {"plans", "new_plans", "demand"}
