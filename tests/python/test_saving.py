"""What is saved comes back, what is damaged is found, and a crash leaves the old or the new."""

import json
import pickle
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sufficiency as sf
from sufficiency.saving import MANIFEST


@pytest.fixture(scope="module")
def fitted():
    return sf.fit(sf.sample("leeds"))


@pytest.fixture(scope="module")
def option(fitted):
    return sf.project(
        fitted,
        to=2028,
        draws=40,
        seed=3,
        scenario=sf.read_scenario("leeds/400-places"),
        margins=[["phase"]],
        keep="draws",
    )


def test_inputs_fits_and_projections_come_back(tmp_path, fitted, option):
    inputs = sf.sample("leeds")
    inputs.save(tmp_path / "inputs")
    again = sf.Inputs.load(tmp_path / "inputs")
    assert again.flags == inputs.flags and again.tables == inputs.tables
    for name in inputs.tables:
        pd.testing.assert_frame_equal(again.table(name), inputs.table(name))
    fitted.save(tmp_path / "fit")
    assert sf.Fitted.load(tmp_path / "fit").fingerprint == fitted.fingerprint
    option.save(tmp_path / "option")
    loaded = sf.Projection.load(tmp_path / "option")
    assert (loaded.digest, loaded.recipe) == (option.digest, option.recipe)
    assert loaded.scenarios == option.scenarios
    np.testing.assert_array_equal(loaded.draws("plans", "phase"), option.draws("plans", "phase"))
    # What was not counted is run again from the recipe.
    pd.testing.assert_frame_equal(loaded.waiting("need"), option.waiting("need"))
    assert pickle.loads(pickle.dumps(option)).digest == option.digest


def test_explicit_tables_come_back_to_the_last_bit(tmp_path):
    rng = np.random.default_rng(1)
    ages = [str(age) for age in range(26)]
    fitted = sf.Fitted.from_parameters(
        base_year=2025,
        areas=["A"],
        needs=["ASD"],
        settings=["special"],
        plans=pd.DataFrame({"area": ["A"], "age": ["7"], "need": ["ASD"], "setting": ["special"], "plans": [50]}),
        population={"area": ["A"] * 26, "age": ages, "population": rng.uniform(10, 1000, 26)},
        ceasing={"age": ["all"], "need": ["all"], "setting": ["all"], "alpha": [1 / 3], "beta": [np.pi]},
        transitions={
            "age": ["all"],
            "need": ["all"],
            "setting": ["all"],
            "to_setting": ["special"],
            "value": [1.0],
        },
        new_plans={"age": ["all"], "need": ["all"], "shape": [2.0], "mean": [0.001]},
        first_setting={"age": ["all"], "need": ["all"], "to_setting": ["special"], "value": [1.0]},
    )
    fitted.save(tmp_path / "fit")
    assert sf.Fitted.load(tmp_path / "fit").fingerprint == fitted.fingerprint


