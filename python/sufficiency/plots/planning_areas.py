"""Planning areas: specialist demand by home, now and later, largest rise first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.plots.ranked import ranked, ranked_rows, ranked_title

if TYPE_CHECKING:
    import altair as alt


def planning_areas(
    table: pd.DataFrame, *, base_year: int, years: tuple[int, int], subject: str, caption: list[str]
) -> alt.TopLevelMixin:
    """Demand by planning area now, on the way and in the last year; cells that are withheld are left out.

    Parameters
    ----------
    table : DataFrame
        year, planning_area, p10, p50, p90, as `release` gives them.
    base_year, years, subject, caption
        As for `needs`.
    """
    shown = table[pd.to_numeric(table["p50"], errors="coerce").notna()]
    rows = ranked_rows(shown, "planning_area", base_year, years)
    names = [str(name) for name in rows["planning_area"]]
    title = ranked_title(rows, [f"in {name}" for name in names], subject, "planning areas", years[1])
    return ranked(rows, names, title=title, caption=caption, base_year=base_year, years=years)
