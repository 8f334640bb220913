"""Charts that show themselves as pictures: static SVG, made offline, in words for those who do not see them."""

from __future__ import annotations

import base64
import html
from collections.abc import Hashable
from functools import cache
from typing import Any, cast
from xml.sax.saxutils import escape

import altair as alt


class Static:
    """Makes an altair chart show itself in a notebook as one picture with a text alternative.

    The chart can be restyled with altair's own methods (``chart.properties(width=400)``) and stays static.
    """

    def _repr_mimebundle_(self, *_: Any, **__: Any) -> dict[str, str]:
        words = description(self)
        svg = svg_of(self)
        source = base64.b64encode(svg.encode()).decode()
        # An image rather than inline SVG: ids inside two charts of one page would clash.
        picture = f'<img src="data:image/svg+xml;base64,{source}" alt="{html.escape(words)}">'
        return {"text/html": picture, "image/svg+xml": svg, "text/plain": words}


@cache
def _static_kind(kind: Any) -> Any:
    return type(f"Static{kind.__name__}", (Static, kind), {"__doc__": Static.__doc__})


def static(chart: Any) -> alt.TopLevelMixin:
    """The chart, which from now on shows itself as a picture."""
    drawn = chart.copy(deep=False)
    # Not by assignment: altair's own __setattr__ would set a property of the chart.
    object.__setattr__(drawn, "__class__", _static_kind(cast(Hashable, type(chart))))
    shown: alt.TopLevelMixin = drawn
    return shown


def description(chart: Any) -> str:
    """The chart in words: its title and its caption."""
    words = chart.description
    return words if isinstance(words, str) else "A chart."


def svg_of(chart: Any) -> str:
    """The chart as SVG text with its title and description inside; no browser, no network."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    words = f"<desc>{escape(description(chart))}</desc>"
    head, _, rest = svg.partition(">")
    return f'{head} role="img">{words}{rest}'
