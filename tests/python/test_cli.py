"""The command line from a first folder of tables to a comparison: data to stdout, talk to stderr, exit codes."""

import io
import json

import pandas as pd
import pytest

from sufficiency.cli import main

MORE = """schema = "1.0"
name = "More"
[[change]]
kind = "scale_rate"
rate = "new_plans"
factor = 1.2
from = 2026
reason = "a test"
owner = "a test"
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def command(line, expected=0):
        with pytest.raises(SystemExit) as left:
            main(line.split())
        said = capsys.readouterr()
        assert (left.value.code or 0) == expected, said.err
        return said.out

    return command


def test_from_tables_to_a_comparison(run, tmp_path):
    (tmp_path / "more.toml").write_text(MORE)
    run("template tables")
    assert run("check tables").startswith("ok")
    assert json.loads(run("fit tables --out fit --json"))["base_year"]
    common = "project fit --to 2028 --draws 60 --seed 1"
    base = json.loads(run(f"{common} --out base --json"))
    run(f"{common} --scenario more.toml --out more")
    table = pd.read_csv(io.StringIO(run("compare base more --measure demand")))
    assert table.iloc[-1]["mean"] > 0 and table.iloc[0]["mean"] == 0
    assert len(json.loads(run("compare base more --by phase,need_group --json"))) > len(table)
    # The same figures again, by way of ranges of draws.
    run(f"{common} --draws-range 0:20 --out a")
    run(f"{common} --draws-range 20:60 --checkpoint kept --out b")
    assert json.loads(run("merge b a --out whole --json"))["digest"] == base["digest"]
    assert run("verify whole") == "ok\n"
    assert run("report base more --out board.html") == "board.html\n"
    with (tmp_path / "whole" / "public" / "by_year.csv").open("a") as file:
        file.write("x")
    assert "public/by_year.csv was changed" in run("verify whole", expected=1)


def test_a_workbook_goes_the_same_way_as_a_folder(run):
    assert run("template tables.xlsx --example") == "tables.xlsx\n"
    assert run("check tables.xlsx").startswith("ok")
    assert json.loads(run("fit tables.xlsx --out fit --json"))["base_year"] == 2025
    run("template books --excel")
    assert "missing" in run("check books/tables.xlsx", expected=1) or "authority" in run("check books", expected=1)
    run("template tables.xlsx", expected=2)


@pytest.mark.parametrize(
    "line",
    [
        "project nowhere --to 2030 --seed 1 --out x",
        "fit nowhere --out x",
        "merge nowhere --out x",
        "verify nowhere",
        "compare a b",
    ],
)
def test_what_cannot_run_exits_with_two(run, line):
    run(line, expected=2)
