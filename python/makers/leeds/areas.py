"""The 41 postcode districts of Leeds, and the six planning areas they are grouped in."""

from __future__ import annotations

import pandas as pd

from .official_files import OfficialFiles

PLANNING_AREAS: dict[str, tuple[str, ...]] = {
    "Centre": ("LS1", "LS2", "LS3", "LS4", "LS6", "LS7", "LS9"),
    "South": (
        *("LS10", "LS11", "LS26", "LS27", "LS88", "LS98", "LS99"),
        *("BD11", "WF2", "WF3", "WF10", "WF12", "WF17"),
    ),
    "West": ("LS12", "LS13", "LS28", "BD3", "BD4"),
    "North West": ("LS5", "LS16", "LS18", "LS19", "LS20", "LS21", "LS29", "BD10"),
    "North East": ("LS8", "LS17", "LS22", "LS23", "LS24"),
    "East": ("LS14", "LS15", "LS25"),
}
"""Our own grouping, to be edited: not SCAP planning areas, and not the council's."""

LOCALITIES: dict[str, str] = {
    "LS1": "City Centre",
    "LS2": "City Centre/Woodhouse",
    "LS4": "Burley/Kirkstall",
    "LS5": "Hawksworth/Kirkstall",
    "LS6": "Headingley/Hyde Park/Meanwood",
    "LS7": "Chapel Allerton/Chapeltown",
    "LS8": "Roundhay/Oakwood",
    "LS9": "Burmantofts/Harehills",
    "LS10": "Hunslet/Middleton",
    "LS11": "Beeston/Holbeck",
    "LS12": "Armley/Wortley",
    "LS13": "Bramley",
    "LS14": "Seacroft/Whinmoor",
    "LS15": "Cross Gates/Halton",
    "LS16": "Adel/Cookridge",
    "LS17": "Alwoodley/Moortown",
    "LS18": "Horsforth",
    "LS19": "Yeadon/Rawdon",
    "LS20": "Guiseley",
    "LS21": "Otley",
    "LS22": "Wetherby",
    "LS23": "Boston Spa",
    "LS24": "Tadcaster, Leeds part",
    "LS25": "Garforth/Kippax",
    "LS26": "Rothwell",
    "LS27": "Morley",
    "LS28": "Pudsey/Farsley",
    "LS29": "Ilkley, Leeds part",
    "BD3": "Bradford, Leeds part",
    "BD4": "Bradford, Leeds part",
    "BD10": "Bradford, Leeds part",
    "BD11": "Drighlington",
    "WF2": "Wakefield, Leeds part",
    "WF3": "Tingley/East Ardsley",
    "WF10": "Castleford, Leeds part",
    "WF12": "Dewsbury, Leeds part",
    "WF17": "Batley, Leeds part",
}
"""Localities for the reader's orientation; a district without one keeps its code alone."""


def planning_area_of() -> dict[str, str]:
    """Planning area by district."""
    return {area: name for name, members in PLANNING_AREAS.items() for area in members}


def _postal_order(area: str) -> tuple[str, int]:
    letters = area.rstrip("0123456789")
    return ("" if letters == "LS" else letters, int(area[len(letters) :]))


def area_codes() -> list[str]:
    """Districts in postal order, LS first: the order of every table."""
    return sorted(planning_area_of(), key=_postal_order)


def area_table(official: OfficialFiles) -> pd.DataFrame:
    """Columns area, name, latitude, longitude, planning_area; the centroid of the Leeds part."""
    centroids = official.districts.set_index("outcode")
    codes = area_codes()
    if set(codes) != set(centroids.index):
        raise ValueError("areas.py and the postcode file disagree on the districts of Leeds")
    grouping = planning_area_of()
    return pd.DataFrame(
        {
            "area": codes,
            "name": [f"{area} {LOCALITIES[area]}" if area in LOCALITIES else area for area in codes],
            "latitude": [centroids.loc[area, "leeds_part_lat"] for area in codes],
            "longitude": [centroids.loc[area, "leeds_part_lon"] for area in codes],
            "planning_area": [grouping[area] for area in codes],
        }
    )
