"""costs.csv: what a place and a child cost a year, in thousands of pounds, at prices of 2025.

A figure is ``cited`` (a published one, carried to 2025 by ``PRICES``) or ``elicited`` (our own choice
for want of one). Unit costs of Leeds are not published: those of other councils stand in.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .official_files import OfficialFiles

PRICES = {"2015-16": 1.33, "2021-22": 1.19, "2022-23": 1.12, "2023-24": 1.05, "2025": 1.0}
"""Prices of 2025 over those of a financial year: our choice, about the growth of the GDP deflator, which
we do not hold."""

TRANSPORTED_IN_SPECIAL = 0.8
"""Share of special-school children with council transport: our choice."""

ELICITED = "elicited"
TEN = "10,000 pounds a place, filled or empty (national place funding, DfE)"


@dataclass(frozen=True)
class Cost:
    """A row of costs.csv, and where its figures are from."""

    setting: str
    need: str
    place_filled: float
    place_empty: float
    top_up: float
    transport: float
    status: str
    basis: str


def cost_rows(official: OfficialFiles) -> list[Cost]:
    """Every row with its source; transport is cited where ``basis`` says so, else elicited."""
    facts = official.published_facts
    places = round(facts["leeds_special_place_funding_budget"] * 100)
    special = facts["leeds_topup_state_special_outturn"] * 1000 / places * PRICES["2021-22"]
    trip = facts["england_send_transport_mean"] / 1000 * PRICES["2023-24"]
    nmss = facts["independent_nonmaintained_mean_cost_lincolnshire"] / 1000 * PRICES["2022-23"]
    mainstream = facts["mainstream_topup_mean_lincolnshire"] / 1000 * PRICES["2022-23"]
    independent = facts["independent_special_mean_cost_stockton"] / 1000
    bus = trip * TRANSPORTED_IN_SPECIAL
    transport = "transport: England's mean a pupil carried, 2023-24 (LGA, northern-ledger.co.uk)"
    of_special = (
        f"{TEN}; top-up: Leeds outturn 2021-22 over {places:,} places (DfE high needs benchmarking "
        f"tool), inferred; {transport}, times an elicited share of 0.8"
    )
    higher = "as special, all; top-up times an elicited"
    return [
        Cost("mainstream", "all", 0, 0, mainstream, 0.6, "cited", "top-up: Lincolnshire mean 2022-23 (FOI)"),
        Cost(
            *("resourced", "all", 6, 10, 10.5, 3.5, "cited"),
            "place: 6,000 pounds filled, 10,000 empty (the two columns of the DfE directly funded "
            "places); top-up elicited",
        ),
        Cost("sen_unit", "all", 6, 10, 10.5, 3.5, ELICITED, "as resourced; Leeds has none"),
        Cost("partnership", "all", 10, 10, 10.5, 4.5, "cited", f"{TEN}; top-up elicited"),
        Cost("special", "all", 10, 10, special, bus, "cited", of_special),
        Cost("special", "PMLD", 10, 10, special * 1.5, bus * 1.4, ELICITED, f"{higher} 1.5, transport 1.4"),
        Cost("special", "SEMH", 10, 10, special * 1.2, bus * 1.2, ELICITED, f"{higher} 1.2, transport 1.2"),
        Cost(
            *("nmss", "all", 10, 0, nmss - 10, trip, "cited"),
            f"Lincolnshire mean 2022-23, independent and non-maintained (FOI), 10 of it place; {transport}",
        ),
        Cost(
            *("independent_special", "all", 0, 0, independent, trip, "cited"),
            f"the whole fee as top-up: Stockton mean, November 2025 (TeessideLive); {transport}",
        ),
        Cost("independent_mainstream", "all", 0, 0, 25, 4.5, ELICITED, "no figure found"),
        Cost("ap", "all", 10, 10, 12, 4.5, ELICITED, f"{TEN}; top-up elicited"),
        Cost("hospital", "all", 0, 0, 30, 0, ELICITED, "no figure found"),
        Cost("spi", "all", 6, 0, 20, 6, ELICITED, "no figure found"),
        Cost("fe", "all", 6, 0, 4, 2, ELICITED, "no figure found"),
        Cost("eotas", "all", 0, 0, 35, 0, ELICITED, "no figure found"),
        Cost("parental", "all", 0, 0, 0, 0, ELICITED, "no cost assumed"),
        Cost("unplaced", "all", 0, 0, 8, 0, ELICITED, "tuition meanwhile; no figure found"),
    ]


def costs_table(rows: list[Cost]) -> pd.DataFrame:
    """Columns setting, need, place_filled, place_empty, top_up, transport; one decimal."""
    columns = ["setting", "need", "place_filled", "place_empty", "top_up", "transport"]
    table = pd.DataFrame([[getattr(row, column) for column in columns] for row in rows], columns=columns)
    return table.astype(dict.fromkeys(columns[2:], float)).round(1)
