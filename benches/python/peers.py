"""What an analyst would write: the reference workload in NumPy, dense, sparse and child by child, and in Numba.

Written from the definition of the workload (its arrays come from `leeds_ref`, as ours do), with none of the
engine's code. Each peer simulates a block of draws and returns children by draw, year, area, need and setting;
`summarise` gives all of them the same mean, quantiles and chances that the library gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import leeds_ref as ref
import numba
import numpy as np

Array = np.ndarray[Any, Any]
QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
BAND = np.array(ref.BAND_OF_AGE)
AGES, NEEDS, SETTINGS, YEARS = ref.AGES, ref.NEEDS, ref.SETTINGS, ref.YEARS


@dataclass(frozen=True)
class World:
    """The workload as arrays; alphas of structural zeros are 0."""

    state: Array
    """Children, (area, age, need, setting)."""
    residents: Array
    """Residents, (area, age)."""
    risk: Array
    """Multiplier of new plans, (area,)."""
    leave: Array
    """Beta parameters of ceasing, (2, band, setting)."""
    move: Array
    """Dirichlet parameters of the next setting, (band, need, setting, setting)."""
    first: Array
    """Dirichlet parameters of the first setting, (band, need, setting)."""
    rate: Array
    """Mean of new plans a resident, (age, need)."""


def world(scale: int = 1) -> World:
    """The workload at so many times its areas and children."""
    model, _ = ref.workload(scale)
    areas, bands = ref.AREAS * scale, range(len(ref.BANDS))
    places = {code: at for key in ("areas", "needs", "settings") for at, code in enumerate(model[key])}
    state = np.zeros((areas, AGES, NEEDS, SETTINGS), np.int64)
    plans = model["plans"]
    where = [np.array([places[code] for code in plans[axis]]) for axis in ("area", "need", "setting")]
    state[where[0], np.array(plans["age"]), where[1], where[2]] = plans["plans"]
    alpha = np.array(model["ceasing"]["alpha"]).reshape(len(ref.BANDS), SETTINGS)
    needs, settings = range(NEEDS), range(SETTINGS)
    return World(
        state=state,
        residents=np.array(model["population"]["population"]).reshape(areas, AGES),
        risk=np.array(model["area_multipliers"]["value"]),
        leave=np.stack([alpha, ref.K_LEAVE - alpha]),
        move=np.array([[[ref.move_alphas(b, n, s) for s in settings] for n in needs] for b in bands]),
        first=np.array([[ref.first_alphas(b, n) for n in needs] for b in bands]),
        rate=ref.JOIN_RATE * np.outer(ref.JOIN_BY_AGE, ref.NEED_MIX),
    )


@dataclass(frozen=True)
class Parameters:
    """Parameters of a block of draws, the draw first."""

    leave: Array
    move: Array
    first: Array
    rate: Array


def parameters(of: World, random: np.random.Generator, draws: int) -> Parameters:
    """One parameter vector a draw."""

    def shares(alpha: Array) -> Array:
        gammas = random.standard_gamma(alpha, (draws, *alpha.shape))
        return gammas / gammas.sum(-1, keepdims=True)

    return Parameters(
        leave=random.beta(*of.leave, (draws, *of.leave.shape[1:])),
        move=shares(of.move),
        first=shares(of.first),
        rate=random.standard_gamma(ref.JOIN_SHAPE, (draws, AGES, NEEDS)) * of.rate / ref.JOIN_SHAPE,
    )


def next_residents(of: World, random: np.random.Generator, now: Array) -> Array:
    """Residents a year later, (draw, area, age)."""
    later = np.empty_like(now)
    later[..., 0] = random.poisson(of.residents[:, 0], now.shape[:2])
    stay = now[..., :-1] - random.binomial(now[..., :-1], ref.FLOW_OUT)
    later[..., 1:] = stay + random.poisson(ref.FLOW_IN * of.residents[:, 1:], stay.shape)
    return later


def new_plans(of: World, random: np.random.Generator, rate: Array, without_plan: Array) -> Array:
    """New plans, (draw, area, age, need): a shock a year shared by the areas."""
    shock = random.gamma(ref.SHOCK_SHAPE, 1 / ref.SHOCK_SHAPE, rate.shape)
    expected = np.maximum(without_plan, 0)[..., None] * of.risk[:, None, None] * (rate * shock)[:, None]
    return random.poisson(expected)


def dense(of: World, seed: int, draws: int) -> Array:
    """Every cell of a dense array, every year."""
    random = np.random.Generator(np.random.SFC64(seed))
    drawn = parameters(of, random, draws)
    residents = np.broadcast_to(of.residents, (draws, *of.residents.shape)).copy()
    state = np.broadcast_to(of.state, (draws, *of.state.shape)).copy()
    leave = drawn.leave[:, None, BAND, None, :]
    move, first = drawn.move[:, None, BAND], drawn.first[:, None, BAND]
    seen = np.empty((draws, YEARS, len(of.risk), NEEDS, SETTINGS), np.int16)
    for year in range(YEARS):
        residents = next_residents(of, random, residents)
        state = np.concatenate([np.zeros_like(state[:, :, :1]), state[:, :, :-1]], 2)
        state -= random.binomial(state, leave)
        # One setting of origin at a time: the whole cross at once would not fit in the cache.
        state = sum(random.multinomial(state[..., s], move[..., s, :]) for s in range(SETTINGS))
        joined = new_plans(of, random, drawn.rate, residents - state.sum((3, 4)))
        state = state + random.multinomial(joined, first)
        seen[:, year] = state.sum(2)
    return seen


def sparse(of: World, seed: int, draws: int) -> Array:
    """The cells that hold somebody, as columns with a count; cells that meet are added up once a year."""
    random = np.random.Generator(np.random.SFC64(seed))
    drawn = parameters(of, random, draws)
    shape = (draws, *of.state.shape)
    cells = np.flatnonzero(np.broadcast_to(of.state, shape))
    held = np.tile(of.state[of.state > 0], draws)
    residents = np.broadcast_to(of.residents, (draws, *of.residents.shape)).copy()
    seen = np.empty((draws, YEARS, len(of.risk), NEEDS, SETTINGS), np.int16)
    for year in range(YEARS):
        residents = next_residents(of, random, residents)
        draw, area, age, need, setting = np.unravel_index(cells, shape)
        age, grown = age + 1, age < AGES - 1
        draw, area, age, need, setting, held = (column[grown] for column in (draw, area, age, need, setting, held))
        staying = held - random.binomial(held, drawn.leave[draw, BAND[age], setting])
        moved = random.multinomial(staying, drawn.move[draw, BAND[age], need, setting])
        at, to = np.nonzero(moved)
        stayed = np.ravel_multi_index((draw[at], area[at], age[at], need[at], to), shape)
        stock = np.bincount(stayed // (NEEDS * SETTINGS), moved[at, to], residents.size)
        joined = new_plans(of, random, drawn.rate, residents - stock.reshape(residents.shape).astype(np.int64))
        place = np.nonzero(joined)
        first = random.multinomial(joined[place], drawn.first[place[0], BAND[place[2]], place[3]])
        new, of_setting = np.nonzero(first)
        started = np.ravel_multi_index((*(axis[new] for axis in place), of_setting), shape)
        both = np.concatenate([stayed, started])
        counts = np.bincount(both, np.concatenate([moved[at, to], first[new, of_setting]]), np.prod(shape))
        cells = np.flatnonzero(counts)
        held = counts[cells].astype(np.int64)
        seen[:, year] = counts.reshape(shape).sum(2)
    return seen


def child_by_child(of: World, seed: int, draws: int) -> Array:
    """A row a child: leaving and moving are one categorical on a cumulative row, drawn with one uniform."""
    random = np.random.Generator(np.random.SFC64(seed))
    drawn = parameters(of, random, draws)
    areas, bands = len(of.risk), len(ref.BANDS)
    staying = 1 - drawn.leave[:, :, None, :, None]
    rows = np.cumsum(drawn.move * staying, -1).astype(np.float32).reshape(-1, SETTINGS)
    first = np.cumsum(drawn.first, -1).astype(np.float32)
    first[..., -1] = 2
    first = first.reshape(-1, SETTINGS)
    cells = np.repeat(np.arange(of.state.size), of.state.ravel())
    area, age, need, setting = (
        np.tile(axis.astype(np.int32), draws) for axis in np.unravel_index(cells, of.state.shape)
    )
    draw = np.repeat(np.arange(draws, dtype=np.int32), len(cells))
    residents = np.broadcast_to(of.residents, (draws, *of.residents.shape)).copy()
    band = BAND.astype(np.int32)
    seen = np.empty((draws, YEARS, areas, NEEDS, SETTINGS), np.int16)
    for year in range(YEARS):
        residents = next_residents(of, random, residents)
        age = age + 1
        row = ((draw * bands + band.take(age, mode="clip")) * NEEDS + need) * SETTINGS + setting
        setting = (random.random(len(row), np.float32)[:, None] >= rows[row]).sum(1, dtype=np.int32)
        stay = np.flatnonzero((setting < SETTINGS) & (age < AGES))
        draw, area, age, need, setting = (column[stay] for column in (draw, area, age, need, setting))
        plans = np.bincount((draw * areas + area) * AGES + age, minlength=residents.size)
        joined = new_plans(of, random, drawn.rate, residents - plans.reshape(residents.shape)).ravel()
        at = np.flatnonzero(joined)
        at = np.repeat(at, joined[at]).astype(np.int32)
        new_draw, new_area, new_age, new_need = np.unravel_index(at, (draws, areas, AGES, NEEDS))
        row = (new_draw * bands + band[new_age]) * NEEDS + new_need
        new_setting = (random.random(len(at), np.float32)[:, None] >= first[row]).sum(1, dtype=np.int32)
        joining = (new_draw, new_area, new_age, new_need, new_setting)
        draw, area, age, need, setting = (
            np.concatenate([here, new.astype(np.int32)])
            for here, new in zip((draw, area, age, need, setting), joining, strict=True)
        )
        cell = ((draw * areas + area) * NEEDS + need) * SETTINGS + setting
        counts = np.bincount(cell, minlength=draws * areas * NEEDS * SETTINGS)
        seen[:, year] = counts.reshape(draws, areas, NEEDS, SETTINGS)
    return seen


def compiled(of: World, seed: int, draws: int) -> Array:
    """Child by child in Numba, one draw after another."""
    random = np.random.Generator(np.random.SFC64(seed))
    drawn = parameters(of, random, draws)
    staying = 1 - drawn.leave[:, :, None, :, None]
    rows = np.cumsum(drawn.move * staying, -1)
    cells = np.repeat(np.arange(of.state.size), of.state.ravel())
    children = np.stack(np.unravel_index(cells, of.state.shape), 1).astype(np.int32)
    seen = np.zeros((draws, YEARS, len(of.risk), NEEDS, SETTINGS), np.int16)
    for draw in range(draws):
        given = (rows[draw], np.cumsum(drawn.first[draw], -1), drawn.rate[draw])
        _one_draw(random, children, of.residents, of.risk, *given, BAND, seen[draw])
    return seen


@numba.njit(cache=False)
def _one_draw(
    random: Any,
    start: Array,
    base: Array,
    risk: Array,
    rows: Array,
    first: Array,
    rate: Array,
    band: Array,
    seen: Array,
) -> None:
    room = 4 * len(start)
    child = np.empty((room, 4), np.int32)
    child[: len(start)] = start
    count = len(start)
    areas, ages = base.shape
    settings = first.shape[2]
    residents = base.copy()
    for year in range(seen.shape[0]):
        for area in range(areas):
            for age in range(ages - 1, 0, -1):
                now = residents[area, age - 1]
                gone = random.binomial(now, ref.FLOW_OUT) if now > 0 else 0
                residents[area, age] = now - gone + random.poisson(ref.FLOW_IN * base[area, age])
            residents[area, 0] = random.poisson(base[area, 0])
        without = residents.copy()
        kept = 0
        for i in range(count):
            area, age, need, setting = child[i, 0], child[i, 1] + 1, child[i, 2], child[i, 3]
            if age == ages:
                continue
            u = random.random()
            row = rows[band[age], need, setting]
            to = 0
            while to < settings and u >= row[to]:
                to += 1
            if to == settings:
                continue
            child[kept, 0], child[kept, 1], child[kept, 2], child[kept, 3] = area, age, need, to
            without[area, age] -= 1
            kept += 1
        count = kept
        for age in range(ages):
            for need in range(rate.shape[1]):
                level = rate[age, need] * random.gamma(ref.SHOCK_SHAPE, 1 / ref.SHOCK_SHAPE)
                for area in range(areas):
                    expected = max(without[area, age], 0) * risk[area] * level
                    # Most cells have nobody new: one uniform says so, and goes on as an inversion where not.
                    u, chance, new = random.random(), np.exp(-expected), 0
                    while u >= chance and new < 1000:
                        u -= chance
                        new += 1
                        chance *= expected / new
                    for _ in range(new):
                        u, to = random.random(), 0
                        while to < settings - 1 and u >= first[band[age], need, to]:
                            to += 1
                        child[count, 0], child[count, 1], child[count, 2], child[count, 3] = area, age, need, to
                        count += 1
        for i in range(count):
            seen[year, child[i, 0], child[i, 2], child[i, 3]] += 1


PEERS = {
    "NumPy dense": dense,
    "NumPy sparse": sparse,
    "NumPy child by child": child_by_child,
    "Numba child by child": compiled,
}


def summarise(seen: Array, levels: Array) -> tuple[Array, Array, Array, Array]:
    """Mean, sd, quantiles (first axis), chance above `levels`: (year, area, need, setting), totals last."""
    draws, years = seen.shape[:2]
    shape = (years, *levels.shape)
    mean, sd, above, quantiles = np.empty(shape), np.empty(shape), np.empty(shape), np.empty((7, *shape))
    for year in range(years):
        cube = seen[:, year]
        for axis in (1, 2, 3):
            cube = np.concatenate([cube, cube.sum(axis, keepdims=True, dtype=np.int16)], axis)
        series = np.ascontiguousarray(cube.reshape(draws, -1).T)
        mean[year] = series.mean(1).reshape(levels.shape)
        sd[year] = series.std(1, ddof=1).reshape(levels.shape)
        above[year] = (series > levels.reshape(-1, 1)).mean(1).reshape(levels.shape)
        quantiles[:, year] = np.quantile(series, QUANTILES, axis=1).reshape(7, *levels.shape)
    return mean, sd, quantiles, above
