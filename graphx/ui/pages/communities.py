"""The communities: as a tree and a table, and two of them side by side."""

from typing import Any

import pandas as pd
import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards import comparison_card, tree
from graphx.errors import NotFoundError
from graphx.query import COMMUNITY, CONCEPT, LINK
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import panel

VIEWS = {"tree": "Tree and table", "compare": "Compare two"}
READABLE = 100
"""Communities written out at first: as many levels as have no more together."""
_OTHERWISE = (
    "<article><header><h2>Communities</h2></header><p>A community is a group of papers that share more with each "
    "other than with others. Each divides into finer ones.</p><p><b>Choose one</b> to see what it is about, the "
    "sentences that say so, its central papers, and the papers that lead to other communities.</p></article>"
)


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    communities = query.list_communities(atlas)
    st.title("Communities", help="Groups of papers that share more with each other than with others.")
    both = "a" in st.query_params and "b" in st.query_params
    st.session_state["view"] = shown = st.query_params.get("show", "compare" if both else "tree")
    st.segmented_control(
        "Show", list(VIEWS), format_func=VIEWS.__getitem__, key="view", on_change=_show, label_visibility="collapsed"
    )
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if shown == "compare":
            _comparison(atlas, communities)
        else:
            _tree(atlas, communities)
    with right:
        panel(atlas, _OTHERWISE)
    if shown != "compare":
        _table(communities)


def _show() -> None:
    st.query_params["show"] = st.session_state["view"] or "tree"


def _tree(atlas: Atlas, communities: pd.DataFrame) -> None:
    """Show the tree, opened where the chosen community, or that of the chosen paper, is."""
    so_many = communities["level"].value_counts().sort_index().cumsum()
    usual = max(1, int((so_many <= READABLE).sum()))
    levels = usual
    if len(so_many) > 1:
        levels = st.segmented_control(
            "Levels shown", list(range(1, len(so_many) + 1)), default=usual, key="levels", bind="query-params",
            help="1 is the coarsest. What you choose is opened in any case.",
        ) or usual  # fmt: skip
    components.html(tree(communities, levels, _marked(atlas)), key="tree", scroll=False)


def _marked(atlas: Atlas) -> str | None:
    """Return the community that is chosen, or the finest one of the paper that is."""
    node = chosen.node()
    if not node or node.startswith((CONCEPT, LINK)):
        return None
    if node.startswith(COMMUNITY):
        return node.removeprefix(COMMUNITY)
    member = atlas.where("membership", "paper_id", node).sort_values("level")
    return str(member["community_id"].iloc[-1]) if len(member) else None


def _table(communities: pd.DataFrame) -> None:
    st.markdown("##### The same as a table", help="Choose a row to see its card; sort by any column.")
    ids = communities["community_id"].to_list()
    node = (chosen.node() or "").removeprefix(COMMUNITY)
    key = f"communities {node if node in ids else ''}"

    marked: Any = {"selection": {"rows": [ids.index(node)] if node in ids else [], "columns": [], "cells": []}}

    def choose() -> None:
        if picked := st.session_state[key]["selection"]["rows"]:
            chosen.choose(COMMUNITY + str(ids[picked[0]]))

    st.dataframe(
        communities, hide_index=True, height=360, on_select=choose, selection_mode="single-row", key=key,
        selection_default=marked if node in ids else None, placeholder="", alt="Communities",
        column_config={
            "community_id": st.column_config.TextColumn("id", width="small"),
            "label": st.column_config.TextColumn(width="large", help="its most characteristic concepts"),
            "level": st.column_config.NumberColumn(help="0 is the coarsest"),
            "parent": st.column_config.TextColumn(help="the community that holds it"),
            "n_papers": st.column_config.NumberColumn("papers"),
            "certainty": st.column_config.NumberColumn(
                format="percent", help="how often other runs put the same papers together, on average"
            ),
            "n_below": st.column_config.NumberColumn("divides into"),
            "n_bridges": st.column_config.NumberColumn("bridges", help="papers named that lead to other communities"),
        },
    )  # fmt: skip


def _comparison(atlas: Atlas, communities: pd.DataFrame) -> None:
    """Let two communities be chosen, and show them side by side."""
    labels = dict(zip(communities["community_id"], communities["label"], strict=True))
    options = list(labels)
    if len(options) < 2:
        st.info("This atlas has only one community.")
        return
    marked = _marked(atlas)
    usual = {"a": marked if marked in labels else options[0]}
    top = [str(i) for i in atlas.coarsest["community_id"] if i != st.query_params.get("a", usual["a"])]
    usual["b"] = top[0] if top else options[1]
    for column, name, title in zip(st.columns(2), "ab", ("One community", "Another"), strict=True):
        asked = st.query_params.get(name, usual[name])
        st.session_state[f"side {name}"] = asked if asked in labels else usual[name]
        if asked not in labels:
            column.caption(f"There is no community {asked!r}; showing {usual[name]}.")
        column.selectbox(
            title, options, format_func=lambda i: f"{i} {labels[i]}", key=f"side {name}", on_change=_pick, args=(name,)
        )
    try:
        found = query.compare_communities(atlas, st.session_state["side a"], st.session_state["side b"])
    except NotFoundError as error:
        st.error(str(error))
        return
    components.html(comparison_card(found), key="comparison", scroll=False)


def _pick(name: str) -> None:
    st.query_params["show"] = "compare"
    st.query_params[name] = st.session_state[f"side {name}"]


show()
