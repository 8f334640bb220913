"""What the tables of the supply half are: published, derived or synthetic."""

from __future__ import annotations

from .sources import MADE, OGL, OURS, Source

FUNDED = "Department for Education, dedicated schools grant 2020-21 to 2023-24, directly funded high needs places"

SUPPLY_SOURCES: tuple[Source, ...] = (
    Source(
        "sites",
        "all",
        "synthetic",
        f"{MADE}: invented sites, hosts, needs and locations; no row is a real school",
        OURS,
    ),
    Source(
        "places",
        "2020-2024 totals of special-academy, special-free and resourced-academy sites, to age 15 and after",
        "published",
        f"{FUNDED}; autumn of the year before, summer 2020 for 2020",
        OGL,
    ),
    Source(
        "places",
        "2025 totals of the same sites",
        "derived",
        f"{FUNDED}; the last figure, September 2023, carried forward",
        OGL,
    ),
    Source("places", "split of those totals over sites, phases and needs", "synthetic", MADE, OURS),
    Source(
        "places",
        "special and partnership together, 2022, without special-elsewhere-1",
        "derived",
        "1,884 places inferred from the budget of 2021-22 at 10,000 pounds a place; Department for "
        "Education, high needs benchmarking tool",
        OGL,
    ),
    Source(
        "places",
        "all other sites and years, held_for_others",
        "synthetic",
        f"{MADE}: so that Leeds children sit at 97-103% of places by phase and need group in 2025",
        OURS,
    ),
    Source(
        "occupied",
        "totals by setting, age and need, as in plans of 2025",
        "synthetic",
        f"{MADE}: proportional fitting within published totals",
        OURS,
    ),
    Source("occupied", "site", "synthetic", f"{MADE}: by seats and nearness", OURS),
    Source(
        "waiting",
        "all",
        "synthetic",
        f"{MADE}: 40 children, a chosen number; documented waiting is not published",
        OURS,
    ),
    Source(
        "costs",
        "special: place and top-up; resourced: place",
        "derived",
        "Department for Education, high needs benchmarking tool 2021-22 and directly funded high needs "
        "places; carried to prices of 2025 by a chosen index",
        OGL,
    ),
    Source(
        "costs",
        "other figures marked cited below",
        "derived",
        "single published unit costs of other councils and of England, each cited at its row; carried to "
        "prices of 2025 by a chosen index",
        "single facts, cited",
    ),
    Source("costs", "figures marked elicited below", "synthetic", "chosen, for want of a figure", OURS),
)
