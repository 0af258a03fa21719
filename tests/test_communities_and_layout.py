"""Communities."""

import random

import igraph as ig
import numpy as np
import pytest

from graphx.atlas import Atlas
from graphx.communities import REST_LABEL, group, paper_graph, seeded
from graphx.tables import frame


def test_every_paper_is_in_one_community(atlas: Atlas) -> None:
    assert sorted(atlas.membership["paper_id"]) == sorted(atlas.papers["paper_id"])
    sizes = atlas.membership["community_id"].value_counts()
    assert {row.community_id: row.n_papers for row in atlas.communities.itertuples()} == dict(sizes)
    assert atlas.membership["certainty"].between(0, 1).all()
    named = atlas.communities[atlas.communities["label"] != REST_LABEL]
    assert named["n_papers"].is_monotonic_decreasing
    assert named["n_papers"].min() >= 3
    assert named["label"].is_unique
    assert 10 <= len(named) <= 40
    assert named["n_papers"].max() < len(atlas.papers) / 4


def test_labels_are_what_their_papers_name(atlas: Atlas) -> None:
    labels = dict(zip(atlas.concepts["concept_id"], atlas.concepts["label"], strict=True))
    named = atlas.paper_concepts.merge(atlas.membership, on="paper_id")
    for row in atlas.communities.itertuples():
        inside = {labels[i] for i in named["concept_id"][named["community_id"] == row.community_id]}
        assert set(row.terms) <= inside
        if row.label != REST_LABEL:
            assert set(row.label.split(" · ")) <= set(row.terms)


def test_planted_groups_are_found() -> None:
    rng = np.random.default_rng(1)
    papers = frame("papers", [{"paper_id": f"p{n:03}", "title": "t", "abstract": ""} for n in range(90)])
    rows = [
        {"source": f"p{a:03}", "target": f"p{b:03}", "relation": "shares", "weight": 1.0, "backbone": True}
        for a in range(90)
        for b in range(a + 1, 90)
        if rng.random() < (0.4 if a // 30 == b // 30 else 0.02)
    ]
    nothing = frame("concepts", []), frame("paper_concepts", [])
    answer = group(papers, frame("links", rows), *nothing, seed=1)
    found = answer.membership["community_id"].to_numpy(dtype=str)
    assert [len(set(found[i : i + 30])) for i in (0, 30, 60)] == [1, 1, 1]
    assert len(set(found)) == 3
    assert list(answer.communities["label"]) == ["Mixed"] * 3  # nothing is named, so nothing is claimed


def test_isolated_papers_stand_together() -> None:
    papers = frame("papers", [{"paper_id": f"p{n}", "title": "t", "abstract": ""} for n in range(4)])
    answer = group(papers, frame("links", []), frame("concepts", []), frame("paper_concepts", []), seed=1)
    assert list(answer.communities["label"]) == [REST_LABEL]
    assert set(answer.membership["certainty"]) == {0.0}


def test_certainty_is_the_share_of_weight_that_stays() -> None:
    """Two triangles and one link of half the weight between them."""
    papers = frame("papers", [{"paper_id": p, "title": "t", "abstract": ""} for p in "abcxyz"])
    pairs = ["ab", "ac", "bc", "xy", "xz", "yz", "cx"]
    rows = [
        {"source": s, "target": t, "relation": "shares", "weight": 0.5 if s + t == "cx" else 1.0, "backbone": True}
        for s, t in pairs
    ]
    nothing = frame("concepts", []), frame("paper_concepts", [])
    membership = group(papers, frame("links", rows), *nothing, seed=1).membership
    certainty = dict(zip(membership["paper_id"], membership["certainty"], strict=True))
    assert certainty == pytest.approx({"a": 1, "b": 1, "c": 0.8, "x": 0.8, "y": 1, "z": 1})


def test_a_seed_decides_and_igraph_gets_its_generator_back() -> None:
    graph = ig.Graph.Erdos_Renyi(n=30, p=0.2)
    with seeded(3):
        one = graph.layout_fruchterman_reingold().coords
    random.seed(5)
    usual = [graph.layout_fruchterman_reingold().coords]
    with seeded(3):
        two = graph.layout_fruchterman_reingold().coords
    random.seed(5)
    usual.append(graph.layout_fruchterman_reingold().coords)
    assert one == two
    assert usual[0] == usual[1]  # outside it listens to Python's own generator again
    assert usual[0] != one


def test_graph_sums_parallel_links(atlas: Atlas) -> None:
    graph = paper_graph(atlas.papers, atlas.links)
    assert graph.is_simple()
    assert graph.vcount() == len(atlas.papers)
    assert sum(graph.es["weight"]) == pytest.approx(float(atlas.links["weight"][atlas.links["backbone"]].sum()))
