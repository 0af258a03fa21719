"""Concepts to links: which papers are tied together, how strongly, by what, and the proof.

`shares` ties two papers that name the same concepts. Its weight is the product of their
scaled tf-idf vectors, in the manner of a cosine, so that what few papers name counts much
and a hub such as "LLM" little, and it splits into parts by kind. `builds_on` goes from a
paper whose text names something to the paper here that introduces it.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.nlp.names import is_name_like
from graphx.papers import texts
from graphx.tables import Kind, Relation, Role, frame

KIND_WEIGHTS = {Kind.METHOD: 1.0, Kind.DATASET: 1.0, Kind.TASK: 1.0, Kind.METRIC: 0.3}
"""What a concept of a kind counts: that two papers both report accuracy says little."""
HUB = 2_000
"""A concept that more papers name ties nobody; its tf-idf is next to nothing and its pairs are millions."""
SIGNIFICANT = 0.05
"""Links with a smaller p-value of the disparity filter are in the backbone."""

PARTS = {Kind.METHOD: "methods", Kind.DATASET: "datasets", Kind.TASK: "tasks", Kind.METRIC: "metrics"}


def link(
    papers: pd.DataFrame, mentions: pd.DataFrame, concepts: pd.DataFrame, paper_concepts: pd.DataFrame
) -> pd.DataFrame:
    """Return the table `links`, sorted by relation, source and target."""
    weights = _weights(paper_concepts, concepts)
    found = pd.concat(
        [_shares(weights), _builds_on(papers, mentions, concepts, weights)],
        ignore_index=True,
    )
    return frame("links", found.sort_values(["relation", "source", "target", "via"], ignore_index=True))


def _weights(paper_concepts: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """Return paper, concept, kind and the weight, scaled by the length of the paper's vector.

    A paper whose vector is shorter than the average is scaled by the average: else the one
    hub that a terse abstract names would tie it as closely as a shared dataset ties others.
    (The pivot of A. Singhal, C. Buckley and M. Mitra, "Pivoted document length normalization",
    1996, for short texts only, so that no weight exceeds 1.)
    """
    kinds = concepts.set_index("concept_id")["kind"].astype(object)
    weights = paper_concepts[["paper_id", "concept_id", "role", "n_mentions"]].astype(object)
    weights["kind"] = weights["concept_id"].map(kinds)
    value = paper_concepts["weight"].to_numpy(dtype=float) * weights["kind"].map(KIND_WEIGHTS).to_numpy(dtype=float)
    length = np.sqrt(pd.Series(value**2).groupby(weights["paper_id"].to_numpy()).transform("sum").to_numpy())
    papers = ~weights["paper_id"].duplicated().to_numpy()
    mean = length[papers].mean() if len(length) else 0.0
    weights["weight"] = value / np.maximum(np.maximum(length, mean), 1e-9)
    return weights


class _Pairs(NamedTuple):
    """Every pair of papers and concept they share."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    row: NDArray[np.int64]
    product: NDArray[np.float64]


def _shares(weights: pd.DataFrame) -> pd.DataFrame:
    ids, paper = np.unique(weights["paper_id"].to_numpy(dtype=str), return_inverse=True)
    pairs = _pairs(paper, weights["concept_id"], weights["weight"].to_numpy(dtype=float))
    concept = weights["concept_id"].to_numpy()[pairs.row]
    shared = pd.DataFrame(
        {"source": pairs.source, "target": pairs.target, "concept_id": concept, "weight": pairs.product}
    )
    kind = weights["kind"].to_numpy()[pairs.row]
    for its, part in PARTS.items():
        shared[part] = np.where(kind == its, pairs.product, 0.0)
    shared = shared.sort_values(["source", "target", "weight", "concept_id"], ascending=[True, True, False, True])
    by_pair = shared.groupby(["source", "target"], sort=True)
    links = by_pair[["weight", *PARTS.values()]].sum()
    links["n_shared"] = by_pair.size()
    links["evidence"] = by_pair["concept_id"].agg(list)
    links = links.reset_index()
    links["significance"] = disparity(
        links["source"].to_numpy(), links["target"].to_numpy(), links["weight"].to_numpy()
    )
    links["backbone"] = (links["significance"] < SIGNIFICANT) | _strongest(links)
    links["source"], links["target"] = ids[links["source"]], ids[links["target"]]
    return links.assign(relation=str(Relation.SHARES), via=None)


