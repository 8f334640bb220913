"""Charts: titles tell the truth of their numbers, text is large, files are made, small counts stay out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sufficiency.plots import theme
from sufficiency.plots.districts import districts, placed
from sufficiency.plots.fan import fan, fan_title
from sufficiency.plots.needs import needs
from sufficiency.plots.places import chances, chances_title, need_against_places, need_against_places_title
from sufficiency.plots.planning_areas import planning_areas
from sufficiency.plots.ranked import ranked_rows, ranked_title
from sufficiency.release import CONFIDENTIAL
from sufficiency.words import about, change, direction, from_to, more_or_fewer, rounded, within_sentence

BASE, YEARS = 2025, (2030, 2035)
SUBJECT = "Specialist demand in Example"
CAPTION = ["Resident children, Example, January 2025 to 2035.", "Source: made for this test."]


def path_of(base: float, low: float, middle: float, high: float, **group: object) -> pd.DataFrame:
    """A table that moves evenly from the base figure to the range of the last year."""
    rows = []
    for year in range(BASE, YEARS[1] + 1):
        share = (year - BASE) / (YEARS[1] - BASE)
        ends = {"p10": low, "p25": (low + middle) / 2, "p50": middle, "p75": (middle + high) / 2, "p90": high}
        figures = {name: base + share * (end - base) for name, end in ends.items()}
        rows.append({"year": year, **group, "mean": base + share * (middle - base), **figures})
    return pd.DataFrame(rows)


def by_group(axis: str, **ends: tuple[float, float, float, float]) -> pd.DataFrame:
    return pd.concat([path_of(*end, **{axis: name}) for name, end in ends.items()], ignore_index=True)


def words_of(chart: Any) -> str:
    return json.dumps(chart.to_dict(), ensure_ascii=False)


def test_fan_title_says_rise_only_if_the_range_lies_above() -> None:
    title = fan_title(path_of(1000, 1100, 1204, 1300), BASE, SUBJECT)
    assert (
        title
        == f"{SUBJECT} rises in at least 9 in 10 simulated futures: from 1,000 in 2025 to about 1,200 by 2035"
    )


def test_fan_title_says_fall_only_if_the_range_lies_below() -> None:
    title = fan_title(path_of(1000, 700, 800, 900), BASE, SUBJECT)
    assert "falls in at least 9 in 10 simulated futures: from 1,000 in 2025 to about 800 by 2035" in title


def test_fan_title_says_no_clear_difference_if_the_range_spans_the_base() -> None:
    title = fan_title(path_of(1000, 990, 1100, 1300), BASE, SUBJECT)
    assert "no clear difference by 2035, 990 to 1,300 in 8 in 10 simulated futures, 1,000 in 2025" in title
    assert "rises" not in title and "falls" not in title


def test_a_range_that_touches_the_base_is_not_clear() -> None:
    assert direction(100, 100, 120) == direction(100, 80, 100) == "unclear"


def test_rounding_never_turns_a_change_round() -> None:
    assert from_to(1000, 1204) == ("1,000", "1,200")
    assert from_to(1003, 1004.4) == ("1,003", "1,004")
    assert from_to(1008, 1006) == ("1,008", "1,006")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (2, 0),
        (3, 5),
        (97, 95),
        (98, 100),
        (104, 100),
        (105, 110),
        (-12, -10),
        (-13, -15),
        (3351, 3350),
    ],
)
def test_numbers_are_rounded_to_5_under_100_and_to_10_above(value: float, expected: int) -> None:
    assert rounded(value) == expected


def test_changes_keep_their_sign() -> None:
    assert [change(value) for value in (41, -14, 1.2, -0.2)] == ["+40", "−15", "+1", "0"]
    assert (more_or_fewer(41), more_or_fewer(-160)) == ("about 40 more children", "about 160 fewer children")
    assert (about(1234), more_or_fewer(1)) == ("1,230", "about 1 more child")
    assert within_sentence("Autism (ASD)") == "autism (ASD)" and within_sentence("LS10") == "LS10"


def title_of(**ends: tuple[float, float, float, float]) -> str:
    rows = ranked_rows(by_group("need", **ends), "need", BASE, YEARS)
    return ranked_title(rows, [f"for {name}" for name in rows["need"]], SUBJECT, "needs", YEARS[1])


def test_ranked_title_names_the_largest_clear_rise() -> None:
    # b rises more in the middle, but not clearly.
    title = title_of(a=(100, 120, 150, 180), b=(100, 90, 200, 300), c=(100, 40, 50, 60))
    assert title == f"{SUBJECT} rises most for a: about 50 more children by 2035; clear rise in 1 of 3 needs"


def test_ranked_title_names_the_largest_fall_if_nothing_clearly_rises() -> None:
    title = title_of(a=(100, 90, 110, 130), b=(100, 60, 70, 80), c=(100, 40, 50, 60))
    assert title == f"{SUBJECT} falls most for c: about 50 fewer children by 2035; clear fall in 2 of 3 needs"


def test_ranked_title_claims_nothing_if_nothing_is_clear() -> None:
    title = title_of(a=(100, 90, 110, 130), b=(100, 80, 99, 120))
    assert title == f"{SUBJECT}: no clear difference in any of the 2 needs by 2035"


def test_no_direction_is_claimed_for_a_handful_of_children() -> None:
    title = title_of(tiny=(2, 0, 0, 1), a=(100, 90, 110, 130))
    assert title == f"{SUBJECT}: no clear difference in any of the 2 needs by 2035"
    assert "under 10 children" in words_of(example_charts()["needs"])


def test_no_title_or_caption_foretells() -> None:
    table = path_of(1000, 1100, 1200, 1300)
    chart = fan(table, base_year=BASE, subject=SUBJECT, caption=CAPTION)
    assert not re.search(r"\bwill\b", words_of(chart))


def text_sizes(drawing: object) -> list[float]:
    """Every font size in a chart's description, at any depth."""
    if isinstance(drawing, dict):
        own = [size for key, size in drawing.items() if key.lower().endswith("fontsize")]
        return own + [size for value in drawing.values() for size in text_sizes(value)]
    return [size for item in drawing for size in text_sizes(item)] if isinstance(drawing, list) else []


