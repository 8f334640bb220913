"""The two texts of the sample: ``authority.toml`` and ``README.md``."""

from __future__ import annotations

from .official_files import AUTHORITY
from .population import BASE_JANUARY
from .sources import MADE, OURS, SOURCES
from .supply_sources import SUPPLY_SOURCES

ALL_SOURCES = SOURCES + SUPPLY_SOURCES


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text:
        raise ValueError("sources are plain text: no quotation marks, no backslashes")
    return f'"{text}"'


CLEAR_OUT = (
    "695 plans ceased or moved away in 2023, against 285 and 282 in the years beside it: old plans closed together"
)


def authority_toml() -> str:
    """The head of the folder: who, which base year, and where every figure is from."""
    lines = [
        "# Made by python/makers/leeds: change it there.",
        'schema = "1.0"',
        'name = "Leeds"',
        f'code = "{AUTHORITY}"',
        f"base_year = {BASE_JANUARY}",
        f"price_year = {BASE_JANUARY}",
        'currency = "GBP"',
        "",
        # DfE number of the authority; ONS codes of Yorkshire and The Humber, and of England.
        "[returns]",
        'la_number = "383"',
        'region_code = "E12000003"',
        'country_code = "E92000001"',
    ]
    for source in ALL_SOURCES:
        lines += [
            "",
            "[[sources]]",
            *(
                f"{name} = {_quoted(getattr(source, name))}"
                for name in ("table", "part", "status", "source", "licence")
            ),
        ]
    lines += [
        "",
        "[[events]]",
        'kind = "clear_out"',
        "year = 2024",
        f"reason = {_quoted(CLEAR_OUT)}",
    ]
    return "\n".join(lines) + "\n"


NOTES = """\
## Reading the tables

- `year` is the January census; a flow or request of calendar Y-1 carries year Y; residents are
  the mid-year estimate of Y-1. `all` marks a margin. Cells of 0 are left out of `plans` and
  `flows`.
- **plans**: 2025 is one coherent table whose sums are the published figures of age by
  placement, need by placement and need by age. Earlier years are published margins, stacked.
  Where two of them disagree both stay as published: 2016 (age bands and placements differ by
  11) and 2018 (by 42). Under-fives of 2017 stand out from their neighbours; special academies
  of 2020 are published as 0.
- `unknown` is a placement not recorded, or, to 2022, "awaiting provision" of children over or
  under school age, or not divided by age; of school age they are `unplaced`. A class that was
  not collected in a year (`x`) has no rows: that is not 0. 2023 is a break: person-level return
  from then on.
- **Partnership** pupils are not published. In plans of 2024 and 2025, and in flows of 2025,
  they are carved out of `special` by a chosen share; in all other rows `special` includes them.
- **Age** is whole years on 31 August before the January. The published group under 3 is shown
  as age 2 in 2025, as `0-2` in 2024. New plans of 2023 and 2024 keep the published age when the
  plan started, about exact age in January: for three children in eight one year more than ours.
  New plans of 2025 are the published age plus one, with `2 and under` as 3 and `20 and over` as
  21. Ceased plans and transfers of 2024 and 2025 are re-aged from age at ceasing; totals do not
  change. To close the 2025 account one leaver of the published group 20 and over stands at 19.
- **flows**: margins are stacked to 2024 (new plans by age and by placement differ in 2010-14,
  as published); 2025 is one crossed table, and with plans of 2024 and 2025 it closes exactly
  for every age and setting. `ceased` is without moves to another authority, which are
  `transfer_out`. `transfer_in` is reconciliation: arrivals are not published. `moved` is
  inferred from margins of one pair of Januaries: only mainstream to special at ages 4-15 and
  post-16 to NEET look robust, the rest leans on the prior; moves to and from `unknown` are
  recording, not children moving. Ceased plans of 2024 hold a one-off clear-out of adults: an
  event, not a rate. Ceased totals of 2017-2020 are from aggregate returns and look too low.
- **requests**: `agreed` to 2023 is requests less refusals, an upper figure. `issued` is new
  plans, as in flows; `within_20_weeks` is from a file that counts a few fewer.
- **population**: ages 18-24 include term-time students (LS1, LS2, LS6 above all). A district's
  share is weak in the city centre. LS98 and LS99 are non-geographic codes with almost no
  residents.
- **comparison/** is not an input: the ONS 2018-based projection, about 10% too high at ages
  0-3.

## Attribution

Contains public sector information licensed under the Open Government Licence v3.0: Department
for Education, Office for National Statistics, Ministry of Housing, Communities and Local
Government (Indices of Deprivation 2019). Contains Ordnance Survey data (c) Crown copyright and
database right 2025. Contains Royal Mail data (c) Royal Mail copyright and database right 2025.
Contains National Statistics data (c) Crown copyright and database right 2025.

Made by `python python/makers/leeds --real FOLDER --out python/sufficiency/sample/leeds`, from
figures re-tabulated; no file of a publisher is copied.
"""


def readme(supply: str) -> str:
    """Every file with its status, source and licence, then what a reader has to know.

    ``supply``: the section on sites, places, costs and scenarios.
    """
    tables, attribution = NOTES.split("## Attribution")
    lines = [
        "# The Leeds sample",
        "",
        "Published where figures are public, derived or synthetic where not. No row is a child.",
        "",
        "| file | part | status | source | licence |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {s.table}.csv | {s.part} | {s.status} | {s.source} | {s.licence} |" for s in ALL_SOURCES),
        f"| authority.toml | the list above in a machine's form | synthetic | {MADE} | {OURS} |",
        f"| scenarios/*.toml | what-if changes | synthetic | written by hand, see below | {OURS} |",
        f"| README.md | this page | synthetic | {MADE} | {OURS} |",
        "",
    ]
    return "\n".join(lines) + "\n" + tables + supply + "## Attribution" + attribution
