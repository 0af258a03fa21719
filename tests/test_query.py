"""Questions to an atlas."""

import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import networkx as nx
import pandas as pd
import pytest

from graphx import query
from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query import READABLE, Selection
from graphx.tables import ROLE_ORDER, Kind, Relation, Role


def test_a_concept(atlas: Atlas) -> None:
    answer = query.concept(atlas, "federated-learning")
    assert answer.concept["label"] == "federated learning"
    assert {"FL", "federated learning"} <= set(answer.concept["forms"])
    assert len(answer.papers) == answer.concept["n_papers"]
    ranks = [ROLE_ORDER[role] for role in answer.papers["role"]]
    assert ranks == sorted(ranks)
    assert set(answer.sentences["paper_id"]) == set(answer.papers["paper_id"])
    for row in answer.sentences.itertuples():
        assert row.sentence[row.start : row.end] in answer.concept["forms"]
    assert (answer.related["lift"] > 1).all()
    assert "federated-learning" not in set(answer.related["concept_id"])


def test_a_paper(small: Atlas) -> None:
    node = query.find(small, "Serving Folded Graphs: A Study of Tail Latency")
    answer = query.paper(small, node)
    for m in answer.mentions.itertuples():
        assert answer.text[m.start : m.end] == m.text
    roles = dict(zip(answer.concepts["label"], answer.concepts["role"], strict=True))
    assert roles["TurboSeek"] == Role.USES
    first = answer.neighbours.iloc[0]
    assert first["relation"] == "builds_on"
    assert first["title"].startswith("TurboSeek")
    assert "TurboSeek" in first["reasons"][0]
    back = query.neighbours(small, first["paper_id"])
    assert back.iloc[0]["relation"] == "is_built_on_by"
    assert query.neighbours(small, node, n=1).shape[0] == 1


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("federated-learning", "concept:federated-learning"),
        ("concept:federated-learning", "concept:federated-learning"),
        ("Federated Learning", "concept:federated-learning"),
        ("FL", "concept:federated-learning"),
        ("the CIFAR10 dataset", "concept:cifar-10"),
        ("TURBOSEEK", "concept:turboseek"),
    ],
)
def test_names_of_a_concept(small: Atlas, name: str, node: str) -> None:
    assert query.find(small, name) == node


def test_names_of_a_paper(small: Atlas) -> None:
    paper_id = small.papers["paper_id"].iloc[0]
    title = small.papers["title"].iloc[0]
    assert query.find(small, paper_id) == paper_id
    assert query.find(small, title.upper()) == paper_id
    assert query.find(small, "under Label Shift").startswith("title:")


def test_what_is_not_there_says_what_is_near(small: Atlas) -> None:
    with pytest.raises(NotFoundError, match="Did you mean: federated learning"):
        query.find(small, "federatd lerning")
    with pytest.raises(NotFoundError, match="fewer or other words"):
        query.find(small, "zzzzqqq")
    with pytest.raises(NotFoundError):
        query.concept(small, "nothing")
    with pytest.raises(NotFoundError):
        query.paper(small, "nothing")


def test_search(small: Atlas) -> None:
    found = query.search(small, "fed")
    assert found["label"].iloc[0] in {"FedAvg", "FedFold", "federated learning"}
    assert {"concept", "paper"} == set(found["type"])
    assert query.search(small, "folded graphs study")["type"].tolist() == ["paper"]
    assert query.search(small, "secure aggregation")["node_id"].iloc[0] == "concept:secure-aggregation"
    assert query.search(small, "   ").empty
    assert query.search(small, "nosuchword").empty
    assert query.search(small, "((*[")["node_id"].empty  # no pattern of the user's is run
    assert len(query.search(small, "a", limit=2)) == 2


def test_the_whole_network(atlas: Atlas) -> None:
    part = query.network(atlas, Selection())
    assert len(part.nodes) == len(atlas.papers) + len(atlas.concepts)
    assert len(part.edges) == len(atlas.links) + len(atlas.paper_concepts)
    assert part.nodes["node_id"].is_unique
    assert part.nodes["community_id"].notna().all()
    assert (part.edges["evidence"].str.len() > 0).all()


