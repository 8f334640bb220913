"""Counts the instructions of the hot kernels under valgrind and holds them to a committed baseline.

    python benches/instructions/check.py             # exit 1 if a kernel is off by more than 3%
    python benches/instructions/check.py --update    # write the baseline anew: say why in the commit

Instructions do not depend on how busy the machine is. Each kernel runs twice, so many times and twice as many: the
difference is the kernel's own. A kernel that got faster fails too: the baseline is to be renewed, or the gain is
lost unseen later.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BASELINE = Path(__file__).with_name("baseline.csv")
TIMES = {"parameters": 20, "years": 4, "years_with_sites": 3, "counting": 2, "table": 4, "fit": 1}
"""Runs of each kernel: enough for its own instructions to stand out from the setting up."""
TOLERANCE = 0.03


def program() -> str:
    """The path of the built bench."""
    command = ["cargo", "bench", "--locked", "--quiet", "--bench", "instructions", "--no-run"]
    told = subprocess.run(
        [*command, "--message-format=json"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    built = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return next(each["executable"] for each in built if each.get("target", {}).get("name") == "instructions"
                and each.get("executable"))  # fmt: skip


def instructions(path: str, kernel: str, times: int) -> int:
    """Instructions of the whole process."""
    counted = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    run = subprocess.run([*counted, path, kernel, str(times)], capture_output=True, text=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", run.stderr)
    if run.returncode or found is None:
        raise SystemExit(f"error: {kernel} did not run under valgrind\n{run.stderr[-2000:]}")
    return int(found[1].replace(",", ""))


def measured() -> dict[str, int]:
    """Instructions of one run of each kernel."""
    path = program()
    jobs = [(kernel, times * factor) for kernel, times in TIMES.items() for factor in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda job: instructions(path, *job), jobs))
    return {
        kernel: (counts[2 * i + 1] - counts[2 * i]) // times for i, (kernel, times) in enumerate(TIMES.items())
    }


def main() -> None:
    now = measured()
    if "--update" in sys.argv:
        lines = ["kernel,instructions", *(f"{kernel},{count}" for kernel, count in now.items())]
        BASELINE.write_text("\n".join(lines) + "\n")
    with BASELINE.open(newline="") as file:
        before = {row["kernel"]: int(row["instructions"]) for row in csv.DictReader(file)}
    if before.keys() != now.keys():
        raise SystemExit("error: the baseline does not list these kernels: renew it with --update")
    off = {kernel: now[kernel] / before[kernel] - 1 for kernel in now}
    for kernel, change in off.items():
        print(f"{kernel:<18} {now[kernel]:>14,} instructions a run   {change:+7.2%} against the baseline")
    if any(abs(change) > TOLERANCE for change in off.values()):
        print(f"error: a kernel is off by more than {TOLERANCE:.0%}", file=sys.stderr)
        raise SystemExit("hint: make baseline renews the counts, in a commit that says why")


if __name__ == "__main__":
    main()
