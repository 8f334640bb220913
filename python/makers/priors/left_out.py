"""Priors of a back-test: derived at its origin from the other authorities, as the shipped ones are from all.

England's own series stays as published: it holds every authority.
"""

from __future__ import annotations

from functools import cache

import sufficiency as sf
from sufficiency.fit import fit_with

from .origins import Origins
from .panel import Panel
from .trend import ORIGINS


class LeftOut:
    """Fits authorities with priors that were learnt from the others, nothing later than the base year."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.tables = cache(self._tables)
        self.others = cache(lambda code: Origins(self.panel.without(code)))

    def _tables(self, code: str, origin: int) -> dict[str, str]:
        """Tables by name as CSV, for one origin, without the authority of this code."""
        nearest = min(max(origin, ORIGINS[0]), ORIGINS[-1])
        tables = self.others(code).tables(nearest)
        return {name: table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}

    def fit(self, inputs: sf.Inputs) -> sf.Fitted:
        """As `sufficiency.fit`, without the flag `prior-includes-authority`."""
        return fit_with(inputs, None, self.tables(inputs.code, inputs.base_year))