def _pairs(paper: NDArray[np.int64], concept_ids: pd.Series, weight: NDArray[np.float64]) -> _Pairs:
    """Pair the papers of each concept; `paper` numbers them in the order of their ids."""
    nothing = np.zeros(0, dtype=np.int64)
    sources, targets = [nothing], [nothing]
    for members in concept_ids.groupby(concept_ids).indices.values():
        if 1 < len(members) <= HUB:
            members = members[np.argsort(paper[members])]
            first, second = np.triu_indices(len(members), k=1)
            sources.append(members[first])
            targets.append(members[second])
    rows, others = np.concatenate(sources), np.concatenate(targets)
    return _Pairs(paper[rows], paper[others], rows, weight[rows] * weight[others])


def disparity(source: NDArray[np.int64], target: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely each link would be as strong if its ends spread their weight at random.

    M. A. Serrano, M. Boguñá and A. Vespignani, "Extracting the multiscale backbone of complex
    weighted networks", PNAS 106 (2009), equation 2: (1 - w / s)^(k - 1) with strength s and
    degree k; of the two ends the smaller value counts.
    """
    if not len(weight):
        return np.zeros(0)
    ends = np.concatenate([source, target])
    degree = np.bincount(ends)
    strength = np.bincount(ends, weights=np.concatenate([weight, weight]))
    alphas = [(1 - np.minimum(weight / strength[end], 1)) ** (degree[end] - 1) for end in (source, target)]
    return np.where(np.maximum(degree[source], degree[target]) > 1, np.minimum(*alphas), 1.0)


def _strongest(links: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which links are the strongest of one of their papers."""
    ends = pd.concat([links["source"], links["target"]], ignore_index=True)
    order = pd.DataFrame({"end": ends, "link": np.tile(np.arange(len(links)), 2)})
    order["weight"] = links["weight"].to_numpy()[order["link"]]
    best = order.sort_values(["weight", "link"], ascending=[False, True]).drop_duplicates("end")["link"]
    strongest = np.zeros(len(links), dtype=bool)
    strongest[best] = True
    return strongest


def _builds_on(
    papers: pd.DataFrame, mentions: pd.DataFrame, concepts: pd.DataFrame, weights: pd.DataFrame
) -> pd.DataFrame:
    """Link papers to the paper that introduces what they name, never backwards in time."""
    named = concepts[concepts["introduced_by"].notna()].astype(object)
    spelled = [any(is_name_like(word) for form in forms for word in form.split()) for forms in named["forms"]]
    named = named[np.array(spelled, dtype=bool)]
    uses = weights[weights["role"] != Role.INTRODUCES].merge(named[["concept_id", "introduced_by"]], on="concept_id")
    uses = uses[uses["paper_id"] != uses["introduced_by"]]
    dates = papers.set_index("paper_id")["date"].astype(object).where(papers.set_index("paper_id")["year"].notna())
    before = [_earlier(dates[s], dates[t]) for s, t in zip(uses["paper_id"], uses["introduced_by"], strict=True)]
    uses = uses[~np.array(before, dtype=bool)]
    text_of = texts(papers)
    where = mentions.groupby(["paper_id", "concept_id"]).indices
    starts, ends = mentions["sentence_start"].to_numpy(), mentions["sentence_end"].to_numpy()
    rows = []
    for use in uses.itertuples(index=False):
        places = where[use.paper_id, use.concept_id]
        spans = dict.fromkeys(zip(starts[places], ends[places], strict=True))
        rows.append(
            {
                "source": use.paper_id,
                "target": use.introduced_by,
                "relation": str(Relation.BUILDS_ON),
                "weight": use.weight,
                "n_shared": 1,
                "evidence": [text_of[str(use.paper_id)][start:end].strip() for start, end in spans],
                "places": [f"{start}:{end}" for start, end in spans],
                "via": use.concept_id,
                "backbone": True,
            }
        )
    return pd.DataFrame(
        rows, columns=["source", "target", "relation", "weight", "n_shared", "evidence", "places", "via", "backbone"]
    )


def _earlier(source: object, target: object) -> bool:
    """Tell whether both dates are known and the source's comes first."""
    return isinstance(source, str) and isinstance(target, str) and source < target
