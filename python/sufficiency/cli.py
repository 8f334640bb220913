"""The command line: each command parses, calls, prints. Data to stdout, talk to stderr."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sufficiency._core import __version__
from sufficiency.errors import Error, InputError

NO, COULD_NOT_RUN, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    help="Will there be enough of the right specialist places, where and when, and how sure are we?",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; leaves by `SystemExit`: 0 done, 1 answered no, 2 could not run, 130 stopped."""
    app(args=arguments, prog_name="sufficiency")


def talk(line: str) -> None:
    """Say something to the person, beside the data."""
    print(line, file=sys.stderr)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a function as a command whose failures are plain words and an exit code."""

    @functools.wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            function(*arguments, **options)
        except KeyboardInterrupt:
            talk("stopped")
            raise SystemExit(INTERRUPTED) from None
        except (Error, OSError) as error:
            talk(f"error: {plain(error)}")
            raise SystemExit(COULD_NOT_RUN) from None
        except Exception as error:
            talk(f"error: {type(error).__name__}: {error}")
            talk("\nhint: this is a fault of sufficiency; please report it")
            raise SystemExit(COULD_NOT_RUN) from None

    app.command()(run)
    return run


def plain(error: Error | OSError) -> str:
    """An error in words: its problems one a line, or its message."""
    if isinstance(error, Error):
        return "\n".join(problem_lines(error)) or str(error)
    return f"{error.strerror}: {error.filename}" if error.filename else str(error)


def problem_lines(error: Error) -> list[str]:
    """Every problem of an error on a line of its own, or the message alone if it lists none."""
    if not error.problems:
        return [str(error)]
    return [problem_line(problem) for problem in error.problems]


def problem_line(problem: dict[str, object]) -> str:
    """Where a problem is, what it is, its slug, and the way out."""
    words = [str(problem[part]) for part in ("table", "column") if problem.get(part)]
    where = ", ".join([*words[:1], *([f"row {problem['row']}"] if problem.get("row") else []), *words[1:]])
    slug = f" [{problem['slug']}]" if problem.get("slug") else ""
    hint = f"\n    hint: {problem['hint']}" if problem.get("hint") else ""
    return (
        f"{where}: {problem.get('message', '')}{slug}{hint}"
        if where
        else f"{problem.get('message', '')}{slug}{hint}"
    )


def flag_line(flag: dict[Any, Any]) -> str:
    """A flag with its table and years, in words."""
    where = ", ".join(str(flag[part]) for part in ("table", "years") if flag.get(part))
    return f"flag {flag['flag']}{f' ({where})' if where else ''}: {flag['meaning']}"


def print_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        print(f"sufficiency {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Will there be enough of the right specialist places, where and when, and how sure are we?"""


@command
def demo(
    out: Annotated[Path, typer.Option(help="Folder for tables and charts.")] = Path("out"),
    draws: Annotated[int, typer.Option(help="Simulated futures.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Seed of all randomness.")] = 1,
    to: Annotated[int, typer.Option(help="Last January.")] = 2035,
) -> None:
    """Project the bundled Leeds sample: tables, charts, a summary.

    Tables and charts go to a folder, the summary in words to stdout.
    """
    from sufficiency.demo import run_demo

    print(run_demo(out, draws=draws, seed=seed, to=to, talk=talk), end="")
    talk(f"done: see {out / 'README.txt'}")


@command
def template(
    folder: Annotated[Path, typer.Argument(help="A new folder, or a new .xlsx file.")],
    excel: Annotated[
        bool, typer.Option("--excel", help="A workbook of blank tables, tables.xlsx in the folder.")
    ] = False,
    example: Annotated[
        bool, typer.Option("--example", help="The workbook with the invented tables in it.")
    ] = False,
) -> None:
    """Write tables to be filled in, then checked: a folder of small invented ones, or a blank workbook."""
    from sufficiency.template import write_template

    if excel or folder.suffix.lower() == ".xlsx":
        from sufficiency.template_workbook import write_workbook

        target = folder if folder.suffix.lower() == ".xlsx" else folder / "tables.xlsx"
        print(write_workbook(target, example=example))
        talk(f"next: fill it in, then sufficiency check {target}")
        return
    for path in write_template(folder):
        print(path)
    talk(f"next: sufficiency check {folder}")


