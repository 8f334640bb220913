"""Districts: a map of bubbles, as large as demand in the last year, marked by how clear the change is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.plots.ranked import CLEAR, ranked_rows, ranked_title
from sufficiency.plots.theme import GREY, INK, NAVY, ORANGE, TEXT, finished
from sufficiency.words import change

if TYPE_CHECKING:
    import altair as alt

PLOT_WIDTH = 740
LARGEST = 34.0  # radius of the largest bubble, pixels: neighbours in inner Leeds then just keep apart
CODE_FITS = 23.0  # radius from which a district's code fits inside, pixels
WORDS = {"rise": "clear rise", "unclear": "no clear difference", "fall": "clear fall"}
FILL = {"rise": NAVY, "unclear": GREY, "fall": ORANGE}
LETTERS = {"rise": "white", "unclear": INK, "fall": INK}


def districts(
    table: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    base_year: int,
    years: tuple[int, int],
    subject: str,
    caption: list[str],
) -> alt.TopLevelMixin:
    """A map of districts at their centroids; districts that are withheld are left out and counted in the caption.

    Parameters
    ----------
    table : DataFrame
        year, area, p10, p50, p90, as `release` gives them.
    areas : DataFrame
        area, name, latitude, longitude (degrees).
    base_year, years, subject, caption
        As for `needs`.
    """
    import altair as alt

    withheld = pd.to_numeric(table["p50"], errors="coerce").isna()
    hidden, shown = table.loc[withheld, "area"].nunique(), table[~withheld]
    rows = ranked_rows(shown, "area", base_year, years)
    names = dict(zip(areas["area"], areas["name"], strict=True))
    title = ranked_title(
        rows, [f"in {names[area]}" for area in rows["area"]], subject, "districts shown", years[1]
    )
    notes = [
        f"Bubble area: demand in {years[1]}, middle of the futures. Figures: clear changes from {base_year}.",
        CLEAR,
    ]
    if hidden:
        notes.append(f"{hidden} districts are left out so that no small count can be worked out.")
    spots = located(rows, areas)
    height = round(spots["down"].max() + LARGEST)
    x = alt.X("right:Q", scale=alt.Scale(domain=[0, PLOT_WIDTH], nice=False), axis=None)
    y = alt.Y("down:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    base = alt.Chart(spots.sort_values("middle", ascending=False)).encode(x=x, y=y)
    bubbles = base.mark_point(filled=True, opacity=1, stroke="white", strokeWidth=1.5).encode(
        size=alt.Size("size:Q", scale=None),
        color=alt.Color("way:N", scale=alt.Scale(domain=list(FILL), range=list(FILL.values())), legend=None),
    )
    layers = [bubbles, *_labels(spots, x, y)]
    plot = alt.layer(*layers).properties(width=PLOT_WIDTH, height=height)
    return finished(alt.vconcat(_key(set(spots["way"])), plot, spacing=4), title, [*caption, *notes])


def located(rows: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Rows with pixels right and down (a plane tangent at the middle latitude) and the bubble's size."""
    spots = rows.merge(areas[["area", "latitude", "longitude"]], on="area").dropna(subset=["latitude"])
    spots["radius"] = LARGEST * (spots["middle"].clip(lower=1) / max(float(spots["middle"].max()), 1.0)) ** 0.5
    spots["size"] = math.pi * spots["radius"] ** 2
    east = spots["longitude"] * math.cos(math.radians(float(spots["latitude"].mean())))
    margin = LARGEST
    a_degree = (PLOT_WIDTH - 2 * margin) / max(float(east.max() - east.min()), 1e-9)
    spots["right"] = margin + (east - east.min()) * a_degree
    spots["down"] = margin + (spots["latitude"].max() - spots["latitude"]) * a_degree
    return spots


def _labels(spots: pd.DataFrame, x: Any, y: Any) -> list[Any]:
    """The code inside a bubble where it fits; beside it what is left to say, where there is room."""
    import altair as alt

    fits = spots["radius"] >= CODE_FITS
    inside = spots[fits].assign(letters=[LETTERS[way] for way in spots.loc[fits, "way"]])
    words = [
        " ".join([*([] if row["radius"] >= CODE_FITS else [row["area"]]), *_change_words(row)])
        for row in spots.to_dict("records")
    ]
    beside = placed(spots.assign(words=words))
    return [
        alt.Chart(inside)
        .mark_text(fontSize=TEXT)
        .encode(x=x, y=y, text="area:N", color=alt.Color("letters:N", scale=None)),
        alt.Chart(beside).mark_text(fontSize=TEXT, color=INK).encode(x=x, y=y, text="words:N"),
    ]


def _change_words(row: dict[Any, Any]) -> list[str]:
    return [] if row["way"] == "unclear" else [change(row["rise"])]


def placed(spots: pd.DataFrame) -> pd.DataFrame:
    """Centres (right, down) of the labels: below the bubble, else above, right, left, the first that is free.

    Parameters
    ----------
    spots : DataFrame
        right, down, radius in pixels, and words.
    """
    bubbles = [
        (
            spot["right"] - spot["radius"],
            spot["down"] - spot["radius"],
            2 * spot["radius"],
            2 * spot["radius"],
        )
        for spot in spots.to_dict("records")
    ]
    taken: list[tuple[float, float, float, float]] = []
    centres = []
    for own, spot in enumerate(spots.to_dict("records")):
        wide, tall = 8.3 * len(spot["words"]), 18.0
        across, along = spot["radius"] + 1 + tall / 2, spot["radius"] + 4 + wide / 2
        options = [
            (spot["right"] + right, spot["down"] + down)
            for right, down in ((0, across), (0, -across), (along, 0), (-along, 0))
        ]
        others = [*bubbles[:own], *bubbles[own + 1 :], *taken]
        boxes = [(right - wide / 2, down - tall / 2, wide, tall) for right, down in options]
        free = [place for place, box in enumerate(boxes) if not any(_overlap(box, other) for other in others)]
        best = free[0] if free else 0
        taken.append(boxes[best])
        centres.append(options[best])
    return spots.assign(right=[right for right, _ in centres], down=[down for _, down in centres])


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(
        one[side] < other[side] + other[side + 2] and other[side] < one[side] + one[side + 2] for side in (0, 1)
    )


def _key(ways: set[str]) -> Any:
    import altair as alt

    marks = pd.DataFrame({"at": [8, 140, 330], "way": list(WORDS), "words": list(WORDS.values())})
    marks = marks[marks["way"].isin(ways)]
    base = alt.Chart(marks).encode(x=alt.X("at:Q", scale=alt.Scale(domain=[0, PLOT_WIDTH], nice=False), axis=None))
    layers = [
        base.mark_point(filled=True, opacity=1, size=180).encode(color=alt.Color("way:N", legend=None)),
        base.mark_text(align="left", dx=15, fontSize=TEXT).encode(text="words:N"),
    ]
    return alt.layer(*layers).properties(width=PLOT_WIDTH, height=24)
