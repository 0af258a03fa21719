"""A selection to something to look at: a vis-network model, and one self-contained HTML page.

The only module that imports pyvis. pyvis builds the model and brings the vis-network script;
its own page is not used, because it loads scripts and styles from the network in every
mode and does not escape what it shows.
"""

import json
import math
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from pyvis.network import Network as VisNetwork

from graphx.atlas import Atlas
from graphx.cards import card, welcome
from graphx.layout.discs import enclosed
from graphx.query import CONCEPT, READABLE, Network, Selection, network
from graphx.tables import Kind, Relation

PALETTE = (
    "#3b82c4", "#e69f00", "#199e77", "#cc79a7", "#d55e00", "#7b5cc4",
    "#8c9a2b", "#56b4e9", "#b0475f", "#3aa6a0", "#a0764a", "#6b8e23",
)  # fmt: skip
"""After M. Okabe and K. Ito, "Color universal design", with tones that stand on light and dark."""
REST_COLOUR = "#8a9099"
SHAPES = {
    "paper": "dot",
    Kind.METHOD: "diamond",
    Kind.DATASET: "square",
    Kind.TASK: "triangle",
    Kind.METRIC: "star",
}
LONGEST_LABEL = 42
"""Characters of a title on the map; hovering shows all of it."""

_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True, "tooltipDelay": 120, "hideEdgesOnDrag": True, "hideEdgesOnZoom": True,
        "keyboard": {"enabled": True, "bindToWindow": False}, "multiselect": False, "dragNodes": False,
    },
    "nodes": {"borderWidth": 1, "borderWidthSelected": 4, "scaling": {"label": {"enabled": False, "drawThreshold": 8}}},
    "edges": {"smooth": False, "selectionWidth": 2, "hoverWidth": 1},
}  # fmt: skip


def colours(atlas: Atlas) -> dict[str, str]:
    """Return a colour for every community; small ones share a grey."""
    ids = list(atlas.coarsest["community_id"])
    return {i: PALETTE[n] if n < len(PALETTE) else REST_COLOUR for n, i in enumerate(ids)}


def node_size(node_type: str, n_papers: int, n_links: int) -> float:
    """Return a node's radius in pixels at zoom 1."""
    radius = 9 + 3.2 * math.sqrt(n_papers) if node_type == "concept" else 8 + 1.3 * math.sqrt(n_links)
    return round(radius, 1)


def model(atlas: Atlas, selection: Selection = READABLE) -> dict[str, Any]:
    """Return what the map draws: plain values only, ready for JSON.

    Returns:
        `nodes`, `edges` and `options` as vis-network takes them, and `communities`:
        id, label, colour, n (papers shown), x, y and r (the disc around its nodes).
    """
    part = network(atlas, selection)
    colour_of = colours(atlas)
    net = VisNetwork(directed=True)
    # pyvis looks every node and edge up in a list before it adds it; filling the lists is the same, and linear.
    net.nodes = [_node(row, colour_of) for row in part.nodes.to_dict("records")]
    net.edges = [_edge(n, row) for n, row in enumerate(part.edges.to_dict("records"))]
    net.set_options(json.dumps(_OPTIONS))
    nodes, edges, _, _, _, options = net.get_network_data()
    return {
        "nodes": nodes,
        "edges": edges,
        "options": json.loads(options),
        "communities": _discs(atlas, part, colour_of),
    }


def to_json(value: Any) -> str:
    """Write JSON that may stand in a page: no NaN, and nothing that ends a script."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def vis_script() -> str:
    """Return the vis-network script that pyvis brings along."""
    return files("pyvis").joinpath("templates/lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")


def page(atlas: Atlas, selection: Selection = READABLE) -> str:
    """Return the map as one HTML page with a card for every node; nothing in it is loaded from elsewhere."""
    data = model(atlas, selection)
    cards = {node["id"]: card(atlas, node["id"]) for node in data["nodes"]}
    counts = f"{len(atlas.papers)} papers, {len(atlas.concepts)} concepts, {len(atlas.coarsest)} communities"
    parts = {
        "counts": escape(counts),
        "welcome": welcome(atlas),
        "style": _frontend("card.css") + _frontend("map.css"),
        "vis": vis_script().replace("</script", "<\\/script"),
        "map": _frontend("map.js"),
        "data": to_json(data),
        "cards": to_json(cards),
    }
    html = files("graphx").joinpath("page.html").read_text(encoding="utf-8")
    before, *rest = html.split("{{")
    return before + "".join(parts[name] + after for name, after in (piece.split("}}", 1) for piece in rest))


@lru_cache
def _frontend(name: str) -> str:
    return files("graphx").joinpath("ui/frontend", name).read_text(encoding="utf-8")


def _node(row: dict[str, Any], colour_of: dict[str, str]) -> dict[str, Any]:
    is_paper = row["type"] == "paper"
    colour = colour_of.get(row["community_id"], REST_COLOUR)
    n_papers, n_links = _int(row["n_papers"]), _int(row["n_links"])
    about = [row["label"], "paper" if is_paper else f"{row['kind']} in {n_papers} papers"]
    if pd.notna(row["year"]):
        about[1] += f", {row['year']}"
    if pd.notna(row["community"]):
        about.append(row["community"])
    return {
        "id": row["node_id"],
        "label": short_title(row["label"]) if is_paper else row["label"],
        "title": "\n".join(about),
        "shape": SHAPES[row["kind"]],
        "size": node_size(row["type"], n_papers, n_links),
        "color": colour,
        "community": row["community_id"],
        "x": row["x"],
        "y": row["y"],
        "font": {"size": 12 if is_paper else round(min(13 + 2.6 * math.sqrt(n_papers), 34))},
    }


def _edge(n: int, row: dict[str, Any]) -> dict[str, Any]:
    relation = row["relation"]
    is_link = not row["target"].startswith(CONCEPT)
    edge = {
        "id": f"e{n}",
        "from": row["source"],
        "to": row["target"],
        "relation": relation,
        "width": round(min(0.6 + 4 * row["weight"], 4), 2) if is_link else 0.6,
    }
    if relation == Relation.BUILDS_ON:
        edge |= {"arrows": "to", "width": 2.5}
    return edge


def short_title(title: str) -> str:
    """Return a title's name before the colon, or its start, to stand on the map."""
    name, _, _ = title.partition(": ")
    name = name if 2 <= len(name) <= LONGEST_LABEL else title
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rsplit(' ', 1)[0]}…"


def _discs(atlas: Atlas, part: Network, colour_of: dict[str, str]) -> list[dict[str, Any]]:
    discs = []
    for c in atlas.coarsest.itertuples():
        own = part.nodes[part.nodes["community_id"] == c.community_id]
        if own.empty:
            continue
        x, y = own["x"].to_numpy(dtype=float), own["y"].to_numpy(dtype=float)
        centre, radius = enclosed(x + 1j * y, np.zeros(len(own)))
        discs.append(
            {
                "id": c.community_id,
                "label": c.label,
                "colour": colour_of[c.community_id],
                "n": int((own["type"] == "paper").sum()),
                "x": round(centre.real, 1),
                "y": round(centre.imag, 1),
                "r": round(radius + 30, 1),
            }
        )
    return discs


def _int(value: Any) -> int:
    return int(value) if pd.notna(value) else 0
