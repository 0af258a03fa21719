"""Links: weights, parts, evidence, the backbone, and time."""

import numpy as np
import pandas as pd
import pytest

from graphx.atlas import Atlas
from graphx.concepts import join
from graphx.links import backbone, disparity, link, match, reweigh
from graphx.links import shares as shares_of
from graphx.links.shares import concept_matrix, find_shares, scaled
from graphx.nlp.mentions import find
from graphx.papers import texts
from graphx.similar import neighbours
from graphx.tables import Relation, frame

PARTS = ["methods", "datasets", "tasks", "metrics"]


def linked(*papers: tuple[str, str, str | None]) -> pd.DataFrame:
    """Return the links between papers of (title, abstract, date)."""
    rows = [
        {"paper_id": f"p{n}", "title": t, "abstract": a, "date": d, "year": int(d[:4]) if d and d[0] != "-" else None}
        for n, (t, a, d) in enumerate(papers)
    ]
    table = frame("papers", rows)
    return link(table, *join(find(table), table), match(table), neighbours(table))


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


def test_each_paper_keeps_its_strongest_links_and_significance_counts_all(monkeypatch: pytest.MonkeyPatch) -> None:
    table = frame("papers", [{"paper_id": f"p{n:02}", "title": f"T{n}", "abstract": "a"} for n in range(30)])
    concepts = frame("concepts", [{"concept_id": c, "label": c, "kind": "method", "forms": [c]} for c in "abcdefgh"])
    rng = np.random.default_rng(3)
    named = [(f"p{n:02}", c) for n in range(30) for c in "abcdefgh" if rng.random() < 0.5]
    pairs = frame("paper_concepts", [{"paper_id": p, "concept_id": c, "weight": 1.0} for p, c in named])
    matrix = concept_matrix(scaled(pairs, concepts), table, concepts)
    everything = find_shares(matrix, table, concepts).set_index(["source", "target"])
    monkeypatch.setattr(shares_of, "KEPT", 4)
    monkeypatch.setattr(shares_of, "_BLOCK", 7)
    few = find_shares(matrix, table, concepts).set_index(["source", "target"])
    assert len(few) < len(everything)
    assert np.allclose(few["significance"], everything.loc[few.index, "significance"])
    assert np.allclose(few["weight"], everything.loc[few.index, "weight"])
    for paper_id in table["paper_id"]:
        own = everything[[paper_id in pair for pair in everything.index]]["weight"].sort_values(ascending=False)
        fourth = own.iloc[min(3, len(own) - 1)]
        assert set(own.index[own > fourth + 1e-9]) <= set(few.index)


def test_weights_of_kinds_are_changed_without_building(atlas: Atlas) -> None:
    same = reweigh(atlas.links, {})
    shares = same["relation"] == Relation.SHARES
    assert np.allclose(same["weight"], atlas.links["weight"])
    assert list(same.columns) == list(atlas.links.columns)
    assert same.dtypes.equals(atlas.links.dtypes)
    data_only = reweigh(atlas.links, {"methods": 0, "tasks": 0, "metrics": 0})
    own = data_only[data_only["relation"] == Relation.SHARES]
    assert 0 < len(own) < shares.sum() / 2
    assert np.allclose(own["weight"], own["datasets"])
    assert (data_only["relation"] != Relation.SHARES).sum() == (~shares).sum()


def test_less_noise_draws_fewer_links(atlas: Atlas) -> None:
    drawn = [backbone(atlas.links, noise) for noise in (0.0, 0.01, 0.05, 0.5, 1.0)]
    counts = [int(mask.sum()) for mask in drawn]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[3] < counts[4] == len(atlas.links)
    assert (drawn[2] == atlas.links["backbone"].to_numpy(dtype=bool)).all()
    strongest = atlas.links[drawn[0] & (atlas.links["relation"] == Relation.SHARES).to_numpy(dtype=bool)]
    every = atlas.links[atlas.links["relation"] == Relation.SHARES]
    assert set(strongest["source"]) | set(strongest["target"]) == set(every["source"]) | set(every["target"])


P2OT = (
    "P^2OT: Progressive Partial Optimal Transport for Deep Imbalanced Clustering",
    "We formulate pseudo-labels as a progressive partial optimal transport problem.",
    None,
)


def test_a_longer_phrase_builds_on_the_one_it_holds() -> None:
    title = "SP^2OT: Semantic-Regularized Progressive Partial Optimal Transport for Imbalanced Clustering"
    links = linked(P2OT, (title, "We propose Semantic-regularized Progressive Partial Optimal Transport.", None))
    found = links[links["relation"] == Relation.BUILDS_ON]
    assert [(r.source, r.target) for r in found.itertuples()] == [("p1", "p0")]
    for place in found["target_places"].iloc[0]:
        start, end = map(int, place.split(":"))
        assert "rogressive" in "\n".join(P2OT[:2])[start:end]


