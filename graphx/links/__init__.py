"""Concepts and references to links: which papers are tied, how strongly, by what, and the proof.

Four relations: `shares` (both name the same concepts), `builds_on` (one names what the other
introduces), `cites` (from reference lists) and `similar` (alike by their text, where they
share no concept). The backbone says which links are more than chance.
"""

import pandas as pd

from graphx import similar
from graphx.links.backbone import NOISE, backbone, disparity, reweigh
from graphx.links.builds_on import find_builds_on
from graphx.links.cites import find_cites, match
from graphx.links.shares import PARTS, concept_matrix, find_shares, scaled
from graphx.similar import Neighbours
from graphx.tables import frame

__all__ = ["NOISE", "PARTS", "backbone", "disparity", "link", "match", "reweigh"]


def link(
    papers: pd.DataFrame,
    mentions: pd.DataFrame,
    concepts: pd.DataFrame,
    paper_concepts: pd.DataFrame,
    references: pd.DataFrame,
    near: Neighbours,
) -> pd.DataFrame:
    """Return the table `links`, sorted by relation, source and target.

    Args:
        papers: the table.
        mentions: the table.
        concepts: the table.
        paper_concepts: the table.
        references: the table, as `match` gives it.
        near: what `similar.neighbours` gives.
    """
    weights = scaled(paper_concepts, concepts)
    named = concept_matrix(weights, papers, concepts)
    found = {
        "builds_on": find_builds_on(papers, mentions, concepts, weights),
        "cites": find_cites(references),
        "shares": find_shares(named, papers, concepts),
        "similar": similar.find(papers, named, near),
    }
    tables = [frame("links", rows) for _, rows in sorted(found.items()) if len(rows)]
    return pd.concat(tables, ignore_index=True) if tables else frame("links", [])
