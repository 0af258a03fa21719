"""Paths: how two papers or concepts hang together, hop by hop, with a sentence for each."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.papers import texts
from graphx.query.finding import find
from graphx.query.nodes import CONCEPT
from graphx.query.pathways import COLUMNS, Ties, path
from graphx.tables import TABLES, Relation, Role, frame

ACTIVE = {*Role, Relation.BUILDS_ON, Relation.CITES, Relation.SIMILAR}


def made(papers: dict[str, str], names: list[tuple[str, str, Role]], links: list[dict[str, object]] = ()) -> Atlas:
    """Return an atlas of papers whose abstracts are lists of concepts, one sentence each."""
    tables = {name: frame(name, []) for name in TABLES}
    tables["papers"] = frame("papers", [{"paper_id": p, "title": p, "abstract": text} for p, text in papers.items()])
    whole = texts(tables["papers"])
    mentions, pairs = [], []
    for paper_id, concept, role in names:
        start = whole[paper_id].index(concept, len(paper_id))
        first = whole[paper_id].rfind(". ", 0, start) + 2 if ". " in whole[paper_id][:start] else len(paper_id) + 1
        last = whole[paper_id].index(".", start) + 1
        mentions.append(
            {"paper_id": paper_id, "start": start, "end": start + len(concept), "text": concept, "kind": "task",
             "role": str(role), "concept_id": concept, "sentence_start": first, "sentence_end": last}
        )  # fmt: skip
        pairs.append({"paper_id": paper_id, "concept_id": concept, "role": str(role), "n_mentions": 1, "weight": 1.0})
    tables["mentions"], tables["paper_concepts"] = frame("mentions", mentions), frame("paper_concepts", pairs)
    counts = tables["paper_concepts"].groupby("concept_id").size()
    tables["concepts"] = frame(
        "concepts",
        [{"concept_id": c, "label": c, "kind": "task", "forms": [c], "n_papers": n} for c, n in counts.items()],
    )
    tables["links"] = frame("links", links)
    return Atlas(**tables, info={})


def test_every_hop_has_its_sentence(atlas: Atlas) -> None:
    found = path(atlas, find(atlas, "HNSW"), find(atlas, "LLM serving"))
    whole = texts(atlas.papers)
    assert list(found.columns) == COLUMNS
    assert found["path"].unique().tolist() == [1, 2, 3]
    for _, hops in found.groupby("path"):
        assert hops["step"].tolist() == list(range(len(hops)))
        assert hops["label"].iloc[0] == "HNSW"
        assert hops["label"].iloc[-1] == "LLM serving"
        assert hops["score"].nunique() == 1
        assert np.isclose(hops["score"].iloc[0], hops["strength"].iloc[:-1].prod())
        assert hops[["relation", "strength", "sentence"]].iloc[-1].isna().all()
        for hop, following in itertools.pairwise(hops.itertuples()):
            assert 0 < hop.strength < 1
            assert hop.sentence in whole[hop.sentence_paper]
            assert hop.sentence_paper in (hop.node_id, following.node_id)
            if not pd.isna(hop.start):
                assert 0 <= hop.start < hop.end <= len(hop.sentence)
            if {hop.type, following.type} == {"paper", "concept"}:
                assert (hop.relation in ACTIVE) == (hop.type == "paper")
    assert found.groupby("path")["score"].first().is_monotonic_decreasing


def test_alternatives_have_other_stations(atlas: Atlas) -> None:
    for ends in itertools.combinations(["federated learning", "quantization", "clustering", "NAS", "MoE"], 2):
        found = path(atlas, *(find(atlas, end) for end in ends), k=3)
        stations = [set(hops["node_id"].iloc[1:-1]) for _, hops in found.groupby("path")]
        assert len(stations) == 3
        for one, other in itertools.combinations(stations, 2):
            assert 2 * len(one & other) <= max(len(one), len(other))


def test_the_first_path_is_the_cheapest_of_all(atlas: Atlas) -> None:
    ties = Ties.of(atlas)
    graph = nx.from_scipy_sparse_array(ties.cost)
    assert (abs(ties.cost - ties.cost.T) > 1e-12).nnz == 0
    assert np.allclose(ties.cost.data, ties.cost.data[ties.opposite])
    generator = np.random.default_rng(1)
    for source, target in generator.integers(0, len(ties.node_ids), (40, 2)):
        found = path(atlas, ties.node_ids[source], ties.node_ids[target], k=1)
        if found.empty:
            assert source == target or not nx.has_path(graph, source, target)
        else:
            cheapest = nx.dijkstra_path_length(graph, source, target)
            assert np.isclose(-np.log(found["score"].iloc[0]), cheapest)


def test_both_ways_are_one(atlas: Atlas) -> None:
    there = path(atlas, "concept:clustering", "concept:moe", k=1)
    back = path(atlas, "concept:moe", "concept:clustering", k=1)
    assert there["node_id"].tolist() == back["node_id"].tolist()[::-1]
    assert np.isclose(there["score"].iloc[0], back["score"].iloc[0])
    assert there["relation"].iloc[0].startswith("is_")
    assert there.equals(path(atlas, "concept:clustering", "concept:moe", k=1))


def test_a_hub_is_no_short_cut() -> None:
    papers = {f"p{n}": "We use hub. We use alpha. We use beta. We use gamma." for n in range(12)}
    names = [(p, "hub", Role.USES) for p in papers]
    names += [
        ("p0", "alpha", Role.USES),
        ("p1", "alpha", Role.USES),
        ("p1", "beta", Role.USES),
        ("p2", "beta", Role.USES),
    ]
    found = path(made(papers, names), "p0", "p2", k=2)
    assert found[found["path"] == 1]["label"].tolist() == ["p0", "alpha", "p1", "beta", "p2"]
    assert found[found["path"] == 2]["label"].tolist() == ["p0", "hub", "p2"]
    assert found["relation"].tolist()[:2] == ["uses", "is_used_by"]


def test_a_concept_that_one_paper_names_is_reached_through_it() -> None:
    papers = {"p": "We use left. We use right.", "q": "We use right. We use far."}
    names = [
        ("p", "left", Role.INTRODUCES),
        ("p", "right", Role.USES),
        ("q", "right", Role.MENTIONS),
        ("q", "far", Role.USES),
    ]
    atlas = made(papers, names)
    within = path(atlas, "concept:left", "concept:right")
    assert within["label"].tolist() == ["left", "p", "right"]
    assert within["relation"].tolist()[:2] == ["is_introduced_by", "uses"]
    assert within["sentence"].tolist()[:2] == ["We use left.", "We use right."]
    assert within["start"].tolist()[:2] == [7, 7]
    across = path(atlas, "concept:left", "concept:far")
    assert across["label"].tolist() == ["left", "p", "right", "q", "far"]
    assert path(atlas, "concept:far", "q")["label"].tolist() == ["far", "q"]
    alone = made({"p": "We use left. We use right."}, [("p", "left", Role.USES), ("p", "right", Role.USES)])
    assert path(alone, "concept:left", "concept:right")["label"].tolist() == ["left", "p", "right"]


def test_links_are_hops_and_shares_are_not() -> None:
    papers = {"a": "We use X. End.", "b": "We use X. End.", "c": "Nothing.", "d": "Nothing.", "e": "Nothing."}
    names = [("a", "X", Role.USES), ("b", "X", Role.INTRODUCES)]
    links = [
        {"source": "a", "target": "b", "relation": "builds_on", "weight": 0.5, "evidence": ["We use X."], "via": "X"},
        {"source": "b", "target": "c", "relation": "cites", "weight": 0.5, "evidence": ["C, 2019."]},
        {"source": "c", "target": "d", "relation": "similar", "weight": 0.8, "evidence": ["Nothing."]},
        {"source": "d", "target": "e", "relation": "shares", "weight": 1.0, "evidence": []},
    ]
    atlas = made(papers, names, links)
    found = path(atlas, "a", "d", k=1)
    assert found["relation"].tolist()[:3] == ["builds_on", "cites", "similar"]
    assert found["sentence"].tolist()[:3] == ["We use X.", "C, 2019.", "Nothing."]
    assert found["sentence"].iloc[0][found["start"].iloc[0] : found["end"].iloc[0]] == "X"
    assert path(atlas, "d", "a", k=1)["relation"].tolist()[:3] == ["similar", "is_cited_by", "is_built_on_by"]
    nowhere = path(atlas, "a", "e")
    assert nowhere.empty
    assert nowhere.attrs["note"].startswith("no path")
    assert path(atlas, "a", "b", k=3)["path"].max() == 2  # the tie itself, and by what both name


def test_ends(small: Atlas) -> None:
    same = path(small, "concept:latency", "concept:latency")
    assert same.empty
    assert list(same.columns) == COLUMNS
    assert same.attrs["note"] == "both ends are the same"
    for missing in ("concept:nothing", "nothing", CONCEPT):
        with pytest.raises(NotFoundError):
            path(small, "concept:latency", missing)
        with pytest.raises(NotFoundError):
            path(small, missing, "concept:latency")
