"""How objects show themselves in a notebook: tables with a caption, and heads that say what they are heads of."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def html_table(caption: str, table: pd.DataFrame, *, row_heads: int = 1, decimals: int = 0) -> str:
    """A frame as an accessible HTML table.

    Parameters
    ----------
    caption : str
        What the table shows.
    table : DataFrame
        Its columns become heads; the first `row_heads` of a row become row heads.
    row_heads : int
        Columns that say what a row is.
    decimals : int
        Decimals of figures that are not whole by type.
    """
    heads = "".join(f'<th scope="col">{html.escape(_words(head))}</th>' for head in table.columns)
    body = "".join(
        "<tr>" + "".join(_cell(value, at < row_heads, decimals) for at, value in enumerate(row)) + "</tr>"
        for row in table.itertuples(index=False)
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def html_list(title: str, items: Sequence[tuple[str, str]]) -> str:
    """Slugs and what they mean, under a title; nothing if there are none."""
    rows = "".join(f"<li><code>{html.escape(slug)}</code>: {html.escape(says)}</li>" for slug, says in items)
    return f"<p>{html.escape(title)}</p><ul>{rows}</ul>" if rows else ""


def shown_years(first: int, last: int) -> list[int]:
    """Now, half-way, and the last January."""
    return sorted({first, (first + last + 1) // 2, last})


def _words(head: object) -> str:
    return str(head).replace("_", " ")


def _cell(value: Any, is_head: bool, decimals: int) -> str:
    figure = isinstance(value, (float, np.floating))
    text = "" if figure and np.isnan(value) else f"{value:,.{decimals}f}" if figure else str(value)
    head = '<th scope="row">' if is_head else "<td>"
    return f"{head}{html.escape(text)}{'</th>' if is_head else '</td>'}"
