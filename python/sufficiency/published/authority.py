"""Which authority is meant: a code, a name, or England."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from importlib import resources

from .columns import plain_words
from .release import ENGLAND, Release


@dataclass(frozen=True)
class Authority:
    """One authority: the code asked for, its name, and every code its area has had."""

    code: str
    name: str
    codes: tuple[str, ...]


@cache
def _same_area() -> dict[str, tuple[str, ...]]:
    """Code -> all codes of the same land; successors on other land (Dorset) are not joined."""
    text = resources.files(__package__).joinpath("same_areas.csv").read_text(encoding="utf-8")
    families: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        family = (row["code"], row["previous_code"])
        families.update(dict.fromkeys(family, family))
    return families


def codes_of(code: str) -> tuple[str, ...]:
    """Every code that the authority's area has had, its own among them."""
    return _same_area().get(code, (code,))


def find_authority(release: Release, wanted: str) -> Authority:
    """The authority in this release with the code or name `wanted`; England by either.

    Raises
    ------
    ValueError
        If it is not in the release, or a name stands for several codes; nearest ones are named.
    """
    known = release.authorities()
    names = dict(zip(known["code"], known["name"], strict=True))
    word = plain_words(wanted)
    matches = [code for code in names if plain_words(code) == word]
    if not matches:
        families = _same_area().get(wanted.strip().upper(), ())
        matches = [code for code in families if code in names]
        if matches:
            return Authority(wanted.strip().upper(), names[matches[0]], families)
    if not matches:
        matches = [code for code, name in names.items() if plain_words(name) == word]
        families = _same_area().get(matches[0], ()) if matches else ()
        if matches and set(matches) <= set(families):
            matches = [families[0]] if families[0] in matches else matches[:1]
    if len(matches) != 1:
        raise ValueError(_not_found(wanted, matches, names))
    code = matches[0]
    return Authority(code, names[code], codes_of(code))


def _not_found(wanted: str, matches: list[str], names: dict[str, str]) -> str:
    if matches:
        listed = ", ".join(f"{code} ({names[code]})" for code in matches)
        return f"authority {wanted!r} has several codes: {listed}\n\nhint: give one of the codes"
    nearest = _nearest(wanted, names)
    listed = ", ".join(f"{code} ({names[code]})" for code in nearest)
    return f"authority {wanted!r} is not in this release\n\nhint: nearest: {listed}; England is {ENGLAND}"


def _nearest(wanted: str, names: dict[str, str]) -> list[str]:
    plain = {plain_words(name): code for code, name in names.items()}
    word = plain_words(wanted)
    by_name = [plain[name] for name in get_close_matches(word, plain, 3, 0.5)]
    likeness = {code: SequenceMatcher(None, wanted.upper(), code).ratio() for code in names}
    by_code = sorted(names, key=lambda code: (-likeness[code], code))
    return list(dict.fromkeys([*by_name, *by_code]))[:3]
