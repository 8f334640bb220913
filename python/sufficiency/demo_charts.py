"""The demo's charts: which table is drawn how, and what the captions say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Here, so that their absence is noticed before anything is drawn.
import altair  # noqa: F401
import vl_convert  # noqa: F401

from sufficiency.plots.districts import districts
from sufficiency.plots.fan import fan
from sufficiency.plots.needs import needs
from sufficiency.plots.planning_areas import planning_areas

if TYPE_CHECKING:
    from sufficiency.demo import Run

DEMAND = "Resident children of Reception to Year 11 who require a specialist setting (observed: a lower bound)"
PLANS = "Children and young people aged 0 to 25 with an EHC plan"
PUBLISHERS = "DfE and ONS"


def charts(run: Run) -> dict[str, tuple[str, Any]]:
    """File stem to what the chart shows and the chart."""
    authority, tables = run.authority, run.tables
    base_year, place = authority.base_year, authority.name
    subject = f"Specialist demand in {place}"
    ranked: dict[str, Any] = {
        "base_year": base_year,
        "years": (run.on_the_way, run.to),
        "subject": subject,
    }
    first = int(authority.history["year"].min())
    return {
        "plans": (
            "chart: plans counted, and simulated to the last year",
            fan(
                tables["plans"],
                base_year=base_year,
                subject=f"The number of plans in {place}",
                caption=caption(run, PLANS, first, "published"),
                history=authority.history,
            ),
        ),
        "demand": (
            "chart: specialist demand with its range",
            fan(
                tables["demand"],
                base_year=base_year,
                subject=subject,
                caption=caption(run, DEMAND, base_year, "published"),
            ),
        ),
        "demand_by_need": (
            "chart: needs, largest rise first",
            needs(tables["demand_by_need"], **ranked, caption=caption(run, DEMAND, base_year, "synthetic")),
        ),
        "demand_by_planning_area": (
            "chart: planning areas, largest rise first",
            planning_areas(
                tables["demand_by_planning_area"],
                **ranked,
                caption=caption(run, DEMAND, base_year, "synthetic"),
            ),
        ),
        "demand_by_area": (
            "chart: map of postcode districts",
            districts(
                tables["demand_by_area"],
                authority.areas,
                **ranked,
                caption=caption(run, DEMAND, base_year, "synthetic"),
            ),
        ),
    }


def caption(run: Run, measure: str, first: int, source: str) -> list[str]:
    """Measure, place, period; how it was made; source, and whether published or synthetic."""
    origin = "base figures synthetic" if source == "synthetic" else "as published"
    return [
        f"{measure}, {run.authority.name}, January {first} to {run.to}.",
        f"{run.draws:,} simulated futures under these assumptions. Source: {PUBLISHERS}; {origin}.",
    ]
