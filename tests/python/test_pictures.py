"""Pictures as users draw them: computed titles, static display, palette, sizes, places, speed."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import afcharts.af_colours
import pandas as pd
import pytest

import sufficiency as sf
from sufficiency.plots import theme
from sufficiency.plots.ages import SHADES
from sufficiency.plots.labels import apart
from test_plots import contrast, text_sizes
from worlds import world

RECIPE: dict[str, Any] = {"to": 2028, "draws": 40, "seed": 1, "progress": False}
PALETTE = {theme.NAVY, theme.TEAL, theme.PLUM, theme.ORANGE, theme.GREY}
TINTS = {theme.NAVY_HALF, theme.NAVY_LIGHT, theme.INK, theme.QUIET, "#E3E6E8", *SHADES}


class Runs:
    """What the pictures are drawn of; made once."""

    def __init__(self) -> None:
        self.inputs = sf.sample("leeds")
        self.fitted = sf.fit(self.inputs)
        self.base = sf.project(self.fitted, **RECIPE)
        plan, more = (sf.read_scenario(f"leeds/{name}") for name in ("400-places", "incidence-10"))
        self.option = sf.project(self.fitted, **RECIPE, scenario=plan)
        self.paired = sf.compare(self.base, self.option, progress=False)
        self.more = sf.compare(self.base, sf.project(self.fitted, **RECIPE, scenario=more), progress=False)
        self.tested = sf.backtest(self.inputs, [2019, 2020], [1, 2], draws=50, seed=1, progress=False)


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs()


DRAWN: dict[str, Callable[[Runs], Any]] = {
    "fan": lambda r: sf.plots.fan(r.base),
    "fan_plans": lambda r: sf.plots.fan(r.base, "plans"),
    "fan_where": lambda r: sf.plots.fan(r.base, where={"phase": "primary"}),
    "fan_waiting": lambda r: sf.plots.fan(r.option, "waiting"),
    "multiples": lambda r: sf.plots.multiples(r.base, by="need"),
    "fan_by": lambda r: sf.plots.fan(r.base, by="planning_area"),
    "ranked": lambda r: sf.plots.ranked(r.base, by="need"),
    "districts": lambda r: sf.plots.districts(r.base),
    "need_against_places": lambda r: sf.plots.need_against_places(r.base, r.option, name="400 new places"),
    "chances": lambda r: sf.plots.chances(r.base, r.option, year=2027),
    "ages": lambda r: sf.plots.ages(r.base),
    "flow": lambda r: sf.plots.flow(r.fitted),
    "transitions": lambda r: sf.plots.transitions(r.fitted),
    "tornado": lambda r: sf.plots.tornado({"400 new places": r.paired, "Incidence up 10%": r.more}, "demand"),
    "differences": lambda r: sf.plots.differences(r.paired, "waiting"),
    "differences_by": lambda r: sf.plots.differences(r.paired, "shortfall", by="need_group"),
    "coverage": lambda r: sf.plots.coverage(r.tested),
    "outturn": lambda r: sf.plots.outturn(r.tested),
}


def walk(drawing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(drawing, dict):
        for key, value in drawing.items():
            yield key, value
            yield from walk(value)
    elif isinstance(drawing, list):
        for item in drawing:
            yield from walk(item)


@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_is_static_readable_and_says_what_it_shows(name: str, runs: Runs) -> None:
    chart = DRAWN[name](runs)
    drawing = chart.to_dict()
    title = " ".join(drawing["title"]["text"])
    caption = " ".join(drawing["title"]["subtitle"])
    assert title and not re.search(r"\bwill\b", title + caption) and "nan" not in title
    assert "Source: " in caption and re.search(r"January 20\d\d|of the back-test", caption)
    shown = chart._repr_mimebundle_()
    alternative = re.search(r' alt="([^"]+)"', shown["text/html"])
    assert alternative is not None and len(alternative[1]) > 60
    assert shown["text/plain"].startswith(title) and "<desc>" in shown["image/svg+xml"]
    # Nothing is fetched: the only addresses are the names of the SVG namespaces.
    fetched = re.findall(r"https?://[^\"' ]+", shown["image/svg+xml"])
    assert {address.split("/")[2] for address in fetched} <= {"www.w3.org"}
    assert not re.search(r"<script|<image|@import", shown["image/svg+xml"])
    assert min(text_sizes(drawing)) >= theme.TEXT
    colours = {each.upper() for each in re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(drawing))}
    assert colours <= PALETTE | TINTS, colours - PALETTE - TINTS


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_takes_at_most_a_second(name: str, runs: Runs) -> None:
    DRAWN[name](runs)._repr_mimebundle_()  # What it counts anew is counted now; the renderer is loaded.
    start = time.process_time()
    DRAWN[name](runs)._repr_mimebundle_()
    assert time.process_time() - start <= 1.0


def test_a_restyled_picture_stays_static_and_says_the_same(runs: Runs) -> None:
    chart = sf.plots.fan(runs.base)
    smaller = chart.properties(width=300).configure_axis(labelFontSize=18)
    assert smaller.to_dict()["width"] == 300
    assert smaller._repr_mimebundle_()["text/plain"] == chart._repr_mimebundle_()["text/plain"]


def test_places_are_black_dashed_steps_on_a_white_casing_with_a_label(runs: Runs) -> None:
    drawings = [sf.plots.fan(runs.base), sf.plots.need_against_places(runs.base, runs.option)]
    for chart in drawings:
        drawing = chart.to_dict()
        steps = [mark for key, mark in walk(drawing) if key == "mark" and mark.get("interpolate") == "step-after"]
        casings, lines = steps[::2], steps[1::2]
        assert steps and all(mark["color"] == "white" for mark in casings)
        assert all(mark["color"] == theme.INK and mark["strokeDash"] for mark in lines)
        assert all(a["strokeWidth"] > b["strokeWidth"] for a, b in zip(casings, lines, strict=True))
        assert re.search(r"[\d,]+ places", json.dumps(drawing))
    tallest = runs.base.shortfall().iloc[-1]["places"]
    assert f"{round(tallest, -1):,.0f} places" in json.dumps(drawings[0].to_dict())


def test_the_palette_is_the_analysis_functions(runs: Runs) -> None:
    oracle = afcharts.af_colours.get_af_colours
    assert oracle("categorical", number_of_colours=4) == [theme.NAVY, theme.TEAL, theme.PLUM, theme.ORANGE]
    assert theme.GREY in oracle("focus")
    assert set(SHADES) <= set(oracle("sequential", number_of_colours=5, include_grey=True))
    for darker, lighter in itertools.pairwise(reversed(SHADES)):
        assert contrast(darker, lighter) > 1.35, "neighbouring shades differ in lightness"
    for at, shade in enumerate(SHADES):
        assert contrast(shade, "#FFFFFF" if at >= 3 else theme.INK) >= 4.5


def test_no_chart_draws_more_than_four_lines_of_its_own(runs: Runs) -> None:
    for name in ("fan", "need_against_places", "fan_waiting"):
        lines = [
            mark for key, mark in walk(DRAWN[name](runs).to_dict()) if key == "mark" and mark["type"] == "line"
        ]
        assert len([mark for mark in lines if mark.get("color") != "white"]) <= 4


def test_labels_are_moved_apart_but_no_further_than_needed() -> None:
    assert apart([10.0, 50.0, 90.0], 5.0, 0.0, 100.0) == [10.0, 50.0, 90.0]
    heights = apart([50.0, 51.0, 99.0, 100.0], 10.0, 0.0, 100.0)
    assert all(b - a >= 10.0 - 1e-9 for a, b in itertools.pairwise(sorted(heights)))
    assert max(heights) <= 100.0 and heights[0] < heights[1] < heights[2] < heights[3]


def test_where_limits_what_is_drawn(runs: Runs) -> None:
    whole, part = (sf.plots.fan(runs.base, where=where) for where in (None, {"need": "ASD"}))
    first = runs.base.demand("need").query("year == 2025 and need == 'ASD'")["p50"].iloc[0]
    assert f"{first:,.0f} in 2025" in json.dumps(part.to_dict())
    assert "(need ASD)" in part._repr_mimebundle_()["text/plain"]
    assert whole._repr_mimebundle_()["text/plain"] != part._repr_mimebundle_()["text/plain"]
    assert "step-after" not in json.dumps(part.to_dict()), "no places belong to a need"


def test_moves_add_up_to_the_children_of_the_base_year(runs: Runs) -> None:
    moves = runs.fitted.moves()
    plans = runs.base.plans(["need"]).query("year == 2025").set_index("need")["mean"]
    assert moves.groupby("need")["children"].sum().reindex(plans.index, fill_value=0).to_numpy() == pytest.approx(
        plans.to_numpy()
    )


def test_moves_are_those_of_the_parameters() -> None:
    fitted = sf.Fitted.from_parameters(
        **world(
            children={9: 100},
            ceasing={"age": ["all"], "value": [0.1]},
            transitions={
                "age": ["all"] * 3,
                "setting": ["mainstream", "special", "special"],
                "to_setting": ["mainstream", "special", "mainstream"],
                "value": [1.0, 0.8, 0.2],
            },
        )
    )
    moves = fitted.moves().set_index("to_setting")["children"]
    # By hand: 10 cease; of 90, a fifth move.
    assert moves.to_dict() == pytest.approx({"left": 10.0, "special": 72.0, "mainstream": 18.0})
    words = sf.plots.transitions(fitted)._repr_mimebundle_()["text/plain"]
    assert words.startswith("72 in 100 children stay")


def test_a_tornado_of_a_frame_is_in_order_of_size_and_says_what_is_clear() -> None:
    frame = pd.DataFrame(
        {
            "part": ["births", "new plans", "housing"],
            "low": [-5, 40, -60],
            "middle": [2, 70, -50],
            "high": [9, 99, -30],
        }
    )
    chart = sf.plots.tornado(frame, caption=["Source: made for this test."])
    drawing = json.dumps(chart.to_dict())
    assert " ".join(chart.to_dict()["title"]["text"]) == "new plans matters most: +70 children (+40 to +100)"
    assert drawing.index("new plans") < drawing.index("housing") < drawing.index("births")
    assert "no clear difference" in drawing
    with pytest.raises(sf.InputError, match="missing-column"):
        sf.plots.tornado(pd.DataFrame({"part": ["a"], "size": [1]}))


def test_a_tornado_of_an_explanation_shows_the_factors_that_can_matter(runs: Runs) -> None:
    why = sf.explain(runs.base, 2025, 2027, draws=6, progress=False)
    drawing = json.dumps(sf.plots.tornado(why).to_dict())
    table = why.table()
    for factor, note in zip(table["factor"], table["note"], strict=True):
        assert (f'"{factor.capitalize()}"' in drawing) == (note == ""), factor
    assert "from January 2025 to 2027" in drawing
    with pytest.raises(sf.InputError, match="explain without by"):
        sf.plots.tornado(sf.explain(runs.base, 2025, 2026, by="phase", draws=2, progress=False))


def test_what_cannot_be_drawn_is_refused_with_a_way_out(runs: Runs) -> None:
    with pytest.raises(sf.InputError, match="unknown-measure"):
        sf.plots.fan(runs.base, "travel")
    with pytest.raises(sf.InputError, match="too-many-panels"):
        sf.plots.multiples(runs.base, by="area")
    with pytest.raises(sf.InputError, match="unknown-interval"):
        sf.plots.coverage(runs.tested, 70)
    with pytest.raises(sf.InputError, match="unknown-part"):
        sf.plots.outturn(runs.tested, "adults")
    bare = sf.project(sf.Fitted.from_parameters(**world(children={7: 9})), **RECIPE)
    with pytest.raises(sf.InputError, match="no-positions"):
        sf.plots.districts(bare)
    assert "explicit parameters" in sf.plots.fan(bare)._repr_mimebundle_()["text/plain"]


def test_a_map_leaves_out_small_areas_unless_asked(runs: Runs) -> None:
    few = sf.plots.districts(runs.base)
    every = sf.plots.districts(runs.base, hide_small=False)
    assert "districts are left out" in few._repr_mimebundle_()["text/plain"]
    assert "left out" not in every._repr_mimebundle_()["text/plain"]
