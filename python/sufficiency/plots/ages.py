"""Ages: a heat map of a measure by single year of age and January."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency.plots.telling import caption_of, subject_of, table_of
from sufficiency.plots.theme import INK, TEXT, finished
from sufficiency.words import about, more_or_fewer

if TYPE_CHECKING:
    import altair as alt

    from sufficiency.projection import Projection

ROW_HEIGHT, COLUMN_WIDTH = 19, 46
SHADES = ["#F2F2F2", "#ADD1F1", "#6BACE6", "#2073BC", "#12436D"]
"""The Analysis Function's sequential palette from its grey on: lightness tells neighbours apart in print too."""


def ages(
    projection: Projection,
    measure: str = "plans",
    *,
    where: Mapping[str, object] | None = None,
    **options: Any,
) -> alt.TopLevelMixin:
    """A heat map: ages down, Januaries across, darker where there are more.

    Parameters
    ----------
    projection : Projection
        What is drawn.
    measure : str
        Name of a measure by age: plans, new_plans, demand, placed, waiting, independent, shortfall with
        ``kind="local"``.
    where : mapping, optional
        Axis to a value or list of values: only those children are drawn.
    options
        Further arguments of the measure's method.

    Returns
    -------
    altair chart
        Shows itself as a picture; shades are the mean of the draws, in children.

    Raises
    ------
    InputError
        If the measure has no ages.

    Examples
    --------
    >>> import sufficiency as sf
    >>> run = sf.project(sf.fit(sf.sample("leeds")), to=2027, draws=20, seed=1, progress=False)
    >>> chart = sf.plots.ages(run, "plans", where={"need": "ASD"})
    """
    import altair as alt

    table = table_of(projection, measure, ["age"], where, **options)
    edges = _edges(table["mean"])
    shade = np.digitize(table["mean"], edges)
    cells = table[["year", "age", "mean"]].assign(shade=[SHADES[at] for at in shade])
    years = sorted(cells["year"].unique())
    x = alt.X(
        "year:O",
        title=None,
        axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False, values=years),
    )
    y = alt.Y(
        "age:O",
        title="Age",
        axis=alt.Axis(ticks=False, domain=False, titleAngle=0, titleAlign="right", titleX=-6, titleY=-13),
    )
    heat = (
        alt.Chart(cells)
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(x=x, y=y, color=alt.Color("shade:N", scale=None))
        .properties(width=COLUMN_WIDTH * len(years), height=ROW_HEIGHT * cells["age"].nunique())
    )
    caption = [*caption_of(projection, table, measure), "Shades: mean of the simulated futures, in children."]
    title = ages_title(table, subject_of(projection, measure, where))
    return finished(alt.vconcat(_key(edges), heat, spacing=10), title, caption)


def ages_title(table: pd.DataFrame, subject: str) -> str:
    """Which age changes most between the first and the last January, if any by as much as five children."""
    wide = table.pivot(index="age", columns="year", values="mean")
    change = wide.iloc[:, -1] - wide.iloc[:, 0]
    most: Any = change.abs().idxmax()
    first, last = wide.columns[0], wide.columns[-1]
    if abs(float(change[most])) < 5:
        return f"{subject} hardly changes at any age from {first} to {last}"
    return f"{subject} changes most at age {most}: {more_or_fewer(float(change[most]))} in {last} than in {first}"


def _edges(values: pd.Series[float]) -> list[float]:
    """Four limits between five shades, at round figures of equal steps."""
    largest = max(float(values.max()), 1.0)
    step = largest / len(SHADES)
    size = 10 ** np.floor(np.log10(step))
    step = float(
        min((m * size for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if m * size >= step), default=10 * size)
    )
    return [step * at for at in range(1, len(SHADES))]


def _key(edges: list[float]) -> Any:
    """The shades and the figures they stand for, in a row."""
    import altair as alt

    shown = [f"{edge:g}" if edge < 10 else about(edge) for edge in edges]
    words = [
        f"under {shown[0]}",
        *(f"{a} to {b}" for a, b in itertools.pairwise(shown)),
        f"{shown[-1]} up",
    ]
    places = pd.DataFrame({"at": [10 + 132 * at for at in range(len(SHADES))], "shade": SHADES, "words": words})
    base = alt.Chart(places).encode(x=alt.X("at:Q", scale=alt.Scale(domain=[0, 660], nice=False), axis=None))
    return alt.layer(
        base.mark_point(shape="square", size=300, filled=True, opacity=1, stroke=INK, strokeWidth=0.5).encode(
            color=alt.Color("shade:N", scale=None)
        ),
        base.mark_text(align="left", dx=15, fontSize=TEXT).encode(text="words:N"),
    ).properties(width=660, height=24)
