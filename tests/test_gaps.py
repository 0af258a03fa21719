"""What nobody has tried, and how often such pairs came true."""

from itertools import product

import pytest

from graphx.atlas import Atlas
from graphx.query.incidence import incidence
from graphx.query.untried import COLUMNS, MEASURES, backtest, frequent, gaps
from graphx.tables import Kind
from tests.handmade import Made, atlas_of

KINDS = {
    **dict.fromkeys(("roses", "tulips", "wheat", "maize", "roses 2"), Kind.DATASET),
    **dict.fromkeys(("flower naming", "crop counting", "everything"), Kind.TASK),
}


def field(task: str, methods: list[str], datasets: list[str], untried: set[tuple[str, str]]) -> list[Made]:
    """Make two papers of every method on every dataset, but for the pairs nobody tried."""
    pairs = [pair for pair in product(methods, datasets) if pair not in untried]
    made = [Made([method, dataset, task, "everything"], "2020-01-01") for method, dataset in pairs for _ in range(2)]
    return [*made, *[Made([method, task], "2020-01-01") for method in methods]]


FLOWERS = field("flower naming", ["ResNet", "ViT", "Forest"], ["roses", "tulips"], {("Forest", "tulips")})
CROPS = field("crop counting", ["YOLO", "DETR", "Counter"], ["wheat", "maize"], set())


def test_the_planted_gap_comes_first() -> None:
    found = gaps(atlas_of([*FLOWERS, *CROPS], KINDS))
    assert list(found.columns) == COLUMNS
    first = found.iloc[0]
    assert (first["method"], first["other"], first["kind"]) == ("Forest", "tulips", "dataset")
    assert (first["n_method"], first["n_other"]) == (3, 4)
    assert first["because"][0] == "flower naming"
    # All others cross the two fields, where only what is named everywhere ties them.
    assert found["score"][0] > 1.2 * found["score"][1]
    assert found["because"][1] == ["everything"]
    assert "chosen from 13 such pairs" in found.attrs["note"]


def test_every_sentence_names_a_side_and_stands_in_its_paper() -> None:
    atlas = atlas_of([*FLOWERS, *CROPS], KINDS)
    abstract = dict(zip(atlas.papers["paper_id"], atlas.papers["abstract"], strict=True))
    for row in gaps(atlas).itertuples():
        assert len(row.papers) == len(row.sentences) == 4
        for place, (paper_id, sentence) in enumerate(zip(row.papers, row.sentences, strict=True)):
            assert sentence in abstract[paper_id]
            assert (row.method if place < 2 else row.other) in sentence


def test_no_pair_was_tried_and_no_concept_fills_the_list(atlas: Atlas) -> None:
    for other in ("dataset", "task"):
        found = gaps(atlas, ("method", other), n=200)
        assert len(found) > 10
        papers_of = atlas.paper_concepts.groupby("concept_id")["paper_id"].apply(set)
        for row in found.itertuples():
            assert not papers_of[row.method_id] & papers_of[row.other_id]
            assert min(row.n_method, row.n_other) >= frequent(len(atlas.papers)) == 2
            assert row.because
        assert found["score"].is_monotonic_decreasing
        assert max(found["method_id"].value_counts().max(), found["other_id"].value_counts().max()) <= 3
        assert set(found["kind"]) == {other}


def test_one_name_within_the_other_is_no_pair() -> None:
    papers = [*FLOWERS, *[Made(["roses 2", "flower naming"])] * 3, *[Made(["tulips classifier", "flower naming"])] * 3]
    found = gaps(atlas_of(papers, KINDS))
    pairs = set(zip(found["method"], found["other"], strict=True))
    assert ("tulips classifier", "roses") in pairs
    assert ("tulips classifier", "tulips") not in pairs


def test_the_score_is_as_documented() -> None:
    atlas = atlas_of([*FLOWERS, *CROPS], KINDS)
    first = gaps(atlas).iloc[0]
    named = incidence(atlas).matrix.toarray()
    counts = named.sum(axis=0)
    place = {label: i for i, label in enumerate(atlas.concepts["label"])}
    a, b = place[first["method"]], place[first["other"]]
    together = named.T @ named
    ties = [c for c in range(len(counts)) if c not in (a, b)]
    expected = sum((together[a, c] * together[c, b] / counts[c]) ** 0.5 for c in ties) / (counts[a] * counts[b]) ** (
        1 / 3
    )
    assert first["score"] == pytest.approx(expected, rel=1e-5)


def history() -> Atlas:
    """Make old papers of two fields with a gap each, and new papers in which one gap is filled."""
    old = [
        *FLOWERS * 8,
        *field("crop counting", ["YOLO", "DETR", "Counter"], ["wheat", "maize"], {("DETR", "maize")}) * 8,
    ]
    new = [
        Made(["Forest", "tulips"], "2021-06-01"),
        Made(["ResNet", "roses"], "2021-06-01"),
        Made(["New", "tulips"], "2021-07"),
    ]
    return atlas_of([*old, *new * 50, *[Made([], "--06-01")] * 9], KINDS)


def test_the_backtest_counts_what_came_true() -> None:
    found = backtest(history(), "2021-01-01", k=(1, 2, 4))
    assert list(found.columns) == MEASURES
    # Of 14 untried pairs one came true, and it is among the first two: one of the two gaps within a field.
    assert found["hits"].tolist()[1:] == [1, 1]
    assert found["hit_at_k"].tolist()[1:] == [0.5, 0.25]
    assert found["recall"].tolist()[1:] == [1.0, 1.0]
    assert found["random"].tolist() == pytest.approx([1 / 14] * 3)
    assert found["popularity"][1] == 0
    assert "1 of 14 pairs came true" in found.attrs["note"]


def test_without_dates_there_is_no_backtest(atlas: Atlas) -> None:
    found = backtest(atlas)
    assert found.empty
    assert list(found.columns) == MEASURES
    assert "31 of 352 papers have a date with a year" in found.attrs["note"]


def test_too_few_concepts_and_wrong_kinds() -> None:
    atlas = atlas_of([Made(["ResNet", "roses"])], KINDS)
    found = gaps(atlas)
    assert found.empty
    assert list(found.columns) == COLUMNS
    assert "add papers" in found.attrs["note"]
    for ask in (gaps, backtest):
        with pytest.raises(ValueError, match="between"):
            ask(atlas, between=("dataset", "metric"))


def test_an_atlas_without_papers_answers_too() -> None:
    empty = atlas_of([])
    assert gaps(empty).empty
    assert backtest(empty).empty
