"""The Aliases page: decide, see what changes, apply, take back; always on a copy of the atlas."""

import shutil
import threading
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from graphx import aliases
from graphx.aliases import Action, Decision, Journal
from graphx.atlas import Atlas, load, save
from graphx.cards.aliases import decided, key, suggested, words
from graphx.errors import AtlasError
from graphx.query import deciding
from graphx.query.aliases import suggestions
from graphx.ui import applying
from tests.conftest import ROOT
from tests.test_ui import start

PAGE = str(ROOT / "graphx" / "ui" / "pages" / "aliases.py")


@pytest.fixture
def folder(small: Atlas, tmp_path: Path) -> Path:
    """Return the folder of a copy of the small atlas, alone in its own."""
    save(small, tmp_path / "own" / "small")
    return tmp_path / "own" / "small"


def opened(monkeypatch: pytest.MonkeyPatch, folder: Path, **address: str) -> AppTest:
    """Open the page; an address that names a concept also shows what can be done with it."""
    app = start(monkeypatch, folder)
    app.switch_page(PAGE)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def changing(monkeypatch: pytest.MonkeyPatch, folder: Path, concept_id: str, tool: Action) -> AppTest:
    app = opened(monkeypatch, folder, node=f"concept:{concept_id}")
    app.segmented_control(key="aliases").set_value("change").run()
    app.segmented_control(key="tool").set_value(tool).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def htmls(app: AppTest) -> str:
    return "".join(element.proto.json for element in app.get("bidi_component"))


def labels(folder: Path) -> set[str]:
    return set(load(folder).concepts["label"])


