"""Sizes of effects come from earlier forecasts, nothing later than their origin; no factor crosses the reform."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from makers.priors.effects import CHOSEN, PART_OF, at_origins, scale

SHIPPED = pd.read_csv(Path(__file__).parents[2] / "src" / "calibration" / "priors" / "effects.csv")
KEYS = ["authority", "origin", "target", "part"]


def forecasts(true_scale: float, authorities: int = 400) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Errors of a law whose variance is 0.03^2 and that of an effect `true_scale` times one that adds 0.04^2."""
    rng = np.random.default_rng(4)
    rows = [
        (f"A{each}", origin, origin + ahead, part, rng.normal(0, np.hypot(0.03, true_scale * 0.04)))
        for part in sorted(set(PART_OF.values()))
        for origin in range(2017, 2024)
        for ahead in (1, 2, 3)
        for each in range(authorities // 20)
    ]
    table = pd.DataFrame(rows, columns=[*KEYS, "error"])
    return table.assign(below=0.03, above=0.03), table.assign(below=0.05, above=0.05)


@pytest.mark.parametrize("true", [0.5, 1.0, 2.0])
def test_the_scale_of_a_known_law_is_found(true: float) -> None:
    rng = np.random.default_rng(3)
    seen = pd.DataFrame(
        {"origin": 2017, "target": np.tile([2018, 2019], 4_000), "plain": 0.03**2, "adds": 0.04**2}
    )
    seen["error"] = rng.normal(0, np.hypot(0.03, true * 0.04), len(seen))
    # 8,000 normal errors tell an sd to 1% (one standard error), the effect's at half the reference to 6%.
    assert scale(seen) == pytest.approx(true, rel=0.2 if true < 1 else 0.06)
    # One record in ten at fault hardly moves it, a sample of nothing but faults ends at the bound.
    faulty = seen.assign(error=np.where(np.arange(len(seen)) % 10 == 0, 5.0, seen["error"]))
    assert scale(faulty) < 2.0 * true + 0.5


def test_errors_that_fall_inside_without_an_effect_ask_for_none() -> None:
    seen = pd.DataFrame({"origin": 2017, "target": 2018, "plain": 0.03**2, "adds": 0.04**2, "error": [0.01] * 5})
    assert scale(seen) == 0.0


def test_a_variance_is_the_chosen_one_and_those_of_the_years_seen() -> None:
    table = at_origins(*forecasts(1.5)).set_index(["origin", "effect"])
    for effect, chosen in CHOSEN.items():
        assert table.loc[(2017, effect), "sd"] == chosen and table.loc[(2017, effect), "years"] == 0
        row = table.loc[(2023, effect)]
        assert row["years"] == 6
        assert row["sd"] == pytest.approx(chosen * np.sqrt((1 + 6 * 1.5**2) / 7), rel=0.25)


def test_no_later_figure_is_touched_and_one_of_the_origin_is() -> None:
    plain, having = forecasts(1.0)
    sizes = at_origins(plain, having).set_index(["origin", "effect"])["sd"]
    later = [
        table.assign(error=table["error"] * np.where(table["target"] > 2020, 5, 1)) for table in (plain, having)
    ]
    changed = at_origins(*later).set_index(["origin", "effect"])["sd"]
    assert sizes.loc[:2020].equals(changed.loc[:2020])
    assert not sizes.loc[2021].equals(changed.loc[2021])


def test_shipped_sizes_are_one_set_an_origin_and_chosen_only_at_the_first() -> None:
    assert sorted(SHIPPED["origin"].unique()) == list(range(2017, 2025))
    assert all(set(rows["effect"]) == set(CHOSEN) for _, rows in SHIPPED.groupby("origin"))
    first = SHIPPED[SHIPPED["origin"] == 2017].set_index("effect")
    assert first["sd"].to_dict() == CHOSEN and (first["years"] == 0).all()
    assert "effects-prior" not in sf.fit(sf.sample("leeds").as_of(2019)).flags


def test_no_factor_on_ceasing_is_learnt_before_the_transfer_of_statements_had_ended(real: Path) -> None:
    """Pairs of Januaries and records of ended plans to January 2018 say nothing of later years."""
    published = sf.read_published(real, "E08000035")

    def ceasing(origin: int) -> tuple[str, str]:
        fitted = sf.fit(published.as_of(origin))
        assert ("effects-prior" in fitted.flags) == (origin < 2018)
        summary = fitted.summary()
        row = summary[summary["quantity"] == "ceasing"].iloc[0]
        return row["value"], row["source"]

    for origin in (2017, 2018):
        assert ceasing(origin)[0].endswith("times 1.00 at 16 to 19 and 1.00 from 20"), origin
    assert ceasing(2019)[1].startswith("age groups of January 2019 and before")
