"""A map from nothing: discs of nodes laid out by force, packed into the discs of the communities above.

Inside this package a position is a complex number: turning a disc is a multiplication.
"""

from itertools import pairwise
from typing import NamedTuple

import igraph as ig
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graphx.communities import seeded

SPACING = 64.0
"""Pixels between neighbours at zoom 1."""
GAP = 90.0
"""Pixels between the discs of the coarsest communities."""
INNER_GAP = 24.0
"""Pixels between the discs within a disc."""
MARGIN = 0.4
"""Room around the outermost node of a disc, in spacings."""
APART = GAP + 2 * MARGIN * SPACING
"""Pixels between nodes in different discs of the coarsest communities, at least."""
SCREEN = 0.4 + 0.625j
"""How much a disc is drawn to the middle of the map, across and down: wider than high, as screens are."""
INWARD = 2 + 2j
"""The same within a disc, which is to be round."""
GOLDEN = np.pi * (3 - np.sqrt(5))
_TURNS = np.exp(1j * np.linspace(0, 2 * np.pi, 72, endpoint=False))

Points = NDArray[np.float64]
Places = NDArray[np.complex128]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Edges(NamedTuple):
    """Weighted edges between the nodes that need a place of their own: papers and shared concepts."""

    source: Numbers
    target: Numbers
    weight: Points

    def where(self, rows: Flags) -> "Edges":
        """Return some of the edges."""
        return Edges(self.source[rows], self.target[rows], self.weight[rows])

    def among(self, nodes: Flags) -> "Edges":
        """Return the edges between some of the nodes, by these nodes' own numbers."""
        number = np.cumsum(nodes) - 1
        inside = self.where(nodes[self.source] & nodes[self.target])
        return Edges(number[inside.source], number[inside.target], inside.weight)


def afresh(groups: list[Numbers], edges: Edges, seed: int) -> Places:
    """Lay out all nodes: discs within discs, side by side."""
    places, radii = discs(groups, edges, seed)
    places += pack(radii, ties(groups[0], edges).toarray(), GAP, SCREEN)[groups[0]]
    nodes: Places = turned(places, groups, edges)[-1]
    return nodes


def discs(groups: list[Numbers], edges: Edges, seed: int) -> tuple[Places, Points]:
    """Lay out every coarsest community around the origin.

    Returns:
        The centre of the disc that a node is in, for each level, and last its own place, as
        rows of (levels + 1, nodes); and the radius of every coarsest disc.
    """
    finest = groups[-1]
    places = np.zeros((len(groups) + 1, len(finest)), dtype=complex)
    places[-1], radii = _finest(finest, edges, seed)
    for level, (outer, inner) in reversed(list(enumerate(pairwise(groups), start=1))):
        parent = np.zeros(len(radii), dtype=int)
        parent[inner] = outer
        shift, radii = _nested(parent, radii, ties(inner, edges))
        places[level:] += shift[inner]
    return places, radii


def _finest(group: Numbers, edges: Edges, seed: int) -> tuple[Places, Points]:
    """Lay out the nodes of every finest community around the origin, evenly over a disc."""
    ends = np.cumsum(np.bincount(group))
    order = np.argsort(group, kind="stable")
    local = np.empty(len(group), dtype=int)
    local[order] = np.arange(len(group)) - (ends - np.bincount(group))[group[order]]
    own = edges.where(group[edges.source] == group[edges.target])
    by_group = np.argsort(group[own.source], kind="stable")
    of_edge = group[own.source[by_group]]
    pairs = np.column_stack([local[own.source], local[own.target]])[by_group]
    weight = own.weight[by_group]
    places, radii = np.zeros(len(group), dtype=complex), np.zeros(len(ends))
    for k, nodes in enumerate(np.split(order, ends[:-1])):
        rows = slice(*np.searchsorted(of_edge, [k, k + 1]))
        places[nodes] = _spread(_forced(len(nodes), pairs[rows], weight[rows], seed))
        radii[k] = SPACING * (0.6 * np.sqrt(len(nodes)) + MARGIN)
    return places, radii


