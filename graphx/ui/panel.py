"""The panel beside every picture: what was searched for, or the card of what is chosen and what can be done with it."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards import card, results
from graphx.errors import NotFoundError
from graphx.query import COMMUNITY, CONCEPT, LINK
from graphx.ui import chosen, components


def panel(atlas: Atlas, otherwise: str, note: str = "") -> None:
    """Show the results of the search, else the card of what is chosen, else some HTML.

    Args:
        atlas: the atlas.
        otherwise: what stands here while nothing is chosen.
        note: a sentence above the card.
    """
    node = chosen.node()
    if searched(atlas, chosen.follow):
        return
    if not node:
        components.html(otherwise)
        return
    try:
        html = actions(node) + card(atlas, node)
    except NotFoundError as error:
        html = f"<article><p>{escape(str(error))}</p></article>"
    components.html((f"<p class='facts'>{escape(note)}</p>" if note else "") + html)


def stays() -> None:
    """Keep the panel in view while a long page is scrolled."""
    st.html(
        "<style>@media (min-width: 641px) { .stColumn:has(.st-key-card) { position: sticky; top: 4rem; "
        "align-self: flex-start; } }</style>"
    )


def searched(atlas: Atlas, on_click: components.Clicked) -> bool:
    """Show the results of the search, if that is what the visitor looks at, and tell whether it is."""
    words = (st.session_state.get("q") or "").strip()
    if not words or not chosen.searching():
        return False
    components.html(results(query.search(atlas, words), words), on_click=on_click)
    return True


def at_home(click: Mapping[str, Any]) -> None:
    """Open what was clicked on the page that tells all of it, for pages that have no panel."""
    node = click.get("node")
    if node is None or "page" in click:
        chosen.follow(click)
    elif node.startswith(COMMUNITY):
        chosen.go("communities", node=node)
    else:
        chosen.go("concept" if node.startswith(CONCEPT) else "paper", node=node)


def as_addressed(*names: str) -> None:
    """Let widgets that are bound to the address be as it says, before they are laid out.

    Else they would keep what another page, or another thing on the same page, was left with.
    """
    for name in names:
        if name not in st.query_params:
            st.session_state.pop(name, None)


def actions(node: str) -> str:
    """Return links to what can be done with something chosen."""
    if node.startswith(COMMUNITY):
        own = node.removeprefix(COMMUNITY)
        doings = [
            _action("Open on the map", "map", within=own),
            _action("Compare it", "communities", node=node, show="compare", a=own),
            _action("Export it", "export", within=own),
        ]
    elif node.startswith(LINK):
        doings = [_action("Full page", "paper", node=node)]
    else:
        doings = [
            _action("Focus on the map", "map", focus=node),
            _action("Full page", "concept" if node.startswith(CONCEPT) else "paper", node=node),
            _action("Path from here", "path", source=node),
        ]
    return f"<nav class='actions' aria-label='What can be done with it'>{''.join(doings)}</nav>"


def _action(title: str, page: str, **address: str) -> str:
    """Return a link to a page, or nothing if it is this page and its address would say nothing new."""
    if st.session_state.get("page") == page and set(address) <= {chosen.NODE, "source"}:
        return ""
    data = "".join(f" data-{key}='{escape(value)}'" for key, value in address.items())
    where = "" if page == "map" else page
    return f"<a href='/{where}?{escape(urlencode(address))}' data-page='{page}'{data}>{title}</a>"
