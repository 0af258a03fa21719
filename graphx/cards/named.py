"""The card of the line between a paper and a concept: the sentences in which the one names the other."""

from html import escape

import pandas as pd

from graphx.cards.html import link, marked
from graphx.query import CONCEPT

_SAYS = {
    "introduces": "introduces",
    "uses": "uses",
    "compares": "compares itself with",
    "mentions": "mentions",
}


def named_card(found: pd.DataFrame) -> str:
    """Return the card as HTML, of what `graphx.query.named` tells."""
    paper, concept = found.attrs["paper"], found.attrs["concept"]
    items = "".join(
        f"<li><blockquote>{marked(row)}</blockquote>"
        f"<p class='facts'>found by {escape(row['by'])}, score {row['score']:.2f}; {escape(row['reason'])}</p></li>"
        for row in found.to_dict("records")
    )
    return (
        "<article><header><p class='kind'>link</p><h2>What the paper says of it</h2></header>"
        f"<p>{link(paper['paper_id'], paper['title'])} <b>{_SAYS[found.attrs['role']]}</b> "
        f"{link(CONCEPT + concept['concept_id'], concept['label'], concept['kind'], concept['kind'])}</p>"
        f"<ul class='papers'>{items}</ul></article>"
    )
