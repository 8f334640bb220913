"""What may be opened where: candidates for new places, given or by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.frames import columns_of
from sufficiency.inputs import located
from sufficiency.scenario import Scenario

COLUMNS = (
    "site", "name", "setting", "area", "needs", "age_from", "age_to", "module", "most", "opens", "capital", "km"
)  # fmt: skip
NEEDED = ("site", "module")
NEW_SITE = ("setting", "area", "needs", "age_from", "age_to")

MODULES = {"special": (40, 3), "partnership": (20, 3), "resourced": (12, 3), "sen_unit": (12, 3)}
"""Places of a module and most modules of a new site, by setting. Chosen by the authors: classes of 8 to 10,
sites of the sizes that strategies name. Give your own candidates instead."""
EXPANSION = 2
"""Most modules by which a site that stands grows. Chosen."""
NEW_NEEDS = {
    "partnership": ("SPLD", "MLD", "SLD", "SLCN", "ASD"),
    "resourced": ("SLCN", "ASD", "SEMH"),
}
"""Needs that a new site of a setting admits, all for other settings. Chosen, as in the sample's strategy."""
YEARS_AHEAD = 2
"""By default places open in September two years after the base year. Chosen: time to decide and build."""


@dataclass(frozen=True)
class Candidate:
    """One site and date of opening, in modules."""

    site: str
    what: dict[str, Any]
    setting: str
    area: str
    module: int
    most: int
    opens: str
    capital: float
    group: int

    def scenario(self, modules: int) -> Scenario:
        """So many modules as a scenario of one change."""
        return Scenario(f"{modules * self.module} places at {self.site}", [self.change(modules)])

    def change(self, modules: int) -> dict[str, Any]:
        """So many modules as a change of a scenario."""
        return {
            "kind": "add_places",
            **self.what,
            "places": modules * self.module,
            "opens": self.opens,
            "reason": "chosen by site_places: it lowers the weighted figures most over the frozen draws",
            "owner": "whoever decides",
        }


def default_frame(fitted: Fitted) -> pd.DataFrame:
    """Sites that stand, grown by modules, and one new site of each kind in each planning area.

    A new site stands in the planning area's district with most children of school age. Without coordinates of the
    districts there are no new sites: how far they are from anybody is not known.
    """
    opens = f"{fitted.base_year + YEARS_AHEAD}-09"
    rows: list[dict[str, Any]] = []
    for site, setting, inside, places in _core.standing_sites(fitted._core, fitted.base_year):
        if inside and places > 0:
            module = max(10, MODULES.get(setting, (10, 1))[0] // 2)
            rows.append({"site": site, "module": module, "most": EXPANSION, "opens": opens})
    known = fitted.codes
    for planning_area, area in _middles(fitted).items():
        for setting, (module, most) in MODULES.items():
            if setting not in known["setting"] or setting == "sen_unit":
                continue
            chosen = [need for need in NEW_NEEDS.get(setting, ()) if need in known["need"]]
            needs = chosen or [need for need in known["need"] if need != "UNK"]
            rows.append(
                {
                    "site": f"new-{setting}-{planning_area}".lower().replace(" ", "-"),
                    "name": f"New {setting} site, {planning_area}",
                    "setting": setting,
                    "area": area,
                    "needs": ";".join(needs),
                    "age_from": 4,
                    "age_to": 15,
                    "module": module,
                    "most": most,
                    "opens": opens,
                }
            )
    return pd.DataFrame(rows, columns=[name for name in COLUMNS if any(name in row for row in rows)])


def _middles(fitted: Fitted) -> dict[str, str]:
    """Planning area to its district with most residents of ages 4 to 15, where districts have coordinates."""
    inputs = fitted._recipe.get("inputs")
    if inputs is None:
        return {}
    areas = located(inputs)
    if areas[["latitude", "longitude"]].isna().any(axis=None):
        return {}
    people = inputs.table("population")
    people = people[people["year"] == people["year"].max()]
    people = people[pd.to_numeric(people["age"], errors="coerce").between(4, 15)]
    most = people.groupby("area")["population"].sum()
    found = {}
    for planning_area, rows in areas.groupby("planning_area", sort=False):
        if planning_area:
            found[str(planning_area)] = str(most.reindex(rows["area"]).fillna(0).idxmax())
    return found


def candidates_of(frame: Any, fitted: Fitted) -> list[Candidate]:
    """Candidates of a frame: a row a site, several months of opening separated by semicolons.

    Raises
    ------
    InputError
        If a column is unknown or missing, or a number is out of range.
    """
    columns = columns_of(frame)
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise InputError(
            f"candidates have no column {unknown[0]}; they take {', '.join(COLUMNS)} [unknown-column]"
        )
    if missing := [name for name in NEEDED if name not in columns]:
        raise InputError(f"candidates need a column {missing[0]} [missing-column]")
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    standing = {site: setting for site, setting, *_ in _core.standing_sites(fitted._core, fitted.base_year)}
    found = []
    for group, row in enumerate(rows):
        given = {name: value for name, value in row.items() if not _blank(value)}
        opens = str(given.get("opens", f"{fitted.base_year + YEARS_AHEAD}-09")).split(";")
        module, most = _count("module", given["module"]), _count("most", given.get("most", 1), 200)
        what, site = _what(given), str(given["site"])
        setting = str(given.get("setting", standing.get(site, "")))
        found += [
            Candidate(
                site, what, setting, str(given.get("area", "")), module, most, month.strip(),
                float(given.get("capital", 0.0)) * module, group,
            )
            for month in opens
        ]  # fmt: skip
    if not found:
        raise InputError("there are no candidates: give a frame of them [no-candidates]")
    return found


def _what(given: Mapping[str, Any]) -> dict[str, Any]:
    if "setting" not in given:
        return {"site": str(given["site"])}
    if missing := [name for name in NEW_SITE if name not in given]:
        raise InputError(f"candidate {given['site']}: a new site needs {', '.join(missing)} [missing-column]")
    site = {
        "id": str(given["site"]),
        "name": str(given.get("name", given["site"])),
        "setting": str(given["setting"]),
        "area": str(given["area"]),
        "needs": _words(given["needs"]),
        "age_from": int(given["age_from"]),
        "age_to": int(given["age_to"]),
    }
    if "km" in given:
        site["km"] = {str(area): float(km) for area, km in given["km"].items()}
    return {"site": site}


def _words(value: str | Sequence[str]) -> list[str]:
    return [word.strip() for word in value.split(";")] if isinstance(value, str) else [str(word) for word in value]


def _count(name: str, value: Any, largest: int = 2_000) -> int:
    if float(value) != int(value) or not 1 <= int(value) <= largest:
        raise InputError(f"{name} must be a whole number from 1 to {largest}, got {value} [out-of-range]")
    return int(value)


def _blank(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)
