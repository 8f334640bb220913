"""Scenarios: dated changes, each with a reason and an owner."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.files import write_text
from sufficiency.showing import html_table
from sufficiency.text_tables import toml_text


class Scenario:
    """Dated changes that map one fitted model to another; nothing in it changes once it is made.

    Parameters
    ----------
    name : str
        Name in words.
    changes : sequence of mappings
        Each with `kind` and the fields of that kind as in a scenario file, `reason` and `owner` among them.
    description : str, optional
        What it is about.

    Raises
    ------
    ScenarioError
        With every problem that shows without an authority; codes are checked when it is applied to one.

    Examples
    --------
    >>> import sufficiency as sf
    >>> late = sf.Scenario(
    ...     name="Incidence up by 5%",
    ...     changes=[
    ...         {
    ...             "kind": "scale_rate",
    ...             "rate": "new_plans",
    ...             "factor": 1.05,
    ...             "from": 2027,
    ...             "reason": "stress",
    ...             "owner": "analyst",
    ...         }
    ...     ],
    ... )
    >>> late
    <Scenario 'Incidence up by 5%': 1 change>
    """

    def __init__(self, name: str, changes: Sequence[Mapping[str, Any]], description: str = "") -> None:
        content = {"schema": "1.0", "name": name, "change": [dict(change) for change in changes]}
        if description:
            content["description"] = description
        self._core = _core.Scenario.read(toml_text(content), name)

    @classmethod
    def _read(cls, text: str, file: str) -> Scenario:
        scenario = cls.__new__(cls)
        scenario._core = _core.Scenario.read(text, file)
        return scenario

    @property
    def name(self) -> str:
        """Name in words."""
        return self._core.name

    @property
    def description(self) -> str:
        """What it is about."""
        return self._core.description

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The changes in the order in which they apply."""
        return [_given(json.loads(change)) for change in self._core.changes]

    def single_changes(self) -> list[Scenario]:
        """One scenario for each change, in order: together they do what this one does.

        Examples
        --------
        >>> len(plan.single_changes()) == len(plan.changes)
        True
        """
        return [Scenario(self.name, [change], self.description) for change in self.changes]

    def to_toml(self) -> str:
        """The scenario as a file.

        Examples
        --------
        >>> 'name = "400 new places"' in plan.to_toml()
        True
        """
        return self._core.text

    def save(self, path: str | Path) -> None:
        """Write the scenario as a file, which `read_scenario` reads.

        Examples
        --------
        >>> plan.save("mine.toml")
        >>> sf.read_scenario("mine.toml").name
        '400 new places'
        """
        write_text(Path(path), self.to_toml())

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (Scenario._read, (self._core.text, self._core.file))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and (self.name, self.changes) == (other.name, other.changes)

    def __hash__(self) -> int:
        return hash((self.name, self._core.text))

    def __repr__(self) -> str:
        n = len(self.changes)
        return f"<Scenario {self.name!r}: {n} change{'' if n == 1 else 's'}>"

    def summary(self) -> pd.DataFrame:
        """The changes in words: columns what, when, reason, owner.

        Examples
        --------
        >>> import sufficiency as sf
        >>> sf.read_scenario("leeds/incidence-10").summary()["what"].tolist()
        ['new_plans times 1.1']
        """
        rows = [line_of(change) for change in self.changes]
        return pd.DataFrame(rows, columns=["what", "when", "reason", "owner"])

    def _repr_html_(self) -> str:
        return html_table(self.name, self.summary())


def _given(value: Any) -> Any:
    """Without the fields that were left out."""
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item not in (None, [], {})}
    return value


def line_of(change: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """What a change does, when, why, and who answers for it."""
    kind = change["kind"]
    site = change.get("site")
    where = (site.get("name") or site["id"]) if isinstance(site, Mapping) else site
    what = {
        "add_places": lambda: f"{change['places']} places at {where}",
        "remove_places": lambda: f"{change['places']} places close at {where}",
        "scale_rate": lambda: f"{change['rate']} times {_size(change['factor'])}",
        "redirect": lambda: f"{_size(change['share'])} of {change['from_setting']} to {change['to_setting']}",
        "clear_backlog": lambda: f"{_size(change['plans'])} more new plans",
        "regime": lambda: f"{change['name']}, in {change['weight']:.0%} of draws",
        "housing": lambda: f"{_size(change['dwellings'])} dwellings in {', '.join(change['areas'])}",
        "migration": lambda: f"{_size(change.get('children_a_year', 0))} children a year move in",
        "convert_support": lambda: f"{_size(change['share'])} of {change['support']} become plans",
    }[kind]()
    when = change.get("opens") or change.get("closes") or str(change.get("from"))
    return what, when, change["reason"], change["owner"]


def _size(value: Any) -> str:
    return f"{value['low']} to {value['high']}" if isinstance(value, Mapping) else str(value)


def read_scenario(path: str | Path) -> Scenario:
    """A scenario from a TOML file, or one of the sample's by name, such as ``"leeds/400-places"``.

    Raises
    ------
    ScenarioError
        With file, line, rule and the nearest known word of every problem.
    InputError
        If there is no such file or it is not UTF-8 text.

    Examples
    --------
    >>> sf.read_scenario("leeds/400-places").name
    '400 new places'
    """
    file = Path(path)
    if not file.exists():
        file = _of_sample(str(path))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text [unreadable-file]") from error
    return Scenario._read(text, file.name)


def _of_sample(name: str) -> Path:
    authority, _, short = name.partition("/")
    sample = Path(str(resources.files("sufficiency"))) / "sample"
    known = sorted(f"{file.parent.parent.name}/{file.stem}" for file in sample.glob("*/scenarios/*.toml"))
    if name not in known:
        raise InputError(f"there is no file {name}; the sample has {', '.join(known)} [unreadable-file]")
    return sample / authority / "scenarios" / f"{short}.toml"


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file.

    Examples
    --------
    >>> sf.scenario_schema()["type"]
    'object'
    """
    schema: dict[str, Any] = json.loads(_core.scenario_schema())
    return schema
