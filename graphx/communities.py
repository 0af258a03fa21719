"""Links to communities: groups of papers that are tied more to each other than to others.

Leiden (V. A. Traag, L. Waltman and N. J. van Eck, "From Louvain to Leiden: guaranteeing
well-connected communities", Scientific Reports 9, 2019) over the weights of the backbone,
maximising modularity. The many faint links outside the backbone come from hubs, and with
them a handful of huge communities swallow the rest.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import igraph as ig
import numpy as np
import pandas as pd

from graphx.tables import Kind, frame

SMALL_PILE = 100
"""Papers; among fewer a pair is worth a name, among more a community has three papers or more."""
REST_LABEL = "On their own"
N_TERMS = 8


class Communities(NamedTuple):
    """The two tables that grouping gives."""

    communities: pd.DataFrame
    membership: pd.DataFrame


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let igraph draw from its own generator with this seed, and put the usual one back."""
    ig.set_random_number_generator(random.Random(seed))  # noqa: S311  (reproducible, not secret)
    try:
        yield
    finally:
        ig.set_random_number_generator(random)


def paper_graph(papers: pd.DataFrame, links: pd.DataFrame) -> ig.Graph:
    """Return the undirected graph of all papers and the backbone's summed `weight` between them."""
    links = links[links["backbone"]]
    index = {paper_id: i for i, paper_id in enumerate(papers["paper_id"])}
    edges = [(index[s], index[t]) for s, t in zip(links["source"], links["target"], strict=True)]
    graph = ig.Graph(n=len(index), edges=edges, edge_attrs={"weight": links["weight"].to_list()})
    return graph.simplify(combine_edges="sum")


def group(
    papers: pd.DataFrame, links: pd.DataFrame, concepts: pd.DataFrame, paper_concepts: pd.DataFrame, seed: int
) -> Communities:
    """Group papers into communities and label them.

    Communities are numbered by size. Papers without links, and groups of fewer than three
    papers (two in a `SMALL_PILE`), stand together in a last community labelled `REST_LABEL`.

    Returns:
        `communities` and `membership`, all on level 0.
    """
    if papers.empty:
        return Communities(frame("communities", []), frame("membership", []))
    graph = paper_graph(papers, links)
    with seeded(seed):
        found = graph.community_leiden(objective_function="modularity", weights="weight", n_iterations=-1)
    members = sorted((sorted(c) for c in found), key=lambda c: (-len(c), c))
    smallest = 2 if len(papers) < SMALL_PILE else 3
    large = [c for c in members if len(c) >= smallest]
    rest = sorted(i for c in members if len(c) < smallest for i in c)
    groups = [*large, rest] if rest else large
    ids = [f"c{n:02}" for n in range(1, len(groups) + 1)]
    of = np.empty(len(papers), dtype=object)
    for community_id, indices in zip(ids, groups, strict=True):
        of[indices] = community_id
    membership = pd.DataFrame(
        {"paper_id": papers["paper_id"], "level": 0, "community_id": of, "certainty": _certainty(graph, of)}
    )
    terms = _terms(membership, concepts, paper_concepts)
    labels = _labels([terms.get(i, []) for i in ids[: len(large)]])
    rows = [
        {"community_id": i, "level": 0, "label": label, "n_papers": len(indices), "terms": terms.get(i, [])}
        for i, label, indices in zip(ids, [*labels, REST_LABEL], groups, strict=False)
    ]
    return Communities(frame("communities", rows), frame("membership", membership))


def _certainty(graph: ig.Graph, of: np.ndarray) -> np.ndarray:
    """Return for every paper the share of its link weight that stays in its community."""
    inside, total = np.zeros(len(of)), np.zeros(len(of))
    for edge in graph.es:
        for end in edge.tuple:
            total[end] += edge["weight"]
            inside[end] += edge["weight"] * (of[edge.source] == of[edge.target])
    return inside / np.where(total > 0, total, 1)


def _terms(membership: pd.DataFrame, concepts: pd.DataFrame, paper_concepts: pd.DataFrame) -> dict[str, list[str]]:
    """Return every community's characteristic concepts, the most telling first.

    A concept's score is the share of the community's papers that name it times the logarithm
    of how much larger that share is than among all papers: the part of the Kullback-Leibler
    divergence that the concept contributes. A metric counts half, since it names no topic.
    """
    named = paper_concepts[["paper_id", "concept_id"]].merge(membership[["paper_id", "community_id"]], on="paper_id")
    counts = named.groupby(["community_id", "concept_id"]).size().reset_index(name="n")
    counts = counts.merge(concepts[["concept_id", "label", "kind", "n_papers"]], on="concept_id")
    sizes = membership.groupby("community_id").size()
    n = counts["n"].to_numpy(dtype=float)
    inside = n / counts["community_id"].map(sizes).to_numpy(dtype=float)
    overall = counts["n_papers"].to_numpy(dtype=float) / len(membership)
    lift = np.log(inside / overall)
    counts["score"] = inside * lift * np.where(counts["kind"] == Kind.METRIC, 0.5, 1.0)
    counts = counts[(lift > 0) & (n > 1)]
    counts = counts.sort_values(["community_id", "score", "concept_id"], ascending=[True, False, True])
    top = counts.groupby("community_id").head(N_TERMS)
    return {str(i): list(labels) for i, labels in top.groupby("community_id")["label"]}


def _labels(terms: list[list[str]]) -> list[str]:
    """Join each community's first three terms that no larger community is already called by."""
    used: set[str] = set()
    labels = []
    for own in terms:
        fresh = [t for t in own if t not in used][:3] or own[:3]
        used.update(fresh)
        labels.append(" · ".join(fresh) or "Mixed")
    return labels
