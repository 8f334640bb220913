"""What every table of the sample is: published, derived or synthetic, from whom, which licence.

The single list behind ``authority.toml`` and ``README.md``, so that the two cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass

OGL = "Open Government Licence v3.0"
OURS = "MIT OR Apache-2.0"
DFE = "Department for Education, Education, health and care plans, reporting years 2022 and 2025"
ONS = "Office for National Statistics"
OS = "Ordnance Survey, Code-Point Open 2025.4.0"
MADE = "made by python/makers/leeds, seeded"


@dataclass(frozen=True)
class Source:
    """One part of one table."""

    table: str
    part: str
    status: str
    source: str
    licence: str


SOURCES: tuple[Source, ...] = (
    Source(
        "areas",
        "district codes and centroids of the Leeds part",
        "derived",
        f"mean of unit postcodes; {OS}",
        OGL,
    ),
    Source(
        "areas",
        "names and planning areas",
        "synthetic",
        "localities for orientation and our own editable grouping",
        OURS,
    ),
    Source(
        "population_control",
        "January 2010-2024",
        "published",
        f"{ONS}, mid-year estimates 2009-2023 revised after the 2021 census; students included",
        OGL,
    ),
    Source(
        "population_control",
        "January 2025-2035",
        "derived",
        f"{ONS} estimates aged on: cohort change ratios, geometric mean of 2013/14-2022/23, at "
        "ages 1-17; age 0 flat at the mean of mid-2021 to mid-2023; ages 18-25 as mid-2023 times "
        "the growth of the 2018-based projection, students included",
        OGL,
    ),
    Source(
        "population",
        "January 2018-2025, district by age",
        "derived",
        f"{ONS} small-area estimates of mid-2017, 2019, 2020 shared to districts by live "
        f"postcodes ({OS}), carried by cohort and scaled to population_control; ages 18-24 "
        "include term-time students",
        OGL,
    ),
    Source("plans", "2010-2022 by age band and by placement, 2023 by placement", "published", DFE, OGL),
    Source(
        "plans",
        "2024 by age and placement",
        "published",
        f"{DFE}; special and partnership together",
        OGL,
    ),
    Source(
        "plans",
        "2025 totals by age and placement, need and placement, need and age",
        "published",
        f"{DFE}; special and partnership together; under 3 is shown as age 2",
        OGL,
    ),
    Source(
        "plans",
        "2025 age by need by setting, within the published totals",
        "synthetic",
        f"{MADE}: proportional fitting and controlled rounding",
        OURS,
    ),
    Source(
        "plans",
        "2025 district",
        "synthetic",
        f"{MADE}: residents by deprivation-based relative risk",
        OURS,
    ),
    Source(
        "plans",
        "2024 and 2025 split of special into special and partnership",
        "synthetic",
        f"{MADE}: chosen shares by age and need",
        OURS,
    ),
    Source("flows", "new 2010-2022 by age band and by placement", "published", DFE, OGL),
    Source(
        "flows",
        "new 2023 and 2024 by age and placement",
        "published",
        f"{DFE}; ages as published, about exact age in January",
        OGL,
    ),
    Source(
        "flows",
        "new 2025 totals by need and age, by need and placement",
        "derived",
        f"{DFE}; published age raised by one to our age base",
        OGL,
    ),
    Source(
        "flows",
        "new 2025 age by need by setting, within those totals",
        "synthetic",
        f"{MADE}: proportional fitting and controlled rounding",
        OURS,
    ),
    Source(
        "flows",
        "ceased and transfer_out 2015-2024, totals and placements",
        "published",
        f"{DFE}, statements included",
        OGL,
    ),
    Source(
        "flows",
        "ceased and transfer_out 2024 and 2025 by age",
        "derived",
        f"{DFE}; age at ceasing turned into our age base",
        OGL,
    ),
    Source(
        "flows",
        "ceased and transfer_out 2025 by placement",
        "published",
        f"{DFE}; special and partnership together",
        OGL,
    ),
    Source(
        "flows",
        "ceased and transfer_out 2025 age by placement",
        "synthetic",
        f"{MADE}: inferred from margins",
        OURS,
    ),
    Source(
        "flows",
        "transfer_in 2023-2025",
        "derived",
        "reconciliation: stock(t) - stock(t-1) - new + ceased + transfer_out; arrivals are not published",
        OGL,
    ),
    Source(
        "flows",
        "transfer_in 2025 by age and setting",
        "synthetic",
        f"{MADE}: inferred from margins",
        OURS,
    ),
    Source(
        "flows",
        "moved 2025",
        "synthetic",
        f"{MADE}: nearest to a prior of staying (Kullback-Leibler) that closes the account of "
        "one pair of Januaries; flag inferred-margins",
        OURS,
    ),
    Source("requests", "requests, issued, within_20_weeks; agreed 2024 and 2025", "published", DFE, OGL),
    Source(
        "requests",
        "agreed 2017-2023",
        "derived",
        "requests less refusals: an upper figure, since undecided and withdrawn ones are inside",
        OGL,
    ),
    Source(
        "support",
        "all",
        "synthetic",
        f"{MADE}: Funding for Inclusion, about 5,000 children, a round figure that no table we hold confirms",
        OURS,
    ),
    Source(
        "comparison/population_onsprojection_2018based",
        "January 2019-2035",
        "published",
        f"{ONS}, 2018-based subnational projection, principal; not used by the model",
        OGL,
    ),
)
