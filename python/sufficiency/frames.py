"""Data frames: the one module that knows pandas, polars, Arrow and xarray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v1 as nw
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
        native = nw.from_native(frame, eager_only=True)
        columns = {str(name): native[name].to_list() for name in native.columns}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise InputError("the columns of a table must have one length [ragged-columns]")
    return columns


def axis_column(name: str, labels: Sequence[str], positions: NDArray[np.uint32]) -> NDArray[Any]:
    """One axis column: integers for ages and curriculum years, text for the rest, ``all`` for totals."""
    values: NDArray[Any]
    if not len(labels):
        # Such as planning areas where the tables name none: rows by area are still rows.
        return np.full(len(positions), "", dtype=object)
    if name in INTEGER_AXES and "all" not in labels:
        values = np.array([int(label) for label in labels], dtype=np.int64)
    elif name == "in_authority" and "all" not in labels:
        values = np.array([label == "True" for label in labels])
    else:
        values = np.array([_value(name, label) for label in labels], dtype=object)
    return values[positions]


def _value(name: str, label: str) -> object:
    return int(label) if name in INTEGER_AXES and label != "all" else label


def pandas_table(parts: Mapping[str, Any], order: Sequence[str]) -> pd.DataFrame:
    """A pandas frame from the core's columns: the axes in ``order``, then the figures."""
    axes = {name: axis_column(name, labels, positions) for name, labels, positions in parts["axes"]}
    columns: dict[str, Any] = {"year": parts["year"].astype(np.int64)}
    columns |= {name: axes[name] for name in order if name != "year"}
    columns |= parts["columns"]
    return pd.DataFrame(columns)


def converted(frame: pd.DataFrame, kind: FrameKind) -> Any:
    """The frame as pandas, polars or Arrow. Mixed columns (ages beside ``all``) become text outside pandas."""
    if kind == "pandas":
        return frame
    plain = frame.copy()
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = plain[name].astype(str)
    if kind == "polars":
        import polars as pl

        return pl.from_pandas(plain)
    if kind == "arrow":
        import pyarrow as pa

        return pa.Table.from_pandas(plain, preserve_index=False)
    raise InputError(f"as_ must be pandas, polars or arrow, got {kind} [unknown-frame]")


def draws_array(
    parts: Mapping[str, Any], values: NDArray[np.int32], order: Sequence[str], attrs: Mapping[str, object]
) -> xr.DataArray:
    """Draws as a labelled array with dimensions draw, year, then ``order``."""
    import xarray as xr

    names = [name for name in order if name != "year"]
    by_name = {name: (labels, positions) for name, labels, positions in parts["axes"]}
    coordinates: dict[str, Any] = {"draw": np.arange(values.shape[0]), "year": np.unique(parts["year"])}
    for name in names:
        labels, positions = by_name[name]
        coordinates[name] = axis_column(name, labels, np.unique(positions))
    shape = [len(coordinates[name]) for name in ("draw", "year", *names)]
    if np.prod(shape) != values.size:
        raise InputError("draws take one axis of each kind: area or planning_area, not both [nested-axes]")
    return xr.DataArray(
        values.reshape(shape), dims=("draw", "year", *names), coords=coordinates, attrs=dict(attrs)
    )
