"""Plans that ceased and plans that moved to another authority, by calendar year of ceasing."""

from __future__ import annotations

import pandas as pd

from .ageing import ADULTS, ceasing_ages
from .margins import PLACEMENT_TOPIC, age_label, setting_of
from .official_files import OfficialFiles, as_counts

KINDS = ("ceased", "transfer_out")
CEASED_TOPIC = "Age plan ceased"
_FILE = "ceased_plans_2022_2024.csv"
_OLDER = "management_info_2014_2021.csv"
_OLDER_CEASED = ("Dismet", "Disoth", "Disleft", "DismetEHC", "DisothEHC", "DisleftEHC")
_OLDER_TRANSFERRED = ("Dislea", "DisleaEHC")


def _kinds(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns ceased and transfer_out: the published total less its reason ``transfer``."""
    transferred = as_counts(rows["transfer"]).astype(int)
    total = as_counts(rows["total_ceased"]).astype(int)
    return pd.DataFrame({"ceased": total - transferred, "transfer_out": transferred})


def totals(official: OfficialFiles) -> pd.DataFrame:
    """Index calendar year 2014-2024, columns ceased and transfer_out; statements included."""
    older = official.plans_release(_OLDER)
    counts = pd.DataFrame(
        {
            kind: older[list(columns)].apply(as_counts).sum(axis=1).astype(int)
            for kind, columns in zip(KINDS, (_OLDER_CEASED, _OLDER_TRANSFERRED), strict=True)
        }
    )
    counts.index = pd.Index(older["time_period"].astype(int))
    rows = official.plans_release(_FILE)
    rows = rows[rows["breakdown_topic"] == rows["breakdown"]]
    recent = _kinds(rows)
    recent.index = pd.Index(rows["time_period"].astype(int))
    return pd.concat([counts, recent]).sort_index()


def _of_topic(official: OfficialFiles, calendar: int, topic: str) -> pd.DataFrame:
    rows = official.plans_release(_FILE)
    is_leaf = ~rows["breakdown"].str.endswith("- total")
    is_asked = (rows["time_period"] == str(calendar)) & (rows["breakdown_topic"] == topic)
    return rows[is_asked & is_leaf]


def by_age(official: OfficialFiles, calendar: int) -> dict[str, dict[str, int]]:
    """Kind -> plans by our age (labels, 20-25 as one), re-aged from age at ceasing."""
    rows = _of_topic(official, calendar, CEASED_TOPIC)
    counts = _kinds(rows)
    ages = [age_label(label) for label in rows["breakdown"]]
    return {kind: ceasing_ages(dict(zip(ages, counts[kind], strict=True))) for kind in KINDS}


def by_setting(official: OfficialFiles, calendar: int) -> dict[str, dict[str, int]]:
    """Kind -> plans by published setting."""
    rows = _of_topic(official, calendar, PLACEMENT_TOPIC)
    counts = _kinds(rows)
    sums: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for kind in KINDS:
        for label, count in zip(rows["breakdown"], counts[kind], strict=True):
            if count > 0:
                setting = setting_of(label)
                sums[kind][setting] = sums[kind].get(setting, 0) + int(count)
    return sums


def closing_ages(reaged: dict[str, dict[str, int]], residual: dict[int, int]) -> dict[str, dict[str, int]]:
    """Re-aged leavers, moved where a cohort could not otherwise close.

    ``residual``: by age, arrivals that the account asks for. Re-ageing by weights is right on
    average only: where an age would need fewer arrivals than none, as many leavers are taken to it
    from the adult group, whose ages are not published.
    """
    ceased = dict(reaged["ceased"])
    for age, arrivals in residual.items():
        if arrivals < 0:
            ceased[str(age)] = ceased.get(str(age), 0) - arrivals
            ceased[ADULTS] += arrivals
    return {**reaged, "ceased": ceased}
