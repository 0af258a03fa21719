"""Vectors of texts, their nearest neighbours, and the links `similar`."""

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import spacy
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy import sparse

from graphx import similar
from graphx.atlas import Atlas
from graphx.errors import InputError
from graphx.nlp import vectors
from graphx.nlp.vectors import encode, to_file
from graphx.papers import text
from graphx.tables import TABLES, frame

PAIRS = {
    "a": ("Pruning convolutional networks", "We remove weights of convolutional networks. It is fast."),
    "b": ("Sparse convolutional networks by pruning", "Weights of convolutional networks are pruned. We measure it."),
    "c": ("Translation of rare languages", "Neural machine translation of languages with few parallel sentences."),
    "d": ("Machine translation without parallel sentences", "We translate rare languages. No parallel text is used."),
}


def table(rows: dict[str, tuple[str, str]]) -> pd.DataFrame:
    return frame("papers", [{"paper_id": i, "title": t, "abstract": a} for i, (t, a) in rows.items()])


def naming(*concepts: list[int], n: int = 9) -> sparse.csr_array:
    """Return papers × concepts from the concepts that each paper names."""
    matrix = np.zeros((len(concepts), n))
    for row, those in enumerate(concepts):
        matrix[row, those] = 0.5
    return sparse.csr_array(matrix)


def clustered(n: int, seed: int = 0) -> NDArray[np.float32]:
    """Return unit vectors that lie about one centre for every fifty of them."""
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(n // 50, 32))
    points = centres[chance.integers(len(centres), size=n)] + 0.5 * chance.normal(size=(n, 32))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_rows_have_length_one_or_no_words() -> None:
    found = encode(["Graph neural networks.", "", "   \n", "A", "联邦学习 🙂"])
    assert found.dtype == np.float32
    lengths = np.linalg.norm(found, axis=1)
    assert lengths[[0, 3]] == pytest.approx(1)
    assert lengths[[1, 2]] == pytest.approx(0)
    assert encode([]).shape == (0, found.shape[1])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(max_size=80) | st.sampled_from([t for pair in PAIRS.values() for t in pair]), max_size=8))
def test_a_text_is_encoded_alike_in_any_company(texts: list[str]) -> None:
    together = encode(texts)
    assert np.isfinite(together).all()
    for one, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(encode([one])[0], row)


def test_batches_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{title} {i}" for i in range(5) for title, _ in PAIRS.values()]
    whole = encode(texts)
    monkeypatch.setattr(vectors, "_BATCH", 3)
    np.testing.assert_array_equal(encode(texts), whole)


def test_alike_texts_point_alike() -> None:
    found = encode([text(*pair) for pair in PAIRS.values()])
    alike = found @ found.T
    assert min(alike[0, 1], alike[2, 3]) > similar.ALIKE
    assert alike[:2, 2:].max() < 0.4


def test_eight_bits_are_enough(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    given = chance.normal(size=(vectors._tokenizer().get_vocab_size(), 16)).astype(np.float32)
    given[7] = 0
    to_file(given, tmp_path / "vectors.npz")
    read = vectors._load(tmp_path / "vectors.npz")
    assert (read[7] == 0).all()
    assert np.abs(read - given).max() <= np.abs(given).max() / 250


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", None])
def test_a_damaged_file_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "vectors.npz").write_bytes(content)
    monkeypatch.setattr(vectors, "PIECES", tmp_path / "vectors.npz")
    with pytest.raises(InputError, match="Install GraphX again"):
        encode(["text"])


def test_neighbours_are_the_others_best_first() -> None:
    points = clustered(300)
    near, alike = similar.nearest(points, 10)
    assert near.shape == alike.shape == (300, 10)
    assert near.dtype == np.int64
    full = points @ points.T
    np.fill_diagonal(full, -2)
    np.testing.assert_allclose(alike, -np.sort(-full, axis=1)[:, :10], atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(full, near, axis=1), alike, atol=1e-6)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_few_rows_have_few_neighbours(n: int) -> None:
    near, alike = similar.nearest(clustered(50)[:n], 10)
    assert near.shape == alike.shape == (n, max(0, n - 1))
    assert (np.sort(near, axis=1) == [[j for j in range(n) if j != i] for i in range(n)]).all() if n else True


def test_the_index_misses_little_and_is_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.concatenate([clustered(3_000), np.zeros((3, 32), np.float32), clustered(50)[[0] * 20]])
    exact, best = similar.nearest(points, 10)
    monkeypatch.setattr(similar, "APPROXIMATE", 1_000)
    near, alike = similar.nearest(points, 10)
    assert not (near == np.arange(len(points))[:, None]).any()
    assert (np.diff(alike, axis=1) <= 0).all()
    assert np.mean(alike >= best - 1e-6) > 0.98
    found = [len(np.intersect1d(a, b)) for a, b in zip(exact[:3_000], near[:3_000], strict=True)]
    assert 9.8 < np.mean(found) <= 10
    again, _ = similar.nearest(points, 10)
    np.testing.assert_array_equal(near, again)


def links_of(papers: pd.DataFrame, named: sparse.csr_array, **options: int) -> pd.DataFrame:
    return similar.find(papers, named, similar.neighbours(papers), **options)