def test_it_suggests_and_explains(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(atlas_folder, tmp_path / "own" / "seeds")
    app = opened(monkeypatch, tmp_path / "own" / "seeds")
    html = htmls(app)
    assert html.count("data-do='accept'") == 25
    assert "data-node='concept:function-calling'" in html
    assert "How to read it" in html
    press(app, "Show 25 more")
    assert htmls(app).count("data-do='accept'") == 50


def test_renaming_is_previewed_applied_and_taken_back(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    app = changing(monkeypatch, folder, "fedavg", Action.RENAME)
    app.text_input(key="label fedavg FedAvg").set_value("Federated Averaging").run()
    press(app, "Rename")
    assert "**1 decision not applied yet**" in [m.value for m in app.markdown]
    assert "Rename <b>FedAvg</b> to <b>Federated Averaging</b>" in htmls(app)
    assert "FedAvg" in labels(folder)
    assert not aliases.journal_path(folder).exists()
    press(app, "Apply to the atlas")
    assert "Applied in" in app.success[0].value
    assert labels(folder) >= {"Federated Averaging"}
    assert app.query_params["node"] == "concept:federated-averaging"
    assert aliases.thesaurus_path(folder).read_text(encoding="utf-8") == (
        "label\treplace by\nFedAvg\tFederated Averaging\n"
    )
    assert "not applied" not in "".join(m.value for m in app.markdown)

    app.segmented_control(key="aliases").set_value("decided").run()
    assert "data-do='undo'" in htmls(app)
    (decision,) = aliases.read(aliases.journal_path(folder)).decisions
    app.session_state["edits"] = {str(folder): app.session_state["edits"][str(folder)]._replace(undone=(decision,))}
    app.run()
    assert "data-do='redo'" in htmls(app)
    press(app, "Apply to the atlas")
    assert "FedAvg" in labels(folder)
    assert aliases.read(aliases.journal_path(folder)) == Journal()


def test_merging_splitting_kinds_and_dropping(monkeypatch: pytest.MonkeyPatch, folder: Path, small: Atlas) -> None:
    app = changing(monkeypatch, folder, "fedprox", Action.MERGE)
    app.selectbox(key="into fedprox None").set_value("FedAvg").run()
    press(app, "Merge")
    assert "“FedProx” becomes part of “FedAvg”" in app.info[0].value
    other = next(box for box in app.selectbox if box.label == "Concept to change")
    other.set_value("HNSW").run()
    app.segmented_control(key="tool").set_value(Action.KIND).run()
    app.segmented_control(key="kind hnsw").set_value("dataset").run()
    press(app, "Change the kind")
    next(box for box in app.selectbox if box.label == "Concept to change").set_value("FedFold").run()
    app.segmented_control(key="tool").set_value(Action.DROP).run()
    press(app, "Drop it")
    moe = small.concepts.set_index("label").loc["MoE"]
    next(box for box in app.selectbox if box.label == "Concept to change").set_value("MoE").run()
    app.segmented_control(key="tool").set_value(Action.SPLIT).run()
    forms = [form for form in moe["forms"] if form.lower().startswith("mixture")]
    app.multiselect(key=f"forms {moe['concept_id']}").set_value(forms).run()
    press(app, "Split off")
    html = htmls(app)
    assert html.count("data-do='undo'") == 4
    n = int(small.concepts.set_index("label").loc["FedFold", "n_mentions"])
    assert f"takes away {n} mentions in 2 papers" in html
    press(app, "Apply to the atlas")
    atlas = load(folder)
    kinds = dict(zip(atlas.concepts["label"], atlas.concepts["kind"], strict=True))
    assert kinds["HNSW"] == "dataset"
    assert not {"FedProx", "FedFold"} & set(kinds)
    assert forms[0] in kinds
    assert len(aliases.read(aliases.journal_path(folder)).decisions) == 4


def test_what_cannot_be_decided_is_told(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    app = changing(monkeypatch, folder, "fedavg", Action.RENAME)
    app.text_input(key="label fedavg FedAvg").set_value("FedProx").run()
    press(app, "Rename")
    assert "Merge the two instead" in app.error[0].value
    app.run()
    assert not app.error


def test_a_damaged_journal_is_told_and_kept(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    file = aliases.journal_path(folder)
    file.write_text("garbage\n")
    app = opened(monkeypatch, folder)
    assert "aliases.jsonl, line 1: " in app.error[0].value
    assert file.read_text() == "garbage\n"


def test_decisions_wait_where_the_atlas_was_built_anew(
    monkeypatch: pytest.MonkeyPatch, folder: Path, small: Atlas
) -> None:
    with aliases.writing(folder, Journal((), (deciding.merge(small, "fedprox", "fedavg"),))):
        pass
    app = opened(monkeypatch, folder)
    assert "built anew without what was decided" in app.caption[0].value
    press(app, "Apply to the atlas")
    assert "FedProx" not in labels(folder)


def test_a_rejection_changes_no_table(monkeypatch: pytest.MonkeyPatch, folder: Path, small: Atlas) -> None:
    before = (folder / "atlas.json").stat().st_mtime_ns
    applying.start(small, folder, Journal((), (deciding.reject("FedAvg", "FedProx"),))).wait()
    assert (folder / "atlas.json").stat().st_mtime_ns == before
    assert [d.action for d in aliases.read(aliases.journal_path(folder)).decisions] == [Action.REJECT]


def test_one_at_a_time(monkeypatch: pytest.MonkeyPatch, folder: Path, small: Atlas) -> None:
    go = threading.Event()
    join = applying.rejoin

    def slow(*args: Any) -> Atlas:
        go.wait(20)
        return join(*args)

    monkeypatch.setattr(applying, "rejoin", slow)
    journal = Journal((), (deciding.merge(small, "fedprox", "fedavg"),))
    first = applying.start(small, folder, journal)
    with pytest.raises(AtlasError, match="Somebody is changing this atlas"):
        applying.start(small, folder, journal)
    assert applying.of(folder) is first
    go.set()
    first.wait(20)
    assert first.state == "done"
    assert applying.of(folder) is None


def test_what_fails_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch, folder: Path, small: Atlas) -> None:
    def full(*_: object) -> None:
        raise AtlasError("the disk is full")

    monkeypatch.setattr(applying, "save", full)
    application = applying.start(small, folder, Journal((), (deciding.drop(small, "fedavg"),)))
    application.wait(20)
    assert (application.state, application.message) == ("failed", "the disk is full")
    assert labels(folder) >= {"FedAvg"}
    assert [p.name for p in folder.parent.iterdir()] == ["small"]


def test_hostile_labels_are_escaped(atlas: Atlas) -> None:
    evil = "<script>alert('x')</script>"
    rows = suggestions(atlas, 1).assign(keep=evil, gone=evil, keep_id=evil, gone_id=evil, reason=evil)
    decision = Decision(Action.MERGE, evil, evil, (evil,), (evil,))
    for html in (suggested(rows), decided([decision]), decided([], None, [decision]), words(decision)):
        assert "<script" not in html
        assert "alert('x')" not in html
    assert f"data-key='{key(decision)}'" in unescape(decided([decision]))
