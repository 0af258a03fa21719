"""Positions on the map: every community a disc, related discs side by side.

Within a disc the papers and the concepts that are most at home there are laid out by force
(T. M. J. Fruchterman and E. M. Reingold, "Graph drawing by force-directed placement", 1991)
and then spread evenly over it, so that nothing lies on anything else. A force layout of
the whole graph is a hairball at this density; discs show the communities at a glance.
"""

from typing import NamedTuple

import igraph as ig
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.communities import seeded
from graphx.concepts import homes

SPACING = 64.0
"""Pixels between neighbours at zoom 1."""
GAP = 90.0
"""Pixels between discs."""
SATELLITE = 0.38
"""How far from its paper a concept that only this paper names lies, in spacings."""

Points = NDArray[np.float64]


class Positions(NamedTuple):
    """Columns x and y, in the order of the tables `papers` and `concepts`."""

    papers: Points
    concepts: Points


def lay_out(
    papers: pd.DataFrame,
    concepts: pd.DataFrame,
    paper_concepts: pd.DataFrame,
    links: pd.DataFrame,
    membership: pd.DataFrame,
    seed: int,
) -> Positions:
    """Place all papers and concepts; y grows downwards, as on a screen."""
    n = len(papers)
    at = {i: k for k, i in enumerate([*papers["paper_id"], *concepts["concept_id"]])}
    membership = membership[membership["level"] == 0]
    home = dict(zip(membership["paper_id"], membership["community_id"], strict=True)) | homes(
        paper_concepts, membership
    )
    backbone = links[links["backbone"]]
    edges = pd.DataFrame(
        {
            "source": [at[i] for i in [*paper_concepts["paper_id"], *backbone["source"]]],
            "target": [at[i] for i in [*paper_concepts["concept_id"], *backbone["target"]]],
            "weight": [*paper_concepts["weight"], *(backbone["weight"] * paper_concepts["weight"].mean())],
        }
    )
    shared = concepts["n_papers"].to_numpy(dtype=int) > 1
    group = np.array([home[i] for i in at], dtype=str)
    free = np.concatenate([np.ones(n, dtype=bool), shared])
    points = np.zeros((len(at), 2))
    names = sorted(set(group[free]))
    discs = {name: np.flatnonzero(free & (group == name)) for name in names}
    for name in names:
        points[discs[name]] = _disc(discs[name], edges, seed)
    radii = np.array([SPACING * (0.6 * np.sqrt(len(discs[name])) + 0.4) for name in names])
    centres = _pack(radii, _between(names, group, edges))
    for name, centre in zip(names, centres, strict=True):
        points[discs[name]] += centre
    _add_satellites(points, concepts, paper_concepts, at, ~shared)
    points = np.round(points, 1) + 0.0  # no negative zero
    return Positions(points[:n], points[n:])


def _disc(nodes: NDArray[np.int64], edges: pd.DataFrame, seed: int) -> Points:
    """Lay out the nodes of one community around the origin, evenly over a disc."""
    inside = {int(node): i for i, node in enumerate(nodes)}
    own = edges[edges["source"].isin(inside) & edges["target"].isin(inside)]
    graph = ig.Graph(
        n=len(nodes),
        edges=[(inside[s], inside[t]) for s, t in zip(own["source"], own["target"], strict=True)],
    )
    start = _sunflower(len(nodes)) / SPACING
    with seeded(seed):
        layout = graph.layout_fruchterman_reingold(
            weights=own["weight"].to_list() or None, niter=800, seed=start.tolist(), grid="auto"
        )
    return _spread(np.array(layout.coords).reshape(-1, 2))


