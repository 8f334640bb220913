"""LEEDS-REF: the reference workload, built from closed forms and run through the public Python API.

Question it answers: how many draws a second does the engine give, called from Python, with full summaries?

    python benches/python/leeds_ref.py --draws 2000 --threads 1 --json result.json
    python benches/python/leeds_ref.py --draws 10000 --dump result.npz
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sufficiency as sf

AREAS, AGES, NEEDS, SETTINGS, YEARS = 30, 26, 12, 8, 10
BASE_YEAR = 2025
MASK = (1 << 64) - 1
# Age bands: first and last age of each.
BANDS = ((0, 3), (4, 4), (5, 10), (11, 11), (12, 15), (16, 16), (17, 18), (19, 25))
BAND_OF_AGE = [next(b for b, (low, high) in enumerate(BANDS) if low <= age <= high) for age in range(AGES)]
VALID = [{0, 1, 3, 7}, *[{1, 2, 3, 4, 5, 7}] * 4, *[{1, 2, 3, 4, 5, 6, 7}] * 2, {3, 4, 6, 7}]
MOVING = [0.05, 0.30, 0.05, 0.35, 0.06, 0.40, 0.10, 0.08]
LEAVING = [0.02, 0.03, 0.03, 0.03, 0.04, 0.15, 0.20, 0.25]
NEED_MIX = [0.30, 0.20, 0.18, 0.10, 0.07, 0.03, 0.03, 0.02, 0.03, 0.01, 0.01, 0.02]
JOIN_BY_AGE = [
    *(0.4, 0.6, 1.2, 2.2, 2.6, 1.8, 1.6, 1.5, 1.4, 1.3, 1.3, 1.2, 1.0),
    *(0.9, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.05, 0.03, 0.03, 0.02, 0.0),
]
HELD_BY_AGE = [
    *(0.05, 0.1, 0.3, 0.6, 0.8, 1.0, 1.1, 1.2, 1.3, 1.35, 1.4, 1.4, 1.4),
    *(1.4, 1.4, 1.35, 1.2, 1.0, 0.9, 0.6, 0.5, 0.45, 0.4, 0.3, 0.25, 0.2),
]
FLOW_OUT = FLOW_IN = 0.03
SHOCK_SHAPE, JOIN_SHAPE, JOIN_RATE = 10.0, 20.0, 0.0046
K_MOVE, K_LEAVE, K_FIRST = 40.0, 200.0, 60.0

Table = dict[str, list[Any]]


def scramble(x: int) -> int:
    """One output of SplitMix64 from state `x`."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def closed(tag: int, i: int = 0, j: int = 0, k: int = 0) -> float:
    """The closed-form input at (tag, i, j, k), in (0, 1)."""
    inner = scramble(tag * 1_000_000 + i)
    return ((scramble(inner + j * 10_000_000_000 + k * 100_000) >> 11) + 0.5) * 2.0**-53


def table(columns: str, rows: Iterator[tuple[Any, ...]]) -> Table:
    """Rows as a mapping of columns."""
    names = columns.split()
    lists: list[list[Any]] = [[] for _ in names]
    for row in rows:
        for values, value in zip(lists, row, strict=True):
            values.append(value)
    return dict(zip(names, lists, strict=True))


def area(i: int) -> str:
    return f"A{i:04d}"


def need(i: int) -> str:
    return f"N{i:02d}"


def setting(i: int) -> str:
    return f"S{i}"


def band(i: int) -> str:
    return f"{BANDS[i][0]}-{BANDS[i][1]}"


def first_alphas(b: int, n: int) -> list[float]:
    weights = [0.1 + closed(5, b, n, s) + 2 * (s == 1) if s in VALID[b] else 0.0 for s in range(SETTINGS)]
    total = float(np.sum(weights))
    return [K_FIRST * weight / total for weight in weights]


def move_alphas(b: int, n: int, s: int) -> list[float]:
    weights = [0.2 + closed(2, n, t) if t in VALID[b] and t != s else 0.0 for t in range(SETTINGS)]
    moving = MOVING[b] if s in VALID[b] else 1.0
    total = float(np.sum(weights))
    shares = [moving * weight / total for weight in weights]
    if s in VALID[b]:
        shares[s] = 1 - moving
    return [K_MOVE * share for share in shares]


def base_children(areas: int, children: int, population: np.ndarray, risk: np.ndarray) -> np.ndarray:
    """Children by area, age, need, setting, each placed by closed-form uniforms."""

    def place(cumulative: np.ndarray, tag: int, i: int) -> int:
        return min(int(np.searchsorted(cumulative, closed(tag, i), "right")), len(cumulative) - 1)

    by_area = np.cumsum(population * risk)
    by_area /= by_area[-1]
    held = np.array(HELD_BY_AGE)
    by_age = np.cumsum(held / held.sum())
    by_need = np.cumsum(np.array(NEED_MIX) / np.sum(NEED_MIX))
    by_setting = np.cumsum([[first_alphas(b, n) for n in range(NEEDS)] for b in range(len(BANDS))], 2) / K_FIRST
    state = np.zeros((areas, AGES, NEEDS, SETTINGS), np.int64)
    for i in range(children):
        age, n = place(by_age, 12, i), place(by_need, 13, i)
        state[place(by_area, 11, i), age, n, place(by_setting[BAND_OF_AGE[age], n], 14, i)] += 1
    return state


