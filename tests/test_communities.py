"""Nested communities: which papers, what they are called, how sure it is, and what becomes of them."""

import random
from collections.abc import Callable
from itertools import pairwise

import igraph as ig
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx.atlas import Atlas
from graphx.communities import REST_LABEL, Communities, changes, group, paper_graph, seeded
from graphx.communities.graph import Ties, leiden, modularity, summed
from graphx.communities.joining import between, heights, join
from graphx.communities.labels import label
from graphx.communities.standing import bridging, central
from graphx.communities.sweep import Sweep, certainty
from graphx.tables import Settings, frame

NOTHING = frame("concepts", []), frame("paper_concepts", []), frame("mentions", [])


def papers_of(n: int) -> pd.DataFrame:
    return frame("papers", [{"paper_id": f"p{i:04}", "title": "t", "abstract": ""} for i in range(n)])


def links_of(pairs: list[tuple[int, int]], weight: float = 1.0) -> pd.DataFrame:
    rows = [
        {"source": f"p{a:04}", "target": f"p{b:04}", "relation": "shares", "weight": weight, "backbone": True}
        for a, b in pairs
    ]
    return frame("links", rows)


def planted(sizes: list[int], chances: list[float], seed: int = 1) -> tuple[list[np.ndarray], list[tuple[int, int]]]:
    """Return the block of every paper at each level, and pairs drawn by the finest block that both are in.

    sizes: papers in a block of each level, the coarsest first; chances: from outside all blocks to within the finest.
    """
    rng = np.random.default_rng(seed)
    n = 4 * sizes[0]
    blocks = [np.arange(n) // size for size in sizes]
    first, second = np.triu_indices(n, k=1)
    chance = np.full(len(first), chances[0])
    for block, higher in zip(blocks, chances[1:], strict=True):
        chance[block[first] == block[second]] = higher
    drawn = rng.random(len(first)) < chance
    return blocks, list(zip(first[drawn].tolist(), second[drawn].tolist(), strict=True))


def at_level(answer: Communities, level: int) -> dict[str, str]:
    rows = answer.membership[answer.membership["level"] == level]
    return dict(zip(rows["paper_id"], rows["community_id"], strict=True))


def alike(found: dict[str, str], block: np.ndarray) -> bool:
    """Tell whether two groupings of all papers are the same but for names."""
    pairs = {(found[f"p{i:04}"], int(b)) for i, b in enumerate(block)}
    return len(found) == len(block) and len(pairs) == len(set(found.values())) == len(set(block.tolist()))


@pytest.fixture(scope="module")
def nested() -> tuple[list[np.ndarray], Communities, list[tuple[int, int]]]:
    blocks, pairs = planted([64, 16], [0.004, 0.08, 0.65])
    return blocks, group(papers_of(256), links_of(pairs), *NOTHING, Settings()), pairs


def test_every_paper_is_in_one_coarsest_community(atlas: Atlas) -> None:
    coarsest = atlas.membership[atlas.membership["level"] == 0]
    assert sorted(coarsest["paper_id"]) == sorted(atlas.papers["paper_id"])
    named = atlas.coarsest[atlas.coarsest["label"] != REST_LABEL]
    assert named["n_papers"].is_monotonic_decreasing
    assert named["n_papers"].min() >= 3
    assert 8 <= len(named) <= 40
    assert named["n_papers"].max() < len(atlas.papers) / 4
    sizes = atlas.membership["community_id"].value_counts()
    assert dict(zip(atlas.communities["community_id"], atlas.communities["n_papers"], strict=True)) == dict(sizes)


def test_communities_nest_exactly(atlas: Atlas) -> None:
    papers = {i: set(rows) for i, rows in atlas.membership.groupby("community_id")["paper_id"]}
    level = dict(zip(atlas.communities["community_id"], atlas.communities["level"], strict=True))
    below = atlas.communities[atlas.communities["level"] > 0]
    assert len(below) > 20
    for row in below.itertuples():
        assert row.community_id.rsplit(".", 1)[0] == row.parent
        assert level[row.parent] == row.level - 1
        assert papers[row.community_id] < papers[row.parent]
    numbers = below.groupby("parent")["community_id"].agg(lambda ids: [int(i.rsplit(".", 1)[1]) for i in ids])
    assert all(list(found) == list(range(1, len(found) + 1)) and len(found) > 1 for found in numbers)
    assert all(below.groupby("parent")["n_papers"].agg(lambda sizes: sizes.is_monotonic_decreasing))
    assert not below["parent"].isin(atlas.communities["community_id"][atlas.communities["label"] == REST_LABEL]).any()


def test_labels_are_what_their_papers_name(atlas: Atlas) -> None:
    names = dict(zip(atlas.concepts["concept_id"], atlas.concepts["label"], strict=True))
    kinds = dict(zip(atlas.concepts["label"], atlas.concepts["kind"], strict=True))
    mentioned = atlas.paper_concepts.merge(atlas.membership, on="paper_id")
    for row in atlas.communities[atlas.communities["terms"].map(len) > 0].itertuples():
        inside = {names[i] for i in mentioned["concept_id"][mentioned["community_id"] == row.community_id]}
        parts = row.label.split(" · ")
        assert set(row.terms) | set(parts) <= inside
        assert len(parts) <= 3
        assert kinds[parts[0]] != "metric"
        words = [set(part.lower().split()) for part in parts]
        assert not any(a <= b for i, a in enumerate(words) for j, b in enumerate(words) if i != j)
    assert not atlas.communities[["level", "label"]].duplicated().any()


def test_evidence_is_cut_from_texts_that_name_the_label(atlas: Atlas) -> None:
    texts = dict(zip(atlas.papers["paper_id"], atlas.papers["title"] + "\n" + atlas.papers["abstract"], strict=True))
    labels = dict(zip(atlas.concepts["concept_id"], atlas.concepts["label"], strict=True))
    member = {i: set(rows) for i, rows in atlas.membership.groupby("community_id")["paper_id"]}
    for row in atlas.communities[atlas.communities["terms"].map(len) > 0].itertuples():
        assert 1 <= len(row.evidence) <= 3
        seen = []
        for sentence, place in zip(row.evidence, row.places, strict=True):
            paper_id, span = place.rsplit(" ", 1)
            start, end = map(int, span.split(":"))
            assert texts[paper_id][start:end] == sentence == sentence.strip()
            its = atlas.mentions[(atlas.mentions["paper_id"] == paper_id) & (atlas.mentions["end"] <= end)]
            its = its[its["start"] >= start]
            assert {labels[i] for i in its["concept_id"]} & set(row.label.split(" · "))
            seen.append(paper_id)
        assert len(set(seen)) == len(seen)
        assert set(seen) | set(row.central) | set(row.bridging) <= member[row.community_id]
        assert 1 <= len(row.central) <= 5
        assert len(row.bridging) <= 5


def test_papers_that_name_nothing_in_common_are_called_by_the_most_central() -> None:
    papers = frame(
        "papers", [{"paper_id": f"p{n}", "title": f"Title {n}: A <Study>", "abstract": ""} for n in range(4)]
    )
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2)]
    rows = [
        {"source": f"p{a}", "target": f"p{b}", "relation": "similar", "weight": 1.0, "backbone": True} for a, b in pairs
    ]
    found = group(papers, frame("links", rows), *NOTHING, Settings(resolution=0.5)).communities
    assert found["label"].to_list() == ["around “Title 0”"]
    assert found["evidence"].iloc[0][0] == "Title 0: A <Study>"
    assert found["places"].iloc[0][0] == "p0 0:18"


