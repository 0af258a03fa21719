"""The map, the card of what is chosen on it, and a table of the same."""

from collections.abc import Mapping
from html import escape
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from graphx import view
from graphx.atlas import Atlas
from graphx.cards import welcome
from graphx.errors import NotFoundError
from graphx.query import COMMUNITY, CONCEPT, LINK, READABLE, Selection
from graphx.query.nodes import row_of
from graphx.query.selections import rows
from graphx.tables import Kind
from graphx.ui import chosen, components, lens
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import as_addressed, panel
from graphx.ui.routes import Map, pack
from graphx.view.looks import grouped, papers_measure, sizes

VIEWS: dict[Literal["papers", "concepts", "both"], str] = {
    "both": "Both",
    "papers": "Papers",
    "concepts": "Concepts",
}
KIND_LABELS = {kind: f"{kind}s" for kind in Kind}
COLOUR_LABELS = {"source": "file it came from"}
SIZE_LABELS = {
    "papers": "links, and papers that name it",
    "centrality": "strength of links",
    "citations": "citations",
}
MOST_ROWS = 2_000
"""Rows of the table, the largest nodes first; the search finds the others."""


class Drawn(NamedTuple):
    """A map, and its nodes as a table: node_id, name, kind, group, group_id, ties, papers, year."""

    model: Map
    nodes: pd.DataFrame
    n_papers: int


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    selection, colour_by, size_by = _controls(atlas)
    try:
        drawn = _drawn(atlas, selection, colour_by, size_by)
    except NotFoundError as error:
        st.error(f"{error} Showing all of the atlas.")
        for name in ("focus", "within"):
            st.query_params.pop(name, None)
        return
    components.html(_crumbs(atlas, selection), key="crumbs", on_click=_crumb, scroll=False)
    nodes = drawn.nodes
    st.markdown(
        f"**{drawn.n_papers:,} papers** and **{len(nodes) - drawn.n_papers:,} concepts** on the map · "
        f"{len(atlas.papers):,} papers and {len(atlas.concepts):,} concepts in the atlas",
        help="On the map are concepts of the chosen kinds that enough papers name; search finds all of them.",
    )
    hidden = st.query_params.get_all("hide")
    node = chosen.node()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if nodes.empty:
            st.info("Nothing is left with these filters. Choose more kinds in the sidebar, or go back to all papers.")
        else:
            scope = " ".join(filter(None, (selection.within, selection.focus)))
            components.network(drawn.model, node, _clicked, scope, hidden, tour=not scope)
    with right:
        gone = node is not None and not node.startswith((COMMUNITY, LINK)) and not (nodes["node_id"] == node).any()
        panel(atlas, atlas.once("start", welcome), "Not on the map with these filters." if gone else "")
    _table(nodes[~nodes["group_id"].isin(hidden)], f"{hash(selection)} {colour_by} {hidden}")


def _controls(atlas: Atlas) -> tuple[Selection, str, str]:
    """Lay out what the map shows and how; return it."""
    if st.session_state.get("arrived"):
        as_addressed("of", "kinds", "min_papers", "colour", "size")
    with st.sidebar:
        shown = st.segmented_control(
            "Show", list(VIEWS), default="both", format_func=VIEWS.__getitem__, key="of", bind="query-params",
            help="Papers are tied by what they share; concepts by the papers that name both.",
        )  # fmt: skip
        kinds = st.pills(
            "Concepts on the map", list(KIND_LABELS), selection_mode="multi", default=list(KIND_LABELS),
            format_func=KIND_LABELS.__getitem__, key="kinds", bind="query-params",
        )  # fmt: skip
        usual = _usual_min_papers(atlas)
        least = st.slider(
            "Concepts named by at least … papers", 1, max(20, usual), usual, key="min_papers", bind="query-params",
            help="Lower it to see rarer concepts; what only one paper names ties nothing.",
        )  # fmt: skip
        colour_by = st.selectbox(
            "Colour by", view.columns_to_colour(atlas), format_func=lambda by: COLOUR_LABELS.get(by, by),
            key="colour", bind="query-params",
        )  # fmt: skip
        size_by = st.selectbox(
            "Size by", view.SIZE_BY, format_func=SIZE_LABELS.__getitem__, key="size", bind="query-params",
            help="Of papers; concepts grow with the papers that name them.",
        )  # fmt: skip
        lens.sliders(atlas)
    focus = st.query_params.get_all("focus")
    selection = Selection(
        kinds=frozenset(kinds or ()),
        min_papers=least,
        noise=lens.noise(),
        of=shown or "both",
        within=st.query_params.get("within"),
        focus=focus[-1] if focus else None,
    )
    return selection, colour_by, size_by


