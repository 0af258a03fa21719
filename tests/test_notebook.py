"""The notebook in docs runs from top to bottom."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_the_notebook_runs(atlas_folder: Path, tmp_path: Path) -> None:
    done = tmp_path / "done.ipynb"
    command = [sys.executable, "-m", "jupyter", "execute", str(ROOT / "docs" / "notebook.ipynb"), f"--output={done}"]
    environment = os.environ | {"GRAPHX_ATLAS": str(atlas_folder), "JUPYTER_PLATFORM_DIRS": "1", "HOME": str(tmp_path)}
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=300)
    cells = [c for c in json.loads(done.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in cells)
    assert all(cell["outputs"] for cell in cells)
    assert not [out for cell in cells for out in cell["outputs"] if out["output_type"] == "error"]
    way = "".join(cells[4]["outputs"][0]["data"]["text/plain"])
    assert "HNSW" in way
    assert "LLM serving" in way
