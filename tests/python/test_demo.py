"""The command line and the demo: exit codes, plain errors, every file named, nothing small shown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sufficiency as sf
from sufficiency import cli
from sufficiency.demo import OPTION, SHEETS, Authority, Run, plan_history
from sufficiency.demo_words import readme, summary
from sufficiency.release import CONFIDENTIAL

SAMPLE = Path(sf.__file__).parent / "sample" / "leeds"


def leave(*arguments: str) -> int:
    """Exit code of a command."""
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    code = left.value.code
    return code if isinstance(code, int) else 0


def demo_that_raises(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    import sufficiency.demo

    def run_demo(*_: Any, **__: Any) -> str:
        raise error

    monkeypatch.setattr(sufficiency.demo, "run_demo", run_demo)


def test_version_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--version") == 0
    assert capsys.readouterr().out == f"sufficiency {sf.__version__}\n"


@pytest.mark.parametrize("arguments", [("nonsense",), ("demo", "--draws", "many"), ("check",)])
def test_a_wrong_call_leaves_with_2(arguments: tuple[str, ...]) -> None:
    assert leave(*arguments) == 2


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "stopped"),
        (sf.InputError("to must be after the base year [out-of-range]"), 2, "to must be after the base year"),
        (PermissionError(13, "permission denied", "out"), 2, "permission denied: out"),
        (ZeroDivisionError("by zero"), 2, "please report it"),
    ],
)
def test_failures_are_plain_words_and_a_code(
    error: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    demo_that_raises(error, monkeypatch)
    assert leave("demo") == code
    captured = capsys.readouterr()
    assert words in captured.err and "Traceback" not in captured.err and captured.out == ""


def test_a_folder_that_is_not_there_could_not_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("check", "/no/such/folder") == 2
    assert "no such folder: /no/such/folder" in capsys.readouterr().err


def test_every_problem_is_a_line_with_its_place_and_hint() -> None:
    error = sf.InputError("2 problems")
    error.problems = [
        {"slug": "bad-count", "table": "plans", "row": 14, "column": "plans", "message": "must be 0 or more"},
        {"slug": "missing-table", "table": "areas", "message": "areas.csv is missing", "hint": "add it"},
    ]
    assert cli.problem_lines(error) == [
        "plans, row 14, plans: must be 0 or more [bad-count]",
        "areas: areas.csv is missing [missing-table]\n    hint: add it",
    ]


def test_check_of_good_inputs_is_ok(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("check", str(SAMPLE)) == 0
    assert capsys.readouterr().out.startswith("ok\n")
    assert leave("check", str(SAMPLE), "--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_check_of_bad_inputs_lists_problems_and_leaves_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "authority.toml").write_text((SAMPLE / "authority.toml").read_text())
    assert leave("check", str(tmp_path)) == 1
    captured = capsys.readouterr()
    assert "plans" in captured.out and "Traceback" not in captured.err
    assert leave("check", str(tmp_path), "--json") == 1
    assert json.loads(capsys.readouterr().out)["problems"]


def test_import_of_the_package_brings_no_chart_or_command_library() -> None:
    code = "import sys, sufficiency; print({'altair', 'typer', 'vl_convert', 'xarray'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_history_of_a_year_is_one_of_its_margins() -> None:
    plans = pd.DataFrame(
        {
            "year": [2018, 2018, 2018, 2023, 2025],
            "age": ["0-4", "5-10", "all", "all", "7"],
            "plans": [80, 20, 97, 110, 120],
        }
    )
    assert plan_history(plans).to_dict("list") == {"year": [2018, 2023, 2025], "count": [100, 110, 120]}


def made_run() -> Run:
    """A run without an engine: three years, one rise, one fall, one withheld district."""

    def table(ends: dict[str, tuple[float, float, float, float]], axis: str | None) -> pd.DataFrame:
        rows = []
        for group, (base, low, middle, high) in ends.items():
            for year, share in ((2025, 0.0), (2030, 0.5), (2035, 1.0)):
                figures = [base + share * (end - base) for end in (low, middle, high)]
                rows.append(
                    {
                        "year": year,
                        **({axis: group} if axis else {}),
                        **dict(zip(("p10", "p50", "p90"), figures, strict=True)),
                    }
                )
        return pd.DataFrame(rows)

    areas = pd.DataFrame({"area": ["A1", "A2", "A3"], "name": ["A1 Mill", "A2 Hill", "A3"]})
    districts = table({"A1": (40, 60, 80, 99), "A2": (30, 25, 32, 38), "A3": (3, 9, 17, 33)}, "area")
    districts[["p10", "p50", "p90"]] = (
        districts[["p10", "p50", "p90"]].astype(object).mask(districts["area"] == "A3", CONFIDENTIAL)
    )
    tables = {
        "plans": table({"all": (6000, 5900, 6100, 6500)}, None),
        "demand": table({"all": (2000, 2200, 2500, 2800)}, None),
        "demand_by_need": table({"ASD": (400, 500, 600, 700), "VI": (50, 20, 30, 40)}, "need"),
        "demand_by_area": districts,
        "demand_by_planning_area": table({"North": (400, 390, 420, 500)}, "planning_area"),
    }
    history = pd.DataFrame({"year": [2024, 2025], "count": [5900, 6000]})
    sources = [{"table": "plans", "part": "2025 district", "status": "synthetic"}]
    authority = Authority("Example", 2025, areas, history, sources)
    shortfall = {"demand": 100.0, "places": 80.0, "mean": 20.0, "p10": 12.0, "p50": 20.0, "p90": 31.0}
    chances = {"p_shortfall": 1.0, "p_over_10": 0.95, "p_over_50": 0.04}
    places = {
        "places": pd.DataFrame(
            [
                {"year": year, "option": name} | shortfall | chances
                for year in (2025, 2030, 2035)
                for name in ("as they stand", OPTION)
            ]
        ),
        "change": pd.DataFrame(
            [
                {"year": 2035, "measure": measure, "p10": low, "p50": (low + high) / 2, "p90": high}
                for measure, low, high in (
                    ("waiting", -60.0, -20.0),
                    ("independent", -110.0, -90.0),
                    ("cost (thousand pounds)", -9_000.0, -3_000.0),
                )
            ]
        ),
    }
    return Run(authority, tables, places, {"thin-data": "there are few years"}, draws=500, seed=1, to=2035)


def test_the_summary_says_what_the_tables_say() -> None:
    text = summary(made_run())
    for line in (
        "500 simulated futures under these assumptions (seed 1). A range holds 8 in 10 of them.",
        "  2025   6,000, counted",
        "  By 2035: no clear difference.",
        "  2030   about 2,250, range 2,100 to 2,400",
        "  By 2035: about 500 more children than in 2025, range +200 to +800.",
        "  none clearly: no range lies above today's figure",
        "  A1 Mill   +40, range +20 to +60",
        "  1 of 3 districts are withheld, to protect small counts.",
        "  Autism (ASD)   +200, range +100 to +300",
        "  2030   80 places: short by about 20, range 10 to 30; chance of being short by more than 50: 4%",
        "  - By 2035 the 400 new places mean about 40 fewer children waiting (range −60 to −20), about",
        "  - there are few years",
        "  - plans: 2025 district",
    ):
        assert line in text.splitlines()
    assert "A2" not in text and "A3" not in text and " will " not in text


def test_the_readme_names_every_file_it_is_given() -> None:
    text = readme(made_run(), {"plans.csv": "plans", "plans.svg": "a chart"})
    assert "  plans.csv  plans" in text and "  plans.svg  a chart" in text and " will " not in text


def test_the_demo_leaves_what_its_readme_names_and_nothing_small(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert leave("demo", "--out", str(out), "--draws", "40", "--to", "2031") == 0
    text = (out / "README.txt").read_text(encoding="utf-8")
    files = {path.name for path in out.iterdir()}
    named = {line.split()[0] for line in text.splitlines() if line.startswith("  ") and "." in line.split()[0]}
    assert named == files - {"README.txt"}
    assert {f"{sheet.name}.csv" for sheet in SHEETS} < files
    assert capsys.readouterr().out == (out / "summary.txt").read_text(encoding="utf-8")
    for sheet in SHEETS:
        table = pd.read_csv(out / f"{sheet.name}.csv", dtype={"mean": str})
        assert {"year", "measure", "basis", "figure", "source", "mean", "p10", "p90", "mcse"} <= set(table)
        if {"area", "planning_area"} & set(table):
            base = table.loc[(table["year"] == 2025) & (table["mean"] != CONFIDENTIAL), "mean"]
            assert base.astype(float).min() >= 10


def test_the_demo_twice_leaves_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert leave("demo", "--out", str(tmp_path / name), "--draws", "40", "--to", "2027") == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_a_template_checks_fits_and_says_how_many_places_are_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert leave("template", str(folder)) == 0 and leave("check", str(folder)) == 0
    assert "ok" in capsys.readouterr().out
    assert leave("template", str(folder)) == 2
    assert "not empty" in capsys.readouterr().err
    run = sf.project(sf.fit(sf.read_inputs(folder)), to=2030, draws=20, seed=1, progress=False)
    first = run.shortfall(kind="local").iloc[0]
    assert (first["demand"], first["mean"]) == (44, 1)
