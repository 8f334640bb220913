"""A projection as files: what it is made again from, and the figures that may be shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sufficiency import _core
from sufficiency.errors import Error
from sufficiency.fitted import Fitted, restored
from sufficiency.kept import recipe_files, recipe_of, sheet_bytes, sheets_of
from sufficiency.recipe import Recipe
from sufficiency.saving import damaged, json_bytes
from sufficiency.scenario import Scenario

if TYPE_CHECKING:
    from sufficiency.projection import Projection


def run_files(
    core: Any, fitted: Fitted, scenarios: Sequence[Scenario], options: dict[str, Any]
) -> dict[str, bytes]:
    """A whole run: fit, scenarios, recipe, exact histograms."""
    _, to, draws, seed, workers, keep = core.recipe
    recipe = {"to": to, "draws": draws, "seed": seed, "workers": workers, "keep": keep}
    recipe |= {"options": options, "margins": core.margins}
    files = {f"fit/{name}": content for name, content in recipe_files(fitted._recipe).items()}
    for position, scenario in enumerate(scenarios, start=1):
        files[f"scenarios/{position:02}.toml"] = scenario.to_toml().encode()
    return files | {"recipe.json": json_bytes(recipe), "histograms.npz": sheet_bytes(core.sheets())}


def run_of(files: dict[str, bytes]) -> tuple[Any, Fitted, Any, list[Scenario], dict[str, Any]]:
    """The run of `run_files`: its core, fit, case, scenarios and options.

    Raises
    ------
    InputError
        If a file is absent or not what was written.
    """
    within = {name[4:]: content for name, content in files.items() if name.startswith("fit/")}
    fitted = restored(recipe_of(within))
    texts = [files[name].decode() for name in sorted(files) if name.startswith("scenarios/")]
    scenarios = [Scenario._read(text, "scenario") for text in texts]
    try:
        recipe = json.loads(files["recipe.json"])
        to, draws, seed, options = recipe["to"], tuple(recipe["draws"]), recipe["seed"], recipe["options"]
        case = Recipe(fitted, scenarios, to, seed, recipe["keep"], options).case()
        sheets = sheets_of(files["histograms.npz"])
        core = _core.Projection.restored(
            case, to, draws, seed, recipe["workers"], recipe["keep"], recipe["margins"], sheets
        )
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        if isinstance(error, Error):
            raise
        raise damaged("restricted/recipe.json", "cannot be read") from error
    return core, fitted, case, scenarios, options


def public_files(projection: Projection) -> tuple[dict[str, bytes], dict[str, object]]:
    """Authority-wide figures by year as CSV, rows with measure and basis; and what disclosure control did."""
    from sufficiency.release import csv_bytes, describe, release, stack

    measures = ["plans", "new_plans", "demand"]
    if projection._core.has_sites:
        measures += ["places", "placed", "waiting", "independent", "utilisation", "shortfall"]
    out = release({measure: getattr(projection, measure)() for measure in measures}, projection)
    parts = {measure: describe(each, {"measure": measure, "basis": each.basis}) for measure, each in out.items()}
    sheets = {"public/shortfall.csv": parts.pop("shortfall")} if "shortfall" in parts else {}
    sheets["public/by_year.csv"] = stack(list(parts.values()))
    done: dict[str, object] = {
        name: {"profile": each.profile, "notes": list(each.notes)} for name, each in sheets.items()
    }
    return {name: csv_bytes(each) for name, each in sheets.items()}, done
