"""`similar`: papers that are alike by their text though they name no concept in common.

Each paper's nearest neighbours by `graphx.nlp.vectors`, less those that share a concept, whose
link is `shares`. The proof is the pair of sentences, one of each text, that are most alike.
"""

import re
from itertools import chain, pairwise
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from graphx.nlp.vectors import encode
from graphx.papers import text
from graphx.tables import Relation

KEPT = 3
"""Links of each paper, its best; one stays if either end keeps it."""
ALIKE = 0.6
"""Least cosine of two papers; below, what they have in common is their field."""
LOOKED_AT = 50
"""Nearest papers of which those without a shared concept are taken."""
APPROXIMATE = 20_000
"""From so many papers on, neighbours come from an index, which misses a few."""
CONNECTIVITY, EXPANSION = 16, 128
"""Of the index: neighbours of a vector at each level, and candidates kept while it is built and searched."""

_BLOCK = 1_000
_READ = 100
"""Sentences of a text that are compared; an abstract has a dozen, and what is longer is no abstract."""
_NO_END = "al. vs. cf. etc. e.g. i.e. resp. approx. fig. figs. eq. eqs. sec. no. dr. st. w.r.t.".split()
_GAP = re.compile(
    r"\s*\n\s*|(?:(?<=[.!?…])|(?<=[.!?…][)\"”'’\]}]))"
    + "".join(rf"(?<!(?i:\b{re.escape(word)}))" for word in _NO_END)
    + r"(?<!\b\w\.)\s+(?=[^\sa-z])"
)
"""What is between two sentences: a newline, or space after an end and before anything but a small letter."""


class Neighbours(NamedTuple):
    """The papers nearest to every paper, the best first.

    Attributes:
        near: row numbers in `papers`, papers × neighbours.
        alike: their cosines, papers × neighbours.
    """

    near: NDArray[np.int64]
    alike: NDArray[np.float32]


def neighbours(papers: pd.DataFrame) -> Neighbours:
    """Return the papers whose texts are nearest to every paper's."""
    return Neighbours(*nearest(encode(_texts(papers)), LOOKED_AT))


def find(papers: pd.DataFrame, named: sparse.csr_array, found: Neighbours, k: int = KEPT) -> pd.DataFrame:
    """Return the links `similar`, at least `ALIKE` and of every paper the k best.

    Args:
        papers: the table `papers`, sorted by id.
        found: what `neighbours` gives.
        named: papers × concepts in the order of `papers`, not zero where a paper names a concept.
        k: links that each paper keeps.

    Returns:
        The columns of `links` that say something here, sorted by source and target. Only what ties a
        paper that shares no concept with any other is in the backbone, and of that its best.
    """
    ids = papers["paper_id"].to_numpy(dtype=object)
    pairs, weight = _pairs(found, named, k)
    evidence, places, target_places = _proofs(_texts(papers), pairs)
    return pd.DataFrame(
        {
            "source": ids[pairs[:, 0]],
            "target": ids[pairs[:, 1]],
            "relation": str(Relation.SIMILAR),
            "weight": weight,
            "n_shared": 0,
            "evidence": evidence,
            "places": places,
            "target_places": target_places,
            "via": None,
            "backbone": _only_ties(pairs, weight, named),
        }
    )


def _texts(papers: pd.DataFrame) -> list[str]:
    return list(map(text, papers["title"], papers["abstract"]))


def compare(one: str, other: str) -> tuple[float, tuple[int, int], tuple[int, int]]:
    """Return the cosine of two texts and the bounds of the sentence of each that are most alike."""
    vectors = encode([one, other])
    _, places, other_places = _proofs([one, other], np.array([[0, 1]]))
    ours, theirs = (tuple(map(int, found[0][0].split(":"))) for found in (places, other_places))
    return float(vectors[0] @ vectors[1]), (ours[0], ours[1]), (theirs[0], theirs[1])