def _sunflower(n: int) -> Points:
    """Return n points spread evenly over a disc, from the middle out (H. Vogel, 1979)."""
    k = np.arange(n)
    radius, angle = np.sqrt(k + 0.5), k * np.pi * (3 - np.sqrt(5))
    return SPACING * 0.6 * np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _spread(points: Points) -> Points:
    """Move points to the nearest free seeds of a sunflower, so that none lies on another.

    Ring by ring from the middle, the points of a ring take its seeds in the order of their
    angles: central stays central and neighbours stay neighbours.
    """
    points = points - points.mean(axis=0)
    order = np.argsort(np.round(np.hypot(*points.T), 6), kind="stable")
    seeds, spread = _sunflower(len(points)), np.empty_like(points)
    ring, start = 0, 0
    while start < len(points):
        end = min(3 * (ring + 1) ** 2, len(points))
        nodes, slots = order[start:end], np.arange(start, end)
        by_angle = nodes[np.argsort(np.arctan2(*points[nodes].T[::-1]), kind="stable")]
        slots = slots[np.argsort(np.arctan2(*seeds[slots].T[::-1]), kind="stable")]
        turns = [((seeds[np.roll(slots, t)] - points[by_angle]) ** 2).sum() for t in range(len(slots))]
        spread[by_angle] = seeds[np.roll(slots, int(np.argmin(np.round(turns, 3))))]
        ring, start = ring + 1, end
    return spread


def _between(names: list[str], group: NDArray[np.str_], edges: pd.DataFrame) -> Points:
    """Return how strongly each pair of communities is tied, damped by how much each is tied at all."""
    index = {name: i for i, name in enumerate(names)}
    number = np.array([index.get(name, -1) for name in group])
    source, target = number[edges["source"]], number[edges["target"]]
    across = (source != target) & (source >= 0) & (target >= 0)
    ties = np.zeros((len(names), len(names)))
    np.add.at(ties, (source[across], target[across]), edges["weight"].to_numpy()[across])
    ties += ties.T
    strength = np.sqrt(np.maximum(ties.sum(axis=1), 1e-9))
    damped: Points = ties / strength[:, None] / strength[None, :]
    return damped


def _pack(radii: Points, ties: Points) -> Points:
    """Place discs one by one, large and well tied ones first, each as near to its relatives as there is room."""
    centres = np.zeros((len(radii), 2))
    order = sorted(range(len(radii)), key=lambda i: (-np.round(radii[i] * ties[i].sum(), 6), i))
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    for placed, i in enumerate(order[1:], start=1):
        others = np.array(order[:placed])
        pull = ties[i, others] + 1e-3
        target = (centres[others] * pull[:, None]).sum(axis=0) / pull.sum()
        reach = radii[others] + radii[i] + GAP
        spots = centres[others][:, None, :] + reach[:, None, None] * np.column_stack([np.cos(turns), np.sin(turns)])
        spots = spots.reshape(-1, 2)
        clear = np.ones(len(spots), dtype=bool)
        for other, least in zip(others, reach, strict=True):
            clear &= np.hypot(*(spots - centres[other]).T) >= least - 1e-6
        cost = np.hypot(*(spots - target).T) + 0.5 * np.hypot(
            *(spots * [0.8, 1.25]).T
        )  # wider than high, as screens are
        cost[~clear] = np.inf
        centres[i] = spots[np.argmin(np.round(cost, 6))]
    return centres


def _add_satellites(
    points: Points,
    concepts: pd.DataFrame,
    paper_concepts: pd.DataFrame,
    at: dict[str, int],
    single: NDArray[np.bool_],
) -> None:
    """Put every concept that one paper names beside that paper."""
    alone = set(concepts["concept_id"][single])
    around: dict[int, int] = {}
    for paper_id, concept_id in zip(paper_concepts["paper_id"], paper_concepts["concept_id"], strict=True):
        if concept_id in alone:
            paper = at[paper_id]
            turn = around.get(paper, 0)
            around[paper] = turn + 1
            angle = turn * np.pi * (3 - np.sqrt(5))
            distance = SPACING * SATELLITE * (1 + turn / 12)
            points[at[concept_id]] = points[paper] + distance * np.array([np.cos(angle), np.sin(angle)])
