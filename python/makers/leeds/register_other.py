"""Resourced provision and alternative provision: the rest of the invented register."""

from __future__ import annotations

from .register import PARTNERSHIP, SPECIAL, Site

RESOURCED = (
    Site(
        *("resourced-academy-south-1", "Resourced provision, academy, south 1", "resourced", "LS10"),
        {
            "secondary": {"learning": 10, "communication": 30},
            "sixth_form": {"communication": 2},
        },
        funding="academy",
        first=11,
        excludes=("PMLD",),
        host="a mainstream secondary, south",
    ),
    Site(
        *("resourced-academy-west-1", "Resourced provision, academy, west 1", "resourced", "LS12"),
        {"primary": {"communication": 25}},
        funding="academy",
        last=10,
        host="a mainstream primary, west",
    ),
    Site(
        *(
            "resourced-academy-north-east-1",
            "Resourced provision, academy, north east 1",
            "resourced",
            "LS17",
        ),
        {"secondary": {"sensory_physical": 12}, "sixth_form": {"sensory_physical": 1}},
        funding="academy",
        first=11,
        host="a mainstream secondary, north east",
    ),
    Site(
        *("resourced-academy-east-1", "Resourced provision, academy, east 1", "resourced", "LS14"),
        {"primary": {"communication": 28}},
        funding="academy",
        last=10,
        host="a mainstream primary, east",
        years=(2022, 2025),
    ),
    Site(
        *("resourced-centre-1", "Resourced provision, centre 1", "resourced", "LS7"),
        {"primary": {"learning": 12, "communication": 24, "semh": 3}},
        last=10,
        host="a mainstream primary, centre",
    ),
    Site(
        *("resourced-south-1", "Resourced provision, south 1", "resourced", "LS11"),
        {"primary": {"communication": 32}},
        last=10,
        host="a mainstream primary, south",
    ),
    Site(
        *("resourced-north-east-1", "Resourced provision, north east 1", "resourced", "LS8"),
        {"primary": {"sensory_physical": 16}},
        last=10,
        excludes=("VI", "MSI"),
        host="a mainstream primary, north east",
        held=1,
    ),
    Site(
        *("resourced-west-1", "Resourced provision, west 1", "resourced", "LS13"),
        {
            "secondary": {"learning": 8, "communication": 28, "semh": 8},
            "sixth_form": {"learning": 1, "communication": 1},
        },
        first=11,
        host="a mainstream secondary, west",
    ),
    Site(
        *("resourced-south-2", "Resourced provision, south 2", "resourced", "LS26"),
        {"secondary": {"learning": 7, "communication": 13, "sensory_physical": 7}},
        first=11,
        last=15,
        host="a mainstream secondary, south",
    ),
)

ALTERNATIVE = (
    Site(
        *("ap-centre-1", "Alternative provision, centre 1", "ap", "LS9"),
        {"secondary": {"semh": 100, "communication": 5}, "sixth_form": {"semh": 25}},
        funding="ap",
        first=11,
        held=128,
    ),
    Site(
        *("ap-south-1", "Alternative provision, south 1", "ap", "LS10"),
        {"primary": {"semh": 60}},
        funding="ap",
        last=10,
        held=60,
    ),
)

REGISTER: tuple[Site, ...] = (*SPECIAL, *PARTNERSHIP, *RESOURCED, *ALTERNATIVE)
"""Every site, in the order of every table."""

BY_ID = {site.site: site for site in REGISTER}