def test_a_short_name_needs_more_in_common() -> None:
    """Two papers that share nothing but three letters mean two things by them."""
    bar = ("BAR: A Net for Vision", "We propose BAR. BAR learns image segmentation.", None)
    stranger = ("On Bridges", "The BAR of the bridge bends.", None)
    friend = ("On Nets", "We use BAR for image segmentation.", None)
    pairs = [(r.source, r.target) for r in linked(bar, stranger, friend).itertuples() if r.relation == "builds_on"]
    assert ("p1", "p0") not in pairs


REFERENCES = [
    ("https://doi.org/10.1000/ABC.1", "doi:10.1000/abc.1", "doi"),
    ("Smith, J. (2020). doi:10.1000/abc.1.", "doi:10.1000/abc.1", "doi"),
    ("arXiv:2401.00001v3 [cs.LG]", "arxiv:2401.00001", "arxiv"),
    ("10.48550/arXiv.2401.00001", "arxiv:2401.00001", "arxiv"),
    ("https://arxiv.org/abs/2401.00001", "arxiv:2401.00001", "arxiv"),
    ("https://openalex.org/W123456", "openalex:W123456", "openalex"),
    ("W123456", "openalex:W123456", "openalex"),
    ("Doe, A., On the Origin of Graph Species, 2019, Journal of Graphs", "title:x", "title"),
    ("Doe, A., On the origin of graph-species, 2020", "title:x", "title"),
    ("Doe, A., On the Origin of Graph Species, 2005", None, None),
    ("Doe, A., On the Origin of Species, 1859", None, None),
    ("10.1000/another", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("reference", "target", "by"), REFERENCES)
def test_a_reference_is_matched_or_dangles(reference: str, target: str | None, by: str | None) -> None:
    papers = frame(
        "papers",
        [
            {"paper_id": "a", "title": "The Citing Paper of All", "abstract": "", "references": [reference]},
            {"paper_id": "arxiv:2401.00001", "title": "One", "abstract": "", "arxiv_id": "2401.00001"},
            {"paper_id": "doi:10.1000/abc.1", "title": "Two", "abstract": "", "doi": "10.1000/abc.1"},
            {"paper_id": "openalex:W123456", "title": "Three", "abstract": "", "openalex_id": "W123456"},
            {"paper_id": "title:x", "title": "On the Origin of Graph Species", "abstract": "", "year": 2019},
        ],
    )
    references = match(papers)
    assert len(references) == 1
    row = references.iloc[0]
    assert (row["target"] if target else pd.isna(row["target"])) == (target or True)
    assert (row["by"] == by) if by else pd.isna(row["by"])
    cites = link(
        papers,
        *(frame(name, []) for name in ("mentions", "concepts", "paper_concepts")),
        references,
        neighbours(papers),
    )
    cites = cites[cites["relation"] == Relation.CITES]
    assert [(r.source, r.target, list(r.evidence)) for r in cites.itertuples()] == (
        [("a", target, [reference])] if target else []
    )


def test_a_paper_does_not_cite_itself() -> None:
    row = {"paper_id": "doi:10.1/x", "title": "T", "abstract": "", "doi": "10.1000/x1", "references": ["10.1000/x1"]}
    assert match(frame("papers", [row])).empty


def test_what_everybody_names_is_no_tie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares_of, "HUB", 3)
    table = frame("papers", [{"paper_id": f"p{n}", "title": f"T{n}", "abstract": "a"} for n in range(4)])
    concepts = frame(
        "concepts", [{"concept_id": c, "label": c, "kind": "method", "forms": [c]} for c in ("hub", "rare")]
    )
    named = [(f"p{n}", "hub") for n in range(4)] + [("p0", "rare"), ("p1", "rare")]
    pairs = frame("paper_concepts", [{"paper_id": p, "concept_id": c, "weight": 1.0} for p, c in named])
    matrix = concept_matrix(scaled(pairs, concepts), table, concepts)
    found = find_shares(matrix, table, concepts)
    assert [(r.source, r.target, list(r.evidence)) for r in found.itertuples()] == [("p0", "p1", ["rare"])]
    assert np.asarray((matrix != 0).sum(axis=1)).tolist() == [1, 1, 0, 0]


def test_an_arxiv_doi_is_an_arxiv_id() -> None:
    doi = "10.48550/arxiv.2401.00001"
    rows = [
        {"paper_id": "a", "title": "A", "abstract": "", "references": ["arXiv:2401.00001v2"]},
        {"paper_id": f"doi:{doi}", "title": "B", "abstract": "", "doi": doi},
    ]
    assert match(frame("papers", rows))["target"].to_list() == [f"doi:{doi}"]


def test_evidence_is_what_stands_at_its_place(atlas: Atlas) -> None:
    text_of = texts(atlas.papers)
    for row in atlas.links[atlas.links["relation"].isin(["builds_on", "similar"])].itertuples():
        spans = [tuple(map(int, place.split(":"))) for place in row.places]
        assert list(row.evidence) == [text_of[row.source][start:end] for start, end in spans]
