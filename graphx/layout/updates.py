"""A map from an older one: what is known stays where it is, and what is new finds room beside its neighbours."""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from graphx.layout.discs import (
    APART,
    GAP,
    MARGIN,
    SCREEN,
    SPACING,
    Edges,
    Flags,
    Numbers,
    Places,
    discs,
    enclosed,
    pack,
    places_of,
    real,
    summed,
    ties,
    turned,
)

CLOSEST = 0.6
"""How near to others a node that is added to a map may lie, in spacings."""
FINE = SPACING / 4
"""Pixels between the spots that are looked at."""


def old_places(
    papers: pd.DataFrame, concepts: pd.DataFrame, shared: Flags, old: tuple[pd.DataFrame, pd.DataFrame] | None
) -> tuple[Places, Places]:
    """Return where papers and concepts were; NaN for those that are new, or were beside a paper and no longer are."""
    if old is None:
        return np.full(len(papers), np.nan, dtype=complex), np.full(len(concepts), np.nan, dtype=complex)
    answers = []
    for now, before, key in zip((papers, concepts), old, ("paper_id", "concept_id"), strict=True):
        row = pd.Index(before[key]).get_indexer(now[key])
        places = np.full(len(now), np.nan, dtype=complex)
        places[row >= 0] = places_of(before[["x", "y"]].to_numpy(dtype=float))[row[row >= 0]]
        answers.append(places)
    was_shared = np.zeros(len(concepts), dtype=bool)
    was_shared[row >= 0] = (old[1]["n_papers"].to_numpy(dtype=int) > 1)[row[row >= 0]]
    answers[1][was_shared != shared] = np.nan
    return answers[0], answers[1]


def settled(places: Places, group: Numbers, n_papers: int) -> Places:
    """Return the places of nodes that lie among their community, NaN for the others.

    At least half of the nodes in reach must be of the same community; discs lie farther apart
    than that. And a community has one place (see `_in_one_place`), or none where no paper is left.
    """
    places = places.copy()
    known = np.flatnonzero(~np.isnan(places))
    pairs = known[cKDTree(real(places[known])).query_pairs(APART - 1, output_type="ndarray")]
    same = pairs[group[pairs[:, 0]] == group[pairs[:, 1]]]
    friends, near = (1 + np.bincount(p.ravel(), minlength=len(group)) for p in (same, pairs))
    places[friends * 2 < near] = np.nan

    known = np.flatnonzero(~np.isnan(places))
    same = same[~np.isnan(places[same]).any(axis=1)]
    touching = sparse.coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(len(group), len(group)))
    piece = connected_components(touching, directed=False)[1]
    tree = cKDTree(real(places[known]))
    known = known[np.argsort(group[known], kind="stable")]
    for own in np.split(known, np.flatnonzero(np.diff(group[known])) + 1):
        if len(own):
            places[own[~_in_one_place(places[own], piece[own], tree)]] = np.nan
    n_left = np.bincount(group[:n_papers], ~np.isnan(places[:n_papers]), minlength=group.max(initial=-1) + 1)
    places[n_left[group] == 0] = np.nan
    return places


def _in_one_place(own: Places, piece: Numbers, everything: cKDTree) -> Flags:
    """Tell which nodes of a community lie in its largest piece, or in others that one circle holds with it.

    The circle holds hardly any other community's nodes: discs that became one community do not all stay.
    """

    def fits(nodes: Flags) -> bool:
        middle, reach = enclosed(own[nodes], np.zeros(np.count_nonzero(nodes)))
        inside = np.count_nonzero(np.abs(own - middle) <= reach + 1e-3)
        anything = everything.query_ball_point([middle.real, middle.imag], reach + 1e-3, return_length=True)
        return bool(anything <= 1.1 * inside)

    names, index, size = np.unique(piece, return_inverse=True, return_counts=True)
    stays = np.ones(len(own), dtype=bool)
    if fits(stays):
        return stays
    stays = np.asarray(index == np.argmax(size))
    away = np.full(len(names), np.inf)
    np.minimum.at(away, index, np.round(np.abs(own - own[stays].mean()), 6))
    for k in np.argsort(away, kind="stable"):
        if fits(stays | (index == k)):
            stays |= index == k
    return stays


