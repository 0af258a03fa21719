"""Links: weights, parts, evidence, the backbone, and time."""

import numpy as np
import pandas as pd
import pytest

from graphx.atlas import Atlas
from graphx.concepts import join
from graphx.links import disparity, link
from graphx.nlp.mentions import find
from graphx.papers import texts
from graphx.tables import Relation, frame

PARTS = ["methods", "datasets", "tasks", "metrics"]


def linked(*papers: tuple[str, str, str | None]) -> pd.DataFrame:
    """Return the links between papers of (title, abstract, date)."""
    rows = [
        {"paper_id": f"p{n}", "title": t, "abstract": a, "date": d, "year": int(d[:4]) if d and d[0] != "-" else None}
        for n, (t, a, d) in enumerate(papers)
    ]
    table = frame("papers", rows)
    return link(table, *join(find(table), table))


def test_shares_has_parts_that_add_up_and_evidence(atlas: Atlas) -> None:
    shares = atlas.links[atlas.links["relation"] == Relation.SHARES]
    assert len(shares) > 1000
    assert np.allclose(shares[PARTS].sum(axis=1).astype(float), shares["weight"].astype(float))
    assert shares["weight"].between(0, 1 + 1e-9).all()
    assert (shares["source"] < shares["target"]).all()
    assert (shares["n_shared"] == shares["evidence"].map(len)).all()
    assert set(shares["evidence"].explode()) <= set(atlas.concepts["concept_id"])
    assert not atlas.links.duplicated(["source", "target", "relation", "via"]).any()


def test_evidence_of_shares_is_what_both_papers_name(atlas: Atlas) -> None:
    named = {paper_id: set(ids) for paper_id, ids in atlas.paper_concepts.groupby("paper_id")["concept_id"]}
    for row in atlas.links[atlas.links["relation"] == Relation.SHARES].sample(200, random_state=1).itertuples():
        assert set(row.evidence) == named[row.source] & named[row.target]


def test_a_hub_counts_little(atlas: Atlas) -> None:
    once = atlas.paper_concepts[atlas.paper_concepts["n_mentions"] == 1]
    once = once.merge(atlas.concepts[["concept_id", "n_papers"]], on="concept_id")
    hub = once["weight"][once["concept_id"] == "llm"].iloc[0]
    rare = once["weight"][once["n_papers"] == 2].iloc[0]
    assert hub < 0.35 * rare
    shares = atlas.links[atlas.links["relation"] == Relation.SHARES]
    by_hub_only = shares["evidence"].map(lambda concepts: list(concepts) == ["llm"])
    assert by_hub_only.sum() > 500
    assert (by_hub_only & shares["backbone"]).sum() < 0.02 * shares["backbone"].sum()


def test_the_backbone_is_small_and_reaches_every_linked_paper(atlas: Atlas) -> None:
    shares = atlas.links[atlas.links["relation"] == Relation.SHARES]
    drawn = shares[shares["backbone"]]
    assert len(drawn) < len(shares) / 5
    ends = set(shares["source"]) | set(shares["target"])
    assert set(drawn["source"]) | set(drawn["target"]) == ends


def test_disparity_of_a_star() -> None:
    """Of four ties of equal weight each has (1 - 1/4)^3; one that holds nearly all is significant."""
    source, target = np.zeros(4, dtype=np.int64), np.arange(1, 5)
    assert np.allclose(disparity(source, target, np.ones(4)), 0.75**3)
    assert disparity(source, target, np.array([97.0, 1.0, 1.0, 1.0]))[0] == pytest.approx(0.03**3)
    assert disparity(np.array([0]), np.array([1]), np.array([5.0])).tolist() == [1.0]
    assert disparity(source[:0], target[:0], np.zeros(0)).size == 0


def test_builds_on_is_proved_by_sentences_in_their_place(small: Atlas) -> None:
    builds_on = small.links[small.links["relation"] == Relation.BUILDS_ON]
    title_of = dict(zip(small.papers["paper_id"], small.papers["title"], strict=True))
    text_of = texts(small.papers)
    pairs = {(title_of[r.source].split(":")[0], title_of[r.target].split(":")[0]) for r in builds_on.itertuples()}
    assert pairs == {
        ("Serving Folded Graphs", "TurboSeek"),
        ("Personalized Federated Learning under Label Shift", "FedFold"),
    }
    for row in builds_on.itertuples():
        for sentence, place in zip(row.evidence, row.places, strict=True):
            start, end = map(int, place.split(":"))
            assert text_of[row.source][start:end].strip() == sentence
            assert any(form in sentence for form in ("TurboSeek", "FedFold"))


FOO = ("FooNet: A Net for Bars", "We propose FooNet. FooNet is a net.", "2020-05-01")


@pytest.mark.parametrize(
    ("date", "n"), [("2021-01-01", 1), ("2020-05-01", 1), ("2019-12-31", 0), ("--12-29", 1), (None, 1)]
)
def test_nothing_builds_on_the_future(date: str | None, n: int) -> None:
    links = linked(FOO, ("A Study of Nets", "We study nets and use FooNet for bars.", date))
    assert (links["relation"] == Relation.BUILDS_ON).sum() == n


def test_papers_that_share_nothing() -> None:
    assert linked(("One", "Nothing of note here.", None), ("Two", "Nor is there here.", None)).empty
    links = linked(("One", "FooNet is used.", None), ("Two", "BarNet is used.", None))
    assert links.empty
    assert list(links.columns) == list(frame("links", []).columns)
