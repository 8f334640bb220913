"""Data frames: the one module that knows pandas, polars, Arrow and xarray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sufficiency.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

FrameKind = Literal["pandas", "polars", "arrow"]
INTEGER_AXES = ("age", "nc_year")


def columns_of(frame: Any) -> dict[str, list[Any]]:
    """The columns of a frame of any library that narwhals knows, or of a mapping of sequences."""
    if isinstance(frame, Mapping):
        columns = {str(name): list(values) for name, values in frame.items()}
    else:
        import narwhals.stable.v1 as nw

        native = nw.from_native(frame, eager_only=True)
        columns = {str(name): native[name].to_list() for name in native.columns}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise InputError("the columns of a table must have one length [ragged-columns]")
    return columns


def axis_column(name: str, labels: Sequence[str], positions: NDArray[np.uint32]) -> NDArray[Any]:
    """One axis column: ages and curriculum years as integers, in_authority as truth values, the rest as text.

    All as text where totals are marked ``all``, since a column has one type.
    """
    values: NDArray[Any]
    if not len(labels):
        # Such as planning areas where the tables name none: rows by area are still rows.
        return np.full(len(positions), "", dtype=object)
    if "all" in labels:
        values = np.array(labels, dtype=object)
    elif name in INTEGER_AXES:
        values = np.array([int(label) for label in labels], dtype=np.int64)
    elif name == "in_authority":
        values = np.array([label == "True" for label in labels])
    else:
        values = np.array(labels, dtype=object)
    return values[positions]


def pandas_table(parts: Mapping[str, Any], order: Sequence[str]) -> pd.DataFrame:
    """A pandas frame from the core's columns: the axes in ``order``, then the figures."""
    axes = {name: axis_column(name, labels, positions) for name, labels, positions in parts["axes"]}
    columns: dict[str, Any] = {"year": parts["year"].astype(np.int64)}
    columns |= {name: axes[name] for name in order if name != "year"}
    columns |= parts["columns"]
    return pd.DataFrame(columns)


def converted(frame: pd.DataFrame, kind: FrameKind) -> Any:
    """The frame as pandas, polars or Arrow: the same columns, types and figures."""
    if kind == "pandas":
        return frame
    if kind == "polars":
        import polars as pl

        return pl.from_pandas(frame)
    if kind == "arrow":
        import pyarrow as pa

        return pa.Table.from_pandas(frame, preserve_index=False)
    raise InputError(f"as_ must be pandas, polars or arrow, got {kind} [unknown-frame]")


DIMENSIONS = {
    "area": ("home area", "code"),
    "planning_area": ("planning area of the home", "name"),
    "age": ("age on 31 August before the January census", "years"),
    "nc_year": ("national curriculum year, age less 4", "school years"),
    "phase": ("phase of education by age", "name"),
    "need": ("primary need", "code"),
    "need_group": ("group of primary needs", "name"),
    "setting": ("where the child is; for demand and waiting, what is required", "code"),
    "site": ("site where the child is", "code"),
    "in_authority": ("whether the setting is in the authority", "truth value"),
}
"""Axes in the order of dimensions, which is that of the tables: what each is, and its unit."""


def draws_array(
    parts: Mapping[str, Any],
    values: NDArray[np.int32],
    order: Sequence[str],
    attrs: Mapping[str, object],
    units: str = "children",
) -> xr.DataArray:
    """Draws as a labelled array with dimensions draw, year, then those of `order`, area first and site last."""
    import xarray as xr

    names = [name for name in order if name != "year"]
    by_name = {name: (labels, positions) for name, labels, positions in parts["axes"]}
    coordinates: dict[str, Any] = {
        "draw": ("draw", np.arange(values.shape[0]), {"long_name": "simulated future", "units": "1"}),
        "year": ("year", np.unique(parts["year"]), {"long_name": "January census", "units": "calendar year"}),
    }
    for name in names:
        labels, positions = by_name[name]
        about = dict(zip(("long_name", "units"), DIMENSIONS[name], strict=True))
        coordinates[name] = (name, axis_column(name, labels, np.unique(positions)), about)
    dims = ("draw", "year", *names)
    shape = [len(coordinates[name][1]) for name in dims]
    if np.prod(shape) != values.size:
        raise InputError("draws take one axis of each kind: area or planning_area, not both [nested-axes]")
    said: dict[str, object] = {"long_name": str(attrs.get("kind", attrs.get("basis", ""))), "units": units}
    array = xr.DataArray(
        values.reshape(shape),
        dims=dims,
        coords=coordinates,
        attrs=said | dict(attrs),
        name=str(attrs.get("measure", "draws")),
    )
    return array.transpose("draw", "year", *(name for name in DIMENSIONS if name in names))


QUANTILES = {"p5": 0.05, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}


def summarise(draws: xr.DataArray, *, above: float | None = None, as_: FrameKind = "pandas") -> Any:
    """A table of draws, such as of a ratio of two measures that was taken draw by draw.

    Parameters
    ----------
    draws : DataArray
        With a dimension draw, such as from `Projection.to_xarray` or arithmetic with several of them.
    above : float, optional
        Adds `p_above`, the share of draws strictly above it.
    as_ : {"pandas", "polars", "arrow"}
        Kind of frame.

    Returns
    -------
    frame
        The other dimensions, then mean, sd, p5, p10, p25, p50, p75, p90, p95 (type 7) and mcse, in the unit of the
        draws. A cell with a draw that is not a number, such as one divided by 0, has no figures.

    Raises
    ------
    InputError
        If there is no dimension draw.

    Examples
    --------
    >>> filled = base.to_xarray("placed") / base.to_xarray("places")
    >>> list(sf.summarise(filled))[:3]
    ['year', 'mean', 'sd']
    """
    if "draw" not in draws.dims:
        raise InputError(f"draws have dimensions {', '.join(map(str, draws.dims))}; draw is missing [no-draws]")
    names = [str(name) for name in draws.dims if name != "draw"]
    values = draws.transpose("draw", *names).values.astype(np.float64)
    n, flat = values.shape[0], values.reshape(values.shape[0], -1)
    index = pd.MultiIndex.from_product([draws[name].values for name in names], names=names) if names else None
    frame = index.to_frame(index=False) if index is not None else pd.DataFrame(index=range(1))
    frame["mean"] = flat.mean(axis=0)
    frame["sd"] = flat.std(axis=0, ddof=1) if n > 1 else 0.0
    quantiles = np.quantile(flat, list(QUANTILES.values()), axis=0)
    frame[list(QUANTILES)] = quantiles.T
    frame["mcse"] = frame["sd"] / np.sqrt(n)
    if above is not None:
        frame["p_above"] = np.where(np.isnan(flat).any(axis=0), np.nan, (flat > above).mean(axis=0))
    frame.attrs.update({str(name): value for name, value in draws.attrs.items()})
    return converted(frame, as_)
