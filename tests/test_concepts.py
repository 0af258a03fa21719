"""Joining forms: what is one concept and what must stay two."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphx.concepts import join
from graphx.forms import normalise, singular, slugify
from graphx.papers import texts
from graphx.tables import Kind, Role, frame

# Forms that stand in the abstracts of the listing pages and of arXiv.
SAME = [
    ("large language models", "Large Language Model"),
    ("LLMs", "LLM"),
    ("LLM systems", "LLM"),
    ("CIFAR-10", "CIFAR10"),
    ("cifar100", "CIFAR-100"),
    ("the CIFAR-10 dataset", "CIFAR-10"),
    ("ImageNet datasets", "ImageNet"),
    ("HDLBits benchmark", "HDLBits"),
    ("AdamW optimizer", "AdamW"),
    ("GPT-4 system", "GPT-4"),
    ("MoE architecture", "MoEs"),
    ("GNN model", "GNNs"),
    ("fine-tuning", "finetuning"),
    ("fine-tuning tasks", "Fine-Tuning"),
    ("pre-training", "Pretraining"),
    ("mixture of experts", "Mixture-of-Experts"),
    ("multi-task learning", "Multitask Learning"),
    ("multi-task learning algorithm", "Multi-Task Learning"),
    ("model-compression", "model compression"),
    ("weight-sharing", "Weight sharing"),
    ("fault-tolerance", "fault tolerance"),
    ("Super-Net", "supernets"),
    ("sub-networks", "subnetwork"),
    ("Hyper-network", "hypernetworks"),
    ("hyper-parameters", "hyperparameter"),
    ("clustering algorithms", "clustering"),
    ("compression methods", "compression"),
    ("deep clustering methods", "Deep Clustering"),
    ("reinforcement learning algorithm", "reinforcement learning"),
    ("recommendation problems", "recommendation"),
    ("optimisation", "optimization"),
    ("quantisation", "quantization"),
    ("neighbourhood graph", "neighborhood graph"),
    ("language modelling", "language modeling"),
    ("generalised nets", "generalized net"),
    ("P²OT", "P2OT"),
    ("P-ReLUs", "P-ReLU"),
    ("\\textbf{BERT", "BERT"),
    ("$\\texttt{HyperGVL}$", "HyperGVL"),
    ("Octopus v4 model", "Octopus v4"),
    ("$k$-means", "k-means"),
    ("K-Means", "k-means"),
    ("medoids", "medoid"),
    ("similarities", "similarity"),
    ("decision trees", "decision tree"),
    ("hypotheses tests", "hypotheses test"),
    ("running times", "running time"),
    ("LLaMA", "Llama"),
    ("reinforcement learning (RL", "reinforcement learning"),
    ("long Chain-of-Thought (CoT) reasoning", "Long Chain-of-Thought Reasoning"),
    ("real-time neural network (NN) inference", "Real-time Neural Network Inference"),
]
DIFFERENT = [
    ("GPT-3", "GPT-4"),
    ("GPT-3", "GPT-3.5"),
    ("GPT-4", "GPT-4o"),
    ("DBSCAN", "HDBSCAN"),
    ("k-means", "k-means++"),
    ("k-means", "k-medians"),
    ("k-means", "k-medoids"),
    ("CIFAR-10", "CIFAR-100"),
    ("NAS", "NASA"),
    ("LoRA", "QLoRA"),
    ("ZeRO", "ZeRO++"),
    ("FlashAttention", "FlashAttention-2"),
    ("Llama-3.1-8B", "LLaMA-3-8B"),
    ("Gemma-2 2B model", "Gemma-2 9B model"),
    ("C", "C++"),
    ("C", "C#"),
    ("precision", "recall"),
    ("recall@1", "recall@10"),
    ("ImageNet-1K", "ImageNet-21K"),
    ("ImageNet", "ImageNet-R"),
    ("YOLOv3", "YOLOv4"),
    ("Llama 2", "Llama 3"),
    ("Octopus v2", "Octopus v4"),
    ("diffusion", "diffusion model"),
    ("genetic", "genetic algorithm"),
    ("kernel", "kernel methods"),
    ("inter-device parallelism", "intra-device parallelism"),
    ("sharding", "sharing"),
    ("parameter saving", "parameter sharing"),
    ("load-balance", "load-imbalance"),
    ("distributed LLM training", "distributed training"),
    ("E(3) equivariant network", "equivariant network"),
    ("energy efficiency", "energy consumption"),
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


def joined(*abstracts: str, forms: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return concepts by label, from papers of these abstracts in which every such form is a mention of that kind."""
    papers = frame(
        "papers",
        [{"paper_id": f"p{n}", "title": "A note", "abstract": abstract} for n, abstract in enumerate(abstracts)],
    )
    rows = []
    for paper_id, text in texts(papers).items():
        taken: set[int] = set()
        for form in sorted(forms, key=lambda form: -len(form)):
            for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
                if taken.isdisjoint(range(*match.span())):
                    taken |= set(range(*match.span()))
                    place = {"start": match.start(), "end": match.end(), "text": form}
                    rows.append({"paper_id": paper_id, **place, "kind": forms[form], "role": "uses", "score": 0.9})
    concepts = join(frame("mentions", rows), papers).concepts
    return {row["label"]: row for row in concepts.to_dict("records")}


def test_an_acronym_joins_its_long_form_here_and_elsewhere() -> None:
    concepts = joined(
        "We use bar folding trees (BFTs) here.", "A BFT is fast.", "Bar Folding Tree (BFT) it is.",
        forms=dict.fromkeys(["bar folding trees", "BFTs", "BFT", "Bar Folding Tree"], "method"),
    )  # fmt: skip
    (concept,) = concepts.values()
    assert set(concept["forms"]) == {"BFT", "BFTs", "bar folding trees", "Bar Folding Tree"}
    assert concept["n_papers"] == 3


