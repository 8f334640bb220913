"""Plans in force at each January: one row a child, with need and setting."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .checks import Issues
from .dates import census_day, parse_dates
from .modules import TABLE_ID, Returns
from .settings import Register

REASONS = frozenset(map(str, range(1, 10)))
LAST = 10**6
"""Rank of a row that has none."""
KEYS = ["year", "child"]
PLACE = ["setting", "sensetting", "sensettingother", "urn"]
"""What is kept of a placement."""


def census_days(returns: Returns) -> dict[int, pd.Timestamp]:
    """Census day of each January: the return's own reference date, else the third Thursday."""
    days = {year: census_day(year) for year in returns.years}
    header = returns.modules.get("return")
    if header is not None:
        for year, date in zip(header["year"], parse_dates(header["referencedate"]), strict=True):
            if not pd.isna(date) and date.year == year:
                days[int(year)] = date
    return days


def plans_on(returns: Returns, days: dict[int, pd.Timestamp], issues: Issues) -> pd.DataFrame:
    """Named plans with what is to be believed of their dates: year, child, row, start, cease, reason, open."""
    plans = returns.modules["named_plan"]
    active = returns.modules["active_plans"]
    has_active = _keys(plans).isin(set(_keys(active)))
    start, cease = plans["startdate"], plans["ceasedate"]
    reason = plans["ceasereason"].str.strip().str.removesuffix(".0")
    day = plans["year"].map(days)
    before = cease.lt(start)
    issues.add("ceased-before-start", "named_plan", plans[before])
    issues.add("cease-reason-missing", "named_plan", plans[cease.notna() & reason.eq("")])
    issues.add("cease-reason-invalid", "named_plan", plans[reason.ne("") & ~reason.isin(REASONS)])
    issues.add("cease-date-missing", "named_plan", plans[cease.isna() & reason.ne("")])
    issues.add("start-date-missing", "named_plan", plans[start.isna()])
    issues.add("start-after-census", "named_plan", plans[has_active & start.gt(day)])
    start = start.mask(before & ~has_active)
    cease = cease.mask(before & has_active)
    # A reason without a date: somewhere in the year of the return, so by census day.
    cease = cease.mask(cease.isna() & reason.ne("") & ~has_active, day)
    found = plans[["year", "child", "row"]].assign(start=start, cease=cease, reason=reason)
    found["open"] = ~start.gt(day) & ~cease.le(day)
    found = found.sort_values([*KEYS, "start", "row"], na_position="first", kind="stable")
    opened = found[found["open"]]
    issues.add("duplicate-plan", "named_plan", opened[opened.duplicated(KEYS, keep="last")])
    return found.reset_index(drop=True)


def in_force(returns: Returns, plans: pd.DataFrame, days: dict[int, pd.Timestamp], issues: Issues) -> pd.DataFrame:
    """Children with a plan at each January: year, child, row, module (where `row` is), start, transferred."""
    active = returns.modules["active_plans"]
    again = active.duplicated(KEYS)
    issues.add("duplicate-active-plan", "active_plans", active[again])
    active = active[~again]
    keys = _keys(active)
    opened = plans[plans["open"]].drop_duplicates(KEYS, keep="last")
    day = plans["year"].map(days)
    began = plans.loc[~plans["start"].gt(day)]
    has_open, has_any = keys.isin(set(_keys(opened))), keys.isin(set(_keys(plans)))
    has_begun = keys.isin(set(_keys(began)))
    moved_in = active["transferla"].str.strip().ne("")
    # The return names the other authority in the year of the move only.
    first_in = active[moved_in].groupby("child")["year"].min()
    came_in = active["year"].ge(active["child"].map(first_in))
    issues.add("no-named-plan", "active_plans", active[~has_any & ~came_in])
    issues.add("transferred-in", "active_plans", active[moved_in])
    # An active plan whose only named plan starts later is named under start-after-census.
    issues.add("active-plan-ceased", "active_plans", active[has_begun & ~has_open])
    kept = active[has_open | ~has_any][["year", "child", "row"]].assign(module="active_plans")
    alone = opened[~_keys(opened).isin(set(keys))]
    issues.add("no-active-plan", "named_plan", alone, "")
    held = pd.concat([kept, alone[["year", "child", "row"]].assign(module="named_plan")], ignore_index=True)
    held = held.merge(opened[[*KEYS, "start"]], on=KEYS, how="left")
    transferred = set(keys[moved_in])
    return held.assign(transferred=_keys(held).isin(transferred)).sort_values(KEYS, ignore_index=True)


def needs_on(
    returns: Returns, held: pd.DataFrame, known: list[str], pairs: list[str], issues: Issues
) -> pd.Series[Any]:
    """Need of each plan of `held`: that of first rank, or a compound such as `ASD+SLD` if it is among `pairs`."""
    rows = returns.modules["sen_need"]
    code = rows["sentype"].str.strip().str.upper()
    valid = code.isin(known)
    issues.add("need-invalid", "sen_need", rows[~valid])
    rank = _ranks(rows["sentyperank"])
    issues.add("need-rank-invalid", "sen_need", rows[rank.eq(LAST)])
    rows = rows[[*KEYS, "row"]].assign(code=code, rank=rank)[valid]
    rows = rows.sort_values([*KEYS, "rank", "row"], kind="stable")
    ranked = rows[rows["rank"].lt(LAST)]
    issues.add("needs-same-rank", "sen_need", ranked[ranked.duplicated([*KEYS, "rank"])])
    first = rows.drop_duplicates(KEYS)
    second = rows[rows.duplicated(KEYS)].drop_duplicates(KEYS)
    table = first.merge(second[[*KEYS, "code"]], on=KEYS, how="left", suffixes=("", "_second"))
    both = table["code"] + "+" + table["code_second"].fillna("")
    table["need"] = table["code"].mask(both.isin(pairs), both)
    need = held[KEYS].merge(table[[*KEYS, "need"]], on=KEYS, how="left")["need"]
    with_needs = set(_keys(returns.modules["sen_need"]))
    nothing = ~_keys(held).isin(with_needs) & held["module"].eq("active_plans")
    issues.add("need-missing", "active_plans", held[nothing])
    earlier = need.groupby(held["child"]).ffill()
    return earlier.fillna("UNK").set_axis(held.index)


