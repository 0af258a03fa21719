"""Finest communities to nested ones, bottom-up.

Joining the finest communities that are certain finds levels of planted hierarchies that splitting
from the top skips (`benchmarks/communities.py`): M. Dreveton, D. Kuroda, M. Grossglauser and
P. Thiran, "When Does Bottom-up Beat Top-down in Hierarchical Community Detection?", 2023.
"""

import numpy as np

from graphx.communities.graph import Floats, Ints, Ties, leiden, modularity, summed, sums
from graphx.communities.sweep import Sweep

LEAST_STEP = 2
"""Each level has at least so many times the communities of the one above."""
MOST_LEVELS = 4
SURE = 0.9
"""Agreement of runs at a level between, as a part of that at the finest."""
TRIES = 5


def heights(ties: Ties, strength: Floats) -> Floats:
    """Return the resolutions at which nodes join, pair by pair, in falling order.

    The pair with the largest w_ab · 2m / (d_a · d_b) joins first: T. Bonald, B. Charpentier,
    A. Galland and A. Hollocou, "Hierarchical graph clustering using node pair sampling", 2018.
    That is the resolution of modularity below which it pays to join the two. Found along
    chains of nearest neighbours, which end in pairs that are each other's nearest.
    """
    tied = np.flatnonzero(strength > 0)
    place = np.full(ties.n, -1)
    place[tied] = np.arange(len(tied))
    source, target, strength = place[ties.source], place[ties.target], strength[tied]
    alive = strength > 0
    weight = np.zeros((len(tied), len(tied)))
    weight[source, target] = weight[target, source] = ties.weight
    degree, whole = np.where(alive, strength, 1.0), strength.sum()
    found: list[float] = []
    chain: list[int] = []
    while alive.any():
        chain = chain or [int(np.argmax(alive))]
        a = chain[-1]
        near = np.where(alive, weight[a] / degree, 0.0)
        b = int(np.argmax(near))
        if len(chain) > 1 and near[chain[-2]] >= near[b]:
            b = chain[-2]
        if near[b] <= 0:  # a component that is joined
            alive[a] = False
            chain.pop()
        elif len(chain) > 1 and b == chain[-2]:
            found.append(float(near[b] * whole / degree[a]))
            weight[a] += weight[b]
            weight[:, a] += weight[:, b]
            weight[a, a] = 0
            degree[a] += degree[b]
            alive[b] = False
            chain = chain[:-2]
        else:
            chain.append(b)
    return np.sort(np.array(found))[::-1]


def between(joins: Floats, n: int, coarsest: float, finest: float, runs: Sweep) -> list[float]:
    """Return resolutions of levels between the finest one and the coarsest, in rising order.

    A level is where the communities stay the same over the widest range of resolutions: the
    largest gap between two joins. Gaps grow as communities get fewer, so each counts times
    the number of communities; of gaps alike the one that divides its surroundings evenly; and
    only where runs of Leiden agree about as well as on the finest communities.

    Args:
        joins: heights in falling order.
        n: number of the finest communities.
        coarsest: resolution of level 0.
        finest: resolution of the finest communities.
        runs: tell how alike runs are at a resolution.
    """
    joins = joins[joins > coarsest]
    if len(joins) < 2:
        return []
    fewest = max(n - len(joins), 1)
    left = n - np.arange(1, len(joins))  # communities in the gap after each join
    middle = np.sqrt(joins[:-1] * joins[1:])
    alike = runs.agreement_at(middle) / runs.agreement_at(np.array([finest]))
    worth = left * np.log(joins[:-1] / joins[1:]) * np.where(alike >= SURE, alike, 0.0)
    chosen, picked = [fewest, n], []
    while len(chosen) < MOST_LEVELS:
        below = np.array([max(c for c in chosen if c <= k) for k in left])
        above = np.array([min(c for c in chosen if c >= k) for k in left])
        even = np.minimum(np.log(left / below), np.log(above / left))
        value = np.round(np.where(even >= np.log(LEAST_STEP) - 1e-9, worth * even, 0.0), 9)
        best = int(np.argmax(value))
        if value[best] <= 0:
            break
        chosen.append(int(left[best]))
        picked.append(float(middle[best]))
    return sorted(picked)


def merged(ties: Ties, strength: Floats, of: Ints) -> tuple[Ties, Floats]:
    """Return the ties between groups of nodes and the groups' strengths, those inside included."""
    n = int(of.max(initial=-1)) + 1
    return summed(n, of[ties.source], of[ties.target], ties.weight), sums(of, strength, n)


def join(ties: Ties, strength: Floats, resolution: float, seed: int) -> Ints:
    """Return which nodes belong together at a resolution: the best of several runs of Leiden.

    Joining greedily along the heights gives a little less modularity.
    """
    graph = ties.graph()
    runs = [leiden(graph, strength, resolution, seed + i) for i in range(TRIES)]
    quality = [modularity(ties, strength, run, resolution) for run in runs]
    return runs[int(np.argmax(np.round(quality, 9)))]


def polished(ties: Ties, columns: list[Ints], resolutions: list[float], seed: int, rounds: int) -> list[Ints]:
    """Return levels in which papers have moved to where they belong, from the coarsest down.

    Joining whole communities leaves single papers in the wrong ones. Each level is bettered by
    Leiden on the ties within the communities above, whose parts are always connected: so no
    community ever reaches across two of them, and levels stay nested.
    """
    strength = ties.strength
    better = [np.zeros(ties.n, dtype=np.int64)]
    for of, resolution in zip(columns, resolutions, strict=True):
        start = np.unique(better[-1] * ties.n + of, return_inverse=True)[1].astype(np.int64)
        inside = better[-1][ties.source] == better[-1][ties.target]
        within = Ties(ties.n, ties.source[inside], ties.target[inside], ties.weight[inside])
        better.append(leiden(within.graph(), strength, resolution, seed, rounds, start))
    return better[1:]
