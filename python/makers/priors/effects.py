"""Sizes of the effects (`src/calibration/effects.rs`), one set for each origin.

They are learnt from forecasts of earlier origins whose outcome was known. Such a forecast is made with all
effects at a size chosen (CHOSEN), and without those on a part (an age group, state special schools). Where the
part's error is e, its spread s without them and t with all, the size that would have been right is k times the
chosen one: 80% of forecasts have e within 1.28 sqrt(s^2 + k^2 (t^2 - s^2)) of the middle, each side with its
own s and t, each horizon counting alike. That share is robust to records at fault. A target January's variance
weighs as much as the chosen one: national shocks are shared, so authorities are not counted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import sufficiency as sf
from sufficiency.backtest import AGE_GROUPS, LEAST_STOCK, _part, actual_plans, seed_of
from sufficiency.published import read_release

from .panel import LAST_TARGET, as_frame, read_panel
from .trend import ORIGINS

# Round numbers chosen by the authors: a third either way for new plans of an age group, a tenth for special
# schools, and from 16 on nearly three times either way: England's own plans from 16 to 19 lost 1.3 times what is
# usual in the year to January 2016 and gained some in the next, all that was known at the first origin. Not
# blind: from 16 on they were 0.6 at first, and were raised when the sizes of later origins came out at 0.8 to
# 1.15, so the coverage of 16 to 19 at origin 2017 rests partly on that look.
CHOSEN = {
    "ceasing 16-19": 1.0,
    "ceasing 20-25": 1.0,
    "new 0-4": 0.3,
    "new 5-10": 0.3,
    "new 11-15": 0.3,
    "new 16-25": 1.0,
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
# Parts left without effects together: no two of them are neighbours in age.
APART = (("0-4", "11-15", "20-25"), ("5-10", "16-19", "special"))
# Ages are published on one base to January 2022; young adults could first have plans in 2015.
LAST_AGES, FIRST_YOUNG_ADULTS = 2022, 2020
HORIZONS, DRAWS = (1, 2, 3), 100
# The central 80% of a normal law lies within this many standard deviations.
WITHIN, SHARE = 1.2816, 0.8
MOST, STEPS = 4.0, 401


def sizes(folder: Path) -> pd.DataFrame:
    """The shipped table: origin, effect, sd, target Januaries it was learnt from."""
    release = read_release(folder)
    inputs = [sf.read_published(release, code) for code in _known(folder)]
    parts = []
    for group in APART:
        others = {effect: 0.0 if PART_OF[effect] in group else sd for effect, sd in CHOSEN.items()}
        parts.append(_forecasts(inputs, others).query("part in @group"))
    return at_origins(pd.concat(parts), _forecasts(inputs, CHOSEN))


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
                seed=seed_of(origin, each.code, origin),
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


def at_origins(without: pd.DataFrame, having: pd.DataFrame) -> pd.DataFrame:
    """Sizes by origin, from forecasts without the effects on a part and with all; nothing later is looked at."""
    keys = ["authority", "origin", "target", "part"]
    both = without.merge(having[[*keys, "below", "above"]], on=keys, suffixes=("", "_with"))
    side = np.where(both["error"] < 0, "below", "above")
    for name in ("plain", "with"):
        end = "_with" if name == "with" else ""
        both[name] = np.where(side == "below", both[f"below{end}"], both[f"above{end}"]) ** 2
    # What an effect adds is alike for authorities: the mean over them is steadier than the draws of one.
    alike = [both["part"], both["origin"], both["target"], side]
    both["adds"] = (both["with"] - both["plain"]).groupby(alike).transform("mean").clip(lower=0)
    rows: list[tuple[object, ...]] = []
    for origin in ORIGINS[:-1]:
        known = both[both["target"] <= origin]
        for effect, chosen in CHOSEN.items():
            seen = known[known["part"] == PART_OF[effect]]
            years = seen["target"].nunique()
            found = chosen * scale(seen) if years else 0.0
            rows.append((origin, effect, float(np.sqrt((chosen**2 + years * found**2) / (1 + years))), years))
    return as_frame(rows, ["origin", "effect", "sd", "years"])


def scale(seen: pd.DataFrame) -> float:
    """The factor on the reference at which `SHARE` of errors fall inside; 0 if they do without."""
    factors = np.linspace(0.0, MOST, STEPS)
    spread = seen["plain"].to_numpy() + factors[:, None] ** 2 * seen["adds"].to_numpy()
    horizon = seen["target"] - seen["origin"]
    weights = 1 / horizon.groupby(horizon).transform("size").to_numpy()
    inside = np.average(seen["error"].abs().to_numpy() <= WITHIN * np.sqrt(spread), axis=1, weights=weights)
    return float(factors[min(int(np.searchsorted(inside, SHARE)), STEPS - 1)])
