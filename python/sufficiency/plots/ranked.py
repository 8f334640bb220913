"""Ranked rows: where a measure stands now, in a year on the way and at the end, one row a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.plots.theme import INK, NAVY, NAVY_LIGHT, TEAL, TEXT, finished
from sufficiency.words import change, direction, more_or_fewer

if TYPE_CHECKING:
    import altair as alt

PLOT_WIDTH = 340
ROW_HEIGHT = 34
COLUMN_GAP = 12
FEW = 10  # children: where no figure of a row reaches it, no direction is claimed
CLEAR = "Clear: at least 9 in 10 simulated futures lie on one side of the first figure."


def ranked_rows(table: pd.DataFrame, group: str, base_year: int, years: tuple[int, int]) -> pd.DataFrame:
    """One row a group, largest rise first: now, middle, low, high, on_the_way, rise, few, way.

    Parameters
    ----------
    table : DataFrame
        year, the group, p10, p50, p90.
    group : str
        Column that names the rows.
    base_year : int
        January that counts as now.
    years : (int, int)
        A January on the way, and the last.
    """
    by_group = {year: table[table["year"] == year].set_index(group) for year in (base_year, *years)}
    end = by_group[years[1]]
    rows = pd.DataFrame(
        {
            "now": by_group[base_year]["p50"],
            "on_the_way": by_group[years[0]]["p50"],
            "middle": end["p50"],
            "low": end["p10"],
            "high": end["p90"],
        }
    ).astype(float)
    rows["rise"] = rows["middle"] - rows["now"]
    rows["few"] = rows[["now", "on_the_way", "high"]].max(axis=1) < FEW
    rows["way"] = [
        "unclear" if row["few"] else direction(row["now"], row["low"], row["high"])
        for row in rows.to_dict("records")
    ]
    return rows.sort_values("rise", ascending=False, kind="stable").rename_axis(group).reset_index()


def ranked_title(rows: pd.DataFrame, names: list[str], subject: str, groups: str, last_year: int) -> str:
    """What the rows say: who rises most, or that nobody clearly does.

    Parameters
    ----------
    rows : DataFrame
        From `ranked_rows`.
    names : list of str
        For each row its name inside a sentence, with its preposition: ``for autism``.
    subject : str
        What is counted and where.
    groups : str
        What the rows are, in the plural: ``needs``.
    last_year : int
        Last January.
    """
    ways = list(rows["way"])
    rising = [position for position, way in enumerate(ways) if way == "rise"]
    falling = [position for position, way in enumerate(ways) if way == "fall"]
    if not rising and not falling:
        return f"{subject}: no clear difference in any of the {len(ways)} {groups} by {last_year}"
    # Rows are in order of change: the first that rises rises most, the last that falls falls most.
    verb, most, alike = ("rises", rising[0], rising) if rising else ("falls", falling[-1], falling)
    size = more_or_fewer(float(rows["rise"].iloc[most]))
    return (
        f"{subject} {verb} most {names[most]}: {size} by {last_year}; "
        f"clear {verb[:-1]} in {len(alike)} of {len(ways)} {groups}"
    )


def ranked(
    rows: pd.DataFrame,
    names: list[str],
    *,
    title: str,
    caption: list[str],
    base_year: int,
    years: tuple[int, int],
) -> alt.TopLevelMixin:
    """A row a group: ring now, bar of 8 in 10 simulated futures, dot in their middle, change in words."""
    import altair as alt

    order = names
    rows = rows.assign(name=names, words=[_words(row) for row in rows.to_dict("records")])
    y = alt.Y(
        "name:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelLimit=300, labelPadding=10, domain=False, ticks=False),
    )
    scale = alt.Scale(domain=[0, float(max(rows["high"].max(), rows["now"].max())) * 1.02], nice=False)
    x = alt.X("middle:Q", scale=scale, title=None, axis=alt.Axis(format=",.0f", tickCount=5))
    base = alt.Chart(rows).encode(y=y)
    layers = [
        base.mark_rule(strokeWidth=9, color=NAVY_LIGHT).encode(x=alt.X("low:Q", scale=scale), x2="high:Q"),
        base.mark_point(size=110, color=NAVY, filled=True, opacity=1).encode(x=x),
        base.mark_point(shape="diamond", size=80, fill=TEAL, stroke="white", strokeWidth=1, opacity=1).encode(
            x="on_the_way:Q"
        ),
        base.mark_point(size=110, color=INK, strokeWidth=2, opacity=1).encode(x="now:Q"),
        base.mark_text(align="left", fontSize=TEXT, clip=False).encode(
            x=alt.value(PLOT_WIDTH + COLUMN_GAP), text="words:N"
        ),
    ]
    plot = alt.layer(*layers).properties(width=PLOT_WIDTH, height=ROW_HEIGHT * len(rows))
    chart = alt.vconcat(_key(base_year, years), plot, spacing=6)
    return finished(chart, title, [*caption, CLEAR])


def _words(row: dict[Any, Any]) -> str:
    if row["few"]:
        return f"under {FEW} children"
    if row["way"] == "unclear":
        return "no clear difference"
    now, low, high = row["now"], row["low"], row["high"]
    return f"{change(row['rise'])} ({change(low - now)} to {change(high - now)})"


def _key(base_year: int, years: tuple[int, int]) -> Any:
    """The marks and what they mean, in the order of time."""
    import altair as alt

    words = [f"{base_year}, start", f"{years[0]}, middle", f"{years[1]}, middle", "8 in 10 futures"]
    marks = pd.DataFrame({"at": [8, 140, 272, 404], "words": words, "mark": ["now", "way", "end", "range"]})
    marks["to"] = marks["at"] + [10, 10, 10, 22]
    base = alt.Chart(marks).encode(x=alt.X("at:Q", scale=alt.Scale(domain=[0, 560], nice=False), axis=None))
    point: dict[str, Any] = {"opacity": 1, "strokeWidth": 2}
    layers = [
        base.transform_filter("datum.mark == 'now'").mark_point(size=110, color=INK, **point),
        base.transform_filter("datum.mark == 'way'").mark_point(
            shape="diamond", size=70, color=TEAL, filled=True, **point
        ),
        base.transform_filter("datum.mark == 'end'").mark_point(size=110, color=NAVY, filled=True, **point),
        base.transform_filter("datum.mark == 'range'")
        .mark_rule(color=NAVY_LIGHT, strokeWidth=9)
        .encode(x2="to:Q"),
        base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="words:N", x=alt.X("to:Q", axis=None)),
    ]
    return alt.layer(*layers).properties(width=560, height=24)
