"""Text to windows, probabilities to spans, and what is cut off them."""

import json
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from graphx.errors import InputError
from graphx.nlp.decoding import decode
from graphx.nlp.encoder import MODEL, Encoder
from graphx.nlp.tidy import tidy
from graphx.nlp.windows import LONGEST, encode, shape
from tests.conftest import ROOT

TOKENIZER = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
ENCODER = Encoder()


def test_the_model_is_small_enough_to_come_with_the_package() -> None:
    assert sum(file.stat().st_size for file in MODEL.iterdir()) < 30_000_000


def test_the_card_names_the_files_that_are_there() -> None:
    import hashlib

    card = (MODEL / "README.md").read_text(encoding="utf-8")
    for name in ("model.onnx", "tokenizer.json", "encoder.json"):
        assert f"`{name}` | `{hashlib.sha256((MODEL / name).read_bytes()).hexdigest()}`" in card


@pytest.mark.parametrize(
    ("word", "number"), [("(", 1), ("learning", 2), ("Learning", 3), ("BERT", 4), ("LoRA", 5), ("10", 6), ("p2", 7)]
)
def test_shapes(word: str, number: int) -> None:
    assert shape(word) == number


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=80), st.lists(st.sampled_from(["GPT-4", "modèle", "x", "(", "½", "\u202e", "deep"]), max_size=1200)
)
def test_every_word_is_spoken_for_once(title: str, words: list[str]) -> None:
    text = f"{title}\n{' '.join(words)}"
    found, windows = encode(text, TOKENIZER)
    spoken = np.concatenate([w.words for w in windows]) if windows else np.zeros(0)
    assert spoken.tolist() == list(range(len(found.start)))
    for window in windows:
        assert len(window.pieces) <= LONGEST
        assert len(window.pieces) == len(window.parts) == len(window.shapes)
        assert window.pieces[0] == 101
        assert window.pieces[-1] == 102
        assert all(0 < place < len(window.pieces) - 1 for place in window.places)
    assert all(0 <= s < e <= len(text) for s, e in zip(found.start, found.end, strict=True))


def test_windows_overlap_so_that_every_word_has_context() -> None:
    _, windows = encode("A title\n" + "word " * 2000, TOKENIZER)
    assert len(windows) > 3
    for window in windows[1:]:
        assert window.places[0] > 50  # what comes first in a window was spoken for by the one before
    for window in windows[:-1]:
        assert window.places[-1] < len(window.pieces) - 50


def test_a_word_means_the_same_in_a_long_text() -> None:
    sentence = "We train FooNet on CIFAR-10 and report accuracy. "
    short, long = ENCODER.read([f"A title\n{sentence}", f"A title\n{sentence * 120}"])
    assert len(long.words.start) > 5 * LONGEST / 10
    name = [i for i, (s, e) in enumerate(zip(long.words.start, long.words.end, strict=True)) if e - s == 6]
    assert np.isfinite(long.kinds).all()
    assert np.allclose(long.kinds.sum(axis=-1), 1, atol=1e-3)
    assert len(name) >= 120
    assert short.kinds.shape[1:] == (4, 3)


def test_texts_come_back_in_order_however_many_are_read_at_once() -> None:
    texts = [f"Title {n}\n" + "word " * (n % 7 * 40) for n in range(60)]
    at_once = list(ENCODER.read(texts))
    one_by_one = [next(ENCODER.read([text])) for text in texts]
    for a, b in zip(at_once, one_by_one, strict=True):
        assert np.array_equal(a.kinds, b.kinds)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a model"):
        Encoder(tmp_path)
    (tmp_path / "encoder.json").write_text("{}")
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(InputError, match="not a model"):
        Encoder(tmp_path)


def test_the_settings_agree_with_the_words_of_the_tables() -> None:
    from graphx.tables import ROLE_ORDER, Kind

    assert json.loads((MODEL / "encoder.json").read_text())["kinds"] == list(map(str, Kind))
    assert ENCODER.roles == list(ROLE_ORDER)


def probabilities(*rows: str) -> np.ndarray:
    """Return certain probabilities, one text a kind: "b", "i" or "." a word."""
    table = np.zeros((len(rows[0]), len(rows), 3), np.float32)
    for kind, row in enumerate(rows):
        for word, letter in enumerate(row):
            table[word, kind, ".bi".index(letter)] = 1
    return table


@pytest.mark.parametrize(
    ("rows", "spans"),
    [
        (("bi.b",), [(0, 2, 0), (3, 4, 0)]),
        (("bb",), [(0, 1, 0), (1, 2, 0)]),
        (("ii.",), [(0, 2, 0)]),
        (("...",), []),
        (("b..", "..b"), [(0, 1, 0), (2, 3, 1)]),
    ],
)
def test_decoding(rows: tuple[str, ...], spans: list[tuple[int, int, int]]) -> None:
    found = decode(probabilities(*rows), np.full(len(rows), 0.5, np.float32))
    assert [(f.first, f.last, f.kind) for f in found] == spans


def test_of_two_kinds_at_one_place_the_surer_wins() -> None:
    table = np.array([[[0.4, 0.6, 0.0], [0.1, 0.9, 0.0]]], np.float32)
    (found,) = decode(table, np.full(2, 0.5, np.float32))
    assert found.kind == 1
    assert found.score == pytest.approx(0.9)


@given(st.integers(0, 12), st.integers(1, 4), st.integers(0, 1000))
def test_decoded_spans_never_overlap(n: int, kinds: int, seed: int) -> None:
    table = np.random.default_rng(seed).dirichlet([1, 1, 1], (n, kinds)).astype(np.float32)
    found = decode(table, np.full(kinds, 0.4, np.float32))
    taken = [word for f in found for word in range(f.first, f.last)]
    assert len(taken) == len(set(taken))
    assert all(0 <= f.first < f.last <= n and 0 < f.score <= 1 for f in found)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("the CIFAR-10", "CIFAR-10"),
        ("( LoRA )", "LoRA"),
        ("of", None),
        ("approach", None),
        ("https://github.com/some/thing", None),
        ("github.com/some/thing", None),
        ("x", None),
        ("17", None),
        ("All You Need", "All You Need"),
        ("graph of thoughts", "graph of thoughts"),
        ("in-context learning", "in-context learning"),
        ("on-device models", "on-device models"),
        ("ratio of O", "ratio"),
        ("mixture of experts (MoE", "mixture of experts"),
        ("E(3) symmetry", "E(3) symmetry"),
        ("\\em pruning", "pruning"),
        ("", None),
    ],
)
def test_what_is_cut_off(text: str, left: str | None) -> None:
    doc = spacy.blank("en")(text)
    span = tidy(doc[:])
    assert (span.text if span is not None else None) == left


def test_nothing_but_the_model_folder_is_big() -> None:
    big = [p for p in (ROOT / "graphx").rglob("*") if p.is_file() and p.stat().st_size > 1_000_000]
    assert sorted(p.name for p in big) == ["model.onnx", "vectors.npz"]
