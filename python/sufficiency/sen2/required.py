"""What a plan asks for, beside where the child is: requirement and placement are two things."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .checks import Issues
from .modules import Returns
from .stock import KEYS

SCHOOL_AGES = (4, 15)
"""Reception to Year 11: nominal year = age - 4 (the return collects no curriculum year)."""


def required_on(
    returns: Returns,
    held: pd.DataFrame,
    named: pd.DataFrame,
    days: dict[int, pd.Timestamp],
    specialist: set[str],
    issues: Issues,
) -> pd.DataFrame:
    """Columns required (setting that each plan of `held` asks for) and waits (it names a type and no place).

    A child of Reception to Year 11 who is in no specialist setting requires the one that the plan names; every
    other child that of the placement. Where plans say more it cannot be told from plans that are not yet amended
    (the child was moved before the plan was) or that name the school of next September.
    """
    plan = held[KEYS].merge(named, on=KEYS, how="left").set_index(held.index)
    place = plan["setting"]
    inside = held["setting"].isin(specialist)
    other = inside & place.notna() & place.ne("unknown") & place.ne(held["setting"])
    issues.add("placed-beside-plan", "plan_detail", _rows(plan, other))
    school = held["age"].between(*SCHOOL_AGES)
    asks = school & ~inside & place.isin(specialist)
    coming = _made_for_next_phase(returns, held, days)
    issues.add("plan-names-next-phase", "plan_detail", _rows(plan, asks & coming))
    requires = asks & ~coming
    issues.add("plan-names-place", "plan_detail", _rows(plan, requires))
    typed = _type_without_place(held) | (~inside & ~coming & _type_without_place(plan))
    required: pd.Series[Any] = held["setting"].mask(requires, place)
    return pd.DataFrame({"required": required, "waits": typed & school & ~requires})


def _type_without_place(rows: pd.DataFrame) -> pd.Series[Any]:
    """Whether a type of setting is named and no place; who is to be in mainstream waits for none of ours."""
    ordinary = rows["sensettingother"].fillna("").str.contains("mainstream", case=False, regex=False)
    named: pd.Series[Any] = rows["sensetting"].eq("OTH") & ~ordinary
    return named


def _made_for_next_phase(returns: Returns, held: pd.DataFrame, days: dict[int, pd.Timestamp]) -> pd.Series[Any]:
    """Whether a plan was made final for a phase transfer in this school year: it may name the next school."""
    active = returns.modules["active_plans"].drop_duplicates(KEYS)
    final = held[KEYS].merge(active[[*KEYS, "phasetransferfinaldate"]], on=KEYS, how="left").set_index(held.index)
    date = final["phasetransferfinaldate"]
    began = pd.to_datetime((held["year"] - 1).astype(str) + "-09-01")
    coming: pd.Series[Any] = date.ge(began) & date.le(held["year"].map(days))
    return coming


def _rows(plan: pd.DataFrame, found: pd.Series[Any]) -> pd.DataFrame:
    return plan.loc[found, ["year", "row"]]
