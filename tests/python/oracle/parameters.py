"""The parameters of one draw: every row drawn once, laid out by the cells it covers."""

from dataclasses import dataclass
from typing import Any

from .rows import Row, canonical, covered, parse_ages, table_rows
from .samplers import gamma
from .words import PARAMETER_ROW, SHOCK, Sequence, fold, key, stream

Weights = dict[str, float]
Cells = dict[tuple, Any]


def code_key(kind: str, code: str | None) -> int:
    """The key of a code, or of `all`; None stands for a table without that column."""
    return key("all", "all") if code in (None, "all") else key(kind, code)


def row_key(name: str, row: Row) -> int:
    if name == "area_multipliers":
        h = fold(key("table", name), key("area", row["area"]))
        return fold(h, code_key("need", row["need"]))
    first, last = parse_ages(row["age"])
    h = fold(fold(key("table", name), first), last)
    return fold(fold(h, code_key("need", row.get("need"))), code_key("setting", row.get("setting")))


def row_gamma(draw: int, entity: int, shape: float) -> float:
    return gamma(Sequence(stream(draw, PARAMETER_ROW, 0, 0), entity), shape)


def draw_number(draw: int, name: str, row: Row) -> float:
    """A point, Beta or Gamma row's value in this draw."""
    if "value" in row:
        return row["value"]
    entity = row_key(name, row)
    if "mean" in row:
        return row_gamma(draw, entity, row["shape"]) * (row["mean"] / row["shape"])
    x = row_gamma(draw, fold(entity, 1), row["alpha"])
    y = row_gamma(draw, fold(entity, 2), row["beta"])
    return x / (x + y) if x + y != 0.0 else row["alpha"] / (row["alpha"] + row["beta"])


def draw_weight(draw: int, name: str, row: Row, kind: str) -> float:
    """One destination's weight in this draw."""
    if "value" in row:
        return row["value"]
    entity = fold(row_key(name, row), key(kind, row[f"to_{kind}"]))
    return row_gamma(draw, entity, row["alpha"])


def numbers(model: dict, name: str, draw: int) -> Cells:
    """(age, need) or (age, need, setting) -> a number; empty when the table is absent."""
    return {
        cell: value
        for row in table_rows(model.get(name))
        for value in [draw_number(draw, name, row)]
        for cell in covered(row, model)
    }


def draw_group(draw: int, name: str, rows: list[Row], kind: str, codes: list[str]) -> Weights:
    """The weights of one Dirichlet row in canonical order; a destination not listed weighs 0."""
    drawn = {row[f"to_{kind}"]: draw_weight(draw, name, row, kind) for row in rows}
    if all(weight == 0.0 for weight in drawn.values()):
        drawn = {row[f"to_{kind}"]: row.get("alpha", 0.0) for row in rows}
    return {code: drawn.get(code, 0.0) for code in codes}


def weights(model: dict, name: str, kind: str, draw: int) -> Cells:
    """(age, need) or (age, need, setting) -> weights; empty when the table is absent."""
    groups: dict[int, list[Row]] = {}
    for row in table_rows(model.get(name)):
        groups.setdefault(row_key(name, row), []).append(row)
    codes = canonical(model[f"{kind}s"])
    cells: Cells = {}
    for rows in groups.values():
        drawn = draw_group(draw, name, rows, kind, codes)
        cells.update((cell, drawn) for cell in covered(rows[0], model))
    return cells


def by_first_and_need(model: dict, name: str, first: str, draw: int) -> Cells:
    """(area, need) or (year, need) -> a number, for the tables that have no age."""
    cells: Cells = {}
    for row in table_rows(model.get(name)):
        value = draw_number(draw, name, row)
        needs = model["needs"] if row["need"] == "all" else [row["need"]]
        cells.update(((row[first], need), value) for need in needs)
    return cells


@dataclass
class Parameters:
    """All that is drawn once per draw. Missing cells mean the table was not given."""

    ceasing: Cells
    transfers_out: Cells
    area_moves: Cells
    need_changes: Cells
    transitions: Cells
    new_plans: Cells
    first_setting: Cells
    transfers_in: Cells
    multipliers: Cells
    levels: Cells
    shocks: Cells  # (age, need) -> (group, shape); drawn anew each year, see `shock`


def draw_parameters(model: dict, draw: int) -> Parameters:
    """`draw` is a draw key."""
    return Parameters(
        ceasing=numbers(model, "ceasing", draw),
        transfers_out=numbers(model, "transfers_out", draw),
        area_moves=numbers(model, "area_moves", draw),
        need_changes=weights(model, "need_changes", "need", draw),
        transitions=weights(model, "transitions", "setting", draw),
        new_plans=numbers(model, "new_plans", draw),
        first_setting=weights(model, "first_setting", "setting", draw),
        transfers_in=numbers(model, "transfers_in", draw),
        multipliers=by_first_and_need(model, "area_multipliers", "area", draw),
        levels=by_first_and_need(model, "levels", "year", draw),
        shocks={
            cell: (row["group"], row["shape"])
            for row in table_rows(model.get("shocks"))
            for cell in covered(row, model)
        },
    )


def shock(parameters: Parameters, draw: int, year: int, age: int, need: str) -> float:
    """The year's shock to new plans, shared by every cell of the group; 1 without a table."""
    if (age, need) not in parameters.shocks:
        return 1.0
    group, shape = parameters.shocks[age, need]
    sequence = Sequence(stream(draw, SHOCK, year, 0), key("shock", group))
    return gamma(sequence, shape) * (1.0 / shape)
