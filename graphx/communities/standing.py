"""Where papers stand in their community: at its centre, or between it and others."""

import numpy as np
import pandas as pd

from graphx.communities.graph import Floats, Ints, Ties, sums

MOST = 5
"""Central and bridging papers that are named."""


def central(of: Ints, ties: Ties) -> Floats:
    """Return how central every paper is in its community: its weight inside times the share that is inside.

    The share keeps papers that are tied to everything, such as those with the longest
    abstracts, from being the centre of whatever they are put in.
    """
    return np.round(_inside(of, ties) ** 2 / np.where(ties.strength > 0, ties.strength, 1.0), 9)


def bridging(of: Ints, ties: Ties) -> Floats:
    """Return how well every paper bridges communities: strength times participation coefficient.

    Participation is 1 - Σ (k_s / k)² over communities s (R. Guimerà and L. A. N. Amaral,
    "Functional cartography of complex metabolic networks", Nature 433, 2005). Ties to papers
    without a community do not count.
    """
    ends, others = np.concatenate([ties.source, ties.target]), np.concatenate([ties.target, ties.source])
    weight = np.tile(ties.weight, 2)
    both = (of[ends] >= 0) & (of[others] >= 0)
    ends, others, weight = ends[both], others[both], weight[both]
    width = int(of.max(initial=-1)) + 1
    keys, place = np.unique(ends * width + of[others], return_inverse=True)
    per = sums(place, weight, len(keys))
    total = sums(ends, weight, ties.n)
    squares = sums(keys // max(width, 1), np.square(per), ties.n)
    return np.round(total - squares / np.where(total > 0, total, 1.0), 9)


def best(of: Ints, value: Floats, papers: pd.Series) -> dict[int, list[str]]:
    """Return for every community the papers with the highest values above 0, up to `MOST`."""
    rows = pd.DataFrame({"community": of, "value": value, "paper_id": papers.to_numpy(dtype=object)})
    rows = rows[(rows["community"] >= 0) & (rows["value"] > 0)]
    rows = rows.sort_values(["community", "value", "paper_id"], ascending=[True, False, True])
    top = rows.groupby("community").head(MOST)
    return {int(c): list(ids) for c, ids in top.groupby("community")["paper_id"]}


def _inside(of: Ints, ties: Ties) -> Floats:
    """Return every paper's weight of ties within its community."""
    same = (of[ties.source] == of[ties.target]) & (of[ties.source] >= 0)
    ends = np.concatenate([ties.source[same], ties.target[same]])
    return sums(ends, np.tile(ties.weight[same], 2), ties.n)