def test_a_readable_part_is_no_hairball(atlas: Atlas) -> None:
    part = query.network(atlas, READABLE)
    assert (part.nodes["type"] == "paper").sum() == len(atlas.papers)
    concepts = part.nodes[part.nodes["type"] == "concept"]
    assert concepts["n_papers"].min() == 2
    assert len(part.edges) < 5 * len(part.nodes)
    assert set(part.edges["source"]) | set(part.edges["target"]) <= set(part.nodes["node_id"])


def test_selections(atlas: Atlas) -> None:
    datasets = query.network(atlas, Selection(kinds=frozenset({Kind.DATASET}))).nodes
    assert set(datasets["kind"]) == {"paper", "dataset"}
    one = query.network(atlas, Selection(communities=frozenset({"c01"}))).nodes
    assert set(one["community_id"]) == {"c01"}
    assert query.network(atlas, Selection(communities=frozenset())).nodes.empty


def test_the_graph_has_plain_attributes_of_one_type(atlas: Atlas) -> None:
    graph = query.graph(atlas)
    assert isinstance(graph, nx.MultiDiGraph)
    types: dict[tuple[str, str], set[type]] = {}
    for _, data in graph.nodes(data=True):
        for key, value in data.items():
            types.setdefault(("node", key), set()).add(type(value))
    for _, _, data in graph.edges(data=True):
        for key, value in data.items():
            types.setdefault(("edge", key), set()).add(type(value))
    assert all(len(seen) == 1 and seen <= {str, int, float, bool} for seen in types.values()), types
    assert {("edge", key) for key in ("weight", "relation", "evidence", "label", "directed")} <= set(types)
    assert {("node", key) for key in ("label", "type", "kind", "community", "x", "y")} <= set(types)
    keys = [key for _, _, key in graph.edges(keys=True)]
    assert len(set(keys)) == len(keys)
    relations = {data["relation"] for _, _, data in graph.edges(data=True)}
    assert relations == {Relation.SHARES, Relation.BUILDS_ON, Relation.SIMILAR, *Role}


def test_questions_leave_the_atlas_alone(small: Atlas) -> None:
    before = {name: getattr(small, name).copy() for name in ("papers", "mentions", "links", "concepts")}
    query.graph(small)
    query.concept(small, "federated-learning")
    query.paper(small, small.papers["paper_id"].iloc[0])
    query.search(small, "fed")
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(small, name), table)


def test_an_atlas_is_copied_without_what_was_derived_from_it(small: Atlas) -> None:
    query.search(small, "folded")
    copy = pickle.loads(pickle.dumps(small))
    assert copy.papers.equals(small.papers)
    assert len(query.search(copy, "folded")) == len(query.search(small, "folded"))


def test_visitors_who_ask_at_once_get_one_answer(small: Atlas) -> None:
    made: list[object] = []

    def make(atlas: Atlas) -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(lambda _: small.once("a test", make), range(8)))
    assert len(made) == len(answers) == 1


def test_the_graph_of_concepts(small: Atlas) -> None:
    graph = small.graph("concepts")
    counts = dict(zip(query.CONCEPT + small.concepts["concept_id"], small.concepts["n_papers"], strict=True))
    assert set(graph) == set(counts)
    named = {i: set(rows) for i, rows in small.paper_concepts.groupby("concept_id")["paper_id"]}
    for a, b, data in graph.edges(data=True):
        both = named[a.removeprefix(query.CONCEPT)] & named[b.removeprefix(query.CONCEPT)]
        assert data["n_papers"] == len(both) > 0
        assert data["weight"] == pytest.approx(len(both) * len(small.papers) / (counts[a] * counts[b]))
    assert set(small.graph("papers")) == set(small.papers["paper_id"])
    with pytest.raises(ValueError, match="choose papers, concepts or both"):
        small.graph("authors")  # type: ignore[arg-type]
