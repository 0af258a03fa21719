"""The Import page, run by Streamlit's own test driver: from files to a built atlas, with real builds."""

import csv
import io
import json
import re
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graphx.atlas import Atlas, load, save
from graphx.ui import jobs, uploads
from graphx.writers.spreadsheet import to_csv
from tests.conftest import ROOT, SEEDS, SMALL

PAGE = str(ROOT / "graphx" / "ui" / "pages" / "imports.py")
TABLE = (
    b"Document Title;AB;Year\nZooNet: A Net for Zoos;We propose ZooNet, a graph neural network.;2021\n"
    b"=1+1;An abstract about MNIST.;odd\nalone\n"
)


def page(monkeypatch: pytest.MonkeyPatch, folder: Path, **address: str) -> AppTest:
    monkeypatch.setenv("GRAPHX_ATLAS", str(folder))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def give(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "text/plain") for name, data in files])
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    """Return all HTML that the page shows in its own part."""
    return "".join(json.loads(element.proto.json).get("html", "") for element in app.get("bidi_component"))


def button(app: AppTest, label: str) -> object:
    return next(button for button in app.button if button.label == label)


def ended(app: AppTest) -> AppTest:
    """Wait until the build has ended, and show the page then."""
    for job in jobs.running():
        job.wait(60)
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def folder(small: Atlas, tmp_path: Path) -> Path:
    save(small, tmp_path / "small")
    return tmp_path / "small"


