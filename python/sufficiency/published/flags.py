"""What a reader noticed: slugs with the years they stand for, never a count of children."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MEANINGS = {
    "margins-differ": "published margins of one year have different totals; all are kept",
    "repeated-total": "a total repeats the region's figure; the sum over ages stands instead",
    "total-only": "only a total is published; breakdowns hold under half of it and are left out",
    "age-unknown": "plans whose age is not published are in totals only",
    "awaiting-undivided": "plans awaiting provision are not divided by age and stand as unknown",
    "collection-changed": "aggregate return before this January, person-level return from it on",
    "need-not-published": "counts by need are not published for this authority",
    "age-bases-differ": "ages of new plans are published on two bases; neither is re-aged",
    "population-rolled-forward": "no mid-year estimate; the one before is aged on",
    "population-missing": "no mid-year estimate of this area is among the files",
    "ceased-total-only": "plans ceased are published as a total, by neither age nor placement",
}
"""Slug -> what it means; slugs never change."""


@dataclass
class Noticed:
    """Flags gathered while reading one authority."""

    _years: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def add(self, slug: str, table: str, *years: int) -> None:
        """Note a slug of `MEANINGS` for a table and the years it concerns."""
        if slug not in MEANINGS:
            raise KeyError(slug)
        self._years.setdefault((slug, table), set()).update(years)

    def has(self, slug: str) -> bool:
        """Whether the slug was noted for any table."""
        return any(noted == slug for noted, _ in self._years)

    def listed(self, last: int) -> list[dict[str, Any]]:
        """Flags up to January `last`, in a fixed order: slug, table, years, meaning."""
        entries = []
        for (slug, table), years in sorted(self._years.items()):
            kept = sorted(year for year in years if year <= last)
            if kept or not years:
                meaning = MEANINGS[slug]
                entries.append({"flag": slug, "table": table, "years": kept, "meaning": meaning})
        return entries
