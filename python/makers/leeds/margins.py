"""Published tables of plans as long margins in our codes: one row a cell, zeros left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sufficiency.published.columns import (
    age_code,
    leaf_settings,
    need_codes,
    placement_label_settings,
    plain_words,
)

from .official_files import OfficialFiles, as_counts

AGE_TOPIC = "Child or young persons age"
NEW_AGE_TOPIC = "Age when plan started"
PLACEMENT_TOPIC = "Type of placement"
NEED_ORDER = (
    *("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI"),
    *("VI", "MSI", "PD", "ASD", "DS", "OTH", "UNK"),
)
SETTING_ORDER = (
    *("mainstream", "resourced", "sen_unit", "partnership", "special", "nmss"),
    *("independent_special", "independent_mainstream", "ap", "hospital", "spi", "fe"),
    *("eotas", "parental", "early_years", "unplaced", "neet", "other", "unknown"),
)


def age_label(breakdown: str) -> str:
    """A published age label as a single age or a range."""
    code = age_code(breakdown)
    if code is None:
        raise ValueError(f"age label not known: {breakdown}")
    return code


def setting_of(label: str) -> str:
    """Setting code of a placement that the publisher names in words."""
    code = placement_label_settings().get(plain_words(label))
    if code is None:
        raise ValueError(f"placement without a setting: {label}")
    return code


def by_setting(rows: pd.DataFrame) -> pd.DataFrame:
    """Leaf columns of a release table added up: columns are settings, index as given."""
    leaves = {leaf: setting for leaf, setting in leaf_settings().items() if leaf in rows.columns}
    sums = {setting: np.zeros(len(rows), dtype=np.int64) for setting in sorted({*leaves.values()})}
    for leaf, setting in leaves.items():
        sums[setting] += as_counts(rows[leaf]).fillna(0).astype(int).to_numpy()
    return pd.DataFrame(sums, index=rows.index)


def by_need(rows: pd.DataFrame) -> pd.DataFrame:
    """Need columns of a release table: columns are need codes, index as given."""
    needs = {f"number_{name}": code for name, code in need_codes().items()}
    present = [column for column in needs if column in rows.columns]
    counts = pd.DataFrame({needs[column]: as_counts(rows[column]) for column in present})
    return counts.fillna(0).astype(int)


def _long(counts: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    sums: dict[tuple[str, str], int] = {}
    for row, label in enumerate(counts.index):
        for column, code in enumerate(counts.columns):
            key = (str(label), str(code))
            sums[key] = sums.get(key, 0) + int(counts.to_numpy()[row, column])
    rows = [(*key, plans) for key, plans in sums.items() if plans > 0]
    return pd.DataFrame(rows, columns=[*keys, "plans"])


def age_by_setting(official: OfficialFiles, name: str, period: str, topic: str = AGE_TOPIC) -> pd.DataFrame:
    """Columns age, setting, plans, from a release file with placement columns."""
    table = official.plans_release(name)
    rows = table[(table["time_period"] == period) & (table["breakdown_topic"] == topic)]
    counts = by_setting(rows)
    counts.index = pd.Index([age_label(label) for label in rows["breakdown"]])
    return _long(counts, ["age", "setting"])


def age_by_need(official: OfficialFiles, name: str) -> pd.DataFrame:
    """Columns age, need, plans, from a release file on primary need."""
    table = official.plans_release(name)
    rows = table[table["breakdown_topic"] == AGE_TOPIC]
    counts = by_need(rows)
    counts.index = pd.Index([age_label(label) for label in rows["breakdown"]])
    return _long(counts, ["age", "need"])


def setting_by_need(official: OfficialFiles, name: str) -> pd.DataFrame:
    """Columns setting, need, plans; the file names placements in words, totals are left out."""
    table = official.plans_release(name)
    is_leaf = ~table["breakdown"].str.endswith("- total")
    rows = table[(table["breakdown_topic"] == PLACEMENT_TOPIC) & is_leaf]
    counts = by_need(rows)
    counts.index = pd.Index([setting_of(label) for label in rows["breakdown"]])
    return _long(counts, ["setting", "need"])
