"""How two papers or concepts hang together: a chain of sentences from one to the other."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards.chain import browse, chain, hits, ways
from graphx.errors import NotFoundError
from graphx.query import CONCEPT
from graphx.query.places import places
from graphx.tables import Kind
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import panel, stays

ENDS = {"source": "From", "target": "To"}
WAYS = 3
FOUND = 8
BROWSED = 60
"""Concepts of each kind that can be chosen without typing."""
_OTHERWISE = (
    "<article><header><h2>How to read it</h2></header><p>Every step is a sentence: a paper names a concept, or says "
    "that it builds on another. Papers tie concepts, concepts tie papers. A concept that nearly every paper names is "
    "a long way round, so the way prefers what is particular.</p><p>The sentence proves its step, not the whole way: "
    "two papers that name <i>retrieval</i> need not mean the same. The number of a step is how convincing it is.</p>"
    "<p><b>Choose a station</b> to see what it is.</p></article>"
)


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    st.title("Path", help="How two papers or concepts hang together, with a sentence for every step.")
    stays()
    with st.spinner("Making the index of all names"):
        nodes = {end: _known(atlas, st.query_params.get(end)) for end in ENDS}
    _pickers(atlas, nodes)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if nodes["source"] and nodes["target"]:
            _ways(atlas, nodes["source"], nodes["target"])
        else:
            components.html(_start(nodes), key="way", scroll=False)
    with right:
        _from_here(atlas, nodes)
        panel(atlas, _OTHERWISE)


def _known(atlas: Atlas, name: str | None) -> str | None:
    """Return the node that the address means; if there is none, say so."""
    if not name:
        return None
    try:
        return query.find(atlas, name)
    except NotFoundError as error:
        st.warning(str(error))
        return None


def _pickers(atlas: Atlas, nodes: Mapping[str, str | None]) -> None:
    """Let both ends be chosen: by typing, or from a list."""
    one, between, two = st.columns([10, 1, 10], vertical_alignment="top")
    for column, (end, title) in zip((one, two), ENDS.items(), strict=True):
        with column:
            _picker(atlas, end, title, nodes[end])
    with between:
        st.space("small")  # level with the fields, below their titles
        st.button(
            "⇄", key="swap", on_click=_swap, help="Swap both ends", disabled=not any(nodes.values()), width="stretch"
        )


def _picker(atlas: Atlas, end: str, title: str, node: str | None) -> None:
    """Let one end be chosen; what is typed is searched for, and the hits are offered below."""
    key, before = f"words {end}", f"shown {end}"
    label = _label(atlas, node) if node else ""
    if st.session_state.get(before) != node:  # another one was chosen, here or elsewhere
        st.session_state[before], st.session_state[key] = node, label
    st.session_state.setdefault(key, label)
    typed = st.text_input(
        title, key=key, type="search", live=True, placeholder="a method, dataset, task, title …",
        help="Type a part of a name, then choose from what was found.",
    )  # fmt: skip
    words = (typed or "").strip()
    if words and words != label:
        with st.spinner("Searching"):
            html = hits(query.search(atlas, words, limit=FOUND), end)
    else:
        with st.spinner("Counting who names what"):
            named = {str(kind): query.list_concepts(atlas, kinds=(kind,), n=BROWSED) for kind in Kind}
        html = browse(named, end, opened=False)
    components.html(html, key=f"picks {end}", on_click=_pick, scroll=False)


def _label(atlas: Atlas, node: str) -> str:
    rows = atlas.concepts["label"] if node.startswith(CONCEPT) else atlas.papers["title"]
    return str(rows.iat[places(atlas)[node]])


def _pick(click: Mapping[str, Any]) -> None:
    """Take what was clicked as one end of the path."""
    if click.get("do") == "pick":
        _set(click["end"], click["id"])
    else:
        chosen.follow(click)


def _set(end: str, node: str) -> None:
    st.query_params[end] = node
    st.query_params.pop("k", None)
    st.session_state.pop(f"shown {end}", None)
    chosen.choose(node)


def _swap() -> None:
    source, target = (st.query_params.get(end) for end in ENDS)
    for end, node in (("source", target), ("target", source)):
        if node:
            st.query_params[end] = node
        else:
            st.query_params.pop(end, None)


def _from_here(atlas: Atlas, nodes: Mapping[str, str | None]) -> None:
    """Offer what is chosen as an end of the path."""
    slot = st.container(horizontal=True)  # holds its place, so that the panel stays as it is
    node = chosen.node()
    if node in places(atlas) and not chosen.searching():
        for end, title in (("source", "Start the path here"), ("target", "End it here")):
            if nodes[end] != node:
                slot.button(title, key=f"{end} here", on_click=_set, args=(end, node))


def _ways(atlas: Atlas, source: str, target: str) -> None:
    """Show up to three paths, one at a time, each beside its picture."""
    with st.spinner("Weighing all ties between papers and concepts"):
        found = query.path(atlas, source, target, WAYS)
    if found.empty:
        components.html(_none(found.attrs["note"]), key="way", scroll=False)
        return
    numbers = [int(n) for n in found["path"].unique()]
    asked = st.query_params.get("k", "1")
    k = int(asked) if asked.isdecimal() and int(asked) in numbers else 1
    st.session_state["way shown"] = k
    st.segmented_control(
        "Way", numbers, format_func=lambda n: f"Way {n}", key="way shown", required=True, on_change=_choose_way,
        label_visibility="collapsed", disabled=len(numbers) == 1,
    )  # fmt: skip
    way = found[found["path"] == k]
    best = float(found["score"].iloc[0])
    html = f"<div class='path'><div>{chain(way, best)}</div>{ways(found, k, chosen.node())}</div>"
    components.html(html, key="way", scroll=False)


def _choose_way() -> None:
    st.query_params["k"] = str(st.session_state["way shown"])


def _start(nodes: Mapping[str, str | None]) -> str:
    """Return what to do while an end is missing."""
    missing = "Choose where to start and where to end." if not any(nodes.values()) else "Choose the other end, too."
    return (
        f"<p>{missing} Type a part of a name above, or take it from the list of those named most. "
        "Whatever is chosen in the panel can be taken as an end as well.</p>"
    )


def _none(note: str) -> str:
    """Say why there is no path, and what to do."""
    return (
        f"<h3>No way from one to the other</h3><p>{escape(note.capitalize())}.</p><p>Take a concept that more papers "
        "name, or a paper that names it; or add papers that tie both: "
        "<a href='/imports' data-page='imports'>Import papers</a></p>"
    )


show()