def test_a_planted_hierarchy_is_found(nested: tuple[list[np.ndarray], Communities, list[tuple[int, int]]]) -> None:
    blocks, answer, _ = nested
    assert sorted(set(answer.communities["level"])) == [0, 1]
    assert alike(at_level(answer, 0), blocks[0])
    assert alike(at_level(answer, 1), blocks[1])
    assert answer.membership["certainty"].min() > 0.7
    labels = list(answer.communities["label"][answer.communities["level"] == 0])
    assert labels == ["around “t”", "around “t” (2)", "around “t” (3)", "around “t” (4)"]


def test_a_level_between_is_found() -> None:
    blocks, pairs = planted([128, 32, 8], [0.001, 0.02, 0.15, 0.9])
    answer = group(papers_of(512), links_of(pairs), *NOTHING, Settings(resolution=0.5))
    found = [at_level(answer, level) for level in range(3)]
    assert [alike(f, b) for f, b in zip(found, blocks, strict=True)] == [True] * 3


def test_the_same_input_gives_the_same_tables(
    nested: tuple[list[np.ndarray], Communities, list[tuple[int, int]]],
) -> None:
    _, answer, pairs = nested
    random.seed(7)
    shuffled = links_of(pairs).sample(frac=1, random_state=3)
    again = group(papers_of(256), shuffled, *NOTHING, Settings())
    for one, other in zip(answer, again, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_nothing_one_paper_and_no_links() -> None:
    for n, rows in ((0, 0), (1, 1), (4, 1), (200, 1)):
        answer = group(papers_of(n), frame("links", []), *NOTHING, Settings())
        assert list(answer.communities["label"]) == [REST_LABEL] * rows
        assert list(answer.membership["certainty"]) == [0.0] * n
        assert list(answer.communities["community_id"]) == ["c01"] * rows


@pytest.mark.parametrize(("n", "label"), [(20, "around “t”"), (100, REST_LABEL)])
def test_a_pair_is_worth_a_name_in_a_small_pile(n: int, label: str) -> None:
    answer = group(papers_of(n), links_of([(0, 1)]), *NOTHING, Settings())
    assert answer.communities["label"].iloc[0] == label
    assert answer.communities["label"].iloc[-1] == REST_LABEL


def test_only_the_backbone_counts() -> None:
    links = links_of([(0, 1), (1, 2), (0, 2)])
    links["backbone"] = False
    answer = group(papers_of(6), frame("links", links), *NOTHING, Settings())
    assert list(answer.communities["label"]) == [REST_LABEL]


def test_resolution_makes_the_coarsest_communities_finer() -> None:
    _, pairs = planted([64, 16], [0.004, 0.08, 0.65])
    fine = group(papers_of(256), links_of(pairs), *NOTHING, Settings(resolution=3))
    assert (fine.communities["level"] == 0).sum() == 16


# An older atlas


def test_ids_are_kept_when_papers_are_added() -> None:
    _, pairs = planted([40], [0.01, 0.4])
    order = np.random.default_rng(2).permutation(160)  # ids by size say nothing about blocks
    known = {int(i) for i in order[:140]}
    old_papers = papers_of(160).loc[sorted(known)].reset_index(drop=True)
    old = group(old_papers, links_of([p for p in pairs if set(p) <= known]), *NOTHING, Settings())
    new = group(papers_of(160), links_of(pairs), *NOTHING, Settings(), previous=old)
    before, after = at_level(old, 0), at_level(new, 0)
    assert {i: after[i] for i in before} == before
    assert len(set(after.values())) == 4
    assert set(changes(old, new)["change"]) <= {"grown", "same"}


def test_the_same_papers_again_change_nothing(
    nested: tuple[list[np.ndarray], Communities, list[tuple[int, int]]],
) -> None:
    _, old, pairs = nested
    again = group(papers_of(256), links_of(pairs), *NOTHING, Settings(), previous=old)
    for one, other in zip(old, again, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_new_community_gets_a_number_that_none_had() -> None:
    clique: Callable[[range], list[tuple[int, int]]] = lambda r: [(a, b) for a in r for b in r if a < b]  # noqa: E731
    old = group(papers_of(14), links_of(clique(range(6)) + clique(range(6, 10))), *NOTHING, Settings())
    assert list(old.communities["community_id"]) == ["c01", "c02", "c03"]
    assert old.communities["label"].iloc[2] == REST_LABEL
    pairs = clique(range(6)) + clique(range(6, 10)) + clique(range(14, 24))
    new = group(papers_of(24), links_of(pairs), *NOTHING, Settings(), previous=old)
    assert list(new.communities["community_id"]) == ["c01", "c02", "c04", "c03"]
    assert list(new.communities["n_papers"]) == [6, 4, 10, 4]
    found = changes(old, new)
    assert dict(zip(found["community_id"], found["change"], strict=True)) == {
        "c01": "same",
        "c02": "same",
        "c04": "new",
    }


def grouping(**members: str) -> Communities:
    """Return tables in which each community has a paper for every letter; `rest` stands on its own."""
    rows = [
        {"community_id": i, "level": 0, "label": REST_LABEL if i == "rest" else f"about {i}", "n_papers": len(papers)}
        for i, papers in members.items()
    ]
    member = [{"paper_id": p, "level": 0, "community_id": i} for i, papers in members.items() for p in papers]
    return Communities(frame("communities", rows), frame("membership", member))


def test_changes_tell_what_became_of_communities() -> None:
    old = grouping(c01="abcdef", c02="ghij", c03="klm", c04="nop", c05="qrst", c06="uvw", c07="xy", rest="z")
    new = grouping(c01="abc", c02="ghijklm", c08="def", c04="nop", c05="qrstABC", c06="uv", c09="DEFz", rest="xy")
    found = changes(old, new).set_index("community_id")
    assert dict(found["change"]) == {
        "c01": "split",
        "c02": "merged",
        "c04": "same",
        "c05": "grown",
        "c06": "shrunk",
        "c07": "gone",
        "c09": "new",
    }
    assert found.loc["c01", ["before", "after", "n_before", "n_after"]].tolist() == [["c01"], ["c01", "c08"], 6, 6]
    assert found.loc["c02", ["before", "after", "n_before", "n_after"]].tolist() == [["c02", "c03"], ["c02"], 7, 7]
    assert found.loc["c07", ["before", "after", "label"]].tolist() == [["c07"], [], "about c07"]
    assert found.loc["c09", ["before", "after", "label"]].tolist() == [[], ["c09"], "about c09"]


def test_an_atlas_against_itself_has_not_changed(atlas: Atlas) -> None:
    tables = atlas.communities, atlas.membership
    found = changes(tables, tables)
    assert set(found["change"]) == {"same"}
    assert list(found["community_id"]) == list(atlas.coarsest["community_id"][atlas.coarsest["label"] != REST_LABEL])


# The parts


def ties_of(n: int, pairs: dict[tuple[int, int], float]) -> Ties:
    source, target = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
    return summed(n, source, target, np.array(list(pairs.values())))


weights = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] != p[1]), st.floats(0.1, 5), min_size=3
)


