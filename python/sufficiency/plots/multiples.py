"""Small multiples: one small fan a group, on a scale of its own or one for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.plots.ranked import ranked_rows, ranked_title
from sufficiency.plots.telling import caption_of, group_name, phrase, plural, subject_of, table_of
from sufficiency.plots.theme import INK, NAVY, NAVY_LIGHT, finished
from sufficiency.words import about

if TYPE_CHECKING:
    import altair as alt

    from sufficiency.projection import Projection

COLUMNS, PANEL_WIDTH, PANEL_HEIGHT = 3, 180, 120
MOST = 24  # panels: our choice, what two pages hold; more than that is a table
READS = "Line: middle of the simulated futures. Band: 8 in 10 of them."


def multiples(
    projection: Projection,
    measure: str = "demand",
    by: str = "need",
    *,
    where: Mapping[str, object] | None = None,
    shared: bool = False,
    **options: Any,
) -> alt.TopLevelMixin:
    """One small fan a group, largest first.

    Parameters
    ----------
    projection : Projection
        What is drawn.
    measure : str
        Name of a measure: plans, new_plans, demand, places, placed, waiting, independent, shortfall, cost.
    by : str
        Axis whose levels get a panel each, such as ``"need"``, ``"planning_area"`` or ``"phase"``.
    where : mapping, optional
        Axis to a value or list of values: only those children are drawn.
    shared : bool
        One scale for all panels; by default each has its own, so that small groups can be read.
    options
        Further arguments of the measure's method, such as ``kind="local"``.

    Returns
    -------
    altair chart
        Shows itself as a picture; figures by January, middle and 8 in 10 of the draws.

    Raises
    ------
    InputError
        If there are more than 24 groups, or the measure has no such axis.

    Examples
    --------
    >>> import sufficiency as sf
    >>> run = sf.project(sf.fit(sf.sample("leeds")), to=2027, draws=20, seed=1, progress=False)
    >>> chart = sf.plots.multiples(run, "demand", by="phase", where={"phase": ["primary", "secondary"]})
    """
    import altair as alt

    table = table_of(projection, measure, [by], where, **options)
    levels = [level for level, rows in table.groupby(by, sort=False) if rows["p90"].max() > 0]
    if len(levels) > MOST:
        raise InputError(
            f"{len(levels)} panels cannot be read; the most is {MOST} [too-many-panels]\n\n"
            f"hint: limit them with where={{{by!r}: [...]}}"
        )
    first, last = int(table["year"].min()), int(table["year"].max())
    end = table[table["year"] == last].set_index(by)["p50"]
    levels = sorted(levels, key=lambda level: -float(end[level]))
    top = float(table["p90"].max()) if shared else None
    panels = [_panel(table[table[by] == level], group_name(by, level), top) for level in levels]
    rows = ranked_rows(table[table[by].isin(levels)], by, first, (last, last))
    names = [phrase(by, level) for level in rows[by]]
    title = ranked_title(rows, names, subject_of(projection, measure, where), plural(by), last)
    scale = "All panels have one scale." if shared else "Each panel has a scale of its own, from 0."
    chart = alt.concat(*panels, columns=COLUMNS, spacing=24)
    return finished(chart, title, [*caption_of(projection, table, measure), f"{READS} {scale}"])


def round_below(highest: float) -> float:
    """The largest round figure that leaves room above it: 1, 2 or 5 times a power of ten."""
    size = 10 ** math.floor(math.log10(max(highest, 1.0)))
    return float(max((m * size for m in (1, 2, 5) if m * size <= 0.95 * highest), default=size / 2))


def _panel(rows: pd.DataFrame, name: str, top: float | None) -> Any:
    import altair as alt

    first, last = rows.iloc[0], rows.iloc[-1]
    highest = float(rows["p90"].max()) if top is None else top
    y = alt.Scale(domain=[0, highest * 1.05 or 1], nice=False)
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[int(first["year"]), int(last["year"])], nice=False),
        axis=alt.Axis(format="d", values=[int(first["year"]), int(last["year"])], grid=False, labelFlush=True),
    )
    axis = alt.Axis(format=",.0f", values=[0, round_below(highest)], domain=False, ticks=False, minExtent=44)
    said = f"{first['p50']:,.0f}, then {about(last['p10'])} to {about(last['p90'])}"
    heading = alt.TitleParams(
        name, subtitle=said, fontSize=15, subtitleFontSize=15, subtitleColor=INK, offset=6, anchor="start"
    )
    base = alt.Chart(rows).encode(x=x)
    return alt.layer(
        base.mark_area(color=NAVY_LIGHT).encode(y=alt.Y("p10:Q", scale=y, title=None, axis=axis), y2="p90:Q"),
        base.mark_line(color=NAVY, strokeWidth=3).encode(y=alt.Y("p50:Q", scale=y)),
    ).properties(width=PANEL_WIDTH, height=PANEL_HEIGHT, title=heading)