def grown(kept: Places, groups: list[Numbers], edges: Edges, seed: int) -> Places:
    """Add to a map: to discs that are there what is new in them, and new discs beside them."""
    group, places = groups[0], kept.copy()
    has_place = np.bincount(group, ~np.isnan(kept)) > 0
    new = np.isnan(kept) & has_place[group]
    wishes = _wishes(kept, group, edges)
    for k in np.unique(group[new]):
        own, here = np.flatnonzero(new & (group == k)), ~np.isnan(places)
        places[own] = _fitted(wishes[own], places[here & (group == k)], places[here & (group != k)])
    if has_place.all():
        return places

    fresh = ~has_place[group]
    inner = [np.unique(g[fresh], return_inverse=True)[1] for g in groups]
    rows, radii = discs(inner, edges.among(fresh), seed)
    there = np.flatnonzero(has_place)
    circles = [enclosed(own, np.full(len(own), MARGIN * SPACING)) for own in (places[group == k] for k in there)]
    number = np.concatenate([there, np.flatnonzero(~has_place)]).argsort()  # the old discs come first
    centres = pack(
        np.concatenate([[reach for _, reach in circles], radii]),
        ties(number[group], edges).toarray(),
        GAP,
        SCREEN,
        fixed=np.array([middle for middle, _ in circles]),
    )
    rows += centres[number[group[fresh]]]
    places[fresh] = turned(rows, inner, edges.among(fresh))[-1]
    return places


def _wishes(kept: Places, group: Numbers, edges: Edges) -> Places:
    """Return for every node the weighted middle of its neighbours in its community that have a place, or a wish."""
    same = edges.where(group[edges.source] == group[edges.target])
    here, there = np.concatenate([same.source, same.target]), np.concatenate([same.target, same.source])
    weight = np.concatenate([same.weight, same.weight])
    wishes, n = kept.copy(), len(kept)
    for _ in range(3):
        use = np.isnan(wishes[here]) & ~np.isnan(wishes[there])
        total = np.bincount(here[use], weight[use], n)
        middle = summed(here[use], weight[use] * wishes[there[use]], n)
        wishes[total > 0] = (middle / np.where(total > 0, total, 1))[total > 0]
    known, k = ~np.isnan(kept), group.max(initial=-1) + 1
    middle = summed(group[known], kept[known], k) / np.maximum(np.bincount(group[known], minlength=k), 1)
    return np.where(np.isnan(wishes), middle[group], wishes)


def _fitted(wishes: Places, own: Places, others: Places) -> Places:
    """Return for each wish the nearest free spot: not too near to what its disc holds, and clear of other discs.

    The disc grows no more than it must, so that it stays round.
    """
    answer = np.full(len(wishes), np.nan, dtype=complex)
    middle, reach = enclosed(own, np.zeros(len(own)))
    reach = max(reach, SPACING * 0.7 * np.sqrt(len(own) + len(wishes)))
    others = others[np.abs(others - middle) < 4 * reach + 10 * APART]
    while np.isnan(answer).any():
        spots = _grid(middle, reach)
        inside = np.concatenate([own, answer[~np.isnan(answer)]])
        for obstacles, least in ((inside, CLOSEST * SPACING), (others, APART)):
            if len(obstacles):
                spots = spots[cKDTree(real(obstacles)).query(real(spots))[0] >= least]
        tree, taken = cKDTree(real(spots)), np.zeros(len(spots), dtype=bool)
        for i in np.flatnonzero(np.isnan(answer)):
            if taken.all():
                break
            nearest = int(np.argmin(np.where(taken, np.inf, np.round(np.abs(spots - wishes[i]), 6))))
            answer[i] = spots[nearest]
            taken[tree.query_ball_point(real(spots[nearest]), CLOSEST * SPACING - 1e-6)] = True
        reach += SPACING
    return answer


def _grid(middle: complex, reach: float) -> Places:
    """Return the spots of a fine grid that lie in a circle."""
    line = np.arange(-np.ceil(reach / FINE), np.ceil(reach / FINE) + 1) * FINE
    spots = (line[:, None] + 1j * line).ravel()
    inside: Places = spots[np.abs(spots) <= reach] + middle
    return inside
