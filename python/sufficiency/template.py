"""A first folder of tables: an invented authority of two areas, to be overwritten by one's own."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from sufficiency.errors import InputError
from sufficiency.files import write_text

AGES = range(26)
BASE_YEAR = 2025
AUTHORITY = """\
# An invented authority: put your own here. Every table is explained in README.md of the project.
schema = "1.0"
name = "Exampleshire"
code = "E10000099"          # sites with this code in column authority are yours
base_year = 2025            # the January that the projection starts from
price_year = 2025
currency = "GBP"

# Shares of children who may require a specialist place though no plan says so (optional):
# [latent]
# psi = { mainstream = 0.05, "mainstream.SEMH" = 0.08 }

[[sources]]
table = "all"
status = "synthetic"        # published, derived, inferred, synthetic or own
source = "invented, to show the form"
"""

PLANS = (
    ("A1", "5-10", "ASD", "mainstream", 40),
    ("A1", "5-10", "ASD", "special", 14),
    ("A1", "11-15", "SEMH", "special", 12),
    ("A2", "5-10", "SLCN", "mainstream", 30),
    ("A2", "11-15", "ASD", "special", 18),
    ("A2", "16-18", "ASD", "fe", 20),
)
SITES = ("S1", "Special school, A1", "special", "E10000099", "A1", "ASD;SEMH;SLCN", 4, 18)


def write_template(folder: str | Path) -> list[Path]:
    """Write a small, complete set of tables that `read_inputs` accepts.

    Parameters
    ----------
    folder : path
        A new or empty folder.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        If the folder holds something already: nothing is overwritten.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty: a template goes to a new folder [folder-not-empty]")
    written = [write_text(folder / "authority.toml", AUTHORITY)]
    for name, (head, rows) in template_tables().items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head.split(","), *rows])
        written.append(write_text(folder / f"{name}.csv", text.getvalue()))
    return written


def template_tables() -> dict[str, tuple[str, list[list[str]]]]:
    """The tables of the template: name -> heads with commas between them, rows of text."""
    sizes = (("A1", 900), ("A2", 1_100))
    tables: dict[str, tuple[str, list[tuple[object, ...]]]] = {
        "areas": (
            "area,name,latitude,longitude,planning_area",
            [("A1", "North", "53.80", "-1.55", "Town"), ("A2", "South", "53.75", "-1.50", "Town")],
        ),
        "population": (
            "year,area,age,population",
            [(BASE_YEAR, area, age, size) for area, size in sizes for age in AGES],
        ),
        "plans": ("year,area,age,need,setting,plans", [(BASE_YEAR, *plan) for plan in PLANS]),
        "flows": (
            "year,flow,age,need,setting,plans",
            [(BASE_YEAR, "new", "all", "all", "all", 18), (BASE_YEAR, "ceased", "all", "all", "all", 9)],
        ),
        "sites": ("site,name,setting,authority,area,needs,age_from,age_to", [SITES]),
        "places": (
            "site,year,places,status,counted_as,held_for_others",
            [("S1", BASE_YEAR, 45, "open", "commissioned", 2)],
        ),
        "costs": (
            "setting,need,place_filled,place_empty,top_up,transport",
            [
                ("special", "all", "10.0", "10.0", "14.0", "7.5"),
                ("independent_special", "all", "0.0", "0.0", "60.0", "9.0"),
            ],
        ),
    }
    return {name: (head, [[str(cell) for cell in row] for row in rows]) for name, (head, rows) in tables.items()}