@given(weights, st.lists(st.integers(0, 3), min_size=12, max_size=12), st.floats(0.2, 4))
def test_modularity_is_that_of_igraph(pairs: dict[tuple[int, int], float], of: list[int], resolution: float) -> None:
    ties = ties_of(12, pairs)
    expected = ties.graph().modularity(of, weights="weight", resolution=resolution)
    assert modularity(ties, ties.strength, np.array(of), resolution) == pytest.approx(expected)


@given(weights)
def test_heights_fall_and_join_every_component(pairs: dict[tuple[int, int], float]) -> None:
    ties = ties_of(12, pairs)
    found = heights(ties, ties.strength)
    assert all(a >= b for a, b in pairwise(found))
    linked = ties.graph().subgraph(np.flatnonzero(ties.strength > 0).tolist())
    assert len(found) == linked.vcount() - len(linked.connected_components())


def test_the_first_height_is_where_joining_pays() -> None:
    """Just below it two nodes are together, just above it all are alone."""
    ties = ties_of(4, {(0, 1): 3, (1, 2): 1, (2, 3): 2, (0, 3): 1})
    top = heights(ties, ties.strength)[0]
    assert top == pytest.approx(14 * 2 / (3 * 3))
    assert len(set(join(ties, ties.strength, top * 0.99, 1))) == 3
    assert len(set(join(ties, ties.strength, top * 1.01, 1))) == 4