def nearest(vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the k nearest other rows of every row, and their cosines, the best first.

    Exact for less than `APPROXIMATE` rows; from there on by a graph of neighbours (Y. Malkov and D. Yashunin,
    "Efficient and robust approximate nearest neighbor search using hierarchical navigable small
    world graphs", 2016), built on one thread, so that it comes out the same each time.

    Args:
        vectors: n × dimensions, rows of length 1 or 0.
        k: neighbours asked for; of fewer rows there are n - 1.

    Returns:
        Numbers of rows and cosines, both n × k.
    """
    n = len(vectors)
    k = max(0, min(k, n - 1))
    if k == 0:
        return np.zeros((n, 0), np.int64), np.zeros((n, 0), np.float32)
    near = _searched(vectors, k) if n >= APPROXIMATE else _compared(vectors, np.arange(n), k)
    alike = np.empty(near.shape, np.float32)
    for start in range(0, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        alike[block] = np.einsum("nd,nkd->nk", vectors[block], vectors[near[block]])
    best = np.lexsort((near, -alike), axis=1)
    return np.take_along_axis(near, best, axis=1), np.take_along_axis(alike, best, axis=1)


def _compared(vectors: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return the k nearest of some rows, in no order, by comparing them with all."""
    near = np.empty((len(rows), k), np.int64)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        alike = vectors[block] @ vectors.T
        alike[np.arange(len(block)), block] = -np.inf
        near[start : start + _BLOCK] = np.argpartition(-alike, k - 1, axis=1)[:, :k]
    return near


def _searched(vectors: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the k nearest of every row, in no order, by an index."""
    from usearch.index import BatchMatches, Index  # here, since only big atlases need it

    n = len(vectors)
    index = Index(
        ndim=vectors.shape[1],
        metric="ip",
        dtype="f32",
        connectivity=CONNECTIVITY,
        expansion_add=EXPANSION,
        expansion_search=EXPANSION,
    )
    index.add(np.arange(n), vectors, threads=1)
    found = cast(BatchMatches, index.search(vectors, k + 1))
    keys, rows = found.keys.astype(np.int64), np.arange(n)
    other = keys != rows[:, None]
    near = np.take_along_axis(keys, np.argsort(~other, axis=1, kind="stable")[:, :k], axis=1)
    short = np.flatnonzero(np.asarray(found.counts) <= k)  # an index may not reach everything
    near[short] = _compared(vectors, short, k)
    return near


def _pairs(found: Neighbours, named: sparse.csr_array, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return pairs of rows, the lower first and sorted, and their cosines to four places."""
    near, alike = found
    row = np.repeat(np.arange(len(near)), near.shape[1]).astype(np.int64)
    pairs, weight = np.stack([row, near.ravel()], axis=1), alike.ravel()
    close = weight >= ALIKE
    pairs, weight = pairs[close], weight[close]
    apart = ~_share(named, pairs)
    pairs, weight = pairs[apart], weight[apart]
    first = np.searchsorted(pairs[:, 0], pairs[:, 0])
    kept = np.arange(len(pairs)) - first < k
    pairs, once = np.unique(np.sort(pairs[kept], axis=1), axis=0, return_index=True)
    return pairs, np.clip(weight[kept][once], 0, 1).astype(np.float64).round(4)


def _share(named: sparse.csr_array, pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which pairs of rows have a concept in common."""
    present = (named != 0).astype(np.float32)
    found = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), 100 * _BLOCK):
        block = slice(start, start + 100 * _BLOCK)
        found[block] = (present[pairs[block, 0]] * present[pairs[block, 1]]).sum(axis=1) > 0
    return found


def _only_ties(pairs: NDArray[np.int64], weight: NDArray[np.float64], named: sparse.csr_array) -> NDArray[np.bool_]:
    """Tell which pairs are the best tie of a paper that shares no concept with any other."""
    present = (named != 0).astype(np.int64)
    lonely = present @ (np.asarray(present.sum(axis=0)).ravel() > 1) == 0
    ends, pair = pairs.T.ravel(), np.tile(np.arange(len(pairs)), 2)
    best_first = np.lexsort((pair, -weight[pair], ends))
    _, first = np.unique(ends[best_first], return_index=True)
    best = best_first[first]
    ties = np.zeros(len(pairs), dtype=bool)
    ties[pair[best[lonely[ends[best]]]]] = True
    return ties


def _proofs(texts: list[str], pairs: NDArray[np.int64]) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """Return for each pair the source's sentence, its place, and the place of the target's, each in a list."""
    used, of_pair = np.unique(pairs, return_inverse=True)
    of_pair = of_pair.reshape(-1, 2)
    spans = [sentences(texts[row])[:_READ] for row in used]
    starts = np.cumsum([0, *map(len, spans)])
    flat = list(chain.from_iterable(spans))
    owner = np.repeat(used, np.diff(starts))
    vectors = encode([texts[row][start:end] for row, (start, end) in zip(owner, flat, strict=True)])
    best = np.zeros((len(pairs), 2), np.int64)
    for start in range(0, len(pairs), _BLOCK):
        block = of_pair[start : start + _BLOCK]
        best[start : start + _BLOCK] = _most_alike(vectors, starts, block)
    ours = [flat[i] for i in best[:, 0]]
    evidence = [[texts[row][start:end]] for row, (start, end) in zip(pairs[:, 0], ours, strict=True)]
    places, target_places = ([[f"{a}:{b}"] for a, b in (flat[i] for i in best[:, side])] for side in (0, 1))
    return evidence, places, target_places


def _most_alike(vectors: NDArray[np.float32], starts: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each pair of texts which sentences are most alike, pairs × 2 rows of `vectors`.

    Args:
        vectors: sentences × dimensions.
        starts: first sentence of every text, and the number of all.
        pairs: numbers of texts.
    """
    length = np.diff(starts)[pairs]
    place = np.arange(length.max())
    missing = place >= length[:, :, None]
    sentence = np.where(missing, 0, starts[pairs][:, :, None] + place)
    alike = vectors[sentence[:, 0]] @ vectors[sentence[:, 1]].transpose(0, 2, 1)
    alike[missing[:, 0]] = -np.inf
    alike.transpose(0, 2, 1)[missing[:, 1]] = -np.inf
    best = alike.reshape(len(pairs), -1).argmax(axis=1)
    chosen: NDArray[np.int64] = starts[pairs] + np.stack(np.divmod(best, len(place)), axis=1)
    return chosen


def sentences(paper: str) -> list[tuple[int, int]]:
    """Return the first character of every sentence of a text and the one after its last.

    By the rule of `graphx.nlp.sentences`, for texts that no pipeline has cut into words.
    """
    gaps = [(0, 0), *(gap.span() for gap in _GAP.finditer(paper)), (len(paper), len(paper))]
    return [(end, start) for (_, end), (start, _) in pairwise(gaps) if paper[end:start].strip()]
