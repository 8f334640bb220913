"""Back-tests: what would have been forecast with what was known, beside what came."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sufficiency.errors import InputError
from sufficiency.fit import fit
from sufficiency.inputs import Inputs
from sufficiency.naive import NAIVES, POOLED, pooled_centre
from sufficiency.progress import progress_bar
from sufficiency.project import project
from sufficiency.recipe import whole
from sufficiency.release import Released, whole_authority
from sufficiency.scores import INTERVALS, Draws, crps, inside, log_score, pit
from sufficiency.showing import html_table

OURS = "sufficiency"
AGE_GROUPS = {"0-4": (0, 4), "5-10": (5, 10), "11-15": (11, 15), "16-19": (16, 19), "20-25": (20, 25)}
LEAST_STOCK = 20
"""Parts with fewer children at the origin are left out of scores: a share of so few tells nothing."""
FLAT = "flat"


def backtest(
    inputs: Inputs | Iterable[Inputs],
    origins: Sequence[int],
    horizons: Sequence[int] = (1, 2, 3),
    *,
    seed: int,
    draws: int = 2_000,
    progress: bool | None = None,
) -> Backtest:
    """Forecast from past Januaries with what was known then, and compare with what came.

    Parameters
    ----------
    inputs : Inputs or iterable of Inputs
        One authority or many; each cut at each origin by `Inputs.as_of`.
    origins : sequence of int
        Januaries to forecast from.
    horizons : sequence of int
        Years ahead.
    seed, draws : int
        As in `project`; each authority and origin has a seed of its own, made from this one.
    progress : bool, optional
        Show a progress bar; by default only where somebody is watching.

    Returns
    -------
    Backtest
        One row a forecast in `forecasts`; `scores()` and `skill()` sum them up.

    Raises
    ------
    InputError
        If no authority has a figure both at an origin and at a horizon after it.

    Examples
    --------
    >>> tested = sf.backtest(inputs, origins=[2021], horizons=[1], draws=50, seed=1, progress=False)
    >>> tested.scores()["model"].tolist()[0]
    'sufficiency'
    """
    several = [inputs] if isinstance(inputs, Inputs) else list(inputs)
    ahead = sorted({whole("horizons", each, 40) for each in horizons})
    starts = sorted({whole("origins", each, 9999) for each in origins})
    rows: list[dict[str, Any]] = []
    left: list[tuple[str, int, str]] = []
    rng = np.random.default_rng(seed)
    with progress_bar(len(several) * len(starts), progress, "origin") as tell:
        for done, (each, origin) in enumerate((each, origin) for each in several for origin in starts):
            try:
                rows += _forecasts(each, origin, ahead, draws, seed, rng)
            except InputError as error:
                left.append((each.code, origin, str(error).splitlines()[0]))
            if tell is not None:
                tell(done + 1)
    if not rows:
        why = f": {left[0][2]}" if left else ""
        raise InputError(f"no figure both at an origin and at a horizon after it{why} [nothing-to-compare]")
    return Backtest(
        pd.DataFrame(_with_pooled(rows, rng)), pd.DataFrame(left, columns=["authority", "origin", "why"])
    )


class Backtest:
    """Forecasts beside what came: yours, and those that anybody could have made.

    Attributes
    ----------
    forecasts : DataFrame
        One row a model, authority, origin, horizon and part (total, age group, setting): stock at the origin,
        actual,
        mean, p50, p5, p95 (children), crps (children), log_score, pit, and whether the actual figure lay inside
        the
        central 50, 80, 90 and 95%. Observed plans, never latent demand.
    left_out : DataFrame
        Authorities and origins that could not be forecast, and why.
    """

    def __init__(self, forecasts: pd.DataFrame, left_out: pd.DataFrame) -> None:
        self.forecasts, self.left_out = forecasts, left_out

    def scores(self, by: Sequence[str] = ("part", "horizon")) -> pd.DataFrame:
        """Scores by model and axes.

        n, mape and bias of the median (%), crps (% of stock at the origin), log_score, coverage of the central
        intervals (shares). Parts with fewer than 20 children at the origin are left out.

        Examples
        --------
        >>> tested.scores()["model"].iloc[0]
        'sufficiency'
        """
        table = self._scored()
        axes = [axis for axis in by if axis != "model"]
        means = {
            "mape": ("error", lambda e: e.abs().mean()),
            "bias": ("error", "mean"),
            "log_score": ("log_score", "mean"),
        }
        means |= {f"cover_{percent}": (f"in_{percent}", "mean") for percent in INTERVALS}
        found = table.groupby(["model", *axes], sort=False).agg(n=("actual", "size"), crps=("crps", "sum"),
                                                                stock=("stock", "sum"), **means)  # fmt: skip
        found["crps"] = 100 * found["crps"] / found.pop("stock")
        return found.reset_index()

    def skill(self, by: Sequence[str] = ("part", "horizon")) -> pd.DataFrame:
        """How much better than each other model on the same forecasts: above 0 is better than it.

        1 less the ratio of summed CRPS. The last rows of each group, model `best of the naive set`, compare with
        the best one of them there.

        Examples
        --------
        >>> list(tested.skill().columns)
        ['model', 'part', 'horizon', 'skill']
        """
        table, axes = self._scored(), [axis for axis in by if axis != "model"]
        keys = ["authority", "origin", "horizon", "part"]
        ours = table[table["model"] == OURS].set_index(keys)["crps"]
        others = table[table["model"] != OURS].join(ours.rename("ours"), on=keys).dropna(subset=["ours"])
        sums = others.groupby([*axes, "model"], sort=False)[["ours", "crps"]].sum()
        found = (1 - sums["ours"] / sums["crps"]).rename("skill").reset_index()
        naive = found[found["model"].isin(list(NAIVES))]
        if axes:
            least = naive.groupby(axes, sort=False)["skill"].min().reset_index()
        else:
            least = pd.DataFrame({"skill": [naive["skill"].min()]})
        best = least.assign(model="best of the naive set")
        both: pd.DataFrame = pd.concat([found, best], ignore_index=True)
        return both[["model", *axes, "skill"]]

    def interval(self, column: str = "in_90", times: int = 1_000, seed: int = 1) -> pd.DataFrame:
        """Mean of a column of ours by part and horizon with a two-way bootstrap 90% interval.

        Authorities and origins are drawn anew, since both share shocks. Few origins make it wide, as it should be.

        Examples
        --------
        >>> list(tested.interval(times=10).columns)
        ['part', 'horizon', 'in_90', 'low', 'high']
        """
        rng = np.random.default_rng(seed)
        table, rows = self._scored(), []
        for (part, horizon), group in table[table["model"] == OURS].groupby(["part", "horizon"], sort=False):
            grid = group.pivot_table(
                index="authority", columns="origin", values=column, aggfunc="mean", observed=True
            )
            values = grid.to_numpy(dtype=float)
            means = []
            for _ in range(times):
                rows_at = rng.integers(0, values.shape[0], values.shape[0])
                columns_at = rng.integers(0, values.shape[1], values.shape[1])
                means.append(np.nanmean(values[np.ix_(rows_at, columns_at)]))
            low, high = np.quantile(means, [0.05, 0.95])
            rows.append((part, horizon, float(np.nanmean(values)), low, high))
        return pd.DataFrame(rows, columns=["part", "horizon", column, "low", "high"])

    def _scored(self) -> pd.DataFrame:
        table = self.forecasts[self.forecasts["stock"] >= LEAST_STOCK].copy()
        table["error"] = 100 * (table["p50"] / table["actual"].where(table["actual"] > 0) - 1)
        return table

    def __repr__(self) -> str:
        ours = self.forecasts[self.forecasts["model"] == OURS]
        n = ours["authority"].nunique()
        return (
            f"<Backtest: {n} {'authority' if n == 1 else 'authorities'}, origins "
            f"{ours['origin'].min()} to {ours['origin'].max()}, {len(ours):,} forecasts>"
        )

    def summary(self) -> pd.DataFrame:
        """How good our forecasts were, by part and years ahead.

        Returns
        -------
        DataFrame
            part, horizon, n forecasts, mape (mean error of the median, %), bias (%), cover_90 (share that the 90%
            range held), and skill: 1 less the CRPS relative to the best naive method, above 0 is better than it.

        Examples
        --------
        >>> tested.summary()["part"].tolist()[0]
        'total'
        """
        scores, skill = self.scores(), self.skill()
        ours = scores.loc[scores["model"] == OURS, ["part", "horizon", "n", "mape", "bias", "cover_90"]]
        best = skill.loc[skill["model"] == "best of the naive set", ["part", "horizon", "skill"]]
        return ours.merge(best, on=["part", "horizon"], how="left").reset_index(drop=True)

    def _repr_html_(self) -> str:
        return html_table(repr(self).strip("<>"), self.summary(), row_heads=2, decimals=2)


SCORE_STEPS = {"mape": 0.1, "bias": 0.1, "crps": 0.1, "log_score": 0.01} | {
    f"cover_{percent}": 0.01 for percent in INTERVALS
}
"""Per cent to a tenth, shares to a hundredth (our choice): as closely as anybody reads a score."""


def released_scores(tested: Backtest) -> Released:
    """Scores as they may be shown: of the whole authority, rounded, parts of few children left out."""
    return whole_authority(tested.scores(), SCORE_STEPS, "scores of observed plans of the whole authority")


def _forecasts(
    inputs: Inputs, origin: int, horizons: Sequence[int], draws: int, seed: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Forecasts of one authority from one origin, ours and the naive ones."""
    actual = actual_plans(inputs)
    if origin not in actual.index or not any(origin + horizon in actual.index for horizon in horizons):
        raise InputError(f"no plans of January {origin} and after [nothing-to-compare]")
    margins = [["year"], ["age"], ["setting"]]
    run = project(
        fit(inputs.as_of(origin)),
        to=origin + max(horizons),
        draws=draws,
        seed=seed_of(seed, inputs.code, origin),
        measures=["plans"],
        margins=margins,
        keep="draws",
        progress=False,
    )
    ages, settings = run.draws("plans", "age"), run.draws("plans", "setting")
    national = _national_growth(origin)
    rows = []
    for part in actual.columns:
        known = actual[part].dropna()
        history = known[known.index <= origin]
        if origin not in history.index:
            continue
        drawn = _part(ages, settings, part)
        for horizon in horizons:
            came = known.get(origin + horizon)
            if came is None or drawn is None:
                continue
            about = {"authority": inputs.code, "origin": origin, "horizon": horizon, "part": part}
            about |= {"stock": float(history.iloc[-1]), "actual": float(came)}
            rows.append(_row(OURS, about, drawn.sel(year=origin + horizon).to_numpy().astype(float), rng))
            for name, forecast in NAIVES.items():
                naive = forecast(history, horizon, national)
                if naive is not None:
                    rows.append(_row(name, about, naive, rng))
            centre = pooled_centre(history, horizon, national)
            if centre is not None:
                rows.append({"model": POOLED, **about, "p50": centre})
    return rows