def example_charts() -> dict[str, Any]:
    table = by_group("need", ASD=(400, 500, 600, 700), SEMH=(300, 250, 320, 380), VI=(5, 0, 4, 9))
    homes = by_group("planning_area", North=(400, 500, 600, 700), South=(300, 250, 320, 380))
    districts_table = by_group(
        "area", A1=(40, 60, 80, 99), A2=(30, 25, 32, 38), A3=(4, 0, 7, 12), A4=(12, 9, 15, 22)
    ).astype({"p10": object, "p50": object, "p90": object})
    districts_table.loc[districts_table["area"].isin(["A3", "A4"]), ["p10", "p50", "p90"]] = CONFIDENTIAL
    areas = pd.DataFrame(
        {
            "area": ["A1", "A2", "A3", "A4"],
            "name": ["A1 Mill", "A2 Hill", "A3", "A4"],
            "latitude": [53.8, 53.81, 53.7, 53.9],
            "longitude": [-1.5, -1.52, -1.6, -1.4],
        }
    )
    history = pd.DataFrame({"year": range(2015, 2026), "count": range(500, 1050, 50)})
    common: dict[str, Any] = {"base_year": BASE, "subject": SUBJECT, "caption": CAPTION}
    return {
        "fan": fan(path_of(1000, 1100, 1200, 1300), **common),
        "history": fan(path_of(1000, 1100, 1200, 1300), **common, history=history),
        "needs": needs(table, years=YEARS, **common),
        "homes": planning_areas(homes, years=YEARS, **common),
        "districts": districts(districts_table, areas, years=YEARS, **common),
    }


@pytest.mark.parametrize("name", ["fan", "history", "needs", "homes", "districts"])
def test_charts_are_drawn_titled_captioned_and_readable(name: str, tmp_path: Path) -> None:
    chart = example_charts()[name]
    drawing = chart.to_dict()
    assert min(text_sizes(drawing)) >= theme.TEXT
    for sentence in CAPTION:
        assert sentence in drawing["description"]
    paths = theme.save(chart, tmp_path / "sub" / name)
    assert [path.suffix for path in paths] == [".svg", ".png"]
    assert paths[0].read_text(encoding="utf-8").startswith("<svg")
    assert paths[1].read_bytes().startswith(b"\x89PNG")
    again = theme.save(example_charts()[name], tmp_path / name)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]


def test_a_withheld_district_is_nowhere_in_the_chart() -> None:
    words = words_of(example_charts()["districts"])
    assert '"A3"' not in words and '"A4"' not in words  # A4 is the smallest beside the lone small count
    assert "2 districts are left out" in words


def test_labels_of_near_bubbles_do_not_cover_each_other() -> None:
    spots = pd.DataFrame(
        {"right": [100.0, 100.0], "down": [100.0, 125.0], "radius": [10.0, 10.0], "words": ["LS6 +30", "LS4"]}
    )
    labels = placed(spots)
    assert labels["down"].iloc[0] < 100 and labels["down"].iloc[1] > 125


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_and_marks_stand_out_enough() -> None:
    white = "#FFFFFF"
    for text in (theme.INK, theme.QUIET, theme.NAVY):
        assert contrast(text, white) >= 4.5
    for mark in (theme.NAVY, theme.TEAL, theme.PLUM):
        assert contrast(mark, white) >= 3
    for bubble, letters in ((theme.NAVY, white), (theme.GREY, theme.INK), (theme.ORANGE, theme.INK)):
        assert contrast(bubble, letters) >= 4.5


@pytest.mark.parametrize(
    ("low", "high", "places", "option", "says"),
    [
        (120, 160, 100, 110, "places are short in 2035, also with the plan"),
        (120, 160, 170, 180, "there are enough places in total in 2035"),
        (120, 160, 130, 170, "With the plan there are enough places in total in 2035"),
        (120, 160, 130, 150, "is unclear"),
    ],
)
def test_need_against_places_says_short_only_if_the_range_lies_above(
    low: float, high: float, places: float, option: float, says: str
) -> None:
    table = path_of(100, low, (low + high) / 2, high).assign(places=places, places_option=option)
    assert says in need_against_places_title(table, "the plan")
    shown = words_of(need_against_places(table, base_year=BASE, option="the plan", caption=CAPTION))
    assert says in shown and f"{about(option)} with the plan" in shown


def test_chances_counts_groups_that_are_likely_short() -> None:
    table = pd.DataFrame(
        {
            "phase": ["primary", "primary", "secondary"],
            "need_group": ["learning", "semh", "learning"],
            "p_over_10": [0.9, 0.6, 0.1],
            "p_over_10_option": [0.7, 0.3, 0.1],
        }
    )
    title = "2 of 3 groups are likely short by more than a class in 2030; with the plan 1 are"
    assert chances_title(table, 2030, "the plan") == title
    assert "Primary: learning difficulties" in words_of(
        chances(table, year=2030, option="the plan", caption=CAPTION)
    )
