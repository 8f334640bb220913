"""Words for numbers: rounding for readers, directions that are true, names of needs."""

from __future__ import annotations

import math
from typing import Literal

Direction = Literal["rise", "fall", "unclear"]

NEED_NAMES = {
    "SPLD": "Specific learning",
    "MLD": "Moderate learning",
    "SLD": "Severe learning",
    "PMLD": "Profound and multiple",
    "DS": "Down syndrome",
    "OTH": "Other need",
    "SLCN": "Speech and language",
    "ASD": "Autism",
    "SEMH": "Social, emotional",
    "HI": "Hearing",
    "VI": "Vision",
    "MSI": "Multi-sensory",
    "PD": "Physical",
    "UNK": "Not recorded",
}
"""Need code -> short name for charts, after the names of the SEN2 return."""

SETTING_NAMES = {
    "mainstream": "Mainstream",
    "resourced": "Resourced provision",
    "sen_unit": "SEN unit",
    "partnership": "Partnership",
    "special": "Special school",
    "nmss": "Non-maintained special",
    "independent_special": "Independent special",
    "independent_mainstream": "Independent mainstream",
    "ap": "Alternative provision",
    "hospital": "Hospital school",
    "spi": "Specialist post-16",
    "fe": "Further education",
    "eotas": "Educated otherwise",
    "parental": "Parents' arrangement",
    "early_years": "Early years",
    "unplaced": "No placement",
    "neet": "Not in education",
    "other": "Other setting",
    "unknown": "Not recorded",
}
"""Setting code -> short name for charts."""


def rounded(value: float) -> int:
    """To the nearest 10, or 5 for sizes under 100: nothing simulated is known more closely."""
    step = 5 if abs(value) < 97.5 else 10
    return int(math.copysign(math.floor(abs(value) / step + 0.5) * step, value))


def about(value: float) -> str:
    """A rounded number as a reader expects it: ``3,350``."""
    return f"{rounded(value):,}"


def change(value: float) -> str:
    """A rounded difference with its sign: ``+40``, ``−15``; a small one is ``+1`` rather than 0."""
    shown = rounded(value) or (round(value) if abs(value) >= 0.5 else 0)
    return f"{shown:+,}".replace("-", "−") if shown else "0"


def more_or_fewer(value: float) -> str:
    """A rounded difference in children: ``about 40 more children``."""
    size = rounded(abs(value)) or max(1, round(abs(value)))
    return f"about {size:,} {'more' if value > 0 else 'fewer'} {'child' if size == 1 else 'children'}"


def direction(base: float, low: float, high: float) -> Direction:
    """Rise or fall only if the whole 8-in-10 range lies on one side of the base figure."""
    if low > base:
        return "rise"
    return "fall" if high < base else "unclear"


def from_to(base: float, end: float) -> tuple[str, str]:
    """A counted base as it is; a simulated end, rounded unless that would hide or turn round the change."""
    same_way = (rounded(end) - base) * (end - base) > 0
    return f"{base:,.0f}", about(end) if same_way or round(end) == round(base) else f"{end:,.0f}"


def need_name(code: str) -> str:
    """Short name of a need with its code, or the code alone if an authority made it."""
    return f"{NEED_NAMES[code]} ({code})" if code in NEED_NAMES else code


def within_sentence(name: str) -> str:
    """A name inside a sentence: ``Speech and language (SLCN)`` starts small, ``LS10`` does not."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