def seed_of(seed: int, code: str, origin: int) -> int:
    """The seed of one forecast. A draw's shocks are keyed by seed and draw alone: under one seed the few draws of
    all authorities would err together, and what is chance of a simulation would be scored as bias."""
    return zlib.crc32(f"{seed} {code} {origin}".encode())


def _part(ages: Any, settings: Any, part: str) -> Any:
    """Draws by year of one part: all plans, an age group, state special schools; None if the model has none."""
    if part in AGE_GROUPS:
        low, high = AGE_GROUPS[part]
        return ages.isel(age=slice(low, high + 1)).sum("age")
    if part == "special":
        return settings.sel(setting="special") if "special" in settings["setting"] else None
    return ages.sum("age")


def _row(model: str, about: dict[str, Any], draws: Draws, rng: np.random.Generator) -> dict[str, Any]:
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    actual = about["actual"]
    row = {"model": model, **about, "mean": float(draws.mean()), "p5": low, "p50": middle, "p95": high}
    row |= {"crps": crps(draws, actual), "log_score": log_score(draws, actual)}
    row["pit"] = pit(draws, actual, float(rng.random()))
    return row | {f"in_{percent}": inside(draws, actual, percent) for percent in INTERVALS}


def _with_pooled(rows: list[dict[str, Any]], rng: np.random.Generator) -> list[dict[str, Any]]:
    """Gives each middle of the pooled benchmark the relative errors of the other authorities as its range."""
    pooled = pd.DataFrame([row for row in rows if row["model"] == POOLED])
    done = [row for row in rows if row["model"] != POOLED]
    if pooled.empty:
        return done
    pooled["ratio"] = pooled["actual"] / pooled["p50"]
    for _, group in pooled.groupby(["part", "horizon"], sort=False):
        for row in group.to_dict("records"):
            others = group.loc[(group["authority"] != row["authority"]) & (group["ratio"] > 0), "ratio"]
            if len(others) >= 20:
                about = {name: row[name] for name in ("authority", "origin", "horizon", "part", "stock", "actual")}
                done.append(_row(POOLED, about, row["p50"] * others.to_numpy().astype(float), rng))
    return done