def test_a_level_lies_in_the_widest_gap() -> None:
    joins = np.array([9, 8.5, 8, 7.8, 7.5, 7.2, 3, 2.9, 2.5, 0.1])  # 16 communities, 10 after six joins, 7 above 1
    sure = Sweep(np.array([1.0, 99.0]), [], np.ones(2))
    assert between(joins, 16, 1.0, 9.0, sure) == []  # 10 is no useful step from 16 to 7
    gaps = np.array([*np.linspace(90, 70, 48), *np.linspace(7, 6, 12), 0.5, 0.4, 0.3])  # 64, 16 and 4 communities
    assert pytest.approx(np.sqrt(70 * 7)) in between(gaps, 64, 1.0, 90.0, sure)
    unsure = Sweep(np.array([1.0, 22.0, 99.0]), [], np.array([1, 0.5, 1]))  # runs do not agree there
    assert pytest.approx(np.sqrt(70 * 7)) not in between(gaps, 64, 1.0, 90.0, unsure)


def test_certainty_is_the_share_of_others_that_runs_put_with_it() -> None:
    of = np.array([0, 0, 0, 1, 1, -1])
    runs = [np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 2, 3, 1])]
    assert certainty(of, runs).tolist() == pytest.approx([0.75, 0.75, 0.5, 0.5, 0.5, 0])


