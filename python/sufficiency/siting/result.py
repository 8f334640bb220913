"""The result of a siting: a choice, and tables that say what it does and how far to trust it."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sufficiency.scenario import Scenario
from sufficiency.words import about

RISKY = 0.2
"""Chance of standing under 85% full from which a site is named in the summary. Chosen."""


class SitingResult:
    """A choice of places, and how far to trust it. Nothing in it changes once it is made.

    `scenario` is the choice as an `sf.Scenario`. Values are falls of the weighted figures (in children waiting,
    with the default weights), averaged over the Januaries from the first opening on.
    """

    def __init__(self, scenario: Scenario, tables: Mapping[str, pd.DataFrame], attrs: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self._tables, self.attrs = dict(tables), dict(attrs)

    def _table(self, name: str) -> pd.DataFrame:
        table = self._tables[name].copy()
        table.attrs.update(self.attrs)
        return table

    def to_pandas(self) -> pd.DataFrame:
        """What is opened: site, setting, area, whether it is new, places, month of opening, capital.

        Examples
        --------
        >>> sited.to_pandas()["places"].tolist()
        [30]
        """
        return self._table("chosen")

    def value(self) -> pd.DataFrame:
        """Falls a year by figure: on the draws it was `searched` on; mean, p10, p50, p90, mcse on fresh ones.

        The first is the larger one: the optimiser's curse (Smith and Winkler 2006). Quote the second.

        Examples
        --------
        >>> list(sited.value().columns)[:3]
        ['figure', 'searched', 'mean']
        """
        return self._table("value")

    def curve(self) -> pd.DataFrame:
        """Value by number of places as single steps add them, and what 10 more are worth there, on fresh draws.

        Examples
        --------
        >>> list(sited.curve().columns)[:3]
        ['places', 'site', 'searched']
        """
        return self._table("curve")

    def empty(self) -> pd.DataFrame:
        """By site and year: mean share of its places filled, and the chance that fewer than 85% are.

        Examples
        --------
        >>> list(sited.empty().columns)[:3]
        ['site', 'year', 'utilisation']
        """
        return self._table("empty")

    def regret(self) -> pd.DataFrame:
        """Value of the choice made for one future if another comes, and what it loses against the best then.

        Examples
        --------
        >>> list(sited.regret().columns)[:3]
        ['chosen_for', 'regime', 'value']
        """
        return self._table("regret")

    def patterns(self) -> pd.DataFrame:
        """The choice made again where children live elsewhere: is it the same, and what does keeping it lose.

        Examples
        --------
        >>> list(sited.patterns().columns)[:3]
        ['pattern', 'same_choice', 'places_in_common']
        """
        return self._table("patterns")

    def learning(self) -> pd.DataFrame:
        """What knowing something before choosing is worth, most first; `by_chance` is what noise alone shows.

        Examples
        --------
        >>> list(sited.learning().columns)[:3]
        ['learn', 'value', 'by_chance']
        """
        table = self._table("learning")
        return table.sort_values("value", ascending=False, ignore_index=True)

    @property
    def settled(self) -> bool | None:
        """Whether the same places are chosen in every pattern of districts; None if no other was tried."""
        table = self._tables["patterns"]
        return bool(table["same_choice"].all()) if len(table) else None

    def summary(self) -> str:
        """The choice in a few sentences.

        Examples
        --------
        >>> sited.summary().split(".")[0]
        '30 places at 1 sites (30 special)'
        """
        chosen, attrs = self._tables["chosen"], self.attrs
        if chosen.empty:
            return "Opening nothing does best with these weights and limits."
        table = self._tables["value"]
        mean = dict(zip(table["figure"], table["mean"].astype(float), strict=True))
        searched = dict(zip(table["figure"], table["searched"].astype(float), strict=True))
        kinds = chosen.groupby("setting", sort=False)["places"].sum()
        said = [
            f"{chosen['places'].sum()} places at {len(chosen)} sites "
            f"({', '.join(f'{count} {setting}' for setting, count in kinds.items())}).",
            f"On fresh draws about {about(mean['unmet'])} fewer children wait and {about(mean['independent'])} "
            f"fewer are in independent schools, a year on average from January {attrs['from_year']} to "
            f"{attrs['to']}.",
            f"Weighted value {mean['weighted']:,.1f} (it looked like {searched['weighted']:,.1f} on the draws of "
            f"the search; {attrs['evaluations']} options tried: {attrs['method']}).",
        ]
        last = self._tables["empty"].query(f"year == {attrs['to']} and p_under_85 > {RISKY}")
        if len(last):
            said.append(f"May stand partly empty in {attrs['to']}: {', '.join(last['site'])}.")
        if self.settled is False:
            patterns = self._tables["patterns"]
            said.append(
                "Location not settled: where children live is uncertain, and other patterns of districts choose "
                f"other sites (as little as {patterns['places_in_common'].min():.0%} of the places in common; "
                f"keeping this choice then loses {max(float(patterns['loss'].max()), 0.0):,.1f} at most)."
            )
        elif self.settled:
            said.append("The same places are chosen in every pattern of districts tried.")
        return " ".join(said)

    def to_json(self) -> str:
        """All tables, the summary and how the choice was found, as JSON.

        Examples
        --------
        >>> "scenario" in sited.to_json()
        True
        """
        tables = {name: json.loads(table.to_json(orient="records")) for name, table in self._tables.items()}
        whole = {"summary": self.summary(), "scenario": self.scenario.changes, **tables, "attrs": self.attrs}
        return json.dumps(whole, indent=1) + "\n"

    def __repr__(self) -> str:
        chosen = self._tables["chosen"]
        return f"<SitingResult: {chosen['places'].sum()} places at {len(chosen)} sites>"

    def _repr_html_(self) -> str:
        parts = [f"<p>{html.escape(self.summary())}</p>"]
        for name, caption in (
            ("chosen", "What is opened"),
            ("value", "Falls a year"),
            ("learning", "Worth learning"),
        ):
            text = self._tables[name].to_html(index=False, border=0, float_format="{:,.2f}".format)
            text = text.replace(">\n", f">\n  <caption>{caption}</caption>\n", 1)
            parts.append(text.replace("<th>", '<th scope="col">'))
        return "".join(parts)
