"""What training learns from: annotations to labels, and how a result is scored."""

import json

import numpy as np
import pytest
from tokenizers import Tokenizer

from graphx.nlp.encoder import MODEL
from graphx.nlp.windows import encode
from graphx.tables import Kind
from tests.conftest import ROOT
from training.annotations import IGNORED, KINDS, annotate, labels, occurrences, read_sentences
from training.score import Found, reduced, same, score

FOLDER = ROOT / "training" / "annotations"
PAPER = {
    "id": "p",
    "title": "FooNet: deep graph clustering",
    "abstract": "We cluster with FooNet on Cora. As AS says, deep models help clustering.",
    "methods": [
        {"name": "FooNet", "aliases": [], "tier": "core", "role": "introduces"},
        {"name": "clustering", "aliases": [], "tier": "core", "role": "uses"},
        {"name": "deep model", "aliases": ["deep models"], "tier": "ok", "role": "mentions"},
        {"name": "AS", "aliases": [], "tier": "core", "role": "uses"},
    ],
    "datasets": [{"name": "Cora", "aliases": [], "tier": "core", "role": "uses"}],
    "tasks": [{"name": "graph clustering", "aliases": ["deep graph clustering"], "tier": "core"}],
    "metrics": [],
}


def test_the_longest_form_wins_and_what_lies_inside_is_open() -> None:
    annotated = annotate(PAPER)
    core = [(annotated.text[s.start : s.end], str(s.kind)) for s in sorted(annotated.core)]
    assert core == [
        ("FooNet", "method"), ("deep graph clustering", "task"), ("FooNet", "method"), ("Cora", "dataset"),
        ("AS", "method"), ("clustering", "method"),
    ]  # fmt: skip
    assert ("clustering", "method") in [(annotated.text[s.start : s.end], s.kind) for s in annotated.maybe]


def test_labels_of_words() -> None:
    annotated = annotate(PAPER)
    words, _ = encode(annotated.text, Tokenizer.from_file(str(MODEL / "tokenizer.json")))
    kinds, roles = labels(annotated, words)
    said = {}
    for n, (start, end) in enumerate(zip(words.start, words.end, strict=True)):
        said.setdefault(annotated.text[start:end], []).append((kinds[n].tolist(), int(roles[n])))
    assert said["FooNet"] == [([1, 0, 0, 0], 0)] * 2
    assert [k for k, _ in said["deep"]] == [[0, 0, 1, 0], [IGNORED, 0, 0, 0]]
    assert [k for k, _ in said["clustering"]] == [[IGNORED, 0, 2, 0], [1, 0, 0, 0]]
    assert said["As"] == [([0, 0, 0, 0], IGNORED)]
    assert said["Cora"] == [([0, 1, 0, 0], 1)]


@pytest.mark.parametrize(
    ("form", "text", "n"),
    [
        ("OPT", "OPT can opt", 1),
        ("deep learning", "Deep learning and deep\nlearning", 2),
        ("net", "network", 0),
        ("", "x", 0),
    ],
)
def test_where_a_form_stands(form: str, text: str, n: int) -> None:
    assert len(list(occurrences(form, text))) == n


def test_a_kind_that_was_not_looked_for_is_open(tmp_path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text(
        json.dumps({"id": "s", "text": "We use Cora.", "spans": [[7, 11, "D", "Dataset"], [0, 2, "X", None]]})
    )
    (sentence,) = read_sentences(file, frozenset({Kind.DATASET}))
    words, _ = encode(sentence.text, Tokenizer.from_file(str(MODEL / "tokenizer.json")))
    kinds, _ = labels(sentence, words)
    assert kinds[:, KINDS.index(Kind.DATASET)].tolist() == [0, 0, 1, 0]
    assert np.all(np.delete(kinds, KINDS.index(Kind.DATASET), axis=1) == IGNORED)


def test_scores() -> None:
    found = {
        "p": [
            Found("method", "FooNets", "introduces"),
            Found("method", "nonsense", "uses"),
            Found("task", "graph clustering", "mentions"),
        ]
    }
    scores = score([PAPER], found)
    assert scores["methods"][:2] == (1 / 2, 1 / 3)
    assert scores["tasks"] == (1.0, 1.0, pytest.approx(1.0))
    assert scores["introduces"][:2] == (1.0, 1.0)
    assert scores["datasets"][:2] == (0.0, 0.0)
    assert reduced("The k-means++ Methods!") == "the k means++ method"
    assert same("graph clustering", "deep graph clustering")
    assert not same("graph", "deep graph clustering")


def test_the_annotations_are_in_order() -> None:
    abstracts = [json.loads(line) for line in (FOLDER / "abstracts.jsonl").read_text(encoding="utf-8").splitlines()]
    more = [json.loads(line) for line in (FOLDER / "more.jsonl").read_text(encoding="utf-8").splitlines()]
    development = (FOLDER / "development.txt").read_text().split()
    ids = {paper["id"] for paper in abstracts}
    assert (len(abstracts), len(more), len(development)) == (712, 1160, 120)
    assert set(development) <= ids
    assert not ids & {paper["id"].removeprefix("arxiv:") for paper in more}
    assert all(annotate(paper).core or annotate(paper).maybe for paper in abstracts)