def _forced(n: int, pairs: Numbers, weight: Points, seed: int) -> Places:
    """Lay n nodes out by force; above a few hundred, only near ones repel each other."""
    graph = ig.Graph(n=n, edges=pairs)
    start = _sunflower(n) / SPACING
    with seeded(seed):
        layout = graph.layout_fruchterman_reingold(
            weights=weight.tolist() or None, niter=300, seed=real(start).tolist(), grid=n > 300
        )
    return places_of(np.array(layout.coords).reshape(-1, 2))


def _sunflower(n: int) -> Places:
    """Return n places spread evenly over a disc, from the middle out (H. Vogel, 1979)."""
    k = np.arange(n)
    seeds: Places = SPACING * 0.6 * np.sqrt(k + 0.5) * np.exp(1j * k * GOLDEN)
    return seeds


def _spread(places: Places) -> Places:
    """Move nodes to the nearest free seeds of a sunflower, so that none lies on another.

    Ring by ring from the middle, the nodes of a ring take its seeds in the order of their
    angles: central stays central and neighbours stay neighbours.
    """
    places = places - places.mean()
    order = np.argsort(np.round(np.abs(places), 6), kind="stable")
    seeds, spread = _sunflower(len(places)), np.empty_like(places)
    ring, start = 0, 0
    while start < len(places):
        end = min(3 * (ring + 1) ** 2, len(places))
        nodes, slots = order[start:end], np.arange(start, end)
        nodes = nodes[np.argsort(np.angle(places[nodes]), kind="stable")]
        slots = slots[np.argsort(np.angle(seeds[slots]), kind="stable")]
        # Of all turns of the ring, the one with the least squared distance: a circular correlation.
        fit = np.fft.ifft(np.fft.fft(places[nodes]).conj() * np.fft.fft(seeds[slots])).real
        spread[nodes] = seeds[np.roll(slots, -int(np.argmax(np.round(fit, 3))))]
        ring, start = ring + 1, end
    return spread


def ties(group: Numbers, edges: Edges) -> sparse.csr_array:
    """Return how much weight lies between each pair of discs."""
    source, target = group[edges.source], group[edges.target]
    k = int(group.max(initial=-1)) + 1
    across = source != target
    one_way = sparse.coo_array((edges.weight[across], (source[across], target[across])), shape=(k, k)).tocsr()
    return (one_way + one_way.T).tocsr()


def _nested(parent: Numbers, radii: Points, tied: sparse.csr_array) -> tuple[Places, Points]:
    """Pack the discs of every community above around the origin; also return the radius of its disc."""
    shift, outer = np.zeros(len(radii), dtype=complex), np.zeros(parent.max(initial=-1) + 1)
    order = np.argsort(parent, kind="stable")
    for k, own in enumerate(np.split(order, np.cumsum(np.bincount(parent))[:-1])):
        packed = pack(radii[own], tied[own][:, own].toarray(), INNER_GAP, INWARD)
        middle, outer[k] = enclosed(packed, radii[own])
        shift[own] = packed - middle
    return shift, outer


def enclosed(places: Places, radii: Points) -> tuple[complex, float]:
    """Return centre and radius of a small circle around circles.

    By steps of falling length towards the farthest point (M. Bădoiu and K. L. Clarkson,
    "Smaller core-sets for balls", 2003); a hundred come within a percent or two of the smallest.
    """
    middle, best = complex(places.mean()), (0j, np.inf)
    for step in range(2, 102 if len(places) > 1 else 3):
        away = np.abs(places - middle) + radii
        far = int(np.argmax(np.round(away, 6)))
        best = min(best, (middle, float(away.max())), key=lambda circle: circle[1])
        towards = complex(places[far]) - middle
        middle += towards * (1 + radii[far] / max(abs(towards), 1e-9)) / step
    return best


