"""One concept: who introduced it and who used it since, with every sentence; or all of them, to choose one."""

import streamlit as st

from graphx import query
from graphx.atlas import Atlas
from graphx.cards import concept_page
from graphx.cards.streams import concept_years
from graphx.errors import NotFoundError
from graphx.query import CONCEPT, ConceptAnswer
from graphx.tables import Kind, Role
from graphx.ui import chosen, components
from graphx.ui.dashboard import current_atlas
from graphx.ui.panel import actions, as_addressed, at_home, searched
from graphx.writers.spreadsheet import to_csv


def show() -> None:
    """Lay out the page."""
    atlas = current_atlas()
    node = chosen.node() or ""
    if searched(atlas, at_home):
        return
    if not node.startswith(CONCEPT):
        _start(atlas, node)
        return
    try:
        answer = query.concept(atlas, node.removeprefix(CONCEPT))
    except NotFoundError as error:
        st.error(str(error))
        _start(atlas, "")
        return
    st.button("← All concepts", on_click=chosen.choose, args=(None,), type="tertiary")
    left, right = st.columns([5, 3], gap="large")
    told, beside = concept_page(answer)
    with left:
        components.html(actions(node) + told, key="told", on_click=at_home, scroll=False)
    with right:
        _years(atlas, answer)
        components.html(beside, key="beside", on_click=at_home, scroll=False)
    _table(answer)


def _start(atlas: Atlas, node: str) -> None:
    """Offer every concept, as far as a filter leaves it."""
    st.title("Concepts", help="What the papers name: methods, datasets, tasks and metrics, each under one label.")
    if node and not node.startswith(("community:", "link:")):
        st.button("A paper is chosen: open its page", on_click=chosen.go, args=("paper",), kwargs={"node": node})
    left, right = st.columns([3, 2])
    words = left.text_input("Find a concept", key="find", bind="query-params", placeholder="part of a name …")
    kinds = right.pills(
        "Kinds", list(Kind), selection_mode="multi", default=list(Kind), key="kinds", bind="query-params",
        format_func=lambda kind: f"{kind}s",
    )  # fmt: skip
    rows = query.list_concepts(atlas, words or "", frozenset(kinds or ()))
    if rows.attrs["note"]:
        st.caption(rows.attrs["note"])
    more = f" of {len(atlas.concepts):,}" if len(rows) < len(atlas.concepts) else ""
    st.markdown(f"**{len(rows):,}**{more} concepts · choose a row to open it")
    key = f"concepts {words} {sorted(kinds or ())}"

    def choose() -> None:
        if picked := st.session_state[key]["selection"]["rows"]:
            chosen.choose(CONCEPT + str(rows["concept_id"].iloc[picked[0]]))

    st.dataframe(
        rows[["label", "kind", "n_papers", "n_mentions", "introduced_by"]],
        hide_index=True, height=620, on_select=choose, selection_mode="single-row", key=key, placeholder="",
        column_config={
            "label": st.column_config.TextColumn("concept", width="medium"),
            "n_papers": st.column_config.NumberColumn("papers", help="papers that name it"),
            "n_mentions": st.column_config.NumberColumn("named", help="times that titles and abstracts name it"),
            "introduced_by": st.column_config.TextColumn(
                "introduced by", width="large", help="the paper that presents it as its own, if one here does"
            ),
        },
    )  # fmt: skip


def _years(atlas: Atlas, answer: ConceptAnswer) -> None:
    """Show when papers introduced, used and named it; nothing if no year is known."""
    if answer.years.empty:
        return
    told = concept_years(query.history(atlas, answer.concept["concept_id"]), answer.concept["label"])
    components.html(f"<article><h3>Over time</h3>{told}</article>", key="years", on_click=at_home, scroll=False)


def _table(answer: ConceptAnswer) -> None:
    """Show every paper that names the concept, with its role and its first sentence."""
    st.markdown("##### Every paper that names it", help="Choose a row to open the paper; sort by any column.")
    first = answer.sentences.drop_duplicates("paper_id").set_index("paper_id")["sentence"]
    papers = answer.papers.assign(sentence=answer.papers["paper_id"].map(first))
    as_addressed("roles")
    there = [str(role) for role in Role if role in set(papers["role"])]
    roles = st.pills("Role", there, selection_mode="multi", default=there, key="roles", bind="query-params")
    papers = papers[papers["role"].isin(roles or ())].reset_index(drop=True)
    table = papers[["title", "role", "year", "n_mentions", "sentence"]]
    label = str(answer.concept["label"])
    st.download_button(
        "Download as CSV", lambda: to_csv(papers), f"{answer.concept['concept_id']}.csv", "text/csv", on_click="ignore"
    )
    key = f"papers {answer.concept['concept_id']} {sorted(roles or ())}"

    def choose() -> None:
        if picked := st.session_state[key]["selection"]["rows"]:
            chosen.go("paper", node=str(papers["paper_id"].iloc[picked[0]]))

    st.dataframe(
        table, hide_index=True, on_select=choose, selection_mode="single-row", key=key, placeholder="",
        height=min(600, 38 + 35 * max(len(table), 1)), alt=f"Papers that name {label}",
        column_config={
            "title": st.column_config.TextColumn(width="medium"),
            "role": st.column_config.TextColumn(help="how the paper stands to the concept, as its text says"),
            "year": st.column_config.NumberColumn(format="%d"),
            "n_mentions": st.column_config.NumberColumn("named", help="times that this paper names it"),
            "sentence": st.column_config.TextColumn(width="large", help="the sentence that shows its role"),
        },
    )  # fmt: skip


show()