@command
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of input tables, or a workbook of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what is wrong with a folder of inputs, or ok."""
    import sufficiency as sf

    if not folder.is_dir() and not folder.is_file():
        raise NotADirectoryError(2, "no such folder", str(folder))
    try:
        table = sf.read_inputs(folder).flag_table()
        flags: list[dict[Any, Any]] = table.to_dict("records")
        problems: list[dict[str, object]] = []
        lines = ["ok", *(flag_line(flag) for flag in flags)]
    except InputError as error:
        flags, problems = [], error.problems or [{"message": str(error)}]
        lines = problem_lines(error)
    answer = {"ok": not problems, "problems": problems, "flags": flags}
    print(json.dumps(answer, indent=2, default=str) if as_json else "\n".join(lines))
    if problems:
        talk(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'} in {folder}")
        raise SystemExit(NO)


OutFolder = Annotated[Path, typer.Option("--out", help="Folder to write; one saved before is replaced.")]
Profile = Annotated[
    str, typer.Option(help="public, partner, or restricted: what of small counts is withheld (see --reason).")
]
Reason = Annotated[str, typer.Option(help="Why a restricted release is needed; it stands in what is written.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@command
def fit(
    folder: Annotated[Path, typer.Argument(help="Folder of input tables.")],
    out: OutFolder,
    history: Annotated[str, typer.Option(help="First and last January to learn from, as 2015:2025.")] = "",
    as_json: AsJson = False,
) -> None:
    """Learn an authority's rates; keep the model in a folder."""
    import sufficiency as sf
    from sufficiency.release import whole_authority

    years = pair("history", history) if history else None
    fitted = sf.fit(sf.read_inputs(folder), history=years)
    fitted.save(out)
    if as_json:
        print(
            json.dumps({"base_year": fitted.base_year, "flags": fitted.flags, "fingerprint": fitted.fingerprint})
        )
    else:
        said = whole_authority(fitted.summary(), [], "what each quantity rests on: rates, no counts")
        print(said.table.to_string(index=False))
    talk(f"next: sufficiency project {out} --to {fitted.base_year + 10} --seed 1 --out DIR")


