"""Total plans against what came, over the panel of authorities: printed, not tuned to."""

from __future__ import annotations

from pathlib import Path

import pytest
from statistics_panel import check, scores

pytestmark = pytest.mark.statistics
ORIGINS = (2019, 2020, 2021)


def test_most_totals_fall_inside_the_interval_that_was_given(
    real: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = scores(check(real, ORIGINS))
    with capsys.disabled():
        print("\ntotal plans, % of actual (crps: % of stock at origin), 200 draws, 90% interval")
        print(table.to_string(index=False))
    pooled = table[table["origin"] == "all"]
    # Wide on purpose: the figures are published as they are, misses included.
    assert pooled["coverage90"].between(0.5, 1.0).all()
    assert (pooled["n"] > 0).all()
