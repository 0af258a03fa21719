"""`shares`: papers that name the same concepts, weighed by how rare these are, in parts by kind.

The weight of a link is the product of two papers' scaled tf-idf vectors, in the manner of a
cosine, so that what few papers name counts much and a hub such as "LLM" little.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from graphx.links.backbone import NOISE, disparity_of, strongest
from graphx.tables import Kind, Relation

KIND_WEIGHTS = {Kind.METHOD: 1.0, Kind.DATASET: 1.0, Kind.TASK: 1.0, Kind.METRIC: 0.3}
"""What a concept of a kind counts on either side: that two papers both report accuracy says little."""
PARTS = {Kind.METHOD: "methods", Kind.DATASET: "datasets", Kind.TASK: "tasks", Kind.METRIC: "metrics"}
"""The column of `links` that holds a kind's part of the weight."""
HUB = 2_000
"""A concept that more papers name ties nobody; its tf-idf is next to nothing and its pairs are millions."""
KEPT = 50
"""Links kept of each paper, its strongest; one stays if either end keeps it."""
_BLOCK = 1_000
_CHUNK = 200_000


def scaled(paper_concepts: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """Return paper_concepts with kind and the weight, scaled by the length of the paper's vector.

    A paper whose vector is shorter than the average is scaled by the average: else the one
    hub that a terse abstract names would tie it as closely as a shared dataset ties others.
    (The pivot of A. Singhal, C. Buckley and M. Mitra, "Pivoted document length normalization",
    1996, for short texts only, so that no weight exceeds 1.)
    """
    kinds = dict(zip(concepts["concept_id"], concepts["kind"], strict=True))
    weights = paper_concepts.assign(kind=paper_concepts["concept_id"].map(kinds))
    value = weights["weight"].to_numpy(dtype=float) * weights["kind"].map(KIND_WEIGHTS).to_numpy(dtype=float)
    codes, papers = pd.factorize(weights["paper_id"])
    length = np.sqrt(np.bincount(codes, weights=value**2, minlength=len(papers)))
    mean = length.mean() if len(length) else 0.0
    return weights.assign(weight=value / np.maximum(np.maximum(length, mean)[codes], 1e-9))


def concept_matrix(weights: pd.DataFrame, papers: pd.DataFrame, concepts: pd.DataFrame) -> sparse.csr_array:
    """Return the scaled weights as a sparse matrix of papers by concepts, in the order of their tables.

    A `HUB`'s column is empty: it is no tie, and papers that have nothing else in common share nothing.
    """
    row = pd.Index(papers["paper_id"]).get_indexer(weights["paper_id"])
    column = pd.Index(concepts["concept_id"]).get_indexer(weights["concept_id"])
    values = weights["weight"].to_numpy(dtype=float)
    tie = np.bincount(column, minlength=1)[column] <= HUB if len(column) else np.zeros(0, dtype=bool)
    return sparse.csr_array((values[tie], (row[tie], column[tie])), shape=(len(papers), len(concepts)))


def find_shares(named: sparse.csr_array, papers: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """Return the links `shares`: of every paper the `KEPT` strongest.

    Significance is reckoned over all links, those that are not kept too.
    """
    common = np.flatnonzero(np.asarray((named != 0).sum(axis=0)).ravel() > 1)
    pairs, degree, strength = _strongest_pairs(named[:, common])
    source, target = pairs[:, 0], pairs[:, 1]
    parts, evidence, n_shared = _decompose(named, source, target, concepts)
    weight = parts.sum(axis=1)
    significance = disparity_of(weight, source, target, degree, strength)
    ids = papers["paper_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "source": ids[source],
            "target": ids[target],
            "relation": str(Relation.SHARES),
            "weight": weight,
            **{name: parts[:, i] for i, name in enumerate(PARTS.values())},
            "n_shared": n_shared,
            "evidence": pd.Series(evidence, dtype=pd.ArrowDtype(evidence.type)),
            "significance": significance,
            "backbone": (significance < NOISE) | strongest(source, target, weight),
        }
    )


def _strongest_pairs(
    named: sparse.csr_array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs to keep (source before target, sorted), and every paper's degree and strength.

    The product of the matrix with itself is made block by block: all of it would not fit.
    """
    n = named.shape[0]
    degree, strength = np.zeros(n, dtype=np.int64), np.zeros(n)
    kept = [np.zeros(0, dtype=np.int64)]
    turned = named.T.tocsr()
    for start in range(0, n, _BLOCK):
        block = (named[start : start + _BLOCK] @ turned).tocsr()
        block.sort_indices()
        for i in range(block.shape[0]):
            row = slice(block.indptr[i], block.indptr[i + 1])
            others, weights = block.indices[row], block.data[row]
            mine = others != start + i
            others, weights = others[mine].astype(np.int64), weights[mine]
            degree[start + i], strength[start + i] = len(others), weights.sum()
            if len(others) > KEPT:
                others = others[_top(weights, KEPT)]
            kept.append(np.minimum(others, start + i) * n + np.maximum(others, start + i))
    keys = np.unique(np.concatenate(kept))
    return np.column_stack([keys // n, keys % n]) if n else np.zeros((0, 2), dtype=np.int64), degree, strength


def _top(weights: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Return the places of the k largest; of equal ones the first."""
    rounded = np.round(weights, 12)
    least = np.partition(rounded, -k)[-k]
    above, equal = np.flatnonzero(rounded > least), np.flatnonzero(rounded == least)
    return np.concatenate([above, equal[: k - len(above)]])


def _decompose(
    named: sparse.csr_array, source: NDArray[np.int64], target: NDArray[np.int64], concepts: pd.DataFrame
) -> tuple[NDArray[np.float64], pa.ListArray, NDArray[np.int64]]:
    """Return the parts of each pair's weight by kind, its shared concepts, the heaviest first, and their number."""
    number_of = {str(kind): i for i, kind in enumerate(PARTS)}
    kind = concepts["kind"].map(number_of).to_numpy(dtype=np.int64)
    ids = pa.array(concepts["concept_id"], type=pa.string())
    parts = np.zeros((len(source), len(PARTS)))
    n_shared = np.zeros(len(source), dtype=np.int64)
    columns = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(source), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        both = named[source[chunk]].multiply(named[target[chunk]]).tocoo()
        order = np.lexsort([both.col, -np.round(both.data, 12), both.row])
        row, column, product = both.row[order] + start, both.col[order], both.data[order]
        np.add.at(parts, (row, kind[column]), product)
        n_shared += np.bincount(row, minlength=len(source))
        columns.append(column.astype(np.int64))
    offsets = np.concatenate([[0], np.cumsum(n_shared)]).astype(np.int32)
    evidence = pa.ListArray.from_arrays(pa.array(offsets), ids.take(pa.array(np.concatenate(columns))))
    return parts, evidence, n_shared