def pack(radii: Points, tied: Points, gap: float, inward: complex, fixed: Places | None = None) -> Places:
    """Place discs one by one, large and well tied ones first, each as near to its relatives as there is room.

    Args:
        radii: of the discs.
        tied: how much weight lies between each two; damped here by how much each is tied at all.
        gap: pixels between discs.
        inward: how much nearness to the origin counts, across and down, beside nearness to relatives.
        fixed: where the first discs are already.
    """
    strength = np.sqrt(np.maximum(tied.sum(axis=1), 1e-9))
    tied = tied / strength[:, None] / strength
    centres = np.zeros(len(radii), dtype=complex)
    done = 0 if fixed is None else len(fixed)
    centres[:done] = [] if fixed is None else fixed
    order = sorted(range(done, len(radii)), key=lambda i: (-np.round(radii[i] * tied[i].sum(), 6), i))
    placed = [*range(done)] or order[:1]
    roomy, smallest = np.array(placed, dtype=int), min(radii[done:], default=0.0)
    for i in order[0 if done else 1 :]:
        others = np.array(placed)
        pull = tied[i, others] + 1e-3
        target = (centres[others] * pull).sum() / pull.sum()
        spots = centres[roomy][:, None] + (radii[roomy] + radii[i] + gap)[:, None] * _TURNS
        free = _outside(spots, centres[others], radii[others] + radii[i] + gap)
        cost = np.abs(spots - target) + np.abs(spots.real * inward.real + 1j * spots.imag * inward.imag)
        centres[i] = spots.flat[np.argmin(np.where(free, np.round(cost, 6), np.inf))]
        if radii[i] < 1.5 * smallest:  # nothing much smaller is to come: look no more where there is no room
            roomy = roomy[free.any(axis=1)]
        placed.append(i)
        roomy = np.append(roomy, i)
    return centres


def _outside(spots: Places, centres: Places, reach: Points) -> Flags:
    """Tell which spots, rows of them around one place each, lie in no circle."""
    middle = (spots[:, 0] + spots[:, len(_TURNS) // 2]) / 2
    around = np.abs(spots[:, 0] - middle)
    row, circle = np.nonzero(np.abs(middle[:, None] - centres) < around[:, None] + reach)
    inside = np.abs(spots[row] - centres[circle][:, None]) < reach[circle][:, None] - 1e-6
    free = np.ones(spots.shape, dtype=bool)
    rows, first = np.unique(row, return_index=True)
    if len(rows):
        free[rows] = ~np.logical_or.reduceat(inside, first, axis=0)
    return free


def turned(places: Places, groups: list[Numbers], edges: Edges) -> Places:
    """Turn every disc, from the coarsest to the finest, towards what its nodes are tied to outside of it.

    The angle is the one with the least squared length of these edges.
    """
    places = places.copy()
    for level, group in enumerate(groups):
        out = edges.where(group[edges.source] != group[edges.target])
        pull = np.zeros(group.max(initial=-1) + 1, dtype=complex)
        for here, there in ((out.source, out.target), (out.target, out.source)):
            centre = places[level][here]
            wish = out.weight * (places[-1][here] - centre).conj() * (places[-1][there] - centre)
            pull += summed(group[here], wish, len(pull))
        turn = np.exp(1j * np.angle(np.round(pull, 3)))
        places[level + 1 :] = places[level] + (places[level + 1 :] - places[level]) * turn[group]
    return places


def summed(group: Numbers, values: Places, n: int) -> Places:
    """Return the sum of the values of every group."""
    return np.bincount(group, values.real, n) + 1j * np.bincount(group, values.imag, n)


def real(places: Places) -> Points:
    """Return x and y as columns."""
    return np.stack([places.real, places.imag], axis=-1)


def places_of(points: Points) -> Places:
    """Return columns x and y as one."""
    places: Places = points @ np.array([1, 1j])
    return places
