"""A node to its card: the HTML that tells what an atlas knows of it, with the proving sentences."""

from graphx.atlas import Atlas
from graphx.cards.concept import concept_card
from graphx.cards.paper import paper_card
from graphx.cards.start import results, welcome
from graphx.query import CONCEPT, concept, paper

__all__ = ["card", "results", "welcome"]


def card(atlas: Atlas, node_id: str) -> str:
    """Return the card of a paper or concept as HTML.

    Raises:
        NotFoundError: there is no such node.
    """
    if node_id.startswith(CONCEPT):
        return concept_card(concept(atlas, node_id.removeprefix(CONCEPT)))
    return paper_card(paper(atlas, node_id))
