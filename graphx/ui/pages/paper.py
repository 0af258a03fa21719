"""One paper: its abstract with all that it names, its nearest papers and why; or all of them, to choose one."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards import card, paper_page, to_read
from graphx.errors import NotFoundError
from graphx.query import COMMUNITY, CONCEPT, LINK, PaperAnswer
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import actions, at_home, searched

WHY = "why"
"""In the address: the other paper of the link that is explained."""
NEXT = 8
"""Papers to read next."""
COMMON = 200
"""Papers that name a concept; of one that more name there is no list to read."""


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    node = chosen.node() or ""
    if searched(atlas, at_home):
        return
    try:
        if node.startswith(LINK):
            node, st.query_params[WHY] = query.linked(atlas, node)
            chosen.choose(node)
        if not node or node.startswith((CONCEPT, COMMUNITY)):
            _start(atlas, node)
            return
        answer = query.paper(atlas, node, n=20)
    except NotFoundError as error:
        st.error(str(error))
        _start(atlas, "")
        return
    st.button("← All papers", on_click=_leave, type="tertiary")
    left, right = st.columns([5, 4], gap="large")
    told, beside = paper_page(answer)
    with left:
        components.html(actions(node) + told, key="told", on_click=at_home, scroll=False)
    with right:
        _why(atlas, answer)
        components.html(beside, key="beside", on_click=_explain_or_open(atlas, node), scroll=False)
        _read_next(atlas, answer)


def _leave() -> None:
    st.query_params.pop(WHY, None)
    chosen.choose(None)


def _start(atlas: Atlas, node: str) -> None:
    """Offer every paper, as far as a filter leaves it."""
    st.title("Papers")
    if node.startswith(CONCEPT):
        st.button("A concept is chosen: open its page", on_click=chosen.go, args=("concept",), kwargs={"node": node})
    words = st.text_input(
        "Find a paper", key="title", bind="query-params", placeholder="words of its title or abstract"
    )
    rows = query.list_papers(atlas, words or "")
    if rows.attrs["note"]:
        st.caption(rows.attrs["note"])
    more = f" of {len(atlas.papers):,}" if len(rows) < len(atlas.papers) else ""
    st.markdown(f"**{len(rows):,}**{more} papers · choose a row to open it")
    key = f"papers {words}"

    def choose() -> None:
        if picked := st.session_state[key]["selection"]["rows"]:
            chosen.choose(str(rows["paper_id"].iloc[picked[0]]))

    st.dataframe(
        rows[["title", "year", "community", "n_concepts"]],
        hide_index=True, height=620, on_select=choose, selection_mode="single-row", key=key, placeholder="",
        column_config={
            "title": st.column_config.TextColumn(width="large"),
            "year": st.column_config.NumberColumn(format="%d"),
            "community": st.column_config.TextColumn(width="medium"),
            "n_concepts": st.column_config.NumberColumn("names", help="concepts that it names"),
        },
    )  # fmt: skip


def _why(atlas: Atlas, answer: PaperAnswer) -> None:
    """Let another paper be chosen, of the neighbours or by words, and explain the link to it."""
    own, other = str(answer.paper["paper_id"]), st.query_params.get(WHY)
    st.markdown("##### Why linked to …", help="What this paper and another have in common, with the sentences of both.")
    words = st.text_input(
        "Find another paper", key=f"other {own}", placeholder="words of its title; empty: the nearest papers",
        label_visibility="collapsed",
    )  # fmt: skip
    found = query.list_papers(atlas, words, 30) if words else answer.neighbours.drop_duplicates("paper_id")
    titles = dict(zip(found["paper_id"], found["title"], strict=True))
    titles.pop(own, None)
    if other and other not in titles and len(known := atlas.where("papers", "paper_id", other)):
        titles = {other: str(known["title"].iloc[0]), **titles}
    options = list(titles)
    key = f"why {own} {other} {words}"

    def pick() -> None:
        st.query_params[WHY] = st.session_state[key]

    st.selectbox(
        "Another paper", options, index=options.index(other) if other in titles else None, key=key, on_change=pick,
        format_func=titles.__getitem__, placeholder=f"choose one of {len(options)}", label_visibility="collapsed",
    )  # fmt: skip
    slot = st.container()  # there in any case, so that what follows is never made anew
    if not other or other == own:
        return
    with slot:
        try:
            components.html(card(atlas, f"{LINK}{own} {other}"), key="why", on_click=at_home, scroll=False)
        except NotFoundError as error:
            st.error(str(error))


def _explain_or_open(atlas: Atlas, own: str) -> components.Clicked:
    """Return what a click on a neighbour does: "why?" is answered here, all else is opened."""

    def follow(click: Mapping[str, Any]) -> None:
        if str(click.get("node", "")).startswith(LINK):
            one, other = query.linked(atlas, click["node"])
            st.query_params[WHY] = other if one == own else one
        else:
            at_home(click)

    return follow


def _read_next(atlas: Atlas, answer: PaperAnswer) -> None:
    """Show what to read of the subjects of this paper."""
    several = answer.concepts[answer.concepts["n_papers"].between(2, COMMON)].head(6)
    if several.empty:
        return
    papers = query.reading_list(atlas, [CONCEPT + i for i in several["concept_id"]], n=NEXT + 1)
    papers = papers[papers["paper_id"] != answer.paper["paper_id"]].head(NEXT)
    if len(papers):
        html = to_read(papers, f"on {', '.join(several['label'])}")
        components.html(html, key="next", on_click=at_home, scroll=False)


show()
