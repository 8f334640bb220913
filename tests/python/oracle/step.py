"""One draw, child by child: the phases of a year and the counts (specification, section 4)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from . import words
from .levers import Scenario
from .parameters import Parameters, Weights, draw_parameters, shock
from .population import AGES, Residents, residents_by_year
from .rows import canonical, table_rows
from .samplers import poisson
from .words import draw_key, happens, key, stream, word

PHASES = (
    words.CEASE,
    words.TRANSFER_OUT,
    words.AREA_MOVE,
    words.NEED_CHANGE,
    words.REVIEW,
)


@dataclass
class Child:
    identity: int
    area: str
    age: int
    need: str
    setting: str


@dataclass
class Year:
    """What a year's phases look up. Areas and needs are in canonical order."""

    year: int
    draw: int
    areas: list[str]
    needs: list[str]
    parameters: Parameters
    residents: Residents
    scenario: Scenario

    def word(self, process: int, slot: int, entity: int) -> int:
        return word(stream(self.draw, process, self.year, slot), entity)


def total(values: Iterable[float]) -> float:
    """A plain running sum: Python's own `sum` of floats corrects its rounding since 3.12."""
    running = 0.0
    for value in values:
        running = running + value
    return running


def pick(weights: Weights, w: int) -> str:
    """The destination a word falls on; the last with any weight if rounding leaves none."""
    whole = total(weights.values())
    running = 0.0
    last = ""
    for code, weight in weights.items():
        running = running + weight
        if weight > 0.0:
            last = code
            if happens(w, running / whole):
                return code
    return last


def elsewhere(weights: Weights, present: str) -> Weights:
    return {code: weight for code, weight in weights.items() if code != present}


def chance_of_change(weights: Weights | None, present: str) -> float:
    if weights is None:
        return 0.0
    off = total(elsewhere(weights, present).values())
    return off / (off + weights[present])


def pick_area(year: Year, age: int, w: int) -> str:
    """An area in proportion to its residents of that age; the first area if there are none."""
    weights = {area: year.residents[area, age] for area in year.areas}
    return pick(weights, w) or year.areas[0]


def chances(child: Child, year: Year) -> list[float]:
    """e1 to e5 of a child's present age, need and setting."""
    parameters = year.parameters
    scaled = (year.year, child.age, child.need)
    by_need = (child.age, child.need)
    by_setting = (child.age, child.need, child.setting)
    return [
        year.scenario.chance("ceasing", parameters.ceasing[by_setting], *scaled),
        year.scenario.chance("transfers_out", parameters.transfers_out.get(by_setting, 0.0), *scaled),
        parameters.area_moves.get(by_need, 0.0),
        chance_of_change(parameters.need_changes.get(by_need), child.need),
        chance_of_change(parameters.transitions[by_setting], child.setting),
    ]


def quiet_from(e: list[float]) -> list[float]:
    """S1 to S5: the chance that no phase from k on happens."""
    s = [1.0 - e[4]]
    for k in (3, 2, 1, 0):
        s.insert(0, (1.0 - e[k]) * s[0])
    return s


def carry_out(child: Child, phase: int, year: Year) -> bool:
    """Make a phase's event happen to a child; False if the child is gone."""
    if phase in (words.CEASE, words.TRANSFER_OUT):
        return False
    w = year.word(phase, 1, child.identity)
    if phase == words.AREA_MOVE:
        child.area = pick_area(year, child.age, w)
    elif phase == words.NEED_CHANGE:
        weights = year.parameters.need_changes[child.age, child.need]
        child.need = pick(elsewhere(weights, child.need), w)
    else:
        weights = year.parameters.transitions[child.age, child.need, child.setting]
        setting = pick(elsewhere(weights, child.setting), w)
        child.setting = year.scenario.given(False, setting, child, year.year)
    return True


def live_through(child: Child, year: Year) -> bool:
    """One child's year at its new age; False if the child is gone at the end of it.

    The first word says whether anything happens at all, so until the first event each phase
    is conditional on something happening in this phase or later.
    """
    e = chances(child, year)
    s = quiet_from(e)
    if happens(year.word(words.NOTHING_HAPPENS, 0, child.identity), s[0]):
        return True
    first = True
    for k, phase in enumerate(PHASES):
        if first:
            p = e[k] / (1.0 - s[k]) if s[k] != 1.0 else 0.0
        else:
            p = chances(child, year)[k]
        if happens(year.word(phase, 0, child.identity), p):
            first = False
            if not carry_out(child, phase, year):
                return False
    return True


def age_on(children: list[Child]) -> list[Child]:
    for child in children:
        child.age += 1
    return [child for child in children if child.age < 26]


