"""A selection as a vis-network model, built by pyvis (the only module that imports it).

pyvis builds the model and brings the vis-network script; its own page is not used, because it
loads scripts and styles from the network in every mode and does not escape what it shows.
"""

import json
import math
from importlib.resources import files
from typing import Any

import igraph as ig
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyvis.network import Network as VisNetwork

from graphx.atlas import Atlas
from graphx.communities import seeded
from graphx.query import CONCEPT, Network, Selection, network
from graphx.query.selections import Rows
from graphx.tables import Relation
from graphx.view.looks import SHAPES, Grouped, short_title, sizes

MOST_EDGES = 6_000
"""Lines that are drawn, the strongest of each node first; more are no picture."""
LONGEST_HINT = 140
"""Characters of what a line says when it is pointed at."""

_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True, "tooltipDelay": 100_000_000, "hideEdgesOnDrag": True, "hideEdgesOnZoom": True,
        "keyboard": {"enabled": True, "bindToWindow": False}, "multiselect": False, "dragNodes": False,
    },
    "nodes": {"borderWidth": 1, "borderWidthSelected": 4},
    "edges": {"smooth": False, "selectionWidth": 2, "hoverWidth": 1},
}  # fmt: skip
# The tooltip of vis-network is never shown (hence its delay): the page has cards of its own for what is pointed at.


def network_model(atlas: Atlas, selection: Selection, chosen: Rows, groups: Grouped, size_by: str) -> dict[str, Any]:
    """Return `nodes`, `edges` and `options` as vis-network takes them, and `n_edges`: how many edges there are in all.

    Nodes have no `label`, since vis-network would draw all of them, but `name` and `short`; `legend` (the id of a
    group; vis-network would colour what it knows as `group`) and `about` (lines for the card at the pointer).
    Edges have `relation` and `about`.
    """
    part = network(atlas, selection)
    edges = _strongest(part.edges)
    place = _around(part, edges) if selection.focus else part.nodes[["x", "y"]].to_numpy(dtype=float)
    radius = sizes(atlas, chosen, size_by)
    net = VisNetwork(directed=True)
    # pyvis looks every node and edge up in a list before it adds it; filling the lists is the same, and linear.
    net.nodes = [
        _node(row, groups, int(group), float(size), xy)
        for row, group, size, xy in zip(part.nodes.to_dict("records"), groups.of, radius, place, strict=True)
    ]
    net.edges = [_edge(n, row) for n, row in enumerate(edges.to_dict("records"))]
    net.set_options(json.dumps(_OPTIONS))
    nodes, lines, _, _, _, options = net.get_network_data()
    return {"nodes": nodes, "edges": lines, "options": json.loads(options), "n_edges": len(part.edges)}


def vis_script() -> str:
    """Return the vis-network script that pyvis brings along."""
    return files("pyvis").joinpath("templates/lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")


def _node(row: dict[str, Any], groups: Grouped, group: int, size: float, place: NDArray[np.float64]) -> dict[str, Any]:
    is_paper = row["type"] == "paper"
    n_papers = int(row["n_papers"]) if pd.notna(row["n_papers"]) else 0
    about = ["paper" if is_paper else f"{row['kind']} in {n_papers} paper{'s' * (n_papers != 1)}"]
    if pd.notna(row["year"]):
        about[0] += f", {row['year']}"
    if pd.notna(row["community"]):
        about.append(row["community"])
    return {
        "id": row["node_id"],
        "name": row["label"],
        "short": short_title(row["label"]) if is_paper else row["label"],
        "about": about,
        "shape": SHAPES[row["kind"]],
        "size": size,
        "color": groups.groups[group].colour,
        "legend": groups.groups[group].id,
        "x": round(float(place[0]), 1),
        "y": round(float(place[1]), 1),
    }


def _edge(n: int, row: dict[str, Any]) -> dict[str, Any]:
    relation, said = row["relation"], row["evidence"] if isinstance(row["evidence"], str) else ""
    is_role = row["target"].startswith(CONCEPT)
    edge = {
        "id": f"e{n}",
        "from": row["source"],
        "to": row["target"],
        "relation": relation,
        "about": said if len(said) <= LONGEST_HINT else f"{said[:LONGEST_HINT].rsplit(' ', 1)[0]} …",
        "width": 0.6 if is_role else round(min(0.6 + 4 * row["weight"], 4), 2),
    }
    if relation == Relation.BUILDS_ON:
        edge |= {"arrows": "to", "width": 2.5}
    return edge


def _strongest(edges: pd.DataFrame) -> pd.DataFrame:
    """Return at most `MOST_EDGES` edges: for every node its strongest, then its second, and so on."""
    if len(edges) <= MOST_EDGES:
        return edges
    scale = edges.groupby("relation")["weight"].rank(pct=True)  # a role's weight is on another scale than a link's
    order = scale.sort_values(ascending=False, kind="stable").index
    ranks = [edges.loc[order].groupby(end).cumcount() for end in ("source", "target")]
    rank = pd.concat(ranks, axis=1).min(axis=1)
    return edges.loc[rank.sort_values(kind="stable").index[:MOST_EDGES]].sort_index()


def _around(part: Network, edges: pd.DataFrame) -> NDArray[np.float64]:
    """Lay the few nodes around a focus out by force, always the same way."""
    place = {node: n for n, node in enumerate(part.nodes["node_id"])}
    ends = [(place[a], place[b]) for a, b in zip(edges["source"], edges["target"], strict=True)]
    graph = ig.Graph(n=len(place), edges=ends)
    with seeded(1):
        layout = graph.layout_kamada_kawai() if len(place) > 1 else [(0.0, 0.0)]
    xy = np.array(list(layout), dtype=float)
    spread = np.abs(xy - xy.mean(axis=0)).max() or 1.0
    found: NDArray[np.float64] = (xy - xy.mean(axis=0)) / spread * 60 * math.sqrt(len(place)) * np.array([1.3, 1.0])
    return found
