"""What both XML formats need: text that an XML file may hold."""

import re
from typing import Any

import networkx as nx

# Everything outside the production Char of XML 1.0 (fifth edition, section 2.2).
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(value: Any) -> Any:
    """Take characters that XML cannot hold out of a text; leave other values alone."""
    return _ILLEGAL.sub("", value) if isinstance(value, str) else value


def legal_graph(graph: "nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    """Return a copy of a graph whose ids and attributes XML can hold."""
    copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, attributes in graph.nodes(data=True):
        copy.add_node(legal(node), **{key: legal(value) for key, value in attributes.items()})
    for source, target, key, attributes in graph.edges(keys=True, data=True):
        copy.add_edge(legal(source), legal(target), key=key, **{k: legal(v) for k, v in attributes.items()})
    return copy
