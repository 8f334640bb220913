"""The panel: every authority's plans, flows and residents by January, as published, beside England's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency.published import Release, read_release, read_tables

FIRST, LAST = 2010, 2025
YEARS = range(FIRST, LAST + 1)
# The last January whose totals are published for every authority of the panel.
LAST_TARGET = 2024
# Unitary authorities, metropolitan and London boroughs, counties; regions and England begin otherwise.
KINDS = ("E06", "E08", "E09", "E10")
# City of London and Isles of Scilly: too few plans for a rate.
LEFT_OUT = ("E09000001", "E06000053")
Series = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Series of shape (authority, year) and England's of shape (year,)."""

    codes: list[str]
    own: dict[str, Series]
    england: dict[str, Series]

    def gap(self, over: str, under: str) -> Series:
        """Log ratio of two series, own minus England's; 0 where unknown."""
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.log(self.own[over] / self.own[under])
        gap = own - np.log(self.england[over] / self.england[under])
        return np.nan_to_num(gap, nan=0.0, posinf=0.0, neginf=0.0)

    def late(self) -> Series:
        """Share of new plans not issued within 20 weeks, own minus England's; 0 where unknown."""
        own = np.minimum(self.own["within"] / self.own["new"], 1.0)
        return np.nan_to_num(self.england["within"] / self.england["new"] - own, posinf=0.0, neginf=0.0)

    def without(self, code: str) -> Panel:
        """The panel of all authorities but one, England's own series as published."""
        kept = np.array([each != code for each in self.codes])
        codes = [each for each in self.codes if each != code]
        return Panel(codes, {name: one[kept] for name, one in self.own.items()}, self.england)


def read_panel(folder: Path) -> Panel:
    """All authorities whose totals are complete to `LAST_TARGET`."""
    release = read_release(folder)
    codes = sorted(set(release.authorities()["code"]) - set(LEFT_OUT))
    found = {code: _series(release, code) for code in codes if code.startswith(KINDS)}
    target = LAST_TARGET - FIRST + 1
    kept = [code for code, one in found.items() if not np.isnan(one["plans"][:target]).any()]
    names = ("plans", "new", "requests", "within", "children")
    own = {name: np.array([found[code][name] for code in kept]) for name in names}
    return Panel(kept, own, _series(release, "England"))


def _series(release: Release, authority: str) -> dict[str, Series]:
    try:
        _, tables = read_tables(release, authority)
    except ValueError:
        return {"plans": np.full(len(YEARS), np.nan)}
    plans, flows, requests = tables["plans"], tables["flows"], tables["requests"]
    whole = ["age", "need", "setting"]
    total = plans[(plans[whole] == "all").all(axis=1)].set_index("year")["plans"]
    by_age = plans[(plans["age"] != "all") & (plans[["need", "setting"]] == "all").all(axis=1)]
    total = total.combine_first(by_age.groupby("year")["plans"].sum())
    new = flows[(flows["flow"] == "new") & (flows[whole] == "all").all(axis=1)]
    new_total = new.set_index("year")["plans"]
    residents = tables["population"]
    school = residents[residents["age"].astype(int).between(5, 15)]
    children = school.groupby("year")["population"].sum().astype(float)
    by_year = requests.set_index("year")
    series = {
        "plans": total,
        "new": new_total,
        "requests": by_year["requests"],
        "within": by_year["within_20_weeks"],
        # Estimates end a year before the plans do: the last is read again.
        "children": children[children.index <= LAST_TARGET],
    }
    arrays = {name: one.astype(float).reindex(YEARS).to_numpy(float, copy=True) for name, one in series.items()}
    arrays["children"][-1] = arrays["children"][-2]
    return arrays


def as_frame(rows: list[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    """Rows as a frame, numbers to five figures: more would say more than the fit knows."""
    frame = pd.DataFrame(rows, columns=columns)
    for name in frame.select_dtypes("float"):
        frame[name] = [float(f"{value:.5g}") for value in frame[name]]
    return frame