def test_one_flipped_byte_is_found_wherever_it_is(tmp_path, option):
    path = tmp_path / "option"
    option.save(path)
    assert sf.verify(path)
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        whole = file.read_bytes()
        changed = bytearray(whole)
        changed[len(whole) // 2] ^= 1
        file.write_bytes(changed)
        name = file.relative_to(path).as_posix()
        try:
            found = sf.verify(path)
            assert not found and name in [problem["table"] for problem in found.problems]
        except sf.InputError as error:
            assert name == MANIFEST, error
        with pytest.raises(sf.InputError):
            sf.Projection.load(path)
        file.write_bytes(whole)
    (path / "public" / "more.csv").write_text("x")
    assert [problem["slug"] for problem in sf.verify(path).problems] == ["unlisted-file"]


def test_the_manifest_says_how_it_was_made_and_what_disclosure_did(tmp_path, option):
    option.save(tmp_path / "option")
    found = sf.verify(tmp_path / "option")
    manifest = found.manifest
    assert manifest["version"] == sf.__version__
    assert {name: manifest["recipe"][name] for name in ("base_year", "to", "draws", "seed")} == {
        "base_year": 2025,
        "to": 2028,
        "draws": 40,
        "seed": 3,
    }
    assert manifest["scenarios"][0]["name"] == option.scenarios[0].name
    assert all(change["reason"] and change["owner"] for change in manifest["scenarios"][0]["changes"])
    assert manifest["flags"] == option.fitted.flags and manifest["fingerprint"] == option.fitted.fingerprint
    inputs = manifest["inputs"]
    assert inputs["code"] == "E08000035" and "sites" in inputs["synthetic"]
    assert inputs["sha256"]["plans.csv"] == manifest["files"]["restricted/fit/inputs/plans.csv"]
    assert set(manifest["disclosure"]) == {"public/by_year.csv", "public/shortfall.csv"}
    assert all(held["profile"] == "public" and held["notes"] for held in manifest["disclosure"].values())


def test_hostile_counts_are_refused_not_believed(tmp_path, option):
    """Bytes whose hash is right may still be nonsense: never a panic, never a table."""
    files = option._files()
    rng = random.Random(5)
    refused = 0
    for _ in range(60):
        hostile = dict(files)
        name = rng.choice(["recipe.json", "histograms.npz"])
        content = bytearray(files[name])
        for _ in range(rng.randint(1, 6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        hostile[name] = bytes(content)
        try:
            sf.Projection._from_files(hostile)
        except sf.InputError:
            refused += 1
    assert refused > 30


def test_newer_folders_and_other_folders_are_refused(tmp_path, option):
    path = tmp_path / "option"
    option.save(path)
    manifest = json.loads((path / MANIFEST).read_text())
    (path / MANIFEST).write_text(json.dumps(manifest | {"schema": "9.0"}))
    for read in (sf.Projection.load, sf.verify):
        with pytest.raises(sf.InputError, match="newer-schema"):
            read(path)
    option.save(path)
    with pytest.raises(sf.InputError, match="other-kind"):
        sf.Fitted.load(path)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(sf.InputError, match="not-saved-here"):
        option.save(mine)
    assert (mine / "thesis.txt").read_text() == "years of work"


SAVES = """
import sys, sufficiency as sf
one, two = sf.Projection.load(sys.argv[1]), sf.Projection.load(sys.argv[2])
print("ready", flush=True)
while True:
    one.save(sys.argv[3])
    two.save(sys.argv[3])
"""


WRITES = """
import sys, pandas as pd, sufficiency as sf
from sufficiency.release import write_csv
held = pd.DataFrame({"area": ["A"], "planning_area": ["P"], "need": ["N"], "children": [50]})
def table(note):
    return sf.release({"t": pd.DataFrame({"year": [2025] * 20000, "source": note, "mean": 1.0})}, held)["t"]
one, two = table("one"), table("two")
write_csv(one, sys.argv[1])
print("ready", flush=True)
while True:
    write_csv(two, sys.argv[1])
    write_csv(one, sys.argv[1])
"""


def test_a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new(tmp_path):
    path, rng = tmp_path / "table.csv", random.Random(8)
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        held = pd.read_csv(path)
        assert len(held) == 20_000 and held["source"].nunique() == 1


def test_nothing_is_written_but_under_a_temporary_name_first():
    """Only files.py opens files for writing: whoever else does would leave half a file after a crash."""
    banned = re.compile(
        r"\.write_(?:text|bytes)\(|\bopen\([^)]*[\"'][wxa]b?[\"']"
        r"|to_(?:csv|parquet|json)\(\s*[\w\"']*(?:path|file|out)"
    )
    for file in sorted(Path(sf.__file__).parent.rglob("*.py")):
        if file.name != "files.py":
            # Examples write what the reader of the reference would: they are no part of the package's own writing.
            code = re.sub(r"(?m)^\s*(?:>>>|\.\.\.).*$", "", file.read_text(encoding="utf-8"))
            assert not banned.search(code), file


def test_killed_at_any_moment_leaves_the_old_or_the_new(tmp_path, fitted):
    digests = set()
    for seed in (1, 2):
        one = sf.project(fitted, to=2027, draws=5, seed=seed, margins=[[]], measures=["plans"])
        one.save(tmp_path / str(seed))
        one.save(tmp_path / "target")
        digests.add(one.digest)
    rng = random.Random(7)
    for _ in range(6):
        paths = [str(tmp_path / name) for name in ("1", "2", "target")]
        process = subprocess.Popen([sys.executable, "-c", SAVES, *paths], stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert sf.Projection.load(tmp_path / "target").digest in digests
