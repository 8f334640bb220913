"""Random models with sites: those of `model`, and sites, places, seats, travel and overflow.

The seed's remainder by 2 says how the base year is seated: by rule, or by an occupied table.
"""

from typing import Any

from .model import Generator, tables
from .provision import OURS
from .rows import Row, Table

SETTINGS = ["special", "resourced", "partnership", "sen_unit", "nmss", "independent_special", "mainstream", "île"]
SITE_CODES = ["oak", "Beech", "élan", "ash-2", "ash", "0-hill"]
AUTHORITY = "own"


class WithSites(Generator):
    """Draws the tables of one model with sites; never a world in which nobody can seek a place."""

    def __init__(self, seed: int, size: str) -> None:
        super().__init__(seed, size)
        self.seed = seed
        while not OURS & set(self.settings):
            self.settings = self.some_codes(SETTINGS, self.rng.randint(2, 5))
        self.codes = self.some_codes(SITE_CODES, self.rng.randint(1, 5))
        self.most = self.rng.choice([6, 20, 120])

    def need_list(self) -> str:
        needs = self.some_codes(self.needs, self.rng.randint(1, len(self.needs)))
        return self.rng.choice([";", "+"]).join(needs)

    def ages(self, first: int = 0, last: int = 25) -> tuple[int, int]:
        """A range of ages within `first` to `last`, often all of them."""
        if self.rng.random() < 0.4:
            return first, last
        low = self.rng.randint(first, last)
        return low, self.rng.randint(low, last)

    def sites(self) -> list[Row]:
        rows = []
        for code in self.codes:
            first, last = self.ages()
            rows.append({
                "site": code,
                "name": code,
                "setting": self.rng.choice(sorted(OURS & set(self.settings))),
                "authority": self.rng.choice([AUTHORITY, AUTHORITY, "another"]),
                "area": self.rng.choice(self.areas),
                "needs": self.need_list(),
                "age_from": first,
                "age_to": last,
                "host": "",
                "tolerance": self.rng.choice([0.0, 0.1, 0.5]),
            })  # fmt: skip
        return rows

    def life(self) -> tuple[int, int]:
        """First year with places and the year of closing, mostly before the first year and after the last."""
        later = range(self.base_year + 1, self.base_year + self.years + 1)
        opens = self.rng.choice(later) if self.rng.random() < 0.15 else self.base_year - self.rng.choice([0, 1, 3])
        closes = self.rng.choice([year for year in later if year > opens] or [9999])
        return opens, closes if self.rng.random() < 0.2 else 9999

    def figures_of(self, site: str, part: Row, counts: list[str], opens: int, closes: int) -> list[Row]:
        """Rows of places by year; a site that has closed stays closed."""
        rows = []
        for counted_as in counts:
            later = range(max(opens, self.base_year) + 1, self.base_year + self.years + 1)
            years = [opens, *(year for year in later if self.rng.random() < 0.3 and year < closes)]
            figures = {year: self.rng.randint(1, self.most) for year in years}
            if opens > self.base_year and self.rng.random() < 0.5:
                figures[self.base_year] = 0
            if closes < 9999:
                figures[closes] = 0
            for year, places in figures.items():
                rows.append({
                    "site": site,
                    "year": year,
                    "places": places,
                    "status": self.rng.choice(["open", "approved"]),
                    "counted_as": counted_as,
                    "held_for_others": min(places, self.rng.choice([0, 0, 0, 1, 3])),
                    **part,
                })  # fmt: skip
        return rows

    def parts(self, site: Row) -> list[Row]:
        """One part, the site itself; or two that follow each other in age, or share the younger ages."""
        first, last = site["age_from"], site["age_to"]
        if first == last or self.rng.random() < 0.65:
            return [{"age_from": "", "age_to": "", "needs": ""}]
        cut = self.rng.randint(first, last - 1)
        younger = {"age_from": str(first), "age_to": str(cut), "needs": self.need_list()}
        others = {"age_from": str(self.rng.choice([first, cut + 1])), "age_to": str(last), "needs": ""}
        return [younger, others]

    def opening(self, site: str, closes: int) -> Row | None:
        """Places that open after the base year and before the site closes, as a scenario adds them."""
        year, month = self.base_year + self.rng.randint(0, 3), self.rng.choice([1, 4, 9])
        if not self.base_year < year + (month > 1) < closes:
            return None
        change: Row = {
            "kind": "add_places",
            "site": site,
            "places": self.rng.choice([self.rng.randint(1, self.most), 50, 100]),
            "opens": f"{year}-{month:02}",
            "reason": "a test",
            "owner": "nobody",
        }
        if self.rng.random() < 0.4:
            change["fill"] = "entry_years"
        else:
            change["ramp"] = self.rng.choice([[1.0], [0.34, 0.67, 1.0], [0.0, 0.29, 0.58, 1.0]])
        if self.rng.random() < 0.5:
            change["delay_years"] = self.rng.choice([{"0": 0.6, "1": 0.3, "2": 0.1}, {"1": 0.5, "3": 0.5}])
        return change

    def places(self, sites: list[Row]) -> tuple[list[Row], list[Row]]:
        """Rows of places, and openings at sites that are one."""
        rows, changes = [], []
        for site in sites:
            opens, closes = self.life()
            parts = self.parts(site)
            counts = self.rng.choice([["commissioned"], ["physical"], ["commissioned", "physical"]])
            for part in parts:
                rows += self.figures_of(site["site"], part, counts, opens, closes)
            for _ in range(self.rng.choice([0, 0, 1, 2]) if len(parts) == 1 else 0):
                changes.append(self.opening(site["site"], closes))
        return rows, [change for change in changes if change]

    def occupied(self, sites: list[Row], plans: Table) -> list[Row]:
        """Seats of children who are there, of some who are not, and some where no such child is admitted."""
        cells = sorted(set(zip(plans["age"], plans["need"], strict=True)))
        rows = []
        for site in sites:
            for age, need in cells:
                if self.rng.random() < 0.3:
                    n = self.rng.randint(0, 3 if self.size == "small" else 12)
                    year = self.base_year
                    rows.append({"site": site["site"], "year": year, "age": age, "need": need, "plans": n})
        return rows

    def travel(self, sites: list[Row]) -> list[Row]:
        """Few different times, so that many sites are equally far."""
        return [
            {"area": area, "site": site["site"], "minutes": minutes, "km": minutes / 2.0}
            for area in self.areas
            for site in sites
            for minutes in [self.rng.choice([5.0, 12.5, 12.5, 40.0])]
        ]

    def shares(self) -> list[Row]:
        phases = ["early_years", "primary", "secondary", "sixth_form", "young_adult"]
        return [
            {"phase": phase, "need": need, "share": self.rng.choice([0.0, 0.2, 0.5, 1.0])}
            for phase in self.rng.choice([["all"], phases])
            for need in self.rng.choice([["all"], self.needs])
        ]

    def provision(self, plans: Table) -> dict[str, Any]:
        sites = self.sites()
        places, changes = self.places(sites)
        given: dict[str, Any] = {
            "changes": changes,
            "places": self.table(places),
            "travel": self.table(self.travel(sites)),
            "authority": AUTHORITY,
            "independent_share": self.table(self.shares()),
            "return_at_phase_transfer": self.rng.choice([0.0, 0.3, 1.0]),
        }
        occupied = self.occupied(sites, plans) if self.seed % 2 else []
        if occupied:
            given["occupied"] = self.table(occupied)
        return given | {"sites": self.table(sites)}


def random_model_with_sites(seed: int, size: str = "small") -> dict[str, Any]:
    """The keyword arguments of a model with sites, and `years`: how many years to run it."""
    g = WithSites(seed, size)
    model = tables(g)
    return model | g.provision(model["plans"])
