"""Back-tests as pictures: how often what came lay inside the range, and past forecasts beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.plots.theme import GREY, INK, NAVY, NAVY_LIGHT, ORANGE, QUIET, TEXT, finished

if TYPE_CHECKING:
    import altair as alt

    from sufficiency.backtest import Backtest

OURS = "sufficiency"
PANEL_WIDTH, ROW_HEIGHT = 140, 34
MOST_PANELS = 3
PLOT_WIDTH, PLOT_HEIGHT = 560, 340
PARTS = {"total": "All plans", "special": "Special schools"}


def coverage(backtest: Backtest, interval: int = 90) -> alt.TopLevelMixin:
    """How often what came lay inside the range that was forecast, by part and years ahead.

    Parameters
    ----------
    backtest : Backtest
        From `backtest`.
    interval : {50, 80, 90, 95}
        Which central range, in percent.

    Returns
    -------
    altair chart
        Shows itself as a picture: a row a part, a panel a horizon (the first three), and the share that the range
        promises as a line. Left of the line the ranges were too narrow.

    Raises
    ------
    InputError
        If there is no such range.

    Examples
    --------
    >>> import sufficiency as sf
    >>> result = sf.backtest(sf.sample("leeds"), origins=[2021], horizons=[1], draws=50, seed=1, progress=False)
    >>> chart = sf.plots.coverage(result)
    """
    import altair as alt

    column = f"cover_{interval}"
    scores = backtest.scores()
    if column not in scores:
        raise InputError(f"interval must be 50, 80, 90 or 95, got {interval} [unknown-interval]")
    ours = scores[scores["model"] == OURS]
    horizons = sorted(ours["horizon"].unique())[:MOST_PANELS]
    order = [_part_name(part) for part in dict.fromkeys(ours["part"])]
    panels = []
    for position, horizon in enumerate(horizons):
        rows = ours[ours["horizon"] == horizon].assign(share=lambda each: each[column])
        rows = rows.assign(
            name=[_part_name(part) for part in rows["part"]],
            words=[f"{share:.0%}" for share in rows["share"]],
            colour=[NAVY if share >= interval / 100 else ORANGE for share in rows["share"]],
            promised=interval / 100,
        )
        panels.append(_panel(rows, order, int(horizon), first=position == 0))
    title = coverage_title(ours, interval, int(horizons[-1]))
    return finished(alt.hconcat(*panels, spacing=62), title, _coverage_caption(backtest, ours, interval))


def coverage_title(ours: pd.DataFrame, interval: int, horizon: int) -> str:
    """How often all plans lay inside the range at the furthest horizon, beside what the range promises."""
    total = ours[(ours["part"] == "total") & (ours["horizon"] == horizon)]
    row = total.iloc[0] if len(total) else ours.iloc[-1]
    share = float(row[f"cover_{interval}"])
    held = "" if share >= interval / 100 else ": too narrow"
    ahead = "a year" if horizon == 1 else f"{horizon} years"
    n = f"{row['n']:.0f} forecasts" if row["n"] != 1 else "one forecast"
    return (
        f"{ahead.capitalize()} ahead the {interval}% range held {share:.0%} of the time in {n} of all plans{held}"
    )


def _coverage_caption(backtest: Backtest, ours: pd.DataFrame, interval: int) -> list[str]:
    forecasts = backtest.forecasts[backtest.forecasts["model"] == OURS]
    origins = sorted(forecasts["origin"].unique())
    several = (
        f"{forecasts['authority'].nunique()} authorities"
        if forecasts["authority"].nunique() > 1
        else "one authority"
    )
    return [
        f"Share of forecasts whose {interval}% range held the number of plans that came: {several}, origins "
        f"January {origins[0]} to {origins[-1]}.",
        f"Line: the {interval}% that the range promises. Orange: held less often than that. "
        f"At most {ours['n'].max():.0f} forecasts a dot: few, so that one miss moves it far."
        if ours["n"].max() < 20
        else f"Line: the {interval}% that the range promises. Orange: held less often than that.",
        "Source: the tables of the back-test; each forecast used what was known at its origin.",
    ]


def _panel(rows: pd.DataFrame, order: list[str], horizon: int, *, first: bool) -> Any:
    import altair as alt

    axis = alt.Axis(labelLimit=200, labelPadding=10, domain=False, ticks=False) if first else None
    y = alt.Y("name:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
    scale = alt.Scale(domain=[-0.06, 1.06], nice=False)
    ticks = alt.Axis(format="%", values=[0, 0.5, 1], labelFlush=False, domain=False)
    x = alt.X("share:Q", scale=scale, title=None, axis=ticks)
    base = alt.Chart(rows).encode(y=y)
    promise = alt.Chart(rows.iloc[[0]]).mark_rule(color=QUIET, strokeWidth=2, strokeDash=[5, 4])
    dots = base.mark_point(size=130, filled=True, opacity=1, stroke=INK, strokeWidth=1)
    words = base.mark_text(align="left", fontSize=TEXT, clip=False)
    ahead = "1 year ahead" if horizon == 1 else f"{horizon} years ahead"
    return alt.layer(
        promise.encode(x=alt.X("promised:Q", scale=scale)),
        dots.encode(x=x, color=alt.Color("colour:N", scale=None)),
        words.encode(x=alt.value(PANEL_WIDTH + 8), text="words:N"),
    ).properties(
        width=PANEL_WIDTH,
        height=ROW_HEIGHT * len(order),
        title=alt.TitleParams(ahead, fontSize=TEXT, offset=8, anchor="start"),
    )


def outturn(backtest: Backtest, part: str = "total", *, authority: str | None = None) -> alt.TopLevelMixin:
    """Past forecasts beside what came: for each origin the middle and the 90% range, and the counts as points.

    Parameters
    ----------
    backtest : Backtest
        From `backtest`.
    part : str
        A part of the plans that was forecast: total, an age group such as ``"5-10"``, or special.
    authority : str, optional
        Code of the authority, if there are several; the first by default.

    Returns
    -------
    altair chart
        Shows itself as a picture; children with a plan by January.

    Raises
    ------
    InputError
        If there is no forecast of the part or authority.

    Examples
    --------
    >>> import sufficiency as sf
    >>> result = sf.backtest(sf.sample("leeds"), origins=[2021], horizons=[1], draws=50, seed=1, progress=False)
    >>> chart = sf.plots.outturn(result, "special")
    """
    import altair as alt

    ours = backtest.forecasts[(backtest.forecasts["model"] == OURS) & (backtest.forecasts["part"] == part)]
    code = authority if authority is not None else next(iter(ours["authority"]), None)
    rows = ours[ours["authority"] == code].sort_values(["origin", "horizon"])
    if rows.empty:
        parts = ", ".join(map(str, dict.fromkeys(backtest.forecasts["part"])))
        raise InputError(f"no forecasts of part {part}, authority {code}; parts are {parts} [unknown-part]")
    counted, fans = _counted_and_fans(rows)
    first, last = int(counted["year"].min()), int(counted["year"].max())
    low = float(min(fans["p5"].min(), counted["count"].min()))
    high = float(max(fans["p95"].max(), counted["count"].max()))
    foot = max(0.0, low - (high - low) * 0.15)
    years = alt.Axis(format="d", values=list(range(first, last + 1)), grid=False)
    x = alt.X("year:Q", title=None, scale=alt.Scale(domain=[first - 0.3, last + 0.3], nice=False), axis=years)
    y = alt.Scale(domain=[foot, high + (high - low) * 0.1], nice=False)
    axis = alt.Axis(format=",.0f", tickCount=5, domain=False, ticks=False)
    base = alt.Chart(fans).encode(x=x, detail="origin:N")
    band = base.mark_area(color=NAVY_LIGHT, opacity=0.7, stroke=GREY)
    count = alt.Y("count:Q", scale=y)
    end = counted[counted["year"] == last]
    label = alt.Chart(end.assign(words=[f"{n:,.0f} came" for n in end["count"]]))
    layers = [
        band.encode(y=alt.Y("p5:Q", scale=y, title=None, axis=axis), y2="p95:Q"),
        base.mark_line(color=NAVY, strokeWidth=2.5).encode(y=alt.Y("p50:Q", scale=y)),
        alt.Chart(counted).mark_point(size=75, filled=True, color=INK, opacity=1).encode(x=x, y=count),
        label.mark_text(align="left", dx=12, clip=False, fontWeight="bold").encode(x=x, y=count, text="words:N"),
    ]
    cut = " The axis does not start at 0." if foot > 0 else ""
    caption = [
        f"Children with a plan, {_part_name(part).lower()}, authority {code}, January {first} to {last}.{cut}",
        "Points: counted. Line and band: middle and 90% range of each forecast, with what was known at its start.",
        "Source: the tables of the back-test.",
    ]
    whole = alt.layer(*layers).properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)
    return finished(whole, outturn_title(rows), caption)


def _counted_and_fans(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts by January, and each forecast from the count at its origin on."""
    starts, target = rows.drop_duplicates("origin"), rows["origin"] + rows["horizon"]
    begun = pd.DataFrame({"year": starts["origin"], "count": starts["stock"]})
    came = pd.DataFrame({"year": target, "count": rows["actual"]})
    counted = pd.concat([begun, came]).drop_duplicates("year").sort_values("year")
    at_start = {name: starts["stock"] for name in ("p5", "p50", "p95")}  # noqa: C420
    opening = pd.DataFrame({"origin": starts["origin"], "year": starts["origin"]} | at_start)
    fans = pd.concat([opening, rows.assign(year=target)[list(opening)]])
    return counted, fans.sort_values(["origin", "year"])


def outturn_title(rows: pd.DataFrame) -> str:
    """How many forecasts held, and by how much the middle of the furthest ones missed."""
    held, of = int(rows["in_90"].sum()), len(rows)
    furthest = rows[rows["horizon"] == rows["horizon"].max()]
    miss = float((furthest["p50"] / furthest["actual"] - 1).abs().mean())
    ahead = int(furthest["horizon"].iloc[0])
    return (
        f"{held} of {of} forecasts held what came within their 90% range; "
        f"{ahead} year{'s' if ahead > 1 else ''} ahead the middle was {miss:.0%} off"
    )


def _part_name(part: object) -> str:
    text = str(part)
    if text[:1].isdigit():
        return f"Ages {text.replace('-', ' to ')}"
    return PARTS.get(text, text[:1].upper() + text[1:].replace("_", " "))
