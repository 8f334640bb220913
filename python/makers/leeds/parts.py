"""Parts of the sites in the register: one phase and need group each, so that no split is assumed."""

from __future__ import annotations

from dataclasses import dataclass

from .margins import NEED_ORDER
from .register import GROUPS, PHASES, Site
from .register_other import REGISTER


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a site: one phase and need group, the smallest thing that has places."""

    site: Site
    phase: str
    group: str

    @property
    def ages(self) -> tuple[int, int]:
        """First and last age."""
        first, last = PHASES[self.phase]
        first = self.site.first if self.phase == "primary" else first
        return first, self.site.last if self.phase == "sixth_form" else last

    @property
    def needs(self) -> tuple[str, ...]:
        """Needs it admits, in declared order."""
        members = set(GROUPS[self.group]) - set(self.site.excludes)
        return tuple(need for need in NEED_ORDER if need in members)

    @property
    def weight(self) -> int:
        """About how many places in 2025."""
        return self.site.weights[self.phase][self.group]

    @property
    def funded_as(self) -> str:
        """The age group in which directly funded places are published."""
        return "post16" if self.phase == "sixth_form" else "pre16"

    def admits(self, age: int, need: str) -> bool:
        """Whether a child of that age and need may be here."""
        return self.ages[0] <= age <= self.ages[1] and need in self.needs


PARTS: tuple[Part, ...] = tuple(
    Part(site, phase, group) for site in REGISTER for phase in site.weights for group in site.weights[phase]
)


def phase_of(age: int) -> str:
    """The part's phase for an age; the few under 4 and over 18 belong to the first and the last."""
    return "primary" if age <= PHASES["primary"][1] else "secondary" if age <= 15 else "sixth_form"


def group_of(need: str) -> str:
    """Need group of a need."""
    return next(group for group, needs in GROUPS.items() if need in needs)
