"""The pages of gaps, timeline and path, run by Streamlit's own test driver."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from graphx import query
from graphx.atlas import Atlas, save
from graphx.tables import FORMAT_VERSION, Kind, frame
from tests.conftest import ROOT
from tests.handmade import Made, atlas_of

APP = str(ROOT / "app.py")
WAY = {"source": "concept:hnsw", "target": "concept:llm-serving"}


def start(monkeypatch: pytest.MonkeyPatch, folder: Path, page: str, **address: str) -> AppTest:
    monkeypatch.setenv("GRAPHX_ATLAS", str(folder))
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(f"graphx/ui/pages/{page}.py").run()
    assert not app.exception
    return app


def keep(atlas: Atlas, folder: Path) -> None:
    """Write an atlas made by hand as one that a build has made."""
    mentions = frame("mentions", atlas.mentions.assign(by="own list", joined_by="form", score=1.0))
    concepts = frame("concepts", atlas.concepts.assign(n_mentions=atlas.concepts["n_papers"]))
    save(replace(atlas, mentions=mentions, concepts=concepts, info={"format_version": FORMAT_VERSION}), folder)


def parts(app: AppTest) -> list[str]:
    """Return all HTML that Python wrote, piece by piece; the panel's is the last."""
    data: list[dict[str, Any]] = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [part["html"] for part in data]


def test_gaps_show_the_grid_the_belief_and_the_list(
    monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, atlas: Atlas
) -> None:
    app = start(monkeypatch, atlas_folder, "gaps")
    grid, panel = parts(app)
    assert "ImageNet" in grid
    assert grid.count("data-do='cell'") == len(query.heat(atlas).cells)
    assert "be measured on these papers: 31 of 352" in grid
    assert "What nobody tried" in panel
    assert app.dataframe[0].value["method"].tolist() == query.gaps(atlas, n=99)["method"].tolist()
    app.segmented_control(key="kind of other").set_value("task").run()
    assert app.query_params["between"] == "task"
    assert "computer vision" in parts(app)[0]
    assert "task" in app.dataframe[0].value.columns
    app.selectbox(key="methods of").set_value("c02").run()
    assert app.query_params["within"] == "c02"
    assert "methods of c02" in parts(app)[0]
    assert (
        app.dataframe[0].value["method"].tolist() == query.gaps(atlas, ("method", "task"), 99, "c02")["method"].tolist()
    )
    assert not app.exception


def test_the_address_opens_a_pair(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, "gaps", cell="resnet|imagenet")
    grid, panel = parts(app)
    assert grid.count("aria-pressed='true'") == 1
    assert "no paper here names both" in panel
    assert panel.count("<mark>") == 6
    assert not [b for b in app.button if "Back" in b.label]
    app = start(monkeypatch, atlas_folder, "gaps", cell="resnet|imagenet", node="concept:resnet")
    assert "<h2>ResNet</h2>" in parts(app)[-1]
    next(b for b in app.button if "Back" in b.label).click().run()
    assert "no paper here names both" in parts(app)[-1]
    app = start(monkeypatch, atlas_folder, "gaps", between="task", cell="llm|quantization")
    assert "Who tried it" in parts(app)[-1]


@pytest.mark.parametrize("cell", ["<b>|imagenet", "imagenet|resnet", "|", "nothing"])
def test_an_address_that_means_no_pair(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, cell: str) -> None:
    app = start(monkeypatch, atlas_folder, "gaps", cell=cell, between="<i>", within="c99")
    panel = parts(app)[-1]
    assert ("No such pair" in panel) == ("|" in cell)
    assert "<b>|" not in panel
    assert len(app.dataframe[0].value)


def test_an_atlas_without_gaps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep(atlas_of([Made(["ResNet"])]), tmp_path / "A")
    app = start(monkeypatch, tmp_path / "A", "gaps")
    assert "No pairs" in parts(app)[0]
    assert app.info[0].value.startswith("No gaps")


