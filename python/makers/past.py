"""The few figures of docs/validation.md that every report carries: `cd python && python -m makers.past`."""

from __future__ import annotations

import csv
import io
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
TARGET = Path(__file__).parents[1] / "sufficiency" / "report" / "past.csv"
HEADINGS = (
    "## All plans",
    "## All plans from the latest origins, ours",
    "## Age groups and state special schools, ours",
)
KEPT = ("part", "horizon", "n", "mape", "bias", "cover_80")


def past(page: str) -> str:
    """Our own scores by part and years ahead, as CSV: the table under each of three headings."""
    rows = []
    for heading in HEADINGS:
        section = page.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0].split("\n\nJanuary 2024", 1)[0]
        lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
        heads, body = lines[0], lines[2:]
        for line in body:
            row = dict(zip(heads, line, strict=True))
            if row.get("model", "sufficiency") == "sufficiency":
                rows.append([row[name] for name in KEPT])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([KEPT, *rows])
    return text.getvalue()


if __name__ == "__main__":
    TARGET.write_text(past(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
