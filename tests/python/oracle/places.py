"""Who has which place: seats of the base year, one year's allocation (specification, section 6)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .provision import INDEPENDENT, OURS, Site, Standing, january, read_sites
from .rows import Row, canonical, table_rows
from .step import Child, Year, lived
from .words import OVERFLOW, TIE_BREAK, draw_key, happens

NOWHERE, INDEPENDENTLY, WAITING = "none", "independent", "waiting"
PHASES = {"early_years": 3, "primary": 10, "secondary": 15, "sixth_form": 18, "young_adult": 25}
TRANSFER_AGES = (4, 11, 16)


@dataclass
class Seat:
    """Where a child is: a site by its position, or one of three words."""

    at: int | str = NOWHERE
    waited: int = 0
    sought: str | None = None


@dataclass
class Provision:
    """Sites in their order, and the rules of overflow."""

    sites: list[Site]
    occupied: list[Row] | None
    overflow: dict[tuple[str, str], float]  # (phase, need) -> share
    returning: float


def phase(age: int) -> str:
    return next(name for name, last in PHASES.items() if age <= last)


def preference(child: Child, sites: list[Site]) -> list[int]:
    """The sites that a child may ask for, best first."""
    ranked = []
    for i, site in enumerate(sites):
        own = site.setting == child.setting
        if site.admits(child.need, child.age) and (own or site.in_authority):
            ranked.append((0 if own else 1, site.travel[child.area], i))
    return [i for _, _, i in sorted(ranked)]


class Places:
    """The seats of one draw's children, year by year."""

    def __init__(self, provision: Provision, model: dict) -> None:
        self.provision = provision
        self.sites = provision.sites
        self.seats: dict[int, Seat] = {}
        self.areas, self.needs, self.settings = (canonical(model[n]) for n in ("areas", "needs", "settings"))

    def base_order(self, child: Child) -> tuple:
        kind = self.needs.index(child.need) * len(self.settings) + self.settings.index(child.setting)
        return self.areas.index(child.area), kind, child.identity

    def seat_base(self, children: list[Child], year: int) -> None:
        """Seats of the base year, from what is known to be occupied or else by rule."""
        self.seats = {child.identity: Seat(sought=child.setting) for child in children}
        for child in children:
            if child.setting in INDEPENDENT:
                self.seats[child.identity].at = INDEPENDENTLY
        ours = [child for child in children if child.setting in OURS]
        if self.provision.occupied is None:
            self.seat_by_rule(ours, year)
        else:
            self.seat_as_occupied(ours, self.provision.occupied)

    def seat_as_occupied(self, ours: list[Child], occupied: list[Row]) -> None:
        def row_order(row: Row) -> tuple:
            return row["site"].encode(), row["age"], self.needs.index(row["need"])

        for row in sorted(occupied, key=row_order):
            parts = [i for i, site in enumerate(self.sites) if site.code == row["site"]]
            admitting = [i for i in parts if self.sites[i].admits(row["need"], row["age"])]
            here = (admitting or parts)[0]
            site = self.sites[here]
            free = [
                (child.setting != site.setting, site.travel[child.area], *self.base_order(child))
                for child in ours
                if (child.age, child.need) == (row["age"], row["need"])
                and self.seats[child.identity].at == NOWHERE
            ]
            for *_, identity in sorted(free)[: row["plans"]]:
                self.seats[identity].at = here
        for child in ours:
            if self.seats[child.identity].at == NOWHERE:
                self.seats[child.identity].at = WAITING

    def seat_by_rule(self, ours: list[Child], year: int) -> None:
        standing = [january(site, year, None) for site in self.sites]
        seated: Counter[int] = Counter()
        in_order = sorted(ours, key=lambda child: (child.age, *self.base_order(child)))
        for within_limit in (True, False):
            for child in in_order:
                seat = self.seats[child.identity]
                if seat.at != NOWHERE:
                    continue
                for i in preference(child, self.sites):
                    room = not within_limit or seated[i] < standing[i].limit
                    if self.sites[i].setting == child.setting and standing[i].open and room:
                        seat.at = i
                        seated[i] += 1
                        break
        for child in ours:
            if self.seats[child.identity].at == NOWHERE:
                self.seats[child.identity].at = INDEPENDENTLY

    def allocate(self, children: list[Child], year: Year) -> None:
        """One year's allocation: seats kept first, then those who seek, in priority order."""
        standing = [january(site, year.year, year.draw) for site in self.sites]
        before = self.seats
        self.seats = {child.identity: before.get(child.identity, Seat()) for child in children}
        rolls: Counter[int] = Counter()
        seekers = []
        for child in children:
            if self.seeks(child, standing, year):
                seekers.append(child)
            elif isinstance(at := self.seats[child.identity].at, int):
                rolls[at] += 1
        for child in sorted(seekers, key=lambda child: self.priority(child, year)):
            self.place(child, standing, rolls, year)

    def seeks(self, child: Child, standing: list[Standing], year: Year) -> bool:
        """Whether a child seeks a place; one who does not has the seat, or none, of this year."""
        seat = self.seats[child.identity]
        if child.setting not in OURS:
            independent = child.setting in INDEPENDENT
            seat.at, seat.waited = INDEPENDENTLY if independent else NOWHERE, 0
            seat.sought = child.setting if independent else seat.sought
            return False
        same = seat.sought == child.setting
        if isinstance(seat.at, int):
            if same and (kept := self.keeps(seat.at, child, standing)) is not None:
                seat.at = kept
                return False
            seat.waited = 0
            return True
        if same and seat.at == INDEPENDENTLY:
            w = year.word(OVERFLOW, 1, child.identity)
            return child.age in TRANSFER_AGES and happens(w, self.provision.returning)
        return True

    def keeps(self, at: int, child: Child, standing: list[Standing]) -> int | None:
        """The present site, or else the first part of the same site, if it still has the child."""
        present = self.sites[at]
        others = [
            i
            for i, site in enumerate(self.sites)
            if i != at and (site.code, site.setting) == (present.code, present.setting)
        ]
        for i in [at, *others]:
            if standing[i].open and self.sites[i].admits(child.need, child.age):
                return i
        return None

    def priority(self, child: Child, year: Year) -> tuple:
        tie = year.word(TIE_BREAK, 0, child.identity)
        waited = self.seats[child.identity].waited
        return child.age not in TRANSFER_AGES, -waited, tie, child.identity

    def place(self, child: Child, standing: list[Standing], rolls: Counter[int], year: Year) -> None:
        """The best site with room, else the overflow."""
        seat = self.seats[child.identity]
        seat.sought = child.setting
        for i in preference(child, self.sites):
            if rolls[i] < standing[i].limit and child.age in standing[i].may_enter:
                rolls[i] += 1
                seat.at, seat.waited = i, 0
                return
        share = self.provision.overflow[phase(child.age), child.need]
        if seat.at == INDEPENDENTLY or happens(year.word(OVERFLOW, 0, child.identity), share):
            seat.at, seat.waited = INDEPENDENTLY, 0
        else:
            seat.at, seat.waited = WAITING, min(seat.waited + 1, 255)


