"""Joining forms: what is one concept and what must stay two."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx.concepts import join, normalise, singular, slugify
from graphx.nlp.mentions import find
from graphx.tables import Kind, Role, frame

SAME = [
    ("large language models", "Large Language Model"),
    ("CIFAR-10", "CIFAR10"),
    ("the CIFAR-10 dataset", "CIFAR-10"),
    ("fine-tuning", "finetuning"),
    ("pre-training", "Pretraining"),
    ("mixture of experts", "Mixture-of-Experts"),
    ("multi-task learning", "Multitask Learning"),
    ("optimisation", "optimization"),
    ("neighbourhood graph", "neighborhood graph"),
    ("language modelling", "language modeling"),
    ("generalised nets", "generalized net"),
    ("P²OT", "P2OT"),
    ("$k$-means", "k-means"),
    ("GNNs", "GNN"),
    ("similarities", "similarity"),
    ("decision trees", "decision tree"),
    ("hypotheses tests", "hypotheses test"),
    ("LLaMA", "Llama"),
]
DIFFERENT = [
    ("GPT-3", "GPT-4"),
    ("GPT-3", "GPT-3.5"),
    ("DBSCAN", "HDBSCAN"),
    ("k-means", "k-means++"),
    ("k-means", "k-medians"),
    ("CIFAR-10", "CIFAR-100"),
    ("NAS", "NASA"),
    ("LoRA", "QLoRA"),
    ("C", "C++"),
    ("C", "C#"),
    ("precision", "recall"),
    ("ImageNet-1K", "ImageNet-21K"),
    ("YOLOv3", "YOLOv4"),
    ("Llama 2", "Llama 3"),
    ("diffusion", "diffusion model"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_forms_of_one_concept(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_forms_that_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("plural", "form"),
    [
        ("LLMs", "LLM"), ("NAS", "NAS"), ("k-means", "k-means"), ("analysis", "analysis"), ("boxes", "box"),
        ("classes", "class"), ("databases", "database"), ("batches", "batch"), ("caches", "cache"),
        ("queries", "query"), ("series", "series"), ("bias", "bias"), ("gas", "gas"), ("DARTS", "DARTS"),
        ("losses", "loss"), ("responses", "response"), ("AdamW", "AdamW"), ("bus", "bus"), ("indices", "index"),
    ],
)  # fmt: skip
def test_singular(plural: str, form: str) -> None:
    assert singular(plural) == form


@given(st.text(min_size=1))
def test_normalising_never_fails_or_empties(form: str) -> None:
    assert normalise(form) or not form.strip(" \"'“”‘’`.,;:~")
    assert slugify(form)


def joined(*abstracts: str) -> dict[str, dict[str, object]]:
    """Return concepts by label, from papers of these abstracts."""
    papers = frame(
        "papers",
        [{"paper_id": f"p{n}", "title": "A note", "abstract": abstract} for n, abstract in enumerate(abstracts)],
    )
    concepts = join(find(papers), papers).concepts
    return {row["label"]: row for row in concepts.to_dict("records")}


def test_an_acronym_joins_its_long_form_here_and_elsewhere() -> None:
    concepts = joined("We use bar folding trees (BFTs) here.", "A BFT is fast.", "Bar Folding Tree (BFT) it is.")
    (concept,) = [c for c in concepts.values() if "BFT" in c["forms"]]
    assert set(concept["forms"]) == {"BFT", "BFTs", "bar folding trees", "Bar Folding Tree"}
    assert concept["n_papers"] == 3


def test_an_acronym_means_what_its_own_paper_says() -> None:
    concepts = joined("Mixture of shards (MoS) is used. MoS wins.", "Model of sets (MoS) is used. MoS loses.")
    assert {"MoS", "MoS (Model of sets)"} <= set(concepts)
    assert len({c["concept_id"] for c in concepts.values()}) == len(concepts)


def test_an_acronym_of_two_meanings_is_left_alone_where_nobody_says_which() -> None:
    concepts = joined("Mixture of shards (MoS) is used.", "Model of sets (MoS) is used.", "We apply MoS.")
    assert any(list(c["forms"]) == ["MoS"] and c["n_papers"] == 1 for c in concepts.values())


def test_labels() -> None:
    concepts = joined(
        "Graph neural networks (GNNs) and GNNs.", "GNNs again.", "Mixture of experts is old.", "Code generation here.",
        "code generation there.", "Federated Learning (FL) is federated learning.",
    )  # fmt: skip
    assert {"GNN", "mixture of experts", "code generation", "federated learning"} <= set(concepts)


def test_the_kind_is_voted() -> None:
    papers = frame("papers", [{"paper_id": f"p{n}", "title": "t", "abstract": "FooBar"} for n in range(3)])
    rows = [
        {"paper_id": f"p{n}", "start": 2, "end": 8, "text": "FooBar", "kind": str(kind), "role": "uses", "score": 0.5}
        for n, kind in enumerate([Kind.DATASET, Kind.METHOD, Kind.DATASET])
    ]
    answer = join(frame("mentions", rows), papers)
    assert list(answer.concepts["kind"]) == ["dataset"]
    assert list(answer.mentions["kind"]) == ["dataset", "method", "dataset"]  # what was seen stays as data


def test_who_introduces(small) -> None:
    concepts = small.concepts.set_index("label")
    titles = small.papers.set_index("paper_id")["title"]
    assert titles[concepts.loc["TurboSeek", "introduced_by"]].startswith("TurboSeek")
    assert titles[concepts.loc["FedFold", "introduced_by"]].startswith("FedFold")
    assert concepts.loc["TurboSeek", "first_year"] == 2021
    roles = small.paper_concepts[small.paper_concepts["concept_id"] == concepts.loc["TurboSeek", "concept_id"]]
    assert sorted(roles["role"]) == [Role.INTRODUCES, Role.USES]


def test_a_well_known_name_is_introduced_by_a_title_or_by_nobody() -> None:
    users = ["We use FooNet for bars."] * 6
    assert joined("We propose FooNet, a net.", *users[:4])["FooNet"]["introduced_by"] == "p0"
    assert pd.isna(joined("We propose FooNet, a net.", *users)["FooNet"]["introduced_by"])
    papers = [{"paper_id": f"p{n}", "title": "A note", "abstract": text} for n, text in enumerate(users)]
    papers.append({"paper_id": "q", "title": "FooNet: A Net", "abstract": "It is a net."})
    table = frame("papers", papers)
    concepts = join(find(table), table).concepts.set_index("label")
    assert concepts.loc["FooNet", "introduced_by"] == "q"


def test_no_mentions_no_concepts() -> None:
    papers = frame("papers", [{"paper_id": "p", "title": "t", "abstract": "a"}])
    answer = join(frame("mentions", []), papers)
    assert answer.concepts.empty
    assert answer.paper_concepts.empty
