"""GEXF 1.3 for Gephi, with colours by community, sizes and positions in its viz namespace."""

import io

import networkx as nx

from graphx.atlas import Atlas
from graphx.query import Selection, graph
from graphx.view import colours, node_size
from graphx.writers.xml import legal_graph


def write(atlas: Atlas, selection: Selection) -> bytes:
    """Return the bytes of a GEXF file."""
    whole = legal_graph(graph(atlas, selection))
    colour_of = colours(atlas)
    for _, node in whole.nodes(data=True):
        red, green, blue = bytes.fromhex(colour_of[node["community_id"]][1:])
        node["viz"] = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            "size": node_size(node["type"], node.get("n_papers", 0), node.get("n_links", 0)),
            # Gephi's y grows upwards, the map's downwards.
            "position": {"x": node.pop("x"), "y": -node.pop("y"), "z": 0.0},
        }
    buffer = io.BytesIO()
    nx.write_gexf(whole, buffer, version="1.3")
    return buffer.getvalue()
