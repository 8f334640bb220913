"""Every table of the trend, one set of rows for each origin, learnt from nothing later."""

from __future__ import annotations

from functools import cache, partial

import pandas as pd

from .average import Average
from .panel import FIRST, LAST_TARGET, Panel, as_frame
from .trend import ORIGINS, WITHOUT, Constants, Growth, OwnPoint, fit_constants, national_grid, own_grid

HEADS = {
    "trend": ["origin", "set", "gain", "requests", "new_plans", "late", "sd", "small", "tail"],
    "trend_grid": ["origin", "set", "damping", "reversion", "scale", "weight"],
    "trend_models": ["origin", "set", "model", "weight", "sd"],
    "national_grid": ["origin", "damping", "sd", "weight"],
}


class Origins:
    """What a panel of authorities tells at each origin; fits are kept, since later origins score earlier ones."""

    def __init__(self, panel: Panel) -> None:
        self.growth = Growth.of(panel)
        self.fitted = cache(self._fitted)
        self.averages = {data: Average(panel, partial(self.fitted, data=data)) for data in WITHOUT}

    def tables(self, origin: int) -> dict[str, pd.DataFrame]:
        """Tables by name for one origin, from nothing later."""
        last = min(origin, LAST_TARGET)
        rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in HEADS}
        for data, average in self.averages.items():
            c, grid = self.fitted(last, data=data)
            constants = (c.gain, c.requests, c.new_plans, c.late, c.sd, c.small, c.tail)
            rows["trend"].append((origin, data, *map(float, constants)))
            rows["trend_grid"] += [(origin, data, *point) for point in grid]
            rows["trend_models"] += [(origin, data, *row) for row in average.rows(last - FIRST, c)]
        nation = self.growth.before(origin - FIRST)
        rows["national_grid"] += [(origin, *point) for point in national_grid(nation, origin - FIRST)]
        return {name: as_frame(rows[name], heads) for name, heads in HEADS.items()}

    def all_tables(self) -> dict[str, pd.DataFrame]:
        """Every shipped table of the trend by file name."""
        parts = [self.tables(origin) for origin in ORIGINS]
        return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in HEADS}

    def _fitted(self, january: int, *, data: str) -> tuple[Constants, list[OwnPoint]]:
        last = january - FIRST
        growth = self.growth.before(last)
        c = fit_constants(growth, last, data)
        return c, own_grid(growth, c, last)
