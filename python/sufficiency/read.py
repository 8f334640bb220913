"""Inputs from folders and workbooks, the bundled sample, and official files."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.excel import SUFFIXES, sheet_error
from sufficiency.inputs import Inputs
from sufficiency.text_tables import TextTables, text_columns, toml_text, unreadable
from sufficiency.workbook import read_workbook, workbooks_of

if TYPE_CHECKING:
    from sufficiency.published import Release


def read_inputs(folder: str | Path) -> Inputs:
    """Read the tables of one authority from a folder, or from a workbook.

    Parameters
    ----------
    folder : str or Path
        Holds ``authority.toml`` and the tables as CSV, as Parquet under the same names, or as sheets of a workbook
        (.xlsx, .ods) named as tables; sheet `authority` stands for ``authority.toml``. Sub-folders are left alone.
        Or the path of one such workbook with everything in it.

    Returns
    -------
    Inputs
        Checked as a whole: nothing is loaded unless everything is in order.

    Raises
    ------
    InputError
        If anything is wrong; ``problems`` lists every fault with table, row, column, slug and a hint.

    Examples
    --------
    >>> sf.read_inputs("my-tables").name  # from `sufficiency template my-tables`
    'Exampleshire'
    """
    path = Path(folder)
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        tables, content = read_workbook(path)
        return Inputs(_core.Inputs.from_tables(toml_text(content or {}), tables, False))
    extra, authority = _parquet_tables(path), None
    for workbook in workbooks_of(path):
        tables, content = read_workbook(workbook)
        for twice in extra.keys() & tables.keys():
            raise sheet_error("duplicate-table", twice, f"table {twice} is given twice, once in {workbook.name}")
        extra |= tables
        if content is not None:
            authority = toml_text(content)
    return Inputs(_core.Inputs.read(str(path), extra, authority))


def sample(name: str = "leeds") -> Inputs:
    """The bundled authority.

    Parameters
    ----------
    name : str
        `leeds`. Published figures where figures are public; what is made is marked in `sources()`.

    Raises
    ------
    InputError
        If there is no sample of that name.

    Examples
    --------
    >>> sf.sample("leeds").base_year
    2025
    """
    # Not as a module: importing `sufficiency.sample` would put it in this function's place.
    folder = resources.files("sufficiency") / "sample"
    names = sorted(entry.name for entry in folder.iterdir() if entry.joinpath("authority.toml").is_file())
    if name not in names:
        raise InputError(f"no sample {name!r} [unknown-sample]\n\nhint: there are {', '.join(names)}")
    with resources.as_file(folder.joinpath(name)) as path:
        return read_inputs(path)


def read_published(folder: str | Path | Release, authority: str, as_of: int | None = None) -> Inputs:
    """Read one authority straight from official files: the DfE EHC plan release and ONS estimates.

    Parameters
    ----------
    folder : str, Path or Release
        Folder of csv files recognised by their columns (population in any layout of ONS or nomis), or a
        `sufficiency.published.Release` read before.
    authority : str
        Code or name; one area named by its code, since the release has no smaller ones.
    as_of : int, optional
        Nothing later than stock to this January, flows of the calendar year before and residents to the mid-year
        before: what was known then.

    Returns
    -------
    Inputs
        Checked as a whole, margins that differ scaled and flagged.

    Raises
    ------
    InputError
        If the folder holds no plans, the authority is not in it, or the figures cannot be made to agree.

    Examples
    --------
    Two small files in the publishers' columns; the releases themselves are read in the same way.

    >>> from pathlib import Path
    >>> folder, who = Path("official-files"), "Local authority,E10000099,Exampleshire"
    >>> folder.mkdir()
    >>> plans = "time_period,geographic_level,new_la_code,la_name,characteristic_age,total_all"
    >>> bands = [f"2022,{who},Total,300", f"2022,{who},Aged 5 to 10,180", f"2022,{who},Aged 11 to 15,120"]
    >>> residents = [f"E10000099,2021,{age},900" for age in range(26)]
    >>> _ = (folder / "plans-by-age.csv").write_text("\\n".join([plans, *bands]))
    >>> _ = (folder / "mid-2021.csv").write_text("\\n".join(["area_code,year,age,population", *residents]))
    >>> inputs = sf.read_published(folder, authority="Exampleshire")
    >>> inputs.base_year, int(inputs.table("base")["plans"].sum()), "need-not-published" in inputs.flags
    (2022, 300, True)
    """
    from sufficiency.published import read_tables

    try:
        content, tables = read_tables(folder, authority, as_of)
    except ValueError as error:
        raise InputError(f"{error} [unreadable-release]") from error
    return Inputs.from_frames(content, published=True, **tables)


def _parquet_tables(folder: Path) -> TextTables:
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    return {file.stem: text_columns(file.stem, _read_parquet(file)) for file in files}


def _read_parquet(file: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(file)
    except ImportError as error:
        hint = "pip install 'sufficiency[all]'"
        raise unreadable(file.stem, f"{file.name} needs pyarrow to be read", hint) from error
    except (OSError, ValueError) as error:
        raise unreadable(file.stem, f"{file.name} is not a Parquet file") from error
