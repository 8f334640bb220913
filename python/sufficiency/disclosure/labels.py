"""The finest labels of an authority, and sets of them: every cell is a product of such sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sufficiency.errors import InputError

GEOGRAPHY, NEED, AGE, PLACE = range(4)
AXIS_DIMENSION = {
    "area": GEOGRAPHY,
    "planning_area": GEOGRAPHY,
    "need": NEED,
    "need_group": NEED,
    "age": AGE,
    "nc_year": AGE,
    "phase": AGE,
    "setting": PLACE,
    "site": PLACE,
    "in_authority": PLACE,
}
AGES = 26
NURSERY = 4
"""Age less curriculum year."""


def phase_of(age: int) -> str:
    """The phase of an age."""
    starts = ((19, "young_adult"), (16, "sixth_form"), (11, "secondary"), (4, "primary"))
    return next((phase for start, phase in starts if age >= start), "early_years")


@dataclass
class Labels:
    """Finest labels and what each belongs to; sets of them are integers, one bit a label.

    Attributes
    ----------
    areas, needs : dict
        Code to its planning area, or need group.
    settings : list of str
    sites : dict
        Site to its setting and whether it is in the authority; None where that is not known.
    """

    areas: dict[str, str]
    needs: dict[str, str]
    settings: list[str]
    sites: dict[str, tuple[str | None, bool | None]]
    _masks: dict[tuple[str, bool], dict[str, int]] = field(default_factory=dict)

    def side(self, axis: str, label: object, seated: bool) -> int:
        """The set of labels that one label of an axis stands for; `seated`: the setting is that of the site.

        Raises
        ------
        InputError
            If the axis has no such label.
        """
        found = self._table(axis, seated).get(str(label))
        if found is None:
            raise InputError(f"a table has a label of {axis} that the base does not know [unknown-label]")
        return found

    def full(self, dimension: int, seated: bool) -> int:
        """All labels of a dimension."""
        sizes = (len(self.areas), len(self.needs), AGES)
        return (1 << (sizes[dimension] if dimension < PLACE else len(self._atoms(seated)))) - 1

    def _table(self, axis: str, seated: bool) -> dict[str, int]:
        key = (axis, seated and AXIS_DIMENSION[axis] == PLACE)
        if key not in self._masks:
            self._masks[key] = self._made(axis, seated)
        return self._masks[key]

    def _made(self, axis: str, seated: bool) -> dict[str, int]:
        if axis in ("area", "planning_area"):
            return _sets((area if axis == "area" else group for area, group in self.areas.items()))
        if axis in ("need", "need_group"):
            return _sets((need if axis == "need" else group for need, group in self.needs.items()))
        if axis == "phase":
            return _sets(phase_of(age) for age in range(AGES))
        if axis in ("age", "nc_year"):
            return _sets(str(age if axis == "age" else age - NURSERY) for age in range(AGES))
        position = ("setting", "site", "in_authority").index(axis)
        sets = _sets(str(atom[position]) for atom in self._atoms(seated))
        names = [self.settings, list(self.sites), ["True", "False"]][position]
        return {name: sets.get(name, 0) for name in names}

    def _atoms(self, seated: bool) -> list[tuple[str | None, str, bool | None]]:
        """Setting, site (none: empty) and in_authority, as they can occur together."""
        outside: list[tuple[str | None, str, bool | None]] = [
            (setting, "", inside) for setting in self.settings for inside in (True, False)
        ]
        if seated:
            return outside + [(setting, site, inside) for site, (setting, inside) in self.sites.items()]
        return outside + [
            (setting, site, inside) for site in self.sites for setting in self.settings for inside in (True, False)
        ]


def _sets(names: Iterable[str]) -> dict[str, int]:
    sets: dict[str, int] = {}
    for position, name in enumerate(names):
        sets[name] = sets.get(name, 0) | 1 << position
    return sets


def bits(mask: int) -> list[int]:
    """Positions of the labels of a set."""
    return [position for position in range(mask.bit_length()) if mask >> position & 1]


def add_sites(labels: Labels, names: Iterable[str]) -> None:
    """Sites that a scenario opens and the base has not: their setting is not known."""
    for name in names:
        labels.sites.setdefault(name, (None, None))
    labels._masks.clear()


def labels_of(rows: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Leaf to group, from two parallel columns."""
    leaf, group = rows.values()
    return {str(a): str(b) for a, b in zip(leaf, group, strict=True)}
