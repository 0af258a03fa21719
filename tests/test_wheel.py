"""The built package: it holds all it needs and works away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from graphx.tables import TABLES
from tests.conftest import ROOT, SMALL


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, where: Path, *code: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, *code], cwd=where, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_holds_every_file_of_the_package(installed: Path) -> None:
    ours = {p.relative_to(ROOT) for p in (ROOT / "graphx").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    theirs = {p.relative_to(installed) for p in installed.rglob("*") if p.is_file()}
    assert ours <= theirs
    for extra in ("graphx/ui/app.py", "graphx/ui/.streamlit/config.toml", "graphx/pyproject.toml"):
        assert Path(extra) in theirs


def test_it_works_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    said = run(installed, tmp_path, "-c", "import graphx; print(graphx.__file__)")
    assert said.startswith(str(installed))
    run(installed, tmp_path, "-m", "graphx", "build", str(SMALL), "-o", "A")
    run(installed, tmp_path, "-m", "graphx", "export", "A", "a.html")
    assert {p.stem for p in (tmp_path / "A").glob("*.parquet")} == set(TABLES)
    entry = run(installed, tmp_path, "-c", "from graphx.ui.serve import entry_point; print(entry_point())").strip()
    assert Path(entry) == installed / "graphx" / "ui" / "app.py"