def transfers_in(year: Year) -> list[Child]:
    arrived = []
    for age in AGES:
        for need in year.needs:
            rate = year.parameters.transfers_in.get((age, need), 0.0)
            n = poisson(year.draw, words.TRANSFERS_IN, year.year, age, key("need", need), rate)
            for k in range(n):
                identity = words.transferred_child(year.year, age, need, k)
                area = pick_area(year, age, year.word(words.TRANSFER_IN_PLACE, 0, identity))
                first = year.parameters.first_setting[age, need]
                setting = pick(first, year.word(words.TRANSFER_IN_PLACE, 1, identity))
                arrived.append(Child(identity, area, age, need, setting))
    return arrived


def mean_new_plans(year: Year, exposed: float, area: str, age: int, need: str) -> float:
    p = year.parameters
    struck = p.new_plans[age, need] * shock(p, year.draw, year.year, age, need)
    multiplier = p.multipliers.get((area, need), 1.0)
    rate = struck * p.levels.get((year.year, need), 1.0)
    for areas, factor in year.scenario.factors("new_plans", year.year, age, need):
        if not areas:
            rate = rate * factor
        elif area in areas:
            multiplier = multiplier * factor
    return (exposed * multiplier) * rate


def new_plans(year: Year, exposure: Residents) -> list[Child]:
    started = []
    for area, age in exposure:
        for need in year.needs:
            mean = mean_new_plans(year, exposure[area, age], area, age, need)
            entity = words.cell(area, need)
            for k in range(poisson(year.draw, words.NEW_PLANS, year.year, age, entity, mean)):
                identity = words.new_child(year.year, area, age, need, k)
                first = year.parameters.first_setting[age, need]
                setting = pick(first, year.word(words.FIRST_SETTING, 0, identity))
                child = Child(identity, area, age, need, setting)
                child.setting = year.scenario.given(True, setting, child, year.year)
                started.append(child)
    return started


def without_plans(residents: Residents, children: list[Child]) -> Residents:
    held = Counter((child.area, child.age) for child in children)
    return {place: max(0, residents[place] - held[place]) for place in residents}


def base_children(model: dict) -> list[Child]:
    children = []
    for row in table_rows(model["plans"]):
        area, age, need, setting = row["area"], row["age"], row["need"], row["setting"]
        for k in range(row["plans"]):
            identity = words.base_child(area, need, setting, model["base_year"] - age, k)
            children.append(Child(identity, area, age, need, setting))
    return children


def count(children: list[Child], into: np.ndarray, model: dict) -> None:
    """Add children to one year's counts, in the declared order of codes."""
    for c in children:
        area, need = model["areas"].index(c.area), model["needs"].index(c.need)
        into[area, c.age, need, model["settings"].index(c.setting)] += 1


def lived(model: dict, of_draw: int) -> Iterator[tuple[Year, list[Child], list[Child]]]:
    """Every year of one draw, with the children and new plans that are counted at its end.

    The base year comes first, with the children as they are in it.
    """
    parameters = draw_parameters(model, of_draw)
    areas, needs = canonical(model["areas"]), canonical(model["needs"])
    children = base_children(model)
    scenario = Scenario(model, of_draw)
    for t, residents in enumerate(scenario.add_residents(residents_by_year(model, of_draw))):
        year = Year(model["base_year"] + t, of_draw, areas, needs, parameters, residents, scenario)
        if t == 0:
            yield year, children, []
            continue
        children = [child for child in age_on(children) if live_through(child, year)]
        reduced = model.get("exposure") == "without_plans"
        exposure = without_plans(residents, children) if reduced else residents
        new = new_plans(year, exposure) + scenario.converted(year, Child)
        children = children + transfers_in(year) + scenario.migrants(year, Child, pick) + new
        yield year, children, new


def simulate(model: dict, seed: int, draw: int) -> tuple[np.ndarray, np.ndarray]:
    """Plans and new plans, each (years + 1, areas, ages, needs, settings) in declared order."""
    codes = [len(model["areas"]), len(AGES), len(model["needs"]), len(model["settings"])]
    plans, started = (np.zeros([model["years"] + 1, *codes], dtype=np.int64) for _ in "pn")
    for t, (_, children, new) in enumerate(lived(model, draw_key(seed, draw))):
        count(children, plans[t], model)
        count(new, started[t], model)
    return plans, started


def residents(model: dict, seed: int, draw: int) -> np.ndarray:
    """Residents of one draw: (years + 1, areas, ages), declared order, plans not taken off."""
    years = residents_by_year(model, draw_key(seed, draw))
    return np.array([[[year[a, g] for g in AGES] for a in model["areas"]] for year in years])
