"""England's rates by age, need and setting, from the Januaries of 2024 and 2025 (one pair of years)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

AS_OF = 2025
AGES = 26
Counts = NDArray[np.float64]

GROUPS = {
    "learning": ("SPLD", "MLD", "SLD", "PMLD", "DS", "OTH"),
    "communication": ("ASD", "SLCN"),
    "semh": ("SEMH",),
    "sensory_physical": ("HI", "VI", "MSI", "PD"),
}
# Ages after ageing on; within-phase years never share a row with years of phase transfer.
CLASSES = ("0-3", "4", "5-10", "11", "12-15", "16", "17", "18", "19", "20-25")
FIRST_CLASSES = ("0-3", "4", "5-10", "11-15", "16-25")
# Chance of keeping one's setting before the margins are met. Chosen by the authors: it decides how many
# moves cancel out unseen; the margins decide the rest.
STAYING = {"4": 0.6, "11": 0.9, "16": 0.6, "17": 0.8, "18": 0.8, "19": 0.8, "20-25": 0.85}
STAYING_WITHIN = 0.97
# Settings that are meant to be left soon keep fewer (chosen).
STAYING_AT_MOST = {"unplaced": 0.5, "hospital": 0.5, "ap": 0.7, "eotas": 0.9}
# The published group 20 and over, spread over its ages as the stock falls.
OLDEST = np.array([0.35, 0.25, 0.17, 0.12, 0.08, 0.03])
# Chance of keeping one's need before the margins are met (chosen).
KEPT_NEED = 0.99
# New plans explain at most all but this share of a stock: the rest was there before (chosen).
LEAST_OLD = 0.02
# Arrivals with a plan are not published; nationally they equal those who leave with one.
SMALL = 1e-4


def first_and_last(ages: str) -> tuple[int, int]:
    """`5-10` as 5, 10; `7` as 7, 7."""
    first, _, last = ages.partition("-")
    return int(first), int(last or first)


def cells(table: pd.DataFrame, year: int, key: str, **where: str) -> pd.DataFrame:
    """Rows of one margin: `key` (need or setting) named, the other not, at single ages and bands."""
    other = "need" if key == "setting" else "setting"
    chosen = table[(table["year"] == year) & (table["age"] != "all") & (table[key] != "all")]
    chosen = chosen[chosen[other] == "all"]
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    return chosen


def by_age(rows: pd.DataFrame, key: str, codes: list[str], *, raised: int = 0) -> Counts:
    """Counts, shape (age, code); `raised` is added to published ages; 0-2 stands at its oldest."""
    counts = np.zeros((AGES, len(codes)))
    for age, code, plans in zip(rows["age"], rows[key], rows["plans"], strict=True):
        first, last = first_and_last(age)
        if first < 3:
            counts[2 + raised, codes.index(code)] += plans
        elif first == last:
            counts[first + raised, codes.index(code)] += plans
        else:
            share = OLDEST[: AGES - first - raised]
            counts[first + raised :, codes.index(code)] += plans * share / share.sum()
    return counts


def exact_to_census_age(counts: Counts) -> Counts:
    """From exact age in January to age on 31 August: three children in eight are a year younger."""
    moved = counts * 0.625
    moved[:-1] += counts[1:] * 0.375
    moved[0] += counts[0] * 0.375
    return moved


def settings_by_age(stock: tuple[Counts, ...], settings: list[str], residents: Counts) -> pd.DataFrame:
    """Share of each age's plans in each setting, both Januaries together: where a fit of age by setting starts.

    Setting `all`: plans a resident of the age.
    """
    plans = sum(stock[1:], stock[0])
    share = plans / np.maximum(plans.sum(axis=1, keepdims=True), 1.0)
    share[:3] = plans[:3].sum(axis=0) / plans[:3].sum()  # Those under three are published together.
    rate = plans.sum(axis=1) / len(stock) / residents
    rate[:2] = 0  # Those under three are published together, and taken for two-year-olds.
    rows = [(age, "all", float(f"{rate[age]:.4g}")) for age in range(AGES)]
    rows += [
        (age, setting, float(f"{share[age, i]:.4g}"))
        for age in range(AGES)
        for i, setting in enumerate(settings)
        if share[age, i] > 0
    ]
    return pd.DataFrame(rows, columns=["age", "setting", "share"])


def hazards(plans: pd.DataFrame, flows: pd.DataFrame, new: Counts) -> pd.DataFrame:
    """Chance of ceasing and of leaving for another authority, by age after ageing on.

    To 17 from plans recorded as ceased by age (recorded a year or two above the January age), from 18 by
    the balance of the stock, whose records of ceased plans are not by single age.
    """
    stock = {year: total_by_age(plans, year) for year in (AS_OF - 1, AS_OF)}
    ceased, left = (by_age_total(flows, flow) for flow in ("ceased", "transfer_out"))
    rows = []
    for before in range(AGES):
        number = stock[AS_OF - 1][before]
        if before < 4:
            chance, out = 0.005, 0.023  # too few plans at these ages
        elif before < 18:
            chance, out = recorded(ceased, before) / number, recorded(left, before) / number
        elif before < 25:
            chance = 1 - (stock[AS_OF][before + 1] - new[before + 1]) / number
            out = left[19:].sum() / stock[AS_OF - 1][19:].sum() if before > 18 else left[19] / number
        else:
            chance, out = 1.0, 0.0
        rows.append((before + 1, round(float(chance), 4), round(float(out), 4)))
    rows.insert(0, (0, 0.005, 0.023))
    return pd.DataFrame(rows[:AGES], columns=["age", "ceasing", "transfer_out"])


def recorded(events: Counts, age: int) -> float:
    """Events that belong to a January age: recorded at one year more, one in ten at two."""
    return float(0.9 * events[min(age + 1, 25)] + 0.1 * events[min(age + 2, 25)])


def total_by_age(plans: pd.DataFrame, year: int) -> Counts:
    """England's stock by single age."""
    rows = plans[(plans["year"] == year) & (plans["age"] != "all")]
    rows = rows[(rows["need"] == "all") & (rows["setting"] == "all")].assign(one="all")
    return by_age(rows, "one", ["all"])[:, 0]


