"""Sizes of the effects (`src/calibration/effects.rs`), one set for each origin, from forecasts whose outcome was known.

A forecast of an earlier origin is made twice, without effects and with effects of a reference size. Where the error of
a part (an age group, state special schools) is e, its spread without effects s and with them t, the size that would have
been right is k times the reference: 80% of forecasts have e within 1.28 sqrt(s^2 + k^2 (t^2 - s^2)) of the middle, each
side with its own s and t. That share is robust to records at fault. A target January tells as much as what was chosen
before any: national shocks are shared, so authorities are not counted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import sufficiency as sf
from sufficiency.backtest import AGE_GROUPS, LEAST_STOCK, _part, actual_plans
from sufficiency.published import read_release

from .panel import LAST_TARGET, as_frame, read_panel
from .trend import ORIGINS

# Chosen by the authors before any figure: a third either way for new plans of an age group, six tenths where neither
# ceasing nor new plans are published by single age, a tenth for special schools.
CHOSEN = {
    "ceasing 16-19": 0.6,
    "ceasing 20-25": 0.6,
    "new 0-4": 0.3,
    "new 5-10": 0.3,
    "new 11-15": 0.3,
    "new 16-25": 0.6,
    "special": 0.1,
}
# The part whose errors tell the size of an effect.
PART_OF = {
    "ceasing 16-19": "16-19",
    "ceasing 20-25": "20-25",
    "new 0-4": "0-4",
    "new 5-10": "5-10",
    "new 11-15": "11-15",
    "new 16-25": "16-19",
    "special": "special",
}
# Ages are published on one base to January 2022; young adults could first have plans in 2015.
LAST_AGES, FIRST_YOUNG_ADULTS = 2022, 2020
HORIZONS, DRAWS = (1, 2, 3), 100
# The central 80% of a normal law lies within this many standard deviations.
WITHIN, SHARE = 1.2816, 0.8
MOST, STEPS = 4.0, 401
# Passes: an effect's spread is not quite in proportion to its size, so the reference is set to what was found.
PASSES = 2


def sizes(folder: Path) -> pd.DataFrame:
    """The shipped table: origin, effect, sd, target Januaries it was learnt from."""
    release = read_release(folder)
    inputs = [sf.read_published(release, code) for code in _known(folder)]
    reference = CHOSEN
    table = pd.DataFrame()
    without = _forecasts(inputs, dict.fromkeys(CHOSEN, 0.0))
    for _ in range(PASSES):
        table = at_origins(without, _forecasts(inputs, reference), reference)
        last = table[table["origin"] == table["origin"].max()]
        reference = dict(zip(last["effect"], last["sd"], strict=True))
    return table


def _known(folder: Path) -> list[str]:
    """Authorities with complete totals and residents."""
    panel = read_panel(folder)
    complete = ~np.isnan(panel.own["children"]).any(axis=1)
    return [code for code, has in zip(panel.codes, complete, strict=True) if has]


def _with_effects(fitted: sf.Fitted, effects: dict[str, float]) -> sf.Fitted:
    return sf.Fitted(fitted._core.with_effects(effects), fitted._recipe)


def _forecasts(inputs: list[sf.Inputs], effects: dict[str, float]) -> pd.DataFrame:
    """One row a forecast: authority, origin, target, part, log error of the middle, spread below and above it."""
    rows = []
    for each in inputs:
        actual = actual_plans(each)
        for origin in ORIGINS[:-1]:
            if origin not in actual.index or origin >= LAST_TARGET:
                continue
            run = sf.project(
                _with_effects(sf.fit(each.as_of(origin)), effects),
                to=min(origin + max(HORIZONS), LAST_TARGET),
                draws=DRAWS,
                seed=origin,
                measures=["plans"],
                margins=[["year"], ["age"], ["setting"]],
                keep="draws",
                progress=False,
            )
            rows += _compared(each.code, origin, actual, run)
    return pd.DataFrame(rows, columns=["authority", "origin", "target", "part", "error", "below", "above"])


def _compared(code: str, origin: int, actual: pd.DataFrame, run: sf.Projection) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    ages, settings = run.draws("plans", "age"), run.draws("plans", "setting")
    for part in set(PART_OF.values()):
        known, drawn = actual[part].dropna(), _part(ages, settings, part)
        if drawn is None or known.get(origin, 0) < LEAST_STOCK:
            continue
        for target in (origin + horizon for horizon in HORIZONS):
            if target not in known.index or not _comparable(part, origin, target) or known[target] <= 0:
                continue
            logs = np.log(np.maximum(drawn.sel(year=target).to_numpy().astype(float), 1.0))
            low, middle, high = np.quantile(logs, [(1 - SHARE) / 2, 0.5, (1 + SHARE) / 2])
            error = float(np.log(known[target]) - middle)
            rows.append((code, origin, target, part, error, (middle - low) / WITHIN, (high - middle) / WITHIN))
    return rows


def _comparable(part: str, origin: int, target: int) -> bool:
    if part not in AGE_GROUPS:
        return target <= LAST_TARGET
    return target <= LAST_AGES and (part != "20-25" or origin >= FIRST_YOUNG_ADULTS)


def at_origins(without: pd.DataFrame, having: pd.DataFrame, reference: dict[str, float]) -> pd.DataFrame:
    """Sizes by origin, from forecasts without effects and with those of the reference; nothing later is looked at."""
    keys = ["authority", "origin", "target", "part"]
    both = without.merge(having[[*keys, "below", "above"]], on=keys, suffixes=("", "_with"))
    side = np.where(both["error"] < 0, "below", "above")
    for name in ("plain", "with"):
        end = "_with" if name == "with" else ""
        both[name] = np.where(side == "below", both[f"below{end}"], both[f"above{end}"]) ** 2
    # What an effect adds is alike for authorities: the mean over them is steadier than the draws of one.
    both["adds"] = (both["with"] - both["plain"]).groupby([both["part"], both["origin"], both["target"], side]).transform("mean")
    rows: list[tuple[object, ...]] = []
    for origin in ORIGINS[:-1]:
        known = both[both["target"] <= origin]
        for effect, chosen in CHOSEN.items():
            seen = known[known["part"] == PART_OF[effect]]
            years = seen["target"].nunique()
            found = np.log(reference[effect] * scale(seen)) if years else 0.0
            rows.append((origin, effect, float(np.exp((np.log(chosen) + years * found) / (1 + years))), years))
    return as_frame(rows, ["origin", "effect", "sd", "years"])


def scale(seen: pd.DataFrame) -> float:
    """The factor on the reference at which `SHARE` of errors fall inside."""
    factors = np.linspace(0.1, MOST, STEPS)
    spread = seen["plain"].to_numpy() + factors[:, None] ** 2 * seen["adds"].clip(lower=0).to_numpy()
    inside = (seen["error"].abs().to_numpy() <= WITHIN * np.sqrt(spread)).mean(axis=1)
    return float(factors[min(int(np.searchsorted(inside, SHARE)), STEPS - 1)])
