"""The shape of the project, held by short checks over its own files."""

import ast
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from graphx.tables import TABLES
from tests.conftest import ROOT

# Data flows from left to right; a module imports only from those before it.
LAYERS = [
    "errors", "tables", "readers", "papers", "nlp", "forms", "thesaurus", "aliases", "concepts", "similar", "links",
    "communities", "layout", "atlas", "lens", "query", "cards", "view", "writers", "ui", "ask", "cli",
]  # fmt: skip
DOORS = {("atlas", "query")}  # Atlas.graph is a user's way to query.graph
PACKAGE = ROOT / "graphx"
MODULES = sorted(PACKAGE.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the layers that a module imports, those inside functions and type checks too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "graphx" and len(parts) > 1 and parts[1] in LAYERS:
                found.add(parts[1])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_left_never_imports_right(path: Path) -> None:
    if layer(path) in ("__init__", "__main__"):
        return
    mine = LAYERS.index(layer(path))
    others = {other for other in imported(path) if (layer(path), other) not in DOORS}
    assert all(LAYERS.index(other) <= mine for other in others)


def test_only_the_view_imports_pyvis() -> None:
    users = [p.name for p in MODULES if re.search(r"^\s*(from|import) pyvis", p.read_text(encoding="utf-8"), re.M)]
    assert users == ["network.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_stay_small_and_say_what_they_are_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 450
    assert ast.get_docstring(ast.parse(source))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert len(ast.unparse(node).splitlines()) <= 70, node.name


def test_version_and_changelog_agree() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert released[0] == version


def test_the_tables_are_documented_as_they_are() -> None:
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    documented = {
        section.split("\n", 1)[0].strip("`"): re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", section, re.M)
        for section in text.split("\n## ")[1:]
    }
    actual = {name: [(c.name, str(c.type), c.meaning) for c in columns] for name, columns in TABLES.items()}
    assert documented == actual


def test_the_seeds_are_as_they_came() -> None:
    listed = re.findall(
        r"^\| `(\S+\.txt)` \| .* \| `([0-9a-f]{64})` \|$", (ROOT / "data" / "README.md").read_text(), re.M
    )
    assert len(listed) == 5
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (ROOT / "data" / "seeds").iterdir()}
    assert hashes == dict(listed)


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for block in re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.M | re.S):
        assert all(re.search(r'",\s+# \w', line) for line in block.splitlines())
