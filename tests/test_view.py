"""What a map is given to draw: groups, sizes, arrays, and what is around a node."""

import base64

import numpy as np
import pytest

from graphx import query, view
from graphx.atlas import Atlas
from graphx.cards import card
from graphx.errors import NotFoundError
from graphx.query import READABLE, Selection
from graphx.query.selections import community_of, homes, rows
from graphx.tables import Kind


def unpacked(text: str, form: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=form)


def test_arrays_say_the_same_as_nodes(atlas: Atlas) -> None:
    nodes = view.model(atlas, READABLE, renderer="network")
    model = view.model(atlas, READABLE, renderer="points")
    points = model["points"]
    assert points["ids"] == [node["id"] for node in nodes["nodes"]]
    assert points["labels"] == [node["name"] for node in nodes["nodes"]]
    np.testing.assert_allclose(unpacked(points["x"], "<f4"), [node["x"] for node in nodes["nodes"]], atol=0.1)
    groups = [model["groups"][n]["id"] for n in unpacked(points["group"], "<u2")]
    assert groups == [node["legend"] for node in nodes["nodes"]]
    shapes = np.array(["dot", "diamond", "square", "triangle", "star"])[unpacked(points["shape"], "u1")]
    assert shapes.tolist() == [node["shape"] for node in nodes["nodes"]]
    pairs = {(edge["from"], edge["to"]) for edge in nodes["edges"]}
    ends = (unpacked(model["edges"][end], "<u4") for end in ("source", "target"))
    drawn = {(points["ids"][a], points["ids"][b]) for a, b in zip(*ends, strict=True)}
    assert drawn <= pairs
    assert {pair for pair in pairs if pair[1].startswith("concept:")} <= drawn
    assert {disc["level"] for disc in model["discs"]} == set(atlas.communities["level"])


def test_a_large_selection_is_drawn_as_points(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    assert view.model(atlas)["renderer"] == "network"
    monkeypatch.setattr("graphx.view.models.READABLE_NODES", 100)
    assert view.model(atlas)["renderer"] == "points"
    assert view.model(atlas, Selection(within="c01"))["renderer"] == "network"  # it was opened
    monkeypatch.setattr("graphx.view.models.MOST_NODES", 100)
    assert view.model(atlas, Selection(within="c01"))["renderer"] == "points"


@pytest.mark.parametrize("by", ["community", "kind", "year", "source"])
def test_groups_hold_every_node_once(atlas: Atlas, by: str) -> None:
    assert by in view.columns_to_colour(atlas)
    model = view.model(atlas, READABLE, colour_by=by)
    assert sum(group["n"] for group in model["groups"]) == len(model["nodes"])
    colours = {group["id"]: group["colour"] for group in model["groups"]}
    assert all(node["color"] == colours[node["legend"]] for node in model["nodes"])


def test_years_go_from_old_to_new(atlas: Atlas) -> None:
    model = view.model(atlas, READABLE, colour_by="year")
    known = [group for group in model["groups"] if group["id"] != "unknown"]
    first = [int(group["id"][:4]) for group in known]
    assert first == sorted(first)
    years = dict(zip(atlas.papers["paper_id"], atlas.papers["year"], strict=True))
    for node in model["nodes"]:
        if node["shape"] == "dot" and node["legend"] != "unknown":
            low, _, high = node["legend"].partition("–")
            assert int(low) <= years[node["id"]] <= int(high or low)


def test_sizes_follow_what_is_asked_for(atlas: Atlas) -> None:
    size = {n["id"]: n["size"] for n in view.model(atlas, READABLE, size_by="citations")["nodes"]}
    papers = [size[i] for i in atlas.papers["paper_id"]]
    assert len(set(papers)) == 1  # nobody says how often these are cited
    size = {n["id"]: n["size"] for n in view.model(atlas, READABLE, size_by="centrality")["nodes"]}
    assert len({size[i] for i in atlas.papers["paper_id"]}) > 20


@pytest.mark.parametrize("of", ["papers", "concepts"])
def test_one_type_only(atlas: Atlas, of: str) -> None:
    model = view.model(atlas, Selection(of=of, min_papers=3, noise=0.05))
    assert {n["shape"] == "dot" for n in model["nodes"]} == {of == "papers"}
    assert model["edges"]
    ids = {n["id"] for n in model["nodes"]}
    assert all(e["from"] in ids and e["to"] in ids for e in model["edges"])


def test_concepts_are_tied_by_papers_that_name_both(atlas: Atlas) -> None:
    edges = query.network(atlas, Selection(of="concepts", min_papers=3, noise=0.05)).edges
    assert set(edges["relation"]) == {"together"}
    one = edges.iloc[0]
    both = [set(atlas.where("paper_concepts", "concept_id", one[end].removeprefix("concept:"))["paper_id"]) for end in
            ("source", "target")]  # fmt: skip
    assert one["evidence"] == f"{len(both[0] & both[1])} papers name both"


def test_a_community_of_any_level(atlas: Atlas) -> None:
    for community in atlas.communities[atlas.communities["level"] == 1].head(4).itertuples():
        part = rows(atlas, Selection(within=community.community_id))
        inside = atlas.where("membership", "community_id", community.community_id)["paper_id"]
        assert set(atlas.papers["paper_id"].iloc[part.papers]) == set(inside)
        number = atlas.communities.index[atlas.communities["community_id"] == community.community_id][0]
        assert (homes(atlas, 1)[part.concepts] == number).all()
        assert (community_of(atlas, 1)[part.papers] == number).all()


def test_around_a_paper(atlas: Atlas) -> None:
    paper = str(atlas.papers["paper_id"].iloc[7])
    part = rows(atlas, Selection(focus=paper, kinds=frozenset({Kind.TASK})))
    found = set(atlas.papers["paper_id"].iloc[part.papers])
    links = atlas.links[atlas.links["backbone"]]
    tied = set(links.loc[links["source"] == paper, "target"]) | set(links.loc[links["target"] == paper, "source"])
    assert found == tied | {paper}
    named = set(atlas.where("paper_concepts", "paper_id", paper)["concept_id"])
    assert set(atlas.concepts["concept_id"].iloc[part.concepts]) <= named
    assert set(atlas.concepts["kind"].iloc[part.concepts]) <= {"task"}


def test_the_line_from_a_paper_to_a_concept(atlas: Atlas) -> None:
    pair = atlas.paper_concepts[atlas.paper_concepts["role"] == "uses"].iloc[0]
    found = query.named(atlas, pair["paper_id"], pair["concept_id"])
    assert found.attrs["role"] == "uses"
    forms = set(found.attrs["concept"]["forms"])
    assert all(row["sentence"][row["start"] : row["end"]] in forms for row in found.to_dict("records"))
    html = card(atlas, f"link:{pair['paper_id']} concept:{pair['concept_id']}")
    assert html.count("<mark>") == len(found)
    own = atlas.where("paper_concepts", "paper_id", pair["paper_id"])["concept_id"]
    other = atlas.concepts[~atlas.concepts["concept_id"].isin(own)].iloc[0]
    with pytest.raises(NotFoundError, match="does not name"):
        card(atlas, f"link:{pair['paper_id']} concept:{other['concept_id']}")
