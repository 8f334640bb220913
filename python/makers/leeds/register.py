"""The register of sites: invented, so that no name or number can be mistaken for a real school.

What is published is the total of a few groups (``funding``): see ``supply.py``, which scales the
weights given here to them. A weight is about the number of places in January 2025.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PHASES = {"primary": (4, 10), "secondary": (11, 15), "sixth_form": (16, 18)}
"""Ages of a part of a site; a site may begin earlier or end later."""

GROUPS = {
    "learning": ("SPLD", "MLD", "SLD", "PMLD", "DS", "OTH"),
    "communication": ("SLCN", "ASD"),
    "semh": ("SEMH",),
    "sensory_physical": ("HI", "VI", "MSI", "PD"),
}
"""Need groups of design.md: the groups in which places are declared, so no split is assumed."""

Weights = dict[str, dict[str, int]]


@dataclass(frozen=True, eq=False)
class Site:
    """One invented site; ``weights``: phase -> need group -> about how many places."""

    site: str
    name: str
    setting: str
    area: str
    weights: Weights
    funding: str = "maintained"
    """``maintained``, ``academy``, ``free`` (both funded directly), ``elsewhere``, ``ap``."""
    first: int = 4
    last: int = 18
    excludes: tuple[str, ...] = ()
    host: str = ""
    tolerance: float = 0.0
    held: int = 0
    """Places that other authorities' children fill; in ``ap``, pupils without a plan as well."""
    years: tuple[int, int] = (2020, 2025)
    """First and last January with places."""
    coordinates: tuple[float, float] | None = field(default=None)


def _generic(
    primary: tuple[int, int, int], secondary: tuple[int, int, int], sixth: tuple[int, int, int]
) -> Weights:
    """Weights of a school for learning, communication, sensory and physical needs, by phase."""
    groups = ("learning", "communication", "sensory_physical")
    return {
        phase: {group: count for group, count in zip(groups, counts, strict=True) if count}
        for phase, counts in zip(PHASES, (primary, secondary, sixth), strict=True)
    }


SPECIAL = (
    Site(
        *("special-south-1", "Special school, south 1", "special", "LS11"),
        _generic((25, 60, 5), (65, 55, 10), (25, 15, 0)),
        first=3,
        tolerance=0.02,
        held=4,
    ),
    Site(
        *("special-south-2", "Special school, south 2", "special", "LS26"),
        {
            "primary": {"learning": 10, "communication": 50, "semh": 7},
            "secondary": {"communication": 30},
        },
        last=15,
        excludes=("PMLD",),
    ),
    Site(
        *("special-west-1", "Special school, west 1", "special", "LS13"),
        {
            "primary": {"learning": 25, "communication": 60, "sensory_physical": 6},
            "secondary": {"learning": 55, "communication": 55, "semh": 16, "sensory_physical": 12},
            "sixth_form": {"learning": 20, "communication": 15},
        },
        tolerance=0.02,
        held=8,
    ),
    Site(
        *("special-centre-1", "Special school, centre 1", "special", "LS7"),
        _generic((22, 45, 0), (60, 54, 8), (21, 15, 0)),
        first=3,
        last=20,
        tolerance=0.02,
        held=6,
    ),
    Site(
        *("special-centre-2", "Special sixth form, centre 2", "special", "LS4"),
        {"sixth_form": {"learning": 20, "communication": 33, "semh": 35, "sensory_physical": 6}},
        first=16,
    ),
    Site(
        *("special-east-1", "Special school, east 1", "special", "LS15"),
        _generic((25, 54, 9), (55, 40, 16), (20, 10, 6)),
        tolerance=0.02,
        held=7,
    ),
    Site(
        *("special-north-east-1", "Special school, north east 1", "special", "LS17"),
        _generic((15, 0, 20), (25, 0, 20), (10, 0, 8)),
        excludes=("SPLD", "MLD"),
        held=6,
    ),
    Site(
        *("special-north-west-1", "Special school, north west 1", "special", "LS18"),
        _generic((30, 66, 7), (44, 57, 10), (14, 11, 3)),
        held=5,
        years=(2020, 2021),
    ),
    Site(
        *("special-academy-north-west-1", "Special academy, north west 1", "special", "LS18"),
        _generic((35, 75, 8), (50, 65, 12), (22, 18, 4)),
        funding="academy",
        held=6,
        years=(2022, 2025),
    ),
    Site(
        *("special-academy-south-1", "Special academy, south 1", "special", "LS27"),
        {
            "primary": {"communication": 20, "semh": 26},
            "secondary": {"communication": 30, "semh": 90},
        },
        funding="academy",
        last=15,
        held=3,
    ),
    Site(
        *("special-academy-centre-1", "Special academy, centre 1", "special", "LS9"),
        {
            "primary": {"communication": 25, "semh": 22},
            "secondary": {"communication": 38, "semh": 84},
        },
        funding="academy",
        last=15,
        held=3,
    ),
    Site(
        *("special-free-west-1", "Special free school, west 1", "special", "LS12"),
        {"secondary": {"communication": 51}, "sixth_form": {"communication": 33}},
        funding="free",
        first=11,
        excludes=("SLCN",),
        held=5,
    ),
    Site(
        *("special-elsewhere-1", "State special places bought elsewhere, west", "special", ""),
        {
            "primary": {"communication": 4},
            "secondary": {"learning": 8, "communication": 8, "semh": 6},
            "sixth_form": {"learning": 4},
        },
        funding="elsewhere",
        coordinates=(53.79, -1.79),
    ),
)

PARTNERSHIP = (
    Site(
        *("partnership-south-1", "Partnership base, south 1", "partnership", "LS10"),
        {"primary": {"learning": 5, "communication": 20, "semh": 6}},
        host="a mainstream primary, south",
        last=10,
    ),
    Site(
        *("partnership-north-east-1", "Partnership base, north east 1", "partnership", "LS8"),
        {"primary": {"learning": 4, "communication": 26, "sensory_physical": 1}},
        host="a mainstream primary, north east",
        last=10,
    ),
    Site(
        *("partnership-south-2", "Partnership base, south 2", "partnership", "LS27"),
        {
            "secondary": {"learning": 12, "communication": 25, "semh": 15},
            "sixth_form": {"learning": 3, "communication": 5, "semh": 3},
        },
        host="a mainstream secondary, south",
        first=11,
    ),
    Site(
        *("partnership-west-1", "Partnership base, west 1", "partnership", "LS28"),
        {"secondary": {"learning": 8, "communication": 15, "semh": 7, "sensory_physical": 7}},
        host="a mainstream secondary, west",
        first=11,
        last=15,
    ),
    Site(
        *("partnership-east-1", "Partnership base, east 1", "partnership", "LS14"),
        {
            "secondary": {"learning": 7, "communication": 18, "semh": 7},
            "sixth_form": {"learning": 3, "communication": 4},
        },
        host="a mainstream secondary, east",
        first=11,
        years=(2023, 2025),
    ),
)
