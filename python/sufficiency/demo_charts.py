"""The demo's charts: which table is drawn how, and what the captions say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Here, so that their absence is noticed before anything is drawn.
import altair  # noqa: F401
import pandas as pd
import vl_convert  # noqa: F401

from sufficiency.demo import OPTION
from sufficiency.plots.districts import districts
from sufficiency.plots.fan import fan
from sufficiency.plots.needs import needs
from sufficiency.plots.places import chances, need_against_places
from sufficiency.plots.planning_areas import planning_areas

if TYPE_CHECKING:
    from sufficiency.demo import Run

DEMAND = "Resident children of Reception to Year 11 who require a specialist setting (observed: a lower bound)"
PLANS = "Children and young people aged 0 to 25 with an EHC plan"
NEED = "Children of Reception to Year 11 who require a specialist place (observed), and places for them"
SHORT = "Chance that demand exceeds places by more than 10, by phase and need group"
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
        "need_and_places": (
            "chart: need against places, without and with the 400 new places",
            need_against_places(
                need_and_places(run),
                base_year=base_year,
                option=OPTION,
                caption=caption(run, NEED, base_year, "synthetic"),
            ),
        ),
        "chances": (
            "chart: chance that places are short by more than a class, by phase and need group",
            chances(
                by_group(run),
                year=run.on_the_way,
                option=OPTION,
                caption=caption(run, SHORT, run.on_the_way, "synthetic", last=run.on_the_way),
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


def need_and_places(run: Run) -> pd.DataFrame:
    """Demand with its range beside places without and with the option, by year."""
    demand = run.tables["demand"][["year", "p10", "p50", "p90"]].astype(float)
    places = run.places["places"].pivot(index="year", columns="option", values="places")
    return demand.assign(
        places=places["as they stand"].to_numpy(),
        places_option=places[OPTION].to_numpy(),
        year=demand["year"].astype(int),
    )


def by_group(run: Run) -> pd.DataFrame:
    """The chance of being short by more than 10, without and with the option, by phase and need group."""
    table = run.places["places_by_group"]
    then = table[table["year"] == run.on_the_way]
    both = [then[then["option"] == name].reset_index(drop=True) for name in ("as they stand", OPTION)]
    return both[0].assign(p_over_10_option=both[1]["p_over_10"])


def caption(run: Run, measure: str, first: int, source: str, last: int | None = None) -> list[str]:
    """Measure, place, period; how it was made; source, and whether published or synthetic."""
    origin = "base figures synthetic" if source == "synthetic" else "as published"
    to = run.to if last is None else last
    period = f"January {first}" if first == to else f"January {first} to {to}"
    return [
        f"{measure}, {run.authority.name}, {period}.",
        f"{run.draws:,} simulated futures under these assumptions. Source: {PUBLISHERS}; {origin}.",
    ]
