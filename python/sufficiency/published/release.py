"""Find the official files in a folder by their columns, whatever they are called.

A file is known by the columns it must have; every other csv is left alone. Rows keep the
publisher's figures: `x` (unavailable) and `z` (not applicable) become missing, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .residents import header_line, is_population, read_residents

ENGLAND = "E92000001"

# kind -> columns that only this file has (lower case). Percent-only need files lack `number_asd`.
_SIGNS: dict[str, frozenset[str]] = {
    "age_stock": frozenset({"characteristic_age", "total_all"}),
    "age_new": frozenset({"characteristic_age", "total_new_all"}),
    "establishment_stock": frozenset({"establishment_type", "establishment_group", "total_all"}),
    "establishment_new": frozenset({"establishment_type", "establishment_group", "total_new_all"}),
    "caseload": frozenset({"breakdown_topic", "ehcplans", "special_la_maintained"}),
    "new_plans": frozenset({"breakdown_topic", "new_ehc_plans", "special_la_maintained"}),
    "needs": frozenset({"breakdown_topic", "ehc_plans", "number_asd"}),
    "ceased": frozenset({"breakdown_topic", "total_ceased", "transfer"}),
    "requests": frozenset({"breakdown_topic", "requests_received_in_year"}),
    "timeliness": frozenset({"breakdown_topic", "plans_issued_within_20_weeks"}),
    "management": frozenset({"inreqehc", "disleaehc", "disleftehc"}),
}
_EVERY_RELEASE_FILE = frozenset({"time_period", "geographic_level", "new_la_code", "la_name"})
_LABELS = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "new_la_code",
    "old_la_code",
    "la_name",
    "breakdown_topic",
    "breakdown",
    "characteristic_age",
    "establishment_type",
    "establishment_group",
)
_STOCKS = frozenset({"age_stock", "establishment_stock", "caseload", "needs_stock"})


@dataclass(frozen=True)
class Release:
    """What a folder holds: DfE tables by kind, and population files as they were found.

    Every DfE table has `authority` (code), `name`, `year` (census January; a flow of calendar
    Y-1 carries Y) in front of the publisher's columns in lower case, counts as numbers.
    `last_stock_year` is the last January of plans in the folder, whatever `as_of` later hides.
    """

    tables: dict[str, pd.DataFrame]
    populations: tuple[pd.DataFrame, ...]
    last_stock_year: int

    def rows(self, kind: str, codes: Iterable[str]) -> pd.DataFrame:
        """Rows of one authority (all its codes); an empty frame where nothing is published."""
        table = self.tables.get(kind)
        if table is None:
            return pd.DataFrame({"authority": [], "year": []})
        return table[table["authority"].isin(list(codes))]

    def authorities(self) -> pd.DataFrame:
        """Columns code, name: every authority in the release, its latest name, England first."""
        parts = [table[["authority", "name", "year"]] for table in self.tables.values()]
        known = pd.concat(parts).sort_values("year", kind="stable")
        known = known[known["authority"] != ""].drop_duplicates("authority", keep="last")
        known = known.rename(columns={"authority": "code"})
        return known.sort_values("code", ascending=False, kind="stable")[["code", "name"]]


def read_release(folder: str | Path) -> Release:
    """Read every recognised file under `folder`, nested folders included.

    Raises
    ------
    ValueError
        If no file with EHC plans is among them.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    populations: list[pd.DataFrame] = []
    for path in sorted(Path(folder).rglob("*.csv")):
        columns = _header(path)
        kind = _kind(columns)
        if kind is not None:
            table = _release_table(path, kind)
            for actual, part in _stock_or_flow(kind, table):
                found.setdefault(actual, []).append(part)
        elif is_population(header_line(path)[1]):
            populations.append(read_residents(path))
    if not _STOCKS & found.keys():
        raise ValueError(
            f"no file of plans in force found under {Path(folder).name}\n\n"
            "hint: point at the unzipped csv files of the DfE release "
            "'Education, health and care plans'"
        )
    tables = {kind: _newest(parts) for kind, parts in found.items()}
    last_stock_year = max(int(tables[kind]["year"].max()) for kind in _STOCKS & tables.keys())
    return Release(tables, tuple(populations), last_stock_year)


def _header(path: Path) -> frozenset[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline()
    except UnicodeDecodeError:
        return frozenset()  # not one of ours: the publishers write UTF-8
    return frozenset(word.strip().strip('"').lower() for word in first.split(","))


def _kind(columns: frozenset[str]) -> str | None:
    if not columns >= _EVERY_RELEASE_FILE:
        return None
    return next((kind for kind, signs in _SIGNS.items() if columns >= signs), None)


def _release_table(path: Path, kind: str) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    table.columns = table.columns.str.strip().str.lower()
    counts = [column for column in table.columns if column not in _LABELS]
    numbers = table[counts].apply(pd.to_numeric, errors="coerce")
    table = pd.concat([table.drop(columns=counts), numbers], axis=1)
    level = table["geographic_level"].str.casefold()
    local = level.eq("local authority")
    national = level.eq("national")
    table.insert(0, "authority", table["new_la_code"].where(local, "").mask(national, ENGLAND))
    table.insert(1, "name", table["la_name"].mask(national, "England"))
    period = table["time_period"].str.strip()
    # 202425 is the academic year whose January is 2025; four digits are a calendar year.
    year = (period.str[:2] + period.str[-2:]).astype(int)
    flow = (period.str.len() == 4) & (kind not in _STOCKS)
    table.insert(2, "year", year + flow.astype(int))
    kept: pd.DataFrame = table[local | national | level.eq("regional")]
    return kept


def _stock_or_flow(kind: str, table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The needs files of all plans and of new plans have the same columns; the period differs."""
    if kind != "needs":
        return [(kind, table)]
    academic = table["time_period"].str.strip().str.len() == 6
    parts = [("needs_stock", table[academic]), ("needs_new", table[~academic])]
    return [(actual, part) for actual, part in parts if len(part)]


def _newest(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of a kind; where releases overlap, the figures of the later release."""
    oldest_first = sorted(parts, key=lambda part: int(part["year"].max()))
    table: pd.DataFrame = pd.concat(oldest_first, ignore_index=True)
    keys = [column for column in ("year", *_LABELS) if column in table.columns]
    keys = [key for key in keys if key not in ("time_identifier", "country_code", "country_name")]
    return table.drop_duplicates(keys, keep="last", ignore_index=True)
