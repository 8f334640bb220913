"""What the codes of pair tables mean: known ones as here, others as their owner says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sufficiency import _core

OUTSIDE = "NONSEND"
GROUPS = ("learning", "communication", "semh", "sensory_physical")
# Other names of SEN2 needs in use (our choice of the common ones).
ALSO = {"ASC": "ASD", "AUT": "ASD", "BESD": "SEMH"}
LISTED = 12


def unusable(codes: pd.Series[Any]) -> pd.Series[bool]:
    """Codes that tables of ours cannot hold."""
    return codes.str.contains(r"[;+,\n]", regex=True) | codes.eq("all")


def named_settings(
    rows: pd.DataFrame, specialist: Iterable[str] | None, faults: list[dict[str, object]]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Settings in terms of authority.toml, and flags for what was assumed."""
    codes = _codes(rows, "setting")
    said = None if specialist is None else [specialist] if isinstance(specialist, str) else list(specialist)
    for code in said or []:
        if code not in codes:
            faults.append(_argument("unknown-setting", "specialist", f"setting {code!r} is in no row", codes))
    known = {row[0]: row[1:] for row in _core.default_codes()[1]}
    settings: list[dict[str, object]] = []
    for code in codes:
        name, special, commissioned, first, last = known.get(code.lower(), (code, False, False, 0, 25))
        chosen = special if said is None else code in said
        settings.append(
            {
                "code": code,
                "name": name,
                "specialist": chosen,
                "commissioned": commissioned or code in (said or []),
            }
            | {"age_from": first, "age_to": last}
        )
    guessed = [code for code in codes if code.lower() not in known]
    if said is not None or not guessed:
        return settings, []
    meaning = f"settings not known by their code count as not specialist ({_some(guessed)}): say specialist=[...]"
    return settings, [{"flag": "specialist-assumed", "table": "plans", "years": [], "meaning": meaning}]


def named_needs(
    rows: pd.DataFrame, groups: Mapping[str, str] | None, faults: list[dict[str, object]]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Needs in terms of authority.toml, and flags for what was assumed."""
    codes, said = _codes(rows, "need"), dict(groups or {})
    for code, group in said.items():
        if code not in codes:
            faults.append(_argument("unknown-need", "need_groups", f"need {code!r} is in no row", codes))
        if group not in GROUPS:
            faults.append(_argument("unknown-word", "need_groups", f"group {group!r} is not known", GROUPS))
    known = {code: (name, group) for code, name, group in _core.default_codes()[0]}
    needs: list[dict[str, object]] = []
    guessed = []
    for code in codes:
        name, group = known.get(ALSO.get(code.upper(), code.upper()), (code, ""))
        if code not in said and not group:
            guessed.append(code)
        needs.append({"code": code, "name": name, "group": said.get(code, group or "learning")})
    if not guessed:
        return needs, []
    meaning = (
        f"needs not known by their code are planned with learning ({_some(guessed)}): say need_groups={{...}}"
    )
    return needs, [{"flag": "need-groups-assumed", "table": "plans", "years": [], "meaning": meaning}]


def _codes(rows: pd.DataFrame, kind: str) -> list[str]:
    """Codes in use: ours in our order, then others by name."""
    ours = [code.lower() for code, *_ in _core.default_codes()[kind == "setting"]]
    used = (set(rows[f"{kind}1"]) | set(rows[f"{kind}2"])) - {"", OUTSIDE}
    return sorted(used, key=lambda code: (ours.index(code.lower()) if code.lower() in ours else len(ours), code))


def _some(codes: list[str]) -> str:
    more = f" and {len(codes) - LISTED} more" if len(codes) > LISTED else ""
    return ", ".join(codes[:LISTED]) + more


def _argument(slug: str, argument: str, message: str, known: Iterable[str]) -> dict[str, object]:
    hint = f"there are {_some(sorted(known))}"
    about: dict[str, object] = {"slug": slug, "table": f"argument {argument}", "row": None, "column": None}
    return about | {"message": message, "hint": hint}
