"""Positions on the map: every community a disc, its sub-communities discs within it, related discs side by side.

The papers of a finest community and the concepts that are most at home there are laid out by
force (T. M. J. Fruchterman and E. M. Reingold, "Graph drawing by force-directed placement",
1991) and then spread evenly over their disc, so that nothing lies on anything else. Discs are
packed into the disc of the community above, and the coarsest ones onto the map. A force layout
of the whole graph is a hairball at this density; discs show the communities at a glance.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from graphx.layout.discs import GOLDEN, SPACING, Edges, Numbers, Places, Points, afresh, real
from graphx.layout.updates import grown, old_places, settled

SATELLITE = 0.38
"""How far from its paper a concept that only this paper names lies, in spacings."""


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
    old: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Positions:
    """Place all papers and concepts; y grows downwards, as on a screen.

    Args:
        papers: `paper_id`.
        concepts: `concept_id`.
        paper_concepts: `paper_id`, `concept_id` and `weight`.
        links: `source`, `target`, `weight` and `backbone`; the others are not looked at.
        membership: `paper_id`, `level` and `community_id`; every paper has a row of level 0.
        seed: of the random numbers that igraph draws.
        old: `papers` (`paper_id`, `x`, `y`) and `concepts` (`concept_id`, `n_papers`, `x`, `y`)
            of an older atlas. What is in it keeps its place as long as it lies among its
            community; what is new takes the free spot next to the middle of its neighbours.
            If fewer than half of the papers can keep theirs, all are laid out afresh.
    """
    n, m = len(papers), len(concepts)
    if not n:
        return Positions(np.zeros((0, 2)), np.zeros((m, 2)))
    paper = pd.Index(papers["paper_id"]).get_indexer(paper_concepts["paper_id"])
    concept = pd.Index(concepts["concept_id"]).get_indexer(paper_concepts["concept_id"])
    weight = paper_concepts["weight"].to_numpy(dtype=float)
    shared = np.bincount(concept, minlength=m) > 1
    alone = ~shared[concept]
    number = n + np.cumsum(shared) - 1  # of a shared concept among the free nodes
    named = Edges(paper, number[concept], weight).where(~alone)
    groups = _groups(_paths(papers, membership), named, int(shared.sum()))
    edges = _with_links(named, papers, links, float(weight.mean()) if len(weight) else 1.0)

    papers_were, concepts_were = old_places(papers, concepts, shared, old)
    kept = settled(np.concatenate([papers_were, concepts_were[shared]]), groups[0], n)
    if old is None or np.isnan(kept[:n]).mean() > 0.5:
        kept[:] = np.nan
        places = afresh(groups, edges, seed)
    else:
        places = grown(kept, groups, edges, seed)
    beside = np.where(np.isnan(kept[paper[alone]]), np.nan, concepts_were[concept[alone]])
    of_concepts = np.zeros(m, dtype=complex)
    of_concepts[shared] = places[n:]
    of_concepts[concept[alone]] = _satellites(places[:n], paper[alone], beside)
    return Positions(_columns(places[:n]), _columns(of_concepts))


def _columns(places: Places) -> Points:
    """Return x and y, rounded, so that another processor's last digits make no difference."""
    return np.round(real(places), 1) + 0.0  # no negative zero


def _paths(papers: pd.DataFrame, membership: pd.DataFrame) -> Numbers:
    """Return every paper's community on each level, numbered; where one does not divide, it stands again."""
    code, _ = pd.factorize(membership["community_id"], sort=True)
    level = membership["level"].to_numpy(dtype=int)
    paths = np.full((len(papers), 1 + max(level, default=0)), -1)
    paths[pd.Index(papers["paper_id"]).get_indexer(membership["paper_id"]), level] = code
    for coarser, finer in pairwise(paths.T):
        finer[finer < 0] = coarser[finer < 0]
    return paths


def _groups(paths: Numbers, named: Edges, n_shared: int) -> list[Numbers]:
    """Return the disc that every free node is in, level by level from the coarsest; each level divides the one before.

    A concept's home is the community whose papers name it with most weight, and on the next
    level again, among the communities within its home.
    """
    n = len(paths)
    groups: list[Numbers] = []
    inside = np.ones(len(named.source), dtype=bool)
    for of_papers in paths.T:
        own = named.where(inside)
        width = int(of_papers.max(initial=0)) + 1
        pairs, row = np.unique((own.target - n) * width + of_papers[own.source], return_inverse=True)
        total = np.round(np.bincount(row, own.weight), 9)
        best = np.lexsort((pairs % width, -total, pairs // width))
        which, first = np.unique(pairs[best] // width, return_index=True)
        homes = np.full(n_shared, -1)
        homes[which] = (pairs[best] % width)[first]
        inside &= of_papers[named.source] == homes[named.target - n]
        groups.append(np.unique(np.concatenate([of_papers, homes]), return_inverse=True)[1])
    return groups


def _with_links(named: Edges, papers: pd.DataFrame, links: pd.DataFrame, weight: float) -> Edges:
    """Add the links of the backbone to what papers name; a full link weighs as much as a usual concept."""
    index = pd.Index(papers["paper_id"])
    links = links[links["backbone"].to_numpy(dtype=bool)]
    return Edges(
        np.concatenate([named.source, index.get_indexer(links["source"])]),
        np.concatenate([named.target, index.get_indexer(links["target"])]),
        np.concatenate([named.weight, links["weight"].to_numpy(dtype=float) * weight]),
    )


def _satellites(places: Places, paper: Numbers, old: Places) -> Places:
    """Put every concept that one paper names beside that paper, one after another in a spiral.

    Args:
        places: of the papers.
        paper: of each of these concepts.
        old: of each of these concepts; what is not NaN stays, and new ones follow after it.
    """
    step, new = SPACING * SATELLITE, np.isnan(old)
    first = np.zeros(len(places), dtype=int)  # free turn around every paper
    distance = np.abs(old[~new] - places[paper[~new]])
    np.maximum.at(first, paper[~new], np.round((distance / step - 1) * 12).astype(int) + 1)
    order = np.flatnonzero(new)
    order = order[np.argsort(paper[order], kind="stable")]
    own = paper[order]
    turn = first[own] + np.arange(len(own)) - np.searchsorted(own, own)
    answer = old.copy()
    answer[order] = places[own] + step * (1 + turn / 12) * np.exp(1j * turn * GOLDEN)
    return answer
