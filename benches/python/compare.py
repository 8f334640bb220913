"""How fast is the library beside what an analyst would write? One interleaved run, a table of ratios.

    python benches/python/compare.py            # what `make bench` runs, some minutes
    python benches/python/compare.py --quick    # agreement and one short round, for CI

Results are compared first: a fast wrong answer is no answer. Then every round times each contender once, by the
CPU time of its process, so that a ratio holds when the machine's speed drifts; the table gives the median over
rounds, the least and the most.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import leeds_ref as ref
import numpy as np
import peers

import sufficiency as sf

HERE = Path(__file__).parent
BLOCK = 8
"""Draws that a peer simulates at once: the fastest of 4, 8, 16, 32 for NumPy child by child here."""
Z_SD, Z_MOST = (0.95, 1.05), 5.5
"""Agreement: spread of the z of all series, and the largest; benchmark's own bounds."""
MUST = {"NumPy dense": None, "NumPy sparse": 14.0, "NumPy child by child": 5.0, "Numba child by child": 3.5}


def agreement(draws: int) -> tuple[int, float, float]:
    """Number of series, and spread and size of the z of their means against the child-by-child peer."""
    arguments, levels = ref.workload()
    summary, _ = ref.run(sf.Fitted.from_parameters(**arguments), levels, draws, 1, 1)
    world = peers.world()
    seen = np.concatenate([peers.child_by_child(world, 1_000 + at, BLOCK) for at in range(draws // BLOCK)])
    mean, sd, _, _ = peers.summarise(seen, levels)
    ours, spread = summary["mean"].to_numpy(), summary["sd"].to_numpy()
    error = np.sqrt((spread**2 + sd.ravel() ** 2) / draws)
    # A mean over few events is not normal: series with 20 expected children over all draws or more.
    told = (error > 0) & (mean.ravel() * draws >= 20) & (ours * draws >= 20)
    z = (ours - mean.ravel())[told] / error[told]
    return int(told.sum()), float(z.std()), float(np.abs(z).max())


def cpu_of_library(model: sf.Fitted, levels: np.ndarray, draws: int) -> float:
    """CPU seconds a draw of the library, one thread, with summaries."""
    before = time.process_time()
    ref.run(model, levels, draws, 1, 1)
    return (time.process_time() - before) / draws


def cpu_of_peer(name: str, world: peers.World, levels: np.ndarray, draws: int, seed: int) -> float:
    """CPU seconds a draw of a peer, one thread, with summaries."""
    before = time.process_time()
    seen = np.concatenate([peers.PEERS[name](world, seed + at, BLOCK) for at in range(draws // BLOCK)])
    peers.summarise(seen, levels)
    return (time.process_time() - before) / draws


def apart(*options: object) -> dict[str, float]:
    """What the reference program says when it runs in a process of its own."""
    return finished(started(*options))


def started(*options: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "leeds_ref.py"), *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> dict[str, float]:
    text, _ = process.communicate()
    if process.returncode:
        raise SystemExit("the reference program failed")
    return json.loads(text)


def row(what: str, values: list[float], must: str, unit: str = "") -> None:
    """One line of the table: median, least and most over rounds, and what it must be."""
    middle, least, most = statistics.median(values), min(values), max(values)
    spread = "" if len(values) == 1 else f"{least:.2f} to {most:.2f}"
    print(f"{what:<58} {middle:>9.2f}{unit:<3} {spread:>18}   {must}", flush=True)


def ratios(rounds: int, draws: int, peer_draws: dict[str, int]) -> None:
    """The library against each peer, one thread."""
    arguments, levels = ref.workload()
    model, world = sf.Fitted.from_parameters(**arguments), peers.world()
    peers.compiled(world, 0, 1)  # Numba compiles outside the timed part.
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in peers.PEERS}
    for turn in range(rounds):
        ours.append(cpu_of_library(model, levels, draws))
        for name in peers.PEERS:
            theirs[name].append(cpu_of_peer(name, world, levels, peer_draws[name], 10_000 * (turn + 1)))
    row("library, one thread, draws a CPU-second", [1 / seconds for seconds in ours], "")
    for name, seconds in theirs.items():
        must = "" if MUST[name] is None else f"must be {MUST[name]} or more"
        row(f"{name}, draws a CPU-second", [1 / each for each in seconds], "")
        row(f"library / {name}", [peer / own for peer, own in zip(seconds, ours, strict=True)], must)


def threads(rounds: int, draws: int) -> None:
    """Two threads against two processes side by side."""
    speed_up = []
    for _ in range(rounds):
        both = apart("--draws", draws, "--threads", 2)["draws_per_wall_s"]
        pair = [started("--draws", draws // 2, "--threads", 1) for _ in range(2)]
        speed_up.append(both / sum(finished(process)["draws_per_wall_s"] for process in pair))
    row("two threads / two processes, draws a second", speed_up, "must be 0.90 or more")


def one_call() -> None:
    """What a call costs before it computes anything: one draw, one margin, less what a draw takes among many."""
    arguments, _ = ref.workload()
    model = sf.Fitted.from_parameters(**arguments)

    def cpu(draws: int) -> float:
        before = time.process_time()
        ref.projected(model, draws, 1, 1)
        return time.process_time() - before

    a_draw = (cpu(1_200) - cpu(200)) / 1_000
    row("overhead of one call", [1_000 * (cpu(1) - a_draw) for _ in range(11)], "must be 20 or less", " ms")


def growth(few: int, many: int) -> None:
    """Time and memory of many draws against few."""
    less, more = (apart("--draws", draws) for draws in (few, many))
    time_ratio = more["draws_per_cpu_s"] / less["draws_per_cpu_s"]
    row(f"time of {many:,} draws / {few:,} draws", [many / few / time_ratio], "must be 10.5 or less for ten times")
    added = more["peak_mb"] - more["peak_mb_before"]
    row(f"added peak memory, {many:,} draws", [added], "must be 100 or less", " MB")
    row(f"peak memory, {many:,} less {few:,} draws", [more["peak_mb"] - less["peak_mb"]], "10 or less", " MB")


def england(draws: int) -> None:
    """Ninety times the areas and children: time a child, memory."""
    one, ninety = apart("--draws", 10 * draws), apart("--draws", draws, "--scale", 90)
    row("England-like: time a draw / 90 draws of the workload",
        [one["draws_per_cpu_s"] / ninety["draws_per_cpu_s"] / 90], "must be 2.0 or less")  # fmt: skip
    row(f"England-like: peak memory, {draws} draws", [ninety["peak_mb"]], "must be 3,000 or less", " MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="agreement and one short round")
    quick = parser.parse_args().quick
    print(f"sufficiency {sf.__version__}, Python {platform.python_version()}, NumPy {np.__version__}, "
          f"{os.cpu_count()} cores\n")  # fmt: skip
    series, spread, most = agreement(64 if quick else 1_000)
    print(f"agreement: z of {series:,} series means has s.d. {spread:.3f}, at most {most:.2f}\n")
    # Few draws leave skewed series: the bounds are for the long run, a wide one for the short.
    low, high = (0.9, 1.1) if quick else Z_SD
    if not (low <= spread <= high and most < Z_MOST):
        raise SystemExit("the library and the child-by-child peer do not agree: nothing is timed")
    heads = ("", "median", "least to most")
    print(f"{heads[0]:<58} {heads[1]:>9}    {heads[2]:>18}")
    if quick:
        ratios(1, 64, dict.fromkeys(peers.PEERS, BLOCK))
        return
    ratios(
        5,
        400,
        {"NumPy dense": BLOCK, "NumPy sparse": BLOCK, "NumPy child by child": 64, "Numba child by child": 128},
    )
    threads(5, 2_000)
    one_call()
    growth(1_000, 10_000)
    england(40)


if __name__ == "__main__":
    main()
