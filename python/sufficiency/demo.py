"""What `sufficiency demo` does: the bundled sample, from inputs to tables, charts and a summary in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sufficiency.files import write_text
from sufficiency.project import OF_REPORT
from sufficiency.release import Released, describe, release, stack, write_csv

SAMPLE = "leeds"
SUFFIX = ".csv"


@dataclass(frozen=True)
class Sheet:
    """A table of the demo: file name without ending, measure, axes beside year, origin of base figures."""

    name: str
    measure: str
    by: tuple[str, ...]
    source: str
    says: str


SHEETS = (
    Sheet("plans", "plans", (), "published", "children and young people with a plan, ages 0 to 25"),
    Sheet("new_plans", "new_plans", (), "published", "plans made in the year to each January"),
    Sheet("demand", "demand", (), "published", "specialist demand"),
    Sheet("demand_by_phase", "demand", ("phase",), "published", "specialist demand, primary and secondary age"),
    Sheet("demand_by_need", "demand", ("need",), "synthetic", "specialist demand by primary need"),
    Sheet("demand_by_area", "demand", ("area",), "synthetic", "specialist demand by home postcode district"),
    Sheet("demand_by_planning_area", "demand", ("planning_area",), "synthetic", "the same by planning area"),
)
SCHOOL_PHASES = ("primary", "secondary")
SCENARIO = "leeds/400-places"
OPTION = "the 400 new places"
OTHERS = ("leeds/400-late", "leeds/inclusion")
PACK = "the board pack: the answer, five headlines, options and evidence"
BESIDE = {
    "board.figures.json": "the pack's figures as released, for `earlier` of the next release",
    "manifest.json": "how all this was made and the hash of every file, for `sufficiency verify`",
}
NOW = "as they stand"
GROUP = ["phase", "need_group"]
PLACES_COLUMNS = ("demand", "places", "mean", "p10", "p50", "p90", "p_shortfall", "p_over_10", "p_over_50")
CHANGES = {
    "waiting": "waiting",
    "independent": "independent",
    "shortfall": "shortfall",
    "cost": "cost (thousand pounds)",
}
CHANGE_COLUMNS = ("mean", "p10", "p50", "p90", "p_below_zero")
PLACES = {
    "places": "specialist demand, places, and the chance of a shortfall, without and with the 400 new places",
    "places_by_group": "the same by phase and need group, on the way and in the last year",
    "change": "what the 400 new places change, draw by draw: waiting, independent, shortfall, cost",
}


@dataclass(frozen=True)
class Authority:
    """What the demo must know of the authority beside its projection."""

    name: str
    base_year: int
    areas: pd.DataFrame
    history: pd.DataFrame
    sources: list[dict[str, str]]

    @property
    def planning_areas(self) -> dict[str, str]:
        """Area to its planning area."""
        return dict(zip(self.areas["area"], self.areas["planning_area"], strict=True))

    @property
    def synthetic(self) -> list[str]:
        """Parts of the inputs that were made, as ``table: part``."""
        return [f"{s['table']}: {s['part']}" for s in self.sources if s["status"] == "synthetic"]


@dataclass(frozen=True)
class Run:
    """A finished run: the authority, tables fit for release, flags in words, and how it was made."""

    authority: Authority
    tables: dict[str, pd.DataFrame]
    places: dict[str, pd.DataFrame]
    flags: dict[str, str]
    draws: int
    seed: int
    to: int
    pack: tuple[Any, ...] = ()
    """Projections of the board pack: as things stand first, then the options."""
    released: Mapping[str, Released] | None = None
    """The tables as they were released."""

    @property
    def on_the_way(self) -> int:
        """The January shown between now and the last: 2030, or the middle of the run."""
        base_year = self.authority.base_year
        return 2030 if base_year < 2030 < self.to else (base_year + self.to + 1) // 2


def run_demo(out: Path, *, draws: int, seed: int, to: int, talk: Callable[[str], None]) -> str:
    """Run the bundled sample, write tables, charts, README.txt and summary.txt to a folder.

    Parameters
    ----------
    out : Path
        Folder; made if absent, files of the same names are replaced.
    draws, seed, to : int
        As for `project`.
    talk : callable
        Takes one line saying what is being done.

    Returns
    -------
    str
        The summary in words.
    """
    from sufficiency.demo_words import readme, summary

    run, released = project_sample(draws=draws, seed=seed, to=to, talk=talk)
    talk(f"writing tables to {out}")
    says = {sheet.name: sheet.says for sheet in SHEETS} | PLACES
    written = {write_csv(released[name], out / f"{name}{SUFFIX}").name: words for name, words in says.items()}
    talk("drawing charts")
    written |= draw_charts(out, run, talk)
    text = summary(run)
    write_text(out / "summary.txt", text)
    written["summary.txt"] = "the summary in words"
    pack = write_pack(out, run, talk)
    listed = [*written, "README.txt"]
    written |= pack
    write_text(out / "README.txt", readme(run, written))
    if pack:
        from sufficiency.report.pack import add_to_pack

        add_to_pack(out, listed)
        talk(f"board pack: {', '.join(str(out / name) for name, says in pack.items() if says == PACK)}")
    return text


def project_sample(
    *, draws: int, seed: int, to: int, talk: Callable[[str], None]
) -> tuple[Run, dict[str, Released]]:
    """Read, fit and project the sample; all its tables are released together."""
    import sufficiency as sf

    talk(f"reading the bundled sample, {SAMPLE}")
    inputs = sf.sample(SAMPLE)
    authority = authority_of(inputs)
    talk("fitting")
    fitted = sf.fit(inputs)
    talk(f"projecting to January {to}, {draws:,} draws")
    base = sf.project(fitted, to=to, draws=draws, seed=seed, **counted())
    talk(f"projecting with {OPTION}, with the same two years late, and with more inclusion")
    option, *others = (option_of(base, name) for name in (SCENARIO, *OTHERS))
    tables = {sheet.name: sheet_table(base, sheet) for sheet in SHEETS}
    tables |= places_tables(base, option) | change_tables(sf.compare(base, option))
    out = release(tables, [base, option])
    released = put_together(out, authority)
    flags = pd.concat([inputs.flag_table(), fitted.flag_table()]).drop_duplicates("flag")
    words = dict(zip(flags["flag"], flags["meaning"], strict=True))
    sheets = {sheet.name: released[sheet.name].table for sheet in SHEETS}
    places = {name: released[name].figures() for name in PLACES}
    return Run(authority, sheets, places, words, draws, seed, to, (base, option, *others), out), released


def counted() -> dict[str, Any]:
    """What a report asks for, and the tables of the demo: nothing is counted twice."""
    return {"keep": "report", "margins": [*OF_REPORT["margins"], ["need"], ["area"]]}


def option_of(base: Any, name: str) -> Any:
    """A shipped scenario under the recipe of the base, with what the tables and the board pack ask for."""
    import sufficiency as sf

    recipe = base.recipe
    return sf.project(
        base.fitted,
        to=recipe["to"],
        draws=recipe["draws"],
        seed=recipe["seed"],
        scenario=sf.read_scenario(name),
        keep="report",
    )


def sheet_table(projection: Any, sheet: Sheet) -> pd.DataFrame:
    """The table of a sheet."""
    where = {"phase": list(SCHOOL_PHASES)} if "phase" in sheet.by else None
    table: pd.DataFrame = getattr(projection, sheet.measure)(by=list(sheet.by), where=where)
    return table


def places_tables(base: Any, option: Any) -> dict[str, pd.DataFrame]:
    """Places and shortfalls without and with the option, for the whole authority and by phase and need group."""
    tables = {}
    for name, run in ((NOW, base), (OPTION, option)):
        tables[f"places, {name}"] = run.shortfall()
        by_group = run.shortfall(GROUP)
        # Without children whose need is not recorded: no place is for them, and they are few.
        tables[f"places_by_group, {name}"] = by_group[by_group["need_group"] != "unknown"].reset_index(drop=True)
    return tables


def change_tables(change: Any) -> dict[str, pd.DataFrame]:
    """What the option changes, paired draw by draw."""
    return {f"change, {words}": getattr(change, measure)() for measure, words in CHANGES.items()}


def put_together(out: dict[str, Released], authority: Authority) -> dict[str, Released]:
    """Released tables, described, as the demo's files hold them."""
    files = {}
    for sheet in SHEETS:
        years = out[sheet.name].table["year"]
        origin = ["base" if year == authority.base_year else "simulated" for year in years]
        words: dict[str, Any] = {"measure": sheet.measure, "basis": "observed", "figure": origin}
        files[sheet.name] = describe(out[sheet.name], words | {"source": sheet.source})
    for name, axes in (("places", []), ("places_by_group", GROUP)):
        kept = ["year", *axes, "option", "measure", "kind", "basis", *PLACES_COLUMNS]
        parts = [
            describe(
                out[f"{name}, {option}"],
                {"option": option, "measure": "shortfall", "kind": "cell", "basis": "observed"},
                kept,
            )
            for option in (NOW, OPTION)
        ]
        files[name] = stack(parts)
    changes = [
        describe(out[f"change, {words}"], {"measure": words}, ["year", "measure", *CHANGE_COLUMNS])
        for words in CHANGES.values()
    ]
    return files | {"change": stack(changes)}


