"""Pure questions to an atlas; every answer is a data frame or holds some, with the proving sentences.

Where an answer has something to say of itself (how many papers are dated, that a word was taken for
another), it stands in the frame's `attrs["note"]`.
"""

from graphx.query.about import ConceptAnswer, PaperAnswer, concept, linked, neighbours, paper, proof, why, why_joined
from graphx.query.communities import CommunityAnswer, Comparison, community, compare_communities
from graphx.query.connectors import bridges
from graphx.query.finding import find, find_community, find_concept, find_paper, search
from graphx.query.heat import Heat, PairAnswer, heat, pair
from graphx.query.lists import extent, list_communities, list_concepts, list_papers
from graphx.query.naming import named
from graphx.query.networks import Network, graph, network
from graphx.query.nodes import COMMUNITY, CONCEPT, LINK
from graphx.query.pathways import path
from graphx.query.reading import reading_list
from graphx.query.selections import READABLE, Selection
from graphx.query.timelines import trends
from graphx.query.untried import backtest, gaps
from graphx.query.when import dated, history

__all__ = [
    "COMMUNITY",
    "CONCEPT",
    "LINK",
    "READABLE",
    "CommunityAnswer",
    "Comparison",
    "ConceptAnswer",
    "Heat",
    "Network",
    "PairAnswer",
    "PaperAnswer",
    "Selection",
    "backtest",
    "bridges",
    "community",
    "compare_communities",
    "concept",
    "dated",
    "extent",
    "find",
    "find_community",
    "find_concept",
    "find_paper",
    "gaps",
    "graph",
    "heat",
    "history",
    "linked",
    "list_communities",
    "list_concepts",
    "list_papers",
    "named",
    "neighbours",
    "network",
    "pair",
    "paper",
    "path",
    "proof",
    "reading_list",
    "search",
    "trends",
    "why",
    "why_joined",
]  # fmt: skip
