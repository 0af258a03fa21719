"""The pipeline: sentences, acronyms, what is found, and in which role."""

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from graphx.nlp.acronyms import definitions
from graphx.nlp.mentions import find
from graphx.nlp.names import is_name_like
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
        ("We train on the CIFAR-10 and FEMNIST datasets.", "FEMNIST", Kind.DATASET),
        ("We evaluate on benchmarks such as QuxQA, BarSet, and GSM8K.", "GSM8K", Kind.DATASET),
        ("Our compiler is based on GSPMD and XLA.", "GSPMD", Kind.METHOD),
        ("We compare with GPT-4 and DBSCAN.", "DBSCAN", Kind.METHOD),
        ("We study federated learning with many clients.", "federated learning", Kind.TASK),
        ("Graph neural networks (GNNs) are trained.", "GNNs", Kind.METHOD),
        ("We report normalized mutual information.", "normalized mutual information", Kind.METRIC),
        ("It reaches NDCG@20 of 0.4 and pass@k of 0.6.", "NDCG@20", Kind.METRIC),
        ("We reduce FLOPs by half at the same accuracy.", "FLOPs", Kind.METRIC),
        ("They study hierarchical community detection.", "community detection", Kind.TASK),
    ],
)
def test_what_is_found(text: str, form: str, kind: Kind) -> None:
    (mine,) = {kind for words, (kind, _) in found(text).items() if form in words}
    assert mine == kind


@pytest.mark.parametrize(
    "text", ["", "We do it well.", "See II, below.", "Code: https://github.com/some/thing.", "$\\alpha_i^2$", "🙂"]
)
def test_what_is_not_found(text: str) -> None:
    assert found(text) == {}


def test_every_place_of_a_name_is_found() -> None:
    text = "We propose FooNet, a network for image classification. FooNet is small.\nFooNet wins. (FooNet!)"
    doc = NLP(f"FooNet: Small Networks for Image Classification\n{text}")
    assert sum(span.text == "FooNet" for span in doc.spans[SPANS]) == 5


def test_acronym_and_long_form_are_found_together() -> None:
    text = "We use bar folding trees (BFTs) for indexing. Every BFT is balanced, and BFTs are fast."
    forms = found(text)
    assert forms["BFTs"] == forms["bar folding trees"]


def test_the_list_settles_what_is_a_dataset() -> None:
    assert found("MMLU is used by all; we like MMLU.")["MMLU"][0] == Kind.DATASET


@pytest.mark.parametrize(
    ("text", "form", "role"),
    [
        ("In this paper, we propose FooNet, a novel neural network for image segmentation.", "FooNet", Role.INTRODUCES),
        ("We introduce BarBench, a new benchmark for code generation.", "BarBench", Role.INTRODUCES),
        ("We compare with BERT and RoBERTa.", "BERT", None),
        ("We train our model with AdamW.", "AdamW", None),
        ("We propose a method that uses LoRA.", "LoRA", None),
        ("Large language models (LLMs) are popular.", "LLMs", None),
    ],
)
def test_what_is_introduced(text: str, form: str, role: Role | None) -> None:
    assert (found(text)[form][1] == Role.INTRODUCES) == (role == Role.INTRODUCES)


def test_the_name_before_the_colon_is_introduced_everywhere() -> None:
    doc = NLP("HammerNet: Robust Function Calling\nWe show that HammerNet calls functions well. HammerNet is small.")
    roles = [(s.label_, str(s._.role)) for s in doc.spans[SPANS] if s.text == "HammerNet"]
    assert roles == [("method", "introduces")] * 3


def test_the_list_does_not_settle_what_a_title_coins() -> None:
    doc = NLP(
        "LEAF: Robust Adversarial Finetuning of Text Encoders\nWe propose LEAF, an adversarial finetuning method."
    )
    assert {(s.label_, str(s._.role)) for s in doc.spans[SPANS] if s.text == "LEAF"} == {("method", "introduces")}


def test_any_spacy_pipeline_can_use_it() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("graphx_encoder")
    doc = nlp("We train a convolutional neural network on ImageNet.")
    assert {"convolutional neural network", "ImageNet"} <= {span.text for span in doc.spans[SPANS]}
    assert all(0 < span._.score <= 1 for span in doc.spans[SPANS])


@pytest.mark.parametrize(
    ("word", "is_name"),
    [
        *[(w, True) for w in ("GSPMD", "LoRA", "CIFAR-10", "GPT-4o", "iNaturalist", "Llama-2", "LLM-based", "P2OT")],
        *[(w, False) for w in ("Monte-Carlo", "State-of-the-Art", "the", "GPU", "NP-hard", "2010", "II", "multi-GPU")],
    ],
)
def test_spelled_like_a_name(word: str, is_name: bool) -> None:
    assert is_name_like(word) == is_name


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


def test_a_mention_across_a_newline_is_within_its_sentences() -> None:
    papers = frame("papers", [{"paper_id": "p", "title": "FooNet: A Title", "abstract": "P \nLc"}])
    for m in find(papers).itertuples():
        assert m.sentence_start <= m.start < m.end <= m.sentence_end
