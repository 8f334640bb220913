"""The package as others get it: a wheel for any CPython from 3.11 on, complete, importable on its own."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import sufficiency as sf

ROOT = Path(__file__).parents[2]
SMOKE = """
import sufficiency as sf, sys
assert "site-packages" in sf.__file__ and sys.prefix in sf.__file__, sf.__file__
run = sf.project(sf.fit(sf.sample("leeds")), to=2026, draws=10, seed=1, progress=False)
sf.read_scenario("leeds/400-places")
print(run.digest, int(run.shortfall()["places"].iloc[0]))
"""


def maturin() -> str:
    found = shutil.which("maturin", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert found is not None, "maturin is missing: `make build` installs it"
    return found


def environment(folder: Path) -> Path:
    """A fresh environment's Python."""
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def run(*command: object, **options: str) -> str:
    # Nothing of the environment that runs the test may be seen in the new one.
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd=options.get("cwd"), env=clean
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


@pytest.mark.statistics
def test_a_wheel_works_in_a_second_environment(tmp_path: Path) -> None:
    run(maturin(), "build", "--release", "--locked", "--out", tmp_path, cwd=str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    assert "cp311-abi3" in wheel.name, "one wheel for every CPython from 3.11 on"
    held = zipfile.ZipFile(wheel).namelist()
    for part in ("sufficiency/py.typed", "sufficiency/_core.pyi", "sufficiency/sample/leeds/plans.csv", "NOTICE"):
        assert any(name.endswith(part) for name in held), part
    assert not any(name.startswith(("makers", "tests", "notebooks")) for name in held)
    python = environment(tmp_path / "second")
    # Dependencies are those of this environment; the package itself comes from the wheel alone.
    packages = run(python, "-c", "import site; print(site.getsitepackages()[0])").strip()
    (Path(packages) / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", wheel)
    here = sf.project(sf.fit(sf.sample("leeds")), to=2026, draws=10, seed=1, progress=False)
    assert run(python, "-c", SMOKE, cwd=str(tmp_path)).split()[0] == here.digest
    assert "demo" in run(python.parent / "sufficiency", "--help", cwd=str(tmp_path))


@pytest.mark.statistics
def test_pip_install_of_the_source_works_in_a_clean_environment(tmp_path: Path) -> None:
    python = environment(tmp_path / "clean")
    run(python, "-m", "pip", "install", "--quiet", ROOT)
    listed = run(python, "-m", "pip", "list", "--format=freeze")
    assert "altair" not in listed and "polars" not in listed, "extras stay extra"
    assert len(run(python, "-c", SMOKE, cwd=str(tmp_path)).split()) == 2


HEAVY = ("narwhals", "altair", "vl_convert", "xarray", "polars", "distributed", "scipy", "jinja2", "typst",
         "openpyxl", "xlsxwriter", "highspy", "tqdm", "typer", "IPython", "matplotlib")  # fmt: skip


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, sufficiency; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    )


def test_importing_the_package_takes_little_more_than_pandas() -> None:
    def seconds(module: str) -> float:
        code = f"import time; start = time.process_time(); import {module}; print(time.process_time() - start)"
        return min(
            float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
            for _ in range(3)
        )

    # Most of it is pandas; the ratio holds on a slower machine too.
    assert seconds("sufficiency") < 1.6 * seconds("pandas")


def test_a_declared_margin_comes_from_a_finished_projection_at_once() -> None:
    import time

    run = sf.project(sf.fit(sf.sample("leeds")), to=2035, draws=50, seed=1, progress=False)
    asked = [["phase", "need"], ["planning_area", "need_group", "setting"], ["area", "need"], ["age"]]
    run.demand(asked[0])
    for by in asked:
        start = time.process_time()
        run.demand(by)
        assert time.process_time() - start <= 0.05, by