def by_age_total(flows: pd.DataFrame, flow: str) -> Counts:
    """A flow by recorded age; 20 and over at 20 and above, spread."""
    rows = flows[(flows["year"] == AS_OF) & (flows["flow"] == flow) & (flows["age"] != "all")]
    rows = rows[(rows["need"] == "all") & (rows["setting"] == "all")].assign(one="all")
    return by_age(rows, "one", ["all"])[:, 0]


def meet(seed: Counts, rows: Counts, columns: Counts, passes: int = 500) -> Counts:
    """The table nearest to `seed` (Kullback-Leibler) with these margins (Deming and Stephan 1940)."""
    table = seed.copy()
    columns = columns * rows.sum() / columns.sum()
    for _ in range(passes):
        table *= (rows / np.maximum(table.sum(axis=1), 1e-300))[:, None]
        table *= columns / np.maximum(table.sum(axis=0), 1e-300)
    return table


def kernel(after: Counts, staying: float, settings: list[str]) -> Counts:
    """Moves before margins are met: most stay, the others go where children of the age are."""
    share = after / after.sum()
    stay = np.array([min(staying, STAYING_AT_MOST.get(setting, 1.0)) for setting in settings])
    return (1 - stay)[:, None] * share + np.diag(stay)


def transitions(stock: tuple[Counts, Counts], ceasing: Counts, new: Counts, settings: list[str]) -> pd.DataFrame:
    """Share of a setting's children who go to each setting, by class of age after ageing on."""
    rows = []
    for ages in CLASSES:
        first, last = first_and_last(ages)
        table = np.zeros((len(settings), len(settings)))
        for age in range(max(first, 3), min(last, 24) + 1):
            before = stock[0][age - 1] * (1 - ceasing[age])
            known = np.maximum(stock[1][age] - new[age], LEAST_OLD * stock[1][age])
            after = known if last >= 4 else stock[1][age]
            seed = kernel(after, STAYING.get(ages, STAYING_WITHIN), settings) * np.maximum(before, 0.1)[:, None]
            # Under four nearly all plans are new: what is left of the stock says nothing on moves.
            table += seed if last < 4 else meet(seed, np.maximum(before, 0.1), np.maximum(after, 0.1))
        share = table / table.sum(axis=1, keepdims=True)
        for i, origin in enumerate(settings):
            kept = np.where(share[i] >= SMALL, share[i], 0)
            rows += [
                (ages, origin, to, round(float(p), 5))
                for to, p in zip(settings, kept / kept.sum(), strict=True)
                if p > 0
            ]
    return pd.DataFrame(rows, columns=["age", "setting", "to_setting", "share"])


def need_changes(plans: pd.DataFrame, ends: Counts, new: Counts, needs: list[str]) -> pd.DataFrame:
    """Share of a need's children recorded with each need a year later, by class of age after ageing on.

    Needs are published for one January. Inferred as moves are, supposing that each age had the same
    mix of needs a year before: so what new plans do not bring must have been recorded anew. School ages
    only: before them nearly all plans are new, and after them needs differ in when plans cease.
    """
    mix = by_age(cells(plans, AS_OF, "need"), "need", needs)
    share = mix / np.maximum(mix.sum(axis=1, keepdims=True), 1e-9)
    before_all = total_by_age(plans, AS_OF - 1)
    rows = []
    for ages in ("5-10", "11", "12-15"):
        first, last = first_and_last(ages)
        table = np.zeros((len(needs), len(needs)))
        for age in range(first, last + 1):
            before = np.maximum(before_all[age - 1] * (1 - ends[age]) * share[age - 1], 0.1)
            after = np.maximum(mix[age] - new[age], LEAST_OLD * mix[age]) + 0.1
            seed = (1 - KEPT_NEED) * share[age] + KEPT_NEED * np.eye(len(needs))
            table += meet(seed * before[:, None], before, after)
        chance = table / table.sum(axis=1, keepdims=True)
        for i, need in enumerate(needs):
            recorded = (chance[i] >= SMALL) & (np.array(needs) != "UNK")
            kept = np.where(recorded | (np.array(needs) == need), chance[i], 0)
            rows += [
                (ages, need, to, round(float(p), 5))
                for to, p in zip(needs, kept / kept.sum(), strict=True)
                if p > 0
            ]
    return pd.DataFrame(rows, columns=["age", "need", "to_need", "share"])


