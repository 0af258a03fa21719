"""Pure questions to an atlas; every answer is a data frame or holds some, with the proving sentences."""

from graphx.query.about import ConceptAnswer, PaperAnswer, concept, neighbours, paper, why_joined
from graphx.query.finding import find, search
from graphx.query.networks import READABLE, Network, Selection, graph, network
from graphx.query.nodes import CONCEPT

__all__ = [
    "CONCEPT", "READABLE", "ConceptAnswer", "Network", "PaperAnswer", "Selection", "concept", "find", "graph",
    "neighbours", "network", "paper", "search", "why_joined",
]  # fmt: skip
