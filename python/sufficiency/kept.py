"""What inputs, fits and projections are as files, and what they are made from again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.frames import columns_of
from sufficiency.saving import damaged, json_bytes

# --- inputs: the folder that read_inputs reads


def input_files(raw: tuple[str, dict[str, dict[str, list[str]]], bool]) -> dict[str, bytes]:
    """Tables of checked inputs as the CSV files of an input folder."""
    authority, tables, published = raw
    files = {"authority.toml": authority.encode(), "published.json": json_bytes(published)}
    return files | {f"{name}.csv": _csv(columns) for name, columns in tables.items()}


def input_tables(files: Mapping[str, bytes]) -> tuple[str, dict[str, dict[str, list[str]]], bool]:
    """The tables of `input_files`.

    Raises
    ------
    InputError
        If a file is absent or not what was written.
    """
    try:
        tables = {name[:-4]: _columns(content) for name, content in files.items() if name.endswith(".csv")}
        return files["authority.toml"].decode(), tables, bool(json.loads(files["published.json"]))
    except (KeyError, ValueError, csv.Error) as error:
        raise damaged("restricted/inputs", "cannot be read") from error


def _csv(columns: Mapping[str, Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _columns(content: bytes) -> dict[str, list[str]]:
    head, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    return {name: [row[at] for row in rows] for at, name in enumerate(head)}


# --- a fit: its inputs and years, or its explicit tables


def recipe_files(recipe: Mapping[str, Any]) -> dict[str, bytes]:
    """What a fitted model is made of, as files: it is made again when loaded, which takes less than a second."""
    if "inputs" in recipe:
        files = {f"inputs/{name}": content for name, content in input_files(recipe["inputs"]._raw()).items()}
        about = {name: recipe[name] for name in ("history", "priors") if name in recipe}
        return files | {"fit.json": json_bytes(about)}
    return {"parameters.json": json_bytes({name: _plain(value) for name, value in recipe.items()})}


def recipe_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The recipe of `recipe_files`.

    Raises
    ------
    InputError
        If a file is absent, not what was written, or breaks a rule of inputs.
    """
    from sufficiency.inputs import Inputs

    try:
        if "parameters.json" in files:
            given: dict[str, Any] = json.loads(files["parameters.json"])
            return given
        about = json.loads(files["fit.json"])
        history = about["history"]
    except (KeyError, ValueError, TypeError) as error:
        raise damaged("restricted/fit", "cannot be read") from error
    tables = {name[len("inputs/") :]: content for name, content in files.items() if name.startswith("inputs/")}
    inputs = Inputs(_core.Inputs.from_tables(*input_tables(tables)))
    priors = {"priors": about["priors"]} if "priors" in about else {}
    return {"inputs": inputs, "history": None if history is None else tuple(history)} | priors


def _plain(value: Any) -> Any:
    """Numbers, text, lists and mappings of them; a table becomes its columns."""
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [_plain(item) for item in value]
    return {head: _plain(list(column)) for head, column in columns_of(value).items()}


# --- counts: exact histograms, and kept draws

SheetList = list[tuple[str, tuple[Any, Any, Any], Any]]


def sheet_bytes(sheets: SheetList) -> bytes:
    """Histograms of a projection as one compressed NumPy archive."""
    arrays: dict[str, Any] = {"specs": np.frombuffer(json_bytes([spec for spec, _, _ in sheets]), dtype=np.uint8)}
    for at, (_, (first, offset, counts), kept) in enumerate(sheets):
        # Most counts are small: the smallest type that holds them all.
        arrays |= {f"first{at}": first, f"width{at}": _small(np.diff(offset)), f"counts{at}": _small(counts)}
        if kept is not None:
            arrays[f"kept{at}"] = kept
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def sheets_of(content: bytes) -> SheetList:
    """The histograms of `sheet_bytes`.

    Raises
    ------
    InputError
        If the bytes are not such an archive.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            specs = json.loads(held["specs"].tobytes())
            return [(str(spec), _arrays(held, at), _kept(held, at)) for at, spec in enumerate(specs)]
    except InputError:
        raise
    except Exception as error:  # NumPy and zipfile raise many kinds on bytes that are not theirs.
        raise damaged("restricted/histograms.npz", "cannot be read") from error


def _arrays(held: Any, at: int) -> tuple[Any, Any, Any]:
    width = held[f"width{at}"].astype(np.uint64)
    offset = np.concatenate([np.zeros(1, np.uint64), np.cumsum(width, dtype=np.uint64)])
    return held[f"first{at}"].astype(np.int32), offset, held[f"counts{at}"].astype(np.uint32)


def _kept(held: Any, at: int) -> Any:
    name = f"kept{at}"
    return np.ascontiguousarray(held[name], dtype=np.int32) if name in held else None


def _small(values: Any) -> Any:
    largest = int(values.max(initial=0))
    kind = np.uint8 if largest < 2**8 else np.uint16 if largest < 2**16 else np.uint32
    return values.astype(kind)
