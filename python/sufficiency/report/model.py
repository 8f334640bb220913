"""The model of the page, from which HTML, PDF and Excel are written: sentences, pictures, tables of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sufficiency.release import Released
from sufficiency.report.say import DOTS, UNCLEAR, difference, dots, filled_dots, in_ten, money, range_of
from sufficiency.words import about, more_or_fewer, rounded

WITHHELD = "[c]"  # the government's symbol in spreadsheets: a figure that would tell too much of few children
HARDLY = 2.5  # children: less than rounding shows


@dataclass(frozen=True)
class Words:
    """A cell of text."""

    text: str

    @property
    def parts(self) -> dict[str, Any]:
        """What a spreadsheet holds, by suffix of the column's head."""
        return {"": self.text}


@dataclass(frozen=True)
class Count:
    """A number of children or places; simulated ones are rounded."""

    value: float
    counted: bool = False

    @property
    def text(self) -> str:
        """As it is read."""
        if math.isnan(self.value):
            return WITHHELD
        return f"{self.value:,.0f}" if self.counted else about(self.value)

    @property
    def parts(self) -> dict[str, Any]:
        """As in `Words`."""
        if math.isnan(self.value):
            return {"": WITHHELD}
        return {"": round(self.value) if self.counted else rounded(self.value)}


@dataclass(frozen=True)
class Spread:
    """A simulated figure with its 8-in-10 range."""

    row: Any

    @property
    def text(self) -> str:
        """As it is read."""
        if math.isnan(self.row["p50"]):
            return WITHHELD
        middle, around = about(self.row["p50"]), range_of(self.row)
        return middle if around == middle else f"{middle} ({around})"

    @property
    def parts(self) -> dict[str, Any]:
        """As in `Words`."""
        names = {"p50": "middle", "p10": "1 in 10 below", "p90": "1 in 10 above"}
        hidden = math.isnan(self.row["p50"])
        return {words: WITHHELD if hidden else rounded(float(self.row[name])) for name, words in names.items()}


@dataclass(frozen=True)
class Difference:
    """A paired difference in children, or in pounds given in thousands."""

    row: Any
    pounds: bool = False

    @property
    def text(self) -> str:
        """As it is read."""
        return money(self.row) if self.pounds else difference(self.row)

    @property
    def parts(self) -> dict[str, Any]:
        """As in `Words`."""
        names = {"p50": "middle", "p10": "1 in 10 below", "p90": "1 in 10 above"}
        size = (lambda value: round(value, -2)) if self.pounds else rounded
        unit = ", £1,000" if self.pounds else ""
        said = {f"{words}{unit}": size(float(self.row[name])) for name, words in names.items()}
        return said | {"in words": UNCLEAR if self.text == UNCLEAR else "clear difference"}


@dataclass(frozen=True)
class Chance:
    """A chance: twenty dots and words."""

    value: float

    @property
    def text(self) -> str:
        """As it is read."""
        return WITHHELD if math.isnan(self.value) else in_ten(self.value)

    @property
    def dots(self) -> str:
        """As it is seen."""
        return "" if math.isnan(self.value) else dots(self.value)

    @property
    def parts(self) -> dict[str, Any]:
        """In twentieths: nothing simulated is known more closely."""
        return {"chance": WITHHELD if math.isnan(self.value) else filled_dots(self.value) / DOTS}


@dataclass(frozen=True)
class Percent:
    """A share, in whole per cent."""

    value: float

    @property
    def text(self) -> str:
        """As it is read."""
        return f"{self.value:.0%}"

    @property
    def parts(self) -> dict[str, Any]:
        """As in `Words`."""
        return {"share": round(self.value, 2)}


@dataclass(frozen=True)
class Shift:
    """Children more or fewer, an order of size."""

    value: float

    @property
    def text(self) -> str:
        """As it is read."""
        return more_or_fewer(self.value) if abs(self.value) >= HARDLY else "hardly any"

    @property
    def parts(self) -> dict[str, Any]:
        """As in `Words`."""
        return {"": rounded(self.value)}


@dataclass(frozen=True)
class NotApplicable:
    """Nothing can stand here, as a difference of no change to itself."""

    text: str = "–"

    @property
    def parts(self) -> dict[str, Any]:
        """The symbol of the government's spreadsheet guidance."""
        return {"": "[z]"}


Cell = NotApplicable | Percent | Shift | Words | Count | Spread | Difference | Chance


@dataclass(frozen=True)
class Table:
    """A table: caption, heads, rows; the first cell of a row is its head. `keys` are what a script filters by."""

    caption: str
    heads: list[str]
    rows: list[list[Cell]]
    name: str
    note: str = ""
    keys: int = 0


@dataclass(frozen=True)
class Figure:
    """A picture with its own title, its text alternative, and the table behind it."""

    title: str
    svg: str
    alternative: str


@dataclass(frozen=True)
class Section:
    """A part of the page: what it is about, a heading that says what is found, sentences, figures, tables."""

    anchor: str
    label: str
    title: str
    says: list[str] = field(default_factory=list)
    figures: Sequence[Figure] = ()
    caption: str = ""
    tables: Sequence[Table] = ()
    behind: bool = False


@dataclass(frozen=True)
class Headline:
    """One of the five: what it answers, its figures, and what they say."""

    question: str
    figures: list[tuple[str, str]]
    says: list[str]


@dataclass(frozen=True)
class Page:
    """The whole report, and the released tables that its figures come from."""

    title: str
    answer: list[str]
    headlines: list[Headline]
    cautions: list[str]
    sections: list[Section]
    made: list[tuple[str, str]]
    released: tuple[Released, ...]
    watermark: str = ""
