"""Direct labels that do not cover each other."""

from __future__ import annotations

from collections.abc import Sequence


def apart(levels: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights as near the levels as a gap between each two allows, within low and high if there is room.

    Parameters
    ----------
    levels : sequence of float
        Where labels would stand, in any order, in the unit of the axis.
    gap : float
        Least distance between two labels, in the same unit.
    low, high : float
        Ends of the axis.
    """
    order = sorted(range(len(levels)), key=lambda position: levels[position])
    heights = list(levels)
    below = low - gap
    for position in order:
        below = heights[position] = max(levels[position], below + gap)
    above = high + gap
    for position in reversed(order):
        above = heights[position] = min(heights[position], above - gap)
    return heights
