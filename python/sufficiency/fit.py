"""From checked inputs to a fitted model."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.fitted import Fitted
from sufficiency.inputs import Inputs

PRIORS = ("trend", "trend_grid", "trend_models", "national_grid")


def fit(inputs: Inputs, *, history: tuple[int, int] | None = None) -> Fitted:
    """Learn an authority's rates from its own past and from England's.

    Parameters
    ----------
    inputs : Inputs
        Checked tables of one authority. England's own published series, cut at the base year, is the
        nation it is compared with.
    history : (int, int), optional
        First and last January to learn from (flows: of the calendar year before). All years if left
        out. The base year's children are always those of the base year.

    Returns
    -------
    Fitted
        Parameters as distributions, base children and residents for 20 years, ready for `project`.
        `flags` and `summary()` say what was data, inferred or prior.

    Raises
    ------
    InputError
        If `history` is not a first and last year in order, or the fitted rows break a rule.

    Examples
    --------
    >>> import sufficiency as sf
    >>> fitted = sf.fit(sf.sample("leeds"))
    >>> fitted.base_year
    2025
    """
    if not isinstance(inputs, Inputs):
        raise InputError(
            f"fit takes Inputs, got {type(inputs).__name__} [not-inputs]\n\nhint: sf.read_inputs(folder)"
        )
    return fit_with(inputs, history, None)


def fit_with(inputs: Inputs, history: tuple[int, int] | None, priors: Mapping[str, str] | None = None) -> Fitted:
    """As `fit`, with tables of the trend that were derived without the authority, for back-tests.

    Parameters
    ----------
    inputs, history
        As in `fit`.
    priors : mapping of str to str, optional
        `trend`, `trend_grid`, `trend_models` and `national_grid` as CSV in the format of those in the package
        (`src/calibration/priors`). The fit then does not raise the flag `prior-includes-authority`.

    Raises
    ------
    InputError
        As in `fit`, or if a table is not in that format.
    """
    years = None if history is None else _years(history)
    england = resources.files("sufficiency.national").joinpath("england.csv").read_text(encoding="utf-8")
    tables = None if priors is None else [priors[name] for name in PRIORS]
    recipe = {"inputs": inputs, "history": years} | ({} if priors is None else {"priors": dict(priors)})
    return Fitted(_core.fit(inputs._inner, england, years, tables), recipe)


def _years(history: tuple[int, int]) -> tuple[int, int]:
    try:
        first, last = history
        return int(first), int(last)
    except (TypeError, ValueError) as error:
        raise InputError(f"history must be (first, last), got {history!r} [bad-history]") from error
