"""Whose row is it: rows to persons of one return, persons to children across Januaries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .checks import Issues
from .modules import MODULES, TABLE_ID, Returns, problem, refuse

UPN = r"[A-Z]\d{11}[0-9A-Z]"
"""A unique pupil number: a letter, eleven digits, a digit (or a letter, if temporary)."""
ULN = r"[1-9]\d{9}"
PEOPLE = ("requests", "assessment", "named_plan", "plan_detail", "active_plans", "placement_detail", "sen_need")
"""Modules whose rows belong to a person, parents before those that hang on them."""


def link_rows(returns: Returns) -> None:
    """Give every row the person of its return: column `_person`, blank if its parent is not there.

    Raises
    ------
    InputError
        If a module has no column that leads to a person.
    """
    person = returns.modules["person"]
    key = TABLE_ID["person"]
    if key not in person.columns:
        person = person.assign(**{key: person["upn"].str.strip().where(person["upn"].str.strip().ne(""))})
        person[key] = person[key].fillna("row " + person["row"].astype(str))
    person = person.assign(_person=_in_year(person, key))
    returns.modules["person"] = person
    by_upn = _first(_in_year(person, "upn"), person["_person"])
    problems = []
    for name in PEOPLE:
        if name not in returns.modules:
            continue
        table = returns.modules[name]
        owner = _owner(name, table, returns, by_upn)
        if owner is None:
            wanted = " or ".join(TABLE_ID[parent] for parent in MODULES[name].parents)
            message = f"no column says whose row it is: {wanted}"
            problems.append(problem("sen2-link-missing", name, message, "export the tables with their ids"))
            continue
        returns.modules[name] = table.assign(_person=owner)
    refuse(problems)


def _owner(name: str, table: pd.DataFrame, returns: Returns, by_upn: pd.Series[Any]) -> pd.Series[Any] | None:
    """The person of each row, by the nearest parent whose id the module has."""
    for parent in (
        reversed(MODULES[name].parents) if TABLE_ID["person"] in table.columns else MODULES[name].parents
    ):
        column = TABLE_ID[parent]
        above = returns.modules.get(parent)
        if column in table.columns and above is not None and {column, "_person"} <= set(above.columns):
            return _in_year(table, column).map(_first(_in_year(above, column), above["_person"])).fillna("")
    if "upn" in table.columns:
        return _in_year(table, "upn").map(by_upn).fillna("")
    return None


def _in_year(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """A value made unique over Januaries; blank stays blank."""
    value = table[column].str.strip()
    keyed: pd.Series[Any] = (value + "|" + table["year"].astype(str)).where(value.ne(""), "")
    return keyed


def _first(keys: pd.Series[Any], values: pd.Series[Any]) -> pd.Series[Any]:
    """Key -> value of its first row; blank keys lead nowhere."""
    pairs = pd.DataFrame({"key": keys.to_numpy(), "value": values.to_numpy()})
    pairs = pairs[pairs["key"].ne("")].drop_duplicates("key")
    return pd.Series(pairs["value"].to_numpy(), index=pairs["key"].to_numpy(), dtype=object)


def link_children(returns: Returns, issues: Issues) -> None:
    """Give every row the child it belongs to, the same number in every January; rows of nobody are left out.

    Raises
    ------
    InputError
        If no row of a module and January belongs to anybody: the tables are not of one export.
    """
    person = returns.modules["person"]
    upn = person["upn"].str.strip().str.upper()
    valid = upn.str.fullmatch(UPN)
    issues.add("no-upn", "person", person[upn.eq("")])
    issues.add("upn-invalid", "person", person[upn.ne("") & ~valid])
    tokens = [upn.where(valid, ""), *_weaker_tokens(person)]
    child = _components(
        len(person), [_unique_in_year(token, person["year"], at) for at, token in enumerate(tokens)]
    )
    person = person.assign(child=child)
    again = person.duplicated(["year", "child"])
    issues.add("duplicate-person", "person", person[again])
    issues.add("upn-changed", "person", changed(person.assign(upn=upn)[valid & ~again], "upn"))
    returns.modules["person"] = person
    children = _first(person["_person"], person["child"])
    problems = []
    for name in PEOPLE:
        if name in returns.modules:
            table = returns.modules[name]
            found = table["_person"].map(children)
            nobody = found.isna().groupby(table["year"]).all()
            message = "no row of January {} belongs to a person of module 1"
            hint = "the tables of a January must come from one export, with the ids that join them"
            problems += [
                problem("sen2-nothing-linked", name, message.format(year), hint) for year in nobody.index[nobody]
            ]
            issues.add("orphan-row", name, table[found.isna()])
            table = table.assign(child=found)[found.notna()].astype({"child": "int64"})
            returns.modules[name] = table.reset_index(drop=True)
    refuse(problems)


def _weaker_tokens(person: pd.DataFrame) -> list[pd.Series[Any]]:
    """What else a child is known by: learner number, and names with date of birth."""
    uln = person["uniquelearnernumber"].str.strip()
    names = [person[part].str.strip().str.casefold() for part in ("surname", "forename")]
    birth = person["personbirthdate"].str.strip()
    whole = names[0].ne("") & names[1].ne("") & birth.ne("")
    named = names[0] + "|" + names[1] + "|" + birth.str[:11]
    return [uln.where(uln.str.fullmatch(ULN), ""), named.where(whole, "")]


def _unique_in_year(token: pd.Series[Any], year: pd.Series[Any], at: int) -> pd.Series[Any]:
    """A weaker token that two children of one January share says nothing; a UPN always counts."""
    if at == 0:
        return token
    shared = pd.DataFrame({"token": token, "year": year}).duplicated(keep=False)
    return token.where(~token.isin(set(token[shared])), "")


def _components(size: int, tokens: list[pd.Series[Any]]) -> NDArray[np.int64]:
    """Rows joined by any token: the least row position of each group."""
    label = np.arange(size, dtype=np.int64)
    codes = []
    for token in tokens:
        known = token.ne("").to_numpy()
        code, _ = pd.factorize(token.to_numpy()[known])
        codes.append((np.flatnonzero(known), code))
    while True:
        before = label.copy()
        for rows, code in codes:
            least = np.full(code.max(initial=-1) + 1, size, dtype=np.int64)
            np.minimum.at(least, code, label[rows])
            label[rows] = least[code]
        if np.array_equal(before, label):
            return label


def changed(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows whose value differs from that of the child's January before among these rows."""
    ordered = rows.sort_values(["child", "year"], kind="stable")
    earlier = ordered.groupby("child")[column].shift()
    return ordered[earlier.notna() & earlier.ne(ordered[column])]


def duplicate_rows(returns: Returns, issues: Issues) -> None:
    """Note and leave out rows that say what an earlier row of the same module and child says."""
    # Rows of the other modules have rows hanging on them: two of those are not the same.
    for name in ("placement_detail", "plan_detail", "sen_need"):
        if name not in returns.modules:
            continue
        table = returns.modules[name]
        content = list(MODULES[name].columns)
        parent = next(
            (TABLE_ID[each] for each in MODULES[name].parents if TABLE_ID[each] in table.columns), "child"
        )
        again = table.duplicated(["year", "child", parent, *content]) & (table[content] != "").any(axis=1)
        issues.add("duplicate-row", name, table[again], "")
        returns.modules[name] = table[~again].reset_index(drop=True)
