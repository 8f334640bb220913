"""Pictures of projections, comparisons, fits and back-tests.

One function a picture. Each takes the object and, where it makes sense, ``by=`` (an axis) and ``where=`` (axis
to value or values); computes its title from the figures; and returns an altair chart, which can be restyled
(``chart.properties(width=400)``) and which a notebook shows as a static SVG with a text alternative: no browser,
no script, nothing fetched. `save` writes it as SVG and PNG.

Colours are those of the Analysis Function's palette, at most four, never colour alone; places are a black dashed
step line; text is as large as body text.
"""

from sufficiency.plots.ages import ages
from sufficiency.plots.coverage import coverage, outturn
from sufficiency.plots.drawn import chances, districts, fan, need_against_places, ranked
from sufficiency.plots.effects import differences, tornado
from sufficiency.plots.moves import flow, transitions
from sufficiency.plots.multiples import multiples
from sufficiency.plots.theme import save

__all__ = [
    "ages",
    "chances",
    "coverage",
    "differences",
    "districts",
    "fan",
    "flow",
    "multiples",
    "need_against_places",
    "outturn",
    "ranked",
    "save",
    "tornado",
    "transitions",
]
