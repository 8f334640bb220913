"""The specialist forecast of the School Capacity survey (SCAP): pupils with a plan by required provision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.expectation import Expectation
from sufficiency.files import write_text
from sufficiency.project import project
from sufficiency.projection import Projection
from sufficiency.release import Released, whole_authority, write_csv
from sufficiency.returns.checks import back_check, census_check, survival_check
from sufficiency.returns.codes import academic_year, authority_code, authority_file, dated, regrouped, specialist
from sufficiency.showing import html_table

if TYPE_CHECKING:
    import xarray as xr

TYPES = ("UR", "IN", "SS", "AP")
YEAR_GROUPS = range(12)
"""Reception is 0."""
HEADS = ("reception", *(f"year_{group}" for group in YEAR_GROUPS[1:]))
NOT_APPLICABLE = "z"
ROUNDING = (
    "each figure is summed over settings and year groups inside a simulated future, then its median or mean over "
    "futures is taken, then it is rounded once to a whole child, halves up: rounded figures need not add up"
)
BASIS = (
    "resident pupils of Reception to Year 11 with a plan, by the provision they require (alternative provision "
    "and independent mainstream: by where they are)"
)
AREA_COLUMNS = ("phase", "provision_type", "code", "name", "first_year_group", "last_year_group", "years_ahead")


@dataclass(frozen=True)
class Scap:
    """A SCAP forecast.

    Attributes
    ----------
    table : Released
        One row a planning area, academic year and statistic (median, mean): reception, year_1 to year_11, total;
        `z` where a year group is of the other phase. The base year is `actual`, later ones `forecast`.
    checks : DataFrame
        check, ok (None: not run), finding.
    method : str
        Method and rounding in words.
    """

    table: Released
    checks: pd.DataFrame
    method: str

    def to_pandas(self) -> pd.DataFrame:
        """The forecast as it may be shown; the same as ``table.table``.

        Examples
        --------
        >>> far = sf.project(fitted, to=2033, draws=20, seed=1, progress=False)
        >>> sf.scap(far, la_number="383").to_pandas()["statistic"].unique().tolist()
        ['median', 'mean']
        """
        return self.table.table

    def _repr_html_(self) -> str:
        return self.table._repr_html_() + html_table("Checks", self.checks)

    def write(self, folder: str | Path) -> list[Path]:
        """Write scap.csv, scap_checks.csv and scap_method.txt to a folder.

        Examples
        --------
        >>> far = sf.project(fitted, to=2033, draws=20, seed=1, progress=False)
        >>> [path.name for path in sf.scap(far, la_number="383").write("scap")]
        ['scap.csv', 'scap_checks.csv', 'scap_method.txt']
        """
        out = Path(folder)
        checks = self.checks.to_csv(index=False, lineterminator="\n")
        return [
            write_csv(self.table, out / "scap.csv"),
            write_text(out / "scap_checks.csv", checks),
            write_text(out / "scap_method.txt", self.method + "\n"),
        ]


def scap(
    projection: Projection,
    *,
    la_number: str | None = None,
    areas: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
) -> Scap:
    """The specialist forecast of the School Capacity survey.

    Parameters
    ----------
    projection : Projection
        To the January that the furthest forecast year needs: 7 years ahead for secondary year groups.
    la_number : str, optional
        The authority's number in planning area codes; by default `la_number` under `[returns]` of authority.toml.
    areas : DataFrame, optional
        The survey's planning areas, in place of the package's: phase, provision_type, code, name,
        first_year_group, last_year_group, years_ahead. Of the whole authority, one a phase and provision type.
    previous : DataFrame, optional
        The table of last year's forecast, for the back-check.

    Returns
    -------
    Scap
        Released table, checks and method.

    Raises
    ------
    InputError
        If the projection ends too early, is a mean path or a part of one, the planning areas are wrong (all faults
        at once), or the authority's number is not known.

    Examples
    --------
    >>> far = sf.project(fitted, to=2033, draws=20, seed=1, progress=False)
    >>> list(sf.scap(far, la_number="383").checks.columns)
    ['check', 'ok', 'finding']
    """
    base_year = int(projection.fitted.base_year)
    number = authority_code(projection, "la_number", la_number)
    rows = planning_areas(dated("scap_areas", base_year) if areas is None else areas, number)
    last = base_year + max(row["years_ahead"] for row in rows)
    if isinstance(projection, Expectation) or "draws_range" in projection.recipe:
        raise InputError("a return needs all draws of a projection [unlike]")
    if projection.recipe["to"] < last:
        raise InputError(
            f"the forecast goes to January {last}, the projection to {projection.recipe['to']} "
            f"[horizon-too-short]\n\nhint: project(..., to={last})"
        )
    pupils = _pupils(projection, last)
    found = [_rows(row, pupils[row["provision_type"]], base_year) for row in rows]
    table = pd.DataFrame([line for lines in found for line in lines])
    checks = [
        census_check(table, projection, provision(projection)),
        back_check(table, previous),
        *survival_check(table),
    ]
    method = (
        f"Children with a plan are simulated one by one from the January {base_year} census over "
        f"{projection.recipe['draws']:,} futures (seed {projection.recipe['seed']}, version "
        f"{projection.recipe['version']}). Rounding: {ROUNDING}."
    )
    return Scap(whole_authority(table, [*HEADS, "total"], BASIS, rounded=True), pd.DataFrame(checks), method)


def planning_areas(table: pd.DataFrame, number: str) -> list[dict[str, Any]]:
    """Planning areas of the return, checked: of the whole authority, each phase and provision type once.

    Raises
    ------
    InputError
        With every fault.
    """
    absent = [name for name in AREA_COLUMNS if name not in table.columns]
    faults = [f"column {name} is missing" for name in absent]
    if {"area", "planning_area", "latitude"} & set(table.columns):
        faults.append("planning areas are of the whole authority here, by phase and type, not by geography")
    rows: list[dict[str, Any]] = []
    if not absent:
        text = table[list(AREA_COLUMNS)].astype(str)
        numbers = text[list(AREA_COLUMNS[4:])].apply(pd.to_numeric, errors="coerce").fillna(-1).astype(int)
        whole = text.assign(code=[code.replace("{la}", number) for code in text["code"]], **numbers)
        rows = [{str(name): value for name, value in row.items()} for row in whole.to_dict("records")]
        faults += _faults(rows, number)
    if faults:
        error = InputError("wrong planning areas: " + "; ".join(faults) + " [wrong-planning-areas]")
        error.problems = [
            {"slug": "wrong-planning-areas", "table": "scap_areas", "row": None, "column": None, "message": fault,
             "hint": None}
            for fault in faults
        ]  # fmt: skip
        raise error
    return rows


def _faults(rows: Sequence[dict[str, Any]], number: str) -> list[str]:
    """What is wrong with planning areas, in words."""
    pairs = [f"{row['phase']} {row['provision_type']}" for row in rows]
    codes = [row["code"] for row in rows]
    wanted = [f"{phase} {kind}" for phase in ("primary", "secondary") for kind in TYPES]
    faults = [f"{pair} is missing" for pair in wanted if pair not in pairs]
    faults += [f"{pair} is not asked for" for pair in dict.fromkeys(pairs) if pair not in wanted]
    faults += [f"{pair} is there twice" for pair in dict.fromkeys(pairs) if pairs.count(pair) > 1]
    faults += [f"code {code} is there twice" for code in dict.fromkeys(codes) if codes.count(code) > 1]
    faults += [f"code {code} is not of authority {number}" for code in codes if not code.startswith(number)]
    for row in rows:
        groups = (row["first_year_group"], row["last_year_group"])
        if groups != {"primary": (0, 6), "secondary": (7, 11)}.get(row["phase"], groups):
            faults.append(f"code {row['code']} has year groups of another phase")
        if not 1 <= row["years_ahead"] <= 20:
            faults.append(f"code {row['code']} must look 1 to 20 years ahead")
    return faults


def _pupils(projection: Projection, last: int) -> dict[str, NDArray[np.int64]]:
    """Pupils by provision type: draw, year from the base year, year group."""
    recipe = projection.recipe
    by = ["nc_year", "setting"]
    run = project(
        projection.fitted,
        to=last,
        draws=recipe["draws"],
        seed=recipe["seed"],
        scenario=list(projection.scenarios),
        measures=["demand", "plans"],
        margins=[by],
        keep="draws",
        progress=False,
    )
    demand, plans = run.draws("demand", by), run.draws("plans", by)
    found = {}
    for kind, (required, placed) in provision(projection).items():
        found[kind] = _summed(demand, required) + _summed(plans, placed)
    return found


def provision(projection: Projection) -> dict[str, tuple[list[str], list[str]]]:
    """Provision type to the settings whose children are counted by what they require, and by where they are."""
    groups = regrouped(projection, "scap")
    required = specialist(authority_file(projection), int(projection.fitted.base_year))
    return {
        kind: (
            [code for code, group in groups.items() if group == kind and code in required],
            [code for code, group in groups.items() if group == kind and code not in required],
        )
        for kind in TYPES
    }


def _summed(draws: xr.DataArray, settings: Sequence[str]) -> NDArray[np.int64]:
    held = draws.sel(setting=list(settings), nc_year=list(YEAR_GROUPS))
    summed: NDArray[np.int64] = held.values.astype(np.int64).sum(axis=-1)
    return summed


def _rows(area: dict[str, Any], pupils: NDArray[np.int64], base_year: int) -> list[dict[str, object]]:
    groups = list(range(area["first_year_group"], area["last_year_group"] + 1))
    lines = []
    for ahead in range(area["years_ahead"] + 1):
        then = pupils[:, ahead, :][:, groups]
        whole = then.sum(axis=1)
        for statistic, summary in (("median", np.median), ("mean", np.mean)):
            figures = _whole(np.append(summary(then, axis=0), summary(whole)))
            line: dict[str, object] = {
                "planning_area_code": area["code"],
                "planning_area_name": area["name"],
                "provision_type": area["provision_type"],
                "academic_year": academic_year(base_year + ahead),
                "figure": "forecast" if ahead else "actual",
                "statistic": statistic,
            }
            by_group = dict(zip(groups, figures, strict=False))
            line |= {head: by_group.get(group, NOT_APPLICABLE) for group, head in enumerate(HEADS)}
            lines.append(line | {"total": figures[-1]})
    return lines


def _whole(values: NDArray[np.float64]) -> list[int]:
    return [int(value) for value in _core.rounded(np.ascontiguousarray(values, dtype=np.float64), 1.0)]
