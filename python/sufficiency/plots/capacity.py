"""Places as every chart draws them: a black dashed step line on a white casing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sufficiency.plots.theme import INK

CAPACITY = "Dashed black steps: places."
DASHES = ([7, 4], [2, 3])
"""Of places as they stand, and with an option."""


def capacity_layers(places: pd.DataFrame, x: Any, y: Any, column: str = "places", dash: int = 0) -> list[Any]:
    """The step line and its casing.

    Parameters
    ----------
    places : DataFrame
        year, and places in `column`; a place that opens in a year counts from its January.
    x, y : altair channel, altair scale
        Of the chart that it is laid over.
    column : str
        Holds the places.
    dash : int
        Which of `DASHES`.
    """
    import altair as alt

    line = alt.Chart(places).encode(x=x, y=alt.Y(f"{column}:Q", scale=y))
    return [
        line.mark_line(color="white", strokeWidth=7, interpolate="step-after"),
        line.mark_line(color=INK, strokeWidth=3, strokeDash=DASHES[dash], interpolate="step-after"),
    ]
