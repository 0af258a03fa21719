"""GraphML (U. Brandes et al., "GraphML progress report", 2002), as networkx writes it.

Every attribute has one type, every edge an id of its own. The graph is directed as a whole;
a link that has no direction says so in its attribute `directed`.
"""

import io

import networkx as nx

from graphx.atlas import Atlas
from graphx.query import Selection, graph
from graphx.writers.xml import legal_graph


def write(atlas: Atlas, selection: Selection) -> bytes:
    """Return the bytes of a GraphML file."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(legal_graph(graph(atlas, selection)), buffer, named_key_ids=True)
    return buffer.getvalue()
