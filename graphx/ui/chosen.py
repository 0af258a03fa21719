"""Which node is chosen: kept in the page's address and nowhere else.

The map, the card, the table and the search all call `choose`; the last one wins, and the
browser's way back works.
"""

import streamlit as st

_NODE = "node"
_SEARCHING = "searching"


def node() -> str | None:
    """Return the chosen node's id."""
    return st.query_params.get(_NODE)


def searching() -> bool:
    """Tell whether the search was used after the last choice."""
    return bool(st.session_state.get(_SEARCHING, node() is None))


def choose(node_id: str | None) -> None:
    """Choose a node, or none."""
    st.session_state[_SEARCHING] = False
    if node_id is None:
        st.query_params.pop(_NODE, None)
    else:
        st.query_params[_NODE] = node_id


def search() -> None:
    """Let the results of the search come before the chosen node."""
    st.session_state[_SEARCHING] = True
