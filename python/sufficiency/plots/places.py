"""Need against places, and the chance that places are not enough: today's plans, and with an option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.plots.capacity import capacity_layers
from sufficiency.plots.labels import apart
from sufficiency.plots.theme import INK, NAVY, NAVY_LIGHT, QUIET, TEAL, finished
from sufficiency.words import about

if TYPE_CHECKING:
    import altair as alt

PLOT_WIDTH, PLOT_HEIGHT = 440, 340
CELL_WIDTH = 440
GAP = 22  # between two labels, pixels
GROUPS = {
    "learning": "learning difficulties",
    "communication": "autism and communication",
    "semh": "social, emotional, mental health",
    "sensory_physical": "sensory and physical",
}


def need_against_places_title(table: pd.DataFrame, option: str) -> str:
    """What the last year says: short or not, without and with the option."""
    end = table.sort_values("year").iloc[-1]
    need, now, then = (float(end[name]) for name in ("p50", "places", "places_option"))
    year = f"{end['year']:.0f}"
    if float(end["p10"]) > then:
        return f"In at least 9 in 10 simulated futures places are short in {year}, also with {option}"
    if float(end["p90"]) <= now:
        return f"In at least 9 in 10 simulated futures there are enough places in total in {year}"
    if float(end["p90"]) <= then:
        return f"With {option} there are enough places in total in {year} in at least 9 in 10 simulated futures"
    return (
        f"Whether places are short in {year} is unclear: about {about(need)} are needed, {about(then)} are there"
    )


def need_against_places(
    table: pd.DataFrame, *, base_year: int, option: str, caption: list[str]
) -> alt.TopLevelMixin:
    """Demand with its 8-in-10 range, and two lines of places.

    Parameters
    ----------
    table : DataFrame
        year, p10, p50, p90 of demand; places and places_option, mean over draws.
    base_year : int
        January that counts as now.
    option : str
        Name of the option in a sentence, such as ``the 400 new places``.
    caption : list of str
        Sentences: measure, place, period, source.
    """
    import altair as alt

    first, last = int(table["year"].min()), int(table["year"].max())
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(format="d", grid=False, values=[first, (first + last) // 2, last]),
    )
    top = float(table[["p90", "places", "places_option"]].max().max()) * 1.05
    y = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(format=",.0f", tickCount=5, domain=False, ticks=False)
    chart = alt.Chart(table)
    layers = [
        chart.mark_area(color=NAVY_LIGHT).encode(
            x=x, y=alt.Y("p10:Q", scale=y, title=None, axis=axis), y2="p90:Q"
        ),
        chart.mark_line(color=NAVY, strokeWidth=3).encode(x=x, y=alt.Y("p50:Q", scale=y)),
        *capacity_layers(table, x, y, "places_option", dash=1),
        *capacity_layers(table, x, y),
        *_labels(table, x, top, option),
    ]
    whole = alt.layer(*layers).properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)
    return finished(
        whole,
        need_against_places_title(table, option),
        [
            *caption,
            f"Band: 8 in 10 simulated futures. Dashed: places from {base_year} on. Dotted: with {option}.",
        ],
    )


def _labels(table: pd.DataFrame, x: Any, top: float, option: str) -> list[Any]:
    """Labels at the last year, moved apart where the ends lie too close to be read."""
    import altair as alt

    end = table.sort_values("year").iloc[-1]
    rows = [
        (float(end["p50"]), f"{about(end['p50'])} need a place", NAVY),
        (float(end["places_option"]), f"{about(end['places_option'])} with {option}", INK),
        (float(end["places"]), f"{about(end['places'])} places", INK),
    ]
    heights = apart([level for level, _, _ in rows], GAP / PLOT_HEIGHT * top, 0.0, top)
    layers = []
    for height, (_, words, colour) in zip(heights, rows, strict=True):
        row = pd.DataFrame({"year": [int(end["year"])], "height": [height], "words": [words]})
        mark = alt.Chart(row).mark_text(align="left", dx=10, clip=False, color=colour, fontWeight="bold")
        layers.append(mark.encode(x=x, y="height:Q", text="words:N"))
    return layers


def chances_title(table: pd.DataFrame, year: int, option: str) -> str:
    """How many of the cells are likelier than not short by more than a class, without and with the option."""
    now, then = (int((table[name] > 0.5).sum()) for name in ("p_over_10", "p_over_10_option"))
    of = len(table)
    if now == then:
        return f"{now} of {of} groups are likely short by more than a class in {year}, with {option} or without"
    return f"{now} of {of} groups are likely short by more than a class in {year}; with {option} {then} are"


def chances(table: pd.DataFrame, *, year: int, option: str, caption: list[str]) -> alt.TopLevelMixin:
    """Chance of being short by more than 10 places, a dot without and a dot with the option for each group.

    Parameters
    ----------
    table : DataFrame
        phase, need_group, p_over_10, p_over_10_option (0 to 1).
    """
    import altair as alt

    named = table.assign(
        group=[
            f"{phase.capitalize()}: {GROUPS.get(group, group)}"
            for phase, group in zip(table["phase"], table["need_group"], strict=True)
        ]
    )
    order = alt.Y(
        "group:N", sort=list(named["group"]), title=None, axis=alt.Axis(labelLimit=300, ticks=False, domain=False)
    )
    x = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], domain=False, ticks=False)
    chart = alt.Chart(named)
    now = alt.X("p_over_10:Q", scale=x, title=None, axis=axis)
    layers = [
        chart.mark_rule(color=QUIET, strokeWidth=2).encode(y=order, x=now, x2="p_over_10_option:Q"),
        chart.mark_point(filled=True, size=150, opacity=1, color=INK).encode(y=order, x=now),
        chart.mark_point(filled=True, size=110, opacity=1, color=TEAL, shape="diamond").encode(
            y=order, x=alt.X("p_over_10_option:Q", scale=x)
        ),
    ]
    whole = alt.layer(*layers).properties(width=CELL_WIDTH, height=42 * len(named))
    reads = f"Black dot: places as they stand. Green diamond: with {option}. Further left is better."
    return finished(whole, chances_title(table, year, option), [*caption, reads])
