"""The discs behind the nodes of a map: one for every community that is shown, around what belongs to it."""

from typing import Any

import numpy as np

from graphx.atlas import Atlas
from graphx.layout.discs import enclosed
from graphx.query.selections import Rows, community_of, homes
from graphx.view.looks import REST_COLOUR

MARGIN = 30
"""Pixels at zoom 1 between a disc and what is in it."""


def discs(atlas: Atlas, chosen: Rows, level: int, colour_of: dict[str, str]) -> list[dict[str, Any]]:
    """Return the discs of the communities of a level that have nodes in a selection.

    Args:
        atlas: the atlas.
        chosen: the rows of the selection.
        level: of the communities.
        colour_of: by community; one that is not there has its parent's.

    Returns:
        id, label, colour, level, parent, n (papers of the selection), x, y and r, by row of `communities`.
    """
    xy = np.concatenate(
        [
            atlas.papers[["x", "y"]].take(chosen.papers).to_numpy(dtype=float),
            atlas.concepts[["x", "y"]].take(chosen.concepts).to_numpy(dtype=float),
        ]
    )
    spot = xy[:, 0] + 1j * xy[:, 1]
    papers = community_of(atlas, level)[chosen.papers]
    number = np.concatenate([papers, homes(atlas, level)[chosen.concepts]])
    if level > 0 and len(papers):  # concepts of a community that is in no part of it lie between the parts
        number[len(papers) :] = -1
    n_papers = np.bincount(papers[papers >= 0], minlength=len(atlas.communities))
    order = np.argsort(number, kind="stable")
    ids, start = np.unique(number[order], return_index=True)
    found = []
    for community, own in zip(ids, np.split(order, start[1:]), strict=True):
        if community < 0:
            continue
        row = atlas.communities.iloc[int(community)]
        parent = row["parent"] if isinstance(row["parent"], str) else None
        centre, radius = enclosed(spot[own], np.zeros(len(own)))
        found.append(
            {
                "id": row["community_id"],
                "label": row["label"],
                "colour": colour_of.get(row["community_id"], colour_of.get(parent or "", REST_COLOUR)),
                "level": level,
                "parent": parent,
                "n": int(n_papers[community]),
                "x": round(centre.real, 1),
                "y": round(centre.imag, 1),
                "r": round(radius + MARGIN, 1),
            }
        )
    return found
