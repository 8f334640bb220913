"""What scenarios change in a draw (specification, section 7), from the change's own fields."""

import json
import math
from typing import Any

from . import words
from .rows import canonical, table_rows
from .samplers import normal, poisson
from .words import fold, happens, key, stream, uniform, word

SUPPORT, REGIME, MIGRATION, MIGRATION_PLACE, LEVER, REDIRECT = 22, 23, 24, 25, 20, 21
TRANSFER_AGES = (4, 11, 16)
FOREVER = 10**6


def stripped(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: stripped(item) for name, item in value.items()}
    return {name: item for name, item in inner.items() if item not in (None, [], {})}


def keyed(changes: list[dict]) -> list[tuple[int, dict]]:
    """Each change with its key."""
    seen: dict[str, int] = {}
    found = []
    for change in changes:
        text = json.dumps(stripped(change), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        found.append((key("lever", f"{text}#{seen.get(text, 0)}"), change))
        seen[text] = seen.get(text, 0) + 1
    return found


def size(value: Any, of_key: int, draw: int, share: bool = False) -> float:
    if not isinstance(value, dict):
        return float(value)
    z = normal(words.Sequence(stream(draw, LEVER, 0, 0), of_key))

    def scale(x: float) -> float:
        return math.log(x / (1 - x)) if share else math.log(x)

    low, high = scale(value["low"]), scale(value["high"])
    at = (low + high) / 2 + z * ((high - low) / (2 * 1.2815515655446004))
    return 1 / (1 + math.exp(-at)) if share else math.exp(at)


class Scenario:
    """The changes of one model in one draw; `draw` is a draw key."""

    def __init__(self, model: dict, draw: int) -> None:
        self.model, self.draw = model, draw
        self.changes = keyed(model.get("changes", []))

    def of(self, *kinds: str) -> list[tuple[int, dict]]:
        return [(k, change) for k, change in self.changes if change["kind"] in kinds]

    def force(self, change: dict, year: int) -> float:
        first, full = change["from"], change.get("full") or change["from"]
        if not first <= year <= (change.get("to") or FOREVER):
            return 0.0
        if change["kind"] == "regime":
            w = word(stream(self.draw, REGIME, 0, 0), key("regime", change["name"]))
            if not happens(w, change["weight"]):
                return 0.0
        return 1.0 if year >= full else (year - first + 1) / (full - first + 1)

    def concerns(self, change: dict, year: int, age: int, need: str) -> bool:
        first, last = change.get("ages") or (0, 25)
        cohort = change.get("cohorts_from")
        named = change.get("needs") or [need]
        return first <= age <= last and need in named and (cohort is None or year - age + 4 >= cohort)

    def factors(self, rate: str, year: int, age: int, need: str) -> list[tuple[list[str], float]]:
        """Areas (none for all) and factor of each lever on a rate."""
        found = []
        for of_key, change in self.of("scale_rate", "regime"):
            f = self.force(change, year)
            if change.get("rate") == rate and f > 0 and self.concerns(change, year, age, need):
                factor = 1 + f * (size(change["factor"], of_key, self.draw) - 1)
                found.append((change.get("areas") or [], factor))
        return found

    def chance(self, rate: str, base: float, year: int, age: int, need: str) -> float:
        for _, factor in self.factors(rate, year, age, need):
            base = min(base * factor, 1.0)
        return base

    def given(self, new: bool, setting: str, child: Any, year: int) -> str:
        """The setting after all redirects."""
        for of_key, change in self.of("redirect", "regime"):
            if not change.get("from_setting") or setting != change["from_setting"]:
                continue
            at = change.get("at") or ["new_plan", "phase_transfer", "review"]
            transfer = "phase_transfer" in at and child.age in TRANSFER_AGES
            asked = "new_plan" in at if new else "review" in at or transfer
            f = self.force(change, year)
            if asked and f > 0 and self.concerns(change, year, child.age, child.need):
                share = f * size(change["share"], of_key, self.draw, share=True)
                if happens(word(stream(self.draw, REDIRECT, year, 0), fold(of_key, child.identity)), share):
                    setting = change["to_setting"]
        return setting

    def add_residents(self, years: list[dict]) -> list[dict]:
        """Residents of every year, with those whom housing and migration add."""
        base = self.model["base_year"]
        found = [dict(year) for year in years]
        for of_key, change in self.of("housing", "migration"):
            what = change.get("dwellings" if change["kind"] == "housing" else "children_a_year")
            if what is None:
                continue
            times = size(what, of_key, self.draw)
            pattern = dict.fromkeys(years[0], 0.0)
            for t in range(1, len(years)):
                arrived = self.arrivals(change, base + t)
                pattern = {
                    (area, age): (pattern[area, age - 1] if age else 0.0) + arrived.get((area, age), 0.0)
                    for area, age in pattern
                }
                for cell, unit in pattern.items():
                    found[t][cell] += times * unit
        return found

    def arrivals(self, change: dict, year: int) -> dict[tuple[str, int], float]:
        first, last = change.get("ages") or (0, 15)
        ages = range(first, last + 1)
        if change["kind"] == "housing":
            spread = change.get("years") or 1
            if not change["from"] <= year < change["from"] + spread:
                return {}
            unit = change["pupil_yield"] / spread / len(ages) / len(change["areas"])
            return {(area, age): unit for area in change["areas"] for age in ages}
        if not change["from"] <= year <= (change.get("to") or FOREVER):
            return {}
        areas = change.get("areas") or self.model["areas"]
        rows = table_rows(self.model["population"])
        here = {(r["area"], r["age"]): r["population"] for r in rows if r["area"] in areas and r["age"] in ages}
        total = 0.0
        for age in range(26):
            for area in canonical(self.model["areas"]):
                total += here.get((area, age), 0.0)
        return {cell: n / total for cell, n in here.items()}

    def migrants(self, year: Any, make: Any, choose: Any) -> list[Any]:
        """Children who move in with a plan; `make` builds one, `choose` takes a code by its weights."""
        found = []
        for of_key, change in self.of("migration"):
            if change.get("plans_a_year") is None or not change["from"] <= year.year <= (
                change.get("to") or FOREVER
            ):
                continue
            first, last = change.get("ages") or (0, 15)
            needs = change.get("needs") or year.needs
            mix: dict[tuple[int, str], float] = {}
            for row in table_rows(self.model["plans"]):
                if first <= row["age"] <= last and row["need"] in needs:
                    cell = (row["age"], row["need"])
                    mix[cell] = mix.get(cell, 0.0) + row["plans"]
            total = sum(mix.values())
            whole = size(change["plans_a_year"], of_key, self.draw)
            areas = change.get("areas") or year.areas
            for age in range(26):
                for need in year.needs:
                    entity = fold(of_key, key("need", need))
                    mean = whole * (mix.get((age, need), 0.0) / total)
                    for k in range(poisson(self.draw, MIGRATION, year.year, age, entity, mean)):
                        row = fold(fold(fold(0, 4), year.year), age) ^ entity
                        identity = fold(row, k)
                        here = {a: year.residents[a, age] if a in areas else 0.0 for a in year.areas}
                        in_order = [area for area in year.areas if area in areas]
                        w = year.word(MIGRATION_PLACE, 0, identity)
                        area = choose(here, w) or in_order[0]
                        first_setting = year.parameters.first_setting[age, need]
                        setting = choose(first_setting, year.word(MIGRATION_PLACE, 1, identity))
                        found.append(make(identity, area, age, need, setting))
        return found

    def converted(self, year: Any, make: Any) -> list[Any]:
        """Supported children who get a plan in a year."""
        found = []
        for of_key, change in self.of("convert_support"):
            first, last = change.get("ages") or (0, 25)
            share = size(change["share"], of_key, self.draw, share=True)
            transfer = change.get("at") == ["phase_transfer"]
            if not change["from"] <= year.year < change["from"] + change["years"]:
                continue
            for row in table_rows(self.model["support"]):
                age = row["age"] + year.year - self.model["base_year"]
                if row["kind"] != change["support"] or not first <= age <= last or age > 25:
                    continue
                if transfer and age not in TRANSFER_AGES:
                    continue
                born = self.model["base_year"] - row["age"]
                for k in range(row["children"]):
                    identity = fold(fold(fold(of_key, words.cell(row["area"], row["need"])), born), k)

                    def said(slot: int, identity: int = identity) -> int:
                        return word(stream(self.draw, SUPPORT, 0, slot), identity)

                    turn = change["from"] + math.floor(uniform(said(1)) * change["years"])
                    if happens(said(0), share) and (transfer or turn == year.year):
                        setting = self.required(change["required"], said(2))
                        found.append(make(identity, row["area"], age, row["need"], setting))
        return found

    def required(self, mix: dict[str, float], w: int) -> str:
        running = 0.0
        for code in canonical(list(mix)):
            running += mix[code]
            if happens(w, running):
                return code
        return canonical(list(mix))[-1]
