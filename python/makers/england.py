"""Make `sufficiency/national/england.csv` from a folder of official files.

Run: python python/makers/england.py --real FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from sufficiency.published import read_tables

TARGET = Path(__file__).resolve().parents[1] / "sufficiency" / "national" / "england.csv"

# The publisher's five bands, and two spans of residents the national factor divides by.
BANDS = {"0-4": (0, 4), "5-10": (5, 10), "11-15": (11, 15), "16-19": (16, 19), "20-25": (20, 25)}
SPANS = {**BANDS, "5-15": (5, 15), "0-25": (0, 25)}
FIRST_YEAR = 2010


def main() -> None:
    """Read the folder named on the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", required=True, type=Path, help="folder of official files")
    parser.add_argument("--out", default=TARGET, type=Path, help="file to write")
    arguments = parser.parse_args()
    series = england_series(arguments.real)
    unfinished = arguments.out.with_suffix(".unfinished")
    series.to_csv(unfinished, index=False, lineterminator="\n")
    unfinished.replace(arguments.out)  # renamed last: a broken run leaves the old table whole


def england_series(folder: Path) -> pd.DataFrame:
    """Columns year, measure, age, value: England's published figures, no estimate of ours."""
    authority, tables = read_tables(folder, "England")
    aged_on = {
        year
        for flag in authority["flags"]
        if flag["flag"] == "population-rolled-forward"
        for year in flag["years"]
    }
    residents = tables["population"]
    residents = residents[~residents["year"].isin(aged_on)]
    parts = [
        _counts(tables["plans"]).assign(measure="plans"),
        *_flows(tables["flows"]),
        *_requests(tables["requests"]),
        _banded(residents, "population", SPANS).assign(measure="population"),
    ]
    series = pd.concat(parts, ignore_index=True)
    series = series[series["year"] >= FIRST_YEAR]
    order = {age: place for place, age in enumerate(["all", *SPANS])}
    series = series.sort_values(
        ["measure", "year", "age"],
        key=lambda column: column.map(order) if column.name == "age" else column,
        ignore_index=True,
    )
    return series[["year", "measure", "age", "value"]].astype({"value": int})


def _flows(flows: pd.DataFrame) -> list[pd.DataFrame]:
    names = {"new": "new_plans", "ceased": "ceased", "transfer_out": "transfer_out"}
    return [_counts(flows[flows["flow"] == flow]).assign(measure=measure) for flow, measure in names.items()]


def _requests(requests: pd.DataFrame) -> list[pd.DataFrame]:
    parts = []
    for measure in ("requests", "agreed", "within_20_weeks"):
        known = requests[["year", measure]].dropna().rename(columns={measure: "value"})
        parts.append(known.assign(measure=measure, age="all"))
    return parts


def _counts(cells: pd.DataFrame) -> pd.DataFrame:
    """Total and five bands of a table of plans, whatever ages it is published by."""
    undivided = cells[(cells["need"] == "all") & (cells["setting"] == "all")]
    total = undivided[undivided["age"] == "all"]
    total = total.rename(columns={"plans": "value"})[["year", "age", "value"]]
    aged = _banded(undivided[undivided["age"] != "all"], "plans", BANDS)
    return pd.concat([total, aged], ignore_index=True)


def _banded(cells: pd.DataFrame, count: str, bands: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Counts of ages or age ranges that lie inside each band, columns year, age, value."""
    first = cells["age"].str.split("-").str[0].astype(int)
    last = cells["age"].str.split("-").str[-1].astype(int)
    parts = []
    for band, (youngest, oldest) in bands.items():
        inside = cells[(first >= youngest) & (last <= oldest)]
        summed = inside.groupby("year")[count].sum().rename("value").reset_index()
        parts.append(summed.assign(age=band))
    banded: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return banded


if __name__ == "__main__":
    main()
