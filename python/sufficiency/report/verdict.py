"""Whether places are short: one rule, from which every title and sentence on it is made."""

from __future__ import annotations

from typing import Any, Literal

from sufficiency.report.say import FUTURES, capital, in_futures
from sufficiency.words import about

Verdict = Literal["short", "enough", "unclear"]
SURE = 0.9  # our choice: nine futures in ten on one side, as everywhere on the page


def verdict(row: Any) -> Verdict:
    """Short, if at least nine futures in ten lack more than a class of 10; enough, if at most one in ten does.

    The chance of any shortfall at all nears 1 when cells are added up, so a total is judged by a class.
    """
    chance = float(row["p_over_10"])
    if chance >= SURE:
        return "short"
    return "enough" if chance <= 1 - SURE else "unclear"


def verdict_title(row: Any, year: int) -> str:
    """The verdict as a heading."""
    return {
        "short": f"Places are short in {year}",
        "enough": f"There are enough places in {year}",
        "unclear": f"Whether there are enough places in {year} is unclear",
    }[verdict(row)]


def verdict_sentence(row: Any, year: int, with_option: str = "") -> str:
    """The verdict with its chance and its size, in a sentence."""
    name = f"with {with_option}" if with_option else "as things stand"
    chance = in_futures(float(row["p_over_10"]))
    if verdict(row) == "enough":
        return f"In {year}, {name}, places are enough in at least 9 in 10 {FUTURES}, give or take a class of 10."
    size = f"about {about(row['p50'])} children ({about(row['p10'])} to {about(row['p90'])} in 8 of 10 futures)"
    if verdict(row) == "short":
        return (
            f"In {year}, {name}, {size} would be without a place of the right kind. "
            f"{capital(chance)} more than a class of 10 are short."
        )
    return (
        f"In {year}, {name}, it is unclear whether there are enough: more than a class of 10 are short {chance}, "
        f"and half of the futures are short by {about(row['p50'])} or more."
    )
