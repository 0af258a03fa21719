"""The dashboard's pages, run by Streamlit's own test driver."""

import asyncio
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Router
from streamlit.testing.v1 import AppTest

from graphx.atlas import Atlas, build, save
from graphx.ui import policy, routes
from tests.conftest import ROOT

APP = str(ROOT / "app.py")


def start(monkeypatch: pytest.MonkeyPatch, folder: Path, **address: str) -> AppTest:
    monkeypatch.setenv("GRAPHX_ATLAS", str(folder))
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def parts(app: AppTest) -> dict[str, dict[str, Any]]:
    """Return the data of the map and the card."""
    found = {}
    for element in app.get("bidi_component"):
        found[element.proto.component_name] = json.loads(element.proto.json)  # of several cards the panel is the last
    return found


def the_map(app: AppTest) -> dict[str, Any]:
    data = parts(app)["graphx.network"]
    return json.loads(gzip.decompress(routes._maps[data["revision"]].data))


def test_the_map_page(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder)
    assert any("**352 papers**" in element.value for element in app.markdown)
    model = the_map(app)
    assert sum(node["shape"] == "dot" for node in model["nodes"]) == 352
    assert "Start here" in parts(app)["graphx.card"]["html"]
    assert len(app.dataframe[0].value) == len(model["nodes"])


def test_a_node_in_the_address_is_shown(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, node="concept:federated-learning")
    assert parts(app)["graphx.network"]["selected"] == "concept:federated-learning"
    html = parts(app)["graphx.card"]["html"]
    assert "<h2>federated learning</h2>" in html
    assert "<mark>" in html


def test_a_node_that_is_not_there(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, node="concept:<script>alert(1)</script>")
    html = parts(app)["graphx.card"]["html"]
    assert "nothing in this atlas is called" in html
    assert "<script>" not in html


def test_filters_change_the_map_and_the_address_sets_them(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder)
    before = the_map(app)
    app.slider(key="min_papers").set_value(5).run()
    after = the_map(app)
    assert len(after["nodes"]) < len(before["nodes"])
    again = start(monkeypatch, atlas_folder, min_papers="5")
    assert the_map(again) == after
    app.pills(key="kinds").set_value([]).run()
    assert {node["shape"] for node in the_map(app)["nodes"]} == {"dot"}
    assert not app.exception


def test_a_community_is_opened_and_left_again(
    monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, atlas: Atlas
) -> None:
    app = start(monkeypatch, atlas_folder, within="c01")
    inside = set(atlas.where("membership", "community_id", "c01")["paper_id"])
    assert {node["id"] for node in the_map(app)["nodes"] if node["shape"] == "dot"} == inside
    assert {disc["id"] for disc in the_map(app)["discs"]} <= set(
        atlas.where("communities", "parent", "c01")["community_id"]
    )
    crumbs = app.get("bidi_component")[0].proto.json
    assert "All papers" in crumbs
    assert "data-do" in crumbs


def test_what_is_around_a_node(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, atlas: Atlas) -> None:
    node = "concept:federated-learning"
    app = start(monkeypatch, atlas_folder, focus=node)
    naming = set(atlas.where("paper_concepts", "concept_id", "federated-learning")["paper_id"])
    model = the_map(app)
    assert {n["id"] for n in model["nodes"] if n["shape"] == "dot"} == naming
    assert node in {n["id"] for n in model["nodes"]}
    assert model["discs"] == []


@pytest.mark.parametrize("address", [{"within": "c99"}, {"focus": "concept:<b>"}, {"focus": "community:c01"}])
def test_an_address_of_what_is_not_there_says_so(
    monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, address: dict[str, str]
) -> None:
    app = start(monkeypatch, atlas_folder, **address)
    assert "nothing in this atlas is called" in app.error[0].value
    assert not app.run().error  # and the next run shows everything


def test_groups_that_the_legend_hides_are_not_in_the_table(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, hide="c01")
    assert parts(app)["graphx.network"]["hidden"] == ["c01"]
    n = {group["id"]: group["n"] for group in the_map(app)["groups"]}
    assert len(app.dataframe[0].value) == sum(n.values()) - n["c01"]