def first_settings(
    age_setting: Counts, need_setting: Counts, age_need: Counts, settings: list[str], needs: list[str]
) -> pd.DataFrame:
    """Share of new plans that start in each setting, by class of age and need group."""
    rows = []
    overall = age_setting.sum(axis=0) / age_setting.sum()
    for ages in FIRST_CLASSES:
        first, last = first_and_last(ages)
        of_age = age_setting[first : last + 1].sum(axis=0)
        of_age = of_age / of_age.sum()
        members = {g: [needs.index(n) for n in codes if n in needs] for g, codes in GROUPS.items()}
        tilt = {g: need_setting[ix].sum(axis=0) / need_setting[ix].sum() for g, ix in members.items()}
        weight = {g: age_need[first : last + 1, ix].sum() for g, ix in members.items()}
        table = np.array([of_age * tilt[g] / np.maximum(overall, 1e-9) * weight[g] for g in GROUPS])
        table = meet(table + 1e-9, np.array(list(weight.values())), of_age)
        for group, row in zip(GROUPS, table / table.sum(axis=1, keepdims=True), strict=True):
            rows += [
                (ages, group, setting, round(float(p), 5))
                for setting, p in zip(settings, row, strict=True)
                if p >= SMALL
            ]
    return pd.DataFrame(rows, columns=["age", "need_group", "to_setting", "share"])


def incidence(age_need: Counts, residents: Counts, needs: list[str]) -> pd.DataFrame:
    """New plans a year and thousand residents, by age and need."""
    rows = [
        (age, need, round(float(1000 * age_need[age, i] / residents[age]), 4))
        for age in range(1, AGES)
        for i, need in enumerate(needs)
        if age_need[age, i] > 0
    ]
    return pd.DataFrame(rows, columns=["age", "need", "rate"])


def all_rates(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Every shipped table of rates by file name, from England's own tables as of `AS_OF`."""
    plans, flows, population = tables["plans"], tables["flows"], tables["population"]
    # "unknown" is a placement not recorded: no child moves to or from it.
    settings = sorted(set(plans["setting"]) - {"all", "unknown"})
    plans, flows = (t[t["setting"] != "unknown"] for t in (plans, flows))
    needs = sorted(set(plans["need"]) - {"all"})
    stock = tuple(by_age(cells(plans, y, "setting"), "setting", settings) for y in (AS_OF - 1, AS_OF))
    by_need = by_age(cells(flows, AS_OF, "need", flow="new"), "need", needs, raised=1)
    # Ages 0 to 2 raised by one are 3 for most: as many as the stock shows stay younger.
    young = total_by_age(plans, AS_OF)[2] / by_need[3].sum()
    by_need[2], by_need[3] = by_need[3] * young * 0.9, by_need[3] * (1 - young)
    by_need[1] = by_need[2] / 9
    placed = by_age(cells(flows, AS_OF, "setting", flow="new"), "setting", settings)
    placed = exact_to_census_age(placed)
    of_age = placed / np.maximum(placed.sum(axis=1, keepdims=True), 1e-9)
    new = by_need.sum(axis=1)
    table = flows[(flows["year"] == AS_OF) & (flows["flow"] == "new") & (flows["age"] == "all")]
    crossed = table[(table["need"] != "all") & (table["setting"] != "all")]
    crossed = crossed.pivot_table(index="need", columns="setting", values="plans", aggfunc="sum")
    crossed = crossed.reindex(index=needs, columns=settings).fillna(0).to_numpy(float)
    residents = population[population["year"] == AS_OF]
    residents = residents.groupby(residents["age"].astype(int))["population"].sum().to_numpy(float)
    hazard = hazards(plans, flows, new)
    ceasing = hazard["ceasing"].to_numpy(float)
    return {
        "settings_by_age": settings_by_age(stock, settings, residents),
        "ceasing": hazard,
        "need_changes": need_changes(plans, ceasing, by_need, needs),
        "transitions": transitions(stock, ceasing, of_age * new[:, None], settings),
        "first_setting": first_settings(placed, crossed, by_need, settings, needs),
        "incidence": incidence(by_need, residents, needs),
    }
