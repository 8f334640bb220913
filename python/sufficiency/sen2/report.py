"""What reading a return found and did: issues, corrections, the account."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, fields

import pandas as pd

from .checks import ISSUE_COLUMNS
from .corrections import LOG_COLUMNS
from .flows import ACCOUNT_COLUMNS, REASON_COLUMNS


@dataclass(frozen=True)
class Reading:
    """Tables beside the inputs that person-level returns were read into; positions of rows, no child."""

    issues: pd.DataFrame
    corrections: pd.DataFrame
    account: pd.DataFrame
    reasons: pd.DataFrame

    @classmethod
    def empty(cls) -> Reading:
        """Of inputs that no return was read for."""
        columns = (ISSUE_COLUMNS, LOG_COLUMNS, ACCOUNT_COLUMNS, REASON_COLUMNS)
        return cls(*(pd.DataFrame(columns=each) for each in columns))

    def files(self) -> dict[str, bytes]:
        """The tables as CSV files."""
        tables = {each.name: getattr(self, each.name) for each in fields(self)}
        return {f"{name}.csv": table.to_csv(index=False).encode() for name, table in tables.items()}

    @classmethod
    def of_files(cls, files: Mapping[str, bytes]) -> Reading | None:
        """The tables of `files`; None if there are none."""
        names = [each.name for each in fields(cls)]
        if not all(f"{name}.csv" in files for name in names):
            return None
        as_given = {"corrections": {"row": str, "year": str, "module": str}, "reasons": {"reason": str}}
        tables = []
        for name in names:
            kinds = as_given.get(name)
            tables.append(pd.read_csv(io.BytesIO(files[f"{name}.csv"]), keep_default_na=False, dtype=kinds))
        return cls(*tables)
