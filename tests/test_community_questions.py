"""What a community is about, and two of them side by side."""

import numpy as np
import pytest

from graphx import query
from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query import Selection
from graphx.tables import Kind, Role
from tests.handmade import Made, atlas_of


@pytest.fixture(scope="module")
def made() -> Atlas:
    """Return an atlas of two communities, of which one names nets and the other trees, and both speed."""
    papers = [Made(["net", "speed"], community="c01")] * 3 + [Made(["net", "tree"], community="c01")]
    papers += [Made(["tree", "speed"], community="c02")] * 4
    kinds = {"net": Kind.METHOD, "tree": Kind.METHOD, "speed": Kind.METRIC}
    return atlas_of(papers, kinds, [(3, 4, 0.5, "tree"), (0, 4, 0.2, "speed"), (0, 1, 0.9, "net")])


def test_every_community_of_an_atlas(atlas: Atlas) -> None:
    labels = set(atlas.communities["label"])
    for row in atlas.communities.itertuples():
        answer = query.community(atlas, row.community_id)
        assert len(answer.papers) == row.n_papers
        assert answer.papers["paper_id"].head(len(row.central)).to_list() == list(row.central)
        assert len(answer.above) == row.level
        below = atlas.communities.loc[atlas.communities["parent"] == row.community_id, "community_id"]
        assert set(answer.below["community_id"]) == set(below)
        assert answer.terms["label"].to_list() == [t for t in row.terms if t in set(answer.terms["label"])]
        assert answer.terms["share"].between(0, 1).all()
        assert answer.sentences["sentence"].to_list() == list(row.evidence)
        assert set(answer.bridges["paper_id"]) <= set(row.bridging)
        assert row.community_id not in set(answer.bridges["community_id"])
        assert set(answer.bridges["label"]) <= labels


def test_the_sentences_of_a_label_have_its_terms_marked(atlas: Atlas) -> None:
    answer = query.community(atlas, query.find_community(atlas, "federated learning"))
    marked = [s.sentence[start:end] for s in answer.sentences.itertuples() for start, end in s.spans]
    assert "federated learning" in marked
    assert answer.community["label"].startswith("federated learning")
    assert 0 < answer.community["certainty"] <= 1


def test_a_bridge_says_what_it_ties(atlas: Atlas) -> None:
    answer = query.community(atlas, query.find_community(atlas, "federated learning"))
    assert len(answer.bridges)
    for tie in answer.bridges.itertuples():
        assert tie.because
        assert tie.other_id in set(query.community(atlas, tie.community_id).papers["paper_id"])
        links = query.why(atlas, tie.paper_id, tie.other_id)
        assert tie.relation in set(links["relation"]) | {"builds_on", "is_built_on_by"}


def test_unknown_communities_name_what_is_near(atlas: Atlas) -> None:
    with pytest.raises(NotFoundError, match="Did you mean: c07"):
        query.community(atlas, "c7")
    with pytest.raises(NotFoundError):
        query.compare_communities(atlas, "c01", "<b>")


def test_what_sets_two_apart(made: Atlas) -> None:
    found = query.compare_communities(made, "c01", "c02")
    assert found.n == (4, 4)
    assert found.apart.loc[found.apart["side"] == 0, "label"].to_list() == ["net"]
    other = found.apart[found.apart["side"] == 1]
    assert other["label"].to_list() == ["tree", "speed"]
    assert other["share_other"].to_list() == [1.0, 1.0]
    assert other["share_one"].to_list() == [0.25, 0.75]
    assert found.shared["label"].to_list() == ["tree", "speed"]  # a metric counts less
    assert not found.note


def test_what_ties_two(made: Atlas) -> None:
    ties = query.compare_communities(made, "c01", "c02").ties
    assert ties[["paper_id", "other_id", "because"]].values.tolist() == [
        ["p003", "p004", "tree"],
        ["p000", "p004", "speed"],
    ]
    back = query.compare_communities(made, "c02", "c01").ties
    assert back["paper_id"].to_list() == ties["other_id"].to_list()


