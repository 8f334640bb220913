"""Chances, ranges and differences in words that are true."""

from __future__ import annotations

from typing import Any

from sufficiency.words import about, change, more_or_fewer

DOTS = 20
UNCLEAR = "no clear difference"
BASE = "As things stand"
FUTURES = "simulated futures under these assumptions"


def in_ten(chance: float) -> str:
    """A chance as a reader expects it: `about 9 in 10`."""
    if chance <= 0.02:
        return "hardly ever"
    if chance >= 0.98:
        return "almost always"
    return f"about {max(1, min(9, round(10 * chance)))} in 10"


def in_futures(chance: float) -> str:
    """A chance inside a sentence: `in about 9 in 10 futures`."""
    words = {"hardly ever": "in hardly any future", "almost always": "in almost all futures"}
    return words.get(in_ten(chance), f"in {in_ten(chance)} futures")


def filled_dots(chance: float) -> int:
    """How many of twenty dots are filled: all or none only where the words say almost always or hardly ever."""
    ends = {"hardly ever": 0, "almost always": DOTS}
    return ends.get(in_ten(chance), max(1, min(DOTS - 1, round(DOTS * chance))))


def dots(chance: float) -> str:
    """Twenty dots, as many filled as futures of twenty."""
    filled = filled_dots(chance)
    return "●" * filled + "○" * (DOTS - filled)


def range_of(row: Any) -> str:
    """The 8-in-10 range of a figure."""
    low, high = about(row["p10"]), about(row["p90"])
    return low if low == high else f"{low} to {high}"


def clear(row: Any) -> bool:
    """Whether the 8-in-10 range of a paired difference lies on one side of zero."""
    return not float(row["p10"]) <= 0 <= float(row["p90"])


def difference(row: Any) -> str:
    """A paired difference in children; no clear difference where its 8-in-10 range spans zero."""
    if not clear(row):
        return UNCLEAR
    low, high = change(float(row["p10"])), change(float(row["p90"]))
    return f"{more_or_fewer(float(row['p50']))} ({low} to {high})"


def money(row: Any) -> str:
    """A paired difference in thousand pounds a year, said in million pounds."""
    if not clear(row):
        return UNCLEAR
    sizes = sorted([abs(float(row["p10"])) / 1000, abs(float(row["p90"])) / 1000])
    middle = f"about £{abs(float(row['p50'])) / 1000:,.1f} million a year {'less' if row['p90'] < 0 else 'more'}"
    return f"{middle} ({sizes[0]:,.1f} to {sizes[1]:,.1f})"


def listed(names: list[str], word: str = "and") -> str:
    """Names in a sentence: `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
