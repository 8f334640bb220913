"""A fitted model: parameters as distributions, base children, residents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from sufficiency import _core
from sufficiency.errors import InputError
from sufficiency.frames import columns_of
from sufficiency.kept import input_files, recipe_files, recipe_of
from sufficiency.saving import load_folder, same_model, save_folder
from sufficiency.showing import html_list, html_table
from sufficiency.text_tables import text_columns

COUNTS = ("plans", "population", "children")
LAWS = ("alpha", "beta", "shape", "mean", "value", "leave", "arrive", "share")
NUMBER_COLUMNS = frozenset(["year", *COUNTS, *LAWS])
SUPPLY = ("sites", "places", "occupied", "travel", "costs")
OVERFLOW = ("independent_share", "return_at_phase_transfer")
WALK = ("authority_sd", "area_sd", "births_sd")


class Fitted:
    """What is known about an authority's future rates, ready to project.

    Made by `sufficiency.fit`, or from explicit tables by `Fitted.from_parameters`.
    """

    def __init__(self, core: _core.Fitted, recipe: dict[str, Any]) -> None:
        self._core = core
        self._recipe = recipe

    @classmethod
    def from_parameters(
        cls,
        *,
        base_year: int,
        areas: Sequence[str],
        needs: Sequence[str],
        settings: Sequence[str],
        plans: Any,
        population: Any,
        ceasing: Any,
        transitions: Any,
        new_plans: Any,
        first_setting: Any,
        transfers_out: Any = None,
        area_moves: Any = None,
        need_changes: Any = None,
        transfers_in: Any = None,
        area_multipliers: Any = None,
        shocks: Any = None,
        levels: Any = None,
        population_flows: Any = None,
        exposure_path: Any = None,
        population_walk: dict[str, float] | None = None,
        support: Any = None,
        exposure: Literal["residents", "without_plans"] = "residents",
        sites: Any = None,
        places: Any = None,
        occupied: Any = None,
        travel: Any = None,
        costs: Any = None,
        authority: str | None = None,
        independent_share: Any = 0.2,
        return_at_phase_transfer: float = 1.0,
    ) -> Fitted:
        """A model from explicit tables, each a data frame or a mapping of columns.

        One row is one random quantity, drawn once per draw and shared over its ages, need and setting (`all`
        and ranges such as `5-10` share). Rates use the age after ageing on. Every age 0 to 25, need and setting
        needs exactly one row. `SPECIFICATION.md` section 3 gives the columns of each table.

        Parameters
        ----------
        base_year : int
            January census of `plans`.
        areas, needs, settings : sequence of str
            Codes in the order in which tables shall show them.
        plans : table
            area, age, need, setting, plans (children).
        population : table
            area, age, population (resident children in the base year).
        ceasing, transfers_out : table
            age, need, setting and alpha, beta (a Beta) or value (a point): chance a year.
        area_moves : table
            age, need and alpha, beta or value: chance a year of moving home within the authority.
        transitions : table
            age, need, setting, to_setting and alpha (a Dirichlet) or value.
        need_changes : table
            age, need, to_need and alpha or value.
        new_plans : table
            age, need and shape, mean (a Gamma) or value: new plans a year and resident child.
        first_setting : table
            age, need, to_setting and alpha or value.
        transfers_in : table
            age, need and shape, mean or value: children a year, whole authority.
        area_multipliers : table
            area, need and shape, mean or value: relative risk.
        shocks : table
            age, need, group, shape: yearly Gamma(shape, 1 / shape) shared by the cells of a group.
        levels : table
            year, need, value: multiplies new plans in that year.
        population_flows : table
            area, age, leave (share a year), arrive (mean children a year; births at age 0).
        exposure_path : table
            year, area, age, population: expected residents, with `population_walk` around them.
        population_walk : dict
            authority_sd, area_sd, births_sd: yearly standard deviations of log population.
        support : table
            area, age, need, kind, children: supported without a plan, whom a scenario may give one.
        exposure : {"residents", "without_plans"}
            Whether children who have a plan are taken off the exposure of new plans.
        sites, places, occupied, travel, costs : table
            Named provision, with the columns of the input folder. With more than one area the way from each area
            to each site is needed.
        authority : str, optional
            Code of the authority: sites of another one serve only children who require their setting. Without it
            every site is in the authority.
        independent_share : float or table
            Share a year of the children who find no place who go to an independent school instead of waiting; or
            a table of phase, need, share (`all` allowed) that covers every phase and need.
        return_at_phase_transfer : float
            Share of those there who seek a place of ours at ages 4, 11 and 16.

        Raises
        ------
        InputError
            With every problem found: missing or overlapping rows, unknown codes, impossible values.

        Examples
        --------
        >>> ages, rate = list(range(26)), {"age": ["all"]}
        >>> model = sf.Fitted.from_parameters(
        ...     base_year=2025, areas=["A"], needs=["ASD"], settings=["special"],
        ...     plans={"area": ["A"], "age": [7], "need": ["ASD"], "setting": ["special"], "plans": [40]},
        ...     population={"area": ["A"] * 26, "age": ages, "population": [500] * 26},
        ...     ceasing=rate | {"alpha": [5.0], "beta": [95.0]},
        ...     transitions=rate | {"setting": ["special"], "to_setting": ["special"], "value": [1.0]},
        ...     new_plans=rate | {"shape": [50.0], "mean": [0.002]},
        ...     first_setting=rate | {"to_setting": ["special"], "value": [1.0]},
        ... )
        >>> model
        <Fitted: January 2025, 1 areas, 1 needs, 1 settings>
        """
        given = {name: value for name, value in locals().items() if name != "cls" and value is not None}
        return cls._from_recipe(given)

    @classmethod
    def _from_recipe(cls, given: dict[str, Any]) -> Fitted:
        if given["exposure"] not in ("residents", "without_plans"):
            raise InputError("exposure must be residents or without_plans [unknown-exposure]")
        walk = dict(given.get("population_walk") or {})
        unknown = set(walk) - set(WALK)
        if unknown:
            raise InputError(f"population_walk has no {sorted(unknown)[0]}; it takes {', '.join(WALK)}")
        tabled = not isinstance(given["independent_share"], (int, float, np.number))
        shared = 0.0 if tabled else float(given["independent_share"])
        overflow = (shared, float(given["return_at_phase_transfer"]))
        apart = {
            "base_year",
            "areas",
            "needs",
            "settings",
            "exposure",
            "population_walk",
            "authority",
            *SUPPLY,
            *OVERFLOW,
        }
        supply = {name: text_columns(name, given[name]) for name in SUPPLY if name in given}
        tables = {name: _core_table(name, value) for name, value in given.items() if name not in apart}
        if tabled:
            tables["independent_share"] = _core_table("independent_share", given["independent_share"])
        core = _core.Fitted.from_tables(
            int(given["base_year"]),
            [str(code) for code in given["areas"]],
            [str(code) for code in given["needs"]],
            [str(code) for code in given["settings"]],
            tables,
            (walk.get("authority_sd", 0.0), walk.get("area_sd", 0.0), walk.get("births_sd", 0.0)),
            given["exposure"] == "without_plans",
            supply,
            overflow,
            given.get("authority"),
        )
        return cls(core, given)

    @property
    def base_year(self) -> int:
        """January census of the base children."""
        return self._core.base_year

    @property
    def codes(self) -> dict[str, list[str]]:
        """Codes of areas, needs and settings, in declared order."""
        return self._core.codes

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides a result; equal fingerprints give equal results."""
        return self._core.fingerprint

    @property
    def flags(self) -> list[str]:
        """What to know before trusting a result, as slugs; `flag_table` says what each means."""
        return list(self._core.flags)

    def flag_table(self) -> pd.DataFrame:
        """Flags in words: columns flag, meaning.

        Examples
        --------
        >>> list(fitted.flag_table().columns)
        ['flag', 'meaning']
        """
        meanings = dict(_core.input_slugs()[1]) | dict(_core.fit_flags())
        if "inputs" in self._recipe:
            of_inputs = self._recipe["inputs"].flag_table()
            meanings |= dict(zip(of_inputs["flag"], of_inputs["meaning"], strict=True))
        rows = [(slug, meanings.get(slug, "")) for slug in self.flags]
        return pd.DataFrame(rows, columns=["flag", "meaning"])

    def summary(self) -> pd.DataFrame:
        """What each quantity rests on: columns quantity, value (in words), status, source.

        `status` is `data` (own figures), `inferred` (worked out from own figures) or `prior` (England's, or
        chosen). A model from explicit tables has no rows: only its maker knows.

        Examples
        --------
        >>> sorted(fitted.summary()["status"].unique())
        ['data', 'inferred', 'prior']
        """
        return pd.DataFrame(self._core.summary, columns=["quantity", "value", "status", "source"])

    def residents(self, to: int) -> pd.DataFrame:
        """Residents as they are expected, for rates such as plans per 1,000 children.

        Parameters
        ----------
        to : int
            Last January.

        Returns
        -------
        DataFrame
            year, area, age, residents: expected; the residents of a draw vary around them. A figure of a draw over
            these is exact in every draw, since they are the same in all.

        Raises
        ------
        InputError
            If `to` lies before the base year or more than 40 years after it.

        Examples
        --------
        >>> residents = fitted.residents(2028).set_index(["year", "area", "age"])["residents"].to_xarray()
        >>> plans = base.to_xarray("plans", by=["area", "age"])
        >>> rate = 1000 * plans.sum(["area", "age"]) / residents.sum(["area", "age"])
        >>> sf.summarise(rate)["year"].tolist()
        [2025, 2026, 2027, 2028]
        """
        if not self.base_year <= int(to) <= self.base_year + 40:
            raise InputError(
                f"to must be a January from {self.base_year} to {self.base_year + 40}, got {to} [out-of-range]"
            )
        return pd.DataFrame(self._core.residents(int(to)), columns=["year", "area", "age", "residents"])

    def moves(self) -> pd.DataFrame:
        """Where the base year's children are expected to be a year later, by required setting.

        Returns
        -------
        DataFrame
            age and need in the base year, setting, to_setting (`left`: the plan ceased, the child moved away or
            turned 26), children: an expectation at the mean of every parameter. New plans are not in it.

        Examples
        --------
        >>> moves = fitted.moves()
        >>> round(moves["children"].sum())
        6093
        """
        table = pd.DataFrame(self._core.moves(), columns=["age", "need", "setting", "to_setting", "children"])
        return table.assign(to_setting=table["to_setting"].fillna("left"))

    def _origin(self) -> dict[str, object]:
        """What the model was learnt from, for a manifest: the authority's tables by hash, or explicit ones."""
        inputs = self._recipe.get("inputs")
        if inputs is None:
            return {"kind": "explicit tables"}
        files = input_files(inputs._raw())
        sources = inputs.sources()
        synthetic = sorted(set(sources.loc[sources["status"] == "synthetic", "table"]))
        about = {"kind": "tables", "name": inputs.name, "code": inputs.code, "synthetic": synthetic}
        return about | {"sha256": {name: hashlib.sha256(held).hexdigest() for name, held in sorted(files.items())}}

    def save(self, path: str | Path) -> Path:
        """Write the model as a folder that `Fitted.load` reads.

        What it is made of, inputs included, lies in `restricted/`: it tells counts of children. What each quantity
        rests on lies in `public/`.

        Raises
        ------
        InputError
            If something else stands at the path.

        Examples
        --------
        >>> fitted.save("my-fit").name
        'my-fit'
        """
        files = {f"restricted/fit/{name}": content for name, content in recipe_files(self._recipe).items()}
        if len(self.summary()):
            files["public/summary.csv"] = self.summary().to_csv(index=False).encode()
        about: dict[str, object] = {
            "fingerprint": self.fingerprint,
            "flags": self.flags,
            "base_year": self.base_year,
        }
        about["inputs"] = self._origin()
        return save_folder(path, "fitted", files, about)

    @classmethod
    def load(cls, path: str | Path) -> Fitted:
        """A model that `save` wrote, made again from what it was made of.

        Raises
        ------
        InputError
            If a file was changed, the folder is of a newer version, or this version makes another model of it.

        Examples
        --------
        >>> _ = fitted.save("my-fit")
        >>> sf.Fitted.load("my-fit").fingerprint == fitted.fingerprint
        True
        """
        saved = load_folder(path, "fitted")
        fitted = restored(recipe_of(saved.under("restricted/fit")))
        same_model(fitted.fingerprint, saved.manifest, "fit")
        return fitted

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return (restored, (self._recipe,))

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(codes)} {kind}s" for kind, codes in self.codes.items())
        flags = f"; flags: {', '.join(self.flags)}" if self.flags else ""
        return f"<Fitted: January {self.base_year}, {sizes}{flags}>"

    def _repr_html_(self) -> str:
        """What each quantity rests on, and the flags; no counts of children."""
        flags = list(self.flag_table().itertuples(index=False, name=None))
        sizes = ", ".join(f"{len(codes)} {kind}s" for kind, codes in self.codes.items())
        said = f"Fitted model from January {self.base_year}: {sizes}"
        summary = self.summary()
        return (html_table(said, summary) if len(summary) else f"<p>{said}</p>") + html_list("Flags", flags)


def restored(recipe: dict[str, Any]) -> Fitted:
    """A fitted model made again from what it was made from."""
    if "inputs" in recipe:
        from sufficiency.fit import fit_with

        return fit_with(recipe["inputs"], recipe["history"], recipe.get("priors"))
    return Fitted._from_recipe(recipe)


def _core_table(name: str, table: Any) -> dict[str, Any]:
    columns = columns_of(table)
    try:
        return {
            column: np.asarray(values, dtype=np.float64)
            if column in NUMBER_COLUMNS
            else [str(value) for value in values]
            for column, values in columns.items()
        }
    except (TypeError, ValueError) as error:
        raise InputError(f"table {name} has a value that is not a number [not-a-number]") from error