def test_comparing_is_symmetric(atlas: Atlas) -> None:
    one, two = query.compare_communities(atlas, "c01", "c07"), query.compare_communities(atlas, "c07", "c01")
    mirrored = two.apart.assign(side=1 - two.apart["side"]).sort_values("side", kind="stable", ignore_index=True)
    assert one.apart["concept_id"].to_list() == mirrored["concept_id"].to_list()
    assert one.apart["share_one"].to_list() == mirrored["share_other"].to_list()
    assert set(one.shared["concept_id"]) == set(two.shared["concept_id"])


def test_a_part_is_compared_with_the_rest(atlas: Atlas) -> None:
    part = query.list_communities(atlas).query("level == 1").iloc[0]
    found = query.compare_communities(atlas, part["community_id"], part["parent"])
    whole = query.community(atlas, part["parent"]).community["n_papers"]
    assert found.n == (part["n_papers"], whole - part["n_papers"])
    assert "is part of" in found.note
    same = query.compare_communities(atlas, "c01", "c01")
    assert same.note == "Both are the same community."
    assert same.apart.empty


def test_lists(atlas: Atlas) -> None:
    communities = query.list_communities(atlas)
    ids = communities["community_id"].to_list()
    assert ids[:2] == ["c01", "c01.1"]
    for row in communities[communities["level"] > 0].itertuples():
        assert ids.index(row.parent) < ids.index(row.community_id)
    concepts = query.list_concepts(atlas)
    assert concepts["n_papers"].is_monotonic_decreasing
    assert set(query.list_concepts(atlas, kinds={"dataset"})["kind"]) == {"dataset"}
    assert query.list_concepts(atlas, "federated learning")["label"].iloc[0] == "federated learning"
    assert query.list_concepts(atlas, "zzzz").empty
    assert "showing" in query.list_concepts(atlas, "federeted").attrs["note"]
    assert len(query.list_papers(atlas)) == len(atlas.papers)
    assert "FedRC" in query.list_papers(atlas, "FedRC")["title"].iloc[0]
    assert len(query.list_papers(atlas, n=3)) == 3


@pytest.mark.parametrize(
    "selection",
    [Selection(), Selection(within="c07"), Selection(min_papers=3, noise=0.05), Selection(of="papers")],
    ids=["all", "community", "few", "papers"],
)
def test_the_extent_is_that_of_the_network(atlas: Atlas, selection: Selection) -> None:
    part, found = query.network(atlas, selection), query.extent(atlas, selection)
    papers = int((part.nodes["type"] == "paper").sum())
    links = int((~part.edges["target"].str.startswith(query.CONCEPT)).sum())
    assert found == (papers, len(part.nodes) - papers, links, len(part.edges) - links)


def test_a_concept_knows_its_communities(atlas: Atlas) -> None:
    homes = query.concept(atlas, "federated-learning").communities
    assert homes["n_papers"].is_monotonic_decreasing
    assert homes["n_papers"].sum() <= atlas.concepts.set_index("concept_id").loc["federated-learning", "n_papers"]
    assert np.all(homes["share"].between(0, 1))


def test_a_paper_knows_its_references_and_communities(atlas: Atlas, small: Atlas) -> None:
    paper_id = atlas.papers["paper_id"].iloc[0]
    answer = query.paper(atlas, paper_id)
    assert answer.communities["level"].to_list() == list(range(len(answer.communities)))
    assert answer.communities["community_id"].iloc[0] == answer.community["community_id"]
    assert answer.references.empty


def test_what_a_sentence_says_comes_before_what_is_shared(small: Atlas) -> None:
    for paper_id in small.papers["paper_id"]:
        relations = query.neighbours(small, paper_id)["relation"].to_list()
        said = [relation in ("builds_on", "is_built_on_by", "cites", "is_cited_by") for relation in relations]
        assert said == sorted(said, reverse=True)


def test_a_link_is_two_papers(small: Atlas) -> None:
    one, other = small.papers["paper_id"].iloc[:2]
    assert query.linked(small, f"link:{one} {other}") == (one, other)
    for wrong in (
        f"link:{one}",
        f"link:{one} nothing",
        "link:",
        f"link:concept:{small.concepts['concept_id'].iloc[0]}",
    ):
        with pytest.raises(NotFoundError):
            query.linked(small, wrong)
    assert Role.INTRODUCES in set(small.paper_concepts["role"])