def test_an_acronym_means_what_its_own_paper_says() -> None:
    forms = dict.fromkeys(["Mixture of shards", "MoS", "Model of sets"], "method")
    concepts = joined("Mixture of shards (MoS) is used. MoS wins.", "Model of sets (MoS) is used. MoS.", forms=forms)
    assert set(concepts) == {"MoS", "MoS (Model of sets)"}
    assert len({c["concept_id"] for c in concepts.values()}) == len(concepts)


def test_an_acronym_of_two_meanings_is_left_alone_where_nobody_says_which() -> None:
    forms = dict.fromkeys(["Mixture of shards", "MoS", "Model of sets"], "method")
    concepts = joined("Mixture of shards (MoS) is used.", "Model of sets (MoS) is used.", "We apply MoS.", forms=forms)
    assert any(list(c["forms"]) == ["MoS"] and c["n_papers"] == 1 for c in concepts.values())


def test_one_paper_does_not_settle_a_short_acronym_for_all() -> None:
    forms = dict.fromkeys(["splitting computers", "SC", "folding banded trees", "FOBT"], "method")
    concepts = joined("Use splitting computers (SC).", "SC is old.", forms=forms)
    assert len(concepts) == 2
    assert len(joined("Use folding banded trees (FOBT).", "FOBT is old.", forms=forms)) == 1


@pytest.mark.parametrize(
    ("forms", "label"),
    [
        (("large language models", "LLM", "Large Language Model"), "LLM"),
        (("large language model serving", "LLM Serving", "LLM serving"), "LLM serving"),
        (("convolutional neural network", "CNNs", "ConvNets"), "CNN"),
        (("Mixture-of-Experts", "MoE models", "mixture of experts models"), "MoE"),
        (("Graph Neural Networks", "GNN model"), "GNN"),
        (("cifar100", "CIFAR100"), "CIFAR-100"),
        (("MS COCO", "COCO dataset"), "COCO"),
        (("parameter-efficient finetuning", "PEFT algorithm"), "PEFT"),
        (("approximate nearest neighbour search", "ANNS"), "ANNS"),
        (("function calls", "Function-Calling", "tool calling"), "function calling"),
        (("Chain-of-Thought prompting", "CoT"), "chain-of-thought"),
        (("GPUs", "Graphics Processing Units"), "GPU"),
        (("running times", "run-time"), "runtime"),
        (("Transformer models", "transformers", "Transformer architecture"), "transformer"),
        (("training large language models", "LLM training"), "LLM training"),
    ],
)
def test_what_everybody_takes_for_one_thing(forms: tuple[str, ...], label: str) -> None:
    assert set(joined(*(f"We use {form} here." for form in forms), forms=dict.fromkeys(forms, "method"))) == {label}


def test_why_a_form_was_joined() -> None:
    papers = frame("papers", [{"paper_id": f"p{n}", "title": "A note", "abstract": a} for n, a in enumerate(
        ["Use folding banded trees (FOBT).", "FOBT and ConvNets and CNNs."])])  # fmt: skip
    rows = [
        {"paper_id": paper_id, "start": text.index(form), "end": text.index(form) + len(form), "text": form,
         "kind": "method", "role": "uses", "score": 0.9}
        for paper_id, text in texts(papers).items()
        for form in ("folding banded trees", "FOBT", "ConvNets", "CNNs") if form in text
    ]  # fmt: skip
    mentions = join(frame("mentions", rows), papers).mentions
    assert list(zip(mentions["paper_id"], mentions["text"], mentions["joined_by"], strict=True)) == [
        ("p0", "folding banded trees", "form"), ("p0", "FOBT", "acronym"),
        ("p1", "FOBT", "acronym elsewhere"), ("p1", "ConvNets", "synonym"), ("p1", "CNNs", "form"),
    ]  # fmt: skip


def test_labels() -> None:
    forms = ["Graph matchings", "code generation", "Code generation", "LSTMs", "mixtures of experts", "BarNets"]
    concepts = joined(
        "Graph matchings are old. BarNets win.", "Code generation here, code generation there.", "LSTMs; BarNets.",
        forms=dict.fromkeys(forms, "method"),
    )  # fmt: skip
    assert set(concepts) == {"graph matching", "code generation", "LSTM", "BarNet"}


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
    assert Role.INTRODUCES in set(roles["role"])
    assert len(roles) == 2


@pytest.mark.parametrize(("start", "users", "introduced"), [(10, 4, True), (10, 6, False), (0, 6, True)])
def test_a_well_known_name_is_introduced_by_a_title_or_by_nobody(start: int, users: int, introduced: bool) -> None:
    papers = frame(
        "papers", [{"paper_id": f"p{n}", "title": "FooNet and a FooNet", "abstract": "-"} for n in range(users)]
    )
    rows = [
        {"paper_id": f"p{n}", "start": start, "end": start + 6, "text": "FooNet", "kind": "method", "score": 0.9,
         "role": "introduces" if n == 0 else "uses"}
        for n in range(users)
    ]  # fmt: skip
    (concept,) = join(frame("mentions", rows), papers).concepts.to_dict("records")
    assert (concept["introduced_by"] == "p0") == introduced


def test_no_mentions_no_concepts() -> None:
    papers = frame("papers", [{"paper_id": "p", "title": "t", "abstract": "a"}])
    answer = join(frame("mentions", []), papers)
    assert answer.concepts.empty
    assert answer.paper_concepts.empty
