"""What stands where no card is asked for: where to start, and what a search found."""

from html import escape

import pandas as pd

from graphx.atlas import Atlas
from graphx.cards.html import after, chip, community_link, count, link


def welcome(atlas: Atlas) -> str:
    """Return what to show while nothing is chosen: how to go on, and where to start."""
    top = atlas.concepts.sort_values(["n_papers", "concept_id"], ascending=[False, True]).head(12)
    chips = "".join(chip(c.concept_id, c.label, c.kind) for c in top.itertuples())
    communities = "".join(
        f"<li>{community_link(c.community_id, c.label)} <small>{count(c.n_papers)}</small></li>"
        for c in atlas.coarsest.head(8).itertuples()
    )
    return (
        "<article><header><h2>Start here</h2></header>"
        "<p>Dots are papers; the other shapes are what they name. <b>Click</b> one to see what it is, "
        "what it is tied to, and the sentence that says so. Scroll to zoom, drag to move.</p>"
        f"<h3>Named most</h3><p class='chips'>{chips}</p>"
        f"<h3>Largest communities</h3><ul>{communities}</ul></article>"
    )


def results(found: pd.DataFrame, words: str) -> str:
    """Return the hits of a search as HTML."""
    items = "".join(
        f"<li>{link(hit.node_id, hit.label)} <small>{escape(hit.type)}{after(hit.detail)}</small></li>"
        for hit in found.itertuples()
    )
    body = f"<ul class='papers'>{items}</ul>" if items else "<p>Nothing found. Try fewer or shorter words.</p>"
    return f"<article><header><h2>Search: {escape(words)}</h2></header>{body}</article>"
