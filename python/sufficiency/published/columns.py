"""The publisher's words to our codes: settings, needs and ages.

Codes belong in a dated table because publishers change them: ``dfe_columns.csv`` beside this file.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

OLDEST_AGE = 25
"""Last age an EHC plan can run to (Children and Families Act 2014, section 83: 0 to 25)."""

_AGE_WORDS = re.compile(r"\bage[ds]?\b|\byears?\b|\bold\b")


def plain_words(label: str) -> str:
    """A label without case, long dashes and stray blanks, so that wordings of two releases meet."""
    return " ".join(label.replace("\u2013", "-").replace("\u2014", "-").casefold().split())


@cache
def _codes(kind: str) -> dict[str, str]:
    text = resources.files(__package__).joinpath("dfe_columns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {plain_words(row["label"]): row["code"] for row in rows if row["kind"] == kind}


def leaf_settings() -> dict[str, str]:
    """Leaf column of the release -> our setting code; the columns are disjoint, so they add."""
    return dict(_codes("column"))


def establishment_settings() -> dict[str, str]:
    """``establishment_type`` of the 2010-2022 files, in plain words -> our setting code."""
    return dict(_codes("establishment"))


def placement_label_settings() -> dict[str, str]:
    """Placement wording of the needs and ceased files, in plain words -> our setting code.

    Look labels up through `plain_words`: ``Special - academy/free school`` and
    ``Special - Academy/free schools`` are one setting worded twice.
    """
    return dict(_codes("wording"))


def need_codes() -> dict[str, str]:
    """Need as the release writes it after ``number_`` -> our need code."""
    return dict(_codes("need"))


def age_code(label: str) -> str | None:
    """Our age (``7``, ``0-2``, ``all``) for an age label of the release; None if unknown.

    >>> [age_code(text) for text in ("under 3", "Age 5 to 10", "age 20 and over", "Aged 7")]
    ['0-2', '5-10', '20-25', '7']
    """
    words = " ".join(_AGE_WORDS.sub(" ", plain_words(label)).replace("-", " to ").split())
    if words == "total":
        return "all"
    patterns = (
        (r"under (\d+)", lambda first, _: (0, first - 1)),
        (r"(\d+) (?:and|or) (?:under|younger)", lambda first, _: (0, first)),
        (r"(\d+) (?:and|or) (?:over|older|more)", lambda first, _: (first, OLDEST_AGE)),
        (r"(\d+) to (\d+)", lambda first, last: (first, last)),
        (r"(\d+)", lambda first, _: (first, first)),
    )
    for pattern, bounds in patterns:
        found = re.fullmatch(pattern, words)
        if found:
            numbers = [int(number) for number in found.groups()]
            first, last = bounds(numbers[0], numbers[-1])
            return str(first) if first == last else f"{first}-{last}"
    return None
