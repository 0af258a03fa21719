"""The map, the card of what is chosen on it, and a table of the same."""

from functools import partial

import pandas as pd
import streamlit as st

from graphx import query, view
from graphx.atlas import Atlas
from graphx.cards import welcome
from graphx.query import READABLE, Selection
from graphx.tables import Kind
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import panel
from graphx.writers import WRITERS, to_bytes

NOISE_LEVELS = {0.0: "strongest", 0.01: "p < .01", 0.05: "p < .05", 0.2: "p < .2", 1.0: "all"}
KIND_LABELS = {kind: f"{kind}s" for kind in Kind}


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    selection = _filters(atlas)
    part = query.network(atlas, selection)
    n_concepts = int((part.nodes["type"] == "concept").sum())
    n_papers = len(part.nodes) - n_concepts
    st.markdown(
        f"**{n_papers} papers** and **{n_concepts} concepts** on the map · "
        f"{len(atlas.papers)} papers and {len(atlas.concepts)} concepts in the atlas"
    )
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if part.nodes.empty:
            st.info("Nothing is left with these filters. Choose more kinds or communities in the sidebar.")
        else:
            components.network(_model(atlas, selection), chosen.node())
    with right:
        node = chosen.node()
        gone = node is not None and node not in set(part.nodes["node_id"])
        panel(atlas, welcome(atlas), "Not on the map with these filters." if gone else "")
    _table(part, selection)


def _filters(atlas: Atlas) -> Selection:
    labels = dict(zip(atlas.coarsest["community_id"], atlas.coarsest["label"], strict=True))
    with st.sidebar:
        kinds = st.pills(
            "Concepts on the map", list(KIND_LABELS), selection_mode="multi", default=list(KIND_LABELS),
            format_func=KIND_LABELS.__getitem__, key="kinds", bind="query-params",
        )  # fmt: skip
        communities = st.multiselect(
            "Communities", list(labels), format_func=lambda i: f"{i} {labels[i]}", key="communities",
            bind="query-params", placeholder="all",
            help="Groups of papers that share more with each other than with others.",
        )  # fmt: skip
        most = int(atlas.concepts["n_papers"].max()) if len(atlas.concepts) else 2
        least = st.slider(
            "Concepts named by at least … papers", 1, max(2, min(most, 20)), READABLE.min_papers, key="min_papers",
            bind="query-params",
        )  # fmt: skip
        noise = st.select_slider(
            "Links drawn", list(NOISE_LEVELS), value=READABLE.noise, format_func=NOISE_LEVELS.__getitem__,
            key="noise", bind="query-params",
            help="Which links stand out from chance (disparity filter): to the left fewer and surer ones, "
            "to the right more and fainter ones.",
        )  # fmt: skip
        selection = Selection(
            kinds=frozenset(kinds or ()),
            communities=frozenset(communities) if communities else None,
            min_papers=least,
            noise=noise,
        )
        _downloads(atlas, selection)
    return selection


def _downloads(atlas: Atlas, selection: Selection) -> None:
    with st.expander("Take the graph with you"):
        everything = st.toggle("All of the atlas", value=True, help="Off: only what the filters leave on the map.")
        for writer in WRITERS:
            st.download_button(
                f"{writer.suffix[1:].upper()}",
                data=partial(to_bytes, atlas, writer.suffix, None if everything else selection),
                file_name=f"graphx{writer.suffix}",
                mime=writer.media_type,
                help=f"For {writer.for_whom}.",
                on_click="ignore",
                key=f"download{writer.suffix}",
                width="stretch",
            )


def _table(part: query.Network, selection: Selection) -> None:
    st.markdown("##### The same as a table", help="Choose a row to see its card; sort by any column.")
    nodes = part.nodes
    ties = pd.concat([part.edges["source"], part.edges["target"]]).value_counts()
    table = pd.DataFrame(
        {
            "name": nodes["label"],
            "kind": nodes["kind"],
            "community": nodes["community"],
            "ties": nodes["node_id"].map(ties).fillna(0).astype(int),
            "papers": nodes["n_papers"].astype("Int64"),
            "year": nodes["year"],
        }
    )
    key = f"table {hash(selection)}"

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            chosen.choose(str(nodes["node_id"].iloc[rows[0]]))

    st.dataframe(
        table, hide_index=True, height=360, on_select=choose, selection_mode="single-row", key=key,
        column_config={
            "ties": st.column_config.NumberColumn(help="lines on the map that end here"),
            "papers": st.column_config.NumberColumn(help="papers that name the concept"),
            "year": st.column_config.NumberColumn(format="%d"),
        },
        placeholder="", alt="Papers and concepts on the map",
    )  # fmt: skip


def _version(atlas: Atlas) -> str:
    """Return what tells one build of an atlas from another."""
    return view.to_json(atlas.info)


@st.cache_data(max_entries=32, show_spinner="Drawing the map", hash_funcs={Atlas: _version, Selection: hash})
def _model(atlas: Atlas, selection: Selection) -> str:
    return view.to_json(view.model(atlas, selection))


show()
