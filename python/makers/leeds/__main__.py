"""Make the Leeds sample: ``python python/makers/leeds --real FOLDER --out FOLDER``.

``FOLDER`` of ``--real`` is laid out as data/real. The integer programs are solved only when asked
(``--solve``), since solvers break ties differently; otherwise their committed answers are read.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
# After the path: run as a folder, and the mapping of official columns is python/sufficiency's own.
from makers.leeds.sample import make, solve  # noqa: E402

logger = logging.getLogger("makers.leeds")


def main() -> None:
    """Parse, make, write."""
    parser = argparse.ArgumentParser(prog="makers/leeds", description=__doc__)
    parser.add_argument("--real", type=Path, required=True, help="folder of official files")
    parser.add_argument("--out", type=Path, required=True, help="folder of the sample")
    parser.add_argument("--solve", action="store_true", help="solve anew, and commit the answers")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.solve:
        solve(options.real, HERE / "solved")
    for path in make(options.real, options.out, HERE / "solved"):
        logger.info("written: %s", path.relative_to(options.out))


if __name__ == "__main__":
    main()
