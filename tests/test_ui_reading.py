"""The pages that one reads on: a concept, a paper, the communities, and what one takes along."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graphx import query
from graphx.atlas import Atlas
from tests.test_ui_questions import start as on


def html(app: AppTest) -> str:
    """Return all HTML that Python wrote."""
    found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return "".join(part["html"] for part in found if "html" in part)


def test_all_concepts(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = on(monkeypatch, atlas_folder, "concept")
    assert app.title[0].value == "Concepts"
    assert app.dataframe[0].value["label"].iloc[0] == "LLM"
    app.text_input(key="find").set_value("federated learning").run()
    assert app.dataframe[0].value["label"].iloc[0] == "federated learning"
    app.pills(key="kinds").set_value(["dataset"]).run()
    assert set(app.dataframe[0].value["kind"]) <= {"dataset"}
    assert not app.exception


def test_a_concept(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = on(monkeypatch, atlas_folder, "concept", node="concept:federated-learning")
    assert "<h2>federated learning</h2>" in html(app)
    assert "Often together with" in html(app)
    assert len(app.dataframe[-1].value) == 16
    app = on(monkeypatch, atlas_folder, "concept", node="concept:federated-learning", roles="uses")
    assert set(app.dataframe[-1].value["role"]) == {"uses"}
    assert not app.exception


def test_a_paper_is_chosen_on_the_page_of_concepts(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    paper_id = "title:4bbd5ac8e3d5cb94"
    app = on(monkeypatch, atlas_folder, "concept", node=paper_id)
    assert any("open its page" in button.label for button in app.button)
    app = on(monkeypatch, atlas_folder, "paper", node="concept:federated-learning")
    assert any("open its page" in button.label for button in app.button)


@pytest.mark.parametrize("page", ["concept", "paper", "communities"])
def test_what_is_not_there(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, page: str) -> None:
    node = {"concept": "concept:<script>", "paper": "<script>", "communities": "community:<script>"}[page]
    app = on(monkeypatch, atlas_folder, page, node=node)
    said = html(app) + "".join(error.value for error in app.error)
    assert "nothing in this atlas is called" in said
    assert "<script>" not in html(app)


def test_a_paper_and_why(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, atlas: Atlas) -> None:
    one, other = (query.find_paper(atlas, name) for name in ("Matryoshka Quantization", "Any-Precision LLM"))
    app = on(monkeypatch, atlas_folder, "paper", node=one)
    assert "Marked:" in html(app)
    assert "Why these two are linked" not in html(app)
    app.text_input(key=f"other {one}").set_value("Any-Precision LLM").run()
    picker = app.selectbox[0]
    assert picker.options[0].startswith("Any-Precision LLM")
    picker.select_index(0).run()
    assert app.query_params["why"] == [other] or app.query_params["why"] == other
    assert "<mark>model quality</mark>" in html(app)
    assert "Read next" in html(app)
    app = on(monkeypatch, atlas_folder, "paper", node=f"link:{one} {other}")
    assert "<mark>model quality</mark>" in html(app)
    assert not app.exception


def test_all_papers(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = on(monkeypatch, atlas_folder, "paper")
    assert len(app.dataframe[0].value) == 352
    app.text_input(key="title").set_value("federated").run()
    assert 5 < len(app.dataframe[0].value) < 352


def test_the_communities(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, atlas: Atlas) -> None:
    app = on(monkeypatch, atlas_folder, "communities", node="community:c07")
    assert "Why it is called so" in html(app)
    assert "data-within='c07'" in html(app)
    assert html(app).count("aria-current='true'") == 1
    assert len(app.dataframe[0].value) == len(atlas.communities)
    app = on(monkeypatch, atlas_folder, "communities", node=str(atlas.papers["paper_id"].iloc[0]))
    assert html(app).count("aria-current='true'") == 1  # that of the paper


def test_two_communities(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = on(monkeypatch, atlas_folder, "communities", a="c01", b="c07")
    assert "Papers that tie them" in html(app)
    app.selectbox(key="side b").select("c02").run()
    assert app.query_params["b"] in ("c02", ["c02"])
    assert "function calling" in html(app)
    app = on(monkeypatch, atlas_folder, "communities", a="c01", b="<b>")
    assert any("no community" in caption.value for caption in app.caption)
    assert not app.exception


def test_export(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = on(monkeypatch, atlas_folder, "export", within="c07", min_papers="2", links="strongest", kinds="methods")
    assert app.selectbox(key="part").value == "c07"
    assert app.slider(key="min_papers").value == 2
    assert any("**29** papers" in element.value for element in app.markdown)
    assert len(app.get("download_button")) == 7
    app.slider(key="min_papers").set_value(3).run()
    app.selectbox(key="part").select_index(0).run()
    assert "within" not in app.query_params
    assert any("**352** papers" in element.value for element in app.markdown)
    for wrong in ("c999", "<b>"):
        app = on(monkeypatch, atlas_folder, "export", within=wrong, min_papers="x", links="?")
        assert any("no community" in caption.value for caption in app.caption)
        assert not app.exception