def _usual_min_papers(atlas: Atlas) -> int:
    """Return how many papers must name a concept to be on the map at first: the more, the larger the atlas."""
    counts = atlas.concepts["n_papers"].to_numpy(dtype=int)
    least = READABLE.min_papers
    while (counts >= least).sum() > max(2 * len(atlas.papers) // 10, 1_500) and least < 50:
        least += 1 if least < 5 else 5
    return least


def _clicked(click: Mapping[str, Any]) -> None:
    """Do what a click on the map asks for."""
    if "hide" in click:
        st.query_params["hide"] = click["hide"]
    elif "open" in click:
        look_into(click["open"])
    else:
        chosen.follow(click)


def look_into(node: str) -> None:
    """Open a community, or what is around a node."""
    st.query_params.pop("hide", None)
    if node.startswith(COMMUNITY):
        st.query_params["within"] = node.removeprefix(COMMUNITY)
        st.query_params.pop("focus", None)
    else:
        st.query_params["focus"] = [*st.query_params.get_all("focus"), node]
    chosen.choose(node)


def _crumbs(atlas: Atlas, selection: Selection) -> str:
    """Return the way from all papers to what is shown, each step a way back."""
    steps = [("", "All papers", "")]
    at = selection.within
    above: list[tuple[str, str, str]] = []
    while at:
        row = row_of(atlas, "communities", "community_id", at)
        above.insert(0, ("within", str(row["label"]), at))
        at = row["parent"] if isinstance(row["parent"], str) else None
    steps += above
    for number, node in enumerate(st.query_params.get_all("focus")):
        table, key = ("concepts", "concept_id") if node.startswith(CONCEPT) else ("papers", "paper_id")
        row = row_of(atlas, table, key, node.removeprefix(CONCEPT))
        steps.append(("focus", f"around {row.get('label') or view.short_title(row['title'])}", str(number)))
    items = [
        f"<li><button type='button' data-do='{kind or 'all'}' data-to='{escape(to)}'>{escape(label)}</button></li>"
        for kind, label, to in steps[:-1]
    ]
    items.append(f"<li aria-current='page'>{escape(steps[-1][1])}</li>")
    return f"<nav aria-label='Where you are'><ol class='crumbs'>{''.join(items)}</ol></nav>"


def _crumb(click: Mapping[str, Any]) -> None:
    """Go back to a step of the way."""
    st.query_params.pop("hide", None)
    focus = st.query_params.get_all("focus")
    kept = focus[: int(click["to"]) + 1] if click["do"] == "focus" else []
    if kept:
        st.query_params["focus"] = kept
    else:
        st.query_params.pop("focus", None)
    if click["do"] == "all":
        st.query_params.pop("within", None)
    elif click["do"] == "within":
        st.query_params["within"] = click["to"]


def _table(nodes: pd.DataFrame, key: str) -> None:
    st.markdown("##### The same as a table", help="Choose a row to see its card; sort by any column.")
    shown = nodes.head(MOST_ROWS)
    if len(shown) < len(nodes):
        st.caption(f"The {MOST_ROWS:,} largest of {len(nodes):,}; the search finds the others.")
    key = f"table {key}"

    def choose() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked:
            chosen.choose(str(shown["node_id"].iloc[picked[0]]))

    st.dataframe(
        shown.drop(columns=["node_id", "group_id"]), hide_index=True, height=360, on_select=choose,
        selection_mode="single-row", key=key,
        column_config={
            "ties": st.column_config.NumberColumn(help="for a paper: links that stand out from chance"),
            "papers": st.column_config.NumberColumn(help="for a concept: papers that name it"),
            "group": st.column_config.TextColumn(help="what gives it its colour"),
            "year": st.column_config.NumberColumn(format="%d", help="of a concept: the first known year"),
        },
        placeholder="", alt="Papers and concepts on the map",
    )  # fmt: skip


def _version(atlas: Atlas) -> str:
    """Return what tells one build of an atlas from another."""
    return view.to_json(atlas.info)


@st.cache_resource(max_entries=32, show_spinner="Drawing the map", hash_funcs={Atlas: _version, Selection: hash})
def _drawn(atlas: Atlas, selection: Selection, colour_by: str, size_by: str) -> Drawn:
    """Make a map once for all visitors that ask for the same."""
    part = rows(atlas, selection)
    groups = grouped(atlas, part, selection, colour_by)
    papers, concepts = atlas.papers.take(part.papers), atlas.concepts.take(part.concepts)
    nodes = pd.DataFrame(
        {
            "node_id": [*papers["paper_id"], *(CONCEPT + concepts["concept_id"])],
            "name": [*papers["title"], *concepts["label"]],
            "kind": [*["paper"] * len(papers), *concepts["kind"]],
            "group": np.array([group.label for group in groups.groups], dtype=object)[groups.of],
            "group_id": np.array([group.id for group in groups.groups], dtype=object)[groups.of],
            "ties": [*papers_measure(atlas, "papers")[part.papers].astype(int), *[None] * len(concepts)],
            "papers": [*[None] * len(papers), *concepts["n_papers"]],
            "year": [*papers["year"], *concepts["first_year"]],
        }
    ).astype({"ties": "Int64", "papers": "Int64", "year": "Int64"})
    order = np.argsort(-sizes(atlas, part, size_by), kind="stable")
    model = pack(view.to_json(view.model(atlas, selection, colour_by, size_by)))
    return Drawn(model, nodes.iloc[order].reset_index(drop=True), len(papers))


show()
