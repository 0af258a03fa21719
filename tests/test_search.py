"""Find and search: what is typed, however it is typed, leads to what is meant."""

import contextlib
import threading
import unicodedata

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphx.atlas import Atlas
from graphx.errors import NotFoundError
from graphx.query.finding import COLUMNS, EXCERPT, find, search
from graphx.query.words import Index, asked, every, folded, tokenised


def test_columns_and_order(small: Atlas) -> None:
    found = search(small, "federated")
    assert list(found.columns) == COLUMNS
    assert found["score"].is_monotonic_decreasing
    assert found["node_id"].is_unique
    assert found.attrs["note"] == ""
    assert search(small, "nosuchword").columns.tolist() == COLUMNS


@pytest.mark.parametrize(
    ("words", "label", "note"),
    [
        ("federeted lerning", "federated learning", "no 'federeted': showing 'federated'; no 'lerning': showing"),
        ("fedrated", "federated learning", "no 'fedrated': showing 'federated'"),
        ("latnecy", "latency", "showing 'latency'"),  # two letters swapped are one slip
        ("CIFAR 10", "CIFAR-10", ""),
        ("cifar10", "CIFAR-10", ""),
        ("quantisation", "quantization", ""),
        ("quantiz", "quantization", ""),
        ("FÉDÉRATED  LEARNING", "federated learning", ""),
        ("FL", "federated learning", ""),
        ("mixtures of experts", "MoE", ""),
    ],
)
def test_what_is_meant_comes_first(small: Atlas, words: str, label: str, note: str) -> None:
    found = search(small, words)
    assert found["label"].iloc[0] == label
    assert note in found.attrs["note"]
    assert bool(note) == bool(found.attrs["note"])


def test_an_exact_name_comes_before_all(small: Atlas) -> None:
    found = search(small, "FedAvg")
    assert found["node_id"].iloc[0] == "concept:fedavg"
    assert found["score"].iloc[0] > 1 >= found["score"].iloc[1]


def test_every_word_counts_first_and_then_most(small: Atlas) -> None:
    titles = set(search(small, "federated shift")["label"])
    assert titles == {"Personalized Federated Learning under Label Shift"}
    partly = search(small, "federated shift HNSW")
    assert partly.attrs["note"] == "nothing has every word: showing what has most of them"
    assert partly["label"].iloc[0] in titles | {"personalized federated learning"}
    assert search(small, "nosuchword neitherthis").empty


def test_quoted_words_stand_together(small: Atlas) -> None:
    assert not search(small, '"label shift"').empty
    assert search(small, '"shift label"').empty
    assert search(small, '"federated lear"').empty  # a quoted word is whole
    assert not search(small, "shift label").empty
    assert not search(small, '"label shift').empty  # the end of a quotation is no matter
    assert search(small, "“label shift”").equals(search(small, '"label shift"'))


def test_a_paper_shows_where_it_matched(small: Atlas) -> None:
    papers = search(small, "tail latency half").query("type == 'paper'")
    assert "Tail latency falls by half" in papers["excerpt"].iloc[0]
    for row in search(small, "learning").query("type == 'paper'").itertuples():
        abstract = small.papers.set_index("paper_id")["abstract"][row.node_id]
        assert row.excerpt.strip("…") in abstract
        assert 0 < len(row.excerpt) <= EXCERPT + 2
    assert set(search(small, "learning").query("type == 'concept'")["excerpt"]) == {""}


@pytest.mark.parametrize(
    "words",
    [
        "", "   ", '"', '""', '"(" OR "', "((*[", "a OR b", "NOT federated", "NEAR(a b, 3)", "title: x", "^a", "a* b*",
        "-federated", "{title}: latency", "a\x00b", "\x00", "\x1b[31mlatency\x1b[0m", "\ud800latency",
        "'; DROP TABLE papers; --",
        "a" * 10_000, "a " * 5_000, '"a ' * 3_000, "федеративное 学习 🙂", "%_%", "latency " * 200 + "zzz",
    ],
)  # fmt: skip
def test_hostile_words(small: Atlas, words: str) -> None:
    found = search(small, words)
    assert list(found.columns) == COLUMNS
    assert len(search(small, "latency")) > 2  # the index is as it was


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet='"*():^-+ aeFL{}', max_size=30))
def test_any_words_are_only_words(small: Atlas, words: str) -> None:
    found = search(small, words, limit=5)
    assert len(found) <= 5
    assert found.equals(search(small, words, limit=5))
    with contextlib.suppress(NotFoundError):
        assert find(small, words)


@given(st.text(max_size=40))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)
    assert folded(text) == folded(unicodedata.normalize("NFC", text)) or len(text) != len(
        unicodedata.normalize("NFC", text)
    )


def test_words_are_cut_as_the_index_cuts_them(small: Atlas) -> None:
    assert tokenised("Naïve k-means++ (C#)") == ["naive", "k", "means", "c"]
    assert every(asked("x-ray")) == '("x ray"* OR "xray"*)'
    assert every(asked('"deep learning" a')) == '("deep learning") AND ("a")'
    assert len(asked("word " * 90 + " ".join(f"w{n}" for n in range(90)))) == 32
    index = small.once("words", Index.of)
    assert index.terms == sorted(index.terms)
    assert index.frequency("federat") >= index.frequency("federated") > 0
    assert index.frequency("nosuchword") == 0


def test_one_index_serves_many_threads(small: Atlas) -> None:
    expected = search(small, "latency")
    found: list[pd.DataFrame] = []
    threads = [threading.Thread(target=lambda: found.append(search(small, "latency"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(expected.equals(other) for other in found)


def test_an_empty_atlas_answers_nothing(small: Atlas) -> None:
    tables = {name: getattr(small, name).head(0) for name in small.__dataclass_fields__ if name in vars(small)
              and isinstance(getattr(small, name), pd.DataFrame)}  # fmt: skip
    nothing = Atlas(**tables, info={})
    assert search(nothing, "federated").empty
    with pytest.raises(NotFoundError):
        find(nothing, "federated")


@pytest.mark.parametrize("name", ["", "   ", "federated learning zzz", "concept:", "a"])
def test_no_name_of_anything(small: Atlas, name: str) -> None:
    with pytest.raises(NotFoundError):
        find(small, name)


def test_a_name_with_a_slip_is_not_guessed(small: Atlas) -> None:
    with pytest.raises(NotFoundError, match="Did you mean: TurboSeek"):
        find(small, "TurboSek")
