"""The command line from a first folder of tables to a comparison: data to stdout, talk to stderr, exit codes."""

import io
import json

import pandas as pd
import pytest

import sufficiency as sf
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


def test_the_return_comes_as_csv_and_a_restricted_table_says_why(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    fitted = sf.fit(sf.sample("leeds"))
    for name, plan in (("base", None), ("more", sf.read_scenario("leeds/400-places"))):
        sf.project(fitted, to=2032, draws=3, seed=1, scenario=plan, progress=False).save(tmp_path / name)

    def said(line: str, expected: int = 0) -> tuple[str, str]:
        with pytest.raises(SystemExit) as left:
            main(line.split())
        assert (left.value.code or 0) == expected
        heard = capsys.readouterr()
        return heard.out, heard.err

    out, talk = said("scap base")
    assert out.splitlines()[0].startswith("planning_area_code,") and "census: ok" in talk
    assert "back-check: not run" in talk
    said("scap base --out return")
    assert {path.name for path in (tmp_path / "return").iterdir()} == {
        "scap.csv",
        "scap_checks.csv",
        "scap_method.txt",
    }
    out, talk = said("scap base --previous return/scap.csv")
    assert "back-check: look" in talk
    by_area = "compare base more --measure waiting --by area"
    out, _ = said(by_area)
    assert ",c,c," in out
    _, talk = said(f"{by_area} --profile restricted", expected=2)
    assert "no-reason" in talk
    out, talk = said(f"{by_area} --profile restricted --reason audit")
    assert ",c,c," not in out and "Reason: audit" in out and "RESTRICTED" in talk
