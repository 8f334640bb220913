"""Needs: specialist demand by need, now and later, largest rise first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.plots.ranked import ranked, ranked_rows, ranked_title
from sufficiency.words import need_name, within_sentence

if TYPE_CHECKING:
    import altair as alt


def needs(
    table: pd.DataFrame, *, base_year: int, years: tuple[int, int], subject: str, caption: list[str]
) -> alt.TopLevelMixin:
    """Demand by need now, on the way and in the last year, with the 8-in-10 range and the change in words.

    Parameters
    ----------
    table : DataFrame
        year, need, p10, p50, p90; for the whole authority, never for a district.
    base_year : int
        January that counts as now.
    years : (int, int)
        A January on the way, and the last.
    subject : str
        What is counted and where; becomes part of the title.
    caption : list of str
        Sentences: measure, place, period, source.
    """
    rows = ranked_rows(table, "need", base_year, years)
    names = [need_name(str(code)) for code in rows["need"]]
    phrases = [f"for {within_sentence(name)}" for name in names]
    title = ranked_title(rows, phrases, subject, "needs", years[1])
    return ranked(rows, names, title=title, caption=caption, base_year=base_year, years=years)
