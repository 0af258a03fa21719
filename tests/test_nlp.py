"""The pipeline: sentences, acronyms, what is found, and in which role."""

import pytest
from graphx.nlp.rules import is_name_like, kind_of_phrase
from hypothesis import given, settings
from hypothesis import strategies as st

from graphx.nlp.acronyms import definitions
from graphx.nlp.mentions import find
from graphx.nlp.pipeline import load
from graphx.nlp.terms import SPANS, known_kind, known_terms
from graphx.papers import texts
from graphx.tables import Kind, Role, frame

NLP = load()


def found(text: str) -> dict[str, tuple[str, str]]:
    """Return kind and role by form; a title stands before."""
    doc = NLP(f"A note\n{text}")
    return {span.text: (span.label_, str(span._.role)) for span in doc.spans[SPANS]}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Title\nOne here. Two there.", ["Title", "One here.", "Two there."]),
        ("T\nAs in Smith et al. We agree.", ["T", "As in Smith et al. We agree."]),
        ("T\nUse nets, e.g. GANs. Then stop!", ["T", "Use nets, e.g. GANs.", "Then stop!"]),
        ("T\nIt is 3.5 times faster. (See below.) Yes?", ["T", "It is 3.5 times faster.", "(See below.)", "Yes?"]),
        ("T\nA i.i.d. case vs. another. Done.", ["T", "A i.i.d. case vs. another.", "Done."]),
        ("Only a title\n", ["Only a title"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [sentence.text.strip() for sentence in NLP(text).sents] == sentences


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("approximate nearest neighbor search (ANNS) is", [("ANNS", "approximate nearest neighbor search")]),
        ("Large language models (LLMs) are", [("LLMs", "Large language models")]),
        ("of the Mixture-of-Experts (MoE) kind", [("MoE", "Mixture-of-Experts")]),
        ("Piecewise Rectified Flow (PeRFlow)", [("PeRFlow", "Piecewise Rectified Flow")]),
        ("ANNS (approximate nearest neighbor search)", [("ANNS", "approximate nearest neighbor search")]),
        ("federated learning (FL, for short)", [("FL", "federated learning")]),
        ("models such as Segment Anything Model (SAM)", [("SAM", "Segment Anything Model")]),
        ("we improve it (see Section 2) by far (2x)", []),
        ("a result (e.g. GANs) and (ii) others", []),
        ("nothing agrees here (XYZ)", []),
        ("(ABC)", []),
    ],
)
def test_acronyms(text: str, pairs: list[tuple[str, str]]) -> None:
    got = [(text[d.short_start : d.short_end], text[d.long_start : d.long_end]) for d in definitions(text)]
    assert got == pairs


@given(st.text(alphabet="abcAB (),.-\n", max_size=120))
def test_acronyms_lie_in_the_text(text: str) -> None:
    for d in definitions(text):
        assert 0 <= d.short_start < d.short_end <= len(text)
        assert 0 <= d.long_start < d.long_end <= len(text)


@pytest.mark.parametrize(
    ("text", "form", "kind"),
    [
        ("We train on CIFAR-10 and FEMNIST datasets.", "FEMNIST", Kind.DATASET),
        ("Experiments on the FooBank benchmark show this.", "FooBank", Kind.DATASET),
        ("We use benchmarks such as QuxQA, BarSet, and Zed3.", "BarSet", Kind.DATASET),
        ("It is based on GSPMD here.", "GSPMD", Kind.METHOD),
        ("It beats k-medoids clustering here.", "k-medoids", Kind.METHOD),
        ("This is federated learning at work.", "federated learning", Kind.TASK),
        ("Graph neural networks (GNNs) are old.", "GNNs", Kind.METHOD),
        ("Its normalized mutual information is high.", "normalized mutual information", Kind.METRIC),
        ("We cut FLOPs by half.", "FLOPs", Kind.METRIC),
        ("an LLM-based agent", "LLM", Kind.METHOD),
        ("They study short poem clustering.", "short poem clustering", Kind.TASK),
        ("They study hierarchical community detection.", "community detection", Kind.TASK),
    ],
)
def test_what_is_found(text: str, form: str, kind: Kind) -> None:
    assert found(text)[form][0] == kind


