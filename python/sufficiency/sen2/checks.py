"""The checks of a return: what each finds, how grave it is, and what is assumed until it is mended."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, NamedTuple

import pandas as pd

ISSUE_COLUMNS = ["slug", "module", "year", "row", "column", "severity", "message", "assumed"]


class Check(NamedTuple):
    """One check; `severity` is error (a figure rests on the assumption), warning (hardly any does) or note."""

    slug: str
    module: str
    column: str
    severity: str
    message: str
    assumed: str


def _checks() -> tuple[Check, ...]:
    text = resources.files(__package__).joinpath("checks.csv").read_text(encoding="utf-8")
    return tuple(Check(**row) for row in csv.DictReader(text.splitlines()))


CHECKS = _checks()
"""Every check of ``checks.csv``, in the order of the modules. Slugs never change."""

BY_SLUG = {check.slug: check for check in CHECKS}


def check_table() -> pd.DataFrame:
    """The checks as a table: slug, module, column, severity, message, assumed."""
    return pd.DataFrame(CHECKS, columns=list(Check._fields))


@dataclass
class Issues:
    """Issues gathered while reading: positions of rows only, never what stands in them."""

    _found: list[pd.DataFrame] = field(default_factory=list)

    def add(self, slug: str, module: str, rows: pd.DataFrame, column: str | None = None) -> None:
        """Note these rows (columns year, row) under a check."""
        check = BY_SLUG[slug]
        if len(rows):
            found = rows[["year", "row"]].assign(slug=slug, module=module)
            self._found.append(found.assign(column=check.column if column is None else column))

    def table(self) -> pd.DataFrame:
        """All issues by January, module and row; columns of `ISSUE_COLUMNS`."""
        if not self._found:
            return pd.DataFrame(columns=ISSUE_COLUMNS)
        table = pd.concat(self._found, ignore_index=True).drop_duplicates()
        for part in ("severity", "message", "assumed"):
            words: dict[str, Any] = {slug: getattr(check, part) for slug, check in BY_SLUG.items()}
            table[part] = table["slug"].map(words)
        table = table.astype({"year": int, "row": int})
        return table.sort_values(["year", "module", "row", "slug"], ignore_index=True)[ISSUE_COLUMNS]
