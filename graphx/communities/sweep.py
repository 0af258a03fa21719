"""Leiden over and over, from coarse to fine: what different runs agree on.

One sweep serves twice: it tells the finest resolution at which runs still tell the same
story, and how sure each paper's place in its community is.
"""

from typing import NamedTuple

import igraph as ig
import numpy as np

from graphx.communities.graph import Floats, Ints, Ties, leiden, modularity

STEP = 1.25
"""From one resolution to the next; neighbours are runs at 0.8, 1 and 1.25 times a resolution."""
MOST_RUNS = 4
MANY = 10_000
"""Papers; with so many a resolution gets one run of Leiden, with half as many two, up to `MOST_RUNS`. Unless there
are `MOST_RUNS`, they are of `ROUNDS` rounds instead of until nothing improves; among so many, steps are double."""
ROUNDS = 2
FEWEST = 3
"""The finest communities hold at least so many papers on average, and the cube root of all papers."""
MOST_STEPS = 48


class Sweep(NamedTuple):
    """Resolutions in rising order, the runs at each (community numbers of all papers) and how alike they are.

    `agreement` is the mean adjusted Rand index (L. Hubert and P. Arabie, "Comparing partitions",
    Journal of Classification 2, 1985) of all pairs of runs at a resolution and its neighbours,
    over papers that have links.
    """

    resolutions: Floats
    runs: list[list[Ints]]
    agreement: Floats

    def agreement_at(self, resolutions: Floats) -> Floats:
        """Return the agreement at any resolutions."""
        return np.interp(np.log(resolutions), np.log(self.resolutions), self.agreement)

    def around(self, resolution: float) -> list[Ints]:
        """Return the runs at the nearest resolution and its neighbours."""
        at = int(np.argmin(np.abs(np.log(self.resolutions / resolution))))
        return [run for runs in self.runs[max(at - 1, 0) : at + 2] for run in runs]


def sweep(ties: Ties, resolution: float, seed: int) -> Sweep:
    """Run Leiden from just below a resolution upwards until communities are too small to tell anything."""
    if not len(ties.weight):
        return Sweep(np.array([resolution]), [[np.arange(ties.n)]], np.ones(1))
    graph, strength = ties.graph(), ties.strength
    linked = strength > 0
    n_linked = int(linked.sum())
    smallest = max(FEWEST, n_linked ** (1 / 3))
    per_step = min(max(MANY // ties.n, 1), MOST_RUNS)
    rounds = ROUNDS if per_step < MOST_RUNS else -1
    resolutions: list[float] = []
    runs: list[list[Ints]] = []
    for step in range(MOST_STEPS):
        resolutions.append(resolution * STEP ** (2 * step - 3 if ties.n >= MANY and step > 2 else step - 1))
        seeds = (seed * 1_000_003 + step * per_step + i for i in range(per_step))
        runs.append([leiden(graph, strength, resolutions[-1], s, rounds) for s in seeds])
        if step > 1 and n_linked < smallest * len(np.unique(runs[-1][0][linked])):
            break
    near = [[run[linked].tolist() for those in runs[max(i - 1, 0) : i + 2] for run in those] for i in range(len(runs))]
    return Sweep(np.array(resolutions), runs, np.array([_agreement(those) for those in near]))


def _agreement(runs: list[list[int]]) -> float:
    pairs = [(a, b) for i, a in enumerate(runs) for b in runs[:i]]
    return float(np.mean([ig.compare_communities(a, b, method="adjusted_rand") if a != b else 1.0 for a, b in pairs]))


def finest(found: Sweep, ties: Ties) -> tuple[float, Ints]:
    """Return the resolution at which runs tell most alike, and the best run at it.

    What runs tell is the entropy of a grouping: more and more even communities tell more. Its
    product with squared agreement has its maximum at the finest resolution before agreement
    falls: at planted communities it is where they are found.
    """
    strength = ties.strength
    linked = strength > 0
    inner = range(1, len(found.runs) - 1) or range(1)
    told = [np.mean([_entropy(run[linked]) for run in found.runs[at]]) * found.agreement[at] ** 2 for at in inner]
    best = inner[int(np.argmax(np.round(told, 9)))]
    resolution = float(found.resolutions[best])
    quality = [modularity(ties, strength, run, resolution) for run in found.runs[best]]
    return resolution, found.runs[best][int(np.argmax(np.round(quality, 9)))]


def _entropy(of: Ints) -> float:
    share = np.unique(of, return_counts=True)[1] / max(len(of), 1)
    return -float((share * np.log(share)).sum())


def certainty(of: Ints, runs: list[Ints]) -> Floats:
    """Return for every paper the share of its community that a run puts with it, on average.

    Args:
        of: community number of every paper, -1 where it has none.
        runs: community numbers of every paper by each run.

    Returns:
        0 to 1; 0 for a paper without a community or alone in it.
    """
    inside = np.flatnonzero(of >= 0)
    own = of[inside]
    others = np.bincount(own, minlength=1)[own] - 1
    total = np.zeros(len(inside))
    for run in runs:
        _, place, counts = np.unique(own * len(of) + run[inside], return_inverse=True, return_counts=True)
        total += (counts[place] - 1) / np.maximum(others, 1)
    answer = np.zeros(len(of))
    answer[inside] = np.round(total / max(len(runs), 1), 9)
    return answer
