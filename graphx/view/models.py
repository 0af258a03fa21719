"""A selection to what a map draws, by whichever renderer suits its size."""

import json
from typing import Any, Literal

import numpy as np

from graphx.atlas import Atlas
from graphx.query import READABLE, Selection
from graphx.query.selections import Rows, rows
from graphx.view.discs import discs
from graphx.view.looks import grouped, level_of
from graphx.view.network import network_model
from graphx.view.points import points_model

READABLE_NODES = 1_500
"""More nodes than that are first shown as communities."""
MOST_NODES = 3_000
"""What is left of an atlas once a community was opened is drawn by vis-network up to this size."""

Renderer = Literal["network", "points"]


def model(
    atlas: Atlas,
    selection: Selection = READABLE,
    colour_by: str = "community",
    size_by: str = "papers",
    renderer: Renderer | None = None,
) -> dict[str, Any]:
    """Return what the map draws: plain values only, ready for JSON.

    Args:
        atlas: the atlas.
        selection: which part of it.
        colour_by: one of `looks.COLOUR_BY`.
        size_by: one of `looks.SIZE_BY`.
        renderer: what draws it, if not what suits the number of nodes.

    Returns:
        `renderer`; what `network_model` or `points_model` return; `groups` (id, label, colour, n: the legend);
        `discs` as `discs.discs` returns them: of one level, for points of that level and all below; none in focus.

    Raises:
        NotFoundError: the selection names a node or community that is not there.
    """
    chosen = rows(atlas, selection)
    n_nodes = len(chosen.papers) + len(chosen.concepts)
    opened = selection.within is not None or selection.focus is not None
    if renderer is None:
        renderer = "network" if n_nodes <= (MOST_NODES if opened else READABLE_NODES) else "points"
    groups = grouped(atlas, chosen, selection, colour_by)
    counts = np.bincount(groups.of, minlength=len(groups.groups))
    build = network_model if renderer == "network" else points_model
    return {
        "renderer": renderer,
        **build(atlas, selection, chosen, groups, size_by),
        "groups": [{**group._asdict(), "n": int(n)} for group, n in zip(groups.groups, counts, strict=True)],
        "discs": [] if selection.focus is not None else _discs(atlas, selection, chosen, renderer),
    }


def _discs(atlas: Atlas, selection: Selection, chosen: Rows, renderer: Renderer) -> list[dict[str, Any]]:
    """Return the discs of the coarsest level that divides a selection; to zoom into, also those of all levels below."""
    top, ids = level_of(atlas, selection)
    known = set(ids)
    deepest = int(atlas.communities["level"].max()) if renderer == "points" and len(atlas.communities) else top
    colour_of = {group.id: group.colour for group in grouped(atlas, chosen, selection).groups}
    found: list[dict[str, Any]] = []
    for level in range(top, deepest + 1):
        own = discs(atlas, chosen, level, colour_of)
        own = [disc for disc in own if disc["id"] in known or disc["parent"] in known]
        known |= {disc["id"] for disc in own}
        colour_of |= {disc["id"]: disc["colour"] for disc in own}
        found += own
    return found


def to_json(value: Any) -> str:
    """Write JSON that may stand in a page: no NaN, and nothing that ends a script."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
