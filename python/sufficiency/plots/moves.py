"""Moves between settings in a year: as a flow, and as a matrix of chances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency.errors import InputError
from sufficiency.plots.ages import SHADES
from sufficiency.plots.labels import apart
from sufficiency.plots.telling import group_name
from sufficiency.plots.theme import GREY, INK, NAVY, ORANGE, PLUM, TEAL, TEXT, finished
from sufficiency.words import about, within_sentence

if TYPE_CHECKING:
    import altair as alt

    from sufficiency.fitted import Fitted

FLOW_WIDTH, FLOW_HEIGHT, BAR, PAD = 380, 460, 14, 10
POINTS = 24  # of one ribbon's edge
LEAST_RIBBON = 0.6  # pixels: thinner ones would be hair, not figures
REST = "all other settings"
CELL = 62
MOST = 8
"""Settings that are shown by name: our choice, what one page can tell apart; the rest are put together."""
Frame = pd.DataFrame


def flow(fitted: Fitted | pd.DataFrame, *, where: Mapping[str, object] | None = None) -> alt.TopLevelMixin:
    """Where the children of each setting are expected to be a year later: ribbons as wide as their number.

    Parameters
    ----------
    fitted : Fitted or DataFrame
        A fitted model, or any frame with setting, to_setting and children, such as part of `Fitted.moves`.
    where : mapping, optional
        age or need to a value or list of values: only those children are drawn.

    Returns
    -------
    altair chart
        Shows itself as a picture; the eight largest settings by name.

    Raises
    ------
    InputError
        If nobody is left, or a column is missing.

    Examples
    --------
    >>> import sufficiency as sf
    >>> chart = sf.plots.flow(sf.fit(sf.sample("leeds")), where={"age": range(9, 11)})
    """
    import altair as alt

    moves = _moves(fitted, where)
    order = _order(moves)
    ribbons, bars = _ribbons(moves, order)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, FLOW_WIDTH], nice=False), axis=None)
    y = alt.Scale(domain=[FLOW_HEIGHT, 0], nice=False)
    colour = alt.Color("colour:N", scale=None)
    areas = (
        alt.Chart(ribbons)
        .mark_area(opacity=0.75)
        .encode(x=x, y=alt.Y("low:Q", scale=y, axis=None), y2="high:Q", detail="ribbon:N", color=colour)
    )
    ends = alt.Chart(bars).mark_rect(color=INK).encode(x=x, x2="x2:Q", y=alt.Y("low:Q", scale=y), y2="high:Q")
    sides: list[tuple[str, Any, int]] = [("from", "right", -8), ("to", "left", BAR + 8)]
    labels = [
        alt.Chart(bars[bars["side"] == side])
        .mark_text(align=align, dx=dx, fontSize=TEXT, clip=False)
        .encode(x=x, y=alt.Y("at:Q", scale=y), text="words:N")
        for side, align, dx in sides
    ]
    chart = alt.layer(areas, ends, *labels).properties(width=FLOW_WIDTH, height=FLOW_HEIGHT)
    moved = "Coloured ribbons: children who move or leave. Grey: those who stay."
    return finished(chart, moves_title(moves), [*_caption(fitted, where), moved])


def transitions(fitted: Fitted | pd.DataFrame, *, where: Mapping[str, object] | None = None) -> alt.TopLevelMixin:
    """A matrix of chances: of the children of each setting (rows), how many in 100 are in each a year later.

    Parameters
    ----------
    fitted : Fitted or DataFrame
        A fitted model, or any frame with setting, to_setting and children, such as part of `Fitted.moves`.
    where : mapping, optional
        age or need to a value or list of values: only those children are drawn.

    Returns
    -------
    altair chart
        Shows itself as a picture; the eight largest settings by name, percent of the children of a row.

    Raises
    ------
    InputError
        If nobody is left, or a column is missing.

    Examples
    --------
    >>> import sufficiency as sf
    >>> chart = sf.plots.transitions(sf.fit(sf.sample("leeds")))
    """
    import altair as alt

    moves = _moves(fitted, where)
    rows, columns = _order(moves), [*_order(moves), "left"]
    table = moves.pivot_table(
        index="setting", columns="to_setting", values="children", aggfunc="sum", fill_value=0.0
    )
    table = table.reindex(index=rows, columns=columns, fill_value=0.0)
    shares = 100 * table.div(table.sum(axis=1), axis=0)
    cells = shares.reset_index().melt(id_vars="setting", var_name="to_setting", value_name="share")
    shade = np.digitize(cells["share"], [1, 10, 40, 80])
    short = {code: f"{at + 1}" for at, code in enumerate(columns)}
    cells = cells.assign(
        shade=[SHADES[at] for at in shade],
        ink=["white" if at >= 3 else INK for at in shade],
        words=[
            "" if share < 0.05 else f"{share:.0f}" if share >= 9.95 else f"{share:.1f}" for share in cells["share"]
        ],
        row=[f"{_name(code)}  {short[code]}" for code in cells["setting"]],
        column=["left" if code == "left" else short[code] for code in cells["to_setting"]],
    )
    row_names = [f"{_name(code)}  {short[code]}" for code in rows]
    column_names = [*(short[code] for code in rows), "left"]
    x = alt.X("column:N", sort=column_names, title=None,
              axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False))  # fmt: skip
    y = alt.Y("row:N", sort=row_names, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False))
    base = alt.Chart(cells).encode(x=x, y=y)
    chart = alt.layer(
        base.mark_rect(stroke="white", strokeWidth=2).encode(color=alt.Color("shade:N", scale=None)),
        base.mark_text(fontSize=TEXT).encode(text="words:N", color=alt.Color("ink:N", scale=None)),
    ).properties(width=CELL * len(columns), height=38 * len(rows))
    reads = "Each row adds to 100 children of a setting; columns have the numbers of the rows. Blank: under 0.05."
    return finished(chart, moves_title(moves), [*_caption(fitted, where), reads])


def moves_title(moves: pd.DataFrame) -> str:
    """Which move between two settings is largest, beside those who stay or leave."""
    whole = float(moves["children"].sum())
    stay = float(moves.loc[moves["setting"] == moves["to_setting"], "children"].sum())
    between = moves[(moves["setting"] != moves["to_setting"]) & (moves["to_setting"] != "left")]
    between = between[(between[["setting", "to_setting"]] != REST).all(axis=1)]
    said = f"{100 * stay / whole:.0f} in 100 children stay in their setting for another year"
    if between.empty or float(between["children"].max()) < 1:
        return said
    most = between.sort_values("children").iloc[-1]
    pair = f"{within_sentence(_name(most['setting']))} to {within_sentence(_name(most['to_setting']))}"
    return f"{said}; the largest move is from {pair}, about {about(most['children'])} a year"


def _moves(fitted: Fitted | pd.DataFrame, where: Mapping[str, object] | None) -> pd.DataFrame:
    """Children by setting and setting a year later, small settings put together."""
    moves = fitted if isinstance(fitted, pd.DataFrame) else fitted.moves()
    needed = {"setting", "to_setting", "children", *(where or {})}
    if not needed <= set(moves):
        raise InputError(f"moves need a column {sorted(needed - set(moves))[0]} [missing-column]")
    for axis, value in (where or {}).items():
        several = isinstance(value, (list, tuple, set, frozenset, range))
        moves = moves[moves[axis].isin(list(value) if several else [value])]  # type: ignore[call-overload]
    if moves.empty:
        raise InputError("no children are left to draw [nothing-to-draw]")
    sizes = moves.groupby("setting")["children"].sum().sort_values(ascending=False)
    named = {*sizes.index[:MOST], "left"}
    if len(sizes) == MOST + 1:
        named.add(sizes.index[MOST])
    kept = {side: moves[side].where(moves[side].isin(named), REST) for side in ("setting", "to_setting")}
    return moves.assign(**kept).groupby(["setting", "to_setting"])["children"].sum().reset_index()


def _order(moves: pd.DataFrame) -> list[str]:
    """Settings, largest first, the rest last."""
    sizes = moves.groupby("setting")["children"].sum().sort_values(ascending=False)
    return [*(code for code in sizes.index if code != REST), *([REST] if REST in sizes.index else [])]


def _name(code: object) -> str:
    return REST.capitalize() if code == REST else "Left" if code == "left" else group_name("setting", code)


def _ribbons(moves: pd.DataFrame, order: list[str]) -> tuple[Frame, Frame]:
    """Edges of the ribbons and the bars at both ends, in pixels."""
    ends = [*order, "left"]
    sides = {
        "from": moves.groupby("setting")["children"].sum().reindex(order),
        "to": moves.groupby("to_setting")["children"].sum().reindex(ends, fill_value=0.0),
    }
    pixels = (FLOW_HEIGHT - PAD * len(ends)) / float(moves["children"].sum())
    tops, bars = {}, []
    for side, sizes in sides.items():
        down = 0.0
        rows = []
        for code, size in sizes.items():
            tops[side, code] = down
            rows.append(
                {"side": side, "low": down, "high": down + size * pixels, "words": f"{_name(code)} {about(size)}"}
            )
            down += size * pixels + PAD
        middles = [(row["low"] + row["high"]) / 2 for row in rows]
        at = apart(middles, 20.0, 0.0, FLOW_HEIGHT + 10.0)
        x = 0.0 if side == "from" else FLOW_WIDTH - BAR
        bars += [row | {"at": place, "x": x, "x2": x + BAR} for row, place in zip(rows, at, strict=True)]
    share = np.linspace(0.0, 1.0, POINTS)
    smooth = share * share * (3 - 2 * share)
    colours = dict(zip(order, [NAVY, TEAL, PLUM, ORANGE] * 3, strict=False))
    held = moves.set_index(["setting", "to_setting"])["children"]
    parts = []
    for setting in order:
        for to in ends:
            n = float(held.get((setting, to), 0.0)) * pixels
            if n < LEAST_RIBBON:
                tops["from", setting] += n
                tops["to", to] += n
                continue
            start, end = tops["from", setting], tops["to", to]
            tops["from", setting] += n
            tops["to", to] += n
            low = start + (end - start) * smooth
            colour = GREY if setting == to else colours[setting]
            across = BAR + (FLOW_WIDTH - 2 * BAR) * share
            parts.append(
                pd.DataFrame(
                    {"x": across, "low": low, "high": low + n, "ribbon": f"{setting}>{to}", "colour": colour}
                )
            )
    return pd.concat(parts, ignore_index=True), pd.DataFrame(bars)


def _caption(fitted: Any, where: Mapping[str, object] | None) -> list[str]:
    limits = [f"{axis} {_said(value)}" for axis, value in (where or {}).items()]
    within = f" ({', '.join(limits)})" if limits else ""
    if isinstance(fitted, pd.DataFrame):
        return [f"Children with a plan{within}, by required setting, now and a year later."]
    given = fitted._recipe.get("inputs")
    place = given.name if given is not None else "the authority"
    year = fitted.base_year
    return [
        f"Children with a plan{within}, by required setting: expected moves, {place}, January {year} to "
        f"{year + 1}.",
        "Expectation at the mean of every rate; new plans are not in it. Source: the fitted model.",
    ]


def _said(value: object) -> str:
    if isinstance(value, range):
        return f"{value[0]} to {value[-1]}"
    several = isinstance(value, (list, tuple, set, frozenset))
    return " and ".join(map(str, value)) if several else str(value)  # type: ignore[call-overload]
