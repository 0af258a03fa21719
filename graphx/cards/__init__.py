"""Whatever can be chosen to its card: the HTML that tells what an atlas knows of it, with the proving sentences."""

from graphx.atlas import Atlas
from graphx.cards.community import community_card
from graphx.cards.comparison import comparison_card
from graphx.cards.concept import concept_card, concept_page
from graphx.cards.named import named_card
from graphx.cards.paper import paper_card, paper_page, to_read
from graphx.cards.start import results, welcome
from graphx.cards.tree import tree
from graphx.cards.why import why_card
from graphx.query import COMMUNITY, CONCEPT, LINK, community, concept, linked, named, paper, why

__all__ = ["card", "comparison_card", "concept_page", "paper_page", "results", "to_read", "tree", "welcome"]


def card(atlas: Atlas, node_id: str) -> str:
    """Return the card of a paper, a concept, a community, or a link between two of them, as HTML.

    Raises:
        NotFoundError: there is no such thing; the message names what comes closest.
    """
    if node_id.startswith(CONCEPT):
        return concept_card(concept(atlas, node_id.removeprefix(CONCEPT)))
    if node_id.startswith(COMMUNITY):
        return community_card(community(atlas, node_id.removeprefix(COMMUNITY)))
    if node_id.startswith(LINK) and (ends := node_id.removeprefix(LINK).split(f" {CONCEPT}"))[1:]:
        return named_card(named(atlas, ends[0], ends[1]))
    if node_id.startswith(LINK):
        one, other = linked(atlas, node_id)
        titles = [str(atlas.where("papers", "paper_id", i)["title"].iloc[0]) for i in (one, other)]
        return why_card(((one, titles[0]), (other, titles[1])), why(atlas, one, other))
    return paper_card(paper(atlas, node_id))
