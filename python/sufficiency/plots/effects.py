"""Effects: what changes a figure, largest first (tornado), and paired differences by group (dots)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.errors import InputError
from sufficiency.plots.telling import SUBJECTS, UNITS, group_name, phrase, place_of, source_of, table_of
from sufficiency.plots.theme import GREY, INK, NAVY, NAVY_LIGHT, ORANGE, QUIET, TEXT, finished
from sufficiency.words import about, change, direction

if TYPE_CHECKING:
    import altair as alt

    from sufficiency.comparison import Comparison
    from sufficiency.explain import Explanation

PLOT_WIDTH, ROW_HEIGHT = 330, 36
FILL = {"rise": NAVY, "fall": ORANGE, "unclear": GREY}
READS = "Dot: middle of the draws. Line: 8 in 10 of them. Blue, more; orange, fewer; grey, no clear difference."


def tornado(
    effects: Mapping[str, Comparison] | Explanation | pd.DataFrame,
    measure: str = "shortfall",
    *,
    year: int | None = None,
    title: str | None = None,
    caption: Sequence[str] = (),
    **options: Any,
) -> alt.TopLevelMixin:
    """What moves a figure most: one bar an effect, largest first, with the range of each.

    Parameters
    ----------
    effects : mapping of str to Comparison, Explanation, or DataFrame
        Comparisons by name, each of the same first projection; the parts that `explain` found, of everybody; or
        any frame of effects: a column of names (``effect``, ``factor``, ``scenario``, ``part`` or the first one of
        text) and either p10, p50, p90 or low, middle, high, or mean alone.
    measure : str
        Measure of the comparisons; not used with the others.
    year : int, optional
        January; the last one by default. With a frame that has a column year, its rows of that year are drawn.
    title, caption : str, sequence of str, optional
        Instead of the ones computed from the figures; a frame's caption can only come from you.
    options
        Further arguments of the measure's method, such as ``kind="local"`` or ``where={"need": "ASD"}``.

    Returns
    -------
    altair chart
        Shows itself as a picture.

    Raises
    ------
    InputError
        If the frame lacks a column of names or figures.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame({"effect": ["age", "growth"], "low": [-9, 60], "middle": [-4, 80], "high": [1, 99]})
    >>> chart = sf.plots.tornado(parts, title="New plans matter most", caption=["Made for this example."])
    """
    if isinstance(effects, Mapping):
        if not effects:
            raise InputError("a tornado needs at least one comparison [nothing-to-compare]")
        first = next(iter(effects.values()))
        at = int(first.recipe["to"]) if year is None else year
        rows = pd.concat([_of_comparison(name, each, measure, at, options) for name, each in effects.items()])
        said, unit = _caption(first, measure, at, "each option"), UNITS.get(measure, "children")
    elif isinstance(effects, pd.DataFrame):
        rows, said, unit = _of_frame(effects, year), [], "children"
    else:
        rows, said, unit = _of_explanation(effects)
    rows = rows.iloc[rows["middle"].abs().argsort(kind="stable")[::-1]].reset_index(drop=True)
    return _bars(rows, title or tornado_title(rows, unit), [*(caption or said), _reads("Bar")], bars=True)


def tornado_title(rows: pd.DataFrame, unit: str) -> str:
    """Which effect is largest among the clear ones."""
    clear = rows[
        [direction(0, low, high) != "unclear" for low, high in zip(rows["low"], rows["high"], strict=True)]
    ]
    if clear.empty:
        return f"None of the {len(rows)} effects makes a clear difference"
    top = clear.iloc[0]
    return f"{top['name']} matters most: {change(float(top['middle']))} {unit} ({_range(top)})"


def differences(
    comparison: Comparison,
    measure: str = "shortfall",
    by: str | None = None,
    *,
    year: int | None = None,
    where: Mapping[str, object] | None = None,
    **options: Any,
) -> alt.TopLevelMixin:
    """What a scenario changes, paired draw by draw: a dot with its range for each group or each January.

    Parameters
    ----------
    comparison : Comparison
        From `compare`: the second projection less the first.
    measure : str
        Name of a measure.
    by : str, optional
        Axis whose levels get a row each; without it each January gets one.
    year : int, optional
        January of the groups; the last by default.
    where : mapping, optional
        Axis to a value or list of values: only those children are drawn.
    options
        Further arguments of the measure's method, such as ``kind="local"``.

    Returns
    -------
    altair chart
        Shows itself as a picture. Where the range of 8 in 10 spans zero a row says that there is no clear
        difference.

    Raises
    ------
    InputError
        If the measure has no such axis.

    Examples
    --------
    >>> chart = sf.plots.differences(change, "waiting")
    """
    at = int(comparison.recipe["to"]) if year is None else year
    table = table_of(comparison, measure, [] if by is None else [by], where, **options)
    if by is None:
        shown = table[table["year"] > table["year"].min()]
        names = [f"January {january}" for january in shown["year"]]
    else:
        shown = table[table["year"] == at]
        shown = shown[shown[["p10", "p50", "p90"]].abs().max(axis=1) > 0]
        names = [group_name(by, level) for level in shown[by]]
    if shown.empty:
        raise InputError(f"nothing differs by {by} in {at} [nothing-to-compare]")
    rows = _rows(names, shown)
    if by is not None:
        rows["phrase"] = [phrase(by, level) for level in shown[by]]
    title = differences_title(rows, measure, place_of(comparison.first), by is None)
    return _bars(rows, title, [*_caption(comparison, measure, at if by else None), _reads("Dot")], bars=False)


def differences_title(rows: pd.DataFrame, measure: str, place: str, by_year: bool) -> str:
    """What the last January says, or in how many groups the difference is clear."""
    ways = [direction(0, low, high) for low, high in zip(rows["low"], rows["high"], strict=True)]
    subject = f"{SUBJECTS[measure]} in {place}"
    unit = UNITS.get(measure, "children")
    if by_year:
        end, name = rows.iloc[-1], rows["name"].iloc[-1]
        if ways[-1] == "unclear":
            return f"{subject}: no clear difference by {name}"
        size = f"about {about(abs(float(end['middle'])))}" + ("" if unit == "children" else f" {unit}")
        return f"{subject} is {size} {'higher' if ways[-1] == 'rise' else 'lower'} by {name}"
    clear = [at for at, way in enumerate(ways) if way != "unclear"]
    if not clear:
        return f"{subject}: no clear difference in any of {len(ways)} groups"
    most = rows.iloc[max(clear, key=lambda at: abs(float(rows["middle"].iloc[at])))]
    return (
        f"{subject} changes most {most['phrase']}: {change(float(most['middle']))} {unit}; "
        f"clear in {len(clear)} of {len(ways)} groups"
    )


def _reads(mark: str) -> str:
    return READS.replace("Dot", mark, 1)


def _rows(names: Sequence[str], table: pd.DataFrame) -> pd.DataFrame:
    columns = {"low": "p10", "middle": "p50", "high": "p90"}
    return pd.DataFrame({"name": list(names)} | {new: table[old].to_numpy() for new, old in columns.items()})


def _of_comparison(name: str, each: Comparison, measure: str, year: int, options: dict[str, Any]) -> pd.DataFrame:
    options = dict(options)
    table = table_of(each, measure, None, options.pop("where", None), **options)
    return _rows([name], table[table["year"] == year])


def _of_explanation(explanation: Explanation) -> tuple[pd.DataFrame, list[str], str]:
    """Rows of the factors that can matter, the caption, and the unit."""
    table, about_it = explanation.table(), explanation.attrs
    if table["factor"].duplicated().any():
        raise InputError("a tornado takes parts of everybody: explain without by [too-many-panels]")
    table = table[table["note"] == ""]
    measure, scenario = str(about_it["measure"]), ", then ".join(about_it["scenario"])
    said = [
        f"What moved {measure.replace('_', ' ')} from January {about_it['from_year']} to {about_it['to_year']}"
        f"{f' under {scenario}' if scenario else ''}: parts that add to the change in every draw.",
        f"Measure: {about_it['basis']}. {about_it['draws']:,} simulated futures. Source: the projection's recipe.",
    ]
    return _rows([name.capitalize() for name in table["factor"]], table), said, UNITS.get(measure, "children")


def _of_frame(effects: Any, year: int | None) -> pd.DataFrame:
    frame = pd.DataFrame(effects)
    if year is not None and "year" in frame:
        frame = frame[frame["year"] == year]
    text = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    named = next(
        (name for name in ("effect", "factor", "scenario", "part", "name") if name in frame),
        next(iter(text), None),
    )
    sets = (("p10", "p50", "p90"), ("low", "middle", "high"), ("mean", "mean", "mean"), ("effect_size",) * 3)
    figures = next((each for each in sets if set(each) <= set(frame.columns)), None)
    if named is None or figures is None:
        raise InputError(
            f"effects have columns {', '.join(map(str, frame.columns))}; a tornado needs one of names, and p10, "
            "p50, p90 or low, middle, high or mean [missing-column]"
        )
    values = {
        new: frame[old].astype(float).to_numpy()
        for new, old in zip(("low", "middle", "high"), figures, strict=True)
    }
    return pd.DataFrame({"name": [str(name) for name in frame[named]]} | values)


def _caption(comparison: Comparison, measure: str, year: int | None, second: str | None = None) -> list[str]:
    about_it, first = comparison.recipe, comparison.first
    period = f"January {year}" if year else f"January {about_it['base_year'] + 1} to {about_it['to']}"
    second = second or ", then ".join(about_it["second"]) or "as things stand"
    before = ", then ".join(about_it["scenario"]) or "as things stand"
    unit = UNITS.get(measure, "children")
    return [
        f"{measure.replace('_', ' ').capitalize()}, {unit}: {second}, less {before}. {place_of(first)}, {period}.",
        f"{about_it['draws']:,} simulated futures, paired draw by draw. {source_of(first)}",
    ]


def _range(row: Any) -> str:
    return f"{change(float(row['low']))} to {change(float(row['high']))}"


def _bars(rows: pd.DataFrame, title: str, caption: list[str], *, bars: bool) -> alt.TopLevelMixin:
    """A row an effect: its range as a line, its middle as a dot or a bar from zero, and both in words."""
    import altair as alt

    ways = [direction(0, low, high) for low, high in zip(rows["low"], rows["high"], strict=True)]
    words = [
        "no clear difference" if way == "unclear" else _words(row)
        for way, row in zip(ways, rows.to_dict("records"), strict=True)
    ]
    rows = rows.assign(colour=[FILL[way] for way in ways], words=words, zero=0.0)
    ends = [0.0, float(rows["low"].min()), float(rows["high"].max())]
    room = (max(ends) - min(ends)) * 0.03 or 1.0
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room], nice=False)
    axis = alt.Axis(labelExpr="datum.value == 0 ? '0' : format(datum.value, '+,.0f')", tickCount=4)
    y = alt.Y("name:N", sort=list(rows["name"]), title=None,
              axis=alt.Axis(labelLimit=230, labelPadding=10, domain=False, ticks=False))  # fmt: skip
    x = alt.X("middle:Q", scale=scale, title=None, axis=axis)
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(rows).encode(y=y)
    span = base.encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    if bars:
        marks = [
            base.mark_bar(size=20).encode(x=x, x2="zero:Q", color=colour),
            span.mark_rule(strokeWidth=6, color="white"),
            span.mark_rule(strokeWidth=3, color=INK),
        ]
    else:
        dots = base.mark_point(size=120, filled=True, opacity=1, stroke=INK, strokeWidth=1)
        marks = [span.mark_rule(strokeWidth=9, color=NAVY_LIGHT), dots.encode(x=x, color=colour)]
    nought = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=QUIET, strokeWidth=2)
    words_beside = base.mark_text(align="left", fontSize=TEXT, clip=False)
    layers = [
        *marks,
        nought.encode(x=alt.X("at:Q", scale=scale)),
        words_beside.encode(x=alt.value(PLOT_WIDTH + 12), text="words:N"),
    ]
    whole = alt.layer(*layers).properties(width=PLOT_WIDTH, height=ROW_HEIGHT * len(rows))
    return finished(whole, title, caption)


def _words(row: dict[Any, Any]) -> str:
    middle = change(row["middle"])
    span = _range(row)
    return middle if span == f"{middle} to {middle}" else f"{middle} ({span})"
