"""Sites, and their places in a January (specification, section 6, "Sites" and "Places")."""

import math
from dataclasses import dataclass, field

from .rows import Row, canonical, table_rows
from .words import OPENING_DELAY, happens, key, stream, word

OURS = {"resourced", "sen_unit", "partnership", "special"}
INDEPENDENT = {"nmss", "independent_special"}


def whole(n: int, x: float) -> int:
    return math.floor(n * x + 1e-9)


@dataclass
class Figure:
    year: int
    places: int
    held: int


@dataclass
class Opening:
    """Places that open mid-plan, with the shares open after 0, 1, ... years or by entry years."""

    year: int
    month: int
    places: int
    shares: list[float] | None = None  # None: one more year group each year
    delays: list[tuple[int, float]] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.year if self.month == 1 else self.year + 1


@dataclass
class Site:
    """A site, or one part of a site that has several."""

    code: str
    part: str
    setting: str
    needs: set[str]
    age_from: int
    age_to: int
    tolerance: float
    in_authority: bool
    travel: dict[str, float]
    figures: dict[str, list[Figure]]  # "commissioned" and "physical"
    openings: list[Opening]

    @property
    def ages(self) -> range:
        return range(self.age_from, self.age_to + 1)

    def admits(self, need: str, age: int) -> bool:
        return need in self.needs and age in self.ages


@dataclass
class Standing:
    """What a site is in one January of one draw."""

    open: bool
    places: int
    limit: int
    may_enter: set[int]


def latest(figures: list[Figure], year: int) -> Figure | None:
    known = [figure for figure in figures if figure.year <= year]
    return max(known, key=lambda figure: figure.year) if known else None


def delay(opening: Opening, number: int, site: Site, draw: int) -> int:
    """Years late in this draw; `draw` is a draw key."""
    w = word(stream(draw, OPENING_DELAY, 0, number), key("site", site.code))
    running = 0.0
    for years, share in opening.delays:
        running = running + share
        if happens(w, running):
            return years
    return opening.delays[-1][0] if opening.delays else 0


def phase_start(age: int) -> int:
    return max(start for start in (0, 4, 11, 16) if start <= age)


def open_ages(site: Site, k: int) -> set[int]:
    """The year groups open in the k-th year of an opening by entry years."""
    return {age for age in site.ages if age - max(phase_start(age), site.age_from) <= k}


def january(site: Site, year: int, draw: int | None) -> Standing:
    """A site's places in January `year`; without a draw key, as in the base year, no openings."""
    c, p = (latest(site.figures.get(name, []), year) for name in ("commissioned", "physical"))
    held = c.held if c else p.held if p else 0
    standing = min([figure.places for figure in (c, p) if figure], default=0)
    added = 0
    entered: set[int] = set()
    for number, opening in enumerate(site.openings if draw is not None else []):
        if c and c.places == 0 and opening.first < c.year:
            continue
        k = year - opening.first - delay(opening, number, site, draw or 0)
        if k < 0:
            continue
        if opening.shares:
            added += whole(opening.places, opening.shares[min(k, len(opening.shares) - 1)])
            entered |= set(site.ages)
        else:
            ages = open_ages(site, k)
            added += whole(opening.places, len(ages) / len(site.ages))
            entered |= ages
    total = standing + added
    places = max(0, total - held)
    may_enter = set(range(26)) if standing > 0 else entered
    return Standing(total > 0, places, whole(places, 1.0 + site.tolerance), may_enter)


def admitted(listed: str, declared: list[str]) -> set[str]:
    """The needs of a list such as `ASD;SEMH`; a compound not declared stands for each of its needs."""
    needs: set[str] = set()
    for code in listed.split(";"):
        needs |= {code} if code in declared else set(code.split("+"))
    return needs


def figures(rows: list[Row]) -> dict[str, list[Figure]]:
    by_count: dict[str, list[Figure]] = {"commissioned": [], "physical": []}
    for row in rows:
        name = "commissioned" if row["counted_as"] == "commissioned" else "physical"
        by_count[name].append(Figure(row["year"], row["places"], row["held_for_others"]))
    return by_count


def read_openings(model: dict, site: str) -> list[Opening]:
    """The openings at a site, from the changes of a scenario."""
    openings = []
    for change in model.get("changes", []):
        if change.get("site") == site:
            year, _, month = change["opens"].partition("-")
            delays = [(int(late), share) for late, share in change.get("delay_years", {}).items()]
            openings.append(Opening(int(year), int(month), change["places"], change.get("ramp"), delays))
    return openings


def in_order(listed: set[str], declared: list[str]) -> list[int]:
    return sorted(canonical(declared).index(need) for need in listed)


def part_name(ages: tuple[int, int], needs: set[str], site: Row, declared: list[str]) -> str:
    """Empty for the whole site, else ages and positions of needs, such as `04-10:00+03`."""
    whole = (int(site["age_from"]), int(site["age_to"])), admitted(site["needs"], declared)
    if (ages, needs) == whole:
        return ""
    return f"{ages[0]:02}-{ages[1]:02}:" + "+".join(f"{i:02}" for i in in_order(needs, declared))


def parts(model: dict, site: Row) -> dict[tuple[int, int, str], list[Row]]:
    """Rows of places by the ages and needs that they are for: the site's own where a row gives none."""
    found: dict[tuple[int, int, str], list[Row]] = {}
    for row in table_rows(model["places"]):
        if row["site"] == site["site"]:
            first, last, needs = (row.get(name) or site[name] for name in ("age_from", "age_to", "needs"))
            found.setdefault((int(first), int(last), needs), []).append(row)
    return found


def read_sites(model: dict) -> list[Site]:
    """Sites and their parts in order, from the tables `sites`, `places` and `travel`, and the changes."""
    travel = {(row["site"], row["area"]): row["minutes"] for row in table_rows(model["travel"])}
    sites = []
    for row in table_rows(model["sites"]):
        for (first, last, listed), rows in parts(model, row).items():
            needs = admitted(listed, model["needs"])
            sites.append(
                Site(
                    code=row["site"],
                    part=part_name((first, last), needs, row, model["needs"]),
                    setting=row["setting"],
                    needs=needs,
                    age_from=first,
                    age_to=last,
                    tolerance=row["tolerance"],
                    in_authority=row["authority"] == model["authority"],
                    travel={area: travel[row["site"], area] for area in model["areas"]},
                    figures=figures(rows),
                    openings=read_openings(model, row["site"]),
                )
            )
    return sorted(sites, key=lambda site: (site.code.encode(), site.part.encode()))