def workload(scale: int = 1) -> tuple[dict[str, Any], np.ndarray]:
    """The arguments of `Fitted.from_parameters`, and the levels that demand is compared with."""
    areas = AREAS * scale
    weight = np.array([0.5 + closed(1, a) for a in range(areas)])
    population = np.round(10_000.0 / 30 * weight / weight.mean()).astype(np.int64)
    risk = np.array([0.6 + 0.8 * closed(4, a) for a in range(areas)])
    state = base_children(areas, 7_000 * scale, population, risk)
    bands, needs, settings, ages = (range(len(BANDS)), range(NEEDS), range(SETTINGS), range(AGES))
    codes = ([area(a) for a in range(areas)], [need(n) for n in needs], [setting(s) for s in settings])

    def leave_alpha(b: int, s: int) -> float:
        return K_LEAVE * LEAVING[b] * (0.7 + 0.6 * closed(3, b, s))

    model = dict(
        base_year=BASE_YEAR,
        areas=codes[0],
        needs=codes[1],
        settings=codes[2],
        plans=table(
            "area age need setting plans",
            ((area(a), g, need(n), setting(s), int(state[a, g, n, s])) for a, g, n, s in np.argwhere(state)),
        ),
        population=table(
            "area age population", ((area(a), g, int(population[a])) for a in range(areas) for g in ages)
        ),
        population_flows=table(
            "area age leave arrive",
            (
                (area(a), g, FLOW_OUT if g else 0.0, FLOW_IN * population[a] if g else float(population[a]))
                for a in range(areas)
                for g in ages
            ),
        ),
        ceasing=table(
            "age need setting alpha beta",
            (
                (band(b), "all", setting(s), leave_alpha(b, s), K_LEAVE - leave_alpha(b, s))
                for b in bands
                for s in settings
            ),
        ),
        transitions=table(
            "age need setting to_setting alpha",
            (
                (band(b), need(n), setting(s), setting(t), alpha)
                for b in bands
                for n in needs
                for s in settings
                for t, alpha in enumerate(move_alphas(b, n, s))
                if alpha > 0
            ),
        ),
        new_plans=table(
            "age need shape mean",
            ((g, need(n), JOIN_SHAPE, JOIN_RATE * JOIN_BY_AGE[g] * NEED_MIX[n]) for g in ages for n in needs),
        ),
        first_setting=table(
            "age need to_setting alpha",
            (
                (band(b), need(n), setting(s), alpha)
                for b in bands
                for n in needs
                for s, alpha in enumerate(first_alphas(b, n))
                if alpha > 0
            ),
        ),
        area_multipliers=table("area need value", ((area(a), "all", float(risk[a])) for a in range(areas))),
        shocks=table("age need group shape", ((g, need(n), f"{g}-{n}", SHOCK_SHAPE) for g in ages for n in needs)),
        exposure="without_plans",
    )
    return model, np.floor(1.1 * with_totals(state.sum(1)) + 1e-9)


def with_totals(counts: np.ndarray) -> np.ndarray:
    for axis in range(3):
        counts = np.concatenate([counts, counts.sum(axis, keepdims=True)], axis)
    return counts


def peak_mb() -> float:
    """Peak memory of this process. Linux's `ru_maxrss` begins at that of the process that started it, so a large
    caller would hide all growth; the kernel's own high-water mark does not."""
    status = Path("/proc/self/status")
    if status.exists():
        marks = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        if marks:
            return int(marks[0].split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def projected(model: sf.Fitted, draws: int, threads: int, seed: int, years: int = YEARS) -> sf.Projection:
    """The run alone, its one margin counted."""
    return sf.project(
        model,
        to=BASE_YEAR + years,
        draws=draws,
        seed=seed,
        workers=threads,
        measures=["plans"],
        margins=[["area", "need", "setting"]],
        progress=False,
    )


def run(model: sf.Fitted, levels: np.ndarray, draws: int, threads: int, seed: int) -> tuple[pd.DataFrame, Any]:
    """Projects and summarises all series; returns the table of years 1 to 10 with totals."""
    projection = projected(model, draws, threads, seed)
    axes = ["area", "need", "setting"]
    above = np.tile(levels.ravel(), YEARS + 1)
    summary = projection.plans(axes, totals=True, above=above)
    return summary[summary["year"] > BASE_YEAR], projection


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--dump", type=Path)
    options = parser.parse_args()
    arguments, levels = workload(options.scale)
    model = sf.Fitted.from_parameters(**arguments)
    before = peak_mb()
    cpu, wall = time.process_time(), time.perf_counter()
    summary, _ = run(model, levels, options.draws, options.threads, options.seed)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    shape = (YEARS, AREAS * options.scale + 1, NEEDS + 1, SETTINGS + 1)
    mean = summary["mean"].to_numpy().reshape(shape)
    result = {
        "draws_per_cpu_s": options.draws / cpu,
        "draws_per_wall_s": options.draws / wall,
        "peak_mb": peak_mb(),
        "peak_mb_before": before,
        "version": sf.__version__,
        "mean_total_year_1": float(mean[0, -1, -1, -1]),
        "mean_total_year_10": float(mean[-1, -1, -1, -1]),
        "sd_total_year_10": float(summary["sd"].to_numpy()[-1]),
        "by_setting_year_10": [round(float(value), 1) for value in mean[-1, -1, -1, :-1]],
    }
    if options.dump:
        names = ("p5", "p10", "p25", "p50", "p75", "p90", "p95")
        quantiles = np.stack([summary[name].to_numpy().reshape(shape) for name in names])
        exceed = summary["p_above"].to_numpy().reshape(shape)
        np.savez_compressed(options.dump, mean=mean, quantiles=quantiles, exceed=exceed)
    text = json.dumps(result, indent=1)
    if options.json:
        options.json.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
