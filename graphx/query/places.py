"""Where every node stands in its table."""

from graphx.atlas import Atlas
from graphx.query.nodes import CONCEPT


def places(atlas: Atlas) -> dict[str, int]:
    """Return the place of every paper in `papers` and of every concept in `concepts`; made once for an atlas."""
    return atlas.once("places", _places)


def _places(atlas: Atlas) -> dict[str, int]:
    papers = {paper_id: place for place, paper_id in enumerate(atlas.papers["paper_id"])}
    return papers | {CONCEPT + concept_id: place for place, concept_id in enumerate(atlas.concepts["concept_id"])}
