"""Cards, the map's model, the page and the files: complete, readable by others, and inert."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import igraph as ig
import networkx as nx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphx import query, view
from graphx.atlas import Atlas
from graphx.cards import card, results, welcome
from graphx.errors import ExportError, NotFoundError
from graphx.query import READABLE, Selection
from graphx.writers import WRITERS, to_bytes, write
from graphx.writers.xml import legal


class Tags(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_card_for_every_node(small: Atlas) -> None:
    for node in query.network(small, Selection()).nodes["node_id"]:
        html = card(small, node)
        assert html.startswith("<article>")
        for _, attributes in Tags(html).tags:
            if "data-node" in attributes:
                card(small, attributes["data-node"] or "")
    with pytest.raises(NotFoundError):
        card(small, "concept:nothing")


def test_a_concept_card_tells_forms_roles_and_the_sentence(small: Atlas) -> None:
    html = card(small, "concept:turboseek")
    assert re.search(r"<h3>Introduced in <small[^>]*>1 paper", html)
    assert re.search(r"<h3>Used in <small[^>]*>1 paper", html)
    assert re.search(r"We deploy <mark>TurboSeek</mark> in a production system", html)
    assert "Written as" in card(small, "concept:federated-learning")


def test_a_paper_card_marks_mentions_by_kind_and_gives_reasons(small: Atlas) -> None:
    html = card(small, query.find(small, "FedFold: Federated Learning with Folded Updates"))
    assert re.search(r"<a href='\?node=concept%3Acifar-10' data-node='concept:cifar-10' class='mark dataset'", html)
    assert "Nearest papers, and why" in html
    assert "builds on this paper:" in html
    assert re.search(r"Read from small\.txt, line \d+<", html)
    assert "12-29" in html


def test_cards_of_hostile_papers_are_inert(hostile: Atlas) -> None:
    nodes = query.network(hostile, Selection()).nodes["node_id"]
    pages = [card(hostile, node) for node in nodes]
    pages += [welcome(hostile), results(query.search(hostile, "foo"), "<script>alert(4)</script>")]
    for html in pages:
        for tag, attributes in Tags(html).tags:
            assert tag not in {"script", "img", "iframe", "b" if "onerror" in attributes else "script"}
            assert not [name for name in attributes if name.startswith("on")]
            assert (attributes.get("href") or "?").startswith("?")


def test_the_model_is_plain_and_stable(atlas: Atlas) -> None:
    model = view.model(atlas)
    text = view.to_json(model)
    assert json.loads(text) == model
    assert view.to_json(view.model(atlas)) == text
    assert not model["options"]["physics"]["enabled"]
    ids = {node["id"] for node in model["nodes"]}
    assert all(edge["from"] in ids and edge["to"] in ids for edge in model["edges"])
    assert len({edge["id"] for edge in model["edges"]}) == len(model["edges"])
    assert {node["shape"] for node in model["nodes"]} == {"dot", "diamond", "square", "triangle", "star"}
    discs = {c["id"]: c for c in model["discs"]}
    for node in model["nodes"]:
        disc = discs[node["legend"]]
        assert (node["x"] - disc["x"]) ** 2 + (node["y"] - disc["y"]) ** 2 <= disc["r"] ** 2
        assert node["color"] == disc["colour"]


def test_drawing_leaves_the_atlas_alone(small: Atlas) -> None:
    before = to_bytes(small, ".graphml")
    view.page(small)
    assert to_bytes(small, ".graphml") == before


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("HNSW: A Graph", "HNSW"),
        ("A short title", "A short title"),
        ("A title that goes on and on and on until nobody reads it", "A title that goes on and on and on until…"),
        ("X" * 60, "X" * 41 + "…"),
    ],
)
def test_short_titles(title: str, label: str) -> None:
    assert view.short_title(title) == label


def test_the_page_loads_nothing_and_runs_only_its_own_scripts(hostile: Atlas) -> None:
    html = view.page(hostile)
    tags = Tags(html).tags
    assert [tag for tag, _ in tags if tag in ("script", "img", "iframe", "link")] == ["script", "script"]
    assert not [
        v for _, attributes in tags for k, v in attributes.items() if k in ("src", "href") and "//" in (v or "")
    ]
    assert "default-src 'none'" in html
    assert "vis-network" in html
    assert html.count("</script>") == 2
    assert "\u2028" not in html


def read_graphml(data: bytes, folder: Path) -> tuple[nx.MultiDiGraph, ig.Graph]:
    path = folder / "graph.graphml"
    path.write_bytes(data)
    return nx.read_graphml(path), ig.Graph.Read_GraphML(str(path))


def test_graphml_is_read_alike_by_networkx_and_igraph(atlas: Atlas, tmp_path: Path) -> None:
    whole = query.graph(atlas)
    by_networkx, by_igraph = read_graphml(to_bytes(atlas, ".graphml"), tmp_path)
    assert by_networkx.number_of_nodes() == by_igraph.vcount() == whole.number_of_nodes()
    assert by_networkx.number_of_edges() == by_igraph.ecount() == whole.number_of_edges()
    assert by_networkx.is_directed()
    assert by_igraph.is_directed()
    node_keys = {key for _, data in by_networkx.nodes(data=True) for key in data}
    edge_keys = {key for _, _, data in by_networkx.edges(data=True) for key in data}
    assert node_keys == set(by_igraph.vs.attributes()) - {"id"}
    assert edge_keys - {"id"} == set(by_igraph.es.attributes()) - {"id"}
    assert {"label", "weight", "relation", "evidence"} <= edge_keys
    ids = [edge.attrib["id"] for edge in ET.parse(tmp_path / "graph.graphml").iterfind(".//{*}edge")]
    assert len(set(ids)) == len(ids) == whole.number_of_edges()
    for node, data in whole.nodes(data=True):
        assert by_networkx.nodes[node] == data
    ours = sorted((s, t, d["relation"], d["weight"], d["evidence"]) for s, t, d in whole.edges(data=True))
    theirs = sorted((s, t, d["relation"], d["weight"], d["evidence"]) for s, t, d in by_networkx.edges(data=True))
    assert ours == theirs


def test_gexf_keeps_colours_sizes_and_positions(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "graph.gexf"
    write(atlas, path)
    graph = nx.read_gexf(path, version="1.3")
    assert graph.number_of_nodes() == len(atlas.papers) + len(atlas.concepts)
    assert graph.number_of_edges() == len(atlas.links) + len(atlas.paper_concepts)
    root = ET.parse(path).getroot()
    assert root.attrib["version"] == "1.3"
    viz = "{http://gexf.net/1.3/viz}"
    first = root.find(".//{*}node")
    assert first is not None
    assert {child.tag for child in first} >= {f"{viz}color", f"{viz}size", f"{viz}position"}


def test_node_link_json_round_trips(small: Atlas) -> None:
    graph = nx.node_link_graph(json.loads(to_bytes(small, ".json")), edges="links")
    assert nx.utils.graphs_equal(graph, query.graph(small))


@pytest.mark.parametrize("suffix", [w.suffix for w in WRITERS])
def test_every_format_takes_hostile_text_and_is_the_same_twice(hostile: Atlas, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph{suffix}"
    write(hostile, path)
    assert path.read_bytes() == to_bytes(hostile, suffix)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    if suffix != ".html":
        assert b"<script>" not in path.read_bytes() or suffix == ".json"
    if suffix in (".graphml", ".gexf"):
        ET.parse(path)


def test_a_selection_is_written(atlas: Atlas, tmp_path: Path) -> None:
    by_networkx, by_igraph = read_graphml(to_bytes(atlas, ".graphml", READABLE), tmp_path)
    part = query.network(atlas, READABLE)
    assert by_networkx.number_of_nodes() == by_igraph.vcount() == len(part.nodes)
    assert by_networkx.number_of_edges() == by_igraph.ecount() == len(part.edges)


def test_files_that_cannot_be_written(small: Atlas, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"Use one of: \.graphml, \.gexf, \.json, \.html"):
        write(small, tmp_path / "graph.doc")
    with pytest.raises(ExportError, match="without a suffix"):
        write(small, tmp_path / "graph")
    with pytest.raises(ExportError, match="cannot be written"):
        write(small, tmp_path / "nowhere" / "graph.json")
    (tmp_path / "old.json").write_text("old")
    (tmp_path / "old.json").chmod(0o600)
    write(small, tmp_path / "old.json")
    assert json.loads((tmp_path / "old.json").read_text())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=())))
@example("a\r\nb\rc\nd")
def test_xml_takes_any_text(text: str) -> None:
    element = ET.fromstring(ET.tostring(_element(legal(text)), encoding="utf-8"))
    one_break = re.compile("\r\n?")  # what a parser makes of line ends: XML 1.0, section 2.11
    assert one_break.sub("\n", element.text or "") == one_break.sub("\n", legal(text))


def _element(text: str) -> ET.Element:
    element = ET.Element("data")
    element.text = text
    return element
