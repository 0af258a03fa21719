"""Node-link JSON, as `networkx.node_link_graph(data, edges="links")` and d3 read it."""

import json

import networkx as nx

from graphx.atlas import Atlas
from graphx.query import Selection, graph


def write(atlas: Atlas, selection: Selection) -> bytes:
    """Return the bytes of a JSON file."""
    data = nx.node_link_data(graph(atlas, selection), edges="links")
    return json.dumps(data, ensure_ascii=True, allow_nan=False, indent=1).encode()