@pytest.mark.parametrize("text", ["", "We do it well.", "The GPU is from the USA.", "See II, an NP-hard case."])
def test_what_is_not_found(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "form", "role"),
    [
        ("We propose FooNet, a net for bars.", "FooNet", Role.INTRODUCES),
        ("In this paper, we introduce a new index called FooTree.", "FooTree", Role.INTRODUCES),
        ("FooNet is proposed to solve this.", "FooNet", Role.INTRODUCES),
        ("We propose a method based on FooNet.", "FooNet", Role.USES),
        ("We present a study of how FooNet fails.", "FooNet", Role.MENTIONS),
        ("Our net is trained with FooNet.", "FooNet", Role.USES),
        ("It outperforms FooNet by far.", "FooNet", Role.COMPARES),
        ("We propose federated learning for all.", "federated learning", Role.MENTIONS),
        ("FooNet fails often.", "FooNet", Role.MENTIONS),
        ("We propose integrating encoders (CLIP, DINOv2).", "DINOv2", Role.USES),
        ("We propose two LSTM architectures.", "LSTM", Role.MENTIONS),
        ("We present a neural RGB-D system.", "RGB-D", Role.MENTIONS),
        ("We introduce FooNet models for bars.", "FooNet", Role.INTRODUCES),
        ("We propose a search using bar folding trees (BFT).", "BFT", Role.USES),
        ("We propose graph neural networks (GNNs) for all.", "GNNs", Role.MENTIONS),
        ("We introduce FooNet, a JAX-based net.", "JAX", Role.MENTIONS),
        ("We release a PyTorch implementation.", "PyTorch", Role.MENTIONS),
        ("We introduce optimal transport (OT) here.", "OT", Role.MENTIONS),
    ],
)
def test_roles(text: str, form: str, role: Role) -> None:
    assert found(text)[form][1] == role


@pytest.mark.parametrize("title", ["LLMs: A Survey", "GPT-4: A Case Study", "Graph Neural Networks: A Review"])
def test_who_writes_about_a_thing_does_not_introduce_it(title: str) -> None:
    doc = NLP(f"{title}\nWe look at it.")
    spans = doc.spans[SPANS]
    assert spans
    assert all(span._.role != Role.INTRODUCES for span in spans)


def test_the_name_before_the_colon_is_introduced_everywhere() -> None:
    doc = NLP("Hammer: Robust Calls\nWe show that Hammer calls well. Hammer is small.")
    assert [(s.text, s.label_, str(s._.role), s.id_) for s in doc.spans[SPANS] if s.text == "Hammer"] == [
        ("Hammer", "method", "introduces", "title")
    ] * 3
    doc = NLP("BarBench: A Benchmark for Bars\nWe test bars.")
    assert [(s.label_, str(s._.role)) for s in doc.spans[SPANS] if s.text == "BarBench"] == [("dataset", "introduces")]


@pytest.mark.parametrize(
    ("word", "is_name"),
    [
        *[(w, True) for w in ("GSPMD", "LoRA", "CIFAR-10", "GPT-4o", "iNaturalist", "Llama-2", "LLM-based", "P2OT")],
        *[(w, False) for w in ("Monte-Carlo", "State-of-the-Art", "the", "GPU", "NP-hard", "2010", "II", "multi-GPU")],
    ],
)
def test_spelled_like_a_name(word: str, is_name: bool) -> None:
    assert is_name_like(word) == is_name


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("function calling leaderboard", Kind.DATASET),
        ("gradient matching score", Kind.METRIC),
        ("neural architecture search", Kind.TASK),
        ("graph neural networks", Kind.METHOD),
    ],
)
def test_kind_by_the_last_word(phrase: str, kind: Kind) -> None:
    assert kind_of_phrase(phrase) == kind


def test_the_list_of_terms_is_in_order() -> None:
    terms = [term.casefold() for _, term in known_terms()]
    assert len(terms) > 800
    assert len(set(terms)) == len(terms)
    assert known_kind("Federated Learning") == Kind.TASK
    assert known_kind("large language models") == Kind.METHOD
    assert known_kind("no such thing") is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(max_size=30)
        | st.sampled_from(["LLMs", "k-means", "We propose FooNet (FN).", "CIFAR-10", "\u202eabc", "$\\alpha$", "😀"]),
        max_size=8,
    )
)
def test_every_mention_is_exactly_its_text(pieces: list[str]) -> None:
    papers = frame("papers", [{"paper_id": "p", "title": "FooNet: A Title", "abstract": " ".join(pieces)}])
    whole = texts(papers)["p"]
    mentions = find(papers)
    last = -1
    for m in mentions.itertuples():
        assert m.text == whole[m.start : m.end]
        assert m.sentence_start <= m.start < m.end <= m.sentence_end <= len(whole)
        assert m.start >= last
        assert m.kind in set(Kind)
        assert m.role in set(Role)
        assert 0 < m.score <= 1
        last = m.end
