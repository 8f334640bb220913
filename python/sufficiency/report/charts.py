"""Pictures of the page: small enough for a phone at full text size, drawn offline, never colour alone."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from sufficiency.plots.theme import INK, NAVY, NAVY_LIGHT, QUIET, STYLE, TEAL
from sufficiency.words import about
from sufficiency.words import change as words_of

WIDTH = 288  # pixels, all in: what a screen of 320 leaves between its margins
LINES = {"band edge": NAVY, "middle": NAVY, "places": INK, "bubble edge": NAVY, "bubble": TEAL, "bar": NAVY}
LETTERS = {"label": INK, "axis": INK, "quiet": QUIET, "middle": NAVY}
FILLS = {"band": NAVY_LIGHT, "need": NAVY_LIGHT}


def drawn(chart: Any, prefix: str) -> str:
    """The chart as SVG text; what it names inside itself gets a prefix, for there are several on a page."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(id="|url\(#)(\w)', rf"\g<1>{prefix}-\g<2>", svg)
    # The figure around it says what it shows; what is inside would be read out letter by letter.
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1).replace(' role="img"', "")


def _finished(chart: Any) -> Any:
    return chart.configure(**(STYLE | {"padding": 4, "autosize": {"type": "pad", "contains": "padding"}}))


def need_and_places(table: pd.DataFrame, top: float) -> Any:
    """Need with its 8-in-10 range, and places as a dashed black step, labelled where they end.

    Parameters
    ----------
    table : DataFrame
        year, p10, p50, p90 of demand, and places.
    top : float
        Upper end of the scale, the same for all panels.
    """
    import altair as alt

    first, last = int(table["year"].min()), int(table["year"].max())
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(format="d", grid=False, values=[first, (first + last) // 2, last]),
    )
    y = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(format=",.0f", tickCount=4, domain=False, ticks=False)
    chart = alt.Chart(table)

    def line(column: str, **mark: Any) -> Any:
        return chart.mark_line(**mark).encode(x=x, y=alt.Y(f"{column}:Q", scale=y, title=None, axis=axis))

    step = {"interpolate": "step-after", "clip": False}
    layers = [
        chart.mark_area(color=FILLS["band"]).encode(
            x=x, y=alt.Y("p10:Q", scale=y, title=None, axis=axis), y2="p90:Q"
        ),
        line("p10", color=LINES["band edge"], strokeWidth=1),
        line("p90", color=LINES["band edge"], strokeWidth=1),
        line("p50", color=LINES["middle"], strokeWidth=3),
        line("places", color="white", strokeWidth=6, **step),
        line("places", color=LINES["places"], strokeWidth=2.5, strokeDash=[6, 3], **step),
        *_labels(table, x, y, top),
    ]
    return _finished(alt.layer(*layers).properties(width=WIDTH - 60, height=190))


def _labels(table: pd.DataFrame, x: Any, y: Any, top: float) -> list[Any]:
    """Need and places said in the picture, above and below each other."""
    import altair as alt

    end = table.sort_values("year").iloc[-1]
    gap = 18 / 190 * top
    need, places = float(end["p50"]), float(end["places"])
    up = 1 if need >= places else -1
    rows = [
        (need + up * gap * 0.9, f"need {about(need)}", LETTERS["middle"]),
        (places - up * gap * 0.9, f"places {about(places)}", LETTERS["label"]),
    ]
    layers = []
    for height, words, colour in rows:
        at = min(max(height, gap * 0.6), top - gap * 0.6)
        mark = alt.Chart(pd.DataFrame({"year": [int(end["year"])], "height": [at], "words": [words]}))
        text = mark.mark_text(
            align="right", dx=-2, color=colour, fontWeight="bold", fontSize=15, stroke="white", strokeWidth=4,
            strokeOpacity=0.9,
        )  # fmt: skip
        solid = mark.mark_text(align="right", dx=-2, color=colour, fontWeight="bold", fontSize=15)
        layers += [each.encode(x=x, y=alt.Y("height:Q", scale=y), text="words:N") for each in (text, solid)]
    return layers


def bubbles(table: pd.DataFrame) -> Any:
    """Areas where they lie: the ring is children who need a place, the disc inside those who have one.

    Parameters
    ----------
    table : DataFrame
        area, latitude, longitude, need, placed.
    """
    import altair as alt

    wide, largest, margin = WIDTH - 8, 34.0, 40.0
    spots = table.copy()
    most = max(float(spots["need"].max()), 1.0)
    for name in ("need", "placed"):
        spots[f"{name}_size"] = math.pi * largest**2 * spots[name].clip(lower=0) / most
    east = spots["longitude"] * math.cos(math.radians(float(spots["latitude"].mean())))
    across, up = float(east.max() - east.min()), float(spots["latitude"].max() - spots["latitude"].min())
    scale = (wide - 2 * margin) / max(across, up * 0.6, 1e-9)
    spots["right"] = wide / 2 + (east - (east.max() + east.min()) / 2) * scale
    spots["down"] = margin + (spots["latitude"].max() - spots["latitude"]) * scale
    spots = _apart(spots, largest, wide)
    height = float(spots["down"].max()) + margin + 14
    spots["label"] = spots["down"] + (spots["need_size"] / math.pi) ** 0.5 + 10
    x = alt.X("right:Q", scale=alt.Scale(domain=[0, wide], nice=False), axis=None)
    y = alt.Y("down:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    base = alt.Chart(spots).encode(x=x)
    ring = base.mark_point(filled=True, opacity=1, fill=FILLS["need"], stroke=LINES["bubble edge"], strokeWidth=2)
    disc = base.mark_point(filled=True, opacity=1, fill=LINES["bubble"], stroke=INK, strokeWidth=1)
    name = base.mark_text(fontSize=14, color=LETTERS["label"])
    layers = [
        ring.encode(y=y, size=alt.Size("need_size:Q", scale=None)),
        disc.encode(y=y, size=alt.Size("placed_size:Q", scale=None)),
        name.encode(y=alt.Y("label:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None), text="area:N"),
    ]
    return _finished(alt.layer(*layers).properties(width=wide, height=height))


def _apart(spots: pd.DataFrame, radius: float, wide: float) -> pd.DataFrame:
    """Centres pushed apart until neighbours and their names do not cover each other."""
    right, down = list(spots["right"]), list(spots["down"])
    need = 2 * radius + 18
    for _ in range(200):
        moved = False
        for i in range(len(right)):
            for j in range(i):
                dx, dy = right[i] - right[j], down[i] - down[j]
                apart = math.hypot(dx, dy)
                if apart < need:
                    push = (need - apart) / 2 / (apart or 1.0)
                    dx, dy = (dx, dy) if apart else (1.0, 0.0)
                    right[i], right[j] = right[i] + dx * push, right[j] - dx * push
                    down[i], down[j] = down[i] + dy * push, down[j] - dy * push
                    moved = True
        right = [min(max(value, radius + 4), wide - radius - 4) for value in right]
        if not moved:
            break
    low = min(down) - radius - 6
    return spots.assign(right=right, down=[value - low for value in down])


def bars(table: pd.DataFrame) -> Any:
    """A bar a row under its name, left of zero for fewer and right for more, its size beside it.

    Parameters
    ----------
    table : DataFrame
        name, change.
    """
    import altair as alt

    row_height = 56
    size = max(float(table["change"].abs().max()), 1.0) * 1.45
    rows = table.assign(
        words=[words_of(value) for value in table["change"]],
        at=[row_height * place + 36 for place in range(len(table))],
        above=[row_height * place + 12 for place in range(len(table))],
        left=-size,
        zero=0.0,
    )
    height = row_height * len(rows) + 4
    x = alt.X("change:Q", scale=alt.Scale(domain=[-size, size], nice=False), axis=None)
    down = alt.Scale(domain=[height, 0], nice=False)
    y, above = (alt.Y(f"{name}:Q", scale=down, axis=None) for name in ("at", "above"))
    base = alt.Chart(rows)
    name = base.mark_text(align="left", fontSize=15, color=LETTERS["label"])
    layers = [
        base.mark_bar(color=LINES["bar"], size=18, orient="horizontal").encode(x=x, y=y),
        name.encode(
            x=alt.X("left:Q", scale=alt.Scale(domain=[-size, size], nice=False), axis=None), y=above, text="name:N"
        ),
    ]
    sides: list[tuple[Any, Any, int]] = [(rows["change"] >= 0, "left", 6), (rows["change"] < 0, "right", -6)]
    for part, align, dx in sides:
        text = alt.Chart(rows[part]).mark_text(align=align, dx=dx, fontSize=15, fontWeight="bold")
        layers.append(text.encode(x=x, y=y, text="words:N", color=alt.value(LETTERS["label"])))
    zero = alt.X("zero:Q", scale=alt.Scale(domain=[-size, size], nice=False), axis=None)
    zeros = base.mark_tick(color=INK, thickness=1.5, size=26, orient="vertical").encode(x=zero, y=y)
    return _finished(alt.layer(*layers, zeros).properties(width=WIDTH - 8, height=height))
