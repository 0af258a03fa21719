"""Which papers and concepts tie communities together that would otherwise stand apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from graphx.atlas import Atlas
from graphx.query.incidence import Numbers, incidence
from graphx.query.nodes import CONCEPT
from graphx.query.selections import community_of, ends
from graphx.tables import REST_LABEL, Kind, Relation

MIN_PAPERS = 2
"""Papers of a community that must name a concept before it counts there."""
N_REASONS = 4
COLUMNS = ["node_id", "type", "label", "kind", "score", "participation", "n_communities", "communities", "because"]


class _Ties(NamedTuple):
    """How strongly every node of one type is tied to each community (node × community), and what follows."""

    ties: sparse.csr_matrix
    participation: NDArray[np.float64]
    score: NDArray[np.float64]


class _Ends(NamedTuple):
    """The backbone: row numbers in `links`, and both ends as row numbers in `papers`."""

    link: Numbers
    source: Numbers
    target: Numbers


def bridges(atlas: Atlas, n: int = 20, of: str = "papers") -> pd.DataFrame:
    """Return the papers or concepts that tie communities of level 0 together, the best first.

    The participation coefficient of R. Guimerà and L. A. N. Amaral, "Functional cartography of
    complex metabolic networks", Nature 433 (2005): P = 1 - Σ (k_s / k)², where k_s is how
    strongly a node is tied to community s and k the sum; 0 if all goes to one community. Papers
    that are on their own belong to none and do not count.

    - For a paper k_s is the weight of its backbone links to papers of s, and score = P · k.
    - A concept that is named everywhere ties nothing. So only what exceeds chance counts: with m
      of the papers of s naming it where chance expects e, k_s = m · ln(m / e) if m > e (its part
      of the G statistic: T. Dunning, "Accurate methods for the statistics of surprise and
      coincidence", Computational Linguistics 19, 1993), and score = P · k · ln(N / n) / sqrt(n) for a
      concept that n of N papers name. A metric counts half, since it names no topic.

    Args:
        atlas: any atlas.
        n: how many.
        of: "papers" or "concepts".

    Returns:
        node_id, type (paper or concept), label, kind ("paper" for papers), score, participation (0
        to 1), n_communities, communities (labels it ties, the strongest first), because (for
        papers the labels of the concepts, or the sentences, that tie them to communities other
        than their own; for concepts the title of a paper of each community). `attrs["note"]` says
        why the frame is empty, if it is.

    Raises:
        ValueError: `of` is neither.
    """
    if of not in ("papers", "concepts"):
        raise ValueError(f"bridges of {of!r}: there are bridges of papers and of concepts")
    found = atlas.once(f"bridges of {of}", _papers if of == "papers" else _concepts)
    best = np.flatnonzero(found.score > 0)
    best = best[np.argsort(-found.score[best].round(9), kind="stable")[:n]]
    labels = atlas.communities["label"].to_numpy(dtype=object)
    tied = [_strongest(found.ties, int(node)) for node in best]
    rows = atlas.papers.take(best) if of == "papers" else atlas.concepts.take(best)
    frame = pd.DataFrame(
        {
            "node_id": rows["paper_id"] if of == "papers" else CONCEPT + rows["concept_id"],
            "type": of.removesuffix("s"),
            "label": rows["title" if of == "papers" else "label"],
            "kind": "paper" if of == "papers" else rows["kind"],
            "score": found.score[best],
            "participation": found.participation[best],
            "n_communities": [len(part) for part in tied],
            "communities": [labels[part].tolist() for part in tied],
            "because": _reasons_of_papers(atlas, best) if of == "papers" else _reasons_of_concepts(atlas, best, tied),
        },
        columns=COLUMNS,
    ).reset_index(drop=True)
    if frame.empty:
        frame.attrs["note"] = f"No bridges: none of the {of} is tied to two communities."
    return frame


def _strongest(ties: sparse.csr_matrix, node: int) -> Numbers:
    """Return the communities that a node is tied to, the strongest first."""
    part = slice(ties.indptr[node], ties.indptr[node + 1])
    order: Numbers = np.lexsort((ties.indices[part], -ties.data[part].round(9)))
    found: Numbers = ties.indices[part][order]
    return found


def _measured(ties: sparse.csr_matrix, scale: NDArray[np.float64] | float) -> _Ties:
    """Return ties with each node's participation, and the score: participation × strength × scale."""
    ties.sort_indices()
    strength = np.asarray(ties.sum(axis=1)).ravel()
    squares = np.asarray(ties.multiply(ties).sum(axis=1)).ravel()
    participation = np.where(np.diff(ties.indptr) > 1, 1 - squares / np.maximum(strength, 1e-12) ** 2, 0.0)
    return _Ties(ties, participation, participation * strength * scale)


def _community(atlas: Atlas) -> Numbers:
    """Return every paper's community of level 0, -1 for those on their own."""
    rest = np.flatnonzero((atlas.communities["label"] == REST_LABEL).to_numpy(dtype=bool))
    community = community_of(atlas, 0)
    return np.where(np.isin(community, rest), -1, community)


def _backbone(atlas: Atlas) -> _Ends:
    link = np.flatnonzero(atlas.links["backbone"].to_numpy(dtype=bool))
    return _Ends(link, *(end[link] for end in ends(atlas)))


def _papers(atlas: Atlas) -> _Ties:
    ends, community = atlas.once("backbone", _backbone), _community(atlas)
    weight = np.tile(atlas.links["weight"].to_numpy(dtype=float)[ends.link], 2)
    paper, other = np.concatenate([ends.source, ends.target]), np.concatenate([ends.target, ends.source])
    counts = (community[paper] >= 0) & (community[other] >= 0) & (weight > 0)
    place = (paper[counts], community[other[counts]])
    shape = (len(atlas.papers), len(atlas.communities))
    return _measured(sparse.csr_matrix((weight[counts], place), shape=shape), 1.0)


def _concepts(atlas: Atlas) -> _Ties:
    named, community = incidence(atlas), _community(atlas)
    its = community[named.paper]
    shape = (len(atlas.concepts), len(atlas.communities))
    place = (named.concept[its >= 0], its[its >= 0])
    found = sparse.csr_matrix((np.ones(len(place[0])), place), shape=shape)
    papers = np.asarray(found.sum(axis=1)).ravel()
    size = np.bincount(community[community >= 0], minlength=shape[1])
    ties = found.tocoo()
    expected = papers[ties.row] * size[ties.col] / max(size.sum(), 1)
    excess = ties.data * np.log(ties.data / expected)
    counts = (ties.data >= MIN_PAPERS) & (excess > 0)
    tied = sparse.csr_matrix((excess[counts], (ties.row[counts], ties.col[counts])), shape=shape)
    n = np.maximum(papers, 1)
    metric = (atlas.concepts["kind"] == Kind.METRIC).to_numpy(dtype=bool)
    return _measured(tied, np.log(max(size.sum(), 1) / n) / np.sqrt(n) * np.where(metric, 0.5, 1.0))


def _reasons_of_papers(atlas: Atlas, papers: Numbers) -> list[list[str]]:
    """Return for every paper what ties it most to communities other than its own."""
    ends, community = atlas.once("backbone", _backbone), _community(atlas)
    theirs = np.flatnonzero(np.isin(ends.source, papers) | np.isin(ends.target, papers))
    one, other = community[ends.source[theirs]], community[ends.target[theirs]]
    theirs = theirs[(one != other) & (one >= 0) & (other >= 0)]
    links = atlas.links[["relation", "weight", "evidence"]].take(ends.link[theirs]).astype(object)
    links["source"], links["target"] = ends.source[theirs], ends.target[theirs]
    links = links[links["evidence"].map(len) > 0].sort_values("weight", ascending=False, kind="stable")
    links["because"] = [proof[0] for proof in links["evidence"]]
    shares = (links["relation"] == Relation.SHARES).to_numpy(dtype=bool)
    shared = pd.DataFrame({"concept_id": links["because"][shares]})
    links.loc[shares, "because"] = list(atlas.joined(shared, "concepts", "concept_id", ["label"])["label"])
    tied = [links.loc[(links["source"] == paper) | (links["target"] == paper), "because"] for paper in papers]
    return [list(dict.fromkeys(reasons))[:N_REASONS] for reasons in tied]


def _reasons_of_concepts(atlas: Atlas, concepts: Numbers, tied: list[Numbers]) -> list[list[str]]:
    """Return for every concept a paper of each community, the one of which it is most characteristic."""
    named, community = incidence(atlas), _community(atlas)
    weight = atlas.paper_concepts["weight"].to_numpy(dtype=float)
    reasons = []
    for concept, communities in zip(concepts, tied, strict=True):
        rows = np.flatnonzero(named.concept == concept)
        rows = rows[np.argsort(-weight[rows].round(9), kind="stable")]
        of, papers = community[named.paper[rows]], named.paper[rows]
        best = [papers[of == one][0] for one in communities[:N_REASONS]]
        reasons.append(atlas.papers["title"].take(best).tolist())
    return reasons
