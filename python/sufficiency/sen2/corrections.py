"""The corrections file: cells changed before anything is derived, each logged whether it was applied or not."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from sufficiency.errors import InputError

from .modules import MODULES, TABLE_ID, Returns, head, problem, refuse

COLUMNS = ("module", "year", "person", "row", "column", "from", "to", "reason", "who")
LOG_COLUMNS = ["line", "module", "year", "row", "column", "applied", "rows_changed", "note", "reason", "who"]
REMOVE = "remove"
"""Under column `row`, `to` = remove takes the row out of the return."""

_NUMBERS = {
    "1": "person",
    "2": "requests",
    "3": "assessment",
    "4a": "named_plan",
    "4b": "plan_detail",
    "5a": "active_plans",
    "5b": "placement_detail",
    "5c": "sen_need",
}


def read_corrections(source: Any) -> tuple[pd.DataFrame, str]:
    """The corrections as text, and a fingerprint of them (SHA-256, first 12 letters).

    Raises
    ------
    InputError
        If the file cannot be read or a column is missing.
    """
    if isinstance(source, str | Path):
        try:
            table = pd.read_csv(Path(source), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            message = f"{Path(source).name} cannot be read: {type(error).__name__}"
            raise InputError(f"corrections: {message} [unreadable-file]") from error
    else:
        table = pd.DataFrame(source).fillna("").astype(str)
    table.columns = pd.Index([str(column).strip().lower() for column in table.columns])
    absent = [column for column in COLUMNS if column not in table.columns]
    if "person" in absent and "row" not in absent:
        table, absent = table.assign(person=""), [column for column in absent if column != "person"]
    elif "row" in absent and "person" not in absent:
        table, absent = table.assign(row=""), [column for column in absent if column != "row"]
    hint = f"its columns are {', '.join(COLUMNS)}; either person or row may be left out"
    refuse([problem("missing-column", "corrections", f"column {column} is missing", hint) for column in absent])
    content = table[list(COLUMNS)].to_csv(index=False).encode()
    return table[list(COLUMNS)], hashlib.sha256(content).hexdigest()[:12]


def apply_corrections(returns: Returns, corrections: pd.DataFrame) -> pd.DataFrame:
    """Change the cells of `returns` that the corrections name, in order; returns the log, one row a correction.

    The log names positions, columns and reasons; what stood and stands in the cells is in the file itself.
    """
    persons = _persons(returns)
    log = []
    for line, each in enumerate(corrections.to_dict("records"), start=1):
        given = {str(key): str(value).strip() for key, value in each.items()}
        module = _NUMBERS.get(given["module"].lower(), given["module"].lower().replace(" ", "_"))
        changed, note = _apply(returns, module, given, persons)
        entry = {"line": line, "module": module, "year": given["year"], "row": given["row"]}
        entry |= {"column": given["column"], "applied": changed > 0, "rows_changed": changed, "note": note}
        log.append(entry | {"reason": given["reason"], "who": given["who"]})
    return pd.DataFrame(log, columns=LOG_COLUMNS)


def _apply(returns: Returns, module: str, given: dict[str, str], persons: pd.DataFrame) -> tuple[int, str]:
    """How many rows were changed, and why none were."""
    if not given["reason"] or not given["who"]:
        return 0, "a correction needs a reason and who made it"
    if module not in MODULES or module not in returns.modules:
        return 0, "no such module"
    table = returns.modules[module]
    column = head(given["column"])
    if column != "row" and column not in table.columns:
        return 0, "no such column"
    rows = table["year"].astype(str).eq(given["year"])
    if not rows.any():
        return 0, "no such January"
    if given["row"]:
        rows &= table["row"].astype(str).eq(given["row"])
    elif given["person"]:
        rows &= _of_person(module, table, given, persons)
    else:
        return 0, "neither a person nor a row is named"
    if not rows.any():
        return 0, "no such row" if given["row"] else "no such person, or no row of theirs"
    if column == "row":
        if given["to"].lower() != REMOVE:
            return 0, f"under column row, to must be {REMOVE}"
        returns.modules[module] = table[~rows].reset_index(drop=True)
        return int(rows.sum()), ""
    rows &= table[column].str.strip().eq(given["from"])
    if not rows.any():
        return 0, "the cell holds something else than the correction says"
    returns.modules[module] = table.assign(**{column: table[column].where(~rows, given["to"])})
    return int(rows.sum()), ""


def _persons(returns: Returns) -> pd.DataFrame:
    """Each module's rows as they were read: the person they belong to, by table id and UPN."""
    table = returns.modules["person"]
    key = TABLE_ID["person"]
    ids = table[key] if key in table.columns else pd.Series("", index=table.index)
    return pd.DataFrame({"year": table["year"], "id": ids.str.strip(), "upn": table["upn"].str.strip()})


def _of_person(module: str, table: pd.DataFrame, given: dict[str, str], persons: pd.DataFrame) -> pd.Series[Any]:
    key = TABLE_ID["person"]
    wanted = persons[persons["year"].astype(str).eq(given["year"])]
    ids = set(wanted.loc[wanted["id"].eq(given["person"]) | wanted["upn"].eq(given["person"]), "id"]) - {""}
    own: pd.Series[Any] = pd.Series(False, index=table.index)
    if module == "person":
        own = table["upn"].str.strip().eq(given["person"])
    if key in table.columns:
        own |= table[key].str.strip().isin(ids)
    elif "_person" in table.columns:
        own |= table["_person"].isin([f"{each}|{given['year']}" for each in ids])
    return own
