"""Commands: what they print, what they leave behind, and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import igraph as ig
import networkx as nx
import pytest

from graphx import cli
from graphx.atlas import Atlas, save
from graphx.tables import TABLES
from tests.conftest import ROOT, SEEDS, SMALL


def run(monkeypatch: pytest.MonkeyPatch, *args: object) -> int:
    """Run the command line in this process; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["graphx", *map(str, args)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def small_folder(small: Atlas, tmp_path: Path) -> Path:
    save(small, tmp_path / "small")
    return tmp_path / "small"


def test_build_export_and_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    atlas, file = tmp_path / "A", tmp_path / "a.graphml"
    assert run(monkeypatch, "build", SEEDS, "-o", atlas) == 0
    said = capsys.readouterr().out
    assert "352 (from 444 records)" in said
    for word in ("mentions", "concepts", "methods", "datasets", "tasks", "metrics", "links", "communities", "seconds"):
        assert word in said
    assert {p.stem for p in atlas.glob("*.parquet")} == set(TABLES)
    assert run(monkeypatch, "build", SEEDS, "-o", atlas) == 0
    assert "up to date" in capsys.readouterr().err
    assert run(monkeypatch, "build", SEEDS, "-o", atlas, "--force") == 0
    assert "352" in capsys.readouterr().out
    assert run(monkeypatch, "export", atlas, file) == 0
    assert nx.read_graphml(file).number_of_edges() == ig.Graph.Read_GraphML(str(file)).ecount() > 10_000


def test_read_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(monkeypatch, "read", SEEDS, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"records": 444, "papers": 352, "problems": []}
    page = tmp_path / "p.txt"
    page.write_text("A title without [red]anything[/] below\n")
    assert run(monkeypatch, "read", "--json", page) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["records"], answer["papers"]) == (0, 0)
    assert answer["problems"][0]["source"] == "p.txt"
    assert answer["problems"][0]["position"] == "line 1"
    assert set(answer["problems"][0]) == {"source", "position", "message"}


def test_read_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_bytes(SMALL.read_bytes() + b"\nLast [bold]title[/bold]\n")
    (tmp_path / "q.bin").write_bytes(b"\x00\x01")
    assert run(monkeypatch, "read", tmp_path) == 0
    said = capsys.readouterr().out
    assert "6 records, 6 papers, 2 problems" in said
    assert "[bold]title[/bold]" in said  # a title is text, not markup
    assert "q.bin, file: not text" in said


@pytest.mark.parametrize("content", [b"", b"\x89PNG\x00", b"hello", b"{}"])
def test_read_a_file_without_papers(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ":smile:.txt").write_bytes(content)
    assert run(monkeypatch, "read", tmp_path) == 1
    captured = capsys.readouterr()
    assert "0 records, 0 papers" in captured.out
    assert ":smile:.txt, " in captured.out  # a name is no emoji
    assert captured.err == ""


@pytest.mark.parametrize("name", ["federated learning", "FL", "HNSW", "CIFAR-10"])
def test_explain_a_concept(
    name: str, small_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "explain", small_folder, name) == 0
    said = capsys.readouterr().out
    assert "forms: " in said
    assert "papers" in said
    assert any(role in said for role in ("introduces ", "uses ", "compares ", "mentions "))
    assert name in said


def test_explain_a_paper(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "explain", small_folder, "Serving Folded Graphs: A Study of Tail Latency") == 0
    said = capsys.readouterr().out
    assert "found by" in said
    assert "builds_on TurboSeek" in said
    assert "small.txt#line" in said


def test_explain_on_the_seeds(
    atlas_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "MoS: Unleashing Parameter Efficiency of Low-Rank Adaptation with Mixture of Shards"
    assert run(monkeypatch, "explain", atlas_folder, "Mixture of Shards") == 0
    answer = capsys.readouterr().out
    assert title in answer
    assert "found by encoder, score" in answer
    assert run(monkeypatch, "explain", atlas_folder, title) == 0
    answer = capsys.readouterr().out
    assert "joined by acronym: this paper says what the acronym means" in answer
    assert "joined by synonym: a synonym that the field takes for the same" in answer


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["build", "{tmp}/nowhere", "-o", "{tmp}/A"], "no such file or folder. Check the path."),
        (["build", "{tmp}/notes", "-o", "{tmp}/A"], "no papers found"),
        (["build", "{small}", "-o", "{tmp}/notes"], "left alone. Choose another folder"),
        (["build", "{small}", "-o", "{tmp}/file/A"], "cannot be written"),
        (["read", "{tmp}/nowhere"], "no such file or folder"),
        (["read", "x" * 5000], "File name too long"),
        (["export", "{tmp}/nowhere", "{tmp}/a.graphml"], "Build one with: graphx build"),
        (["export", "{atlas}", "{tmp}/a.doc"], "Use one of: .graphml"),
        (["explain", "{atlas}", "federatd lerning"], "Did you mean: federated learning"),
        (["app", "{tmp}/nowhere"], "Build one with: graphx build"),
    ],
)
def test_a_users_error_is_one_line_that_helps(
    args: list[str],
    message: str,
    small_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "n.txt").write_text("a note")
    (tmp_path / "file").write_text("a file")
    places = {"tmp": tmp_path, "small": SMALL, "atlas": small_folder}
    assert run(monkeypatch, *[arg.format(**places) for arg in args]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("graphx: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err
    assert not (tmp_path / "A").exists()


@pytest.mark.parametrize(
    "args", [["nonsense"], ["build"], ["build", "x"], ["export", "a"], ["build", "x", "-o", "y", "--seed", "z"]]
)
def test_wrong_usage_ends_with_2(args: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, *args) == 2


def test_every_command_has_help_with_an_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--help") == 0
    overview = capsys.readouterr().out
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("build", "read", "export", "explain", "app"):
        assert command in overview
        assert f"graphx {command}" in readme
        assert run(monkeypatch, command, "--help") == 0
        assert f"Example: graphx {command}" in capsys.readouterr().out


def test_stopping_leaves_nothing_half_written(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p.name: p.read_bytes() for p in small_folder.iterdir()}

    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pyarrow.parquet.write_table", stop)
    assert run(monkeypatch, "build", SEEDS, "-o", small_folder) == 130
    assert {p.name: p.read_bytes() for p in small_folder.iterdir()} == before
    assert [p.name for p in small_folder.parent.iterdir()] == ["small"]


def test_help_and_import_stay_light() -> None:
    heavy = "{'spacy', 'igraph', 'streamlit', 'pyvis', 'pandas'} & set(sys.modules)"
    for code in (
        f"import graphx, sys; print({heavy})",
        f"import sys, graphx.cli\ntry: graphx.cli.cli(['--help'])\nexcept SystemExit: print({heavy})",
    ):
        said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        assert said.rstrip().endswith("set()")
    light = "import graphx, sys; graphx.load; print({'spacy', 'igraph', 'streamlit', 'pyvis'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", light], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "set()"


def test_a_terminal_that_is_no_terminal_gets_plain_text(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "graphx", "build", str(SMALL), "-o", str(tmp_path / "A")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"TERM": "dumb"})
    assert "\x1b" not in done.stdout + done.stderr
