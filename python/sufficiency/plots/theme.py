"""What all charts share: palette, sizes, title and caption, saving."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency.files import write_bytes, write_text

if TYPE_CHECKING:
    import altair as alt

NAVY, TEAL, PLUM, ORANGE, GREY = "#12436D", "#28A197", "#801650", "#F46A25", "#BFBFBF"
NAVY_HALF, NAVY_LIGHT = "#89A1B6", "#CFD9E2"  # NAVY at 50% and 20% on white: solid, so that print keeps them
INK, QUIET = "#0B0C0C", "#505A5F"
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
TEXT, TITLE = 15, 20
WIDTH = 760  # of title and caption, pixels; charts stay within it
CHARACTERS = {TITLE: 72, TEXT: 104}  # of one line of WIDTH in Arial at that size, by trial


def wrapped(text: str, size: int = TEXT) -> list[str]:
    """Lines that fit the page width."""
    return textwrap.wrap(text, CHARACTERS[size])


def finished(chart: Any, title: str, caption: Sequence[str]) -> alt.TopLevelMixin:
    """The chart with its active title, its caption (a sentence a line) and the house style, shown as a picture."""
    import altair as alt

    from sufficiency.plots.static import static

    heading = alt.TitleParams(
        wrapped(title, TITLE), subtitle=[line for sentence in caption for line in wrapped(sentence)]
    )
    described = chart.properties(title=heading, description=" ".join([title + ".", *caption]))
    return static(described.configure(**STYLE))


def style() -> dict[str, Any]:
    """Vega-Lite configuration: Arial, text as large as body text, title left, few lines."""
    text = {"font": FONT, "fontSize": TEXT}
    label = {"labelFont": FONT, "labelFontSize": TEXT, "labelColor": INK}
    heading = {"titleFont": FONT, "titleFontSize": TEXT, "titleFontWeight": "normal", "titleColor": INK}
    return {
        "background": "white",
        "padding": 16,
        "font": FONT,
        "text": {**text, "color": INK},
        "view": {"stroke": None},
        "title": {
            "font": FONT,
            "fontSize": TITLE,
            "fontWeight": "bold",
            "color": INK,
            "anchor": "start",
            "frame": "bounds",
            "offset": 18,
            "subtitleFont": FONT,
            "subtitleFontSize": TEXT,
            "subtitleColor": QUIET,
            "subtitlePadding": 8,
            "subtitleLineHeight": 20,
        },
        "axis": {
            **label,
            **heading,
            "labelFlush": False,
            "gridColor": "#E3E6E8",
            "domainColor": GREY,
            "tickColor": GREY,
        },
        "legend": {**label, **heading},
    }


STYLE = style()


def save(chart: Any, stem: str | Path) -> list[Path]:
    """Write a chart as ``stem.svg`` and ``stem.png`` (twice the pixels, for print); no browser, no network.

    Parameters
    ----------
    stem : str or Path
        Path without ending; one that ends in .svg or .png writes that file alone.

    Returns
    -------
    list of Path
        The files.

    Examples
    --------
    >>> [path.name for path in sf.plots.save(sf.plots.fan(base), "demand")]
    ['demand.svg', 'demand.png']
    """
    import vl_convert

    from sufficiency.plots.static import svg_of

    svg, ending = svg_of(chart), Path(stem).suffix.lower()
    kinds = [ending] if ending in (".svg", ".png") else [".svg", ".png"]
    name = str(stem)[: -len(ending)] if ending in kinds else str(stem)
    written = []
    for kind in kinds:
        path = Path(f"{name}{kind}")
        written.append(
            write_text(path, svg) if kind == ".svg" else write_bytes(path, vl_convert.svg_to_png(svg, scale=2))
        )
    return written