def authority_of(inputs: Any) -> Authority:
    """Name, areas, counted plans and sources of checked inputs."""
    return Authority(
        name=inputs.name,
        base_year=inputs.base_year,
        areas=inputs.table("areas"),
        history=plan_history(inputs.table("plans")),
        sources=inputs.sources().to_dict("records"),
    )


def plan_history(plans: pd.DataFrame) -> pd.DataFrame:
    """Counted plans, columns year and count: of the margins stacked in a year, that by age stands."""
    by_age = plans[plans["age"] != "all"]
    other = plans[(plans["age"] == "all") & ~plans["year"].isin(by_age["year"])]
    counted = pd.concat([by_age, other]).groupby("year")["plans"].sum()
    return counted.rename("count").reset_index()


def write_pack(out: Path, run: Run, talk: Callable[[str], None]) -> dict[str, str]:
    """Write the board pack and say what each file is; without its packages say what to install.

    Its figures are judged together with those of the tables that lie beside it.
    """
    from sufficiency.errors import InputError
    from sufficiency.report import report

    if not run.pack:
        return {}
    talk("writing the board pack")
    try:
        made = report(run.pack, out, earlier=run.released)
    except InputError as error:
        if "missing-package" not in str(error):
            raise
        talk(f"board pack left out: {error}")
        return {}
    names = [path.name for path in (made if isinstance(made, list) else [made])]
    return dict.fromkeys(names, PACK) | BESIDE


def draw_charts(out: Path, run: Run, talk: Callable[[str], None]) -> dict[str, str]:
    """Draw the charts and say what each file is; without altair say what to install."""
    try:
        from sufficiency.demo_charts import charts
        from sufficiency.plots.theme import save
    except ImportError as error:
        talk(f"charts left out: {error.name} is missing; pip install 'sufficiency[report]' brings it")
        return {}
    written: dict[str, str] = {}
    for stem, (says, chart) in charts(run).items():
        written |= {path.name: says for path in save(chart, out / stem)}
    return written
