"""How a table's rows are read: ages, the codes a row covers, canonical order (section 3)."""

from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
Table = dict[str, list]


def canonical(codes: list[str]) -> list[str]:
    """Codes in the order of their UTF-8 bytes."""
    return sorted(codes, key=lambda code: code.encode())


def table_rows(table: Table | None) -> list[Row]:
    """A table's rows; none for a table that is not given."""
    if not table:
        return []
    return [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]


def parse_ages(age: int | str) -> tuple[int, int]:
    """First and last age of a row: 7, "7", "5-10" or "all"."""
    if age == "all":
        return 0, 25
    first, _, last = str(age).partition("-")
    return int(first), int(last or first)


def covered(row: Row, model: dict) -> Iterator[tuple]:
    """Every (age, need), or (age, need, setting) if the row has a setting, that a row covers."""
    first, last = parse_ages(row["age"])
    for age in range(first, last + 1):
        for need in model["needs"] if row["need"] == "all" else [row["need"]]:
            if "setting" not in row:
                yield age, need
                continue
            for setting in model["settings"] if row["setting"] == "all" else [row["setting"]]:
                yield age, need, setting