def placed_by_year(
    provision: Provision, model: dict, seed: int, draw: int
) -> Iterator[tuple[list[Child], dict[int, Seat]]]:
    """Every year of one draw, the base year first: its children, and the seat of each."""
    of_draw = draw_key(seed, draw)
    places = Places(provision, model)
    for year, children, _ in lived(model, of_draw):
        if year.year == model["base_year"]:
            places.seat_base(children, year.year)
        else:
            places.allocate(children, year)
        yield children, places.seats


def read_provision(model: dict) -> Provision:
    """What a model's tables say of places."""
    overflow = {}
    for row in table_rows(model["independent_share"]):
        for name in PHASES if row["phase"] == "all" else [row["phase"]]:
            for need in model["needs"] if row["need"] == "all" else [row["need"]]:
                overflow[name, need] = row["share"]
    occupied = model.get("occupied")
    return Provision(
        read_sites(model),
        None if occupied is None else [r for r in table_rows(occupied) if r["year"] == model["base_year"]],
        overflow,
        model["return_at_phase_transfer"],
    )


def simulate_places(model: dict, seed: int, draw: int) -> dict[str, np.ndarray]:
    """Counts of one draw: placed (years + 1, sites, areas, ages, needs), waiting and independent without sites."""
    codes = list(dict.fromkeys(model["sites"]["site"]))
    shape = [model["years"] + 1, len(model["areas"]), 26, len(model["needs"])]
    counts = {name: np.zeros(shape, dtype=np.int64) for name in (WAITING, INDEPENDENTLY)}
    placed = np.zeros([shape[0], len(codes), *shape[1:]], dtype=np.int64)
    provision = read_provision(model)
    for t, (children, seats) in enumerate(placed_by_year(provision, model, seed, draw)):
        for child in children:
            cell = (model["areas"].index(child.area), child.age, model["needs"].index(child.need))
            at = seats[child.identity].at
            if isinstance(at, int):
                placed[(t, codes.index(provision.sites[at].code), *cell)] += 1
            elif at != NOWHERE:
                counts[at][(t, *cell)] += 1
    return counts | {"placed": placed}