def test_links_between_papers_that_share_nothing() -> None:
    papers = table(PAIRS)
    links = links_of(papers, naming([0], [1], [2, 3], [3]))
    assert links[["source", "target"]].to_numpy().tolist() == [["a", "b"]]  # c and d share concept 3
    assert frame("links", links)["weight"][0] == pytest.approx(
        float(np.prod(encode([text(*PAIRS[i]) for i in "ab"]), axis=0).sum()), abs=1e-4
    )
    assert set(links) <= {column.name for column in TABLES["links"]}


def test_only_what_ties_a_lonely_paper_is_in_the_backbone() -> None:
    papers = table(PAIRS)
    links = links_of(papers, naming([0, 5], [1, 6], [2, 5], [7]))  # a and c share 5; b and d nothing
    assert dict(zip(links["source"] + links["target"], links["backbone"], strict=True)) == {"ab": True, "cd": True}
    links = links_of(papers, naming([0, 5], [1, 6], [2, 5], [3, 6]))
    assert not links["backbone"].any()


def test_each_paper_keeps_its_best() -> None:
    papers = table({f"p{i}": (f"Pruning convolutional networks {i}", PAIRS["a"][1]) for i in range(9)})
    links = links_of(papers, naming(*[[i] for i in range(9)]), k=1)
    assert 5 <= len(links) <= 9
    assert set(links["source"]) | set(links["target"]) == set(papers["paper_id"])


@pytest.mark.parametrize("rows", [{}, {"a": PAIRS["a"]}, {"a": ("", ""), "b": ("", ""), "c": ("🙂", "…")}])
def test_nothing_to_link(rows: dict[str, tuple[str, str]]) -> None:
    links = links_of(table(rows), sparse.csr_array((len(rows), 4)))
    assert len(links) == 0
    assert len(frame("links", links)) == 0


def test_papers_without_words_or_abstract_stay_apart() -> None:
    papers = table({**PAIRS, "e": ("", ""), "f": ("Pruning convolutional networks", "")})
    links = links_of(papers, naming([0], [1], [2], [3], [4], [5]))
    assert "e" not in {*links["source"], *links["target"]}
    assert "f" in set(links["target"])


def test_proofs_are_sentences_of_both_papers(atlas: Atlas) -> None:
    named = sparse.csr_array((len(atlas.papers), 1))  # as if nobody named anything, for many links
    links = links_of(atlas.papers, named)
    assert len(links) > 100
    texts = dict(zip(atlas.papers["paper_id"], map(text, atlas.papers["title"], atlas.papers["abstract"]), strict=True))
    for row in links.itertuples():
        (place,), (answer,), (evidence,) = row.places, row.target_places, row.evidence
        start, end = map(int, place.split(":"))
        assert texts[row.source][start:end] == evidence
        first, last = map(int, answer.split(":"))
        ours, theirs = similar.sentences(texts[row.source]), similar.sentences(texts[row.target])
        assert (start, end) in ours
        assert (first, last) in theirs
        a = encode([texts[row.source][slice(*span)] for span in ours])
        b = encode([texts[row.target][slice(*span)] for span in theirs])
        assert a[ours.index((start, end))] @ b[theirs.index((first, last))] >= (a @ b.T).max() - 1e-6


def test_no_link_where_a_concept_is_shared(atlas: Atlas) -> None:
    concepts = atlas.paper_concepts.astype(object).groupby("paper_id")["concept_id"].agg(set).to_dict()
    row = pd.Index(atlas.papers["paper_id"]).get_indexer(atlas.paper_concepts["paper_id"])
    column = pd.Index(atlas.concepts["concept_id"]).get_indexer(atlas.paper_concepts["concept_id"])
    size = (len(atlas.papers), len(atlas.concepts))
    links = links_of(atlas.papers, sparse.csr_array((np.ones(len(row)), (row, column)), shape=size))
    assert len(links) > 20
    assert links["weight"].between(similar.ALIKE, 1).all()
    assert not any(
        concepts.get(s, set()) & concepts.get(t, set()) for s, t in zip(links["source"], links["target"], strict=True)
    )


def test_sentences_end_where_the_pipelines_do(atlas: Atlas) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("graphx_sentences")
    texts = list(map(text, atlas.papers["title"], atlas.papers["abstract"]))
    ours = {(i, start) for i, paper in enumerate(texts) for start, _ in similar.sentences(paper)}
    theirs = {
        (i, sentence[0].idx) for i, doc in enumerate(nlp.pipe(texts)) for sentence in doc.sents if sentence.text.strip()
    }
    assert len(ours & theirs) > 0.99 * len(ours | theirs)


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ("A title\nOne. Two!", ["A title", "One.", "Two!"]),
        ("\nNo title.", ["No title."]),
        (
            "T\nSmith et al. (2020) did. See Fig. 3 by J. D.",
            ["T", "Smith et al. (2020) did.", "See Fig. 3 by J. D."],
        ),
        ("T\nIt works (or so.) Then e.g. BERT v. 2 fell.", ["T", "It works (or so.)", "Then e.g. BERT v. 2 fell."]),
        ("T\nHow? so it goes", ["T", "How? so it goes"]),
        ("\n", []),
    ],
)
def test_sentences(paper: str, expected: list[str]) -> None:
    assert [paper[start:end] for start, end in similar.sentences(paper)] == expected
