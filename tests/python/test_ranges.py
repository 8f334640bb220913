"""Ranges of draws, shards, workers and resumed runs give the bytes of one run."""

import itertools
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import sufficiency as sf

RUN = {"to": 2028, "draws": 48, "seed": 5, "margins": [["phase", "need_group"], ["site"]]}


@pytest.fixture(scope="module")
def fitted():
    return sf.fit(sf.sample("leeds"))


@pytest.fixture(scope="module")
def scenario():
    return sf.read_scenario("leeds/400-places")


@pytest.fixture(scope="module")
def whole(fitted, scenario):
    return sf.project(fitted, scenario=scenario, **RUN)


@pytest.mark.parametrize("shards", [2, 3, 7, 16])
def test_shards_merge_to_one_run_in_any_order(fitted, scenario, whole, shards):
    rng = random.Random(shards)
    cuts = [0, *sorted(rng.sample(range(1, 48), shards - 1)), 48]
    parts = [sf.project(fitted, scenario=scenario, draws_range=(a, b), **RUN) for a, b in itertools.pairwise(cuts)]
    rng.shuffle(parts)
    merged = sf.merge(parts)
    assert (merged.digest, merged.recipe) == (whole.digest, whole.recipe)


def test_a_margin_whose_figures_another_holds_is_not_counted_twice(fitted):
    recipe = {"to": 2027, "seed": 5, "measures": ["plans", "placed", "cost"]}
    few = sf.project(fitted, draws=20, margins=[["planning_area", "phase"], ["site"]], **recipe)
    many = {"margins": [[], ["phase"], ["planning_area", "phase"], ["site"], ["planning_area", "phase"]]}
    parts = [sf.project(fitted, draws=20, draws_range=ends, **recipe, **many) for ends in [(12, 20), (0, 12)]]
    merged = sf.merge(parts)
    assert merged.digest == few.digest
    assert merged.placed(by=["year"]).equals(few.placed(by=["year"]))


def test_overlapping_missing_and_foreign_ranges_are_refused(fitted, scenario):
    def part(a, b, **other):
        return sf.project(fitted, draws_range=(a, b), **RUN | {"scenario": scenario} | other)

    first, last = part(0, 20), part(20, 48)
    for parts, slug in [
        ([first, part(10, 48)], "overlapping-draws"),
        ([first, first, last], "overlapping-draws"),
        ([first, part(21, 48)], "missing-draws"),
        ([first], "missing-draws"),
        ([last], "missing-draws"),
        ([], "missing-draws"),
        ([first, part(20, 48, seed=6)], "foreign-draws"),
        ([first, part(20, 48, scenario=None)], "foreign-draws"),
        ([first, part(20, 48, margins=[["phase"], ["site"]])], "foreign-draws"),
        ([first, part(20, 48, to=2029)], "foreign-draws"),
        ([first, part(20, 50, draws=50)], "foreign-draws"),
    ]:
        with pytest.raises(sf.InputError, match=slug):
            sf.merge(parts)
    with pytest.raises(sf.InputError, match="unlike"):
        sf.compare(first, first)


RESUMED = """
import sys, sufficiency as sf
from test_ranges import RUN
print("ready", flush=True)
scenario = sf.read_scenario("leeds/400-places")
sf.project(sf.fit(sf.sample("leeds")), scenario=scenario, checkpoint=sys.argv[1], **RUN)
"""


def test_killed_runs_go_on_from_their_checkpoint(tmp_path, fitted, scenario, whole):
    folder = tmp_path / "run"
    rng = random.Random(11)
    # After what is there already, so that the package under test is the one that runs.
    paths = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), os.path.dirname(__file__)]  # noqa: PTH120
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    for _ in range(20):
        process = subprocess.Popen(
            [sys.executable, "-c", RESUMED, str(folder)], stdout=subprocess.PIPE, env=environment
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
    pieces = sorted(folder.glob("draws-*.npz"))
    if pieces:
        # A damaged piece is run again.
        pieces[0].write_bytes(pieces[0].read_bytes()[:-1] + b"x")
    resumed = sf.project(fitted, scenario=scenario, checkpoint=folder, **RUN)
    assert resumed.digest == whole.digest
    with pytest.raises(sf.InputError, match="foreign-draws"):
        sf.project(fitted, checkpoint=folder, **RUN)


def test_a_run_killed_before_its_first_file_was_whole_goes_on(tmp_path, fitted, scenario, whole):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / ".run.json.0a1b2c3d.partial").write_bytes(b"{")
    assert sf.project(fitted, scenario=scenario, checkpoint=folder, **RUN).digest == whole.digest
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    with pytest.raises(sf.InputError, match="not-saved-here"):
        sf.project(fitted, scenario=scenario, checkpoint=other, **RUN)


def test_dask_gives_the_same_bytes_and_survives_a_lost_worker(fitted, scenario, whole):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        assert sf.project(fitted, scenario=scenario, cluster=client, **RUN).digest == whole.digest
        lost = []

        def lose(done):
            if not lost:
                lost.append(next(iter(cluster.workers.values())).pid)
                os.kill(lost[0], signal.SIGKILL)

        from sufficiency.ranges import run_in_ranges
        from sufficiency.recipe import Recipe

        recipe = Recipe(
            fitted,
            [scenario],
            RUN["to"],
            RUN["seed"],
            False,
            {"measures": None, "margins": RUN["margins"], "of": 48},
        )
        core = run_in_ranges(recipe, recipe.case(), (0, 48), 1, client, None, lose)
        assert lost and core.digest == whole.digest


def _digest(fitted, answer):
    answer.put(sf.project(fitted, to=2026, draws=8, seed=1, margins=[[]]).digest)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes_work_after_a_run_in_this_one(fitted, method):
    expected = sf.project(fitted, to=2026, draws=8, seed=1, margins=[[]]).digest
    context = multiprocessing.get_context(method)
    for _ in range(30 if method == "fork" else 2):
        answer = context.Queue()
        process = context.Process(target=_digest, args=(fitted, answer))
        process.start()
        assert answer.get(timeout=60) == expected
        process.join(timeout=60)
        assert process.exitcode == 0
