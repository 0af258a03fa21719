"""A selection of many nodes as arrays: what the canvas renderer draws where vis-network would be too slow."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphx.atlas import Atlas
from graphx.query import CONCEPT, Selection
from graphx.query.selections import Rows, ends
from graphx.tables import Kind
from graphx.view.looks import Grouped, named_pairs, sizes, strongest_ties

TIES = 5
"""Links of every paper that are drawn when it is pointed at: the strongest."""
_KINDS = ("paper", *Kind)


def points_model(atlas: Atlas, selection: Selection, chosen: Rows, groups: Grouped, size_by: str) -> dict[str, Any]:
    """Return `points` (n, and arrays of x, y, size, group, shape, ids, labels, about) and `edges` (source, target).

    Numbers are little-endian arrays in base64: x and y float32, size uint8 (0 to 255), group uint16,
    shape uint8 (0 paper, then the kinds in their order), source and target uint32.
    """
    papers, concepts = atlas.papers.take(chosen.papers), atlas.concepts.take(chosen.concepts)
    xy = np.concatenate([part[["x", "y"]].to_numpy(dtype=np.float32) for part in (papers, concepts)])
    radius = sizes(atlas, chosen, size_by)
    size = np.rint(255 * radius / max(float(radius.max(initial=1)), 1e-9))
    kind = np.array([_KINDS.index(kind) for kind in concepts["kind"]], dtype=np.uint8)
    years = papers["year"].astype(object).where(papers["year"].notna(), None)
    about = [
        *(f"paper, {year}" if year else "paper" for year in years),
        *(
            f"{kind} in {n} paper{'s' * (n != 1)}"
            for kind, n in zip(concepts["kind"], concepts["n_papers"], strict=True)
        ),
    ]
    source, target = _edges(atlas, selection, chosen)
    return {
        "points": {
            "n": len(radius),
            "x": _packed(xy[:, 0], "<f4"),
            "y": _packed(xy[:, 1], "<f4"),
            "size": _packed(size, "u1"),
            "group": _packed(groups.of, "<u2"),
            "shape": _packed(np.concatenate([np.zeros(len(papers)), kind]), "u1"),
            "ids": [*papers["paper_id"], *(CONCEPT + concepts["concept_id"])],
            "labels": [*papers["title"], *concepts["label"]],
            "about": about,
        },
        "edges": {"source": _packed(source, "<u4"), "target": _packed(target, "<u4")},
    }


def _edges(atlas: Atlas, selection: Selection, chosen: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ends of the ties between the nodes, as their places."""
    inside = np.zeros(len(atlas.papers), dtype=bool)
    inside[chosen.papers] = True
    place = np.cumsum(inside) - 1
    rows = strongest_ties(atlas, inside, selection.noise, TIES)
    source, target = (place[end[rows]] for end in ends(atlas))
    naming, named = named_pairs(atlas, chosen)
    return np.concatenate([source, naming]), np.concatenate([target, named])


def _packed(values: NDArray[Any], form: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=form).tobytes()).decode("ascii")