def named_on(
    returns: Returns, plans: pd.DataFrame, ages: pd.DataFrame, register: Register, issues: Issues
) -> pd.DataFrame:
    """The placement of first rank that each plan in force names (4b): year, child, row, and columns of `PLACE`."""
    columns = [*KEYS, "row", *PLACE]
    if "plan_detail" not in returns.modules:
        return pd.DataFrame(columns=columns)
    named = _of_open_plan(returns, plans, _with_setting(returns, "plan_detail", ages, register, issues))
    return named.sort_values([*KEYS, "rank", "row"], kind="stable").drop_duplicates(KEYS)[columns]


def _of_open_plan(returns: Returns, plans: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """What the plan that stands names, where a child has several and rows say whose they are."""
    key = TABLE_ID["named_plan"]
    all_plans = returns.modules["named_plan"]
    if key not in named.columns or key not in all_plans.columns:
        return named
    opened = plans[plans["open"]].drop_duplicates(KEYS, keep="last")
    ids = opened.merge(all_plans[["year", "row", key]], on=["year", "row"])[[*KEYS, key]]
    stands = named[KEYS].merge(ids, on=KEYS, how="left")[key].set_axis(named.index)
    return named[stands.isna() | stands.eq(named[key])]


def placements_on(
    returns: Returns,
    held: pd.DataFrame,
    named: pd.DataFrame,
    ages: pd.DataFrame,
    days: dict[int, pd.Timestamp],
    register: Register,
    issues: Issues,
) -> pd.DataFrame:
    """Columns of `PLACE` of the first placement of each plan of `held`, else of the one that the plan names."""
    placed = _with_setting(returns, "placement_detail", ages, register, issues)
    day = placed["year"].map(days)
    entry, leaving = placed["entrydate"], placed["leavingdate"]
    before = leaving.lt(entry)
    issues.add("left-before-entry", "placement_detail", placed[before])
    placed = placed[~entry.gt(day) & ~leaving.mask(before).le(day)]
    placed = placed.sort_values([*KEYS, "rank", "entrydate", "row"], ascending=[True, True, True, False, True])
    placed = placed[_keys(placed).isin(set(_keys(held)))]
    ranked = placed[placed["rank"].lt(LAST)]
    firsts = ranked[ranked["rank"].eq(ranked.groupby(KEYS)["rank"].transform("min"))]
    issues.add("several-first-placements", "placement_detail", firsts[firsts.duplicated(KEYS)])
    lead = placed.drop_duplicates(KEYS)[[*KEYS, *PLACE]]
    found = held[KEYS].merge(lead, on=KEYS, how="left")
    none = found["setting"].isna().to_numpy()
    issues.add("no-placement", "active_plans", held[none & held["module"].eq("active_plans").to_numpy()])
    instead = held[KEYS].merge(named[[*KEYS, *PLACE]], on=KEYS, how="left")
    found.loc[none, PLACE] = instead.loc[none, PLACE]
    return found[PLACE].fillna({"setting": "unknown"}).fillna("").set_index(held.index)


def _with_setting(
    returns: Returns, module: str, ages: pd.DataFrame, register: Register, issues: Issues
) -> pd.DataFrame:
    rows = returns.modules[module].merge(ages[[*KEYS, "age"]], on=KEYS, how="left")
    rank = _ranks(rows["placementrank"])
    issues.add("placement-rank-invalid", module, rows[rank.eq(LAST)])
    sensetting = rows["sensetting"].str.strip().str.upper()
    return rows.assign(rank=rank, setting=register.settings(rows, module, issues), sensetting=sensetting)


def _ranks(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Whole numbers from 1; what is none of these goes last."""
    number = pd.to_numeric(texts.str.strip(), errors="coerce")
    ranks: pd.Series[Any] = number.where(number.ge(1) & number.mod(1).eq(0) & number.lt(LAST), LAST)
    return ranks.astype("int64")


def _keys(table: pd.DataFrame) -> pd.Series[Any]:
    keys: pd.Series[Any] = table["child"].astype("int64") * 10_000 + table["year"].astype("int64")
    return keys


def fill_ages(held: pd.DataFrame) -> pd.Series[Any]:
    """Ages that no January gives: the commonest of the child's setting that year, else of all plans that year."""
    ages = held["age"]
    for group in (["year", "setting"], ["year"]):
        if ages.isna().any():
            commonest = held.assign(age=ages).groupby(group)["age"].agg(_mode)
            missing = held[ages.isna()]
            keys = missing[group[0]] if len(group) == 1 else pd.MultiIndex.from_frame(missing[group])
            ages = ages.fillna(pd.Series(commonest.reindex(keys).to_numpy(), index=missing.index))
    return ages.fillna(10).astype(int)


def _mode(ages: pd.Series[Any]) -> float:
    counts = ages.value_counts()
    return float(counts[counts.eq(counts.max())].index.min()) if len(counts) else float("nan")
