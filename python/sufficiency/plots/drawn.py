"""Pictures of projections: each takes a projection and draws its tables, titled and captioned from the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.inputs import located
from sufficiency.plots.districts import districts as draw_districts
from sufficiency.plots.fan import fan as draw_fan
from sufficiency.plots.multiples import multiples
from sufficiency.plots.places import chances as draw_chances
from sufficiency.plots.places import need_against_places as draw_need_against_places
from sufficiency.plots.ranked import ranked as draw_ranked
from sufficiency.plots.ranked import ranked_rows, ranked_title
from sufficiency.plots.telling import caption_of, group_name, inputs_of, phrase, plural, subject_of, table_of
from sufficiency.release import release

if TYPE_CHECKING:
    import altair as alt

    from sufficiency.projection import Projection

CHANCE = "Chance that demand exceeds places by more than 10 (a class), by phase and need group"


def fan(
    projection: Projection,
    measure: str = "demand",
    *,
    by: str | None = None,
    where: Mapping[str, object] | None = None,
    places: bool | None = None,
    history: pd.DataFrame | None = None,
    **options: Any,
) -> alt.TopLevelMixin:
    """A measure by January with its ranges, and the places there are.

    Parameters
    ----------
    projection : Projection
        What is drawn.
    measure : str
        Name of a measure: plans, new_plans, demand, places, placed, waiting, independent, shortfall, cost.
    by : str, optional
        Axis whose levels get a small fan each; see `multiples`.
    where : mapping, optional
        Axis to a value or list of values: only those children are drawn.
    places : bool, optional
        Draw places as a dashed step line; by default with demand of everybody, of phases or of need groups, if the
        projection has sites.
    history : DataFrame, optional
        year and count of Januaries up to the base year; by default, for plans of everybody, those of the inputs.
    options
        Further arguments of the measure's method, such as ``ages=(16, 18)``.

    Returns
    -------
    altair chart
        Shows itself as a picture: middle, 5 in 10 and 8 in 10 of the draws.

    Raises
    ------
    InputError
        If the measure is not known, or places are asked for where there are none.

    Examples
    --------
    >>> chart = sf.plots.fan(base, "demand", where={"phase": "primary"})
    >>> chart = chart.properties(width=400)
    """
    if by is not None:
        return multiples(projection, measure, by, where=where, **options)
    table = table_of(projection, measure, None, where, **options)
    base_year = int(table["year"].min())
    can = measure == "demand" and projection._core.has_sites and {"phase", "need_group"} >= set(where or {})
    step = None
    if can if places is None else places:
        if measure != "demand":
            raise InputError(f"places are drawn with demand, not with {measure} [unknown-measure]")
        step = projection.shortfall(where=where, **options)[["year", "places"]]
    if history is None and measure == "plans" and not where:
        history = history_of(projection)
    return draw_fan(
        table,
        base_year=base_year,
        subject=subject_of(projection, measure, where),
        caption=caption_of(projection, table, measure),
        history=history,
        places=step,
    )


def history_of(projection: Projection) -> pd.DataFrame | None:
    """Counted plans by January, columns year and count; none for a model from explicit parameters."""
    from sufficiency.backtest import actual_plans

    inputs = inputs_of(projection)
    if inputs is None:
        return None
    total = actual_plans(inputs)["total"].dropna()
    return pd.DataFrame({"year": total.index, "count": total.to_numpy()})


def ranked(
    projection: Projection,
    measure: str = "demand",
    by: str = "need",
    *,
    where: Mapping[str, object] | None = None,
    years: tuple[int, int] | None = None,
    **options: Any,
) -> alt.TopLevelMixin:
    """Groups by how much they change: where each stands now, on the way and at the end, largest rise first.

    Parameters
    ----------
    projection : Projection
        What is drawn.
    measure : str
        Name of a measure.
    by : str
        Axis whose levels get a row each.
    where : mapping, optional
        Axis to a value or list of values: only those children are drawn.
    years : (int, int), optional
        A January on the way, and the last.
    options
        Further arguments of the measure's method.

    Returns
    -------
    altair chart
        Shows itself as a picture; a direction is said only where 9 in 10 draws agree.

    Raises
    ------
    InputError
        If the measure has no such axis.

    Examples
    --------
    >>> chart = sf.plots.ranked(base, "demand", by="planning_area")
    """
    table = table_of(projection, measure, [by], where, **options)
    table = table[table.groupby(by)["p90"].transform("max") > 0]
    base_year = int(table["year"].min())
    ahead = years or on_the_way(table)
    rows = ranked_rows(table, by, base_year, ahead)
    names = [group_name(by, level) for level in rows[by]]
    phrases = [phrase(by, level) for level in rows[by]]
    subject = subject_of(projection, measure, where)
    title = ranked_title(rows, phrases, subject, plural(by), ahead[1])
    caption = caption_of(projection, table, measure)
    return draw_ranked(rows, names, title=title, caption=caption, base_year=base_year, years=ahead)


def on_the_way(table: pd.DataFrame) -> tuple[int, int]:
    """The January half-way (2030 if it lies between), and the last."""
    first, last = int(table["year"].min()), int(table["year"].max())
    return (2030 if first < 2030 < last else (first + last + 1) // 2), last


def districts(
    projection: Projection,
    measure: str = "demand",
    *,
    where: Mapping[str, object] | None = None,
    years: tuple[int, int] | None = None,
    hide_small: bool = True,
    **options: Any,
) -> alt.TopLevelMixin:
    """A map of home areas as bubbles on their centroids, as large as the measure in the last January.

    Parameters
    ----------
    projection : Projection
        Of inputs whose areas have latitude and longitude.
    measure : str
        Name of a measure by area: plans, new_plans, demand, placed, waiting, independent, or shortfall with
        ``kind="local"``.
    where : mapping, optional
        Axis to a value or list of values: only those children are drawn.
    years : (int, int), optional
        A January on the way, and the last.
    hide_small : bool
        Show what `release` would: areas that rest on fewer than 10 children in the base year are left out, and
        enough others that no total gives them away; figures are rounded to 5. A picture with all of them is for
        your eyes only.
    options
        Further arguments of the measure's method.

    Returns
    -------
    altair chart
        Shows itself as a picture: blue, clear rise; orange, clear fall; grey, no clear difference.

    Raises
    ------
    InputError
        If fewer than two areas have a position, or the measure has no areas.

    Examples
    --------
    >>> chart = sf.plots.districts(base, "demand")
    """
    inputs = inputs_of(projection)
    areas = located(inputs) if inputs is not None else pd.DataFrame(columns=["latitude", "longitude"])
    known = areas.dropna(subset=["latitude", "longitude"])
    if len(known) < 2:
        raise InputError(
            "a map needs two or more areas with latitude and longitude in table areas [no-positions]\n\n"
            "hint: sf.plots.ranked(projection, by='area') needs none"
        )
    table = table_of(projection, measure, ["area"], where, **options)
    base_year, ahead = int(table["year"].min()), years or on_the_way(table)
    shown = table
    if hide_small:
        # Totals are published elsewhere: no area may follow from them.
        totals = {str(by): table_of(projection, measure, by, where, **options) for by in ([], ["planning_area"])}
        shown = release({"areas": table, **totals}, projection)["areas"].figures()
    return draw_districts(
        shown,
        known,
        base_year=base_year,
        years=ahead,
        subject=subject_of(projection, measure, where),
        caption=caption_of(projection, table, measure),
    )


def need_against_places(
    projection: Projection, option: Projection, *, name: str | None = None, **options: Any
) -> alt.TopLevelMixin:
    """Specialist demand with its range, and two step lines of places: as they stand, and with an option.

    Parameters
    ----------
    projection, option : Projection
        As things stand, and under scenarios, of one fit, seed and draws.
    name : str, optional
        The option in a sentence; by default the names of its scenarios.
    options
        Further arguments of `shortfall`, such as ``where={"phase": "primary"}``.

    Returns
    -------
    altair chart
        Shows itself as a picture.

    Raises
    ------
    InputError
        If the projections have no sites.

    Examples
    --------
    >>> chart = sf.plots.need_against_places(base, option, name="400 new places")
    """
    before, after = projection.shortfall(**options), option.shortfall(**options)
    demand = projection.demand(**options)
    table = demand[["year", "p10", "p50", "p90"]].assign(
        places=before["places"].to_numpy(), places_option=after["places"].to_numpy()
    )
    caption = caption_of(projection, demand, "demand")
    base_year = int(table["year"].min())
    said = name or name_of(option)
    return draw_need_against_places(table, base_year=base_year, option=said, caption=caption)


def chances(
    projection: Projection,
    option: Projection,
    *,
    year: int | None = None,
    name: str | None = None,
    where: Mapping[str, object] | None = None,
) -> alt.TopLevelMixin:
    """The chance that places are short by more than a class, by phase and need group, without and with an option.

    Parameters
    ----------
    projection, option : Projection
        As things stand, and under scenarios, of one fit, seed and draws.
    year : int, optional
        January; half-way by default (2030 if it lies between).
    name : str, optional
        The option in a sentence; by default the names of its scenarios.
    where : mapping, optional
        Axis to a value or list of values: phases or need groups to draw.

    Returns
    -------
    altair chart
        Shows itself as a picture.

    Raises
    ------
    InputError
        If the projections have no sites.

    Examples
    --------
    >>> chart = sf.plots.chances(base, option, year=2027)
    """
    group = ["phase", "need_group"]
    before, after = projection.shortfall(group, where=where), option.shortfall(group, where=where)
    at = on_the_way(before)[0] if year is None else year
    table = before.assign(p_over_10_option=after["p_over_10"].to_numpy())
    # Nobody is short where nobody is counted; no place is for a need that is not recorded.
    table = table[(table["year"] == at) & (table["demand"] > 0) & (table["need_group"] != "unknown")]
    caption = [f"{CHANCE}.", *caption_of(projection, before[before["year"] == at], "shortfall")]
    return draw_chances(table, year=at, option=name or name_of(option), caption=caption)


def name_of(option: Projection) -> str:
    """The names of an option's scenarios."""
    return ", then ".join(each.name for each in option.scenarios) or "no change"
