"""The graph of all papers, and Leiden on it.

V. A. Traag, L. Waltman and N. J. van Eck, "From Louvain to Leiden: guaranteeing well-connected
communities", Scientific Reports 9, 2019.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import igraph as ig
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.similar import Neighbours

NEAREST, ALIKE = 5, 0.4
"""Papers nearest by text that a paper is tied to, and the least cosine: what is less alike has its field in common."""
BY_TEXT = 0.3
"""Weight of two texts that are the same, in weights of links: at a cosine of .5 it is a common link `shares`."""
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let igraph draw from its own generator with this seed, and put the usual one back."""
    ig.set_random_number_generator(random.Random(seed))  # noqa: S311  (reproducible, not secret)
    try:
        yield
    finally:
        ig.set_random_number_generator(random)


class Ties(NamedTuple):
    """Weighted pairs of nodes 0 … n - 1: every pair once, source < target."""

    n: int
    source: Ints
    target: Ints
    weight: Floats

    @property
    def strength(self) -> Floats:
        """The summed weight of every node's ties."""
        ends = np.concatenate([self.source, self.target])
        return sums(ends, np.tile(self.weight, 2), self.n)

    def graph(self) -> ig.Graph:
        """Return the ties as an undirected graph with edge attribute `weight`."""
        edges = np.column_stack([self.source, self.target])
        return ig.Graph(n=self.n, edges=edges, edge_attrs={"weight": self.weight.tolist()})


def sums(of: Ints, values: Floats, n: int) -> Floats:
    """Return the sum of the values of each of n groups."""
    return np.bincount(of, weights=values, minlength=n).astype(np.float64)


def summed(n: int, source: Ints, target: Ints, weight: Floats) -> Ties:
    """Return ties in which every pair stands once with the sum of its weights, without loops."""
    apart = source != target
    source, target, weight = source[apart], target[apart], weight[apart]
    pairs, place = np.unique(np.minimum(source, target) * n + np.maximum(source, target), return_inverse=True)
    return Ties(n, pairs // max(n, 1), pairs % max(n, 1), sums(place, weight, len(pairs)))


def paper_ties(papers: pd.DataFrame, links: pd.DataFrame, near: Neighbours | None = None) -> Ties:
    """Return the backbone's summed `weight` between papers, numbered as in the table `papers`.

    Between a paper and its `NEAREST` by text stands `BY_TEXT` times the square of their cosine, too.
    """
    links = links[links["backbone"]]
    index = pd.Index(papers["paper_id"].to_numpy(dtype=object))
    source, target = (
        index.get_indexer(links[end].to_numpy(dtype=object)).astype(np.int64) for end in ("source", "target")
    )
    weight = links["weight"].to_numpy(dtype=float)
    if near is not None:
        first, alike = near.near[:, :NEAREST], near.alike[:, :NEAREST].astype(np.float64)
        row, place = np.nonzero(alike >= ALIKE)
        pairs = np.unique(np.sort(np.column_stack([row, first[row, place]]), axis=1), axis=0, return_index=True)
        source, target = np.concatenate([source, pairs[0][:, 0]]), np.concatenate([target, pairs[0][:, 1]])
        weight = np.concatenate([weight, BY_TEXT * np.round(alike[row, place][pairs[1]], 4) ** 2])
    return summed(len(index), source, target, weight)


def paper_graph(papers: pd.DataFrame, links: pd.DataFrame) -> ig.Graph:
    """Return the undirected graph of all papers and the backbone's summed `weight` between them."""
    return paper_ties(papers, links).graph()


def leiden(
    graph: ig.Graph, strength: Floats, resolution: float, seed: int, rounds: int = -1, start: Ints | None = None
) -> Ints:
    """Return the community number of every node, by Leiden on modularity at a resolution.

    Args:
        graph: with edge attribute `weight`.
        strength: weight of every node, which need not be the sum of its edges: a node that
            stands for several papers has ties inside it, too.
        resolution: γ in the modularity Σ (w_ab - γ d_a d_b / 2m) of pairs that are together.
        seed: of igraph's random numbers.
        rounds: iterations, or -1 until nothing improves.
        start: community numbers to begin with instead of single nodes.
    """
    if not graph.ecount():
        return np.arange(graph.vcount())
    better = partial(
        graph.community_leiden,
        objective_function="CPM",  # with these node weights it is modularity
        weights="weight",
        node_weights=strength.tolist(),
        resolution=resolution / strength.sum(),
    )
    with seeded(seed):
        if start is None or rounds > 0:
            given = None if start is None else start.tolist()
            return np.array(better(n_iterations=rounds, initial_membership=given).membership, dtype=np.int64)
        # Left to itself, igraph (1.0) may go on for ever from a start that cannot be bettered.
        quality, found = -np.inf, better(n_iterations=1, initial_membership=start.tolist())
        while found.quality > quality:
            quality = found.quality
            found = better(n_iterations=1, initial_membership=found.membership)
    return np.array(found.membership, dtype=np.int64)


def modularity(ties: Ties, strength: Floats, of: Ints, resolution: float) -> float:
    """Return the modularity of a grouping at a resolution (ties inside single nodes left out)."""
    whole = float(strength.sum())
    if not whole:
        return 0.0
    inside = 2 * ties.weight[of[ties.source] == of[ties.target]].sum()
    expected = (np.bincount(of, weights=strength) ** 2).sum()
    return float(inside / whole - resolution * expected / whole**2)
