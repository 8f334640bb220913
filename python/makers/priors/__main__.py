"""Make `src/calibration/priors/*.csv` from a folder of official files.

Run: PYTHONPATH=python/makers python -m priors --real FOLDER      (about three minutes)
The sizes of effects are learnt from forecasts of the built package: build with the other tables first, then run
`--only effects` (some five minutes).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sufficiency.published import read_release, read_tables

from .effects import sizes
from .origins import Origins
from .panel import read_panel
from .rates import AS_OF, all_rates

TARGET = Path(__file__).resolve().parents[3] / "src" / "calibration" / "priors"
# The base table is fitted before anything is calibrated: what it starts from stands beside it.
ELSEWHERE = {"settings_by_age": "../../data/base"}


def main() -> None:
    """Read the folder named on the command line and write every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", required=True, type=Path, help="folder of official files")
    parser.add_argument("--out", default=TARGET, type=Path, help="folder to write to")
    parser.add_argument("--only", choices=["rates", "trend", "effects"], help="make only these tables")
    arguments = parser.parse_args()
    tables = {}
    if arguments.only in (None, "rates"):
        tables |= all_rates(read_tables(read_release(arguments.real), "England", AS_OF)[1])
    if arguments.only in (None, "trend"):
        tables |= Origins(read_panel(arguments.real)).all_tables()
    if arguments.only == "effects":
        tables["effects"] = sizes(arguments.real)
    for name, table in tables.items():
        folder = arguments.out / ELSEWHERE.get(name, "")
        unfinished = folder / f"{name}.unfinished"
        table.to_csv(unfinished, index=False, lineterminator="\n")
        unfinished.replace(folder / f"{name}.csv")


if __name__ == "__main__":
    main()