def actual_plans(inputs: Inputs) -> pd.DataFrame:
    """Children with a plan by January (index) and part: total, five age groups, special; NaN where not
    published."""
    plans = inputs.table("plans")
    plans = plans.assign(**{f"{axis}_all": plans[axis] == "all" for axis in ("age", "need", "setting")})
    found: dict[str, dict[int, float]] = {part: {} for part in ("total", *AGE_GROUPS, "special")}
    for january, rows in plans.groupby("year"):
        year = int(str(january))
        margins = dict(iter(rows.groupby(["age_all", "need_all", "setting_all"])))

        def first(*wanted: tuple[bool, bool, bool], margins: Any = margins) -> pd.DataFrame | None:
            return next((margins[key] for key in wanted if key in margins), None)

        by_age = first((False, True, True), (False, True, False), (False, False, True), (False, False, False))
        by_setting = first((True, True, False), (False, True, False), (True, False, False), (False, False, False))
        total = first((True, True, True))
        anything = (
            total if total is not None else by_age if by_age is not None else rows if len(margins) == 1 else None
        )
        if anything is not None:
            found["total"][year] = float(anything["plans"].sum())
        if by_age is not None:
            for group, n in _by_age_group(by_age).items():
                found[group][year] = n
        if by_setting is not None:
            found["special"][year] = float(by_setting.loc[by_setting["setting"] == "special", "plans"].sum())
    return pd.DataFrame(found).sort_index()


def _by_age_group(rows: pd.DataFrame) -> dict[str, float]:
    """Plans by age group; none if an age band lies across two groups."""
    found = dict.fromkeys(AGE_GROUPS, 0.0)
    for band, n in zip(rows["age"], rows["plans"], strict=True):
        low, _, high = str(band).partition("-")
        group = next((g for g, (a, b) in AGE_GROUPS.items() if a <= int(low) and int(high or low) <= b), None)
        if group is None:
            return {}
        found[group] += float(n)
    return found


def _national_growth(origin: int) -> float:
    """England's growth of all plans in the year to a January, on the log scale."""
    from importlib import resources

    text = resources.files("sufficiency.national").joinpath("england.csv")
    with resources.as_file(text) as path:
        england = pd.read_csv(path, dtype={"age": str})
    plans = england[(england["measure"] == "plans") & (england["age"] == "all")].set_index("year")["value"]
    if origin not in plans.index or origin - 1 not in plans.index:
        return 0.0
    return float(np.log(plans[origin] / plans[origin - 1]))
