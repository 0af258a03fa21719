"""What a visitor looks at: kept in the page's address, so that it can be shared, and nowhere else.

One thing is chosen at a time, and all pages share it: a paper, a concept (`concept:…`), a
community (`community:…`) or the link between two papers (`link:… …`). Maps, cards, tables and the
search all call `choose`; the last one wins, and the browser's way back works.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

NODE = "node"
SHARED = (NODE, "atlas", "methods", "datasets", "tasks", "metrics", "noise")
"""What goes along when one page is left for another: the choice, the atlas, and how much each kind counts."""
_SEARCHING = "searching"
_GOING = "going"


def node() -> str | None:
    """Return the id of what is chosen."""
    return st.query_params.get(NODE)


def choose(node_id: str | None) -> None:
    """Choose something, or nothing."""
    st.session_state[_SEARCHING] = False
    _set(NODE, node_id)


def follow(click: Mapping[str, Any]) -> None:
    """Do what a click in a card or picture asks for.

    Args:
        click: the `data-…` values of what was clicked. `node` is chosen; with `page`, that page is
            opened, and what else there is becomes its address.
    """
    if "page" in click:
        go(**click)
    elif "node" in click:
        choose(click["node"])


def go(page: str, **address: str) -> None:
    """Open another page (its path: "", "concept", "gaps" …) once this run is over, with some of its address given."""
    st.session_state[_SEARCHING] = False
    st.session_state[_GOING] = (page, address)


def going() -> tuple[str, dict[str, str]] | None:
    """Return, once, the page that was asked for, and its address."""
    asked: tuple[str, dict[str, str]] | None = st.session_state.pop(_GOING, None)
    return asked


def searching() -> bool:
    """Tell whether the search was used after the last choice."""
    return bool(st.session_state.get(_SEARCHING, node() is None))


def search() -> None:
    """Let the results of the search come before what is chosen."""
    st.session_state[_SEARCHING] = True


def _set(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
