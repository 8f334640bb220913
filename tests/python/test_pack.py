"""The pack's manifest: one changed byte is found, nothing withheld is told, the next release knows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import sufficiency as sf
from packs import small
from sufficiency import cli, files
from sufficiency.release import CONFIDENTIAL, release, write_release
from sufficiency.report.pack import add_to_pack
from sufficiency.saving import MANIFEST

FOLDER = ("board.figures.json", "board.html", "board.pdf", "board.xlsx", "manifest.json")


@pytest.fixture(scope="module")
def runs() -> list[sf.Projection]:
    return small(5)


@pytest.fixture(scope="module")
def leeds() -> sf.Projection:
    return sf.project(sf.fit(sf.sample("leeds")), to=2027, draws=20, seed=1, progress=False)


@pytest.fixture
def pack(runs: list[sf.Projection], tmp_path: Path) -> Path:
    sf.report(runs, tmp_path / "pack")
    return tmp_path / "pack"


def test_one_flipped_byte_of_any_file_is_found(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuple(sorted(path.name for path in pack.iterdir())) == FOLDER
    assert sf.verify(pack) and sf.verify(pack / "board.html")
    for path in sorted(pack.iterdir()):
        whole = path.read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // 12)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            try:
                problems = sf.verify(pack).problems
                assert path.name in {problem["table"] for problem in problems}, (path.name, at)
            except sf.InputError:
                assert path.name == MANIFEST
        with pytest.raises(SystemExit) as left:
            cli.main(["verify", str(pack)])
        assert left.value.code
        path.write_bytes(whole)
    blank = (pack / MANIFEST).read_bytes().replace(b"\n ", b"\n\t", 1)
    (pack / MANIFEST).write_bytes(blank)
    assert not sf.verify(pack)
    capsys.readouterr()


def test_a_lost_file_is_found_and_strangers_in_the_folder_are_left_alone(pack: Path) -> None:
    (pack / "minutes.docx").write_bytes(b"not ours")
    assert sf.verify(pack)
    (pack / "board.pdf").unlink()
    assert [problem["message"] for problem in sf.verify(pack).problems] == ["is missing"]
    with pytest.raises(sf.InputError, match="not-saved-here"):
        small(5)[0].save(pack)  # a projection is never written over a pack and what lies beside it
    assert (pack / "minutes.docx").exists()


def test_a_report_of_one_file_has_its_manifest_beside_it(runs: list[sf.Projection], tmp_path: Path) -> None:
    path = sf.report(runs, tmp_path / "march.html")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "march.figures.json", "march.html", "march.manifest.json",
    ]  # fmt: skip
    assert isinstance(path, Path) and sf.verify(path) and sf.verify(tmp_path / "march.manifest.json")
    path.write_bytes(path.read_bytes() + b" ")
    assert not sf.verify(path)
    with pytest.raises(sf.InputError, match="not-saved-here"):
        sf.verify(tmp_path)


def test_the_manifest_says_how_the_pack_was_made(pack: Path, runs: list[sf.Projection]) -> None:
    told = sf.verify(pack).manifest
    assert told["kind"] == "pack" and told["version"] == sf.__version__
    assert told["recipe"] == {name: value for name, value in runs[0].recipe.items() if name != "scenario"}
    (change,) = told["options"][1]["scenarios"][0]["changes"]
    assert (change["reason"], change["owner"]) == ("needed", "me")
    assert told["disclosure"]["profile"] == "public" and told["disclosure"]["notes"]
    assert told["fingerprint"] == runs[0].fitted.fingerprint and told["flags"] == runs[0].fitted.flags


def test_a_public_pack_tells_no_count_that_was_withheld_nor_a_hash_of_a_table(
    leeds: sf.Projection, tmp_path: Path
) -> None:
    sf.report(leeds, tmp_path)
    told = json.loads((tmp_path / MANIFEST).read_bytes())
    origin = leeds.fitted._origin()["sha256"]
    assert isinstance(origin, dict) and origin
    assert not any(each in (tmp_path / MANIFEST).read_text() for each in origin.values())
    # Of disclosure it says how many rows are withheld, thresholds and bases; of children nothing.
    numbers = re.findall(r"(?<![\w.])\d+(?![\w.])", json.dumps(told["disclosure"]))
    assert numbers and all(int(number) <= 100 for number in numbers)
    held = json.loads((tmp_path / "board.figures.json").read_bytes())["tables"]
    areas = held["0: demand by planning_area"]["columns"]
    assert all(value % 5 == 0 for value in areas["mean"] if value != CONFIDENTIAL)
    sites = pd.DataFrame(held["0: use by site"]["columns"])
    assert (sites["mean"] == CONFIDENTIAL).any() and set(sites.loc[sites["mean"] == CONFIDENTIAL, "p50"]) == {"c"}


def test_the_next_release_knows_a_saved_pack(leeds: sf.Projection, tmp_path: Path) -> None:
    """By folder, by file and in memory the earlier release counts the same; a changed pack is refused."""
    tables = {"areas": leeds.demand("area")}
    out = release({**tables, "all": leeds.demand()}, leeds)
    file = write_release(out, tmp_path / "figures.json")
    later = {"planning areas": leeds.demand("planning_area"), **tables}
    free, known = release(later, leeds), release(later, leeds, earlier=out)
    again = release(later, leeds, earlier=file)
    for name in later:
        pd.testing.assert_frame_equal(known[name].table, again[name].table)
    hidden = set(out["areas"].table.query("mean == 'c'")["area"])
    assert hidden and hidden <= set(known["areas"].table.query("mean == 'c'")["area"])
    assert set(free["areas"].table.columns) == set(known["areas"].table.columns)
    sf.report(leeds, tmp_path / "pack")
    judged = release(tables, leeds, earlier=[tmp_path / "pack", out])["areas"].table
    assert hidden <= set(judged.query("mean == 'c'")["area"])
    page = tmp_path / "pack" / "board.html"
    page.write_bytes(page.read_bytes() + b" ")
    with pytest.raises(sf.InputError, match="damaged-file"):
        release(tables, leeds, earlier=tmp_path / "pack")
    (tmp_path / "odd.figures.json").write_text("{}")
    with pytest.raises(sf.InputError, match="no-release"):
        release(tables, leeds, earlier=tmp_path / "odd.figures.json")


def test_files_of_a_folder_can_be_listed_too(pack: Path) -> None:
    (pack / "plans.csv").write_text("year,plans\n")
    add_to_pack(pack, ["plans.csv"])
    assert sf.verify(pack)
    (pack / "plans.csv").write_text("year,plan\n")
    assert [problem["table"] for problem in sf.verify(pack).problems] == ["plans.csv"]


def test_a_pack_that_could_not_be_finished_leaves_the_old_one(
    pack: Path, runs: list[sf.Projection], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in pack.iterdir()}
    written: list[int] = []

    def full_disk(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 4:
            raise OSError(28, "no space left on device")

    monkeypatch.setattr(files.os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        sf.report(runs, pack, title="Another")
    assert {path.name: path.read_bytes() for path in pack.iterdir()} == before
