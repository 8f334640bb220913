"""What reading a return found and did: issues, corrections, the account."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .checks import ISSUE_COLUMNS
from .corrections import LOG_COLUMNS
from .flows import ACCOUNT_COLUMNS


@dataclass(frozen=True)
class Reading:
    """Tables beside the inputs that person-level returns were read into; positions of rows, no child."""

    issues: pd.DataFrame
    corrections: pd.DataFrame
    account: pd.DataFrame

    @classmethod
    def empty(cls) -> Reading:
        """Of inputs that no return was read for."""
        return cls(
            pd.DataFrame(columns=ISSUE_COLUMNS),
            pd.DataFrame(columns=LOG_COLUMNS),
            pd.DataFrame(columns=ACCOUNT_COLUMNS),
        )

    def files(self) -> dict[str, bytes]:
        """The tables as CSV files."""
        tables = {"issues": self.issues, "corrections": self.corrections, "account": self.account}
        return {f"{name}.csv": table.to_csv(index=False).encode() for name, table in tables.items()}

    @classmethod
    def of_files(cls, files: Mapping[str, bytes]) -> Reading | None:
        """The tables of `files`; None if there are none."""
        names = ("issues", "corrections", "account")
        if not all(f"{name}.csv" in files for name in names):
            return None
        tables = [pd.read_csv(io.BytesIO(files[f"{name}.csv"]), keep_default_na=False) for name in names]
        return cls(*tables)