def test_what_was_understood_is_told_before_anything_is_built(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    app = give(page(monkeypatch, folder), ("../<b>a.csv", TABLE), ("more.txt", SMALL.read_bytes()), ("z.txt", b"\0"))
    shown = html(app)
    assert "<b>_b_a.csv</b>" in shown  # the name it goes by here has no such signs
    assert "2 entries · CSV or TSV" in shown
    assert "<dt>title</dt><dd>Document Title</dd>" in shown
    assert "year: not understood and left out" in shown
    assert "not understood · 1 problem" in shown
    assert "the same file is there already" in shown
    assert any(m.value == "2 entries about **2 papers**, 0 of them already in small." for m in app.markdown)
    assert not button(app, "Add to small").disabled
    assert sorted(path.name for path in folder.parent.iterdir()) == ["small"]


def test_files_are_read_once(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    read, times = uploads.read, []
    monkeypatch.setattr(uploads, "read", lambda *args, **more: times.append(1) or read(*args, **more))
    app = give(page(monkeypatch, folder), ("a.csv", TABLE))
    app.run()
    assert len(times) == 1
    app.file_uploader[0].upload("b.txt", b"one more")
    app.run()
    assert len(times) == 2


def test_papers_are_added_to_the_atlas_that_is_shown(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    line = b'{"title": "FedFold, federated learning with folded updates", "abstract": "Short.", "venue": "ICML"}\n'
    app = give(page(monkeypatch, folder), ("small.txt", TABLE), ("more.jsonl", line))
    assert any(m.value == "3 entries about **3 papers**, 1 of them already in small." for m in app.markdown)
    assert any("What merges" in expander.label for expander in app.expander)
    button(app, "Add to small").click().run()
    assert "Find what the texts name" in html(app)
    assert button(app, "Cancel")
    ended(app)
    assert any(s.value == "small is up to date" for s in app.subheader)
    assert "2 papers new" in html(app)
    merged = next(d.value for d in app.dataframe if "why" in d.value)
    assert list(merged["why"]) == ["same title"]
    assert "the atlas" in merged["from"].iloc[0]
    won = next(d.value for d in app.dataframe if "won" in d.value).set_index("field")
    assert won.loc["venue", "won"] == "ICML"
    assert app.file_uploader[0].value == []  # it's empty for what comes next
    atlas = load(folder)
    assert len(atlas.papers) == 8
    assert sorted(atlas.info["inputs"]) == ["more.jsonl", "small-2.txt", "small.txt"]
    assert sorted(path.name for path in (folder.parent / "small.inputs").iterdir()) == ["more.jsonl", "small-2.txt"]
    assert any("1 of these files came by way of the command line" in m.value for m in app.markdown)


def test_the_first_atlas_needs_no_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = page(monkeypatch, tmp_path / "data" / "atlas")
    app.text_area[0].set_value(SMALL.read_text()).run()
    assert app.text_input(key="name").value == "atlas"
    button(app, "Build the atlas").click().run()
    ended(app)
    assert any(s.value == "atlas is ready" for s in app.subheader)
    assert f"graphx build {tmp_path}/data/atlas.inputs -o {tmp_path}/data/atlas" in [c.value for c in app.code]
    button(app, "Look at the map").click().run()
    assert not app.exception
    assert "graphx.network" in [element.proto.component_name for element in app.get("bidi_component")]


def test_a_new_atlas_is_opened_by_its_name(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    app = give(page(monkeypatch, folder, node="concept:turbo"), ("a.csv", TABLE))
    app.radio(key="into").set_value("new").run()
    for bad in ("", "../up", "a b", "-x", "ä", "a.b"):
        app.text_input(key="name").set_value(bad).run()
        assert any("Use letters, digits" in error.value for error in app.error)
        assert button(app, "Build the atlas").disabled
    app.text_input(key="name").set_value("small").run()
    assert any("There is an atlas small already" in error.value for error in app.error)
    app.checkbox[0].check().run()
    assert not button(app, "Build the atlas").disabled
    (folder.parent / "notes").mkdir()
    (folder.parent / "notes" / "n.txt").write_text("mine")
    app.text_input(key="name").set_value("notes").run()
    assert any("Something else is called notes" in error.value for error in app.error)
    app.text_input(key="name").set_value("other").run()
    button(app, "Build the atlas").click().run()
    ended(app)
    assert any("**2 papers**" in m.value for m in app.markdown)
    button(app, "Look at the map").click().run()
    assert not app.exception
    assert dict(app.query_params) == {"atlas": "other"}
    assert app.selectbox(key="which").value == "other"
    assert (folder.parent / "notes" / "n.txt").exists()


def test_cancel(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    app = give(page(monkeypatch, folder), *((p.name, p.read_bytes()) for p in sorted(SEEDS.iterdir())))
    button(app, "Add to small").click().run()
    other = page(monkeypatch, folder)  # another tab finds it
    assert "Find what the texts name" in html(other)
    button(other, "Cancel").click().run()
    ended(app)
    assert any(info.value == "Cancelled. small is as it was." for info in app.info)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["small"]
    assert not button(app, "Add to small").disabled  # what was given is there still


def test_why_it_failed_is_one_line(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    app = give(page(monkeypatch, folder), ("a.csv", TABLE))
    app.radio(key="into").set_value("new").run()
    app.text_input(key="columns").set_value("nonsense").run()
    assert any("no pair" in error.value for error in app.error)
    assert button(app, "Build the atlas").disabled
    app.text_input(key="columns").set_value("venue=Nowhere").run()
    button(app, "Build the atlas").click().run()
    ended(app)
    assert any(
        "my-papers was not written: " in e.value and "no file has a column 'Nowhere'" in e.value for e in app.error
    )


def test_limits_are_told_and_held(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * uploads.MEGABYTE == uploads.FILE_LIMIT
    app = page(monkeypatch, folder)
    assert any("Up to 200 MB a file and 500 MB in all" in m.value for m in app.markdown)
    monkeypatch.setattr(uploads, "TOTAL_LIMIT", 2 * uploads.MEGABYTE)
    give(app, ("a.csv", TABLE), ("b.txt", b"x" * 2 * uploads.MEGABYTE))
    assert any("These files have 2 MB together; 2 MB is the limit" in error.value for error in app.error)
    assert not any(b.label == "Add to small" for b in app.button)


def test_problems_open_in_a_spreadsheet_without_running_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    from graphx.tables import frame

    row = {"source": "=cmd|' /C calc'!A0", "position": "-1", "message": '+x, "y"\n@z'}
    (read,) = csv.DictReader(io.StringIO(to_csv(frame("problems", [row])).decode("utf-8-sig"), newline=""))
    assert read == {name: f"'{value}" for name, value in row.items()}
    harmless = {"source": "a", "position": "line 1", "message": "1 - 1"}
    (read,) = csv.DictReader(io.StringIO(to_csv(frame("problems", [harmless])).decode("utf-8-sig"), newline=""))
    assert read == harmless
    assert re.match(rb"\xef\xbb\xbf", to_csv(frame("problems", [])))
