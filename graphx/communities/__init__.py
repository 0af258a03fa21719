"""Links to communities: nested groups of papers that are tied more to each other than to others.

The finest communities come from Leiden at the finest resolution that different runs agree on
(`sweep`); they are joined bottom-up to coarser ones (`joining`), numbered (`tree`), labelled by
what sets them apart from their parent (`labels`) and given their proof (`evidence`) and their
central and bridging papers (`standing`). All of it over the weights of the backbone: the many
faint links outside it come from hubs, and with them a few huge communities swallow the rest.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from graphx.communities.changes import changes
from graphx.communities.graph import Ints, Ties, leiden, paper_graph, paper_ties, seeded
from graphx.communities.joining import LEAST_STEP, between, heights, join, merged, polished
from graphx.communities.levels import communities, levels, membership, named
from graphx.communities.sweep import MANY, ROUNDS, Sweep, finest, sweep
from graphx.communities.tree import Older, name, plant
from graphx.similar import Neighbours
from graphx.tables import REST_LABEL, Settings, frame

__all__ = ["REST_LABEL", "SMALL_PILE", "Communities", "changes", "group", "paper_graph", "seeded"]

SMALL_PILE = 100
"""Papers; among fewer a pair is worth a name, among more a community has three papers or more."""


class Communities(NamedTuple):
    """The two tables that grouping gives."""

    communities: pd.DataFrame
    membership: pd.DataFrame


def group(
    papers: pd.DataFrame,
    links: pd.DataFrame,
    concepts: pd.DataFrame,
    paper_concepts: pd.DataFrame,
    mentions: pd.DataFrame,
    settings: Settings,
    near: Neighbours | None = None,
    previous: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Communities:
    """Group papers into nested communities, label them and say what proves the labels.

    Every paper has one community on level 0. Papers without links, and groups smaller than
    three papers (two in a `SMALL_PILE`), stand together there in a last community labelled
    `REST_LABEL`. Each community is wholly within its parent. One that does not divide has none
    below it, never a single one; papers of groups too small to name stay with the parent
    only and have no row on that level.

    Args:
        papers: the table.
        links: the table, of which the backbone counts.
        concepts: the table.
        paper_concepts: the table.
        mentions: the table.
        settings: `resolution` is that of level 0; `seed` decides.
        near: what `similar.neighbours` gives; texts that are alike tie papers, too.
        previous: `communities` and `membership` of an older atlas. Its papers move only where
            the links demand it, and communities keep the ids of those they overlap most.

    Returns:
        `communities`, by level and id with the rest last on its level, and `membership`, by level and as in `papers`.
    """
    if papers.empty:
        return Communities(frame("communities", []), frame("membership", []))
    ties = paper_ties(papers, links, near)
    older = Older(*previous, papers["paper_id"]) if previous else None
    runs = sweep(ties, settings.resolution, settings.seed)
    resolutions, columns = _nested(ties, runs, settings, older)
    nodes = plant(columns, 2 if len(papers) < SMALL_PILE else 3)
    name(nodes, older)
    found = levels(nodes, len(papers))
    what = named(papers, concepts, paper_concepts, mentions)
    members = [membership(level, depth, papers, runs, resolutions) for depth, level in enumerate(found)]
    rows = communities(found, ties, what, papers, concepts, mentions)
    return Communities(frame("communities", rows), frame("membership", pd.concat(members)))


def _nested(ties: Ties, runs: Sweep, settings: Settings, older: Older | None) -> tuple[list[float], list[Ints]]:
    """Return resolutions and community numbers of all papers at each, the coarsest first."""
    strength = ties.strength
    rounds = -1 if ties.n < MANY else ROUNDS
    resolution, of = finest(runs, ties)
    of = leiden(ties.graph(), strength, resolution, settings.seed, rounds, older.start(-1) if older else of)
    small, its = merged(ties, strength, of)
    n = int((its > 0).sum())
    coarser = between(heights(small, its), n, settings.resolution, resolution, runs)
    resolutions, columns = [resolution], [of]
    for lower in [*reversed(coarser), settings.resolution]:
        groups, its = merged(ties, strength, columns[0])
        joined = join(groups, its, lower, settings.seed)
        if lower == settings.resolution or LEAST_STEP * len(np.unique(joined[its > 0])) <= (its > 0).sum():
            columns.insert(0, joined[columns[0]])
            resolutions.insert(0, lower)
    if older:
        columns[0] = older.start(0)
    return resolutions, polished(ties, columns, resolutions, settings.seed, rounds)