@command
def project(
    fitted: Annotated[Path, typer.Argument(metavar="FIT", help="Folder that `sufficiency fit` wrote.")],
    to: Annotated[int, typer.Option(help="Last January.")],
    seed: Annotated[int, typer.Option(help="Seed of all randomness.")],
    out: OutFolder,
    draws: Annotated[int, typer.Option(help="Simulated futures.")] = 2_000,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Scenario file, or leeds/NAME; may be given again, applied in order.")
    ] = None,
    draws_range: Annotated[str, typer.Option(help="Only these draws, as 0:500; `merge` puts them together.")] = "",
    checkpoint: Annotated[
        Path | None, typer.Option(help="Folder that keeps draws as they finish: the same call goes on from there.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Threads; all cores by default. Never changes results.")
    ] = None,
    for_report: Annotated[
        bool, typer.Option("--for-report", help="Count what a report shows, and keep its draws: it rests on all.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a fitted model to a January; keep the projection in a folder."""
    import sufficiency as sf

    projection = sf.project(
        sf.Fitted.load(fitted),
        to=to,
        draws=draws,
        seed=seed,
        scenario=[sf.read_scenario(each) for each in scenario or []],
        draws_range=pair("draws-range", draws_range) if draws_range else None,
        checkpoint=checkpoint,
        workers=workers,
        keep="report" if for_report else None,
    )
    keep(projection, out, as_json)


@command
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Projections of ranges of draws.")],
    out: OutFolder,
    as_json: AsJson = False,
) -> None:
    """Put projections of ranges of draws together: the bytes of one run."""
    import sufficiency as sf

    keep(sf.merge([sf.Projection.load(folder) for folder in folders]), out, as_json)


@command
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of a projection.")],
    second: Annotated[Path, typer.Argument(help="Folder of another, of the same fit, seed and draws.")],
    measure: Annotated[str, typer.Option(help="What to compare, such as shortfall, waiting, cost.")] = "shortfall",
    by: Annotated[str, typer.Option(help="Axes beside year, with commas.")] = "",
    profile: Profile = "public",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """The second projection less the first, draw by draw, as CSV."""
    import sufficiency as sf
    from sufficiency.release import csv_bytes
    from sufficiency.tables import MEASURES

    if measure not in MEASURES:
        raise InputError(f"measure must be one of {', '.join(MEASURES)}, got {measure} [unknown-measure]")
    difference = sf.compare(sf.Projection.load(first), sf.Projection.load(second))
    table = getattr(difference, measure)([axis.strip() for axis in by.split(",") if axis.strip()])
    released = sf.release({measure: table}, difference, profile=profile, reason=reason or None)[measure]
    if released.watermark is not None:
        talk(released.watermark)
    text = released.table.to_json(orient="records", indent=1) if as_json else csv_bytes(released).decode()
    print(text, end="")


@command
def backtest(
    folder: Annotated[Path, typer.Argument(help="Folder of input tables with the years to test.")],
    seed: Annotated[int, typer.Option(help="Seed of all randomness.")],
    origins: Annotated[
        str, typer.Option(help="Januaries to forecast from, as 2019,2020; else all there can be.")
    ] = "",
    horizons: Annotated[str, typer.Option(help="Years ahead, with commas.")] = "1,2,3",
    draws: Annotated[int, typer.Option(help="Simulated futures.")] = 500,
    as_json: AsJson = False,
) -> None:
    """Forecast from past Januaries with what was known then, and score it against what came, as CSV."""
    import sufficiency as sf
    from sufficiency.backtest import actual_plans, released_scores
    from sufficiency.release import csv_bytes

    inputs = sf.read_inputs(folder)
    ahead = numbers("horizons", horizons)
    known = actual_plans(inputs)["total"].dropna().index
    starts = numbers("origins", origins) if origins else [year for year in known[3:] if year + min(ahead) in known]
    result = sf.backtest(inputs, starts, ahead, draws=draws, seed=seed)
    for line in result.left_out.itertuples():
        talk(f"left out: January {line.origin}: {line.why}")
    released = released_scores(result)
    text = released.table.to_json(orient="records", indent=1) if as_json else csv_bytes(released).decode()
    print(text, end="")


@command
def site(
    fitted: Annotated[Path, typer.Argument(metavar="FIT", help="Folder that `sufficiency fit` wrote.")],
    seed: Annotated[int, typer.Option(help="Seed of all randomness.")],
    places: Annotated[int, typer.Option(help="Most new places.")] = 400,
    to: Annotated[int | None, typer.Option(help="Last January that counts; ten years ahead by default.")] = None,
    draws: Annotated[int, typer.Option(help="Frozen draws; as many fresh ones score the choice again.")] = 40,
    candidates: Annotated[Path | None, typer.Option(help="CSV of sites that may open or grow.")] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="What happens anyway; may be given again.")] = None,
    regime: Annotated[list[str] | None, typer.Option(help="Another future; may be given again.")] = None,
    budget: Annotated[float | None, typer.Option(help="Most capital, thousand pounds.")] = None,
    patterns: Annotated[int | None, typer.Option(help="Other patterns of districts to choose in.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the choice as a scenario file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Choose where, what kind and when to open places; print what opens, as CSV."""
    import pandas as pd

    import sufficiency as sf

    result = sf.site_places(
        sf.Fitted.load(fitted),
        places=places,
        to=to,
        seed=seed,
        draws=draws,
        candidates=None if candidates is None else pd.read_csv(candidates),
        scenario=[sf.read_scenario(each) for each in scenario or []],
        regimes={each.name: each for each in map(sf.read_scenario, regime or [])},
        budget=budget,
        patterns=patterns,
    )
    if out is not None:
        result.scenario.save(out)
    print(result.to_json() if as_json else result.to_pandas().to_csv(index=False), end="")
    talk(result.summary())


@command
def report(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Projections: as things stand first, then options.")
    ],
    out: Annotated[Path, typer.Option("--out", help="An .html, .pdf or .xlsx file, or a folder for all three.")],
    title: Annotated[str, typer.Option(help="Heading of the page.")] = "",
    profile: Profile = "public",
    reason: Reason = "",
    earlier: Annotated[
        list[Path] | None, typer.Option(help="A pack that is out already, by its folder; may be given again.")
    ] = None,
) -> None:
    """Write what a board can decide from: a page, a PDF, a workbook, or all three."""
    import sufficiency as sf

    runs = [sf.Projection.load(folder) for folder in folders]
    made = sf.report(runs, out, title=title or None, profile=profile, reason=reason or None, earlier=earlier)
    for path in made if isinstance(made, list) else [made]:
        print(path)


@command
def scap(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a projection.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for table, checks and method.")] = None,
    la_number: Annotated[str, typer.Option(help="The authority's number; else from authority.toml.")] = "",
    areas: Annotated[Path | None, typer.Option(help="CSV of the survey's planning areas.")] = None,
    previous: Annotated[Path | None, typer.Option(help="scap.csv of last year, for the back-check.")] = None,
) -> None:
    """The specialist forecast of the School Capacity survey, as CSV; its checks beside it."""
    import pandas as pd

    import sufficiency as sf
    from sufficiency.release import csv_bytes

    given, before = (None if path is None else pd.read_csv(path) for path in (areas, previous))
    found = sf.scap(sf.Projection.load(folder), la_number=la_number or None, areas=given, previous=before)
    for check in found.checks.to_dict("records"):
        state = "" if check["ok"] is None else "ok: " if check["ok"] else "look: "
        talk(f"{check['check']}: {state}{check['finding']}")
    if out is None:
        print(csv_bytes(found.table).decode(), end="")
    else:
        for path in found.write(out):
            print(path)


@command
def verify(
    folder: Annotated[Path, typer.Argument(help="A folder that this program wrote, or a file of a report.")],
    as_json: AsJson = False,
) -> None:
    """Say whether every file of a saved folder or a board pack is as it was written."""
    import sufficiency as sf

    found = sf.verify(folder)
    lines = [f"{each['table']} {each['message']} [{each['slug']}]" for each in found.problems]
    answer = {"ok": found.ok, "problems": found.problems, "manifest": found.manifest}
    print(json.dumps(answer, indent=2) if as_json else "\n".join(lines or ["ok"]))
    if not found.ok:
        raise SystemExit(NO)


def pair(name: str, text: str) -> tuple[int, int]:
    """Two whole numbers written as 2015:2025."""
    try:
        first, last = (int(part) for part in text.split(":"))
    except ValueError as error:
        raise InputError(f"--{name} takes two whole numbers such as 0:500, got {text} [out-of-range]") from error
    return first, last


def numbers(name: str, text: str) -> list[int]:
    """Whole numbers with commas between them."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise InputError(f"--{name} takes whole numbers such as 1,2,3, got {text} [out-of-range]") from error


def keep(projection: Any, out: Path, as_json: bool) -> None:
    """Save a projection and say what was made."""
    projection.save(out)
    print(json.dumps(projection.recipe | {"digest": projection.digest}) if as_json else repr(projection))
    talk(f"done: figures that may be shown are in {out / 'public'}")
