"""Fan: a measure by year, counted so far, and simulated futures with their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.plots.capacity import CAPACITY, capacity_layers
from sufficiency.plots.labels import apart
from sufficiency.plots.theme import INK, NAVY, NAVY_HALF, NAVY_LIGHT, QUIET, finished
from sufficiency.words import about, direction, from_to

if TYPE_CHECKING:
    import altair as alt

PLOT_WIDTH, PLOT_HEIGHT = 560, 340
BASE_LABEL_ROOM = 120  # left of the base year, where no history stands, pixels
BANDS = "Light band: 8 in 10 simulated futures. Dark band: 5 in 10."
LABEL_GAP = 22  # between two labels, pixels


def fan_title(table: pd.DataFrame, base_year: int, subject: str) -> str:
    """What the fan says: a rise or a fall only if nine in ten simulated futures agree on it.

    Parameters
    ----------
    table : DataFrame
        year, p10, p50, p90.
    base_year : int
        January that counts as now.
    subject : str
        What is counted and where, such as ``Specialist demand in Leeds``.
    """
    base = float(table.loc[table["year"] == base_year, "p50"].iloc[0])
    end = table.sort_values("year").iloc[-1]
    now, then = from_to(base, float(end["p50"]))
    way = direction(base, float(end["p10"]), float(end["p90"]))
    if way == "unclear":
        return (
            f"{subject}: no clear difference by {end['year']:.0f}, "
            f"{about(end['p10'])} to {about(end['p90'])} in 8 in 10 simulated futures, {now} in {base_year}"
        )
    verb = "rises" if way == "rise" else "falls"
    return (
        f"{subject} {verb} in at least 9 in 10 simulated futures: "
        f"from {now} in {base_year} to about {then} by {end['year']:.0f}"
    )


def fan(
    table: pd.DataFrame,
    *,
    base_year: int,
    subject: str,
    caption: list[str],
    history: pd.DataFrame | None = None,
    places: pd.DataFrame | None = None,
) -> alt.TopLevelMixin:
    """A fan chart: middle line, bands of 50% and 80% of simulated futures, points that were counted.

    Parameters
    ----------
    table : DataFrame
        year, p10, p25, p50, p75, p90 from the base year on.
    base_year : int
        January that counts as now.
    subject : str
        What is counted and where; becomes part of the title.
    caption : list of str
        Sentences: measure, place, period, source.
    history : DataFrame, optional
        year and count, for Januaries up to the base year.
    places : DataFrame, optional
        year and places, from the base year on: drawn as a dashed step line.
    """
    import altair as alt

    counted = history if history is not None else _base_point(table, base_year)
    first, last = int(counted["year"].min()), int(table["year"].max())
    room = 0.5 if len(counted) > 1 else (last - first) * BASE_LABEL_ROOM / (PLOT_WIDTH - BASE_LABEL_ROOM)
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first - room, last], nice=False),
        axis=alt.Axis(format="d", values=_ticks(first, last), grid=False),
    )
    capacity = [] if places is None else list(places["places"])
    top = float(max([table["p90"].max(), counted["count"].max(), *capacity])) * 1.05
    y = alt.Scale(domain=[0, top], nice=False)
    layers = [
        _band(table, x, y, "p10", "p90", NAVY_LIGHT),
        _band(table, x, y, "p25", "p75", NAVY_HALF),
        alt.Chart(table).mark_line(color=NAVY, strokeWidth=3).encode(x=x, y=alt.Y("p50:Q", scale=y)),
        alt.Chart(counted).mark_point(color=INK, filled=True, size=55, opacity=1).encode(x=x, y="count:Q"),
        *([] if places is None else capacity_layers(places, x, y)),
        *_end_labels(table, x, top, None if places is None else float(capacity[-1])),
        *_base_labels(counted, x, top),
    ]
    chart = alt.layer(*layers).properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)
    reads = BANDS if places is None else f"{BANDS} {CAPACITY}"
    return finished(chart, fan_title(table, base_year, subject), [*caption, reads])


def _base_point(table: pd.DataFrame, base_year: int) -> pd.DataFrame:
    return table.loc[table["year"] == base_year, ["year", "p50"]].rename(columns={"p50": "count"})


def _ticks(first: int, last: int) -> list[int]:
    """Every fifth year, and both ends where they stand clear of one."""
    fifths = [year for year in range(first, last + 1) if year % 5 == 0]
    return sorted({*fifths, *(year for year in (first, last) if all(abs(year - fifth) > 1 for fifth in fifths))})


def _band(table: pd.DataFrame, x: Any, y: Any, low: str, high: str, colour: str) -> Any:
    import altair as alt

    axis = alt.Axis(format=",.0f", tickCount=5, domain=False, ticks=False)
    return (
        alt.Chart(table)
        .mark_area(color=colour)
        .encode(x=x, y=alt.Y(f"{low}:Q", scale=y, title=None, axis=axis), y2=f"{high}:Q")
    )


def _end_labels(table: pd.DataFrame, x: Any, top: float, places: float | None) -> list[Any]:
    """Labels at the last year, moved apart where the ends lie too close to be read."""
    import altair as alt

    end = table.sort_values("year").iloc[-1]
    rows = [
        (float(end["p90"]), f"{about(end['p90'])}: 1 in 10 above", "outer"),
        (float(end["p50"]), f"{about(end['p50'])} in the middle", "middle"),
        (float(end["p10"]), f"{about(end['p10'])}: 1 in 10 below", "outer"),
    ]
    if places is not None:
        rows.append((places, f"{about(places)} places", "places"))
    heights = apart([level for level, _, _ in rows], LABEL_GAP / PLOT_HEIGHT * top, 0.0, top)
    labels = pd.DataFrame({"year": int(end["year"]), "height": heights, "words": [words for _, words, _ in rows]})
    labels["role"] = [role for _, _, role in rows]
    styles: dict[str, dict[str, Any]] = {
        "outer": {"color": INK},
        "middle": {"color": NAVY, "fontWeight": "bold"},
        "places": {"color": INK, "fontWeight": "bold"},
    }
    return [
        alt.Chart(labels[labels["role"] == role])
        .mark_text(align="left", dx=10, clip=False, **how)
        .encode(x=x, y="height:Q", text="words:N")
        for role, how in styles.items()
        if role in set(labels["role"])
    ]


def _base_labels(counted: pd.DataFrame, x: Any, top: float) -> list[Any]:
    """The last count in figures, and which side was counted and which is simulated."""
    import altair as alt

    base = counted.sort_values("year").iloc[[-1]]
    # Where the last count is too low for two lines of text they stand at the top.
    height = top * (0.03 if float(base["count"].iloc[0]) > 0.15 * top else 0.97)
    base = base.assign(words=[f"{base['count'].iloc[0]:,.0f} in {base['year'].iloc[0]:.0f}"], foot=height)
    lift = -14 if len(counted) > 1 else 0
    now = alt.Chart(base).mark_text(align="right", dx=-10, dy=lift, fontWeight="bold")
    foot = alt.Chart(base).encode(x=x, y="foot:Q")
    sides: list[tuple[Any, int, str]] = [("right", -8, "← counted"), ("left", 8, "simulated →")]
    return [
        now.encode(x=x, y="count:Q", text="words:N"),
        *(foot.mark_text(align=side, dx=dx, color=QUIET, text=words) for side, dx, words in sides),
    ]
