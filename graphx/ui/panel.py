"""The panel beside every picture: what was searched for, or the card of what is chosen and what can be done with it."""

from html import escape
from urllib.parse import quote

import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards import card, results
from graphx.errors import NotFoundError
from graphx.query import CONCEPT
from graphx.ui import chosen, components


def panel(atlas: Atlas, otherwise: str, note: str = "") -> None:
    """Show the results of the search, else the card of what is chosen, else some HTML.

    Args:
        atlas: the atlas.
        otherwise: what stands here while nothing is chosen.
        note: a sentence above the card.
    """
    words = (st.session_state.get("q") or "").strip()
    node = chosen.node()
    if words and chosen.searching():
        components.html(results(query.search(atlas, words), words))
        return
    if not node:
        components.html(otherwise)
        return
    try:
        html = _actions(node) + card(atlas, node)
    except NotFoundError as error:
        html = f"<article><p>{escape(str(error))}</p></article>"
    components.html((f"<p class='facts'>{escape(note)}</p>" if note else "") + html)


def _actions(node: str) -> str:
    """Return links to what can be done with a paper or concept."""
    if node.startswith(("community:", "link:")):
        return ""
    own = "concept" if node.startswith(CONCEPT) else "paper"
    doings = [("map", "focus", "Focus on the map"), (own, "node", "Full page"), ("path", "source", "Path from here")]
    links = "".join(
        f"<a href='/{'' if page == 'map' else page}?{key}={quote(node)}' data-page='{page}' "
        f"data-{key}='{escape(node)}'>{title}</a>"
        for page, key, title in doings
        if st.session_state.get("page") != page or page == "map"
    )
    return f"<nav class='actions'>{links}</nav>"