def test_bridges_and_centres_of_two_triangles() -> None:
    pairs = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0, (3, 4): 1.0, (3, 5): 1.0, (4, 5): 1.0, (2, 3): 2.0}
    ties, of = ties_of(7, pairs), np.array([0, 0, 0, 1, 1, 1, -1])
    assert bridging(of, ties).tolist() == [0, 0, 4 * (1 - 0.5), 2, 0, 0, 0]
    assert central(of, ties).tolist() == [2, 2, 1, 1, 2, 2, 0]


def test_labels_of_a_level_differ_and_repeat_their_parent_last() -> None:
    rows = [
        (0, 0, "federated learning", 1.0),
        (0, 1, "learning", 0.9),
        (0, 2, "privacy", 0.6),
        (1, 3, "GNN", 0.5),
        (2, 3, "GNN", 0.4),
    ]
    found = pd.DataFrame(rows, columns=["community", "concept", "label", "score"]).assign(fit=True)
    assert label(found, ["", "", ""]) == ["federated learning · privacy", "GNN", "GNN (2)"]
    assert label(found[:3], ["federated learning"]) == ["privacy · federated learning"]


def test_parts_of_a_label_say_different_things() -> None:
    terms = ["3DGS", "3D Gaussian Splatting", "VLA", "vision-language-action model", "graph cut", "gradient clipping"]
    rows = [(0, n, term, 1 - n / 10, True) for n, term in enumerate(terms)]
    found = pd.DataFrame(rows, columns=["community", "concept", "label", "score", "fit"])
    assert label(found[4:], [""]) == ["graph cut · gradient clipping"]
    assert label(found, [""]) == ["3DGS · VLA · graph cut"]


def test_a_child_is_not_called_as_its_parent() -> None:
    rows = [(0, 0, "GRPO", 1.0, True), (0, 1, "reward", 0.05, True)]
    found = pd.DataFrame(rows, columns=["community", "concept", "label", "score", "fit"])
    assert label(found, ["GRPO"]) == ["GRPO · reward"]


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


def test_leiden_at_a_resolution_is_on_modularity() -> None:
    blocks, pairs = planted([30], [0.02, 0.4])
    ties = ties_of(120, dict.fromkeys(pairs, 1.0))
    found = leiden(ties.graph(), ties.strength, 1.0, 1)
    assert ig.compare_communities(found.tolist(), blocks[0].tolist(), method="rand") == 1