def test_weights_of_kinds_find_other_communities(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    usual = the_map(start(monkeypatch, atlas_folder))
    app = start(monkeypatch, atlas_folder, methods="0", noise="nonsense")
    assert app.slider(key="weight of methods").value == 0
    assert the_map(app)["discs"] != usual["discs"]
    app.button[0].click().run()  # all as usual
    assert the_map(app) == usual
    assert "methods" not in app.query_params


def test_several_atlases(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(atlas_folder, tmp_path / "one")
    page = "FooNet: A Net\nWe propose FooNet, a graph neural network that is small and is tested on CIFAR-10.\n"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(page)
    save(build([tmp_path / "pages"]), tmp_path / "two")
    app = start(monkeypatch, tmp_path / "one")
    assert app.selectbox(key="which").options == ["one", "two"]
    app.selectbox(key="which").select("two").run()
    assert app.query_params["atlas"] == "two"
    assert any("**1 papers**" in element.value for element in app.markdown)
    elsewhere = start(monkeypatch, tmp_path / "one", atlas="../../etc")  # only names that are known
    assert any("**352 papers**" in element.value for element in elsewhere.markdown)


def test_search(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, q="hnsw")
    html = parts(app)["graphx.card"]["html"]
    assert "data-node='concept:hnsw'" in html
    app.text_input(key="q").set_value("zzzz<b>").run()
    html = parts(app)["graphx.card"]["html"]
    assert "Nothing found" in html
    assert "<b>" not in html.replace("<b></b>", "")


def test_what_the_filters_hide_is_still_told(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder, node="concept:turbo", min_papers="9")
    assert "Not on the map" in parts(app)["graphx.card"]["html"]


def test_the_import_page_says_what_the_atlas_was_made_from(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path) -> None:
    app = start(monkeypatch, atlas_folder)
    app.switch_page(str(ROOT / "graphx" / "ui" / "pages" / "imports.py")).run()
    assert not app.exception
    assert app.title[0].value == "Import"
    assert app.dataframe[0].value["entries"].sum() == 444
    assert app.success[0].value == "Everything was understood."


def test_problems_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(
        "FooNet: A Net\nWe propose FooNet, a graph neural network that is small and is tested on CIFAR-10.\nAlone\n"
    )
    save(build([tmp_path / "pages"]), tmp_path / "A")
    app = start(monkeypatch, tmp_path / "A")
    app.switch_page(str(ROOT / "graphx" / "ui" / "pages" / "imports.py")).run()
    assert app.dataframe[1].value["message"].str.contains("title without an abstract: Alone|without an abstract").any()


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_without_an_atlas_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str) -> None:
    app = start(monkeypatch, tmp_path / folder)
    assert "graphx build" in app.code[0].value
    assert app.error[0].value


def get(address: str) -> tuple[int, dict[str, str], str]:
    """Ask the routes as a server would; return status, headers and body."""
    path, _, query = address.partition("?")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Router(routes=routes.ROUTES)(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


def test_routes_serve_the_script_and_published_maps_only() -> None:
    status, headers, body = get(routes.VIS_URL)
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert "vis-network" in body
    one = routes.pack('{"nodes":[]}')
    url = routes.publish(one)
    assert routes.pack('{"nodes":[]}') == one
    status, headers, body = get(url)
    assert (status, json.loads(body)) == (200, {"nodes": []})
    assert "immutable" in headers["cache-control"]
    for other in ("/graphx/map/nothing.json", "/graphx/map/../../app.py.json", "/graphx/"):
        assert get(other)[0] == 404
    routes.publish(routes.Map("large", b"x" * routes.ROOM))  # the oldest make room
    assert get(url)[0] == 404
    del routes._maps["large"]


def test_the_browser_may_load_nothing_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy.policy().split("; "))
    assert rules["default-src"] == "'self'"
    assert "unsafe" not in rules["script-src"]
    assert "sha256-" in rules["script-src"]
    assert not any("http" in rule or "*" in rule for rule in rules.values())


@pytest.mark.parametrize("page", ["imports", "export", "concept", "paper"])
def test_the_search_works_on_pages_without_a_panel(
    monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, page: str
) -> None:
    app = start(monkeypatch, atlas_folder)
    app.switch_page(str(ROOT / "graphx" / "ui" / "pages" / f"{page}.py")).run()
    app.text_input(key="q").set_value("hnsw").run()
    assert not app.exception
    assert "data-node='concept:hnsw'" in parts(app)["graphx.card"]["html"]
