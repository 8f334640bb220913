"""How does the cost of a projection grow with draws, areas, years, needs and sites? Writes docs/cost.md's tables.

    python benches/python/growth.py            # some minutes: prints the tables as Markdown

Every point runs in a process of its own: CPU seconds of the projection and its summary alone, and the peak memory
of the whole process. The first point of a table is run again beside each other one, so that its ratio holds when
the machine's speed drifts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import leeds_ref as ref
import numpy as np
import pandas as pd

import sufficiency as sf

REFERENCE: dict[str, Any] = {"draws": 400, "scale": 1, "years": 10, "needs": ref.NEEDS}
LEEDS: dict[str, Any] = {"draws": 100, "years": 10, "sites": 1}
GROWTH = [
    ("Draws", REFERENCE, "draws", [1_000, 10_000, 100_000]),
    ("Areas, and children with them", REFERENCE | {"draws": 60}, "scale", [1, 3, 10, 30, 90]),
    ("Years", REFERENCE, "years", [5, 10, 20]),
    ("Needs, at the same number of children", REFERENCE, "needs", [3, 6, 12]),
    ("Sites of the Leeds sample, each split in so many", LEEDS, "sites", [1, 2, 4]),
]


def fewer_needs(arguments: dict[str, Any], needs: int) -> dict[str, Any]:
    """The workload with the children of all its needs under the first few."""
    kept = arguments["needs"][:needs]
    into = {code: kept[at % needs] for at, code in enumerate(arguments["needs"])}
    merged = dict(arguments) | {"needs": kept}
    plans = pd.DataFrame(arguments["plans"])
    plans["need"] = plans["need"].map(into)
    merged["plans"] = plans.groupby(["area", "age", "need", "setting"], as_index=False)["plans"].sum()
    for name in ("transitions", "new_plans", "first_setting", "shocks"):
        table = pd.DataFrame(arguments[name])
        merged[name] = table[table["need"].isin(kept)].copy()
    merged["new_plans"]["mean"] /= np.sum(ref.NEED_MIX[:needs])
    return merged


def reference(point: dict[str, Any]) -> tuple[float, float]:
    """CPU seconds and peak memory of the reference workload at a point."""
    arguments, _ = ref.workload(point["scale"])
    fitted = sf.Fitted.from_parameters(**fewer_needs(arguments, point["needs"]))
    before = time.process_time()
    run = ref.projected(fitted, point["draws"], 1, 1, point["years"])
    run.plans(["area", "need", "setting"], totals=True)
    return time.process_time() - before, ref.peak_mb()


def leeds(point: dict[str, Any]) -> tuple[float, float]:
    """CPU seconds and peak memory of the bundled sample, every site split in so many with its places shared."""
    inputs = sf.sample("leeds")
    tables = {name: inputs.table(name) for name in inputs.tables if name not in ("occupied", "travel")}
    split = range(point["sites"])
    tables["sites"] = pd.concat([tables["sites"].assign(site=tables["sites"]["site"] + f"-{k}") for k in split])
    places = tables["places"]
    shares = []
    for k in split:
        part = places.assign(site=places["site"] + f"-{k}")
        whole, held = pd.to_numeric(places["places"]), pd.to_numeric(places["held_for_others"])
        # A part with a place of its own, since a site that never has one is refused.
        part["held_for_others"] = held // point["sites"]
        part["places"] = part["held_for_others"] + np.maximum((whole - held + k) // point["sites"], whole > held)
        shares.append(part)
    tables["places"] = pd.concat(shares)
    fitted = sf.fit(sf.Inputs.from_frames(authority=inputs._inner.authority, **tables))
    before = time.process_time()
    sf.project(fitted, to=2025 + point["years"], draws=point["draws"], seed=1, workers=1, progress=False).demand()
    return time.process_time() - before, ref.peak_mb()


def measured(point: dict[str, Any]) -> tuple[float, float]:
    """A point in a process of its own."""
    told = subprocess.run(
        [sys.executable, __file__, json.dumps(point)], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    seconds, peak = json.loads(told)
    return seconds, peak


def main() -> None:
    if len(sys.argv) > 1:
        point = json.loads(sys.argv[1])
        print(json.dumps((leeds if "sites" in point else reference)(point)))
        return
    for title, usual, axis, values in GROWTH:
        print(f"\n### {title}\n")
        print(f"Others: {', '.join(f'{name} {value}' for name, value in usual.items() if name != axis)}.\n")
        print(f"| {axis} | CPU ms a draw | time / first | {axis} / first | peak memory, MB |")
        print("|---:|---:|---:|---:|---:|")
        for value in values:
            first, _ = measured(usual | {axis: values[0]})
            seconds, peak = measured(usual | {axis: value})
            draws = value if axis == "draws" else usual["draws"]
            print(f"| {value:,} | {1000 * seconds / draws:.2f} | {seconds / first:.2f} | {value / values[0]:.1f} "
                  f"| {peak:.0f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