def test_a_timeline_without_dates_says_what_to_do(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, "timeline")
    picture, panel = parts(app)
    assert "31 of 352 papers have a year, 8 only a month and day" in picture
    assert picture.count("class='year'") == 2024 - 2010 + 1
    assert "data-page='imports'" in panel
    assert len(app.dataframe[0].value) == 39


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an atlas over ten years: one method rises, a dataset fades, a task has its time."""
    papers = []
    for year in range(2010, 2020):
        names = [["new"] if n < year - 2009 else [] for n in range(20)]
        for n, its in enumerate(names):
            its += ["old"] if n < 2020 - year else []
            its += ["hype"] if year in (2014, 2015) and n % 2 else []
            papers.append(Made([*its, "always"], year=year))
    folder = tmp_path_factory.mktemp("years") / "A"
    keep(atlas_of(papers, {"old": Kind.DATASET, "hype": Kind.TASK}), folder)
    return folder


def test_streams_and_their_filters(monkeypatch: pytest.MonkeyPatch, years: Path) -> None:
    app = start(monkeypatch, years, "timeline", node="concept:new")
    picture, panel = parts(app)
    assert picture.count("class='stream'") == 3
    assert [picture.index(title) for title in ("Rising", "Had their time", "Fading")] == sorted(
        picture.index(title) for title in ("Rising", "Had their time", "Fading")
    )
    assert picture.count("aria-current") == 1
    assert "burst 2014 – 2015" in picture
    assert "<h2>new</h2>" in panel
    assert app.dataframe[0].value["concept"].tolist() == ["new", "hype", "old"]
    app.pills(key="of trend").set_value("fading").run()
    assert app.query_params["trend"] == "fading"
    assert app.dataframe[0].value["concept"].tolist() == ["old"]
    app.pills(key="of kind").set_value("task").run()
    assert "Nothing here has such a trend" in app.info[0].value
    app = start(monkeypatch, years, "timeline", kind="task", trend="<b>")
    assert app.dataframe[0].value["concept"].tolist() == ["hype"]


def test_a_path_beside_its_picture(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, atlas: Atlas) -> None:
    app = start(monkeypatch, atlas_folder, "path", **WAY)
    assert [field.value for field in app.text_input if field.label in ("From", "To")] == ["HNSW", "LLM serving"]
    way = next(part for part in parts(app) if "class='path'" in part)
    found = query.path(atlas, *WAY.values())
    assert way.count("<blockquote>") == (found["path"] == 1).sum() - 1
    assert way.count("class='stop shown'") == (found["path"] == 1).sum()
    app.segmented_control(key="way shown").set_value(2).run()
    assert app.query_params["k"] == "2"
    assert "as convincing as the first way" in next(part for part in parts(app) if "class='path'" in part)
    app.button(key="swap").click().run()
    assert app.query_params["source"] == "concept:llm-serving"
    assert [field.value for field in app.text_input if field.label in ("From", "To")] == ["LLM serving", "HNSW"]
    assert not app.exception


def test_the_ends_are_searched_for(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, "path", source="HNSW", k="9")  # a name will do
    assert any("Choose the other end, too." in part for part in parts(app))
    assert any("data-end='target'" in part and "data-id='concept:llm'" in part for part in parts(app))
    app.text_input(key="words target").set_value("LLM servin").run()
    offered = next(part for part in parts(app) if "What was found" in part)
    assert "data-id='concept:llm-serving'" in offered
    app.text_input(key="words target").set_value("zzzzzz<b>").run()
    assert any("Nothing is called that" in part for part in parts(app))
    app.query_params["node"] = "concept:llm-serving"
    app.run()
    app.button(key="target here").click().run()
    assert app.query_params["target"] == "concept:llm-serving"
    assert app.text_input(key="words target").value == "LLM serving"
    assert any("class='path'" in part for part in parts(app))


def test_no_path_and_no_such_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep(atlas_of([Made(["BERT", "GLUE"])] * 2 + [Made(["HNSW", "SIFT"])] * 2), tmp_path / "A")
    app = start(monkeypatch, tmp_path / "A", "path", source="concept:BERT", target="concept:SIFT")
    assert any("No way from one to the other" in part and "data-page='imports'" in part for part in parts(app))
    app = start(monkeypatch, tmp_path / "A", "path", source="<b>", target="concept:SIFT")
    assert "nothing in this atlas is called" in app.warning[0].value
    app = start(monkeypatch, tmp_path / "A", "path", source="concept:BERT", target="concept:BERT")
    assert any("Both ends are the same" in part for part in parts(app))
